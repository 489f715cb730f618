"""What an agenda is offered: taking it up, or leaving it aside with the reason."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diwan.councils.actions.agenda import add_point as put_on_agenda
from diwan.councils.actions.drops import drop_point as leave_aside
from diwan.councils.actions.drops import take_back_drop as offer_again
from diwan.councils.constants import MEETING
from diwan.councils.forms.proposals import DropForm
from diwan.councils.models import AgendaDrop, AgendaItem, Meeting
from diwan.councils.policies import MEETINGS
from diwan.councils.queries.offers import offered
from diwan.kernel.errors import NotFound
from diwan.kernel.exchange import AgendaPoint, Ref
from diwan.kernel.policies import Actor
from diwan.kernel.requests import actor_of
from diwan.ui.pages import confirm_page, refusals_on
from diwan.ui.sending import as_seen
from diwan.ui.show import show_local

from .records import meeting_for, way_to_meeting


def _point(actor: Actor, meeting: Meeting, ref: Ref) -> AgendaPoint | None:
    """What is still offered, None where it stands on the agenda, was left aside or is done."""
    items = list(AgendaItem.objects.filter(meeting=meeting))
    points = offered(actor, meeting, items, kind=ref.kind)
    return next((point for point in points if point.ref == ref), None)


def _over(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put there meanwhile, or settled: the agenda shows how it stands."""
    messages.info(request, _("That is no longer offered: it stands on the agenda or is done."))
    return redirect("councils:agenda", pk)


@login_required
@require_POST
def add_point(request: HttpRequest, pk: UUID, kind: str, record_id: UUID) -> HttpResponse:
    """Put on the agenda what was offered: a button of the agenda. Next: the agenda."""
    actor, meeting = meeting_for(request, pk)
    point = _point(actor, meeting, Ref(kind, record_id))
    if point is None:
        return _over(request, pk)
    put_on_agenda(actor, meeting, point)
    messages.success(request, _("It stands on the agenda now."))
    return redirect("councils:agenda", pk)


@login_required
def drop_point(request: HttpRequest, pk: UUID, kind: str, record_id: UUID) -> HttpResponse:
    """Leave aside what was offered, and say why.

    Opened by the secretary from the agenda, who asks: does this meeting need to look at it? Next:
    the agenda, where it stands among what was left aside.
    """
    edits = as_seen(MEETING, pk)
    actor, meeting = meeting_for(request, pk)
    point = _point(actor, meeting, Ref(kind, record_id))
    if point is None:
        return _over(request, pk)
    form = DropForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            leave_aside(actor, meeting, point, reason=form.cleaned_data["reason"])
            messages.success(request, _("It was left aside. The next meeting is offered it again."))
            return redirect("councils:agenda", pk)
    return confirm_page(
        request,
        edits=edits,
        form=form,
        heading=_("Leave it aside"),
        lead=show_local(point.text),
        submit_label=_("Leave it aside"),
        cancel_url=reverse("councils:agenda", args=[pk]),
        crumbs=way_to_meeting(meeting),
        consequences=[_("The next meeting is offered it again, unless it is settled until then.")],
    )


@login_required
@require_POST
def take_back_drop(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Offer again what was left aside: a button of the agenda. Next: the agenda."""
    actor = actor_of(request)
    drop = AgendaDrop.objects.select_related("meeting__body__unit").filter(pk=pk).first()
    if drop is None:
        raise NotFound
    MEETINGS.demand(actor, "run", drop.meeting)
    offer_again(actor, drop)
    messages.success(request, _("It is offered again."))
    return redirect("councils:agenda", drop.meeting_id)
