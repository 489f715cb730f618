"""Days that recur: a span between them, and the day of the month or week they fall on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from diwan.kernel.text import normalise, to_digits

from .convert import (
    Calendar,
    ImpossibleDate,
    from_calendar,
    month_length,
    start_of_week,
    to_calendar,
)
from .names import known_language, weekday_name
from .spans import Span, next_occurrence

LAST = -1
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": LAST}
_NTH_NAME = {nth: name for name, nth in _NTH.items()}
_NTH_SHOWN = {
    "fa": {1: "نخستین", 2: "دومین", 3: "سومین", 4: "چهارمین", LAST: "آخرین"},
    "ar": {1: "أول", 2: "ثاني", 3: "ثالث", 4: "رابع", LAST: "آخر"},
}
_SHAPE = re.compile(r"^(?:(\d{1,2})|(?:(first|second|third|fourth|last) )?([a-z]+))$")


class ImpossibleRecurrence(ValueError):
    """A text that names no recurring day, or one that its span cannot have."""


@dataclass(frozen=True)
class On:
    """The day of a month (`day`), or a weekday (Monday is 0): every one, or the `nth` of a month.

    A `day` that a month does not have is its last one. Written ``19``, ``first monday`` or
    ``monday``.
    """

    day: int | None = None
    weekday: int | None = None
    nth: int | None = None

    @classmethod
    def parse(cls, text: str) -> "On":
        """Read ``19``, ``first monday`` or ``monday``. Raises ``ImpossibleRecurrence``."""
        shape = _SHAPE.match(normalise(text))
        if shape and shape[1] and 1 <= int(shape[1]) <= 31:
            return cls(day=int(shape[1]))
        if shape and shape[3] in WEEKDAYS:
            return cls(weekday=WEEKDAYS.index(shape[3]), nth=_NTH.get(shape[2] or ""))
        raise ImpossibleRecurrence(text)

    def __str__(self) -> str:
        """Write it as it is stored and parsed."""
        if self.weekday is None:
            return str(self.day)
        name = WEEKDAYS[self.weekday]
        return f"{_NTH_NAME[self.nth]} {name}" if self.nth else name

    def within(self, calendar: Calendar, year: int, month: int) -> date:
        """The day in a month of a calendar. Raises ``ImpossibleDate`` where the tables end."""
        length = month_length(calendar, year, month)
        if self.weekday is None:
            return from_calendar(calendar, year, month, min(self.day or 1, length))
        if self.nth == LAST:
            last = from_calendar(calendar, year, month, length)
            return last - timedelta(days=(last.weekday() - self.weekday) % 7)
        first = from_calendar(calendar, year, month, 1)
        ahead = (self.weekday - first.weekday()) % 7
        return first + timedelta(days=ahead + 7 * ((self.nth or 1) - 1))

    def show(self, language: str) -> str:
        """Show it: ``روز ۱۹``, ``أول يوم اثنين``, ``on the first Monday``."""
        language = known_language(language)
        if self.weekday is None:
            number = to_digits(self.day or 1, language)
            return {"fa": f"روز {number}", "ar": f"يوم {number}"}.get(language, f"on day {number}")
        name = weekday_name(self.weekday, language)
        if self.nth is None:
            return {"fa": name, "ar": f"يوم {name}"}.get(language, f"on {name}")
        if language == "en":
            return f"on the {_NTH_NAME[self.nth]} {name}"
        if language == "fa":
            return f"{_NTH_SHOWN['fa'][self.nth]} {name}"
        return f"{_NTH_SHOWN['ar'][self.nth]} يوم {name.removeprefix('ال')}"


@dataclass(frozen=True)
class Recurrence:
    """Every so often, on a day where one is named; months and years are a calendar's."""

    every: Span
    on: On | None = None

    def __post_init__(self) -> None:
        """Refuse a day that the span cannot have. Raises ``ImpossibleRecurrence``."""
        if self.on is None:
            return
        weekly = self.on.weekday is not None and self.on.nth is None
        if self.every.unit not in (("weeks",) if weekly else ("months", "years")):
            raise ImpossibleRecurrence(f"{self.every} on {self.on}")

    @classmethod
    def parse(cls, every: str, on: str = "") -> "Recurrence":
        """Read what is stored. Raises ``ImpossibleSpan`` or ``ImpossibleRecurrence``."""
        return cls(Span.parse(every), On.parse(on) if on else None)

    def show(self, language: str) -> str:
        """Show it: ``هر ۲ ماه، روز ۱۹``, ``كل شهر، أول يوم اثنين``, ``every month, on day 5``."""
        told = self.every.show_every(language)
        if self.on is None:
            return told
        comma = "، " if known_language(language) in ("fa", "ar") else ", "
        return f"{told}{comma}{self.on.show(language)}"

    def after(self, last: date, calendar: Calendar) -> date:
        """The first day by the rule after what was last held."""
        return self.times(1, last, calendar)

    def times(self, n: int, last: date, calendar: Calendar) -> date:
        """The n-th day by the rule after what was last held.

        That one may have been moved some days off its own day, also into the next month or week:
        counting begins with the rule's day that is nearest to it.
        """
        if self.on is None:
            return self.every.times(n, last, calendar)
        if self.every.unit == "weeks":
            return _nearest_weekday(last, self.on) + timedelta(weeks=n * self.every.count)
        months = n * self.every.count * (12 if self.every.unit == "years" else 1)
        try:
            return self._month_from(last, months, calendar)
        except ImpossibleDate:
            return self._month_from(last, months, Calendar.GREGORIAN)

    def _month_from(self, last: date, months: int, calendar: Calendar) -> date:
        assert self.on is not None  # noqa: S101 - asked by who calls
        named = to_calendar(last, calendar)
        here = named.year * 12 + named.month - 1

        def day_in(month: int) -> date:
            assert self.on is not None  # noqa: S101 - see above
            year, month0 = divmod(month, 12)
            return self.on.within(calendar, year, month0 + 1)

        near = min((here, here - 1, here + 1), key=lambda month: abs(day_in(month) - last))
        return day_in(near + months)

    def next(self, last: date, calendar: Calendar, today: date) -> date:
        """When it comes next: the first day after `last`; if that is past, the first after today.

        (Source: ACCESS, "Numbers".)
        """
        if self.on is None:
            return next_occurrence(last, self.every, calendar, today)
        due = self.after(last, calendar)
        if due >= today:
            return due
        return next(day for day in self._days(last, calendar) if day > today)

    def between(self, last: date, calendar: Calendar, since: date, until: date) -> list[date]:
        """The days by the rule after `last` that fall in [since, until), in order."""
        found = []
        for day in self._days(last, calendar):
            if day >= until:
                break
            if day >= since:
                found.append(day)
        return found

    def _days(self, last: date, calendar: Calendar) -> Iterator[date]:
        n = 0
        while True:
            n += 1
            yield self.times(n, last, calendar)


def _nearest_weekday(day: date, on: On) -> date:
    ahead = start_of_week(day, on.weekday or 0)
    after = ahead + timedelta(days=7)
    return ahead if day - ahead <= after - day else after
