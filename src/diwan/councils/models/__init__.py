"""The tables of councils, one module a subject."""

from .actions import Action, ActionEvent, DateRequest, Round
from .bodies import Body, BodySeatUser, Membership, Oversight, Term
from .bylaws import Bylaws
from .conduct import Attendance, Ballot, Dissent, Presence, Recusal, Vote
from .following import Escalation, Objection
from .invitations import Invitation
from .meetings import AgendaItem, Meeting, Statement
from .minutes import MinutesSignature, MinutesVersion
from .proposals import AgendaDrop, AgendaPaper, Endorsement, Proposal
from .replies import Reply
from .resolutions import Resolution

__all__ = [
    "Action",
    "ActionEvent",
    "AgendaDrop",
    "AgendaItem",
    "AgendaPaper",
    "Attendance",
    "Ballot",
    "Body",
    "BodySeatUser",
    "Bylaws",
    "DateRequest",
    "Dissent",
    "Endorsement",
    "Escalation",
    "Invitation",
    "Meeting",
    "Membership",
    "MinutesSignature",
    "MinutesVersion",
    "Objection",
    "Oversight",
    "Presence",
    "Proposal",
    "Recusal",
    "Reply",
    "Resolution",
    "Round",
    "Statement",
    "Term",
    "Vote",
]
