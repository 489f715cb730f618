"""What the pages' rows say of resolutions and posts, asked for a whole page at once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Min, Q

from diwan.councils.models import Action, Resolution
from diwan.councils.rules import late
from diwan.councils.rules.life import OWED, SETTLED, State
from diwan.directory.public import (
    PostCard,
    Role,
    UnitVersion,
    post_cards,
)
from diwan.kernel.policies import Actor
from diwan.kernel.working import today_in

from .carrying import Carried, carried_of
from .escalations import up_now
from .lateness import clock_of
from .register import Progress, Standing, added, counts, tally, visible_actions


@dataclass(frozen=True)
class Owners:
    """Who owes the actions of a resolution: one post, or so many; `pattern` if they are alike."""

    count: int = 0
    first: PostCard | None = None
    pattern: Mapping[str, str] = field(default_factory=dict)
    nobody: bool = False


@dataclass(frozen=True)
class Row:
    """A resolution in the register. `due` is the earliest day that is still owed.

    `carried` says how the linked records stand that carry it out, where any does; `came_up` how
    many of its late actions went up to a head.
    """

    resolution: Resolution
    progress: Progress
    owners: Owners
    due: date | None
    late_days: int
    carried: Carried | None = None
    came_up: int = 0

    @property
    def standing(self) -> Standing:
        """The one word for it: by its actions, and by what carries it out."""
        own = self.progress.standing
        if self.carried is None or own not in (Standing.NOTHING, Standing.DONE):
            return own
        return Standing.DONE if self.carried.done else Standing.OPEN


OWNER = ("owner_id", "owner__pattern_id", "owner__pattern__name")


def rows_of(actor: Actor, resolutions: Sequence[Resolution]) -> list[Row]:
    """A page of the register, in its order; the questions do not grow with its rows."""
    ids = [resolution.pk for resolution in resolutions]
    wholes = visible_actions(actor).filter(resolution_id__in=ids, parent__isnull=True)
    by_owner = wholes.order_by().values("resolution_id", *OWNER)
    # What was settled without ever having an owner asks for none any more.
    named = Min("position", filter=Q(owner__isnull=False) | ~Q(state__in=SETTLED))
    first_due = Min("due", filter=Q(state__in=OWED))
    up = Count("pk", filter=Exists(up_now("pk")))
    found = list(by_owner.annotate(named=named, first_due=first_due, up=up, **counts(actor)))
    owing = (row for row in found if row["named"] is not None)
    owners = _owners(actor, sorted(owing, key=itemgetter("named")))
    stand: dict[UUID, list[Progress]] = defaultdict(list)
    due: dict[UUID, date] = {}
    came_up: Counter[UUID] = Counter()
    for row in found:
        pk = row["resolution_id"]
        stand[pk].append(Progress(**{each.name: row[each.name] for each in fields(Progress)}))
        came_up[pk] += row["up"]
        if row["first_due"] is not None:
            due[pk] = min(row["first_due"], due.get(pk, date.max))
    carried = carried_of(actor, resolutions)
    rows = [
        _row(actor, one, owners.get(one.pk), due.get(one.pk), added(stand[one.pk]))
        for one in resolutions
    ]
    return [
        replace(row, carried=carried.get(row.resolution.pk), came_up=came_up[row.resolution.pk])
        for row in rows
    ]


def rows_from(
    actor: Actor, resolutions: Sequence[Resolution], actions: Mapping[UUID, Sequence[Action]]
) -> list[Row]:
    """The same where all actions that the actor may see are at hand, by resolution.

    Actions should come with their owner's pattern and a resolution that knows its body.
    """
    wholes = {
        pk: [action for action in found if action.parent_id is None]
        for pk, found in actions.items()
    }
    named = [
        {
            "resolution_id": pk,
            "owner_id": action.owner_id,
            "owner__pattern_id": action.owner.pattern_id if action.owner else None,
            "owner__pattern__name": _pattern_name(action),
        }
        for pk, found in wholes.items()
        for action in sorted(found, key=lambda action: action.position)
        if action.owner_id is not None or action.state not in SETTLED
    ]
    owners = _owners(actor, named)
    clock = clock_of(actor)
    rows = []
    for one in resolutions:
        found = wholes.get(one.pk, [])
        owed = [action.due for action in found if action.due and action.state in OWED]
        due = min(owed, default=None)
        rows.append(_row(actor, one, owners.get(one.pk), due, tally(found, clock)))
    return rows


def _pattern_name(action: Action) -> Mapping[str, str]:
    pattern = action.owner.pattern if action.owner else None
    return pattern.name if pattern else {}


def _row(
    actor: Actor,
    resolution: Resolution,
    owners: Owners | None,
    due: date | None,
    progress: Progress,
) -> Row:
    clock, country = clock_of(actor), resolution.body.unit.country
    days = late.late_days(State.OPEN, due, today=clock.today(country), work=clock.work(country))
    return Row(resolution, progress, owners or Owners(), due, days)


def _owners(actor: Actor, rows: Iterable[Mapping[str, Any]]) -> dict[UUID, Owners]:
    """Who owes, or owed, what of some resolutions, the first to come first."""
    named: dict[UUID, dict[UUID | None, tuple[UUID | None, Mapping[str, str]]]] = defaultdict(dict)
    for row in rows:
        pattern = (row["owner__pattern_id"], row["owner__pattern__name"] or {})
        named[row["resolution_id"]].setdefault(row["owner_id"], pattern)
    firsts = [next((pk for pk in posts if pk), None) for posts in named.values()]
    cards = post_cards([pk for pk in firsts if pk], actor.at)
    return {pk: _owners_of(posts, cards) for pk, posts in named.items()}


def _owners_of(
    posts: Mapping[UUID | None, tuple[UUID | None, Mapping[str, str]]],
    cards: Mapping[UUID, PostCard],
) -> Owners:
    owners = [pk for pk in posts if pk is not None]
    alike = {posts[pk][0] for pk in owners}
    shared = posts[owners[0]][1] if len(alike) == 1 and None not in alike else {}
    return Owners(
        count=len(owners),
        first=cards.get(owners[0]) if owners else None,
        pattern=dict(shared) if len(owners) > 1 else {},
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
