"""Working time of a country: weekends, office hours, declared holidays, deadlines. Plain Python.

All of it is dated data, since countries change their weekend and Ramadan has hours of its own.
Holidays are declared by authority and never computed here; one that is only estimated counts as a
day off until the authority has spoken, and whoever keeps deadlines works them out anew then.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from .worktable import LONGEST_REST, NoWorkingTime, WorkTable

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)

FRIDAY_ONLY = frozenset({FRIDAY})
THURSDAY_FRIDAY = frozenset({THURSDAY, FRIDAY})
FRIDAY_SATURDAY = frozenset({FRIDAY, SATURDAY})

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Weekend:
    """From ``since`` on (``None``: always) these weekdays are off; Monday is 0.

    ``rank`` says whose row it is: an office's own, with a higher one, holds before its country's.
    """

    since: date | None
    days: frozenset[int]
    rank: int = 0


@dataclass(frozen=True)
class OfficeHours:
    """Hours within [since, until) (``None``: without end), local time, on one weekday or all.

    On a day the rows of the highest ``rank`` hold (an office's own before its country's), of these
    the ones with the latest ``since``, those for its weekday before those for all; several such
    rows (a morning and an afternoon) add up.
    """

    since: date | None
    until: date | None
    opens: time
    closes: time
    weekday: int | None = None
    rank: int = 0

    def __post_init__(self) -> None:
        """Refuse hours that close before they open. Raises ``ValueError``."""
        if self.opens >= self.closes:
            raise ValueError(f"office hours close at {self.closes} before they open")

    def holds_on(self, day: date) -> bool:
        """Say whether the row speaks about a day."""
        return (
            (self.since is None or self.since <= day)
            and (self.until is None or day < self.until)
            and self.weekday in (None, day.weekday())
        )


@dataclass(frozen=True)
class Holiday:
    """A day off, its name in some languages, and whether the authority has declared it."""

    day: date
    name: Mapping[str, str]
    status: Literal["declared", "estimated"] = "declared"


@dataclass(frozen=True)
class WorkCalendar:
    """When a country, or an office in it, works. Days are local; instants aware, results in UTC.

    ``worked`` are days worked by decree although they would be off.
    """

    country: str
    timezone: str
    weekends: tuple[Weekend, ...]
    hours: tuple[OfficeHours, ...]
    holidays: tuple[Holiday, ...] = ()
    worked: frozenset[date] = frozenset()

    def is_working_day(self, day: date) -> bool:
        """Say whether a day is neither weekend nor holiday, or worked by decree."""
        if day in self.worked:
            return True
        return day not in self._days_off and day.weekday() not in self._weekend(day)

    def holiday_on(self, day: date) -> Holiday | None:
        """Return the holiday of a day, if it is one."""
        return next((holiday for holiday in self.holidays if holiday.day == day), None)

    def next_working_day(self, day: date) -> date:
        """Return the first working day on or after a day. Raises ``NoWorkingTime``."""
        return self._seek(day, _DAY)

    def previous_working_day(self, day: date) -> date:
        """Return the last working day on or before a day. Raises ``NoWorkingTime``."""
        return self._seek(day, -_DAY)

    def add_working_days(self, day: date, n: int) -> date:
        """Return the ``n``-th working day after a day (before it, when ``n`` is negative).

        The day itself does not count, whether it is a working day or not; ``n = 0`` is the day
        itself or the first working day after it.
        """
        if n == 0:
            return self.next_working_day(day)
        if n > 0:
            return self._table.working_day(day, n)
        for _ in range(-n):
            day = self._seek(day - _DAY, -_DAY)
        return day

    def working_days_between(self, a: date, b: date) -> int:
        """Return how many working days ``d`` there are with ``a < d <= b``; negative backwards.

        Counted by whole weeks, so that years cost no more than days.
        """
        if b < a:
            return -self.working_days_between(b, a)
        first, until = a + _DAY, b + _DAY
        edges = [w.since for w in self._weekends if w.since and first < w.since < until]
        bounds = [first, *edges, until]
        total = 0
        for since, end in pairwise(bounds):
            total += _count_outside(since, end, self._weekend(since))
        days = self._sorted_days_off
        off = days[bisect_left(days, first) : bisect_right(days, b)]
        total -= sum(day.weekday() not in self._weekend(day) for day in off)
        decreed = [day for day in self.worked if first <= day <= b]
        return total + sum(day.weekday() in self._weekend(day) for day in decreed)

    def late_before(self, today: date) -> date:
        """Return the day before which a due date is late: the last working day until today.

        So a due date is late exactly when ``working_days_between(due, today)`` is 1 or more: what
        was due on Thursday is not late on Friday, a day off.
        """
        return self.previous_working_day(today)

    def deadline(self, start_at: datetime, working_time: timedelta) -> datetime:
        """Return the instant when so much working time has passed since ``start_at``.

        Nothing to work is due at once. Raises ``ValueError`` for a naive instant or a negative
        time, ``NoWorkingTime`` when the tables have no office hours.
        """
        if working_time < timedelta(0):
            raise ValueError("working time cannot be negative")
        start_at = _in_utc(start_at)
        if not working_time:
            return start_at
        return self._table.deadline(start_at, working_time)

    def worked_between(self, a_at: datetime, b_at: datetime) -> timedelta:
        """Return how much working time lies between two instants; negative backwards."""
        a_at, b_at = _in_utc(a_at), _in_utc(b_at)
        if b_at < a_at:
            return -self.worked_between(b_at, a_at)
        return self._table.worked(a_at, b_at)

    def closes_at(self, day: date) -> datetime:
        """Return the instant when offices close on a day, or on the first later one they open."""
        return self._table.closing(day)[1]

    def next_closing(self, at: datetime) -> tuple[date, datetime]:
        """Return the first day on which offices close after an instant, and when they do."""
        at = _in_utc(at)
        day, closes_at = self._table.closing(self.day_of(at))
        return (day, closes_at) if closes_at > at else self._table.closing(day + _DAY)

    def day_of(self, at: datetime) -> date:
        """Return the local day of an instant."""
        return at.astimezone(self._zone).date()

    def hours_on(self, day: date) -> list[tuple[time, time]]:
        """Return the office hours of a day in local time, in order; none on a day off."""
        if not self.is_working_day(day):
            return []
        rows = [row for row in self.hours if row.holds_on(day)]
        strongest = max(map(_strength, rows), default=None)
        spans = sorted((row.opens, row.closes) for row in rows if _strength(row) == strongest)
        return _merged(spans)

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @cached_property
    def _weekends(self) -> list[Weekend]:
        return sorted(self.weekends, key=lambda row: (row.rank, row.since or date.min))

    @cached_property
    def _days_off(self) -> frozenset[date]:
        return frozenset(holiday.day for holiday in self.holidays) - self.worked

    @cached_property
    def _sorted_days_off(self) -> list[date]:
        return sorted(self._days_off)

    def _weekend(self, day: date) -> frozenset[int]:
        held: frozenset[int] = frozenset()
        for weekend in self._weekends:
            if weekend.since is None or weekend.since <= day:
                held = weekend.days
        return held

    def _seek(self, day: date, step: timedelta) -> date:
        for _ in range(LONGEST_REST):
            if self.is_working_day(day):
                return day
            day += step
        raise NoWorkingTime(f"{self.country} has no working day for a year before or after {day}")

    @cached_property
    def _table(self) -> WorkTable:
        """The working time added up: shared by all calendars of the same content."""
        return _table_of(
            self.timezone, self.weekends, self.hours, self._days_off, self.worked, self.country
        )

    def windows_on(self, day: date) -> list[tuple[datetime, datetime]]:
        """Return the office hours of a day as instants; none on a day off."""
        return [
            (self._instant(day, opens), self._instant(day, closes))
            for opens, closes in self.hours_on(day)
        ]

    def _instant(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self._zone).astimezone(UTC)


# Its arguments are what a calendar is made of, and the key of the cache.
@lru_cache(maxsize=256)
def _table_of(
    timezone: str,
    weekends: tuple[Weekend, ...],
    hours: tuple[OfficeHours, ...],
    off: frozenset[date],
    worked: frozenset[date],
    country: str,
) -> WorkTable:
    days = tuple(Holiday(day, {}) for day in sorted(off))
    calendar = WorkCalendar(country, timezone, weekends, hours, days, worked)
    return WorkTable(country, calendar.is_working_day, calendar.windows_on)


def _strength(row: OfficeHours) -> tuple[int, date, bool]:
    return row.rank, row.since or date.min, row.weekday is not None


def _merged(spans: list[tuple[time, time]]) -> list[tuple[time, time]]:
    merged: list[tuple[time, time]] = []
    for opens, closes in spans:
        if merged and opens <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(closes, merged[-1][1]))
        else:
            merged.append((opens, closes))
    return merged


def _count_outside(since: date, until: date, weekend: frozenset[int]) -> int:
    """Count the days in [since, until) that are on none of the weekdays."""
    weeks, rest = divmod((until - since).days, 7)
    first = since.weekday()
    return weeks * (7 - len(weekend)) + sum((first + i) % 7 not in weekend for i in range(rest))


def _in_utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    return instant.astimezone(UTC)


# What a country starts with until somebody writes its rows: settings, no statement of law. Iranian
# bodies that also rest on Thursday write THURSDAY_FRIDAY.
DEFAULTS: dict[str, WorkCalendar] = {
    "IR": WorkCalendar(
        country="IR",
        timezone="Asia/Tehran",
        weekends=(Weekend(None, FRIDAY_ONLY),),
        hours=(OfficeHours(None, None, time(7, 30), time(14, 30)),),
    ),
    "EG": WorkCalendar(
        country="EG",
        timezone="Africa/Cairo",
        weekends=(Weekend(None, FRIDAY_SATURDAY),),
        hours=(OfficeHours(None, None, time(8), time(14)),),
    ),
}
