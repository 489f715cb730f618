"""The tables of councils, one module a subject."""

from .actions import Action, ActionEvent, DateRequest, Round
from .bodies import Body, BodySeatUser, Membership, Oversight, Term
from .invitations import Invitation
from .meetings import AgendaItem, Meeting, Statement
from .resolutions import Resolution

__all__ = [
    "Action",
    "ActionEvent",
    "AgendaItem",
    "Body",
    "BodySeatUser",
    "DateRequest",
    "Invitation",
    "Meeting",
    "Membership",
    "Oversight",
    "Resolution",
    "Round",
    "Statement",
    "Term",
]
