"""What stands on which desk, how it is counted, and how few questions it costs."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from diwan.accounts.tests.factories import UserFactory, actor_of
from diwan.desk.queries import held_posts, own_and_word_desk, own_desk, unit_desk, word_desk
from diwan.directory.tests.factories import (
    PostFactory,
    RegisterFactory,
    UnitFactory,
    staff,
)
from diwan.kernel.errors import NotFound
from diwan.kernel.exchange import Waiting
from diwan.kernel.urgency import Group

from .offers import Offers, item

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 21)  # a Saturday
NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)


def test_ones_own_desk_has_what_all_posts_owe(offers: Offers) -> None:
    unit = UnitFactory.create()
    first = staff(unit)
    second = staff(unit, "secretary", user=first.user)
    other = staff(unit)
    offers.items = [item(first.post), item(second.post), item(other.post)]
    desk = own_desk(first.actor)
    assert {i.post_id for i in desk.items} == {first.post.pk, second.post.pk}
    alone = own_desk(first.actor, post_id=second.post.pk)
    assert {i.post_id for i in alone.items} == {second.post.pk}
    with pytest.raises(NotFound):
        own_desk(first.actor, post_id=other.post.pk)


def test_nobody_without_a_post_is_asked_for(offers: Offers) -> None:
    assert own_desk(actor_of(UserFactory.create())).items == []
    assert offers.asked == []


def test_a_desk_is_laid_out_in_the_countrys_days(offers: Offers) -> None:
    iran = staff(UnitFactory.create())
    egypt = staff(UnitFactory.create(register=RegisterFactory.create(country="EG", language="ar")))
    friday = TODAY + timedelta(days=6)
    offers.items = [
        item(iran.post, due=TODAY - timedelta(days=9), late=7),
        item(iran.post, due=friday),
        item(iran.post, due=TODAY + timedelta(days=30)),
        item(iran.post, since=NOW - timedelta(hours=1), count=3),
        item(iran.post),
    ]
    desk = own_desk(iran.actor_at(NOW))
    assert {group: desk.count(group) for group in Group} == {
        Group.LATE: 1,
        Group.WEEK: 1,
        Group.NEW: 3,
        Group.LATER: 1,
        Group.UNDATED: 1,
    }
    assert (desk.late, desk.week, desk.total, desk.arrived) == (1, 1, 7, 3)
    # Saturday is Egypt's day off: the coming week is shown, which ends on Saturday.
    offers.items = [item(egypt.post, due=TODAY + timedelta(days=7))]
    assert own_desk(egypt.actor_at(NOW)).week == 1


def test_the_same_thing_stands_once(offers: Offers) -> None:
    me = staff(UnitFactory.create())
    one = item(me.post)
    offers.items = [one, one]
    assert len(own_desk(me.actor).items) == 1


def test_a_head_sees_the_unit_and_all_below(offers: Offers) -> None:
    top = UnitFactory.create()
    below = UnitFactory.create(parent=top)
    beside = UnitFactory.create()
    head, officer, stranger = staff(top, "head"), staff(below), staff(beside)
    empty = PostFactory.create(unit=below)
    offers.items = [
        item(head.post),
        item(officer.post, due=TODAY - timedelta(days=3), late=2),
        item(officer.post, count=2),
        item(stranger.post),
        item(empty, waiting=Waiting.VACANT),
    ]
    desk = unit_desk(head.actor)
    assert {i.post_id for i in desk.items} == {head.post.pk, officer.post.pk, empty.pk}
    owners = desk.owners()
    assert [(o.card.post_id, o.late, o.all, o.vacant) for o in owners] == [
        (officer.post.pk, 1, 3, False),
        (head.post.pk, 0, 1, False),
    ]
    narrowed = unit_desk(head.actor, unit_id=below.pk)
    assert head.post.pk not in {i.post_id for i in narrowed.items}
    for wrong in (beside.pk, stranger.post.pk):
        with pytest.raises(NotFound):
            unit_desk(head.actor, unit_id=wrong)


def test_who_heads_nothing_has_no_units_desk(offers: Offers) -> None:
    officer = staff(UnitFactory.create())
    with pytest.raises(NotFound):
        unit_desk(officer.actor)
    assert offers.asked == []


def test_a_secretarys_desk_asks_as_secretary(offers: Offers) -> None:
    me = staff(UnitFactory.create(), "secretary")
    offers.word = [item(me.post, waiting=Waiting.CONFIRM, count=31)]
    desk = word_desk(me.actor)
    assert desk.total == 31
    assert desk.waiting(Waiting.CONFIRM)
    assert desk.waiting(Waiting.CLOSE) == []
    assert offers.asked[-1].as_secretary


def test_what_waits_for_ones_own_signature_stands_on_ones_own_desk(offers: Offers) -> None:
    me = staff(UnitFactory.create(), "secretary")
    second = staff(UnitFactory.create(), user=me.user)
    theirs = staff(me.post.unit)
    mine = item(me.post, waiting=Waiting.SIGN)
    offers.word = [mine, item(theirs.post, waiting=Waiting.SIGN), item(me.post)]
    for post_id in (None, me.post.pk):
        own, word = own_and_word_desk(me.actor, post_id=post_id)
        assert [one.ref for one in own.items] == [mine.ref]
        assert word.total == 3
    assert not own_and_word_desk(me.actor, post_id=second.post.pk)[0].items


@pytest.mark.parametrize("many", [1, 40])
def test_a_desk_costs_the_same_however_long(
    offers: Offers, many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    unit = UnitFactory.create()
    head = staff(unit, "head")
    others = [staff(unit) for _ in range(many)]
    offers.items = [item(one.post, due=TODAY) for one in others]
    actor = head.actor
    own_desk(actor)  # what the actor holds is asked once a request
    with django_assert_num_queries(4):
        unit_desk(actor)


def test_the_posts_one_holds(offers: Offers) -> None:
    unit = UnitFactory.create()
    ends = timezone.now() + timedelta(days=10)
    first = staff(unit)
    second = staff(unit, user=first.user, kind="acting", until_at=ends)
    staff(unit, user=first.user, until_at=timezone.now() - timedelta(days=1))
    held = held_posts(actor_of(first.user, post_id=second.post.pk))
    assert [(h.card.post_id, h.kind, h.chosen) for h in held] == [
        (second.post.pk, "acting", True),
        (first.post.pk, "full", False),
    ]
    assert held[0].until_at == ends
