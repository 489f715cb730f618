"""The working calendars of units: their own rows over those of units above, over the country's.

For weekends and hours the nearest unit with a row that holds on the day is right, in Ramadan, too;
for a single day the nearest that says something of it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import (
    F,
    IntegerField,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

from diwan.directory.models import Unit, UnitDay, UnitHours, UnitWeekend
from diwan.kernel.remembering import memory
from diwan.kernel.working import (
    CalendarRow,
    calendar_table,
    calendars_read,
    default_calendar,
    unread_tables,
)
from diwan.kernel.worktime import Holiday, OfficeHours, Weekend, WorkCalendar

# Own rows are stronger than those of the unit above, those than the country's (0).
_NEAREST = 1000
_AT_ONCE = 2000
_UNIT = "unit"


def calendar_of(unit_id: UUID, *, at: datetime) -> WorkCalendar:
    """The working calendar of one unit; see `calendars_of`."""
    return calendars_of([unit_id], at=at)[unit_id]


def calendars_of(unit_ids: Iterable[UUID], *, at: datetime) -> dict[UUID, WorkCalendar]:
    """When each of these units works, as the tree stands at `at`.

    One question for many units, and once while a page is made; units that say nothing for
    themselves share the calendar of their country. Unknown units are left out.
    """
    wanted = set(unit_ids)
    day = at.date()
    known = memory("directory.calendars")
    known = {} if known is None else known
    missing = [pk for pk in wanted if (pk, day) not in known]
    for start in range(0, len(missing), _AT_ONCE):
        found = _read(missing[start : start + _AT_ONCE], day)
        known.update({(pk, day): calendar for pk, calendar in found.items()})
    return {pk: known[pk, day] for pk in wanted if (pk, day) in known}


def _read(ids: list[UUID], day: date) -> dict[UUID, WorkCalendar]:
    units = Unit.objects.filter(pk__in=ids)
    country = Cast(F("country"), TextField())
    rows = calendar_table(units, _UNIT, owner=F("pk"), country=country, depth=Value(0)).union(
        _above(UnitWeekend, "unit weekend", ids, day, since=F("since"), words=F("days")),
        _above(
            UnitHours,
            "unit hours",
            ids,
            day,
            since=F("since"),
            until=F("until"),
            weekday=F("weekday"),
            opens=F("opens"),
            closes=F("closes"),
        ),
        _above(
            UnitDay,
            "unit day",
            ids,
            day,
            since=F("day"),
            name=Cast(F("name"), TextField()),
            weekday=Cast(F("works"), IntegerField()),
        ),
        *unread_tables(),
        all=True,
    )
    return _laid_over(map(CalendarRow._make, rows))


def _laid_over(rows: Iterable[CalendarRow]) -> dict[UUID, WorkCalendar]:
    """The calendar of each unit of the rows: its country's, and what units say over it."""
    countries: dict[UUID, str] = {}
    own: dict[UUID, list[CalendarRow]] = defaultdict(list)
    of_countries: list[CalendarRow] = []
    for row in rows:
        if row.owner is None:
            of_countries.append(row)
        elif row.table == _UNIT:
            countries[row.owner] = row.country
        else:
            own[row.owner].append(row)
    known = calendars_read(of_countries)
    base = {code: known.get(code) or default_calendar(code) for code in set(countries.values())}
    return {
        pk: _over(base[code], own[pk]) if pk in own else base[code]
        for pk, code in countries.items()
    }


def _above(
    model: type[Any], table: str, ids: list[UUID], day: date, **columns: Combinable
) -> QuerySet[Any, tuple[Any, ...]]:
    """Rows of the units at or above these on a day, one for each unit below."""
    found: QuerySet[Any] = model.objects.filter(
        unit__paths_down__descendant_id__in=ids,
        unit__paths_down__since__lte=day,
        unit__paths_down__until__gt=day,
    )
    owner, depth = F("unit__paths_down__descendant_id"), F("unit__paths_down__depth")
    return calendar_table(found, table, owner=owner, depth=depth, **columns)


def _over(calendar: WorkCalendar, rows: Iterable[CalendarRow]) -> WorkCalendar:
    """A country's calendar with the rows of a unit and those above it laid over."""
    weekends, hours = list(calendar.weekends), list(calendar.hours)
    days: dict[date, CalendarRow] = {}
    for row in sorted(rows, key=lambda row: -row.depth):  # the nearest last
        rank = _NEAREST - row.depth
        if row.table == "unit weekend":
            off = frozenset(int(day) for day in row.words.split(",") if day)
            weekends.append(Weekend(row.since, off, rank))
        elif row.table == "unit hours":
            hours.append(
                OfficeHours(row.since, row.until, row.opens, row.closes, row.weekday, rank)
            )
        elif row.since is not None:
            days[row.since] = row
    return replace(
        calendar,
        weekends=tuple(weekends),
        hours=tuple(hours),
        holidays=(
            *(holiday for holiday in calendar.holidays if holiday.day not in days),
            *(
                Holiday(day, json.loads(row.name))
                for day, row in sorted(days.items())
                if not row.weekday
            ),
        ),
        worked=frozenset(day for day, row in days.items() if row.weekday),
    )
