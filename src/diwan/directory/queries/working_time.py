"""A country's working time as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, QuerySet

from diwan.kernel.calendars import Calendar, from_calendar, to_calendar
from diwan.kernel.models import DeclaredHoliday, OfficeHoursRow, WeekendRow


@dataclass(frozen=True)
class YearSpan:
    """A year of a calendar as days [since, until)."""

    year: int
    since: date
    until: date


def year_span(year: int, calendar: Calendar) -> YearSpan:
    """The days of a year. Raises ImpossibleDate outside the calendar's table."""
    return YearSpan(
        year, from_calendar(calendar, year, 1, 1), from_calendar(calendar, year + 1, 1, 1)
    )


def year_of(day: date, calendar: Calendar) -> int:
    """The calendar's year in which a day lies."""
    return to_calendar(day, calendar).year


def holidays_of(country: str, span: YearSpan) -> QuerySet[DeclaredHoliday]:
    """Days off of a year in order."""
    return DeclaredHoliday.objects.filter(
        country=country, day__gte=span.since, day__lt=span.until
    ).order_by("day")


def weekends_of(country: str) -> list[WeekendRow]:
    """Weekends by the day from which they hold, the latest first."""
    rows: Any = WeekendRow.objects.filter(country=country)
    return list(rows.order_by(F("since").desc(nulls_last=True)))


def hours_of(country: str) -> list[OfficeHoursRow]:
    """Office hours by the day from which they hold, the latest first."""
    rows: Any = OfficeHoursRow.objects.filter(country=country)
    return list(rows.order_by(F("since").desc(nulls_last=True), "weekday", "opens"))
