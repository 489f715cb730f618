"""How the room's records are found by words; policies asked, the latest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from django.db.models import F, Model, QuerySet

from diwan.councils.models import Action, Body, Meeting, Resolution
from diwan.councils.policies import ACTIONS, BODIES, MEETINGS, RESOLUTIONS
from diwan.kernel.exchange import Card
from diwan.kernel.policies import Actor

from .subjects import action_card, body_card, meeting_card, resolution_card

M = TypeVar("M", bound=Model)
LATEST = F("meeting__date").desc(nulls_last=True)


def find_bodies(tokens: Sequence[str], actor: Actor, limit: int) -> list[Card]:
    """Bodies whose name, code or mandate has all the words."""
    rows = BODIES.which(actor, "see", _with(Body.objects.all(), tokens))
    return [body_card(body, actor) for body in rows.order_by("key")[:limit]]


def find_meetings(tokens: Sequence[str], actor: Actor, limit: int) -> list[Card]:
    """Meetings whose number, place or body has all the words."""
    rows = MEETINGS.which(actor, "see", _with(Meeting.objects.select_related("body"), tokens))
    latest = rows.order_by(F("date").desc(nulls_last=True), "key")
    return [meeting_card(meeting) for meeting in latest[:limit]]


def find_resolutions(tokens: Sequence[str], actor: Actor, limit: int) -> list[Card]:
    """Resolutions whose number or text has all the words."""
    rows = RESOLUTIONS.which(actor, "see", _with(Resolution.objects.all(), tokens))
    return [resolution_card(row) for row in rows.order_by(LATEST, "key")[:limit]]


def find_actions(tokens: Sequence[str], actor: Actor, limit: int) -> list[Card]:
    """Actions whose text has all the words; what is still owed comes first."""
    rows = _with(Action.objects.select_related("resolution"), tokens)
    latest = ACTIONS.which(actor, "see", rows).order_by(
        F("closed_at").asc(nulls_first=True), "-arrived_at", "key"
    )
    return [action_card(action) for action in latest[:limit]]


def _with(rows: QuerySet[M], tokens: Sequence[str]) -> QuerySet[M]:
    for token in tokens:
        rows = rows.filter(search__contains=token)
    return rows
