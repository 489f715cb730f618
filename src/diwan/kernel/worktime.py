"""Working time of a country: weekends, office hours, declared holidays, deadlines. Plain Python.

All of it is dated data, since countries change their weekend and Ramadan has hours of its own.
Holidays are declared by authority and never computed here; one that is only estimated counts as a
day off until the authority has spoken, and whoever keeps deadlines works them out anew then.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)

FRIDAY_ONLY = frozenset({FRIDAY})
THURSDAY_FRIDAY = frozenset({THURSDAY, FRIDAY})
FRIDAY_SATURDAY = frozenset({FRIDAY, SATURDAY})

# No public body rests longer than this; a table that says so is wrong.
LONGEST_REST = 366

_DAY = timedelta(days=1)


class NoWorkingTime(ValueError):
    """The tables leave no working day, or no office hour, for a year on end."""


@dataclass(frozen=True)
class Weekend:
    """From ``since`` on (``None``: always) these weekdays are off; Monday is 0."""

    since: date | None
    days: frozenset[int]


@dataclass(frozen=True)
class OfficeHours:
    """Hours within [since, until) (``None``: without end), local time, on one weekday or all.

    On a day the rows with the latest ``since`` hold, those for its weekday before those for all;
    several such rows (a morning and an afternoon) add up.
    """

    since: date | None
    until: date | None
    opens: time
    closes: time
    weekday: int | None = None

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
    """When a country works. Days are local; instants are aware, results in UTC."""

    country: str
    timezone: str
    weekends: tuple[Weekend, ...]
    hours: tuple[OfficeHours, ...]
    holidays: tuple[Holiday, ...] = ()

    def is_working_day(self, day: date) -> bool:
        """Say whether a day is neither weekend nor holiday."""
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
        step = _DAY if n > 0 else -_DAY
        for _ in range(abs(n)):
            day = self._seek(day + step, step)
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
        return total - sum(day.weekday() not in self._weekend(day) for day in off)

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
        rest = working_time
        for opens_at, closes_at in self._windows(start_at):
            begin = max(opens_at, start_at)
            if closes_at - begin >= rest:
                return begin + rest
            rest -= closes_at - begin
        raise NoWorkingTime(f"{self.country} has no office hours for a year on end")

    def worked_between(self, a_at: datetime, b_at: datetime) -> timedelta:
        """Return how much working time lies between two instants; negative backwards."""
        a_at, b_at = _in_utc(a_at), _in_utc(b_at)
        if b_at < a_at:
            return -self.worked_between(b_at, a_at)
        total = timedelta(0)
        for opens_at, closes_at in self._windows(a_at, b_at):
            total += max(min(closes_at, b_at) - max(opens_at, a_at), timedelta(0))
        return total

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
        return sorted(self.weekends, key=lambda weekend: weekend.since or date.min)

    @cached_property
    def _days_off(self) -> frozenset[date]:
        return frozenset(holiday.day for holiday in self.holidays)

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

    def _windows(
        self, since_at: datetime, until_at: datetime | None = None
    ) -> Iterator[tuple[datetime, datetime]]:
        """Yield the office hours that end after an instant, as instants, one after another.

        Without ``until_at`` it stops after a year of rest, which no real table has.
        """
        day = since_at.astimezone(self._zone).date()
        last = until_at.astimezone(self._zone).date() if until_at else None
        rested = 0
        while day <= last if last else rested <= LONGEST_REST:
            rested += 1
            for opens, closes in self.hours_on(day):
                rested = 0
                window = self._instant(day, opens), self._instant(day, closes)
                if window[1] > since_at:
                    yield window
            day += _DAY

    def _instant(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self._zone).astimezone(UTC)


def _strength(row: OfficeHours) -> tuple[date, bool]:
    return row.since or date.min, row.weekday is not None


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
