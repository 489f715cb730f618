"""What councils gives to the exchange: its records, its part of every desk, its invitations."""

from __future__ import annotations

from diwan.accounts.public import declare_invitation_target
from diwan.councils.actions.reassigning import on_post_ended
from diwan.councils.constants import ACTION, AGENDA_ITEM, MEMBERSHIP, PROPOSAL, RESOLUTION
from diwan.directory.public import POST, POST_ENDED, UNIT
from diwan.kernel import exchange

from .agenda import agenda_points
from .agenda_objections import objections_to_answer
from .concerns import declare_concerns
from .desk import duties, word_items
from .desk_counts import count_duties
from .desk_proposals import proposal_items
from .escalating import declare_escalations
from .handing import declare_sections
from .invitations import declare_invitations
from .linking import declare_linkables
from .minutes import declare_minutes
from .notices import declare_notices
from .objections import declare_objections
from .open import declare_open
from .proofs import ProofSubject
from .proposals import ProposalSubject
from .related import bodies_of_post, bodies_of_unit
from .reminders import declare_reminders
from .search import declare_searches
from .seats import SeatTarget
from .subjects import (
    ActionSubject,
    BodySubject,
    MeetingSubject,
    MembershipSubject,
    ResolutionSubject,
)


def declare() -> None:
    """Declare everything; called once when Django starts."""
    exchange.declare_subject(BodySubject())
    exchange.declare_subject(MembershipSubject())
    exchange.declare_subject(MeetingSubject())
    exchange.declare_subject(ResolutionSubject())
    exchange.declare_subject(ActionSubject())
    exchange.declare_subject(ProofSubject())
    exchange.declare_subject(ProposalSubject())
    exchange.declare_desk(duties, count_duties)
    exchange.declare_desk(word_items)
    exchange.declare_desk(proposal_items)
    exchange.declare_agenda(agenda_points, ACTION, PROPOSAL, AGENDA_ITEM)
    exchange.declare_agenda(objections_to_answer, RESOLUTION)
    declare_concerns()
    declare_open()
    declare_sections()
    declare_linkables()
    declare_searches()
    exchange.declare_related(UNIT, bodies_of_unit)
    exchange.declare_related(POST, bodies_of_post)
    exchange.listen(POST_ENDED, on_post_ended)
    declare_invitation_target(MEMBERSHIP, SeatTarget())
    declare_notices()
    declare_minutes()
    declare_reminders()
    declare_escalations()
    declare_objections()
    declare_invitations()
