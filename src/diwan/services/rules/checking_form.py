"""The form of a workbook: our columns in it, and questions that other sheets name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from .checking import Findings, suggested
from .definition import State
from .expressions import expression_faults
from .formtree import Form, Node
from .sheets import Fault, Row, Sheet

_NAMED = re.compile(r"\$\{\s*(?:last-saved#)?([^{}\s]+)\s*\}")
_CHOOSES = re.compile(r"(?:select[ _]one|select[ _]multiple|rank)\s+(\S+)", re.IGNORECASE)
APPLICANT = ("name", "phone", "email", "identity", "on_behalf")
Question = tuple[Row, str, str, str]
"""A cell that names a question: row, column, what stands there, and what it is for."""


def look_at_columns(survey: Sheet, found: Findings) -> None:
    """Faults of the columns `by` and `applicant`: unknown words, two questions for one fact."""
    columns = {heading.strip().lower(): heading for heading in survey.columns}
    facts: dict[str, str] = {}
    for row in survey.rows:
        by = row.cells.get(columns.get("by", ""), "").strip().lower()
        if by and by != "office":
            _fault(found, row, columns["by"], "unknown_word", suggested(by, ("office",)))
        fact = row.cells.get(columns.get("applicant", ""), "").strip().lower()
        if fact and fact not in APPLICANT:
            values = suggested(fact, APPLICANT)
            _fault(found, row, columns["applicant"], "unknown_word", values)
        elif fact in facts:
            values = {"given": fact, "row": facts[fact]}
            _fault(found, row, columns["applicant"], "applicant_twice", values)
        elif fact:
            facts[fact] = str(row.number)


def _fault(found: Findings, row: Row, column: str, code: str, values: Mapping[str, str]) -> None:
    found.faults.append(Fault("survey", row.number, column, code, values))


def names_not_there(survey: Sheet, choices: Sheet | None) -> list[Fault]:
    """Questions named in formulas and texts, and lists of choices, that stand nowhere.

    Asked for a form that cannot be read, as this is why in most cases.
    """
    columns = {heading.strip().lower(): heading for heading in survey.columns}
    kind = columns.get("type", "")
    names = _cells(survey, ("name",))
    lists = _cells(choices, ("list_name", "list name"))
    found = []
    for row in survey.rows:
        for column, cell in row.cells.items():
            for given in _NAMED.findall(cell):
                if given not in names:
                    values = suggested(given, names)
                    found.append(Fault("survey", row.number, column, "unknown_question", values))
        chosen = _CHOOSES.match(row.cells.get(kind, "").strip())
        if chosen and not chosen[1].startswith("${") and chosen[1] not in lists:
            values = suggested(chosen[1], lists)
            found.append(Fault("survey", row.number, kind, "unknown_list", values))
    return found


def _cells(sheet: Sheet | None, headings: Collection[str]) -> dict[str, None]:
    """What stands in a column, in its order, once."""
    if sheet is None:
        return {}
    column = next((one for one in sheet.columns if one.strip().lower() in headings), "")
    return dict.fromkeys(row.cells.get(column, "").strip() for row in sheet.rows)


def look_at_formulas(survey: Sheet, form: Form, found: Findings, *, plain: bool) -> None:
    """Formulas that cannot be worked out.

    In a plain form, which works elsewhere as it stands, they are warnings and keep it from being
    published; but what always divides by zero is a fault in any case.
    """
    rows = _rows_of(survey, form.root)
    for fault in expression_faults(form):
        heading = _heading(survey, fault.column)
        values = {"given": fault.detail.rpartition("/")[2] or fault.detail}
        told = Fault("survey", rows.get(fault.path, 0), heading, f"x_{fault.code}", values)
        (found.warnings if plain and fault.code != "division" else found.faults).append(told)


def _rows_of(survey: Sheet, root: str) -> dict[str, int]:
    """The number of the row that asks each question, by the question's path."""
    columns = {heading.strip().lower(): heading for heading in survey.columns}
    rows: dict[str, int] = {}
    way = [f"/{root}"]
    for row in survey.rows:
        kind = " ".join(
            row.cells.get(columns.get("type", ""), "").lower().replace("_", " ").split()
        )
        name = row.cells.get(columns.get("name", ""), "").strip()
        path = f"{way[-1]}/{name}"
        if kind.startswith("end ") and kind.split()[1] in ("group", "repeat", "loop"):
            way = way[:-1] or way
            continue
        rows.setdefault(path, row.number)
        if kind.startswith("begin "):
            way.append(path)
    return rows


def _heading(survey: Sheet, column: str) -> str:
    """The heading as it stands in the sheet: ``Read only`` for ``read_only``."""
    for heading in survey.columns:
        if "".join(filter(str.isalpha, heading.lower())) == column.replace("_", ""):
            return heading
    return column


class Questions:
    """The questions of a form by the names under which other sheets speak of them."""

    def __init__(self, form: Form) -> None:
        """A name that stands twice means the first."""
        self.by_name: dict[str, str] = {}
        self.office: set[str] = set()
        self.repeated: set[str] = set()
        for path, node, office, repeated in _walk(form.nodes):
            if node.kind == "question":
                self.by_name.setdefault(node.name, path)
                self.by_name[path] = path
                if office:
                    self.office.add(path)
                if repeated:
                    self.repeated.add(path)

    def find(self, found: Findings, sheet: str, question: Question) -> str:
        """The path of a question that a cell names; a fault and "" where there is none."""
        row, column, given, purpose = question
        path = self.by_name.get(given.removeprefix("${").removesuffix("}"), "")
        if not path:
            names = [name for name in self.by_name if not name.startswith("/")]
            code, values = "unknown_question", suggested(given, names)
        elif purpose == "requires" and path not in self.office:
            code, values = "not_of_the_office", {"given": given}
        elif purpose != "requires" and path in self.office:
            code, values = "of_the_office", {"given": given}
        elif path in self.repeated and purpose == "title":
            code, values = "repeated", {"given": given}
        else:
            return path
        found.faults.append(Fault(sheet, row.number, column, code, values))
        return ""

    def in_states(self, states: Collection[State], paths: Mapping[str, str]) -> tuple[State, ...]:
        """The states with the paths of questions that their actions require."""
        return tuple(_with_paths(state, paths) for state in states)


def _with_paths(state: State, paths: Mapping[str, str]) -> State:
    actions: list[Any] = [
        replace(action, requires=tuple(paths.get(name, name) for name in action.requires))
        for action in state.actions
    ]
    return replace(state, actions=tuple(actions))


def _walk(
    nodes: Collection[Node], *, office: bool = False, repeated: bool = False
) -> Iterator[tuple[str, Node, bool, bool]]:
    for node in nodes:
        mine = office or node.by == "office"
        again = repeated or node.kind == "repeat"
        yield node.path, node, mine, again
        yield from _walk(node.children, office=mine, repeated=again)
