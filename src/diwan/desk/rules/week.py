"""The week of a country's offices as a desk sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from diwan.kernel.worktime import WorkCalendar

NEW_WORKING_DAYS = 2
"""Something is newly arrived for so many working days."""

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Week:
    """What a desk must know of the calendar on one day.

    `until` is the first day of the next working week: what is due before it is due this week.
    What arrived on `new_since` or later is newly arrived; `yesterday` is the last working day
    before today.
    """

    today: date
    until: date
    new_since: date
    yesterday: date


def week_of(calendar: WorkCalendar, today: date) -> Week:
    """Work out the week that `today` belongs to.

    A week runs to the end of its weekend; on the weekend itself the coming week is already shown,
    since nobody can use the one that has gone. A holiday in the middle ends no week. A country
    that never rests weekly has weeks of seven days from today.
    """
    return Week(
        today=today,
        until=_next_week(calendar, today),
        new_since=calendar.add_working_days(today, -NEW_WORKING_DAYS),
        yesterday=calendar.add_working_days(today, -1),
    )


def _next_week(calendar: WorkCalendar, today: date) -> date:
    day = today
    for _ in range(7):
        if not _rests(calendar, day):
            break
        day += _DAY
    for _ in range(7):
        if _rests(calendar, day):
            break
        day += _DAY
    else:
        return today + 7 * _DAY
    while _rests(calendar, day):
        day += _DAY
    return day


def _rests(calendar: WorkCalendar, day: date) -> bool:
    """Say whether the weekly rest falls on a day, holidays aside."""
    held: frozenset[int] = frozenset()
    for weekend in sorted(calendar.weekends, key=lambda row: row.since or date.min):
        if weekend.since is None or weekend.since <= day:
            held = weekend.days
    # A week of rest days alone is a wrong row; treating it as no rest keeps the desk standing.
    return len(held) < 7 and day.weekday() in held
