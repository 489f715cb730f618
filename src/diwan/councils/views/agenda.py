"""What a meeting looks at: its agenda, item by item, its order and its time."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diwan.councils.actions import agenda as actions
from diwan.councils.constants import MEETING
from diwan.councils.forms.fields import NothingForm
from diwan.councils.forms.meetings import ItemForm, QuickItemForm
from diwan.councils.forms.proposals import OrderForm
from diwan.councils.models import AgendaItem, Meeting
from diwan.councils.models.bodies import Role
from diwan.councils.policies import AGENDA
from diwan.councils.queries.agenda import agenda_of
from diwan.councils.queries.bodies import members_of
from diwan.councils.queries.offers import Offers, offers_for
from diwan.councils.rules.agenda import reordered
from diwan.kernel.errors import NotFound
from diwan.kernel.policies import Actor, Confidentiality
from diwan.kernel.requests import actor_of
from diwan.ui.pages import confirm_page, form_page, refusals_on
from diwan.ui.sending import as_seen
from diwan.ui.show import show_local

from .agenda_facts import load_words, offer_groups
from .meetings_facts import item_rows
from .records import meeting_for, meeting_url, posts_of, title_of, way_to_meeting
from .shared import seen, today_of

WAYS = {"up": -1, "down": 1, "top": -1000}
"""How an item is moved, and by how many places."""


def item_for(request: HttpRequest, pk: UUID) -> tuple[Actor, AgendaItem]:
    """The actor and the agenda item that they may write. Raises NotFound or Forbidden."""
    actor = actor_of(request)
    rows = AgendaItem.objects.select_related("meeting__body__unit", "meeting__body__register")
    item = seen(AGENDA, actor, rows, pk)
    AGENDA.demand(actor, "run", item)
    return actor, item


def _guests(actor: Actor, meeting: Meeting) -> list[tuple[str, str]]:
    """The body's guests on the meeting's day."""
    day = meeting.date or today_of(actor, meeting.body)
    return [
        (str(one.membership.pk), show_local(one.name))
        for one in members_of(meeting.body, day, at=actor.at, only=Q(role=Role.GUEST))
    ]


@login_required
def agenda(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Prepare the agenda.

    Opened by the secretary before the meeting, who asks: what do we look at, in which order, and
    is there time for it? Next: the next item, on this same page; then the meeting's page.
    """
    seen_now = as_seen(MEETING, pk)
    actor, meeting = meeting_for(request, pk)
    form = QuickItemForm(request.POST or None, initial={"confidentiality": meeting.confidentiality})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            item = actions.add_item(actor, meeting, form.asked())
            if item.confidentiality == Confidentiality.NAMED:
                messages.success(request, _("It stands on the agenda now. Name who may read it."))
                return redirect("councils:change_item", item.pk)
            messages.success(request, _("It stands on the agenda now."))
            return redirect("councils:agenda", pk)
    items = agenda_of(actor, meeting)
    planned = meeting.state == Meeting.State.PLANNED
    offers = offers_for(actor, meeting, items) if planned else Offers((), ())
    return form_page(
        request,
        form,
        template="councils/agenda.html",
        heading=_("The agenda"),
        lead=title_of(meeting),
        submit_label=_("Add it to the agenda"),
        cancel_url=meeting_url(pk),
        crumbs=way_to_meeting(meeting),
        items=item_rows(items, meeting, actor),
        load=load_words(meeting, items),
        groups=offer_groups(offers.points),
        offered=len(offers.points),
        aside=offers.aside,
        meeting=meeting,
        as_seen=str(seen_now),
    )


@login_required
def order_agenda(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Order the agenda and give its items their time, all in one go.

    Opened by the secretary of a long agenda, who asks: what comes first, and does it fit into the
    hours? A number typed at an item moves it there. Next: the agenda.
    """
    edits = as_seen(MEETING, pk)
    actor, meeting = meeting_for(request, pk)
    items = agenda_of(actor, meeting)
    rows = [(item.pk, show_local(item.text), item.minutes_planned) for item in items]
    form = OrderForm(request.POST or None, items=rows)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            order = reordered([item.pk for item in items], form.places())
            actions.order_items(actor, meeting, order, form.minutes())
            messages.success(request, _("The agenda was ordered."))
            return redirect("councils:agenda", pk)
    return form_page(
        request,
        form,
        template="councils/agenda_order.html",
        edits=edits,
        heading=_("Order and times of the agenda"),
        lead=title_of(meeting),
        submit_label=_("Order it so"),
        cancel_url=reverse("councils:agenda", args=[pk]),
        crumbs=way_to_meeting(meeting),
        load=load_words(meeting, items),
        rows=list(zip(item_rows(items, meeting, actor), form.rows(), strict=True)),
    )


@login_required
def change_item(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change an agenda item, and who is invited to it.

    Opened by the secretary from the agenda. Next: the agenda.
    """
    actor, item = item_for(request, pk)
    edits = as_seen(MEETING, item.meeting_id)
    form = ItemForm(
        request.POST or None,
        posts=posts_of(actor, item.meeting.body),
        guests=_guests(actor, item.meeting),
        item=item,
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.change_item(actor, item, form.asked())
            messages.success(request, _("The agenda item was changed."))
            return redirect("councils:agenda", item.meeting_id)
    return form_page(
        request,
        form,
        edits=edits,
        heading=_("Change the agenda item"),
        lead=title_of(item.meeting),
        submit_label=_("Change it"),
        cancel_url=reverse("councils:agenda", args=[item.meeting_id]),
        crumbs=way_to_meeting(item.meeting),
    )


@login_required
@require_POST
def move_item(request: HttpRequest, pk: UUID, way: str) -> HttpResponse:
    """Move an agenda item up, down or to the top: a button of the agenda. Next: the agenda."""
    actor, item = item_for(request, pk)
    if way not in WAYS:
        raise NotFound
    actions.move_item(actor, item, by=WAYS[way])
    return redirect("councils:agenda", item.meeting_id)


@login_required
def remove_item(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take an item off the agenda.

    Opened by the secretary from the agenda. Next: the agenda; the trail keeps the item's text.
    """
    actor, item = item_for(request, pk)
    edits = as_seen(MEETING, item.meeting_id)
    form = NothingForm(request.POST)
    url = reverse("councils:agenda", args=[item.meeting_id])
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.remove_item(actor, item)
            messages.success(request, _("It was taken off the agenda."))
            return redirect(url)
    return confirm_page(
        request,
        edits=edits,
        form=form,
        heading=_("Take it off the agenda"),
        lead=show_local(item.text),
        submit_label=_("Take it off"),
        cancel_url=url,
        crumbs=way_to_meeting(item.meeting),
        danger=True,
        consequences=[
            _("The meeting's trail keeps its text."),
            _("Its papers go with it. What a member proposed with it waits again."),
        ],
    )
