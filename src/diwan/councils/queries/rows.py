"""What the pages' rows say of resolutions and posts, asked for a whole page at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Min, Q

from diwan.councils.models import Action, Resolution
from diwan.councils.rules import late
from diwan.councils.rules.life import OWED, SETTLED, State
from diwan.directory.public import (
    PostCard,
    PostPattern,
    Role,
    UnitVersion,
    post_cards,
)
from diwan.kernel.policies import Actor
from diwan.kernel.working import today_in

from .lateness import clock_of
from .register import Progress, progress_of, visible_actions


@dataclass(frozen=True)
class Owners:
    """Who owes the actions of a resolution: one post, or so many; `pattern` if they are alike."""

    count: int = 0
    first: PostCard | None = None
    pattern: Mapping[str, str] = field(default_factory=dict)
    nobody: bool = False


@dataclass(frozen=True)
class Row:
    """A resolution in the register. `due` is the earliest day that is still owed."""

    resolution: Resolution
    progress: Progress
    owners: Owners
    due: date | None
    late_days: int


def rows_of(actor: Actor, resolutions: Sequence[Resolution]) -> list[Row]:
    """A page of the register, in its order; the questions do not grow with its rows."""
    ids = [resolution.pk for resolution in resolutions]
    progress = progress_of(actor, ids)
    owners = _owners(actor, ids)
    wholes = visible_actions(actor).filter(resolution_id__in=ids, parent__isnull=True).order_by()
    owed = wholes.filter(state__in=OWED, due__isnull=False).values_list("resolution_id")
    earliest: dict[UUID, date | None] = dict(owed.annotate(first=Min("due")))
    clock = clock_of(actor)
    rows = []
    for resolution in resolutions:
        due = earliest.get(resolution.pk)
        country = resolution.body.unit.country
        days = late.late_days(State.OPEN, due, today=clock.today(country), work=clock.work(country))
        rows.append(
            Row(
                resolution,
                progress[resolution.pk],
                owners.get(resolution.pk, Owners()),
                due,
                days,
            )
        )
    return rows


def _owners(actor: Actor, resolution_ids: Iterable[UUID]) -> dict[UUID, Owners]:
    """Who owes, or owed, what of these resolutions; the posts of parts are left out."""
    named: dict[UUID, dict[UUID | None, UUID | None]] = defaultdict(dict)
    wholes = visible_actions(actor).filter(
        resolution_id__in=list(resolution_ids), parent__isnull=True
    )
    # What was settled without ever having an owner asks for none any more.
    found = wholes.exclude(owner=None, state__in=SETTLED).order_by("position")
    for resolution_id, owner_id, pattern_id in found.values_list(
        "resolution_id", "owner_id", "owner__pattern_id"
    ):
        named[resolution_id].setdefault(owner_id, pattern_id)
    firsts = [next((pk for pk in posts if pk), None) for posts in named.values()]
    cards = post_cards([pk for pk in firsts if pk], actor.at)
    patterns = PostPattern.objects.in_bulk(
        [pattern for posts in named.values() for pattern in posts.values() if pattern]
    )
    return {pk: _owners_of(posts, cards, patterns) for pk, posts in named.items()}


def _owners_of(
    posts: Mapping[UUID | None, UUID | None],
    cards: Mapping[UUID, PostCard],
    patterns: Mapping[UUID, PostPattern],
) -> Owners:
    owners = [pk for pk in posts if pk is not None]
    alike = {posts[pk] for pk in owners}
    shared = alike.pop() if len(alike) == 1 else None
    pattern = patterns.get(shared) if shared else None
    return Owners(
        count=len(owners),
        first=cards.get(owners[0]) if owners else None,
        pattern=dict(pattern.name) if pattern and len(owners) > 1 else {},
        nobody=None in posts,
    )


def heads_directly_below(action: Action, cards: Iterable[PostCard], actor: Actor) -> list[PostCard]:
    """Of these posts the heads of the units that stand directly below the owner's."""
    if action.owner is None:
        return []
    day = today_in(action.resolution.body.unit.country, actor.at)
    rows = UnitVersion.objects.as_of(day).filter(parent_id=action.owner.unit_id)
    below = set(rows.values_list("unit_id", flat=True))
    return [card for card in cards if card.unit_id in below and Role.HEAD in card.roles]


def waiting_for_word(actor: Actor, meeting_id: UUID) -> list[Action]:
    """The unconfirmed actions of a meeting that the actor may see, in the record's order."""
    rows = visible_actions(actor).filter(
        Q(resolution__meeting_id=meeting_id), state=State.UNCONFIRMED
    )
    return list(
        rows.select_related("resolution", "unit").order_by(
            "resolution__position", "position", "key"
        )
    )
