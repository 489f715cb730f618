"""From one calendar to another, and counting months in each.

Jalali follows persiantools (the astronomical leap years as published), Hijri follows the
Umm al-Qura tables of hijridate (1343–1500 AH, 1924–2077 CE).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal

from hijridate import Gregorian, Hijri
from persiantools.jdatetime import JalaliDate

SATURDAY = 5
Why = Literal["month", "day", "range", "shape"]


class Calendar(StrEnum):
    """A calendar people date by."""

    GREGORIAN = "gregorian"
    JALALI = "jalali"
    HIJRI = "hijri"


# Years whose days can be named by the others, but for Hijri, whose table is short: the Jalali
# calendar begins in 622 CE. Jalali 9377 and 9998 CE are the last after which Python counts on.
YEARS = {
    Calendar.GREGORIAN: (623, 9998),
    Calendar.JALALI: (1, 9377),
    Calendar.HIJRI: (1343, 1500),
}


class ImpossibleDate(ValueError):
    """A date that does not exist, or cannot be read.

    ``why`` is ``month`` (there is no such month), ``day`` (the month has no such day; ``last_day``
    is its last), ``range`` (outside what the calendar's tables cover) or ``shape`` (not written as
    a date; also a year of two digits). Whoever shows it makes the sentence.
    """

    def __init__(
        self, calendar: Calendar, text: str, why: Why, *, last_day: int | None = None
    ) -> None:
        super().__init__(f"{text!r} is no date of the {calendar} calendar ({why})")
        self.calendar = calendar
        self.text = text
        self.why: Why = why
        self.last_day = last_day


@dataclass(frozen=True, order=True)
class CalendarDate:
    """A day as a calendar names it. Made by ``to_calendar``; months and days count from 1."""

    calendar: Calendar
    year: int
    month: int
    day: int


def to_calendar(day: date, calendar: Calendar) -> CalendarDate:
    """Name a day in a calendar. Raises ``ImpossibleDate`` (range) where its tables end."""
    if calendar is Calendar.GREGORIAN:
        return CalendarDate(calendar, day.year, day.month, day.day)
    try:
        if calendar is Calendar.JALALI:
            jalali = JalaliDate(day)  # type: ignore[no-untyped-call] # theirs
            return CalendarDate(calendar, jalali.year, jalali.month, jalali.day)
        hijri = Gregorian(day.year, day.month, day.day).to_hijri()
    except (ValueError, OverflowError) as error:
        raise ImpossibleDate(calendar, day.isoformat(), "range") from error
    return CalendarDate(calendar, hijri.year, hijri.month, hijri.day)


def from_calendar(calendar: Calendar, year: int, month: int, day: int) -> date:
    """Return the day that a calendar names so. Raises ``ImpossibleDate`` when there is none."""
    text = f"{year:04d}-{month:02d}-{day:02d}"
    last_day = _checked_length(calendar, year, month, text=text)
    if not 1 <= day <= last_day:
        raise ImpossibleDate(calendar, text, "day", last_day=last_day)
    try:
        if calendar is Calendar.GREGORIAN:
            return date(year, month, day)
        if calendar is Calendar.JALALI:
            jalali = JalaliDate(year, month, day)  # type: ignore[no-untyped-call] # theirs
            return jalali.to_gregorian()
        greg = Hijri(year, month, day).to_gregorian()
    except (ValueError, OverflowError) as error:
        raise ImpossibleDate(calendar, text, "range") from error
    return date(greg.year, greg.month, greg.day)


def month_length(calendar: Calendar, year: int, month: int) -> int:
    """Return how many days a month has. Raises ``ImpossibleDate`` (month or range)."""
    return _checked_length(calendar, year, month, text=f"{year:04d}-{month:02d}")


def add_months(day: date, n: int, calendar: Calendar) -> date:
    """Return the same day of the month, ``n`` months on (or back) in a calendar.

    Where that month is shorter it is the month's last day: 31 Shahrivar and a month is 30 Mehr.
    """
    named = to_calendar(day, calendar)
    year, month0 = divmod(named.year * 12 + named.month - 1 + n, 12)
    length = month_length(calendar, year, month0 + 1)
    return from_calendar(calendar, year, month0 + 1, min(named.day, length))


def start_of_week(day: date, first_weekday: int = SATURDAY) -> date:
    """Return the first day of the week that a day is in (Monday is 0; Saturday begins it)."""
    return day - timedelta(days=(day.weekday() - first_weekday) % 7)


def _checked_length(calendar: Calendar, year: int, month: int, *, text: str) -> int:
    if not 1 <= month <= 12:
        raise ImpossibleDate(calendar, text, "month")
    first, last = YEARS[calendar]
    if not first <= year <= last:
        raise ImpossibleDate(calendar, text, "range")
    if calendar is Calendar.JALALI:
        return int(JalaliDate.days_in_month(month, year))
    if calendar is Calendar.HIJRI:
        return int(Hijri(year, month, 1).month_length())
    return (date(year + month // 12, month % 12 + 1, 1) - date(year, month, 1)).days
