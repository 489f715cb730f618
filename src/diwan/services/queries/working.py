"""By when a case and its step are due, in the working time of the unit that owes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from diwan.kernel.countries import country
from diwan.kernel.worktime import WorkCalendar
from diwan.services.models import CasePause, CaseStep
from diwan.services.rules.deadlines import due, due_of_all
from diwan.services.rules.definition import Definition
from diwan.services.rules.flow import promised

Span = tuple[datetime, datetime]


def at_home(at: datetime, code: str) -> datetime:
    """An instant in the zone of a country, as the formulas of a form read it."""
    return at.astimezone(ZoneInfo(country(code).timezone))


def step_due(
    definition: Definition,
    state: str,
    entered_at: datetime,
    calendar: WorkCalendar,
    pauses: Sequence[Span] = (),
) -> datetime | None:
    """By when a step is due that was entered at an instant; None where it has no deadline."""
    deadline = definition.state(state).deadline
    return due(entered_at, deadline, calendar, pauses) if deadline is not None else None


def owed_by(due_at: datetime | None, promised_at: datetime | None) -> datetime | None:
    """By when whoever has a case must act: by its step's deadline, or else by the promise."""
    return due_at or promised_at


def promised_by(
    definition: Definition,
    begun_at: datetime,
    calendar: WorkCalendar,
    pauses: Sequence[Span] = (),
) -> datetime | None:
    """By when the citizen is to have an answer; None where nothing is promised."""
    return due_of_all(begun_at, promised(definition), calendar, pauses)


def spans(pauses: Iterable[CasePause], *, step: UUID | None = None) -> list[Span]:
    """Pauses that are over and counted, as spans; those of one step alone, if it is named."""
    return [
        (pause.since_at, pause.until_at)
        for pause in pauses
        if pause.until_at is not None and pause.counts and step in (None, pause.step_id)
    ]


def broken_before(instant: datetime | None, pauses: Sequence[CasePause]) -> bool:
    """Whether an instant had passed when the last of the pauses began."""
    last = pauses[-1].since_at if pauses else None
    return instant is not None and last is not None and instant < last


def round_begun(steps: Sequence[CaseStep], definition: Definition) -> datetime:
    """When the present round of a case began: at its filing, or when it was reopened last.

    `steps` are all of the case in their order; the one after a step that ended it begins a round.
    """
    begun = steps[0].entered_at
    for before, after in pairwise(steps):
        if ended_by(before, definition):
            begun = after.entered_at
    return begun


def ended_by(step: CaseStep, definition: Definition) -> bool:
    """Whether the way out of a step was an end of the case."""
    if not step.action:
        return False
    action = definition.state(step.state).action(step.action)
    return action is None or bool(definition.state(action.to).end)
