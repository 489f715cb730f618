"""A country's working time: holidays by year, the weekend, office hours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from diwan.directory.actions.worktime import (
    declare_holiday,
    remove_holiday,
    remove_office_hours,
    set_office_hours,
    set_weekend,
)
from diwan.directory.forms.people import ReasonForm
from diwan.directory.forms.working_time import HolidayForm, HoursForm, WeekendForm
from diwan.directory.models import UnitHours
from diwan.directory.policies import may_set_working_time, require_working_time
from diwan.directory.queries.working_time import (
    YearSpan,
    holidays_of,
    hours_of,
    weekends_of,
    year_of,
    year_span,
)
from diwan.kernel.calendars import ImpossibleDate, to_ascii_digits, weekday_name
from diwan.kernel.countries import COUNTRIES
from diwan.kernel.errors import NotFound
from diwan.kernel.models import DeclaredHoliday, OfficeHoursRow
from diwan.kernel.policies import Actor
from diwan.kernel.reader import current
from diwan.kernel.requests import actor_of
from diwan.kernel.working import country_ref, work_calendar
from diwan.ui.components import Link
from diwan.ui.pages import form_page, refusals_on
from diwan.ui.sending import Seen, as_seen
from diwan.ui.show import show_clock, show_day, show_digits, show_local, show_number

from .notes import administration_link
from .shared import countries_of, country_name, today_of


def country_for(request: HttpRequest, code: str) -> Actor:
    """The actor, if they belong to the country. Raises NotFound."""
    actor = actor_of(request)
    if code not in COUNTRIES or code not in countries_of(actor):
        raise NotFound
    return actor


@login_required
@require_safe
def working_time(request: HttpRequest, code: str) -> HttpResponse:
    """A country's working time in one year of the reader's calendar.

    Opened by anybody who counts a deadline, and asks: which days are off, and which of them are not
    certain yet? Next: an administrator declares what the authority has said; deadlines are worked
    out anew at once.
    """
    actor = country_for(request, code)
    today = today_of(actor, code)
    span = year_span_of(request, today)
    found = list(holidays_of(code, span))
    estimated = sum(row.status == DeclaredHoliday.Status.ESTIMATED for row in found)
    context = {
        "code": code,
        "country": country_name(code),
        "year": show_digits(span.year),
        "years": year_links(reverse("directory:working_time", args=[code]), span.year),
        "holidays": found,
        "estimated": estimated,
        "heading": _heading(code, span, len(found)),
        "lead": _lead(estimated),
        "weekends": [weekend_words(row.days, row.since) for row in weekends_of(code)]
        or [weekend_words(",".join(str(day) for day in _default_weekend(code, today)), None)],
        "hours": [hours_words(row) for row in hours_of(code)],
        "default_hours": work_calendar(code).hours_on(_working_day(code, today)),
        "may_set": may_set_working_time(actor, code),
        "trail": country_ref(code),
        "others": [
            Link(country_name(each), reverse("directory:working_time", args=[each]), each == code)
            for each in countries_of(actor)
        ],
        "crumbs": [administration_link()] if may_set_working_time(actor, code) else [],
    }
    return render(request, "directory/working_time.html", context)


def year_span_of(request: HttpRequest, today: date) -> YearSpan:
    """The year asked for (parameter `year`) in the reader's calendar, else the present one."""
    calendar = current().calendar
    present = year_of(today, calendar)
    asked = to_ascii_digits(request.GET.get("year", ""))
    try:
        return year_span(int(asked), calendar) if asked else year_span(present, calendar)
    except (ValueError, ImpossibleDate):
        return year_span(present, calendar)


def year_links(url: str, year: int) -> list[Link]:
    """The year shown between the one before and the one after."""
    return [
        Link(show_digits(each), f"{url}?year={each}", current=each == year)
        for each in (year - 1, year, year + 1)
    ]


def _heading(code: str, span: YearSpan, count: int) -> str:
    words = ngettext(
        "%(n)s holiday in %(country)s in %(year)s",
        "%(n)s holidays in %(country)s in %(year)s",
        count,
    )
    told = {"n": show_number(count), "country": country_name(code), "year": show_digits(span.year)}
    return words % told


def _lead(estimated: int) -> str:
    if not estimated:
        return _("All of them are declared.")
    words = ngettext(
        "%(n)s of them is only expected: declare it when the authority has spoken.",
        "%(n)s of them are only expected: declare them when the authority has spoken.",
        estimated,
    )
    return words % {"n": show_number(estimated)}


def _default_weekend(code: str, today: date) -> list[int]:
    calendar = work_calendar(code)
    latest = max(calendar.weekends, key=lambda row: row.since or date.min)
    return sorted(latest.days) if latest.since is None or latest.since <= today else []


def _working_day(code: str, today: date) -> date:
    return work_calendar(code).next_working_day(today)


def weekend_words(days: str, since: date | None) -> dict[str, Any]:
    """A weekend as its row shows it."""
    language = current().language
    names = [weekday_name(int(day), language) for day in days.split(",") if day]
    return {"days": _(", ").join(names) or _("no day"), "since": since}


def hours_words(row: OfficeHoursRow | UnitHours) -> dict[str, Any]:
    """Office hours as their row shows them."""
    language = current().language
    weekday = row.weekday
    return {
        "row": row,
        "days": _("every working day") if weekday is None else weekday_name(weekday, language),
        "hours": _("%(opens)s to %(closes)s")
        % {"opens": show_clock(row.opens), "closes": show_clock(row.closes)},
    }


def setting(request: HttpRequest, code: str) -> tuple[Actor, str, list[Link]]:
    """The actor who may set the country's working time, its page, and the way there."""
    actor = country_for(request, code)
    require_working_time(actor, code)
    url = reverse("directory:working_time", args=[code])
    told = _("Working time of %(country)s") % {"country": country_name(code)}
    return actor, url, [administration_link(), Link(told, url)]


def country_seen(code: str) -> Seen:
    """The country's working time as it stands now: its tables have one trail."""
    ref = country_ref(code)
    return as_seen(ref.kind, ref.id, compares=False)


@login_required
def declare(request: HttpRequest, code: str) -> HttpResponse:
    """Declare a holiday, or say that an expected one is declared now.

    Opened by an administrator with the authority's announcement, who asks: which day is off? Next:
    the table of the year.
    """
    edits = country_seen(code)
    actor, url, crumbs = setting(request, code)
    form = HolidayForm(request.POST or None, initial=_of_estimated(request, code))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            data = form.cleaned_data
            declare_holiday(actor, code, data["day"], name=data["name"], status=data["status"])
            told = {"day": show_day(data["day"])}
            messages.success(
                request, _("%(day)s is a day off; deadlines count with it now.") % told
            )
            return redirect(url)
    return form_page(
        request,
        form,
        edits=edits,
        heading=_("Which day is off in %(country)s?") % {"country": country_name(code)},
        lead=_("Holidays are declared by the authority, never computed."),
        submit_label=_("Write the holiday down"),
        cancel_url=url,
        crumbs=crumbs,
    )


def _of_estimated(request: HttpRequest, code: str) -> dict[str, Any]:
    """First values out of an expected holiday that is to be declared (parameter `day`)."""
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return {}
    row = DeclaredHoliday.objects.filter(country=code, day=day).first()
    return {"day": day, "name": row.name} if row else {"day": day}


@login_required
def remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a holiday back.

    Opened by an administrator when the authority moved or cancelled it, who asks: what follows?
    Deadlines are worked out anew. Next: the table of the year.
    """
    row = DeclaredHoliday.objects.filter(pk=pk).first()
    if row is None:
        raise NotFound
    edits = country_seen(row.country)
    actor, url, crumbs = setting(request, row.country)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            remove_holiday(actor, row, reason=form.cleaned_data["reason"])
            messages.success(request, _("It is a working day again."))
            return redirect(url)
    told = {"day": show_day(row.day), "name": show_local(row.name)}
    return form_page(
        request,
        form,
        edits=edits,
        template="ui/confirm.html",
        heading=_("Remove the holiday of %(day)s?") % told,
        consequences=[
            _("%(day)s (%(name)s) becomes a working day, unless it is the weekend.") % told,
            _("Open deadlines count anew at once."),
        ],
        submit_label=_("Remove the holiday"),
        cancel_url=url,
        danger=True,
        crumbs=crumbs,
    )


@login_required
def weekend(request: HttpRequest, code: str) -> HttpResponse:
    """Set the weekend from a day on.

    Opened by an administrator when the country changes its weekend, who asks: from when? Next: the
    page of working time. Earlier days keep the old weekend.
    """
    edits = country_seen(code)
    actor, url, crumbs = setting(request, code)
    form = WeekendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            set_weekend(actor, code, since=form.cleaned_data["since"], days=form.given_days())
            messages.success(request, _("The weekend was set; deadlines count with it now."))
            return redirect(url)
    return form_page(
        request,
        form,
        edits=edits,
        heading=_("Which days are the weekend in %(country)s?") % {"country": country_name(code)},
        lead=_("Earlier days keep the weekend that they had."),
        submit_label=_("Set the weekend"),
        cancel_url=url,
        crumbs=crumbs,
    )


@login_required
def office_hours(request: HttpRequest, code: str) -> HttpResponse:
    """Set office hours from a day on, or for some days such as Ramadan.

    Opened by an administrator with a circular in hand, who asks: when do offices open, from when to
    when? Next: the page of working time.
    """
    edits = country_seen(code)
    actor, url, crumbs = setting(request, code)
    form = HoursForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            set_office_hours(actor, code, form.hours())
            messages.success(request, _("The office hours were set."))
            return redirect(url)
    return form_page(
        request,
        form,
        edits=edits,
        heading=_("When are offices open in %(country)s?") % {"country": country_name(code)},
        submit_label=_("Set the office hours"),
        cancel_url=url,
        crumbs=crumbs,
    )


@login_required
def remove_hours(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take office hours back.

    Opened by an administrator who wrote them by mistake, and asks: which hours hold instead? Next:
    the page of working time.
    """
    row = OfficeHoursRow.objects.filter(pk=pk).first()
    if row is None:
        raise NotFound
    edits = country_seen(row.country)
    actor, url, crumbs = setting(request, row.country)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            remove_office_hours(actor, row, reason=form.cleaned_data["reason"])
            messages.success(request, _("The office hours were removed."))
            return redirect(url)
    return form_page(
        request,
        form,
        edits=edits,
        template="ui/confirm.html",
        heading=_("Remove these office hours?"),
        consequences=_hours_told(row),
        submit_label=_("Remove the office hours"),
        cancel_url=url,
        danger=True,
        crumbs=crumbs,
    )


def _hours_told(row: OfficeHoursRow) -> Sequence[str]:
    told = hours_words(row)
    return [f"{told['days']}: {told['hours']}", _("Open deadlines count anew at once.")]
