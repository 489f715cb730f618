"""Posts with what is known of them at an instant: where, for what, who holds them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from diwan.directory.constants import Role, roles_text
from diwan.directory.models import Holding, Post, PostVersion, Unit, UnitPath, UnitVersion
from diwan.directory.policies import (
    PostHistory,
    PostSpan,
    TextMap,
    head_posts_above,
    nearest,
    post_histories,
    posts_in,
)
from diwan.kernel.remembering import memory
from diwan.kernel.working import today_in

from .names import with_honorific

KIND_ORDER = {
    Holding.Kind.FULL.value: 0,
    Holding.Kind.ACTING.value: 1,
    Holding.Kind.DEPUTY.value: 2,
}


@dataclass(frozen=True)
class HolderCard:
    """Who holds a post: full, acting or as deputy; `until_at` None: still."""

    person_id: UUID
    name: TextMap
    kind: str
    until_at: datetime | None
    since_at: datetime | None = None
    holding_id: UUID | None = None


@dataclass(frozen=True)
class PostCard:
    """A post at an instant. `ended`: it (or its unit) was no more; `name` is then its last.

    `holders` are those at that instant, full holders first; none of them: the post was vacant.
    """

    post_id: UUID
    name: TextMap
    unit_id: UUID
    unit_name: TextMap
    roles: frozenset[str] = frozenset()
    seats: int | None = 1
    holders: tuple[HolderCard, ...] = ()
    country: str = ""
    ended: bool = False

    @property
    def vacant(self) -> bool:
        """True if it exists and nobody holds it."""
        return not self.ended and not self.holders


def post_cards(ids: Iterable[UUID], at: datetime) -> dict[UUID, PostCard]:
    """Cards of many posts at an instant in two questions, however many."""
    posts = post_histories(ids)
    holders = holders_of(posts, at)
    return {pk: _card(post, holders.get(pk, ()), at) for pk, post in posts.items()}


def _card(post: PostHistory, holders: Sequence[HolderCard], at: datetime) -> PostCard:
    day = today_in(post.country, at)
    last = nearest(post.spans, day) or PostSpan({}, None, None)
    unit = nearest(post.unit_spans, day)
    ended = post.on(day) is None
    return PostCard(
        post_id=post.post_id,
        name=last.name,
        unit_id=post.unit_id,
        unit_name=unit.name if unit else {},
        roles=last.roles,
        seats=last.seats,
        holders=() if ended else tuple(holders),
        country=post.country,
        ended=ended,
    )


def holders_of(post_ids: Iterable[UUID], at: datetime) -> dict[UUID, Sequence[HolderCard]]:
    """Who holds each post at an instant, full holders first, in one question."""
    wanted = set(post_ids)
    known = memory("directory.holders")
    known = {} if known is None else known
    missing = {pk for pk in wanted if (pk, at) not in known}
    if missing:
        found = _holders(missing, at)
        known.update({(pk, at): tuple(found.get(pk, ())) for pk in missing})
    return {pk: known[pk, at] for pk in wanted if known[pk, at]}


def remember_holders(asked: Mapping[datetime, Iterable[UUID]]) -> None:
    """Learn who held posts at several instants in one question; for a page that asks so later."""
    known = memory("directory.holders")
    if known is None:
        return
    missing = {at: {pk for pk in ids if (pk, at) not in known} for at, ids in asked.items()}
    missing = {at: ids for at, ids in missing.items() if ids}
    if not missing:
        return
    running = (Holding.objects.at(at).filter(post_id__in=ids) for at, ids in missing.items())
    found = _holder_cards(reduce(or_, running))
    for at, ids in missing.items():
        for pk in ids:
            known[pk, at] = tuple(card for card in found.get(pk, ()) if _held(card, at))


def _held(card: HolderCard, at: datetime) -> bool:
    begun = card.since_at is None or card.since_at <= at
    return begun and (card.until_at is None or card.until_at > at)


def _holders(post_ids: set[UUID], at: datetime) -> dict[UUID, list[HolderCard]]:
    return _holder_cards(Holding.objects.at(at).filter(post_id__in=post_ids))


def _holder_cards(holdings: QuerySet[Holding]) -> dict[UUID, list[HolderCard]]:
    rows = list(
        holdings.values_list(
            "post_id", "person_id", "person__name", "person__honorific", "kind", "until_at",
            "since_at", "pk",
        )
    )  # fmt: skip
    found: dict[UUID, list[HolderCard]] = defaultdict(list)
    for post_id, person_id, name, honorific, kind, until_at, since_at, pk in rows:
        shown = with_honorific(name, honorific)
        found[post_id].append(HolderCard(person_id, shown, kind, until_at, since_at, pk))
    return {pk: _full_first(cards) for pk, cards in found.items()}


def _full_first(cards: Iterable[HolderCard]) -> list[HolderCard]:
    return sorted(
        cards,
        key=lambda card: (
            KIND_ORDER[card.kind],
            card.since_at is not None,
            card.since_at,
            card.holding_id,
        ),
    )


def keep_holders(post_id: UUID, rows: Iterable[Holding], at: datetime) -> None:
    """Remember who holds a post at an instant, out of all its holdings with their persons."""
    known = memory("directory.holders")
    if known is None:
        return
    running = [
        HolderCard(
            person_id=row.person_id,
            name=with_honorific(row.person.name, row.person.honorific),
            kind=row.kind,
            until_at=row.until_at,
            since_at=row.since_at,
            holding_id=row.pk,
        )
        for row in rows
        if row.superseded_at is None
        and (row.since_at is None or row.since_at <= at)
        and (row.until_at is None or row.until_at > at)
    ]
    known[post_id, at] = tuple(_full_first(running))


def heads_of(unit_ids: Iterable[UUID], at: datetime) -> dict[UUID, list[UUID]]:
    """Posts with the role head in each of the units, that exist at the instant."""
    wanted = set(unit_ids)
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for country, units in _by_country(wanted).items():
        day = today_in(country, at)
        heads = PostVersion.objects.as_of(day).filter(roles__contains=roles_text([Role.HEAD]))
        alive = UnitVersion.objects.as_of(day).filter(unit_id__in=units).values("unit_id")
        posts = Post.objects.filter(unit_id__in=alive, pk__in=heads.values("post_id"))
        for pk, unit_id in posts.order_by("id").values_list("pk", "unit_id"):
            found[unit_id].append(pk)
    return dict(found)


def _by_country(unit_ids: set[UUID]) -> dict[str, list[UUID]]:
    found: dict[str, list[UUID]] = defaultdict(list)
    for pk, country in Unit.objects.filter(pk__in=unit_ids).values_list("pk", "country"):
        found[country].append(pk)
    return found


def head_above(unit_id: UUID, at: datetime, *, country: str = "") -> UUID | None:
    """The nearest post with the role head from the unit upward, None if there is none.

    One question where the unit's country is known, two where it is not.
    """
    if not country:
        rows = Unit.objects.filter(pk=unit_id).values_list("country", flat=True)
        country = rows.first() or ""
    if not country:
        return None
    return next(iter(head_posts_above(unit_id, today_in(country, at))), None)


def heads_above(unit_id: UUID, at: datetime, *, country: str) -> list[UUID]:
    """Posts with the role head from the unit upward, the nearest first; one question."""
    return head_posts_above(unit_id, today_in(country, at))


def posts_of_units(unit_ids: Iterable[UUID], day: date) -> list[UUID]:
    """Posts that existed in those units on `day`, heads first, then in order of making."""
    rows = PostVersion.objects.as_of(day).filter(
        post__unit_id__in=UnitVersion.objects.as_of(day)
        .filter(unit_id__in=list(unit_ids))
        .values("unit_id")
    )
    found = [(Role.HEAD not in row.role_set, row.post_id) for row in rows]
    return [pk for _not_head, pk in sorted(found)]


def cards_of_units(unit_ids: Iterable[UUID], at: datetime, day: date) -> dict[UUID, PostCard]:
    """Cards of the posts that existed in those units on `day`, in the order of `posts_of_units`.

    In two questions, for the few units of a page; `at` lies within `day`.
    """
    posts = {pk: post for pk, post in posts_in(unit_ids).items() if post.on(day) is not None}
    holders = holders_of(posts, at)
    cards = [_card(post, holders.get(pk, ()), at) for pk, post in posts.items()]
    heads_first = sorted(cards, key=lambda card: (Role.HEAD not in card.roles, card.post_id))
    return {card.post_id: card for card in heads_first}


def vacant_posts(unit_ids: Iterable[UUID], at: datetime, day: date) -> list[PostCard]:
    """Posts in those units or below that exist on `day` and that nobody holds at the instant."""
    units = UnitPath.objects.on(day).filter(ancestor_id__in=list(unit_ids))
    return posts_vacant_in(units.values_list("descendant_id", flat=True), at, day)


def posts_vacant_in(unit_ids: Iterable[UUID], at: datetime, day: date) -> list[PostCard]:
    """The same in those units alone, not below them."""
    cards = post_cards(vacant_post_ids(unit_ids, at, day), at).values()
    return sorted((card for card in cards if card.vacant), key=lambda card: card.post_id)


def vacant_post_ids(unit_ids: Iterable[UUID], at: datetime, day: date) -> list[UUID]:
    """Identifiers of the vacant posts in those units alone, in one question, in order of making."""
    held = Holding.objects.at(at).filter(post_id=OuterRef("post_id"))
    alive = UnitVersion.objects.as_of(day).filter(unit_id__in=set(unit_ids)).values("unit_id")
    rows = PostVersion.objects.as_of(day).filter(~Exists(held), post__unit_id__in=alive)
    return sorted(rows.values_list("post_id", flat=True))


@dataclass(frozen=True)
class Staffing:
    """Seats of some units on a day. `seats` counts posts with a fixed number of seats alone.

    `posts` and `vacant` count posts; `holders` counts those who hold one fully or as acting.
    """

    posts: int = 0
    seats: int = 0
    filled: int = 0
    vacant: int = 0
    holders: int = 0


def staffing(unit_ids: Iterable[UUID], at: datetime, day: date) -> Staffing:
    """How the posts of those units (not of those below) are staffed."""
    return staffing_of(post_cards(posts_of_units(unit_ids, day), at).values())


def staffing_of(cards: Collection[PostCard]) -> Staffing:
    """The same of posts at hand."""
    counts = {
        card.post_id: sum(holder.kind != Holding.Kind.DEPUTY for holder in card.holders)
        for card in cards
    }
    fixed = [card for card in cards if card.seats is not None]
    return Staffing(
        posts=len(cards),
        seats=sum(card.seats or 0 for card in fixed),
        filled=sum(min(counts[card.post_id], card.seats or 0) for card in fixed),
        vacant=sum(card.vacant for card in cards),
        holders=sum(counts.values()),
    )
