"""What the room gives to others: cards, search, desk items, stories, the chosen post."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from diwan.directory.actions.choosing import choose_post, with_post
from diwan.directory.actions.closing import close_unit
from diwan.directory.actions.handovers import HandoverPlan, hand_over
from diwan.directory.actions.units import (
    UnitCorrection,
    correct_unit,
    move_unit,
    rename_unit,
)
from diwan.directory.middleware import PostMiddleware
from diwan.directory.provides.desk import handovers_at_hand, vacant_posts_below
from diwan.directory.provides.subjects import SUBJECTS
from diwan.directory.queries.story import Turn, post_through_time, unit_through_time
from diwan.directory.queries.tree import tree_on
from diwan.kernel import exchange, jobs
from diwan.kernel.errors import NotFound
from diwan.kernel.exchange import DeskQuestion, Ref, Waiting
from diwan.kernel.policies import Actor
from diwan.kernel.reader import current
from diwan.kernel.requests import actor_of
from diwan.kernel.tests.factories import found
from diwan.kernel.working import country_ref

from .factories import (
    HandoverFactory,
    NoteFactory,
    PartnerFactory,
    PersonFactory,
    PostFactory,
    RegisterFactory,
    UnitFactory,
    staff,
    system,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

DAY = date(2020, 1, 1)


def every_record() -> dict[str, Any]:
    """One Iranian record of each kind."""
    unit = UnitFactory.create()
    post = PostFactory.create(unit=unit)
    return {
        "directory.unit": unit,
        "directory.post": post,
        "directory.person": PersonFactory.create(register=unit.register),
        "directory.partner": PartnerFactory.create(register=unit.register),
        "directory.note": NoteFactory.create(unit=unit),
        "directory.register": unit.register,
        "directory.handover": HandoverFactory.create(from_post=post),
    }


def test_cards_are_for_those_who_may_see() -> None:
    records = every_record()
    refs = [Ref(kind, record.pk) for kind, record in records.items()]
    head = staff(records["directory.unit"], "head")
    assert set(exchange.cards(refs, head.actor)) == set(refs)
    assert set(exchange.cards(refs, system())) == set(refs)
    foreigner = staff(
        UnitFactory.create(register=RegisterFactory.create(country="EG", language="ar")), "head"
    )
    assert exchange.cards(refs, foreigner.actor) == {}
    assert exchange.cards(refs, Actor.anonymous()) == {}
    assert all(card.title and card.url for card in exchange.cards(refs, head.actor).values())


def test_a_country_has_a_card_for_its_staff() -> None:
    head = staff(UnitFactory.create())
    refs = [country_ref("IR"), country_ref("EG")]
    assert [card.ref for card in exchange.cards(refs, head.actor).values()] == refs[:1]


def test_every_verb_of_the_audit_has_words() -> None:
    for subject in SUBJECTS:
        assert all(str(words) for words in subject.verbs.values())
        assert exchange.subject_of(subject.kind) is not None


def test_cards_of_posts_tell_unit_and_holder() -> None:
    unit = UnitFactory.create(name={"en": "Office"})
    head = staff(unit, "head")
    vacant = PostFactory.create(unit=unit)
    refs = [Ref("directory.post", head.post.pk), Ref("directory.post", vacant.pk)]
    cards = exchange.cards(refs, head.actor)
    assert str(cards[refs[0]].state) == f"Office · {head.person.name['en']}"
    assert str(cards[refs[1]].state) == "Office · vacant"


def test_search_finds_by_any_name_and_only_what_is_seen() -> None:
    unit = UnitFactory.create(name={"en": "Archive"})
    rename_unit(system(), unit, on=DAY, name={"en": "Memory"})
    head = staff(unit, "head")
    this, posts = Ref("directory.unit", unit.pk), [Ref("directory.post", head.post.pk)]
    assert found("archive", head.actor) == [this, *posts]
    assert found("memory", head.actor, "directory.unit") == [this]
    assert found("archive", Actor.anonymous()) == []
    librarian = PostFactory.create(unit=unit, name={"fa": "کتابدار"})
    assert found("كتابدار", head.actor) == [Ref("directory.post", librarian.pk)]
    person = PersonFactory.create(register=unit.register, name={"fa": "مریم"})
    assert found("مریم", head.actor) == [Ref("directory.person", person.pk)]


def test_few_vacant_posts_stand_apart_many_as_one() -> None:
    unit = UnitFactory.create()
    head = staff(unit, "head")
    posts = [PostFactory.create(unit=unit) for _ in range(3)]
    question = DeskQuestion(actor=head.actor, at=timezone.now(), unit_ids=frozenset({unit.pk}))
    items = vacant_posts_below(question)
    assert {item.post_id for item in items} == {post.pk for post in posts}
    assert {item.waiting for item in items} == {Waiting.VACANT}
    PostFactory.create(unit=unit)
    (item,) = vacant_posts_below(question)
    assert item.count == 4
    assert item.title["en"] == "4 vacant posts"
    assert vacant_posts_below(DeskQuestion(actor=head.actor, at=timezone.now())) == []


def test_a_handover_to_come_stands_on_both_desks() -> None:
    unit = UnitFactory.create()
    old, new = staff(unit, "head"), staff(unit)
    at = timezone.now() + timedelta(days=2)
    handover = hand_over(system(), HandoverPlan(old.post, at, old.person, new.person))
    question = DeskQuestion(actor=old.actor, at=timezone.now(), post_ids=frozenset({old.post.pk}))
    (item,) = handovers_at_hand(question)
    assert (item.ref.id, item.waiting) == (handover.pk, Waiting.PREPARE)
    assert item.title["en"].startswith("Handover:")
    later = DeskQuestion(actor=old.actor, at=at, post_ids=question.post_ids)
    assert handovers_at_hand(later) == []


def test_the_minute_ticks_are_declared() -> None:
    assert {"directory.ended_posts", "directory.handover_sheets"} <= set(jobs.ticks._ticks)
    assert not [name for name in jobs.run_ticks() if name.startswith("directory")]


def test_a_unit_through_time_is_told_in_turns() -> None:
    top, other = UnitFactory.create(), UnitFactory.create()
    unit = UnitFactory.create(parent=top, name={"en": "Old"}, since=date(2010, 1, 1))
    heir = UnitFactory.create(parent=top)
    rename_unit(system(), unit, on=DAY, name={"en": "New"})
    move_unit(system(), unit, on=date(2021, 1, 1), parent=other)
    close_unit(system(), unit, on=date(2022, 1, 1), becomes=heir)
    told = [(event.turn, event.day) for event in unit_through_time(unit.pk).events]
    assert told == [
        (Turn.FOUNDED, date(2010, 1, 1)),
        (Turn.RENAMED, DAY),
        (Turn.MOVED, date(2021, 1, 1)),
        (Turn.ENDED, date(2022, 1, 1)),
        (Turn.BECAME, date(2022, 1, 1)),
    ]
    assert [event.turn for event in unit_through_time(heir.pk).events][-1] is Turn.FOLLOWED


def test_corrections_are_told_apart_from_changes() -> None:
    unit = UnitFactory.create(name={"en": "Wrnog"})
    before = timezone.now()
    correct_unit(
        system(), unit.versions.get(), UnitCorrection(name={"en": "Wrong"}), reason="a slip"
    )
    rename_unit(system(), unit, on=DAY, name={"en": "New"})
    story = unit_through_time(unit.pk)
    assert [(one.version.name["en"], one.reason) for one in story.corrections] == [
        ("Wrnog", "a slip")
    ]
    then = unit_through_time(unit.pk, known_at=before)
    assert [version.name["en"] for version in then.versions] == ["Wrnog"]
    assert then.corrections == []


def test_a_post_through_time() -> None:
    post = PostFactory.create(since=DAY, until=date(2021, 1, 1))
    turns = [event.turn for event in post_through_time(post.pk).events]
    assert turns == [Turn.FOUNDED, Turn.ENDED]


def test_the_tree_of_a_day_in_one_question(django_assert_num_queries: Any) -> None:
    top = UnitFactory.create(name={"en": "A"})
    unit = UnitFactory.create(parent=top, name={"en": "B"})
    UnitFactory.create(parent=unit, name={"en": "C"}, since=DAY)
    head = staff(top)
    actor = head.actor
    with django_assert_num_queries(2):  # one for the rights, one for the tree
        tree = tree_on(actor, DAY)
    assert [(depth, node.name["en"]) for depth, node in tree.walk()] == [
        (0, "A"),
        (1, "B"),
        (2, "C"),
    ]
    assert len(tree_on(actor, DAY - timedelta(days=1)).nodes) == 2
    assert [n.name["en"] for _d, n in tree_on(actor, DAY, root=unit.pk).walk()] == ["B", "C"]
    assert tree_on(Actor.anonymous(), DAY).nodes == {}
    assert len(tree_on(system(), DAY, country="IR").nodes) == 3
    assert len(tree_on(system(), DAY, country="EG").nodes) == 0


def request_of(actor: Actor, session: dict[str, str]) -> HttpRequest:
    request = RequestFactory().get("/")
    request.actor = actor  # type: ignore[attr-defined] # as the middleware does
    request.session = session  # type: ignore[assignment] # a session is a mapping
    return request


def test_the_chosen_post_counts_while_it_is_held() -> None:
    unit = UnitFactory.create()
    one = staff(unit)
    two = staff(unit, "head", user=one.user)
    bare = Actor.user(one.user.pk, "")
    request = request_of(bare, {})
    choose_post(request, two.post.pk)
    assert with_post(bare, request.session["post"]).post_id == two.post.pk
    two.holding.delete()
    assert with_post(Actor.user(one.user.pk, ""), request.session["post"]).post_id == one.post.pk
    with pytest.raises(NotFound):
        choose_post(request_of(Actor.user(one.user.pk, ""), {}), two.post.pk)


def test_the_clock_is_that_of_the_posts_country() -> None:
    egypt = RegisterFactory.create(country="EG", language="ar")
    somebody = staff(UnitFactory.create(register=egypt))
    seen: list[tuple[Any, str]] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append((actor_of(request).post_id, current().timezone))
        return HttpResponse()

    middleware = PostMiddleware(view)
    middleware(request_of(Actor.user(somebody.user.pk, ""), {}))
    middleware(request_of(Actor.anonymous(), {}))
    assert seen == [(somebody.post.pk, "Africa/Cairo"), (None, "UTC")]
