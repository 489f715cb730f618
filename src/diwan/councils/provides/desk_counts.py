"""What posts owe, counted and paged by the database: for desks too long to be listed.

The same things that `desk.duties` lists, in the same groups and the same order. An action's
country is that of its register, as its body's unit is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, reduce
from operator import or_
from typing import NamedTuple, TypeVar
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from diwan.councils.models import Action
from diwan.councils.queries.lateness import ELSEWHERE, Clock
from diwan.councils.rules import late
from diwan.councils.rules.life import State
from diwan.kernel.exchange import DeskItem, DeskQuestion, EdgesOf, PostCount
from diwan.kernel.urgency import Edges, Group
from diwan.kernel.working import every_calendar

from .desk import duty_items, how_often_redated, owed_for

R = TypeVar("R")


class Place(NamedTuple):
    """Where actions lie that are counted together: register and its country, owner's, due day."""

    register: UUID
    country: str
    owners: str
    due: date | None


class Numbers(NamedTuple):
    """How many actions lie at a place: all, those that arrived lately, those since yesterday."""

    all: int
    lately: int
    yesterday: int


@dataclass
class Level:
    """Actions of one group that the order tells apart by nothing but what each was through."""

    count: int = 0
    places: list[Place] = field(default_factory=list)


def count_duties(question: DeskQuestion, edges_of: EdgesOf) -> CountedDuties:
    """The counter of `duties`."""
    return CountedDuties(owed_for(question), Clock(question.at), edges_of)


class CountedDuties:
    """The duties of one question. What is due when is counted once, and all else built on it."""

    def __init__(self, rows: QuerySet[Action], clock: Clock, edges_of: EdgesOf) -> None:
        self._clock = clock
        self._edges_of = edges_of
        self._rows = rows.order_by()

    def of_post(self, post_id: UUID) -> CountedDuties:
        """The same of what one post owes alone."""
        return CountedDuties(self._rows.filter(owner=post_id), self._clock, self._edges_of)

    def groups(self) -> Mapping[Group, int]:
        """How many actions lie in each group."""
        levels = {g: sum(level.count for level in self._levels[g].values()) for g in Group}
        return levels | {Group.NEW: sum(map(self._new_at, self._spread))}

    def posts(self) -> Mapping[UUID, PostCount]:
        """How each post's actions stand."""
        if not self._spread:
            return {}
        rows = self._rows.values_list("owner_id", "owner__unit_id").annotate(
            late=Count("owner", filter=self._late),
            soon=Count("owner", filter=self._soon),
            n=Count("owner"),
        )
        # Whatever is late was due before this week ended.
        return {
            pk: PostCount(unit_id, n_late, soon - n_late, n)
            for pk, unit_id, n_late, soon, n in _joined(rows)
        }

    def arrived(self) -> int:
        """How many actions have arrived since the last working day before today began."""
        return sum(numbers.yesterday for numbers in self._spread.values())

    def items(self, group: Group, start: int, stop: int) -> Sequence[DeskItem]:
        """The actions of a group from one place to before another."""
        if group in (Group.NEW, Group.UNDATED):
            return self._by_arrival(group, start, stop)
        return self._by_due(group, start, stop)

    @cached_property
    def _spread(self) -> dict[Place, Numbers]:
        """How many actions lie at each place; a few hundred days, however many actions."""
        names = ("register_id", "register__country", "owner__unit__country", "due")
        found = self._rows.values_list(*names).annotate(
            n=Count("owner"),
            lately=Count("owner", filter=self._lately),
            yesterday=Count(
                "owner", filter=self._each(lambda e: Q(arrived_at__gte=e.arrived_from))
            ),
        )
        return {Place(*row[:4]): Numbers(*row[4:]) for row in _joined(found)}

    def _new_at(self, place: Place) -> int:
        """How many are new: of what is neither late nor due this week what arrived lately."""
        later = self._group_of(place)[0] in (Group.LATER, Group.UNDATED)
        return self._spread[place].lately if later else 0

    @cached_property
    def _levels(self) -> dict[Group, dict[int, Level]]:
        """The groups but for what is new, by what they are sorted by first."""
        levels: dict[Group, dict[int, Level]] = {g: defaultdict(Level) for g in Group}
        for place, numbers in self._spread.items():
            group, key = self._group_of(place)
            old = numbers.all - self._new_at(place)
            if old:
                level = levels[group][key]
                level.count += old
                level.places.append(place)
        return levels

    def _group_of(self, place: Place) -> tuple[Group, int]:
        """Group of what isn't new, and the first thing it is sorted by there."""
        if place.due is None:
            return Group.UNDATED, 0
        today, work = self._clock.today(place.country), self._clock.work(place.country)
        days = late.late_days(State.OPEN, place.due, today=today, work=work)
        if days:
            return Group.LATE, -days
        soon = place.due < self._edges.get(place.owners, self._edges[ELSEWHERE]).until
        return Group.WEEK if soon else Group.LATER, place.due.toordinal()

    @cached_property
    def _edges(self) -> dict[str, Edges]:
        """The edges of each country, and of all that have no row of their own."""
        return {code: self._edges_of(code) for code in (*sorted(every_calendar()), ELSEWHERE)}

    def _each(self, condition: Callable[[Edges], Q]) -> Q:
        """A condition by where the owner is; where all have the same, nobody asks where."""
        by_code = {code: condition(edges) for code, edges in self._edges.items()}
        if len(set(by_code.values())) == 1:
            return by_code[ELSEWHERE]
        where, elsewhere = "owner__unit__country", by_code.pop(ELSEWHERE)
        there = ~Q(**{f"{where}__in": sorted(by_code)}) & elsewhere
        return reduce(or_, (Q(**{where: code}) & q for code, q in by_code.items()), there)

    @cached_property
    def _late(self) -> Q:
        clock, registers = self._clock, {(p.register, p.country) for p in self._spread}
        days: dict[date, list[UUID]] = defaultdict(list)
        for register, code in registers:
            days[clock.work(code).late_before(clock.today(code))].append(register)
        if len(days) == 1:
            return Q(due__lt=next(iter(days)))
        each = (Q(register_id__in=sorted(ids), due__lt=day) for day, ids in days.items())
        return reduce(or_, each)

    @cached_property
    def _soon(self) -> Q:
        return self._each(lambda edges: Q(due__lt=edges.until))

    @cached_property
    def _lately(self) -> Q:
        """Whatever arrived lately; it is new where it is not due soon."""
        return self._each(lambda edges: Q(arrived_at__gte=edges.new_from))

    def _by_arrival(self, group: Group, start: int, stop: int) -> list[DeskItem]:
        """Things that are sorted by when they came."""
        rows, no_date = self._rows, Q(due__isnull=True)
        if group is Group.NEW:
            later = self._each(lambda edges: Q(due__gte=edges.until))
            rows = rows.filter(self._lately, no_date | later)
            rows = rows.order_by("-arrived_at", F("due").asc(nulls_last=True), "pk")
        else:
            rows = rows.filter(no_date).exclude(self._lately).order_by("arrived_at", "pk")
        return self._loaded(list(rows.values_list("pk", flat=True)[start:stop]))

    def _by_due(self, group: Group, start: int, stop: int) -> list[DeskItem]:
        """Things that are sorted by their day: read are the days that the page touches."""
        touched, before = _touched(self._levels[group], start, stop)
        if not touched:
            return []
        keys = {place: key for key, level in touched for place in level.places}
        rows = self._rows.filter(_at(keys))
        if group is Group.LATER:
            rows = rows.exclude(self._lately)
        columns = rows.annotate(redated=how_often_redated()).values_list(
            "pk", "redated", "arrived_at", *("register_id", "register__country"),
            "owner__unit__country", "due",
        )  # fmt: skip
        found = sorted(
            (keys[place], -redated, place.due, arrived, pk)
            for pk, redated, arrived, *where in columns
            if (place := Place(*where)) in keys
        )
        return self._loaded([row[-1] for row in found[start - before : stop - before]])

    def _loaded(self, ids: Sequence[UUID]) -> list[DeskItem]:
        found = {i.ref.id: i for i in duty_items(Action.objects.filter(pk__in=ids), self._clock)}
        return [found[pk] for pk in ids if pk in found]


def _joined(rows: QuerySet[Action, R]) -> QuerySet[Action, R]:
    """The same rows; conditions within counts make joins outer, which bind SQLite's hands."""
    return rows.filter(owner__unit__country__isnull=False)


def _touched(
    levels: Mapping[int, Level], start: int, stop: int
) -> tuple[list[tuple[int, Level]], int]:
    """The levels in which places `start` to before `stop` lie, and how many lie before these."""
    touched: list[tuple[int, Level]] = []
    passed = before = 0
    for key in sorted(levels):
        count = levels[key].count
        if passed < stop and passed + count > start:
            if not touched:
                before = passed
            touched.append((key, levels[key]))
        passed += count
    return touched, before


def _at(places: Iterable[Place]) -> Q:
    """Actions at any of the places, and perhaps others of the same days."""
    days: dict[UUID, set[date]] = defaultdict(set)
    for place in places:
        if place.due is not None:
            days[place.register].add(place.due)
    each = (Q(register_id=pk, due__in=sorted(found)) for pk, found in days.items())
    return reduce(or_, each)
