"""The desk of a head: thousands of things, counted by their rooms, of which a page is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import cached_property
from heapq import merge
from itertools import islice
from typing import overload
from uuid import UUID
from zoneinfo import ZoneInfo

from diwan.desk.rules.grouping import order_in
from diwan.desk.rules.week import Week, week_of
from diwan.directory.public import Role, authority_of, post_cards, without_holder
from diwan.kernel.countries import country
from diwan.kernel.errors import NotFound
from diwan.kernel.exchange import (
    Counted,
    DeskItem,
    DeskQuestion,
    EdgesOf,
    PostCount,
    Waiting,
    counted_desk,
)
from diwan.kernel.policies import Actor
from diwan.kernel.urgency import Edges, Group
from diwan.kernel.working import today_in, work_calendar

from .desks import Desk, Owner, laid

OWNERS_SHOWN = 25
FEW = 4
LISTED_UP_TO = 60
"""So many things of a room are read at once sooner than counted in several questions."""


@dataclass(frozen=True)
class UnitDesk:
    """What units and all below them owe: `listed` is laid out, `counted` are rooms that count."""

    actor: Actor
    unit_ids: frozenset[UUID]
    listed: Desk
    counted: Sequence[Counted]

    @property
    def late(self) -> int:
        """How many things are late."""
        return self.groups[Group.LATE]

    @property
    def week(self) -> int:
        """How many things are due this week and not late."""
        return self.groups[Group.WEEK]

    @property
    def total(self) -> int:
        """How many things there are, vacant posts included."""
        return sum(self.groups.values())

    @cached_property
    def arrived(self) -> int:
        """How many things have arrived since the last working day before today began."""
        return self.listed.arrived + sum(each.arrived() for each in self.counted)

    @cached_property
    def groups(self) -> Mapping[Group, int]:
        """How many things lie in each group; an item that stands for many counts as many."""
        counted = [each.groups() for each in self.counted]
        return {g: self.listed.count(g) + sum(each.get(g, 0) for each in counted) for g in Group}

    @property
    def own_week(self) -> Week:
        """The week of the reader's country."""
        return self.listed.own_week

    @property
    def vacant(self) -> Sequence[DeskItem]:
        """The posts that nobody holds."""
        return self.listed.waiting(Waiting.VACANT)

    @property
    def items(self) -> Sequence[DeskItem]:
        """All of it in the desk's order; only what is looked at is read."""
        return Items([Listed(self.listed.groups), *self.counted])

    @property
    def work(self) -> Sequence[DeskItem]:
        """The same without the vacant posts."""
        return Items([self._work(), *self.counted])

    def work_of(self, post_id: UUID) -> Sequence[DeskItem]:
        """What one post owes. Raises NotFound for a post with nothing on this desk."""
        if post_id not in self.posts and post_id not in {item.post_id for item in self.vacant}:
            raise NotFound
        counted = [each.of_post(post_id) for each in self.counted]
        return Items([self._work(post_id), *counted])

    def _work(self, post_id: UUID | None = None) -> Listed:
        def meant(item: DeskItem) -> bool:
            return item.waiting is not Waiting.VACANT and post_id in (None, item.post_id)

        groups = self.listed.groups.items()
        return Listed({group: [i for i in items if meant(i)] for group, items in groups})

    @cached_property
    def posts(self) -> Mapping[UUID, PostCount]:
        """How the duties of each post stand."""
        found: dict[UUID, PostCount] = {}
        for posts in (self._listed_posts(), *(each.posts() for each in self.counted)):
            for post_id, n in posts.items():
                known = found.get(post_id)
                found[post_id] = _added(known, n) if known else n
        return found

    def _listed_posts(self) -> Mapping[UUID, PostCount]:
        return {
            o.card.post_id: PostCount(o.card.unit_id, o.late, o.week, o.all)
            for o in self.listed.owners()
        }

    @property
    def all_owners(self) -> int:
        """How many posts owe anything."""
        return len(self.posts)

    def owners(self, most: int = OWNERS_SHOWN) -> list[Owner]:
        """The posts with the most late things, among these vacant ones before others."""
        posts, at = self.posts, self.actor.at
        chosen = _most_late(posts, most)
        if len(chosen) > FEW * most:  # of so many only those that are shown are read
            vacant = without_holder(chosen, at)
        else:
            vacant = {pk for pk, card in post_cards(chosen, at).items() if not card.holders}

        def order(pk: UUID) -> tuple[object, ...]:
            n = posts[pk]
            return -n.late, pk not in vacant, -n.week, -n.all, pk

        shown = sorted(chosen, key=order)[:most]
        cards = post_cards(shown, at)
        return [Owner(cards[pk], posts[pk].late, posts[pk].week, posts[pk].all) for pk in shown]

    def showing(self, items: Sequence[DeskItem], *, owners: int = 0) -> Desk:
        """A desk of some of the items alone.

        The cards of their posts are read with those of so many `owners` as will be asked for.
        """
        named = {item.post_id for item in items if item.post_id}
        most = _most_late(self.posts, owners) if owners else []
        if len(most) <= FEW * owners:
            named.update(most)
        post_cards(named, self.actor.at)
        return laid(self.actor, items)


def unit_desk(actor: Actor, *, unit_id: UUID | None = None) -> UnitDesk:
    """What the units that `actor` heads owe, and their vacant posts.

    `unit_id` asks for one of those units or one below them; any other raises NotFound.
    """
    authority = authority_of(actor)
    units = authority.units(Role.HEAD)
    if not units:
        raise NotFound
    if unit_id is not None and unit_id not in units:
        below = authority.below(Role.HEAD).filter(descendant_id=unit_id)
        if not below.exists():
            raise NotFound
    asked = frozenset({unit_id}) if unit_id else units
    question = DeskQuestion(actor=actor, at=actor.at, under_ids=asked)
    items, counted = counted_desk(question, edges_at(actor.at), few=LISTED_UP_TO)
    return UnitDesk(actor, asked, laid(actor, items), counted)


def edges_at(at: datetime) -> EdgesOf:
    """The edges of the groups at an instant, by the working days of each country."""

    def edges_of(code: str) -> Edges:
        week = week_of(work_calendar(code), today_in(code, at))
        zone = ZoneInfo(country(code).timezone)
        return Edges(
            until=week.until,
            new_from=datetime.combine(week.new_since, time(), zone),
            arrived_from=datetime.combine(week.yesterday, time(), zone),
        )

    return edges_of


def _added(one: PostCount, other: PostCount) -> PostCount:
    late, week = one.late + other.late, one.week + other.week
    return PostCount(one.unit_id, late, week, one.all + other.all)


def _most_late(posts: Mapping[UUID, PostCount], most: int) -> list[UUID]:
    """The `most` posts with the most late things, and all that have as many as the last of them."""
    ranked = sorted(posts, key=lambda pk: -posts[pk].late)
    if len(ranked) <= most:
        return ranked
    least = posts[ranked[most - 1]].late
    return [pk for pk in ranked if posts[pk].late >= least]


class Listed:
    """Items at hand, as a part of `Items`; each is one, whatever it stands for."""

    def __init__(self, laid_out: Mapping[Group, Sequence[DeskItem]]) -> None:
        self._laid = laid_out

    def groups(self) -> Mapping[Group, int]:
        """How many items lie in each group."""
        return {group: len(items) for group, items in self._laid.items()}

    def items(self, group: Group, start: int, stop: int) -> Sequence[DeskItem]:
        """The items of a group from one place to before another."""
        return self._laid[group][start:stop]


class Items(Sequence[DeskItem]):
    """The items of several parts in the desk's order, read slice by slice."""

    def __init__(self, parts: Sequence[Listed | Counted]) -> None:
        self._parts = parts

    @cached_property
    def _counts(self) -> list[Mapping[Group, int]]:
        return [part.groups() for part in self._parts]

    def __len__(self) -> int:
        return sum(sum(counts.values()) for counts in self._counts)

    @overload
    def __getitem__(self, index: int) -> DeskItem: ...
    @overload
    def __getitem__(self, index: slice) -> list[DeskItem]: ...
    def __getitem__(self, index: int | slice) -> DeskItem | list[DeskItem]:
        """The item at a place, or those of a slice of places one after another."""
        if isinstance(index, int):
            place = range(len(self))[index]
            return next(self._read(place, place + 1))
        start, stop, step = index.indices(len(self))
        return list(self._read(start, stop))[::step]

    def _read(self, start: int, stop: int) -> Iterator[DeskItem]:
        for group in Group:
            here = sum(counts.get(group, 0) for counts in self._counts)
            if start < here and stop > 0:
                yield from self._read_group(group, max(start, 0), min(stop, here))
            start, stop = start - here, stop - here

    def _read_group(self, group: Group, start: int, stop: int) -> Iterator[DeskItem]:
        filled = [
            part
            for part, counts in zip(self._parts, self._counts, strict=True)
            if counts.get(group, 0)
        ]
        if len(filled) == 1:
            return iter(filled[0].items(group, start, stop))
        order = order_in(group)
        # Where several rooms have something, what stands before the slice decides what is in it.
        each = [part.items(group, 0, stop) for part in filled]
        return islice(merge(*each, key=lambda i: (*order(i), i.ref.id)), start, stop)
