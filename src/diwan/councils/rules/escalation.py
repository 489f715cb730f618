"""When a late action goes up the tree of posts, and to whom.

An action goes up one level after so many working days of lateness, and another after as many more.
Whoever was asked gets those days: after a stop of the worker, or where a body writes its rule when
things have long been late, the levels follow one another and never come all on one day.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import TypeVar

from diwan.kernel.worktime import WorkCalendar

P = TypeVar("P")
_DAY = timedelta(days=1)


def late_enough(today: date, after: int, work: WorkCalendar) -> date:
    """Return the latest due day of what is late by `after` working days (1 or more) on `today`.

    >>> from diwan.kernel.worktime import DEFAULTS
    >>> late_enough(date(2026, 11, 23), 2, DEFAULTS["IR"]).isoformat()
    '2026-11-21'
    """
    if after < 1:
        raise ValueError(after)
    return work.add_working_days(today + _DAY, -after) - _DAY


def goes_up(
    *, due: date, last: date | None, reached: int, levels: int, late_enough: date
) -> int | None:
    """Return the level to which an action goes up today, None if it does not.

    `reached` levels were asked before, the `last` on that day; `late_enough` is the latest day on
    which the one asked has had the days of the rule: the due day for the owner, `last` for a head.
    """
    if reached >= levels or due > late_enough:
        return None
    return reached + 1 if last is None or last <= late_enough else None


def next_post(chain: Sequence[P], asked: Collection[P]) -> P | None:
    """Return the nearest of those above the owner who was not asked yet; None at the top.

    >>> next_post(["director", "deputy minister", "minister"], {"director"})
    'deputy minister'
    """
    return next((post for post in chain if post not in asked), None)
