"""The test set of the search: the same records in the same order on every database."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from uuid import UUID

import pytest

from diwan.kernel import exchange, search
from diwan.kernel.exchange import Card, Ref
from diwan.kernel.models import DeclaredHoliday
from diwan.kernel.policies import Actor
from diwan.kernel.search import Source, Texts
from diwan.kernel.search.writing import record_of
from diwan.kernel.tests.factories import a_user
from diwan.kernel.tests.search_world import order, queries, world

pytestmark = pytest.mark.django_db
STORED = Path(__file__).with_name("search_answers.json")
NAMED = {"w.unit": True, "w.post": True, "w.person": True, "w.resolution": False, "w.action": False}


class Anything:
    """Whatever was found, as a card; every third record is hidden from those without elevation."""

    name = "thing"
    verbs: dict[str, str] = {}

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def cards(self, ids: Sequence[UUID], actor: Actor) -> dict[UUID, Card]:
        return {id_: Card(Ref(self.kind, id_), {"en": str(id_)}, "/") for id_ in ids}


def seen(ids: Sequence[UUID], actor: Actor) -> set[UUID]:
    return {id_ for id_ in ids if (id_.int & 0xFFFF) % 3}


def nothing(ids: Sequence[UUID]) -> Iterator[Texts]:
    return iter(())


@pytest.fixture
def filled(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = {
        kind: Source(kind, kind, nothing, DeclaredHoliday.objects.none, seen, named=named)
        for kind, named in NAMED.items()
    }
    sources = import_module("diwan.kernel.search.sources")
    monkeypatch.setattr(sources, "_sources", kinds)
    monkeypatch.setattr(sources, "_reaches", [lambda actor: ["IR"]])
    for kind in kinds:
        monkeypatch.setitem(exchange.subjects._subjects, kind, Anything(kind))
    search_record = import_module("diwan.kernel.models").SearchRecord
    search_record.objects.bulk_create(record_of(kinds[one.kind], one.texts) for one in world())


def answers(actor: Actor) -> dict[str, str]:
    found = {}
    for query in queries():
        answer = search.find(search.Asked(query, size=12), actor)
        found[query] = " ".join(order((hit.ref.kind, hit.ref.id) for hit in answer.hits))
    return found


def test_every_query_finds_the_same_records_in_the_same_order(filled: None) -> None:
    found = {"elevated": answers(Actor.system("test")), "staff": answers(a_user())}
    if os.environ.get("DIWAN_WRITE_ANSWERS") == "1":
        STORED.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    assert len(stored["elevated"]) >= 145
    for who, expected in stored.items():
        wrong = {q: (found[who][q], want) for q, want in expected.items() if found[who][q] != want}
        assert wrong == {}
