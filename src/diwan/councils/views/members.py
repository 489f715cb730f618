"""Seats in a body: giving, ending, correcting them, and who acts through a named one."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from diwan.councils.actions import members as actions
from diwan.councils.constants import MEMBERSHIP
from diwan.councils.forms.fields import NothingForm
from diwan.councils.forms.members import CorrectMemberForm, EndMemberForm, MemberForm
from diwan.councils.models import BodySeatUser, Membership
from diwan.councils.policies import MEMBERSHIPS
from diwan.councils.queries.bodies import members_of
from diwan.kernel.errors import NotFound
from diwan.kernel.policies import Actor
from diwan.kernel.requests import actor_of
from diwan.kernel.text import isolate
from diwan.ui.pages import confirm_page, form_page, refusals_on
from diwan.ui.sending import as_seen
from diwan.ui.show import show_local

from .bodies_steps import body_url
from .records import body_for, members_offered
from .shared import today_of, way_to_body


def seat_for(request: HttpRequest, lineage: UUID) -> tuple[Actor, Membership]:
    """The actor and the seat, known by its lineage, that they may manage.

    Raises NotFound or Forbidden.
    """
    actor = actor_of(request)
    rows = Membership.objects.known().filter(lineage=lineage)
    rows = rows.select_related("body__unit", "body__register", "post", "unit", "partner")
    row = MEMBERSHIPS.which(actor, "see", rows).first()
    if row is None:
        raise NotFound
    MEMBERSHIPS.demand(actor, "manage", row)
    return actor, row


def seat_name(actor: Actor, row: Membership) -> str:
    """How a seat is called in a sentence."""
    day = row.since or today_of(actor, row.body)
    for member in members_of(row.body, day, at=actor.at, only=Q(pk=row.pk)):
        return isolate(show_local(member.name))
    return row.get_role_display()


@login_required
def add_member(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give somebody a seat.

    Opened by who runs the body or heads its unit, who asks: which post sits here, as what, since
    when? Next: the body's page, for the next seat.
    """
    actor, body = body_for(request, pk, "manage")
    form = MemberForm(request.POST or None, offered=members_offered(actor, body))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            data = form.cleaned_data
            actions.add_member(
                actor,
                body,
                form.somebody(),
                data["role"],
                since=data["since"],
                until=data["until"],
            )
            messages.success(request, _("The seat was given."))
            return redirect(body_url(pk))
    return form_page(
        request,
        form,
        heading=_("Give a seat"),
        lead=show_local(body.name),
        submit_label=_("Give the seat"),
        cancel_url=body_url(pk),
        crumbs=way_to_body(body),
    )


@login_required
def end_member(request: HttpRequest, lineage: UUID) -> HttpResponse:
    """End a seat.

    Opened by who manages the body, who asks: until when? Next: the body's page.
    """
    edits = as_seen(MEMBERSHIP, lineage)
    actor, row = seat_for(request, lineage)
    form = EndMemberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.end_membership(actor, row, on=form.cleaned_data["on"])
            messages.success(request, _("The seat ends that day."))
            return redirect(body_url(row.body_id))
    return form_page(
        request,
        form,
        edits=edits,
        heading=_("End the seat of %(name)s") % {"name": seat_name(actor, row)},
        lead=_("The record keeps it. If it was never so, correct it instead."),
        submit_label=_("End the seat"),
        cancel_url=body_url(row.body_id),
        crumbs=way_to_body(row.body),
        danger=True,
    )


@login_required
def correct_member(request: HttpRequest, lineage: UUID) -> HttpResponse:
    """Mend a mistake in the record of a seat.

    Opened by who manages the body. Next: the body's page; what stood before stays readable.
    """
    edits = as_seen(MEMBERSHIP, lineage)
    actor, row = seat_for(request, lineage)
    form = CorrectMemberForm(
        request.POST or None, membership=row, offered=members_offered(actor, row.body)
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            reason = form.cleaned_data["reason"]
            actions.correct_membership(actor, row, form.asked(), reason=reason)
            messages.success(request, _("The record was corrected."))
            return redirect(body_url(row.body_id))
    return form_page(
        request,
        form,
        edits=edits,
        heading=_("Correct the seat of %(name)s") % {"name": seat_name(actor, row)},
        lead=show_local(row.body.name),
        submit_label=_("Correct the record"),
        cancel_url=body_url(row.body_id),
        crumbs=way_to_body(row.body),
    )


@login_required
def unseat(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End a user's acting through a named seat.

    Opened by who manages the body, when somebody else is to sit there. Next: the body's page, where
    the seat can be offered to the next one.
    """
    seated = BodySeatUser.objects.select_related("user").filter(pk=pk, until_at=None).first()
    if seated is None:
        raise NotFound
    edits = as_seen(MEMBERSHIP, seated.lineage)
    actor, row = seat_for(request, seated.lineage)
    form = NothingForm(request.POST)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.unseat_user(actor, seated)
            messages.success(request, _("They do not act through this seat any more."))
            return redirect(body_url(row.body_id))
    return confirm_page(
        request,
        edits=edits,
        form=form,
        heading=_("%(user)s no longer acts through this seat")
        % {"user": isolate(seated.user.name)},
        lead=seat_name(actor, row),
        submit_label=_("End their acting now"),
        cancel_url=body_url(row.body_id),
        crumbs=way_to_body(row.body),
        danger=True,
        consequences=[
            _("They lose at once what the seat gave them to read and to propose."),
            _("The seat itself stays; somebody else can be invited to it."),
        ],
    )
