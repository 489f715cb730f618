"""An XLSForm as pyxform reads it: the XForm's text and the same form as our tree.

The XForm is pyxform's own, byte for byte.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from defusedxml.ElementTree import fromstring
from pyxform.builder import create_survey_element_from_dict
from pyxform.errors import PyXFormError
from pyxform.survey import Survey
from pyxform.xls2json import workbook_to_json
from pyxform.xls2json_backends import DefinitionData

from .formtree import Form, Node
from .xlsform_tree import form_of

DEEPEST = 12
_SHEETS = ("survey", "choices", "settings", "external_choices", "entities", "osm")


class NotAnXlsForm(ValueError):
    """The sheets are no XLSForm that we can ask.

    `code` is ``pyxform`` (`message` is pyxform's own English sentence), ``external`` (choices from
    another file), ``nesting`` (too deep) or ``empty`` (asks nothing). `row` counts the rows given:
    2 is the first below the headings, 0 is unknown.
    """

    def __init__(self, message: str, sheet: str = "", row: int = 0, code: str = "pyxform") -> None:
        """A sentence in English, and where it is."""
        super().__init__(message)
        self.message, self.sheet, self.row, self.code = message, sheet, row, code


def convert(sheets: Mapping[str, Sequence[Mapping[str, str]]], name: str = "") -> tuple[Form, str]:
    """The form of the sheets ``survey``, ``choices`` and ``settings``, and the XForm's text.

    `name` identifies the form where its settings don't (pyxform takes the file's name). Sheets
    of other names are left aside; expressions are not yet checked (`rules.expressions`).
    Raises NotAnXlsForm.
    """
    _refuse_other_files(sheets)
    survey, xform = _pyxform(sheets, name)
    form = form_of(survey, fromstring(xform, forbid_dtd=True))
    if not form.nodes:
        raise NotAnXlsForm("The form asks nothing.", "survey", code="empty")
    if any(_depth(node) > DEEPEST for node in form.nodes):
        raise NotAnXlsForm(f"Groups deeper than {DEEPEST}.", "survey", code="nesting")
    return form, xform


def _refuse_other_files(sheets: Mapping[str, Sequence[Mapping[str, str]]]) -> None:
    for place, row in enumerate(sheets.get("survey", ()), start=2):
        kind = " ".join(str(row.get("type", "")).replace("_", " ").split())
        if "from file" in kind or "external" in kind:
            raise NotAnXlsForm("Choices come from another file.", "survey", place, "external")
        if "search(" in str(row.get("appearance", "")):
            raise NotAnXlsForm("Choices come from another file.", "survey", place, "external")


def _pyxform(sheets: Mapping[str, Sequence[Mapping[str, str]]], name: str) -> tuple[Survey, str]:
    given: dict[str, Any] = {
        "sheet_names": list(sheets),
    }
    for sheet in _SHEETS:
        rows = [dict(row) for row in sheets.get(sheet, ())]
        if rows:
            given[sheet] = rows
            given[f"{sheet}_header"] = [dict.fromkeys(key for row in rows for key in row)]
    try:
        book = workbook_to_json(DefinitionData(**given), fallback_form_name=name or None)
        survey = create_survey_element_from_dict(book)
        return survey, str(survey.to_xml(validate=False, pretty_print=False))
    except PyXFormError as error:
        raise NotAnXlsForm(str(error), *_place(str(error))) from error
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        # pyxform meets some wrong sheets unprepared.
        raise NotAnXlsForm(f"pyxform cannot read it: {error}", "survey") from error


def _place(message: str) -> tuple[str, int]:
    """The sheet and row that a message of pyxform names (``[row : 5] On the 'survey' sheet …``)."""
    row = message.partition("[row")[2].partition("]")[0].strip(" :")
    sheet = next((name for name in _SHEETS if f"'{name}'" in message), "survey")
    return sheet, int(row) if row.isdigit() else 0


def _depth(node: Node) -> int:
    return 1 + max((_depth(child) for child in node.children), default=0)
