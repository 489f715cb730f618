"""A whole workbook checked: the service it says, or everything that is wrong with it at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from diwan.kernel.text import nearest

from . import checking_service, checking_steps, checking_words
from .checking import Findings, Known, Table, default_language
from .checking_form import Questions, look_at_columns, look_at_formulas, names_not_there
from .checking_service import Properties, read_service
from .checking_steps import Steps, read_steps
from .checking_words import read_notices, read_rating
from .definition import Definition, RatingRule
from .formtree import Form
from .plain import STATES, code_of
from .reading import first_rows
from .sheets import KNOWN, OURS, XLSFORM, Fault, Sheets
from .xlsform import NotAnXlsForm, convert

MOST_QUESTIONS = 1_000
_ARABIC_LETTER = re.compile("[\u0621-\u06d3]")


@dataclass(frozen=True)
class Checked:
    """What came of a check. Without faults there are a definition and a form.

    `plain`: an XLSForm with no sheet of ours, which has got one step.
    """

    definition: Definition | None
    form: Form | None
    xform: str
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    plain: bool


@dataclass
class _Parts:
    """What was read of each sheet."""

    service: Properties = field(default_factory=dict)
    steps: Steps = field(default_factory=lambda: Steps(STATES))
    notices: tuple[Any, ...] = ()
    rating: RatingRule = field(default_factory=RatingRule)


def check(sheets: Sheets, known: Known, *, name: str = "") -> Checked:
    """Read a workbook and look at all of it; `name` is its file's, for a form without an id."""
    found = Findings(known)
    plain = not any(sheet in sheets for sheet in OURS)
    parts = _parts(sheets, found)
    if plain:
        _settings(sheets, parts, name)
    form, xform = _form(sheets, parts, found)
    definition = None
    if form is not None:
        look_at_formulas(sheets["survey"], form, found, plain=plain)
        parts = _with_questions(parts, form, found)
        definition = _definition(parts, form)
    _look_at_names(sheets, found)
    found.missing_languages()
    if found.faults:
        definition = None
    faults = tuple(sorted(found.faults, key=_place))
    return Checked(
        definition, form, xform, faults, tuple(sorted(found.warnings, key=_place)), plain
    )


def _place(fault: Fault) -> tuple[int, int]:
    sheet = KNOWN.index(fault.sheet) if fault.sheet in KNOWN else -1
    return sheet, fault.row


def _parts(sheets: Sheets, found: Findings) -> _Parts:
    default = default_language(sheets)

    def table(name: str, columns: Sequence[str]) -> Table:
        return Table(sheets[name], columns, default, found)

    parts = _Parts()
    if "service" in sheets:
        parts.service = read_service(table("service", checking_service.COLUMNS))
    elif any(name in sheets for name in OURS):
        found.faults.append(Fault("service", 0, "", "sheet_needed", {"given": "service"}))
    if "steps" in sheets:
        parts.steps = read_steps(table("steps", checking_steps.COLUMNS))
    if "notices" in sheets:
        keys = [state.key for state in parts.steps.states]
        parts.notices = read_notices(table("notices", checking_words.NOTICE_COLUMNS), keys)
    if "rating" in sheets:
        parts.rating = read_rating(table("rating", checking_words.RATING_COLUMNS))
    return parts


def _settings(sheets: Sheets, parts: _Parts, name: str) -> None:
    """The code and name of a plain form."""
    settings = _setting_cells(sheets)
    stem = name.rpartition(".")[0] or name
    given = settings.get("form_id") or settings.get("id_string") or ""
    parts.service["code"] = code_of(given, stem, settings.get("form_title", ""))
    parts.service["form_name"] = settings.get("form_title") or given or stem


def _setting_cells(sheets: Sheets) -> dict[str, str]:
    rows = sheets["settings"].rows if "settings" in sheets else ()
    cells = rows[0].cells if rows else {}
    return {"_".join(column.lower().split()): value for column, value in cells.items()}


def _form(sheets: Sheets, parts: _Parts, found: Findings) -> tuple[Form | None, str]:
    if "survey" not in sheets:
        found.faults.append(Fault("survey", 0, "", "sheet_needed", {"given": "survey"}))
        return None, ""
    if len(sheets["survey"].rows) > 3 * MOST_QUESTIONS:
        found.faults.append(_too_long())
        return None, ""
    look_at_columns(sheets["survey"], found)
    twice = [
        Fault(sheet, 1, column, "column_twice", {"given": column})
        for sheet in XLSFORM
        if sheet in sheets
        for column in sheets[sheet].twice
    ]
    found.faults += twice
    try:
        form, xform = convert(_given(sheets, parts))
    except NotAnXlsForm as error:
        unknown = names_not_there(sheets["survey"], sheets.get("choices"))
        if unknown:
            found.faults += unknown
            return None, ""
        code = "xlsform" if error.code == "pyxform" else f"xlsform_{error.code}"
        values = {"message": error.message}
        found.faults.append(Fault(error.sheet or "survey", error.row, "", code, values))
        return None, ""
    if len(form.by_path) > MOST_QUESTIONS:
        found.faults.append(_too_long())
    return form, xform


def _too_long() -> Fault:
    return Fault("survey", 0, "", "form_too_long", {"most": str(MOST_QUESTIONS)})


def _given(sheets: Sheets, parts: _Parts) -> Mapping[str, Sequence[Mapping[str, str]]]:
    """The sheets for pyxform; a form without an id or a title of its own gets the service's."""
    given = {name: first_rows(sheet) for name, sheet in sheets.items() if name in XLSFORM}
    cells = _setting_cells(sheets)
    settings = dict(next(iter(given.get("settings", [])), {}))
    if not cells.keys() & {"form_id", "id_string"} and parts.service.get("code"):
        settings["form_id"] = parts.service["code"]
    if "form_title" not in cells:
        name = parts.service.get("name") or {}
        language = default_language(sheets)
        title = (
            name.get(language) or next(iter(name.values()), "") or parts.service.get("form_name")
        )
        if title:
            settings["form_title"] = title
    given["settings"] = [settings]
    return given


def _with_questions(parts: _Parts, form: Form, found: Findings) -> _Parts:
    """What other sheets say of questions, by their paths."""
    questions = Questions(form)
    service = dict(parts.service)
    papers = {paper.key: paper for paper in service.get("papers", ())}
    for question in service.get("questions", ()):
        path = questions.find(found, "service", question)
        if question[3] == "title":
            service["cased"] = path
        else:
            key = question[3].removeprefix("paper:")
            papers[key] = replace(papers[key], question=path)
    service["papers"] = tuple(papers.values())
    paths = {given[2]: questions.find(found, "steps", given) for given in parts.steps.questions}
    steps = replace(parts.steps, states=questions.in_states(parts.steps.states, paths))
    return replace(parts, service=service, steps=steps)


def _definition(parts: _Parts, form: Form) -> Definition:
    told = {
        k: v for k, v in parts.service.items() if k not in ("questions", "form_name") and v != ()
    }
    told.setdefault("code", "")
    told.setdefault("name", _titled(form))
    return Definition(**told, states=parts.steps.states, notices=parts.notices, rating=parts.rating)


def _titled(form: Form) -> dict[str, str]:
    """The form's title as a service's name; one in Latin letters is not taken for Persian."""
    title = dict(form.title)
    if len(title) == 1 and not _ARABIC_LETTER.search(next(iter(title.values()))):
        (text,) = title.values()
        language = next((code for code in form.languages if code not in ("fa", "ar")), "en")
        return {language: text}
    return title


def _look_at_names(sheets: Sheets, found: Findings) -> None:
    """Warn of sheets whose names are nearly ours: what stands in them is not read."""
    for name in sheets.others:
        plain = name.strip().lower()
        near = [known for known in KNOWN if known not in sheets and _nearly(plain, known)]
        if near:
            values = {"given": name, "nearest": near[0]}
            found.warnings.append(Fault(name, 0, "", "sheet_name", values))


def _nearly(name: str, known: str) -> bool:
    return name.rstrip("s") == known.rstrip("s") or nearest(name, [known]) is not None
