"""The working calendar of a country from its dated rows, and the filling of a new country.

Holidays are declared, never computed: the library's dates fill an empty table once, those that it
marks as estimated stay *estimated* until an administrator declares them.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from functools import cache
from typing import Any, Literal, NamedTuple, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import holidays as holiday_library
from django.db import transaction
from django.db.models import (
    DateField,
    F,
    Field,
    IntegerField,
    QuerySet,
    TextField,
    TimeField,
    UUIDField,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

from . import audit, worktime
from .calendars import to_digits
from .countries import COUNTRIES, country
from .exchange import Fact, Ref, publish
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
WORKING_CHANGED = "kernel.working_changed"
"""Fact: a country (or, by the identifier in data's `unit`, it and the units below) works otherwise.

Told in the transaction of the change; whoever keeps deadlines works them out anew.
"""


def country_ref(code: str) -> Ref:
    """The audit's subject for a country's working time."""
    return Ref(COUNTRY_KIND, UUID(int=int.from_bytes(code.encode().ljust(16, b"\0"))))


def tell_working_changed(actor: Actor, code: str, unit_id: UUID | None = None) -> None:
    """Publish that a country, or a unit of it and all below, works otherwise than before."""
    data = {"country": code, "unit": unit_id}
    publish(Fact(WORKING_CHANGED, country_ref(code), actor, actor.at, data))


def work_calendar(code: str) -> worktime.WorkCalendar:
    """Weekends, hours and holidays of a country as plain data; see `work_calendars`."""
    return work_calendars([code])[code]


def work_calendars(codes: Iterable[str]) -> dict[str, worktime.WorkCalendar]:
    """The working calendars of several countries in one question, and once while a page is made.

    Until its first row begins a country has the defaults: a weekend that changes on a day leaves
    the days before as they were, and Ramadan's hours leave the rest of the year.
    """
    wanted = set(codes)
    found = _read(wanted) if memory("kernel.working") is None else every_calendar()
    return {code: found.get(code) or default_calendar(code) for code in wanted}


def every_calendar() -> dict[str, worktime.WorkCalendar]:
    """The calendars of all countries that Diwan knows or that have rows; others have defaults."""
    known = memory("kernel.working")
    if known is None:
        return _read()
    if not known:
        known.update(_read())
    return known


class CalendarRow(NamedTuple):
    """A row of any of the tables of working time; what a table does not have is None.

    `owner` and `depth` are another room's: whose row it is, and how far above.
    """

    table: str
    country: str
    since: date | None
    until: date | None
    words: str
    name: str
    weekday: int | None
    opens: time
    closes: time
    owner: UUID | None
    depth: int


_COLUMNS: dict[str, Field[Any, Any]] = {
    "country": TextField(),
    "since": DateField(),
    "until": DateField(),
    "words": TextField(),
    "name": TextField(),
    "weekday": IntegerField(),
    "opens": TimeField(),
    "closes": TimeField(),
    "owner": UUIDField(),
    "depth": IntegerField(),
}

# Made once: they are as dear as the question itself.
_MISSING: dict[str, Combinable] = {
    name: Cast(Value(None), field) for name, field in _COLUMNS.items()
}


def calendar_table(
    rows: QuerySet[Any], table: str, **columns: Combinable
) -> QuerySet[Any, tuple[Any, ...]]:
    """The rows of a table with the columns of `CalendarRow`, to be asked in one union."""
    told = _MISSING | columns
    return rows.order_by().values_list(Value(table), *(told[name] for name in _COLUMNS))


def unread_tables() -> list[QuerySet[Any, tuple[Any, ...]]]:
    """The countries' tables for another room's union; none where the page has read them already."""
    return [] if memory("kernel.working") else _tables()


def calendars_read(rows: Iterable[CalendarRow]) -> dict[str, worktime.WorkCalendar]:
    """The countries' calendars from what `unread_tables` gave, or as the page has read them."""
    known = memory("kernel.working")
    if known:
        return known
    found = _by_country(rows)
    if known is not None:
        known.update(found)
    return found


def _read(codes: Iterable[str] | None = None) -> dict[str, worktime.WorkCalendar]:
    """The three tables in one question; of all countries where none is named."""
    tables = _tables()
    if codes is not None:
        tables = [table.filter(country__in=sorted(codes)) for table in tables]
    rows = map(CalendarRow._make, tables[0].union(*tables[1:], all=True))
    return _by_country(rows, codes or ())


def _tables() -> list[QuerySet[Any, tuple[Any, ...]]]:
    """The three tables, each a question of its own that nobody has asked yet."""
    return [table.all() for table in _written_tables()]


@cache
def _written_tables() -> list[QuerySet[Any, tuple[Any, ...]]]:
    code = F("country")
    hours = {name: F(name) for name in ("since", "until", "weekday", "opens", "closes")}
    weekends = {"since": F("since"), "words": F("days")}
    holidays: dict[str, Combinable] = {
        "since": F("day"),
        "words": F("status"),
        "name": Cast("name", TextField()),
    }
    return [
        calendar_table(WeekendRow.objects.all(), "weekend", country=code, **weekends),
        calendar_table(OfficeHoursRow.objects.all(), "hours", country=code, **hours),
        calendar_table(DeclaredHoliday.objects.all(), "holiday", country=code, **holidays),
    ]


def _by_country(
    rows: Iterable[CalendarRow], codes: Iterable[str] = ()
) -> dict[str, worktime.WorkCalendar]:
    """Calendars of the codes, or of all countries that are known or have rows."""
    found: dict[str, list[CalendarRow]] = defaultdict(list)
    for row in rows:
        found[row.country].append(row)
    return {code: _calendar(code, found[code]) for code in {*(codes or COUNTRIES), *found}}


def _calendar(code: str, rows: Iterable[CalendarRow]) -> worktime.WorkCalendar:
    weekends, hours, days = [], [], []
    for row in rows:
        if row.table == "weekend":
            off = frozenset(int(day) for day in row.words.split(",") if day)
            weekends.append(worktime.Weekend(row.since, off))
        elif row.table == "hours":
            hours.append(
                worktime.OfficeHours(row.since, row.until, row.opens, row.closes, row.weekday)
            )
        elif row.since is not None:
            names = json.loads(row.name)
            days.append(worktime.Holiday(row.since, names, _STATUS[row.words]))
    default = worktime.DEFAULTS.get(code, worktime.DEFAULTS["EG"])
    return worktime.WorkCalendar(
        country=code,
        timezone=country(code).timezone,
        weekends=_with_default(weekends, default.weekends),
        hours=_with_default(hours, default.hours),
        holidays=tuple(sorted(days, key=lambda holiday: holiday.day)),
    )


def default_calendar(code: str) -> worktime.WorkCalendar:
    """The calendar of a country of which no row says anything."""
    return _calendar(code, ())


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
        tell_working_changed(actor, code)
    return len(rows)
