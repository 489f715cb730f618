"""The sheets `notices` and `rating`: who is told what, and how the citizen judges."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from .checking import Table, suggested
from .checking_steps import KEY
from .definition import Notice, RatingQuestion, RatingRule
from .sheets import Row

NOTICE_COLUMNS = ("when", "to", "label")
WHEN = ("filed", "returned", "resumed", "ended", "reopened", "reminded", "late")
TO = ("applicant", "owner", "head")
PLACEHOLDERS = ("code", "service", "unit", "state", "date", "missing", "until", "link")
RATING_COLUMNS = ("question", "value", "kind", "label")
STANDARD = ("promise", "visits", "papers", "words")
KINDS = ("stars", "yesno", "text")
MOST_QUESTIONS = 10
_PLACE = re.compile(r"\{([^{}]*)\}")


def read_notices(table: Table, states: Collection[str]) -> tuple[Notice, ...]:
    """What is told when; `states` are the keys of the steps, empty if they could not be read."""
    found: dict[tuple[str, str], Notice] = {}
    for row in table.sheet.rows:
        when, to = _when(table, row, states), table.word(row, "to", TO)
        if not table.value(row, "to"):
            table.fault(row, table.at("to"), "value_needed")
        text = table.texts(row, "label")
        for written in text.values():
            _look_at_places(table, row, written)
        if (when, to) in found:
            table.fault(row, table.at("when"), "notice_twice", given=when)
        if when and to:
            found[when, to] = Notice(when, to, text)
    return tuple(found.values())


def _when(table: Table, row: Row, states: Collection[str]) -> str:
    given = table.value(row, "when").lower()
    word, colon, state = given.partition(":")
    if not given:
        table.fault(row, table.at("when"), "value_needed")
    elif word == "entered" and colon:
        if states and state.strip() not in states:
            values = suggested(state.strip(), states)
            table.fault(row, table.at("when"), "unknown_state", **values)
        return f"entered:{state.strip()}"
    elif given not in WHEN:
        words = suggested(given, (*WHEN, "entered:STATE"))
        table.fault(row, table.at("when"), "unknown_word", **words)
    return given


def _look_at_places(table: Table, row: Row, text: str) -> None:
    for name in _PLACE.findall(text):
        if name not in PLACEHOLDERS:
            values = suggested(name, PLACEHOLDERS)
            table.fault(row, table.at("label"), "unknown_place", **values)


def read_rating(table: Table) -> RatingRule:
    """How the citizen judges."""
    told: dict[str, Any] = {}
    questions: list[RatingQuestion] = []
    for row in table.sheet.rows:
        name = table.value(row, "question").lower()
        if name == "days":
            days = table.whole(row, "value", least=1, most=365)
            told["days"] = 30 if days is None else days
        elif name in ("open", *STANDARD):
            told[name] = table.yes(row, "value", default=True)
        else:
            questions += _question(table, row, name, [question.key for question in questions])
    if len(questions) > MOST_QUESTIONS:
        table.fault(0, "question", "too_many_questions", most=str(MOST_QUESTIONS))
    return RatingRule(**told, questions=tuple(questions))


def _question(table: Table, row: Row, name: str, seen: Collection[str]) -> list[RatingQuestion]:
    if not KEY.fullmatch(name):
        code = "key_shape" if name else "value_needed"
        table.fault(row, table.at("question"), code, given=name)
        return []
    if name in seen:
        table.fault(row, table.at("question"), "question_twice", given=name)
        return []
    label = table.texts(row, "label")
    if not label:
        table.fault(row, table.at("label"), "text_needed")
    kind = table.word(row, "kind", KINDS, "stars")
    return [RatingQuestion(name, label, kind)]  # type: ignore[arg-type]  # one of KINDS
