"""Dates known only so far: a day, a month, a year, a fiscal year, or not at all."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from diwan.kernel.text import to_digits

from .convert import Calendar, ImpossibleDate, add_months, from_calendar, to_calendar
from .names import ERAS, known_language, month_name
from .show import show_date

FISCAL_MONTH = 7  # Egypt's fiscal year runs from 1 July to 30 June

_UNKNOWN = {"fa": "تاریخ نامعلوم", "ar": "تاريخ غير معلوم", "en": "date unknown"}
_FISCAL_YEAR = {"fa": "سال مالی", "ar": "السنة المالية", "en": "fiscal year"}
_PARTS = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_FISCAL = re.compile(r"FY(\d{4})/(\d{4})", re.ASCII)


class Precision(StrEnum):
    """How much of a date is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    FISCAL = "fiscal"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class PartialDate:
    """A date with its precision, in the calendar it was stated in.

    ``first_day`` is always the first day that it may mean: whatever day of a month, year or fiscal
    year is given, it becomes the first. For an unknown date it is the day the record was made.

    Raises ``ImpossibleDate`` (range) where the day after it has no name, such as the last year of
    a calendar's tables: what is stored can be followed by something, and its ``last_day`` told.
    """

    first_day: date
    precision: Precision = Precision.DAY
    calendar: Calendar = Calendar.GREGORIAN

    def __post_init__(self) -> None:
        """Move ``first_day`` to the beginning of what is known."""
        if self.precision is Precision.FISCAL and self.calendar is not Calendar.GREGORIAN:
            raise ValueError("a fiscal year 1 July to 30 June is Gregorian")
        object.__setattr__(self, "first_day", self._floor())
        try:
            last = self.last_day
        except ImpossibleDate as error:
            raise ImpossibleDate(self.calendar, str(self.first_day), "range") from error
        if last == date.max:
            raise ImpossibleDate(self.calendar, str(self.first_day), "range")

    def _floor(self) -> date:
        if self.precision in (Precision.DAY, Precision.UNKNOWN):
            return self.first_day
        named = to_calendar(self.first_day, self.calendar)
        if self.precision is Precision.FISCAL:
            return date(named.year - (named.month < FISCAL_MONTH), FISCAL_MONTH, 1)
        month = named.month if self.precision is Precision.MONTH else 1
        return from_calendar(self.calendar, named.year, month, 1)

    @property
    def last_day(self) -> date:
        """The last day that it may mean, itself included."""
        months = {Precision.MONTH: 1, Precision.YEAR: 12, Precision.FISCAL: 12}
        if self.precision not in months:
            return self.first_day
        following = add_months(self.first_day, months[self.precision], self.calendar)
        return following - timedelta(days=1)

    @classmethod
    def unknown(cls, recorded: date) -> "PartialDate":
        """Return an unknown date that takes effect on the day the record was made."""
        return cls(recorded, Precision.UNKNOWN)

    @classmethod
    def parse_register(cls, value: object) -> "PartialDate":
        """Read a date of ``diwan-register/1``.

        ``"2012-03-09"``, ``"2012-03"``, ``"2012"``, ``{"jalali": "1390-12"}``, ``{"hijri": …}``,
        ``"FY2019/2020"``; also a ``date`` or a whole number, which YAML readers make of bare ones.
        ``{"event": …}`` is for the reader of the register to look up.

        Raises ``ImpossibleDate`` for anything else.
        """
        try:
            return cls._read_register(value)
        except ImpossibleDate as error:
            if error.why != "range":
                raise
            named = next(iter(value.values())) if isinstance(value, Mapping) else value
            raise ImpossibleDate(error.calendar, str(named)[:64], "range") from error

    @classmethod
    def _read_register(cls, value: object) -> "PartialDate":
        if isinstance(value, Mapping):
            if len(value) != 1 or next(iter(value)) not in ("jalali", "hijri"):
                raise ImpossibleDate(Calendar.GREGORIAN, str(dict(value)), "shape")
            ((name, text),) = value.items()
            return cls._parse_parts(text, Calendar(name))
        if isinstance(value, date) and not isinstance(value, datetime):
            return cls(value)
        fiscal = _FISCAL.fullmatch(value) if isinstance(value, str) else None
        if fiscal:
            return cls._parse_fiscal(int(fiscal[1]), int(fiscal[2]))
        return cls._parse_parts(value, Calendar.GREGORIAN)

    @classmethod
    def _parse_fiscal(cls, first: int, second: int) -> "PartialDate":
        if second != first + 1 or first < 1:
            text = f"FY{first:04d}/{second:04d}"
            raise ImpossibleDate(Calendar.GREGORIAN, text, "shape")
        return cls(date(first, FISCAL_MONTH, 1), Precision.FISCAL)

    @classmethod
    def _parse_parts(cls, value: object, calendar: Calendar) -> "PartialDate":
        text = str(value)
        shape = _PARTS.fullmatch(text)
        if not shape or isinstance(value, bool | datetime):
            raise ImpossibleDate(calendar, text[:64], "shape")
        year, month, day = (int(part) if part else None for part in shape.groups())
        precision = Precision.DAY if day is not None else Precision.MONTH
        precision = precision if month is not None else Precision.YEAR
        try:
            first = from_calendar(
                calendar, year or 0, 1 if month is None else month, 1 if day is None else day
            )
        except ImpossibleDate as error:
            raise ImpossibleDate(calendar, text, error.why, last_day=error.last_day) from error
        return cls(first, precision, calendar)

    def to_register(self) -> str | dict[str, str] | None:
        """Write it as ``parse_register`` reads it; an unknown date is left out (``None``)."""
        if self.precision is Precision.UNKNOWN:
            return None
        named = to_calendar(self.first_day, self.calendar)
        if self.precision is Precision.FISCAL:
            return f"FY{named.year:04d}/{named.year + 1:04d}"
        text = f"{named.year:04d}"
        if self.precision is not Precision.YEAR:
            text += f"-{named.month:02d}"
        if self.precision is Precision.DAY:
            text += f"-{named.day:02d}"
        return text if self.calendar is Calendar.GREGORIAN else {str(self.calendar): text}

    def show(self, language: str, reader_calendar: Calendar | None = None) -> str:
        """Show what is known of it, no more.

        A day is shown in the reader's calendar (its own by default). A month or a year cannot be
        turned into another calendar's: it stays, and a bare year says whose it is.
        """
        language = known_language(language)
        reader_calendar = reader_calendar or self.calendar
        if self.precision is Precision.UNKNOWN:
            return _UNKNOWN[language]
        if self.precision is Precision.DAY:
            return self._show_day(language, reader_calendar)
        named = to_calendar(self.first_day, self.calendar)
        if self.precision is Precision.FISCAL:
            years = f"{named.year:04d}/{named.year + 1:04d}"
            return to_digits(f"{_FISCAL_YEAR[language]} {years}", language)
        if self.precision is Precision.MONTH:
            month = month_name(self.calendar, named.month, language)
            return to_digits(f"{month} {named.year:04d}", language)
        year = to_digits(f"{named.year:04d}", language)
        if self.calendar is reader_calendar:
            return year
        return f"{year} {ERAS[language][self.calendar]}"

    def _show_day(self, language: str, reader_calendar: Calendar) -> str:
        try:
            return show_date(self.first_day, reader_calendar, language)
        except ImpossibleDate:
            # The reader's calendar has no table for that day: its own calendar has.
            return show_date(self.first_day, self.calendar, language)
