"""A form worked out with answers: what is asked, what is missing, wrong or calculated.

Rules are worked out here whatever a page or an app has worked out before. The work is bounded:
`xpath.world.MOST_WORK` visits of items, `filling.MOST_REPEATS` instances of a repeat.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .definition import Texts
from .filling import fill
from .formtree import Choice, Form, Node
from .program import program_of
from .working_out import Fault, Run, keep
from .xlsform_words import TEXT_REFERENCE
from .xpath.world import TooMuchWork

Answers = Mapping[str, Any]
"""Nested by the nodes' names: a question is a text, a group a dict, a repeat a list of dicts."""


@dataclass(frozen=True)
class AnswerFault:
    """What is wrong with one answer.

    `path` is the node's, `index` the numbers of the repeats it stands in (from 1). `code`:
    ``required``, ``constraint``, ``type``, ``choice``, ``unknown`` (no such question: dropped),
    ``too_many`` (repeats), ``too_much`` (work), ``division`` (by nought: left blank). `message`
    are the form's own words, if it has any.
    """

    path: str
    index: tuple[int, ...]
    code: str
    message: Texts = field(default_factory=dict)


@dataclass(frozen=True)
class Evaluated:
    """What `evaluate` found. Places are paths with repeats numbered (``/data/kids[2]/name``).

    `answers` are canonical: calculations filled in, what is irrelevant left out, what is blank "".
    `warnings` hinder nothing: what was dropped or left blank.
    """

    answers: dict[str, Any]
    faults: tuple[AnswerFault, ...]
    warnings: tuple[AnswerFault, ...]
    relevant: frozenset[str]
    required: frozenset[str]
    readonly: frozenset[str]
    _run: Run = field(repr=False, compare=False)

    def choices(self, place: str) -> tuple[Choice, ...]:
        """The choices of a select at that place, filtered; empty where there is no such select."""
        item = self._run.at(place)
        return () if item is None else self._run.choices_of(item)

    def filled(self, text: str, place: str, shown: Callable[[Node, str], str] | None = None) -> str:
        """A text of the form with the answers put in for each ``${expression}``.

        `place` is where the text stands; `shown` says how an answer is written for people.
        """
        item = self._run.at(place)
        if item is None or "${" not in text:
            return text
        return TEXT_REFERENCE.sub(
            lambda found: self._run.shown(found.group(0)[2:-1], item, shown), text
        )


def evaluate(
    form: Form,
    answers: Answers,
    *,
    now: datetime,
    office: bool = False,
    before: Answers | None = None,
    language: str = "",
) -> Evaluated:
    """The form worked out with these answers.

    `now` is aware, in the zone of the country. What only the office answers is taken with `office`
    alone; without, it is what it was `before` (the answers kept so far), and it is never required.
    A question whose key is absent takes its default; one that is there and blank stays blank. A
    repeat whose key is absent has no instance (`begin` gives it one).
    """
    program = program_of(form)
    filled = fill(program, answers, now=now, office=office, before=before)
    run = Run(program, filled, before or {}, language or form.languages[0])
    try:
        run.work_out()
        run.check()
    except TooMuchWork:
        run.faults.append(("", (), "too_much", {}))
    dropped: list[Fault] = [(path, index, "unknown", {}) for path, index in filled.dropped]
    return Evaluated(
        keep(form.nodes, filled.data),
        tuple(AnswerFault(*fault) for fault in run.faults),
        tuple(AnswerFault(*fault) for fault in (*dropped, *run.warnings)),
        frozenset(run.relevant),
        frozenset(run.required),
        frozenset(run.readonly),
        run,
    )


def begin(form: Form, *, now: datetime) -> dict[str, Any]:
    """The answers with which a form begins: defaults, and each repeat once, as form apps do."""
    return evaluate(form, _once_each(form.nodes), now=now).answers


def _once_each(nodes: tuple[Node, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for node in nodes:
        if node.kind == "group":
            found[node.name] = _once_each(node.children)
        elif node.kind == "repeat" and not node.count:
            found[node.name] = [_once_each(node.children)]
    return found
