"""Months, quarters, halves, years and fiscal years of any calendar. Plain Python.

A period is half-open, [first_day, until_day), and has a key that sorts within its calendar and
kind and goes into a database column or an address.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from .calendars import (
    Calendar,
    ImpossibleDate,
    add_months,
    from_calendar,
    month_length,
    month_name,
    to_calendar,
)
from .text import base_language, to_digits


class Kind(StrEnum):
    """How long a period is."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"
    FISCAL = "fiscal"


MONTHS = {Kind.MONTH: 1, Kind.QUARTER: 3, Kind.HALF: 6, Kind.YEAR: 12, Kind.FISCAL: 12}

# The month a fiscal year begins with: 1 Farvardin in Iran, 1 July in Egypt.
FISCAL_MONTH_OF_COUNTRY = {"IR": 1, "EG": 7}
# The same by calendar, which a key need not repeat.
_USUAL_FISCAL_MONTH = {Calendar.JALALI: 1, Calendar.HIJRI: 1, Calendar.GREGORIAN: 7}

_KEY = re.compile(
    r"(?P<calendar>[a-z]+):(?:"
    r"(?P<year>\d{4})(?:-(?:(?P<month>\d{2})|Q(?P<quarter>[1-4])|H(?P<half>[12])))?"
    r"|FY(?P<fiscal>\d{4})(?:/(?P<second>\d{4}))?(?:@(?P<start>\d{2}))?)",
    re.ASCII,
)

_QUARTERS = {
    "fa": ("سه‌ماهه نخست", "سه‌ماهه دوم", "سه‌ماهه سوم", "سه‌ماهه چهارم"),
    "ar": ("الربع الأول من", "الربع الثاني من", "الربع الثالث من", "الربع الرابع من"),
    "en": ("first quarter of", "second quarter of", "third quarter of", "fourth quarter of"),
}
_HALVES = {
    "fa": ("نیمه نخست", "نیمه دوم"),
    "ar": ("النصف الأول من", "النصف الثاني من"),
    "en": ("first half of", "second half of"),
}
_FISCAL = {"fa": "سال مالی", "ar": "السنة المالية", "en": "fiscal year"}


class ImpossiblePeriod(ValueError):
    """A text that is no period's key. ``text`` is what was given."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text!r} is no key of a period")
        self.text = text


@dataclass(frozen=True)
class Period:
    """A period of a calendar. Made by ``Period.of`` and ``Period.parse``."""

    calendar: Calendar
    kind: Kind
    first_day: date
    until_day: date

    @classmethod
    def of(
        cls, day: date, kind: Kind, calendar: Calendar, *, fiscal_month: int | None = None
    ) -> "Period":
        """Return the period of a kind that a day is in.

        ``fiscal_month`` is the month of the calendar that a fiscal year begins with (see
        ``FISCAL_MONTH_OF_COUNTRY``); by default Farvardin, Muharram or July.
        Raises ``ImpossibleDate`` (range) where the calendar's tables end.
        """
        named = to_calendar(day, calendar)
        start = 1
        if kind is Kind.FISCAL:
            start = fiscal_month or _USUAL_FISCAL_MONTH[calendar]
        into = (named.month - start) % MONTHS[kind]
        months = named.year * 12 + named.month - 1 - into
        return cls._starting(calendar, kind, *divmod(months, 12))

    @classmethod
    def _starting(cls, calendar: Calendar, kind: Kind, year: int, month0: int) -> "Period":
        first = from_calendar(calendar, year, month0 + 1, 1)
        return cls(calendar, kind, first, _until(first, MONTHS[kind], calendar))

    @classmethod
    def parse(cls, key: str) -> "Period":
        """Return the period of a key. Raises ``ImpossiblePeriod``."""
        shape = _KEY.fullmatch(key)
        if not shape or shape["calendar"] not in set(Calendar):
            raise ImpossiblePeriod(key)
        calendar = Calendar(shape["calendar"])
        try:
            period = cls._parse_parts(calendar, shape.groupdict())
        except ImpossibleDate as error:
            raise ImpossiblePeriod(key) from error
        # One period has one key: FY2019/2021 or a start that need not be said are none.
        if period.key() != key:
            raise ImpossiblePeriod(key)
        return period

    @classmethod
    def _parse_parts(cls, calendar: Calendar, parts: dict[str, str | None]) -> "Period":
        if parts["fiscal"]:
            month = int(parts["start"] or _USUAL_FISCAL_MONTH[calendar])
            return cls._starting(calendar, Kind.FISCAL, int(parts["fiscal"]), month - 1)
        for kind in (Kind.MONTH, Kind.QUARTER, Kind.HALF):
            number = parts[kind.value]
            if number:
                month0 = (int(number) - 1) * MONTHS[kind]
                return cls._starting(calendar, kind, int(parts["year"] or 0), month0)
        return cls._starting(calendar, Kind.YEAR, int(parts["year"] or 0), 0)

    @property
    def last_day(self) -> date:
        """The last day in it."""
        return self.until_day - timedelta(days=1)

    @property
    def year(self) -> int:
        """The calendar year it begins in."""
        return to_calendar(self.first_day, self.calendar).year

    @property
    def number(self) -> int:
        """Its number among its kind in the year: the month, the quarter, the half; else 1."""
        if self.kind in (Kind.YEAR, Kind.FISCAL):
            return 1
        month = to_calendar(self.first_day, self.calendar).month
        return (month - 1) // MONTHS[self.kind] + 1

    def __contains__(self, day: date) -> bool:
        return self.first_day <= day < self.until_day

    def contains(self, day: date) -> bool:
        """Say whether a day is in it."""
        return day in self

    def next(self) -> "Period":
        """Return the period after it. Raises ``ImpossibleDate`` (range) at the tables' end."""
        return self._same_kind(self.until_day)

    def previous(self) -> "Period":
        """Return the period before it. Raises ``ImpossibleDate`` (range) at the tables' end."""
        return self._same_kind(self.first_day - timedelta(days=1))

    def _same_kind(self, day: date) -> "Period":
        return Period.of(day, self.kind, self.calendar, fiscal_month=self._fiscal_month())

    def _fiscal_month(self) -> int:
        return to_calendar(self.first_day, self.calendar).month

    def key(self) -> str:
        """Return its key.

        ``jalali:1404-07``, ``jalali:1404-Q2``, ``jalali:1404-H1``, ``jalali:1404``,
        ``gregorian:FY2019/2020``, ``jalali:FY1404``; ``gregorian:FY2019/2020@04`` where the fiscal
        year begins in another month than is usual in the calendar.
        """
        year = f"{self.year:04d}"
        if self.kind is Kind.FISCAL:
            start = self._fiscal_month()
            usual = start == _USUAL_FISCAL_MONTH[self.calendar]
            return f"{self.calendar}:FY{self._fiscal_years()}" + ("" if usual else f"@{start:02d}")
        marks = {
            Kind.MONTH: f"-{self.number:02d}",
            Kind.QUARTER: f"-Q{self.number}",
            Kind.HALF: f"-H{self.number}",
        }
        return f"{self.calendar}:{year}{marks.get(self.kind, '')}"

    def label(self, language: str) -> str:
        """Name it for a reader: ``مهر ۱۴۰۴``, ``النصف الأول من ٢٠٢٥``, ``fiscal year 2019``."""
        base = base_language(language)
        base = base if base in _FISCAL else "en"
        year = f"{self.year:04d}"
        words = {
            Kind.MONTH: lambda: f"{month_name(self.calendar, self.number, base)} {year}",
            Kind.QUARTER: lambda: f"{_QUARTERS[base][self.number - 1]} {year}",
            Kind.HALF: lambda: f"{_HALVES[base][self.number - 1]} {year}",
            Kind.YEAR: lambda: year,
            Kind.FISCAL: lambda: f"{_FISCAL[base]} {self._fiscal_years()}",
        }
        return to_digits(words[self.kind](), base)

    def _fiscal_years(self) -> str:
        """Return ``1404`` for a fiscal year within one calendar year, else ``2019/2020``."""
        year = self.year
        return f"{year:04d}" if self._fiscal_month() == 1 else f"{year:04d}/{year + 1:04d}"


def split(
    since: date,
    until: date,
    kind: Kind,
    calendar: Calendar,
    *,
    fiscal_month: int | None = None,
) -> list[Period]:
    """Return the periods that share a day with [since, until), in order; the outer ones whole."""
    if since >= until:
        return []
    found = [Period.of(since, kind, calendar, fiscal_month=fiscal_month)]
    while found[-1].until_day < until:
        found.append(found[-1].next())
    return found


def _until(first: date, months: int, calendar: Calendar) -> date:
    """Return the day after a period; the last of a calendar's table ends with the table."""
    try:
        return add_months(first, months, calendar)
    except ImpossibleDate:
        last_month = add_months(first, months - 1, calendar)
        named = to_calendar(last_month, calendar)
        length = month_length(calendar, named.year, named.month)
        return last_month + timedelta(days=length)
