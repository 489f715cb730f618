"""What members propose: the list with its signatures, proposing, signing, and the answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from diwan.councils.actions import proposals as actions
from diwan.councils.constants import PROPOSAL
from diwan.councils.forms.fields import NothingForm
from diwan.councils.forms.meetings import ProposalForm
from diwan.councils.forms.proposals import DeclineForm, NewProposalForm, TakeForm
from diwan.councils.models import AgendaItem, Body, Proposal
from diwan.councils.policies import BODIES, PROPOSALS
from diwan.councils.queries.bylaws import bylaws_of
from diwan.councils.queries.own_seats import OwnSeat
from diwan.councils.queries.proposals import (
    Proposed,
    Signer,
    meetings_to_come,
    proposals_of,
    proposing_seats,
    seat_names,
)
from diwan.directory.public import post_cards
from diwan.kernel.policies import Actor
from diwan.kernel.requests import actor_of
from diwan.ui.components import Link, Tag
from diwan.ui.pages import confirm_page, form_page, refusals_on
from diwan.ui.sending import as_seen
from diwan.ui.show import show_local, show_number

from .records import body_for, meeting_for, meeting_url, title_of, way_to_meeting
from .shared import post_words, seen, way_to_body

TONES = {
    Proposal.State.OPEN: "new",
    Proposal.State.TAKEN: "done",
    Proposal.State.WITHDRAWN: "quiet",
    Proposal.State.DECLINED: "quiet",
}


@dataclass(frozen=True)
class ProposalRow:
    """A proposal as the page shows it; `mine`: one's own, `signed`: one has signed it."""

    proposal: Proposal
    tag: Tag
    signers: Sequence[str]
    proposer: str
    ready: bool
    mine: bool
    signed: bool
    may_sign: bool
    meeting: Link | None = None


@require_safe
@login_required
def proposals(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What members propose to a body.

    Opened by its members, who ask: what do we want raised, and what still lacks signatures? By its
    secretary, who asks: what is ready for the agenda? Next: sign, or propose; the secretary puts
    it on an agenda or declines it.
    """
    actor, body = body_for(request, pk, "propose")
    found = proposals_of(actor, body)
    seats = {one.seat for one in proposing_seats(actor, body)}
    runs = BODIES.may(actor, "run", body)
    context = {
        "body": body,
        "heading": _heading(len(found.open), found.ready),
        "rule": _rule(bylaws_of(body).signatures),
        "open": [_row(each, seats) for each in found.open],
        "settled": [_row(each, seats) for each in found.settled],
        "runs": runs,
        "proposes": bool(seats),
        "crumbs": way_to_body(body),
    }
    return render(request, "councils/proposals.html", context)


def _heading(total: int, ready: int) -> str:
    if not total:
        return _("Nobody proposes anything at the moment")
    words = ngettext("%(n)s proposal of members", "%(n)s proposals of members", total)
    shown = words % {"n": show_number(total)}
    if not ready:
        return shown
    waits = ngettext("%(n)s ready for the agenda", "%(n)s ready for the agenda", ready)
    return f"{shown} · {waits % {'n': show_number(ready)}}"


def _rule(signatures: int) -> str:
    """What the body demands."""
    if signatures == 1:
        return _("Every member brings something before this body alone.")
    return _(
        "Something comes before this body when %(n)s members have signed; the proposer is one of "
        "them."
    ) % {"n": show_number(signatures)}


def _row(each: Proposed, seats: Iterable[UUID]) -> ProposalRow:
    proposal, mine = each.proposal, set(seats)
    given = {one.seat for one in each.signers}
    open_ = proposal.state == Proposal.State.OPEN
    return ProposalRow(
        proposal=proposal,
        tag=_tag(each),
        signers=[_signed(one) for one in each.signers],
        proposer=next((_signer(one) for one in each.signers if one.seat == proposal.seat), ""),
        ready=open_ and not each.lacking,
        mine=open_ and proposal.seat in mine,
        signed=open_ and bool((given & mine) - {proposal.seat}),
        may_sign=open_ and bool(mine - given) and not given & mine,
        meeting=_meeting(proposal.item),
    )


def _signer(one: Signer) -> str:
    return post_words(one.card) if one.card else show_local(one.name)


def _signed(one: Signer) -> str:
    """Who signed; whose seat left the body stays under it, and does not count."""
    name = _signer(one)
    return name if one.seated else _("%(name)s (no member any more)") % {"name": name}


def _tag(each: Proposed) -> Tag:
    state = Proposal.State(each.proposal.state)
    if state is not Proposal.State.OPEN:
        return Tag(str(state.label), TONES[state])
    shown = {"signed": show_number(each.signed), "needed": show_number(each.needed)}
    if not each.lacking:
        return Tag(_("%(signed)s of %(needed)s signatures: ready") % shown, "due")
    return Tag(_("%(signed)s of %(needed)s signatures") % shown, "new")


def _meeting(item: AgendaItem | None) -> Link | None:
    if item is None:
        return None
    return Link(title_of(item.meeting), meeting_url(item.meeting_id))


def page_of_body(pk: UUID) -> str:
    """The address of a body's proposals."""
    return reverse("councils:proposals", args=[pk])


@login_required
def propose(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Propose something to a body.

    Opened by a member, who asks: how do I get this onto the agenda? Next: the proposals, where the
    others sign.
    """
    actor, body = body_for(request, pk, "propose")
    form = NewProposalForm(request.POST or None, seats=_seat_choices(actor, body))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.propose(actor, body, form.asked())
            messages.success(request, _("Your proposal is made, with your signature as the first."))
            return redirect(page_of_body(pk))
    return form_page(
        request,
        form,
        heading=_("Propose something to the body"),
        lead=f"{show_local(body.name)} · {_rule(bylaws_of(body).signatures)}",
        submit_label=_("Propose it"),
        cancel_url=page_of_body(pk),
        crumbs=_way(body),
    )


def _seat_choices(actor: Actor, body: Body) -> list[tuple[str, str]]:
    """The actor's seats by name; nobody is asked who has only one."""
    seats = proposing_seats(actor, body)
    if len(seats) < 2:
        return []
    cards = post_cards([one.post_id for one in seats if one.post_id], actor.at)
    named = seat_names([one.seat for one in seats if not one.post_id])

    def name(one: OwnSeat) -> str:
        if one.post_id:
            return post_words(cards.get(one.post_id))
        return show_local(named.get(one.seat, {}))

    return [(str(one.seat), name(one)) for one in seats]


def _way(body: Body) -> list[Link]:
    return [*way_to_body(body), Link(_("Proposals"), page_of_body(body.pk))]


@login_required
def propose_item(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Propose something for the agenda of a meeting.

    Opened by a member before the meeting, who asks: will it be looked at? The secretary orders the
    agenda. Next: the meeting's page, or the proposals where others must sign first.
    """
    actor, meeting = meeting_for(request, pk, "propose")
    form = ProposalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = actions.propose_item(actor, meeting, form.cleaned_data["text"])
            if isinstance(made, AgendaItem):
                messages.success(request, _("Your proposal stands on the agenda."))
                return redirect(meeting_url(pk))
            messages.success(request, _("Your proposal is made, with your signature as the first."))
            return redirect(page_of_body(meeting.body_id))
    return form_page(
        request,
        form,
        heading=_("Propose something for the agenda"),
        lead=title_of(meeting),
        submit_label=_("Propose it"),
        cancel_url=meeting_url(pk),
        crumbs=way_to_meeting(meeting),
    )


def _for(request: HttpRequest, pk: UUID, verb: str) -> tuple[Actor, Proposal]:
    """The actor and the proposal on which they may `verb`. Raises NotFound or Forbidden."""
    actor = actor_of(request)
    rows = Proposal.objects.select_related("body__unit")
    proposal = seen(PROPOSALS, actor, rows, pk)
    PROPOSALS.demand(actor, verb, proposal)
    return actor, proposal


@login_required
@require_POST
def endorse(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Sign a proposal: a button of the proposals. Next: the proposals."""
    actor, proposal = _for(request, pk, "sign")
    actions.endorse(actor, proposal)
    messages.success(request, _("You have signed the proposal."))
    return redirect(page_of_body(proposal.body_id))


@login_required
@require_POST
def take_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take one's signature back: a button of the proposals. Next: the proposals."""
    actor, proposal = _for(request, pk, "sign")
    actions.take_back(actor, proposal)
    messages.success(request, _("Your signature was taken back."))
    return redirect(page_of_body(proposal.body_id))


@login_required
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Withdraw one's own proposal.

    Opened by its proposer, who asks: what becomes of the signatures? Next: the proposals.
    """
    edits = as_seen(PROPOSAL, pk)
    actor, proposal = _for(request, pk, "sign")
    form = NothingForm(request.POST)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.withdraw(actor, proposal)
            messages.success(request, _("The proposal was withdrawn."))
            return redirect(page_of_body(proposal.body_id))
    return confirm_page(
        request,
        edits=edits,
        form=form,
        heading=_("Withdraw the proposal"),
        lead=show_local(proposal.text),
        submit_label=_("Withdraw it"),
        cancel_url=page_of_body(proposal.body_id),
        crumbs=_way(proposal.body),
        danger=True,
        consequences=[_("It stays readable with its signatures and gathers no more of them.")],
    )


@login_required
def decline(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Decline a proposal, with the reason.

    Opened by the secretary, who asks: who reads my answer? Next: the proposals.
    """
    edits = as_seen(PROPOSAL, pk)
    actor, proposal = _for(request, pk, "run")
    form = DeclineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.decline(actor, proposal, answer=form.cleaned_data["answer"])
            messages.success(request, _("The proposal was declined; its members read why."))
            return redirect(page_of_body(proposal.body_id))
    return confirm_page(
        request,
        edits=edits,
        form=form,
        heading=_("Decline the proposal"),
        lead=show_local(proposal.text),
        submit_label=_("Decline it"),
        cancel_url=page_of_body(proposal.body_id),
        crumbs=_way(proposal.body),
        danger=True,
        consequences=[_("All members read your reason. The proposal can be made anew.")],
    )


@login_required
def take(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put a proposal on the agenda of a planned meeting.

    Opened by the secretary, who asks: which meeting? Next: that meeting's agenda.
    """
    edits = as_seen(PROPOSAL, pk)
    actor, proposal = _for(request, pk, "run")
    planned = {str(one.pk): one for one in meetings_to_come(proposal.body)}
    if not planned:
        messages.info(request, _("No meeting is planned. Plan one, then take the proposal up."))
        return redirect("councils:plan_meeting", proposal.body_id)
    form = TakeForm(request.POST or None, meetings=[(k, title_of(m)) for k, m in planned.items()])
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            meeting = planned[form.cleaned_data["meeting"]]
            actions.take(actor, proposal, meeting)
            messages.success(request, _("It stands on the agenda now."))
            return redirect("councils:agenda", meeting.pk)
    return form_page(
        request,
        form,
        edits=edits,
        heading=_("Put the proposal on an agenda"),
        lead=show_local(proposal.text),
        submit_label=_("Put on the agenda"),
        cancel_url=page_of_body(proposal.body_id),
        crumbs=_way(proposal.body),
    )
