"""From which day a resolution binds where somebody may object to it, and what an objection does.

    adopted ──► may be objected to ──► binds from its day on
                      │    ▲
                   objected ──rejected──┘        accepted ──► never binds

An objection that nobody has answered holds the resolution up, however long it takes.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum


class Outcome(StrEnum):
    """What the body answered to an objection."""

    WAITS = ""
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Binding(StrEnum):
    """How a resolution stands towards those who may object to it."""

    PLAIN = "plain"  # nobody may object: it binds since its adoption
    OPEN = "open"  # it does not bind yet, and may be objected to
    OBJECTED = "objected"  # an objection waits for the body's answer
    VOID = "void"  # an objection was accepted
    BINDS = "binds"  # the days have passed, and what was objected was rejected


HELD_UP = frozenset({Binding.OPEN, Binding.OBJECTED, Binding.VOID})
"""While a resolution stands so, nobody is reminded of what it asks for."""


def state_of(binding_date: date | None, outcomes: Iterable[Outcome], today: date) -> Binding:
    """Return how a resolution stands on a day. `binding_date`: the first day on which it binds.

    >>> state_of(date(2026, 12, 3), [Outcome.REJECTED], date(2026, 12, 3))
    <Binding.BINDS: 'binds'>
    """
    if binding_date is None:
        return Binding.PLAIN
    answers = set(outcomes)
    if Outcome.ACCEPTED in answers:
        return Binding.VOID
    if Outcome.WAITS in answers:
        return Binding.OBJECTED
    return Binding.OPEN if today < binding_date else Binding.BINDS


def last_day(binding_date: date) -> date:
    """Return the last day on which somebody may object."""
    return binding_date - timedelta(days=1)


def may_object(binding_date: date | None, outcomes: Iterable[Outcome], today: date) -> bool:
    """Say whether an objection may be filed: in time, and while the resolution is not void."""
    if binding_date is None or today > last_day(binding_date):
        return False
    return state_of(binding_date, outcomes, today) is not Binding.VOID


def binds_since(binding_date: date, answered: Iterable[date]) -> date:
    """Return since when it binds: its day, or that of the last answer where that came later."""
    return max([binding_date, *answered])
