"""The list of meetings, one meeting with what came of it, and its sheet on paper."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from diwan.councils.constants import MEETING
from diwan.councils.forms.choices import bodies_to_choose, units_to_choose
from diwan.councils.forms.meetings import MeetingsForm
from diwan.councils.models import Meeting, Resolution
from diwan.councils.policies import BODIES, MEETINGS, countries_of, day_of
from diwan.councils.queries import meetings as queries
from diwan.councils.queries.attendance import is_held_as_planned, is_reopened
from diwan.councils.queries.bodies import bodies_for
from diwan.councils.queries.meetings import MeetingFilter, Minutes, meetings_for, minutes
from diwan.councils.queries.register import added
from diwan.directory.public import Unit
from diwan.kernel.exchange import Ref, related
from diwan.kernel.policies import Actor, ActorKind
from diwan.kernel.requests import actor_of
from diwan.ui.components import Link, Step
from diwan.ui.linking import linked_on
from diwan.ui.pages import page_of
from diwan.ui.show import show_day_short

from .conduct_facts import Names, conduct_rows
from .invitations import invited_words
from .meetings_facts import (
    ACTIONS_SHOWN,
    item_rows,
    items_with,
    meeting_facts,
    meeting_rows_of,
    meeting_tag,
    resolution_rows,
    resolutions_with,
    statement_rows,
    summary_words,
)
from .records import date_of, meeting_rows, title_of
from .replies import my_reply, reply_step
from .shared import seen, today_of, way_to_body

ON_PAPER = 200


@require_safe
def meetings(request: HttpRequest) -> HttpResponse:
    """The meetings, the latest first.

    Opened by members and secretaries, who ask: when was which meeting, and which one comes? By
    staff and citizens, who look for one. Next: open a meeting.
    """
    actor = actor_of(request)
    units = Unit.objects.all()
    if not actor.elevated:
        units = units.filter(country__in=countries_of(actor))
    day = day_of(actor)
    form = MeetingsForm(
        request.GET,
        bodies=bodies_to_choose(bodies_for(actor), day),
        units=units_to_choose(units, day),
    )
    wanted = form.wanted()
    narrow = wanted.body_id is not None or bool(wanted.text)  # few are sorted at once
    page = page_of(
        meetings_for(actor, wanted),
        request,
        read=None if narrow else queries.read_latest,
        most=queries.MOST,
    )
    coming = _coming(actor)
    context: dict[str, Any] = {
        "form": form,
        "asked": bool(form.given()),
        "page": page,
        "rows": meeting_rows_of(actor, list(page.object_list)),
        "coming": show_day_short(coming.date) if coming else "",
        "chips": _chips(request.GET, wanted),
    }
    return render(request, "councils/meetings.html", context)


def _coming(actor: Actor) -> Meeting | None:
    """The next planned meeting that the actor may see."""
    planned = Meeting.objects.filter(state=Meeting.State.PLANNED, date__gte=day_of(actor))
    return MEETINGS.which(actor, "see", planned).order_by("date", "starts", "id").first()


def _chips(given: QueryDict, wanted: MeetingFilter) -> list[Link]:
    def chip(label: str, state: str) -> Link:
        kept = given.copy()
        for name in ("state", "page"):
            kept.pop(name, None)
        if state:
            kept["state"] = state
        url = f"{reverse('councils:meetings')}?{kept.urlencode()}"
        return Link(label, url, current=wanted.state == state)

    return [
        chip(_("All"), ""),
        chip(pgettext("meetings", "Planned"), Meeting.State.PLANNED.value),
        chip(pgettext("meetings", "Held"), Meeting.State.HELD.value),
        chip(pgettext("meetings", "Called off"), Meeting.State.CANCELLED.value),
    ]


@require_safe
def meeting(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One meeting.

    Opened by its members before it, who ask: where, when, what shall we look at? After it by
    everybody entitled, who asks: what was said and resolved, and what became of it? Next: the
    secretary's one step; others open a resolution or an action.
    """
    context = _context(request, pk, shown=ACTIONS_SHOWN)
    return render(request, "councils/meeting.html", context)


@require_safe
def meeting_sheet(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One meeting as a sheet of the register, to print on A4 and to sign.

    Opened by the secretary after the meeting, who asks: what goes into the paper file? Next: print.
    """
    return render(request, "councils/meeting_sheet.html", _context(request, pk, shown=ON_PAPER))


def _context(request: HttpRequest, pk: UUID, *, shown: int) -> dict[str, Any]:
    actor = actor_of(request)
    found = minutes(actor, seen(MEETINGS, actor, meeting_rows(), pk))
    one = found.meeting
    rows = resolution_rows(found, actor, shown=shown)
    signed_in = actor.kind is ActorKind.USER
    conduct = conduct_rows(
        found.conduct, Names(found.speakers, people=signed_in), runs=found.may_run
    )
    open_ = one.state != Meeting.State.CANCELLED and one.signed_at is None
    runs = found.may_run and open_
    return {
        "meeting": one,
        "found": found,
        "heading": title_of(one),
        "tag": meeting_tag(one),
        "summary": summary_words(found, added([row.row["progress"] for row in rows])),
        "undated": date_of(one) is None,
        "facts": meeting_facts(found, sees_body=BODIES.sees(actor, one.body)),
        "items": items_with(item_rows(found.agenda, one, actor), conduct),
        "statements": statement_rows(found, actor),
        "resolutions": resolutions_with(rows, conduct),
        "conduct": conduct,
        "runs": runs,
        "planned": one.state == Meeting.State.PLANNED,
        "invited": invited_words(one) if runs and one.state == Meeting.State.PLANNED else "",
        "held": one.state == Meeting.State.HELD,
        "proposes": found.may_propose and not runs and one.state == Meeting.State.PLANNED,
        "next_step": _next_step(actor, found) if runs else reply_step(actor, one),
        "my_reply": my_reply(actor, one),
        "steps": _steps(one) if runs else [],
        "links": linked_on(actor, Ref(MEETING, pk), writes=found.may_run),
        "related": related(Ref(MEETING, pk), actor),
        "signed_in": signed_in,
        "trail_url": reverse("ui:trail", args=[MEETING, pk]),
        "crumbs": [Link(_("Meetings"), reverse("councils:meetings")), *way_to_body(one.body)],
    }


def _next_step(actor: Actor, found: Minutes) -> Step | None:
    """The one thing the secretary does next with this meeting."""
    planned = found.meeting.state == Meeting.State.PLANNED
    label, name, pk = _planned_next(actor, found) if planned else _held_next(found)
    return Step(label, reverse(f"councils:{name}", args=[pk]), filled=True)


def _planned_next(actor: Actor, found: Minutes) -> tuple[str, str, UUID]:
    one = found.meeting
    if one.opened_at is not None or one.date == today_of(actor, one.body):
        return _("In the room"), "room", one.pk
    if one.date is not None and one.date <= today_of(actor, one.body):
        return _("Say that it was held"), "hold_meeting", one.pk
    return _("Prepare the agenda"), "agenda", one.pk


def _held_next(found: Minutes) -> tuple[str, str, UUID]:
    one = found.meeting
    if found.unconfirmed:
        return _("Confirm its actions in one go"), "confirm", one.pk
    for row in found.resolutions:
        if row.state == Resolution.State.DRAFT:
            return _("Adopt the first draft"), "adopt", row.pk
    if date_of(one) is None:
        return _("State its date"), "correct_meeting", one.pk
    for row in found.resolutions:
        if not found.actions.get(row.pk) and row.kind != Resolution.Kind.ANNOUNCED:
            return _("Say who owes what"), "add_action", row.pk
    if found.conduct.rows:
        return _("Minutes"), "minutes", one.pk
    return _("Draft a resolution"), "draft_resolution", one.pk


def _steps(one: Meeting) -> list[Link]:
    planned = (
        (_("Change the plan"), "change_meeting"),
        (_("Say that it was held"), "hold_meeting"),
        (_("Edit the agenda"), "agenda"),
        (_("Send the invitations now"), "invite"),
        (_("In the room"), "room"),
        (_("Who comes?"), "replies"),
        (_("Draft a resolution"), "draft_resolution"),
        (_("Call it off"), "cancel_meeting"),
    )
    held = (
        (_("Draft a resolution"), "draft_resolution"),
        (_("Write down a statement"), "add_statement"),
        (_("Attendance and votes"), "room"),
        (_("Edit the agenda"), "agenda"),
        (_("Correct the meeting's record"), "correct_meeting"),
    )
    steps = planned if one.state == Meeting.State.PLANNED else held
    # The agenda of a meeting that was closed, or held as planned, is what it dealt with; a
    # correction of its signed minutes mends the words.
    dealt_with = one.closed_at is not None or is_held_as_planned(one)
    past = {"agenda"} if dealt_with and not is_reopened(one) else set()
    return [
        Link(label, reverse(f"councils:{name}", args=[one.pk]))
        for label, name in steps
        if name not in past
    ]
