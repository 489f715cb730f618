"""When a unit works: today, the coming days, and what it says for itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from diwan.directory.models import Unit, UnitDay, UnitHours, UnitWeekend
from diwan.directory.policies import unit_policy
from diwan.directory.queries.calendars import calendar_of
from diwan.directory.queries.names import unit_names
from diwan.directory.queries.unit_times import days_of, hours_of_unit, weekends_of_unit
from diwan.kernel.requests import actor_of
from diwan.kernel.working import work_calendar
from diwan.kernel.worktime import WorkCalendar
from diwan.ui.components import Link
from diwan.ui.show import show_clock, show_digits, show_local

from .shared import country_name, seen, today_of, way_to
from .units import tabs
from .working_time import hours_words, weekend_words, year_links, year_span_of

COMING = 14
DAY = timedelta(days=1)


@login_required
@require_safe
def unit_calendar(request: HttpRequest, pk: UUID) -> HttpResponse:
    """When a unit works.

    Opened by its head, or by whoever waits for it, who asks: is it open today, and which of the
    coming days is it not? Next: the head writes down a closing, or hours that differ.
    """
    actor = actor_of(request)
    unit = seen(unit_policy, actor, Unit.objects.all(), pk)
    today = today_of(actor, unit.country)
    span = year_span_of(request, today)
    calendar = calendar_of(pk, at=actor.at)
    days = days_of(pk, today, span)
    hours, weekends = hours_of_unit(pk, today), weekends_of_unit(pk, today)
    said: list[UnitDay | UnitHours | UnitWeekend] = [*days, *hours, *weekends]
    names = unit_names({pk, *(row.unit_id for row in said)}, today)
    whose = {key: show_local(name) for key, name in names.items()}
    context = {
        "unit": unit,
        "name": names.get(pk, {}),
        "heading": _heading(calendar, today),
        "lead": _lead(calendar, unit.country, said),
        "crumbs": [Link(_("Units"), reverse("directory:units")), *way_to(pk, today)],
        "tabs": tabs(unit, here="calendar"),
        "coming": [_shown(calendar, today + n * DAY) for n in range(COMING)],
        "years": year_links(reverse("directory:unit_calendar", args=[pk]), span.year),
        "year": show_digits(span.year),
        "days": _told(days, pk, whose),
        "hours": [{**hours_words(each["row"]), **each} for each in _told(hours, pk, whose)],
        "weekends": [
            {**weekend_words(each["row"].days, each["row"].since), **each}
            for each in _told(weekends, pk, whose)
        ],
        "may_set": unit_policy.may(actor, "set_calendar", unit),
        "country": Link(
            _("Working time of %(country)s") % {"country": country_name(unit.country)},
            reverse("directory:working_time", args=[unit.country]),
        ),
    }
    return render(request, "directory/unit_calendar.html", context)


def _told(rows: Iterable[Any], pk: UUID, whose: dict[UUID, str]) -> list[dict[str, Any]]:
    """Rows with the unit that says so, where it is not this one."""
    return [
        {
            "row": row,
            "own": row.unit_id == pk,
            "whose": whose.get(row.unit_id, ""),
            "url": reverse("directory:unit_calendar", args=[row.unit_id]),
        }
        for row in rows
    ]


def _heading(calendar: WorkCalendar, today: date) -> str:
    hours = calendar.hours_on(today)
    if hours:
        return _("Open today: %(hours)s") % {"hours": _spans(hours)}
    return _("Closed today: %(why)s") % {"why": why_closed(calendar, today)}


def _lead(calendar: WorkCalendar, country: str, said: object) -> str:
    if said:
        return ""
    if calendar == work_calendar(country):
        return _("It works as all of %(country)s does.") % {"country": country_name(country)}
    return _("It works as the units above it do.")


def _shown(calendar: WorkCalendar, day: date) -> dict[str, Any]:
    hours = calendar.hours_on(day)
    return {
        "day": day,
        "open": bool(hours),
        "words": _spans(hours) if hours else why_closed(calendar, day),
        "decreed": day in calendar.worked,
    }


def why_closed(calendar: WorkCalendar, day: date) -> str:
    """Why nobody works on a day: the holiday's name, or the weekend."""
    holiday = calendar.holiday_on(day)
    if holiday is not None and holiday.name:
        return show_local(holiday.name)
    return _("day off") if holiday else _("weekend")


def _spans(hours: Iterable[tuple[Any, Any]]) -> str:
    words = _("%(opens)s to %(closes)s")
    told = [{"opens": show_clock(opens), "closes": show_clock(closes)} for opens, closes in hours]
    return _(", ").join(words % each for each in told)


def day_words(row: UnitDay) -> str:
    """A unit's own day in words."""
    return pgettext("unit day", "works") if row.works else pgettext("unit day", "closed")
