"""What members propose: making, signing, withdrawing, and the secretary's word on it."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from diwan.councils.constants import PROPOSAL
from diwan.councils.models import AgendaItem, Body, Endorsement, Meeting, Proposal
from diwan.councils.policies import BODIES, MEETINGS, PROPOSALS
from diwan.councils.queries.bylaws import bylaws_of
from diwan.councils.queries.offers import point_of
from diwan.councils.queries.own_seats import OwnSeat
from diwan.councils.queries.proposals import proposing_seats
from diwan.kernel import audit
from diwan.kernel.errors import Refused
from diwan.kernel.exchange import Ref
from diwan.kernel.policies import Actor
from diwan.kernel.text import clean

from .agenda import add_point, add_proposed
from .fields import ProposalFields, Text
from .proposed import locked, require_open, require_signed
from .writing import checked_reason, checked_text, today_of


@transaction.atomic
def propose(actor: Actor, body: Body, fields: ProposalFields) -> Proposal:
    """Propose something to a body, through a seat in it; its own signature is the first.

    Raises NotFound, Forbidden, and Refused where the body was dissolved, or somebody who runs it
    without a seat would propose.
    """
    through = BODIES.require(actor, "propose", body)
    if body.until is not None and body.until <= today_of(actor, body):
        raise Refused(_("This body has been dissolved and meets no more."))
    seat = _chosen(_seats(actor, body), fields.get("seat"))
    proposal = Proposal.objects.create(
        body=body,
        seat=seat.seat,
        post_id=seat.post_id,
        text=checked_text(fields.get("text"), "text"),
        grounds=clean(fields.get("grounds", "")),
        made_at=actor.at,
    )
    _sign(actor, proposal, seat)
    changes = {"text": [None, proposal.text]}
    if proposal.grounds:
        changes["grounds"] = [None, proposal.grounds]
    audit.record(actor, "propose", Ref(PROPOSAL, proposal.pk), changes=changes, through=through)
    return proposal


@transaction.atomic
def endorse(actor: Actor, proposal: Proposal, *, seat: UUID | None = None) -> Endorsement:
    """Sign a proposal that gathers signatures; a seat signs once. Raises as `propose` does."""
    through = PROPOSALS.require(actor, "sign", proposal)
    proposal = locked(proposal.pk)
    require_open(proposal)
    seats = _seats(actor, proposal.body)
    given = set(Endorsement.objects.filter(proposal=proposal).values_list("seat", flat=True))
    free = [one for one in seats if one.seat not in given]
    if not free or (seat is not None and seat in given):
        raise Refused(_("Your seat has signed this proposal already. A seat signs once."))
    signed = _sign(actor, proposal, _chosen(free, seat))
    audit.record(actor, "endorse", Ref(PROPOSAL, proposal.pk), through=through)
    return signed


@transaction.atomic
def take_back(actor: Actor, proposal: Proposal) -> None:
    """Take one's signature back; the proposer withdraws the whole proposal instead."""
    through = PROPOSALS.require(actor, "sign", proposal)
    proposal = locked(proposal.pk)
    require_open(proposal)
    seats = {one.seat for one in _seats(actor, proposal.body)}
    mine = Endorsement.objects.filter(proposal=proposal, seat__in=seats)
    others = mine.exclude(seat=proposal.seat)
    if not others:
        if mine:
            raise Refused(
                _("The first signature is the proposer's. Withdraw the proposal instead.")
            )
        raise Refused(_("Your seat has not signed this proposal."))
    others.delete()
    audit.record(actor, "take_back", Ref(PROPOSAL, proposal.pk), through=through)


@transaction.atomic
def withdraw(actor: Actor, proposal: Proposal) -> None:
    """Withdraw one's own proposal before it stands on an agenda."""
    through = PROPOSALS.require(actor, "sign", proposal)
    proposal = locked(proposal.pk)
    if proposal.seat not in {one.seat for one in _seats(actor, proposal.body)}:
        raise Refused(_("Only the seat that made a proposal withdraws it."))
    if proposal.state == Proposal.State.TAKEN:
        raise Refused(_("It stands on an agenda. Ask the secretary to take it off."))
    require_open(proposal)
    _settle(actor, proposal, Proposal.State.WITHDRAWN, "")
    audit.record(actor, "withdraw", Ref(PROPOSAL, proposal.pk), through=through)


@transaction.atomic
def decline(actor: Actor, proposal: Proposal, *, answer: str) -> None:
    """The secretary's no, with its reason; the members read it."""
    through = PROPOSALS.require(actor, "run", proposal)
    proposal = locked(proposal.pk)
    require_open(proposal)
    answer = checked_reason(answer, "answer")
    _settle(actor, proposal, Proposal.State.DECLINED, answer)
    changes = {"answer": [None, answer]}
    audit.record(actor, "decline", Ref(PROPOSAL, proposal.pk), changes=changes, through=through)


@transaction.atomic
def take(actor: Actor, proposal: Proposal, meeting: Meeting) -> AgendaItem:
    """Put a proposal with enough signatures on a planned meeting's agenda.

    Raises NotFound, Forbidden, and Refused where it lacks signatures, is settled, or the meeting
    is not one to come.
    """
    PROPOSALS.require(actor, "run", proposal)
    MEETINGS.require(actor, "run", meeting)
    if meeting.state != Meeting.State.PLANNED:
        raise Refused(_("Proposals are for meetings that are still to come."), field="meeting")
    proposal = locked(proposal.pk)
    require_open(proposal)
    require_signed(actor, proposal)
    return add_point(actor, meeting, point_of(proposal, ""))


@transaction.atomic
def propose_item(actor: Actor, meeting: Meeting, text: Text) -> AgendaItem | Proposal:
    """Propose something for a meeting to come.

    Where the body demands more signatures than one it becomes a proposal that gathers them; else
    it stands at the end of the agenda, which the secretary orders.
    """
    through = MEETINGS.require(actor, "propose", meeting)
    if meeting.state != Meeting.State.PLANNED:
        raise Refused(_("Proposals are for meetings that are still to come."))
    alone = bylaws_of(meeting.body).signatures <= 1
    if alone or MEETINGS.may(actor, "run", meeting):
        return add_proposed(actor, meeting, text, through)
    return propose(actor, meeting.body, {"text": text})


def _seats(actor: Actor, body: Body) -> list[OwnSeat]:
    """The actor's seats that propose. Raises Refused where there are none."""
    seats = proposing_seats(actor, body)
    if not seats:
        raise Refused(
            _(
                "Only a member's seat proposes and signs, and you have none in this body. Who runs "
                "it puts an item on the agenda directly."
            )
        )
    return seats


def _chosen(seats: list[OwnSeat], wanted: UUID | None) -> OwnSeat:
    if wanted is None:
        return seats[0]
    found = next((one for one in seats if one.seat == wanted), None)
    if found is None:
        raise Refused(_("This choice does not exist. Choose one from the list."), field="seat")
    return found


def _sign(actor: Actor, proposal: Proposal, seat: OwnSeat) -> Endorsement:
    return Endorsement.objects.create(
        proposal=proposal, seat=seat.seat, post_id=seat.post_id, at=actor.at
    )


def _settle(actor: Actor, proposal: Proposal, state: Proposal.State, answer: str) -> None:
    proposal.state, proposal.answer, proposal.answered_at = state, answer, actor.at
    proposal.save(update_fields=["state", "answer", "answered_at"])
