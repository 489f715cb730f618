"""What is done with a meeting: planning, changing, holding, recording, correcting, calling off."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from diwan.councils.actions import meetings as actions
from diwan.councils.constants import MEETING
from diwan.councils.forms.fields import ReasonForm
from diwan.councils.forms.meetings import (
    CorrectMeetingForm,
    HoldForm,
    MeetingForm,
    PlanForm,
    RecordForm,
    meeting_initial,
)
from diwan.councils.models import Body, Meeting, Membership
from diwan.councils.models.bodies import Role
from diwan.councils.queries.bodies import next_meeting
from diwan.kernel.policies import Actor
from diwan.ui.pages import confirm_page, form_page, refusals_on
from diwan.ui.sending import Seen, as_seen
from diwan.ui.show import show_local

from .bodies_facts import rule_notes
from .bodies_steps import body_url
from .records import body_for, meeting_for, meeting_url, posts_of, title_of, way_to_meeting
from .shared import today_of, way_to_body


def _initial(actor: Actor, body: Body, day: date | None) -> dict[str, Any]:
    """What is likely: the next number, the present chair, the last place, the body's level."""
    held = Meeting.objects.filter(body=body).exclude(state=Meeting.State.CANCELLED)
    highest = held.aggregate(n=Max("number"))["n"]
    last = held.filter(place__isnull=False).order_by("-date", "-id").first()
    chair = (
        Membership.objects.as_of(today_of(actor, body))
        .filter(body=body, role=Role.CHAIR, post__isnull=False)
        .select_related("post")
        .first()
    )
    return {
        "date": day,
        "number": None if highest is None else highest + 1,
        "place": last.place if last else None,
        "chair": chair.post if chair else None,
        "confidentiality": body.confidentiality,
    }


@login_required
def plan_meeting(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Plan a meeting.

    Opened by the secretary, who asks: when do we meet? The day that follows from the body's rule
    stands there already. Next: the meeting's agenda.
    """
    actor, body = body_for(request, pk, "run")
    found = next_meeting(body, actor.at)
    day = found.rule.day if found.rule and not found.planned else None
    form = PlanForm(
        request.POST or None, posts=posts_of(actor, body), initial=_initial(actor, body, day)
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            meeting = actions.plan_meeting(actor, body, form.asked())
            messages.success(request, _("The meeting was planned. Now its agenda."))
            return redirect("councils:agenda", meeting.pk)
    return form_page(
        request,
        form,
        heading=_("Plan a meeting"),
        lead=" ".join([show_local(body.name), *rule_notes(body, found)]),
        submit_label=_("Plan the meeting"),
        cancel_url=body_url(pk),
        crumbs=way_to_body(body),
    )


@login_required
def record_meeting(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record a meeting that was held without having been planned here.

    Opened by the secretary with older minutes in hand, who asks: how much of it must I know? Next:
    the meeting's page, for its statements and resolutions.
    """
    actor, body = body_for(request, pk, "run")
    form = RecordForm(
        request.POST or None, posts=posts_of(actor, body), initial=_initial(actor, body, None)
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            meeting = actions.record_meeting(actor, body, form.asked())
            messages.success(request, _("The meeting was recorded."))
            return redirect(meeting_url(meeting.pk))
    return form_page(
        request,
        form,
        heading=_("Record a meeting that was held"),
        lead=show_local(body.name),
        submit_label=_("Record the meeting"),
        cancel_url=body_url(pk),
        crumbs=way_to_body(body),
    )


def _page(
    request: HttpRequest, form: MeetingForm, meeting: Meeting, edits: Seen, **told: str
) -> HttpResponse:
    return form_page(
        request,
        form,
        edits=edits,
        cancel_url=meeting_url(meeting.pk),
        crumbs=way_to_meeting(meeting),
        **{"lead": title_of(meeting), **told},
    )


@login_required
def change_meeting(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change the plan of a meeting to come.

    Opened by the secretary when the day, the hour or the room changes. Next: the meeting's page.
    """
    edits = as_seen(MEETING, pk)
    actor, meeting = meeting_for(request, pk)
    form = PlanForm(
        request.POST or None,
        posts=posts_of(actor, meeting.body),
        initial=meeting_initial(meeting),
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.change_meeting(actor, meeting, form.asked())
            messages.success(request, _("The plan was changed."))
            return redirect(meeting_url(pk))
    return _page(
        request,
        form,
        meeting,
        edits,
        heading=_("Change the plan"),
        submit_label=_("Change the plan"),
    )


@login_required
def hold_meeting(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say that a planned meeting took place.

    Opened by the secretary after it, who asks: what was different from the plan? Next: the
    meeting's page, where its drafts are adopted and statements written down.
    """
    edits = as_seen(MEETING, pk)
    actor, meeting = meeting_for(request, pk)
    form = HoldForm(
        request.POST or None,
        posts=posts_of(actor, meeting.body),
        initial=meeting_initial(meeting),
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.hold_meeting(actor, meeting, date=form.when(), fields=form.asked())
            messages.success(request, _("The meeting was held. Its drafts can be adopted now."))
            return redirect(meeting_url(pk))
    return _page(
        request,
        form,
        meeting,
        edits,
        heading=_("The meeting was held"),
        lead=_(
            "Where it dealt with something else, mend its agenda first: it stands from then on."
        ),
        submit_label=_("It was held so"),
    )


@login_required
def correct_meeting(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Mend a mistake in a meeting's record, or state the date of an undated one.

    Opened by the secretary who has found the date or an error, who asks: what follows from it? All
    that hung on the date takes the new one. Next: the meeting's page.
    """
    edits = as_seen(MEETING, pk)
    actor, meeting = meeting_for(request, pk)
    form = CorrectMeetingForm(
        request.POST or None, posts=posts_of(actor, meeting.body), meeting=meeting
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            reason = form.cleaned_data["reason"]
            actions.correct_meeting(actor, meeting, form.asked(), reason=reason)
            messages.success(request, _("The record was corrected."))
            return redirect(meeting_url(pk))
    lead = _("What hung on the meeting's date takes the new one; numbers stay as they were given.")
    return _page(
        request,
        form,
        meeting,
        edits,
        heading=_("Correct the meeting's record"),
        submit_label=_("Correct the record"),
        lead=lead,
    )


@login_required
def cancel_meeting(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Call a planned meeting off.

    Opened by the secretary, who asks: what becomes of its agenda? Next: the meeting's page, which
    says that it was called off.
    """
    edits = as_seen(MEETING, pk)
    actor, meeting = meeting_for(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.cancel_meeting(actor, meeting, reason=form.cleaned_data["reason"])
            messages.success(request, _("The meeting was called off."))
            return redirect(meeting_url(pk))
    return confirm_page(
        request,
        edits=edits,
        form=form,
        heading=_("Call the meeting off"),
        lead=title_of(meeting),
        submit_label=_("Call it off"),
        cancel_url=meeting_url(pk),
        crumbs=way_to_meeting(meeting),
        danger=True,
        consequences=[
            _("Its agenda stays readable, and nothing can be resolved in it any more."),
            _("It cannot be planned anew: plan another meeting instead."),
        ],
    )
