"""The list of bodies, and one body: what it is for, who sits in it, when it meets next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from diwan.councils.constants import BODY
from diwan.councils.forms.bodies import BY_NEXT, BodiesForm
from diwan.councils.forms.choices import units_to_choose
from diwan.councils.forms.words import kind_name
from diwan.councils.models import Body, Meeting
from diwan.councils.policies import BODIES, countries_of, day_of
from diwan.councils.queries.bodies import (
    NextMeeting,
    bodies_for,
    body_counts,
    meeting_days,
    meets_next,
    members_of,
    next_meetings,
    terms_of,
    with_counts,
    with_meetings,
)
from diwan.councils.queries.meetings import adopted_by_meeting, some_meetings
from diwan.councils.queries.progress import progress_of_body
from diwan.councils.queries.register import Progress, progress_by_body
from diwan.directory.public import Unit, unit_names
from diwan.kernel.dated import stated
from diwan.kernel.exchange import Ref, related
from diwan.kernel.policies import Actor, ActorKind
from diwan.kernel.requests import actor_of
from diwan.kernel.working import work_calendar
from diwan.ui.components import Link, Tag
from diwan.ui.forms import AsOfForm
from diwan.ui.pages import page_of
from diwan.ui.show import show_day, show_day_short, show_partial

from .bodies_facts import (
    body_facts,
    in_own_calendar,
    moment_on,
    next_number,
    next_words,
    rule_notes,
    seats,
)
from .bodies_progress import body_progress
from .bodies_steps import kinds_used
from .bylaws import rules_of
from .meetings_facts import meeting_rows
from .records import BODY_ROWS, hosts_of
from .register import summary_of
from .shared import seen, today_of

MEETINGS_SHOWN = 6
TERMS_SHOWN = 4


@require_safe
def bodies(request: HttpRequest) -> HttpResponse:
    """The bodies as of a day.

    Opened by anybody, who asks: which bodies are there, and which of them meets when? By a head,
    who asks: how do their resolutions stand? Next: open one; a head or a secretary founds one.
    """
    actor = actor_of(request)
    units = Unit.objects.all()
    if not actor.elevated:
        units = units.filter(country__in=countries_of(actor))
    form = BodiesForm(
        request.GET, units=units_to_choose(units, day_of(actor)), kinds=kinds_used(actor)
    )
    wanted = form.wanted()
    by_next = request.GET.get("order") == BY_NEXT
    page, dates = _listed(request, actor, bodies_for(actor, wanted), by_next=by_next)
    shown = list(page.object_list)
    day = wanted.day or day_of(actor)
    context: dict[str, Any] = {
        "form": form,
        "asked": bool(form.given()),
        "day": wanted.day,
        "page": page,
        "rows": _rows(actor, shown, dates, day),
        "soonest": _soonest(dates, page) if not wanted.day else "",
        "chips": _orders(request.GET, by_next=by_next),
        "may_make": actor.kind is ActorKind.USER and bool(hosts_of(actor).some(1)),
    }
    return render(request, "councils/bodies.html", context)


def _listed(
    request: HttpRequest, actor: Actor, found: QuerySet[Body], *, by_next: bool
) -> tuple[Page[Body], dict[UUID, NextMeeting]]:
    """A page of bodies, and when those on it meet next.

    Only who wants them by their next meeting has the dates of all worked out.
    """
    if by_next:
        every = list(found)
        dates = next_meetings(every, actor.at, actor=actor)
        every.sort(key=lambda body: dates[body.pk].day or date.max)
        return page_of(every, request), dates
    page = page_of(found, request)
    return page, next_meetings(page.object_list, actor.at, actor=actor)


def _soonest(dates: Mapping[UUID, NextMeeting], page: Page[Body]) -> str:
    """The day of the next meeting of all that are listed; unsaid where not all were asked."""
    days = [found.day for found in dates.values() if found.day is not None]
    return show_day_short(min(days)) if days and len(dates) >= page.paginator.count else ""


def _orders(given: QueryDict, *, by_next: bool) -> list[Link]:
    def url(order: str) -> str:
        kept = given.copy()
        for name in ("order", "page"):
            kept.pop(name, None)
        if order:
            kept["order"] = order
        return f"{reverse('councils:bodies')}?{kept.urlencode()}"

    return [
        Link(_("By register"), url(""), current=not by_next),
        Link(_("By next meeting"), url(BY_NEXT), current=by_next),
    ]


def _rows(
    actor: Actor, shown: Sequence[Body], dates: dict[UUID, NextMeeting], day: date
) -> list[dict[str, Any]]:
    names = unit_names([body.unit_id for body in shown], day)
    standing = progress_by_body(actor, [body.pk for body in shown])
    return [
        {
            "body": body,
            "kind": kind_name(body.kind),
            "unit": names.get(body.unit_id, {}),
            "next": dates[body.pk],
            "planned": dates[body.pk].planned is not None,
            "own": _own_next(body, dates[body.pk]),
            "progress": standing[body.pk],
            "tag": _tag(body, standing[body.pk], actor),
        }
        for body in shown
    ]


def _own_next(body: Body, found: NextMeeting) -> str:
    return in_own_calendar(found.day, body) if found.day else ""


def _tag(body: Body, progress: Progress, actor: Actor) -> Tag | None:
    if body.until is not None and body.until <= today_of(actor, body):
        return Tag(_("dissolved"), "quiet")
    return Tag(_("something is late"), "late") if progress.late else None


@require_safe
def body(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One body as of a day.

    Opened by its members, who ask: when do we meet next, and what is still owed? By anybody of the
    staff, who asks: what is it for, and who sits in it? Next: the secretary plans the next meeting;
    others open a meeting or the register.
    """
    actor = actor_of(request)
    rows = with_meetings(Body.objects.select_related(*BODY_ROWS, "bylaws"), actor.at, actor=actor)
    one = seen(BODIES, actor, with_counts(rows, actor), pk)
    today = today_of(actor, one)
    meetings = _meetings(actor, one)
    dissolved = one.until is not None and one.until <= today
    day = AsOfForm(request.GET).day(today)
    # First, as it learns the name of the host unit by the way.
    sitting = _sitting(actor, one, day, active=not dissolved)
    context: dict[str, Any] = {
        "body": one,
        "today": today,
        "dissolved": _ended(one) if dissolved else "",
        "related": related(Ref(BODY, pk), actor),
        "signed_in": actor.kind is ActorKind.USER,
        "trail_url": reverse("ui:trail", args=[BODY, pk]),
        "crumbs": [Link(_("Bodies"), reverse("councils:bodies"))],
        **_coming(actor, one, meetings, dissolved=dissolved),
        **sitting,
        **_doing(actor, one, meetings),
    }
    return render(request, "councils/body.html", context)


def _meetings(actor: Actor, one: Body) -> dict[UUID, Meeting]:
    """The latest of its meetings, and those that are planned next, in one question."""
    others = {meeting_days(one).planned_id, body_counts(one).waits_id} - {None}
    return some_meetings(
        actor, one.pk, latest=MEETINGS_SHOWN, others=[pk for pk in others if pk is not None]
    )


def _coming(
    actor: Actor, one: Body, meetings: Mapping[UUID, Meeting], *, dissolved: bool
) -> dict[str, Any]:
    """When it meets next, and the step that follows."""
    work = work_calendar(one.unit.country)
    found = meets_next(one, meeting_days(one), meetings, actor.at, work)
    facts = body_facts(actor, one, found, today_of(actor, one))
    if dissolved:
        return {"facts": facts}
    return {
        "facts": facts,
        "next_words": next_words(one, found),
        "rule_notes": rule_notes(one, found),
        "rule_tone": "quiet" if found.planned else "due",
        "next_step": _next_step(actor, one, found, meetings),
    }


def _sitting(actor: Actor, one: Body, day: date, *, active: bool) -> dict[str, Any]:
    """Who sits in it on a day, as far as the actor may read it, and what they may change."""
    reads = BODIES.may(actor, "read", one)
    may_manage = active and BODIES.may(actor, "manage", one)
    members = members_of(one, day, at=moment_on(day, one, actor)) if reads else []
    changes = may_manage and day == today_of(actor, one)
    terms = list(terms_of(one)) if reads else []
    return {
        "day": day,
        "reads": reads,
        "counts": reads and BODIES.counts(actor, one),
        "may_manage": may_manage,
        "seats": seats(members, manages=changes),
        "rules": rules_of(one, members) if reads else [],
        "proposes": BODIES.may(actor, "propose", one),
        "terms": terms[:TERMS_SHOWN],
        "number": next_number(actor, one, terms) if may_manage else "",
        "steps": _steps(actor, one) if may_manage else [],
    }


def _doing(actor: Actor, one: Body, meetings: Mapping[UUID, Meeting]) -> dict[str, Any]:
    """Its meetings, its resolutions and how their actions stand."""
    progress, months = progress_of_body(actor, one)
    adopted = adopted_by_meeting(actor, one.pk)
    return {
        "meetings": meeting_rows(list(meetings.values())[:MEETINGS_SHOWN], adopted),
        "meeting_count": body_counts(one).meetings,
        "resolution_count": sum(adopted.values()),
        "progress": progress,
        "summary": summary_of(progress),
        "by_month": body_progress(one, months),
    }


def _ended(one: Body) -> str:
    until = stated(one.until, one.until_precision, one.until_calendar)
    return show_partial(until)


def _next_step(
    actor: Actor, one: Body, found: NextMeeting, meetings: Mapping[UUID, Meeting]
) -> Link | None:
    """Planning the next meeting, or saying that a planned one of an earlier day was held."""
    if not BODIES.may(actor, "run", one):
        return None
    waits_id = body_counts(one).waits_id
    waiting = meetings.get(waits_id) if waits_id else None
    today = today_of(actor, one)
    if waiting is not None and (waiting.opened_at or waiting.date == today):
        return Link(_("Conduct the meeting"), reverse("councils:room", args=[waiting.pk]))
    if waiting is not None and waiting.date and waiting.date <= today:
        label = _("Was the meeting of %(day)s held?") % {"day": show_day(waiting.date)}
        return Link(label, reverse("councils:hold_meeting", args=[waiting.pk]))
    if found.planned is not None:
        url = reverse("councils:agenda", args=[found.planned.pk])
        return Link(_("Prepare the agenda of the next meeting"), url)
    return Link(_("Plan the next meeting"), reverse("councils:plan_meeting", args=[one.pk]))


def _steps(actor: Actor, one: Body) -> list[Link]:
    meetings = (
        (_("Plan a meeting"), "plan_meeting"),
        (_("Record a meeting that was held"), "record_meeting"),
    )
    shape = (
        (_("Give a seat"), "add_member"),
        (_("Begin a term"), "start_term"),
        (_("The rules of the body"), "bylaws"),
        (_("How the resolutions are numbered"), "numbering"),
        (_("Which units it oversees"), "oversee"),
        (_("Change the body"), "change_body"),
        (_("Correct the body's record"), "correct_body"),
        (_("Dissolve it"), "dissolve_body"),
    )
    steps = [*meetings, *shape] if BODIES.may(actor, "run", one) else [*shape]
    return [Link(label, reverse(f"councils:{name}", args=[one.pk])) for label, name in steps]
