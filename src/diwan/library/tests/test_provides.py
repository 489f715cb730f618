"""What strangers see of a document: in its trail, by its links, in the search."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from diwan.accounts.tests.factories import sign_in
from diwan.directory.tests.factories import RegisterFactory, Staff, UnitFactory, staff
from diwan.kernel import exchange
from diwan.kernel.calendars import PartialDate
from diwan.kernel.exchange import Ref
from diwan.kernel.policies import Actor, Confidentiality
from diwan.kernel.tests.factories import found
from diwan.library.actions import DocumentFields, add_document, correct_document
from diwan.library.constants import DOCUMENT

from .factories import DocumentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def head() -> Staff:
    return staff(UnitFactory.create(), "head")


def abroad() -> Staff:
    register = RegisterFactory.create(country="EG", language="ar")
    return staff(UnitFactory.create(register=register), "head")


@pytest.mark.parametrize(
    ("degree", "seen_by"),
    [
        (Confidentiality.PUBLIC, {"head", "officer", "abroad", "anonymous"}),
        (Confidentiality.INTERNAL, {"head", "officer"}),
        (Confidentiality.BODY, {"head"}),
    ],
)
def test_cards_and_search_ask_the_same_policy(
    head: Staff, degree: Confidentiality, seen_by: set[str]
) -> None:
    row = DocumentFactory.create(unit=head.post.unit, confidentiality=degree)
    ref = Ref(DOCUMENT, row.pk)
    actors = {
        "head": head.actor,
        "officer": staff(head.post.unit, "officer").actor,
        "abroad": abroad().actor,
        "anonymous": Actor.anonymous(),
    }
    assert {who for who, actor in actors.items() if ref in exchange.cards([ref], actor)} == seen_by
    assert {who for who, actor in actors.items() if found("نقشه راه", actor, DOCUMENT)} == seen_by


def test_a_card_names_the_document_its_kind_and_its_page(head: Staff) -> None:
    row = DocumentFactory.create(unit=head.post.unit, kind="green-paper")
    ref = Ref(DOCUMENT, row.pk)
    card = exchange.cards([ref], head.actor)[ref]
    assert card.title == row.name
    assert str(card.state) == "green paper"
    assert card.url == reverse("library:document", args=[row.pk])


def test_the_search_finds_by_text_and_whatever_the_keyboard(head: Staff) -> None:
    fields = DocumentFields(
        kind="statute", name={"fa": "اساسنامه"}, text={"fa": "کارگزاری یکپارچه"}
    )
    row = add_document(head.actor, head.post.unit, fields)
    assert found("كارگزاري", head.actor) == [Ref(DOCUMENT, row.pk)]
    assert found("اساسنامه یکپارچه", head.actor) == [Ref(DOCUMENT, row.pk)]
    assert found("اساسنامه بودجه", head.actor) == []


@pytest.mark.parametrize("language", ["fa", "ar"])
def test_the_trail_of_a_correction_is_in_the_readers_words(
    head: Staff, client: Client, language: str
) -> None:
    fields = DocumentFields(kind="plan", name={"fa": "برنامه", "ar": "برنامج"})
    row = add_document(head.actor, head.post.unit, fields)
    year = PartialDate.parse_register({"jalali": "1408"})
    better = replace(fields, kind="roadmap", horizon=year, confidentiality="public")
    correct_document(head.actor, row, better, reason="نامه")
    sign_in(client, head.user)
    with translation.override(language):
        address = reverse("ui:trail", args=[DOCUMENT, row.pk])
    page = _main(client.get(address))
    for raw in ("horizon", "roadmap", "jalali", "public", "confidentiality", "correct"):
        assert f">{raw}" not in page
        assert f" {raw}" not in page
    expected = {"fa": ("خورشیدی", "سال"), "ar": ("هجري شمسي", "سنة")}
    assert all(word in page for word in expected[language])


def _main(answer: Any) -> str:
    assert answer.status_code == 200
    page: str = answer.content.decode()
    return page.split("<main")[1].split("</main", maxsplit=1)[0].replace(DOCUMENT, "")
