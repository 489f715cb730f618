"""The working calendar of a country from its dated rows, and the filling of a new country.

Holidays are declared, never computed: the library's dates fill an empty table once, those that it
marks as estimated stay *estimated* until an administrator declares them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Literal, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import holidays as holiday_library
from django.db import transaction

from . import audit, worktime
from .calendars import to_digits
from .countries import country
from .exchange import Ref
from .models import DeclaredHoliday, OfficeHoursRow, WeekendRow
from .policies import Actor
from .remembering import memory

R = TypeVar("R", worktime.Weekend, worktime.OfficeHours)

_ESTIMATED = {"fa_IR": "تخمینی", "ar_EG": "تقديري", "en_US": "estimated"}
_LOCALES = {"IR": ("fa_IR", "fa"), "EG": ("ar_EG", "ar")}
_STATUS: Mapping[str, Literal["declared", "estimated"]] = {
    "declared": "declared",
    "estimated": "estimated",
}
_SEMICOLON = re.compile(r"\s*[;؛]\s*")
COUNTRY_KIND = "kernel.country"


def country_ref(code: str) -> Ref:
    """The audit's subject for a country's working time."""
    return Ref(COUNTRY_KIND, UUID(int=int.from_bytes(code.encode().ljust(16, b"\0"))))


def work_calendar(code: str) -> worktime.WorkCalendar:
    """Weekends, hours and holidays of a country as plain data; see `work_calendars`."""
    return work_calendars([code])[code]


def work_calendars(codes: Iterable[str]) -> dict[str, worktime.WorkCalendar]:
    """The working calendars of several countries in three questions, once while a page is made.

    Until its first row begins a country has the defaults: a weekend that changes on a day leaves
    the days before as they were, and Ramadan's hours leave the rest of the year.
    """
    asked = set(codes)
    known = memory("kernel.working")
    known = {} if known is None else known
    known.update(_read(asked - known.keys()))
    return {code: known[code] for code in asked}


def _read(codes: Iterable[str]) -> dict[str, worktime.WorkCalendar]:
    wanted = sorted(codes)
    if not wanted:
        return {}
    weekends: dict[str, list[worktime.Weekend]] = {code: [] for code in wanted}
    hours: dict[str, list[worktime.OfficeHours]] = {code: [] for code in wanted}
    days: dict[str, list[worktime.Holiday]] = {code: [] for code in wanted}
    for week in WeekendRow.objects.filter(country__in=wanted):
        off = frozenset(int(day) for day in week.days.split(",") if day)
        weekends[week.country].append(worktime.Weekend(week.since, off))
    for row in OfficeHoursRow.objects.filter(country__in=wanted):
        hours[row.country].append(
            worktime.OfficeHours(row.since, row.until, row.opens, row.closes, row.weekday)
        )
    for holiday in DeclaredHoliday.objects.filter(country__in=wanted):
        days[holiday.country].append(
            worktime.Holiday(holiday.day, holiday.name, _STATUS[holiday.status])
        )
    found = {}
    for code in wanted:
        default = worktime.DEFAULTS.get(code, worktime.DEFAULTS["EG"])
        found[code] = worktime.WorkCalendar(
            country=code,
            timezone=country(code).timezone,
            weekends=_with_default(weekends[code], default.weekends),
            hours=_with_default(hours[code], default.hours),
            holidays=tuple(days[code]),
        )
    return found


def _with_default(rows: list[R], default: tuple[R, ...]) -> tuple[R, ...]:
    if any(row.since is None for row in rows):
        return tuple(rows)
    return default + tuple(rows)


def today_in(code: str, at: datetime) -> date:
    """The day it is in a country at an instant."""
    return at.astimezone(ZoneInfo(country(code).timezone)).date()


def _as_written(name: str, language: str) -> str:
    """A name of the library with the digits and the semicolon of its language."""
    return to_digits(_SEMICOLON.sub("؛ ", name), language).strip()


@transaction.atomic
def fill_holidays(actor: Actor, code: str, *, first_year: int, last_year: int) -> int:
    """Fill a country's empty years (Gregorian, inclusive) from the library; returns rows added.

    Days that anybody wrote are left as they stand.
    """
    if code not in _LOCALES:
        return 0
    locale, language = _LOCALES[code]
    years = range(first_year, last_year + 1)
    found = holiday_library.country_holidays(code, years=years, language=locale)
    known = set(DeclaredHoliday.objects.filter(country=code).values_list("day", flat=True))
    rows = [
        DeclaredHoliday(
            country=code,
            day=day,
            name={language: _as_written(name.replace(f"({_ESTIMATED[locale]})", ""), language)},
            status=(
                DeclaredHoliday.Status.ESTIMATED
                if _ESTIMATED[locale] in name
                else DeclaredHoliday.Status.DECLARED
            ),
        )
        for day, name in sorted(found.items())
        if day not in known
    ]
    DeclaredHoliday.objects.bulk_create(rows)
    if rows:
        audit.record(
            actor, "fill_holidays", country_ref(code), changes={"holidays": [0, len(rows)]}
        )
    return len(rows)
