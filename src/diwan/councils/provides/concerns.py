"""Whom actions and meetings concern, and what is done to them means to those."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import QuerySet

from diwan.councils.constants import ACTION, MEETING
from diwan.councils.models import Action, Meeting
from diwan.councils.policies import concerning_actions, served_ids
from diwan.kernel.exchange import Change, Concern, declare_concern
from diwan.kernel.policies import Actor

CHANGES: Mapping[str, Change] = {
    "add": Change.NEW,
    "confirm": Change.NEW,
    "assign": Change.NEW,
    "pass_down": Change.NEW,
    "reassign": Change.NEW,
    "reopen": Change.NEW,
    "grant_date": Change.ANSWER,
    "refuse_date": Change.ANSWER,
    "return": Change.ANSWER,
    "close": Change.ANSWER,
    "re_date": Change.MOVED,
    "report": Change.REPORT,
    "ask_date": Change.REPORT,
}


def declare_concerns() -> None:
    """Declare both kinds."""
    declare_concern(Concern(ACTION, _actions, CHANGES))
    declare_concern(Concern(MEETING, _meetings))


def _actions(actor: Actor) -> list[QuerySet[Action]]:
    """Owed by one's posts or below one as head, or of the bodies one serves as a secretary."""
    return [Action.objects.filter(reason) for reason in concerning_actions(actor)]


def _meetings(actor: Actor) -> list[QuerySet[Meeting]]:
    """Meetings of the bodies one serves; what members may read of theirs differs by meeting."""
    served = served_ids(actor)
    return [Meeting.objects.filter(body__in=served)] if served else []
