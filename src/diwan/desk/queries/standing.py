"""Who I am here: the posts I hold, until when, and whether I have any standing at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from diwan.directory.public import HolderCard, PostCard, authority_of, post_cards
from diwan.kernel.policies import Actor


@dataclass(frozen=True)
class HeldPost:
    """A post that the actor holds, and how."""

    card: PostCard
    kind: str
    until_at: datetime | None
    chosen: bool


def held_posts(actor: Actor) -> list[HeldPost]:
    """The posts that `actor` holds at `actor.at`, the chosen one first, then by name."""
    authority = authority_of(actor)
    cards = post_cards(authority.post_ids, actor.at)
    mine = [
        HeldPost(card, holder.kind, holder.until_at, post_id == actor.post_id)
        for post_id, card in cards.items()
        for holder in _own(card, authority.person_id)
    ]
    return sorted(mine, key=lambda held: (not held.chosen, _name(held.card.name)))


def _own(card: PostCard, person_id: object) -> list[HolderCard]:
    return [holder for holder in card.holders if holder.person_id == person_id][:1]


def _name(texts: Mapping[str, str]) -> str:
    return " ".join(texts.values())
