"""By when a step or a promise is due: working time of the unit, standing still while it waits.

The clock stands still from the beginning of a pause until its end. Days are counted by their
closing hour: a working day counts when the clock runs as the office closes, so half a day of
waiting costs no day and a night costs none either. Of days of the calendar those off count, too,
and close as the next working day does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from math import ceil

from diwan.kernel.worktime import WorkCalendar

from .definition import Deadline

Pause = tuple[datetime, datetime]
_DAY = timedelta(days=1)


def due(
    start_at: datetime,
    deadline: Deadline,
    calendar: WorkCalendar,
    pauses: Sequence[Pause] = (),
) -> datetime:
    """The instant (UTC) by which something begun at `start_at` is due.

    Working hours are counted from the instant; of working days the day of the start counts for
    nothing, and the last of them is used up to its closing hour; of days of the calendar, too, the
    last one moved to the next working day if it is off. Pauses are [since, until), in any order.

    Raises ValueError for an instant without a time zone, NoWorkingTime where nobody ever works.
    """
    held = merged(start_at, pauses) if pauses else []
    if deadline.unit == "working_hours":
        return _by_hours(start_at, timedelta(hours=deadline.amount), calendar, held)
    days = ceil(deadline.amount)
    if deadline.unit == "working_days":
        return _by_working_days(start_at, days, calendar, held)
    return _by_calendar_days(start_at, days, calendar, held)


def due_of_all(
    start_at: datetime,
    deadlines: Iterable[Deadline],
    calendar: WorkCalendar,
    pauses: Sequence[Pause] = (),
) -> datetime | None:
    """When deadlines that follow one another are over; None if there is none."""
    at = None
    for deadline in deadlines:
        at = due(at or start_at, deadline, calendar, pauses)
    return at


def merged(start_at: datetime, pauses: Iterable[Pause]) -> list[Pause]:
    """The pauses in order, from the start on; those that touch each other become one."""
    found: list[Pause] = []
    for begun_at, until_at in sorted(pauses):
        since_at = max(begun_at, start_at)
        if until_at <= since_at:
            continue
        if found and since_at <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], until_at))
        else:
            found.append((since_at, until_at))
    return found


def _by_hours(
    start_at: datetime, rest: timedelta, calendar: WorkCalendar, pauses: Iterable[Pause]
) -> datetime:
    for since_at, until_at in pauses:
        worked = calendar.worked_between(start_at, since_at)
        if worked >= rest:
            break
        rest -= worked
        start_at = until_at
    return calendar.deadline(start_at, rest)


def _by_working_days(
    start_at: datetime, days: int, calendar: WorkCalendar, pauses: Iterable[Pause]
) -> datetime:
    start = calendar.day_of(start_at)
    if not days:  # today, or the next day on which the office is still open
        start, days = calendar.next_closing(start_at)[0] - _DAY, 1
    due_at = calendar.closes_at(calendar.add_working_days(start, days))
    for since_at, until_at in pauses:
        if due_at <= since_at:
            break
        first = max(calendar.next_closing(since_at)[0], calendar.add_working_days(start, 1))
        after = calendar.next_closing(until_at)[0]
        days += max(calendar.working_days_between(first, after), 0)
        due_at = calendar.closes_at(calendar.add_working_days(start, days))
    return due_at


def _by_calendar_days(
    start_at: datetime, days: int, calendar: WorkCalendar, pauses: Iterable[Pause]
) -> datetime:
    last = calendar.day_of(start_at) + days * _DAY
    for since_at, until_at in pauses:
        if calendar.closes_at(calendar.next_working_day(last)) <= since_at:
            break
        last += _next_day(until_at, calendar) - _next_day(since_at, calendar)
    return calendar.closes_at(calendar.next_working_day(last))


def _next_day(at: datetime, calendar: WorkCalendar) -> date:
    """The first day of the calendar that closes after an instant."""
    day = calendar.day_of(at)
    closes_at = calendar.closes_at(day)
    off = calendar.day_of(closes_at) - day
    return day if closes_at - off > at else day + _DAY
