"""What councils gives to the exchange: its records, its part of every desk, its invitations."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from diwan.accounts.public import declare_invitation_target
from diwan.councils.actions.reassigning import on_post_ended
from diwan.councils.constants import ACTION, BODY, MEETING, MEMBERSHIP, RESOLUTION
from diwan.directory.public import POST, POST_ENDED, UNIT
from diwan.kernel import exchange

from .desk import desk_items
from .notices import declare_notices
from .related import bodies_of_post, bodies_of_unit
from .reminders import declare_reminders
from .search import find_actions, find_bodies, find_meetings, find_resolutions
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
    exchange.declare_desk(desk_items)
    exchange.declare_search(
        RESOLUTION, find_resolutions, heading=_("Resolutions"), list_url="councils:register"
    )
    exchange.declare_search(ACTION, find_actions, heading=_("Actions"))
    exchange.declare_search(
        MEETING, find_meetings, heading=_("Meetings"), list_url="councils:meetings"
    )
    exchange.declare_search(BODY, find_bodies, heading=_("Bodies"), list_url="councils:bodies")
    exchange.declare_related(UNIT, bodies_of_unit)
    exchange.declare_related(POST, bodies_of_post)
    exchange.listen(POST_ENDED, on_post_ended)
    declare_invitation_target(MEMBERSHIP, SeatTarget())
    declare_notices()
    declare_reminders()
