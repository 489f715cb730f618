"""What a round of invitations says to one reader: of an item that they may not see, nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from diwan.councils.models import AgendaItem, Invitation, Meeting
from diwan.councils.policies import AGENDA, seats_of
from diwan.directory.public import authority_of
from diwan.kernel.policies import Actor, Confidentiality


def news_for(
    actor: Actor, meeting: Meeting, number: int, changed: Sequence[str]
) -> list[str] | None:
    """What of a round's news concerns the reader; None where nothing does.

    Whoever was not told before reads a plain invitation: there is no news for them, but all is new.
    """
    rounds = Invitation.objects.filter(meeting=meeting, number__in=[number - 1, number])
    found = {one.number: one.told for one in rounds}
    before, now = found.get(number - 1), found.get(number)
    if before is None or now is None or str(actor.user_id) not in before.get("people", ()):
        return []
    news = list(changed)
    if "agenda" in news and _read(actor, meeting, before) == _read(actor, meeting, now):
        news.remove("agenda")
    return news or None


def _read(actor: Actor, meeting: Meeting, told: Mapping[str, Any]) -> list[Any]:
    """The texts of an agenda as it was told, as far as the reader might read them."""
    items = AgendaItem.objects.filter(meeting=meeting)
    seen = {
        str(pk): level
        for pk, level in AGENDA.which(actor, "see", items).values_list("pk", "confidentiality")
    }
    return [
        one["text"]
        for one in told.get("agenda", ())
        if seen.get(one["id"]) == one["level"] or _read_then(actor, meeting, one)
    ]


def _read_then(actor: Actor, meeting: Meeting, one: Mapping[str, Any]) -> bool:
    """Whether the reader's seat, post or invitation let them read an item as it was then."""
    seats, body, level = seats_of(actor), meeting.body_id, one["level"]
    if body in seats.run or set(one["guests"]) & {str(pk) for pk in seats.memberships}:
        return True
    if level == Confidentiality.NAMED:
        return bool(set(one["posts"]) & {str(pk) for pk in authority_of(actor).post_ids})
    if body in seats.member or level == Confidentiality.PUBLIC:
        return True
    return level == Confidentiality.INTERNAL and meeting.body.unit.country in (
        authority_of(actor).countries | seats.countries
    )
