"""What heads do with the working time of their unit: a day, hours, the weekend, and back again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from diwan.directory.actions.calendars import (
    declare_day,
    remove_unit_hours,
    remove_unit_weekend,
    set_unit_hours,
    set_unit_weekend,
    take_back_day,
)
from diwan.directory.constants import UNIT
from diwan.directory.forms.people import ReasonForm
from diwan.directory.forms.working_time import HoursForm, UnitDayForm, WeekendForm
from diwan.directory.models import Unit, UnitDay, UnitHours, UnitWeekend
from diwan.kernel.errors import NotFound
from diwan.kernel.policies import Actor
from diwan.ui.components import Link
from diwan.ui.pages import form_page, refusals_on
from diwan.ui.sending import Seen, as_seen
from diwan.ui.show import show_day, show_local

from .shared import today_of, way_to
from .unit_steps import unit_for, unit_name
from .unit_times import day_words
from .working_time import hours_words, weekend_words


def _page(actor: Actor, unit: Unit, edits: Seen) -> dict[str, Any]:
    """What the form pages of a unit's working time share."""
    url = reverse("directory:unit_calendar", args=[unit.pk])
    way = way_to(unit.pk, today_of(actor, unit.country), itself=True)
    return {
        "edits": edits,
        "cancel_url": url,
        "crumbs": [*way, Link(_("When it works"), url)],
    }


def _edits(pk: UUID) -> Seen:
    return as_seen(UNIT, pk, compares=False)


@login_required
def declare_unit_day(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write down that a unit is closed on a day, or works on a day off.

    Opened by a head with the governor's letter in hand, who asks: which day, and for whom does it
    hold? Next: the page of working time; deadlines have moved.
    """
    edits = _edits(pk)
    actor, unit = unit_for(request, pk, "set_calendar")
    page = _page(actor, unit, edits)
    form = UnitDayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            data = form.cleaned_data
            works = data["works"] == UnitDayForm.WORKS
            declare_day(actor, unit, data["day"], name=data["name"], works=works)
            told = {"day": show_day(data["day"])}
            messages.success(
                request, _("%(day)s was written down; deadlines count with it now.") % told
            )
            return redirect(page["cancel_url"])
    return form_page(
        request,
        form,
        heading=_("On which day is it otherwise at %(unit)s?") % {"unit": unit_name(actor, unit)},
        lead=_("It holds for all units below, unless they say otherwise."),
        submit_label=_("Write the day down"),
        **page,
    )


@login_required
def set_hours_of_unit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Set a unit's own hours.

    Opened by a head whose unit opens at other times than the country's offices, who asks: from
    when to when, on which days? Next: the page of working time.
    """
    edits = _edits(pk)
    actor, unit = unit_for(request, pk, "set_calendar")
    page = _page(actor, unit, edits)
    form = HoursForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            set_unit_hours(actor, unit, form.hours())
            messages.success(request, _("The office hours were set."))
            return redirect(page["cancel_url"])
    return form_page(
        request,
        form,
        heading=_("When is %(unit)s open?") % {"unit": unit_name(actor, unit)},
        lead=_("Its own hours hold before the country's, in Ramadan, too."),
        submit_label=_("Set the office hours"),
        **page,
    )


@login_required
def set_weekend_of_unit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Set a unit's own weekend from a day on.

    Opened by a head whose unit rests on other days than the country, who asks: from when? Next:
    the page of working time.
    """
    edits = _edits(pk)
    actor, unit = unit_for(request, pk, "set_calendar")
    page = _page(actor, unit, edits)
    form = WeekendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            since, days = form.cleaned_data["since"], form.given_days()
            set_unit_weekend(actor, unit, since=since, days=days)
            messages.success(request, _("The weekend was set; deadlines count with it now."))
            return redirect(page["cancel_url"])
    return form_page(
        request,
        form,
        heading=_("Which days are the weekend at %(unit)s?") % {"unit": unit_name(actor, unit)},
        lead=_("Earlier days keep the weekend that they had."),
        submit_label=_("Set the weekend"),
        **page,
    )


@login_required
def take_day_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a unit's own day back.

    Opened by a head when it was cancelled, who asks: what holds then? Next: the working time.
    """
    row = _found(UnitDay, pk)
    told = {"day": show_day(row.day), "what": day_words(row), "name": show_local(row.name)}
    return _take_back(
        request,
        row.unit_id,
        lambda actor, reason: take_back_day(actor, row, reason=reason),
        heading=_("Take %(day)s back?") % told,
        what=_("%(day)s: %(what)s (%(name)s)") % told,
    )


@login_required
def remove_hours_of_unit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a unit's own hours back.

    Opened by a head who wrote them by mistake, and asks: which hold instead? Next: the working
    time.
    """
    row = _found(UnitHours, pk)
    told = hours_words(row)
    return _take_back(
        request,
        row.unit_id,
        lambda actor, reason: remove_unit_hours(actor, row, reason=reason),
        heading=_("Remove these office hours?"),
        what=f"{told['days']}: {told['hours']}",
    )


@login_required
def remove_weekend_of_unit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a unit's own weekend back.

    Opened by a head who wrote it by mistake, and asks: which holds instead? Next: the working time.
    """
    row = _found(UnitWeekend, pk)
    return _take_back(
        request,
        row.unit_id,
        lambda actor, reason: remove_unit_weekend(actor, row, reason=reason),
        heading=_("Remove this weekend?"),
        what=weekend_words(row.days, row.since)["days"],
    )


def _found(model: type[Any], pk: UUID) -> Any:
    row = model.objects.select_related("unit").filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row


def _take_back(
    request: HttpRequest,
    unit_id: UUID,
    carry_out: Callable[[Actor, str], None],
    *,
    heading: str,
    what: str,
) -> HttpResponse:
    edits = _edits(unit_id)
    actor, unit = unit_for(request, unit_id, "set_calendar")
    page = _page(actor, unit, edits)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            carry_out(actor, form.cleaned_data["reason"])
            messages.success(request, _("What holds above it holds here again."))
            return redirect(page["cancel_url"])
    return form_page(
        request,
        form,
        template="ui/confirm.html",
        heading=heading,
        consequences=[
            what,
            _("What the units above say, or the country, holds here again."),
            _("Open deadlines count anew at once."),
        ],
        submit_label=_("Remove"),
        danger=True,
        **page,
    )
