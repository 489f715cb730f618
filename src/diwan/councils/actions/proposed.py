"""What becomes of a proposal when its item comes onto an agenda, moves with it, or leaves it."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from diwan.councils.constants import PROPOSAL
from diwan.councils.models import AgendaItem, Proposal
from diwan.councils.policies import day_of
from diwan.councils.queries.proposals import needed_of, signed_of, with_signatures
from diwan.councils.rules.proposals import lacking
from diwan.kernel import audit
from diwan.kernel.errors import NotFound, Refused
from diwan.kernel.exchange import Ref
from diwan.kernel.policies import Actor, Through
from diwan.ui.show import show_number


def locked(proposal_id: UUID) -> Proposal:
    """A proposal as it stands now, held until the transaction ends. Raises NotFound."""
    found = Proposal.objects.select_for_update().filter(pk=proposal_id).first()
    if found is None:
        raise NotFound
    return found


def require_open(proposal: Proposal) -> None:
    """Raise Refused where a proposal was settled already."""
    if proposal.state != Proposal.State.OPEN:
        state = Proposal.State(proposal.state).label
        raise Refused(_("This proposal is settled: %(state)s.") % {"state": state})


def require_signed(actor: Actor, proposal: Proposal) -> None:
    """Raise Refused where a proposal still lacks signatures of seats that decide today."""
    row = with_signatures(Proposal.objects.filter(pk=proposal.pk), day_of(actor)).get()
    if lacking(signed_of(row), needed_of(row)):
        words = {"signed": show_number(signed_of(row)), "needed": show_number(needed_of(row))}
        raise Refused(
            _(
                "This proposal has %(signed)s of the %(needed)s signatures that the body demands. "
                "It can come onto an agenda when the others have signed."
            )
            % words
        )


def take_up(actor: Actor, proposal_id: UUID, item: AgendaItem, through: Through) -> None:
    """A proposal stands on an agenda now. Raises NotFound, and Refused where it may not."""
    proposal = locked(proposal_id)
    if proposal.body_id != item.meeting.body_id:
        raise NotFound
    require_open(proposal)
    require_signed(actor, proposal)
    _move(actor, proposal, item, "take", through)


def carry_over(old_id: UUID, item: AgendaItem) -> None:
    """What a called-off meeting left over keeps its proposals on the new agenda."""
    Proposal.objects.filter(item=old_id).update(item=item)


def give_back(actor: Actor, item: AgendaItem, through: Through) -> None:
    """An item leaves its agenda: what was proposed with it waits again."""
    for proposal in Proposal.objects.select_for_update().filter(item=item):
        _move(actor, proposal, None, "untake", through)


def _move(
    actor: Actor, proposal: Proposal, item: AgendaItem | None, verb: str, through: Through
) -> None:
    before = proposal.state
    proposal.state = Proposal.State.OPEN if item is None else Proposal.State.TAKEN
    proposal.item = item
    proposal.save(update_fields=["state", "item"])
    changes = {"state": [before, proposal.state]}
    audit.record(actor, verb, Ref(PROPOSAL, proposal.pk), changes=changes, through=through)
