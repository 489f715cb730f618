"""A head's desk, counted and paged by the database, says what the plain list of its items says."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from diwan.councils.tests.factories import (
    ActionFactory,
    BodyFactory,
    DateRequestFactory,
    ResolutionFactory,
    resolution_of,
)
from diwan.desk.queries import UnitDesk, unit_desk, units
from diwan.desk.queries.desks import Desk, laid
from diwan.desk.queries.units import Items, edges_at
from diwan.directory.models import Holding, Unit
from diwan.directory.public import Role, authority_of, below
from diwan.directory.tests.factories import (
    HoldingFactory,
    PostFactory,
    RegisterFactory,
    Staff,
    UnitFactory,
    staff,
)
from diwan.kernel import exchange
from diwan.kernel.exchange import DeskQuestion, Waiting
from diwan.kernel.models import DeclaredHoliday
from diwan.kernel.policies import Actor
from diwan.kernel.urgency import Group

pytestmark = pytest.mark.django_db
# A Saturday: a working day in Iran, not in Egypt; and a Friday before midnight in both.
INSTANTS = (datetime(2026, 11, 21, 6, tzinfo=UTC), datetime(2026, 11, 20, 20, 45, tzinfo=UTC))
STATES = ("open", "open", "doing", "doing", "done", "closed", "unconfirmed")


@pytest.fixture(autouse=True)
def _however_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small houses are counted here as large ones are."""
    monkeypatch.setattr(units, "LISTED_UP_TO", 0)


class House:
    """A head over units of two countries, posts of every kind there, and a desk full of duties."""

    def __init__(self, seed: int, at: datetime) -> None:
        self.random = random.Random(seed)
        self.at = at
        self.iran: Unit = UnitFactory.create()
        register = RegisterFactory.create(country="EG", language="ar")
        self.head: Staff = staff(self.iran, "head")
        inside = UnitFactory.create(parent=self.iran)
        egypt = UnitFactory.create(parent=inside, register=register)
        self.units = [self.iran, inside, egypt, UnitFactory.create(parent=egypt)]
        self.beside = UnitFactory.create(register=self.iran.register)
        staff(inside, "head", user=self.head.user)  # a unit below another one headed
        self.owners = [self._owner(unit) for unit in (*self.units, *self.units, self.beside)]
        self.bodies = [
            BodyFactory.create(unit=unit, confidentiality=degree)
            for unit, degree in ((self.iran, "body"), (egypt, "internal"), (self.beside, "body"))
        ]
        for day in (17, 18):  # so that due days differ and lateness does not
            DeclaredHoliday.objects.create(
                country="IR", day=f"2026-11-{day}", status="declared", name={}
            )
        for _ in range(self.random.randint(30, 60)):
            self._duty()

    def _owner(self, unit: Unit) -> Any:
        post = PostFactory.create(unit=unit)
        kind = self.random.choice(("full", "deputy", "gone", "none"))
        if kind != "none":
            kinds = {"deputy": Holding.Kind.DEPUTY}
            HoldingFactory.create(
                post=post,
                kind=kinds.get(kind, Holding.Kind.FULL),
                since_at=self.at - timedelta(days=9),
                until_at=self.at + timedelta(days=-1 if kind == "gone" else 9),
            )
        return post

    def _duty(self) -> None:
        pick = self.random
        level = pick.choice(("internal", "body", "named"))
        made = resolution_of(pick.choice(self.bodies), confidentiality=level)
        days = pick.choice((None, *range(-14, 12)))
        action = ActionFactory.create(
            resolution=made,
            owner=pick.choice(self.owners),
            state=pick.choice(STATES),
            due=None if days is None else self.at.date() + timedelta(days=days),
            arrived_at=self.at - timedelta(hours=pick.choice((1, 9, 30, 60, 90, 120, 500))),
        )
        for _ in range(pick.choice((0, 0, 0, 1, 2))):
            state = pick.choice(("granted", "refused"))
            DateRequestFactory.create(action=action, state=state)


def plain(actor: Actor, tops: frozenset[UUID]) -> Desk:
    """The same desk laid out from every item there is."""
    ids = {row["descendant_id"] for row in below(tops, authority_of(actor).day)}
    asked = DeskQuestion(actor=actor, at=actor.at, unit_ids=frozenset(ids))
    return laid(actor, exchange.desk_items(asked))


def same(desk: UnitDesk, whole: Desk) -> None:
    """Numbers, owners and every page are alike."""
    assert {g: desk.groups[g] for g in Group} == {g: whole.count(g) for g in Group}
    assert (desk.late, desk.week) == (whole.late, whole.week)
    assert (desk.total, desk.arrived) == (whole.total, whole.arrived)
    ids = [item.ref.id for item in whole.items]
    assert [item.ref.id for item in desk.items] == ids
    work = [item for item in whole.items if item.waiting is not Waiting.VACANT]
    assert len(desk.work) == len(work)
    for start in range(0, len(work) + 3, 3):
        shown = desk.showing(desk.work[start : start + 3])
        expected = work[start : start + 3]
        assert list(shown.items) == expected
    owed = {o.card.post_id: (o.late, o.week, o.all, o.vacant) for o in whole.owners()}
    for most in (1, 3, 25):
        owners = desk.owners(most)
        found = [(o.late, o.vacant, o.week, o.all) for o in owners]
        everyone = [(o.late, o.vacant, o.week, o.all) for o in whole.owners()]
        assert found == everyone[:most]
        assert all(owed[o.card.post_id] == (o.late, o.week, o.all, o.vacant) for o in owners)
    assert desk.all_owners == len(owed)


@pytest.mark.parametrize("seed", range(4))
def test_counted_and_paged_as_the_plain_list_says(seed: int) -> None:
    house = House(seed, INSTANTS[seed % 2])
    actor = house.head.actor_at(house.at)
    whole = plain(actor, authority_of(actor).units(Role.HEAD))
    assert len(whole.items) > 5
    same(unit_desk(actor), whole)
    with pytest.MonkeyPatch.context() as few:  # the same, listed since they are few
        few.setattr(units, "LISTED_UP_TO", 1000)
        assert unit_desk(actor).counted == []
        same(unit_desk(actor), whole)
    narrower = house.units[2]
    same(unit_desk(actor, unit_id=narrower.pk), plain(actor, frozenset({narrower.pk})))
    desk = unit_desk(actor)
    for post in house.owners[:4]:
        expected = [i.ref.id for i in whole.items if i.post_id == post.pk and i.waiting == "do"]
        if expected:
            assert [i.ref.id for i in desk.work_of(post.pk)] == expected


@pytest.mark.parametrize("seed", range(2))
def test_who_heads_nothing_there_counts_what_they_may_see_alone(seed: int) -> None:
    """The question may be asked of units that the actor does not head: rights narrow it."""
    house = House(seed, timezone.now())
    stranger = staff(house.beside).actor
    tops = frozenset({house.iran.pk})
    asked = DeskQuestion(actor=stranger, at=stranger.at, under_ids=tops)
    items, counted = exchange.counted_desk(asked, edges_at(stranger.at))
    work = [i for i in plain(stranger, tops).items if i.waiting is not Waiting.VACANT]
    assert all(item.waiting is Waiting.VACANT for item in items)
    assert [item.ref.id for item in Items(counted)] == [item.ref.id for item in work]
    every = plain(house.head.actor, tops).items
    assert len(work) < sum(item.waiting is not Waiting.VACANT for item in every)


def test_what_is_named_for_others_stands_on_the_desk_of_the_head_above_its_owner() -> None:
    """A head sees all that is owed below (`ACCESS.md`), nothing of other units' duties."""
    house = House(0, timezone.now())
    named = ResolutionFactory.create(
        meeting__body=house.bodies[2], confidentiality="named", state="adopted"
    )
    mine = ActionFactory.create(resolution=named, owner=house.owners[1])
    other = ActionFactory.create(resolution=named, owner=house.owners[-1])
    found = {item.ref.id for item in unit_desk(house.head.actor).items}
    assert mine.pk in found
    assert other.pk not in found
