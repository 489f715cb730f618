"""The exchange: cards under each subject's policy, desks, facts within the transaction."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone

from diwan.kernel import exchange, jobs
from diwan.kernel.errors import Sentence
from diwan.kernel.exchange import Card, DeskItem, DeskQuestion, Fact, Ref, Waiting
from diwan.kernel.models import Heartbeat
from diwan.kernel.policies import Actor
from diwan.kernel.tests.factories import a_ref, a_user


class Things:
    """A kind of record of which some are hidden."""

    name: Sentence = "thing"
    verbs: Mapping[str, Sentence] = {}

    def __init__(self, kind: str, *, hidden: set[UUID] | None = None) -> None:
        self.kind, self.hidden = kind, hidden or set()
        self.asked = 0

    def cards(self, ids: Sequence[UUID], actor: Actor) -> dict[UUID, Card]:
        self.asked += 1
        shown = [each for each in ids if each not in self.hidden]
        return {i: Card(Ref(self.kind, i), {"en": "thing"}, f"/{i}/") for i in shown}


@pytest.fixture(autouse=True)
def empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange.subjects, "_subjects", {})
    monkeypatch.setattr(exchange.desk, "_desk", [])
    monkeypatch.setattr(exchange.facts, "_listeners", defaultdict(list))
    monkeypatch.setattr(jobs.ticks, "_ticks", {})


def test_cards_of_many_kinds_ask_each_kind_once() -> None:
    refs = [a_ref("x.a"), a_ref("x.a"), a_ref("x.b"), a_ref("nobody.declared")]
    first, second = Things("x.a", hidden={refs[1].id}), Things("x.b")
    exchange.declare_subject(first)
    exchange.declare_subject(second)
    found = exchange.cards([*refs, refs[0]], a_user())
    assert set(found) == {refs[0], refs[2]}
    assert (first.asked, second.asked) == (1, 1)
    assert exchange.subject_kinds() == ["x.a", "x.b"]
    assert exchange.subject_of("x.a") is first
    assert exchange.subject_of("nobody.declared") is None


def test_a_desk_gathers_from_every_room_once() -> None:
    def item(title: str) -> DeskItem:
        return DeskItem(
            a_ref(), None, None, Waiting.DO, {"en": title}, url="/", step="do it", step_url="/"
        )

    def room(question: DeskQuestion) -> list[DeskItem]:
        return [item("one")] if question.post_ids else []

    exchange.declare_desk(room)
    exchange.declare_desk(room)
    exchange.declare_desk(lambda question: [item("two")])
    asked = DeskQuestion(a_user(), timezone.now(), post_ids=frozenset({a_ref().id}))
    assert [each.title["en"] for each in exchange.desk_items(asked)] == ["one", "two"]
    nothing = DeskQuestion(a_user(), timezone.now())
    assert len(exchange.desk_items(nothing)) == 1


def test_a_fact_reaches_those_who_listen_for_its_kind() -> None:
    heard: list[Fact] = []
    exchange.listen("x.ended", heard.append)
    exchange.listen("x.ended", heard.append)
    actor = a_user()
    fact = Fact("x.ended", a_ref(), actor, actor.at, {"becomes": None})
    exchange.publish(fact)
    exchange.publish(Fact("x.begun", a_ref(), actor, actor.at))
    assert heard == [fact]


@pytest.mark.django_db
def test_a_listener_that_fails_undoes_the_writing() -> None:
    def fail(fact: Fact) -> None:
        raise RuntimeError(fact.kind)

    def write() -> None:
        with transaction.atomic():
            Heartbeat.objects.create(name="written")
            exchange.publish(Fact("x.ended", a_ref(), a_user(), timezone.now()))

    exchange.listen("x.ended", fail)
    with pytest.raises(RuntimeError):
        write()
    assert not Heartbeat.objects.exists()
