"""The page of one document: whose it is, what refers to it, and who may not know of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from diwan.accounts.tests.factories import UserFactory, sign_in
from diwan.directory.tests.factories import (
    RegisterFactory,
    Staff,
    UnitFactory,
    UnitPatternFactory,
    staff,
)
from diwan.kernel.exchange import Ref
from diwan.kernel.links import Verb, set_links
from diwan.kernel.models import AuditEntry
from diwan.kernel.policies import Confidentiality
from diwan.library.constants import DOCUMENT
from diwan.library.models import Document
from diwan.library.queries import owner_names

from .factories import DocumentFactory

pytestmark = pytest.mark.django_db
LIST = "/en/library/"


@pytest.fixture
def head() -> Staff:
    return staff(UnitFactory.create(), "head")


@pytest.fixture
def foreigner() -> Staff:
    register = RegisterFactory.create(country="EG", language="ar")
    return staff(UnitFactory.create(register=register), "head")


def page_of(row: Document) -> str:
    return f"{LIST}{row.pk}/"


def shown(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_what_a_reader_may_not_see_does_not_refer_to_it(head: Staff, client: Client) -> None:
    row = DocumentFactory.create(unit=head.post.unit, confidentiality=Confidentiality.PUBLIC)
    names = {
        Confidentiality.PUBLIC: "The open one",
        Confidentiality.INTERNAL: "The inner one",
        Confidentiality.BODY: "The close one",
    }
    for degree, name in names.items():
        other = DocumentFactory.create(
            unit=head.post.unit, confidentiality=degree, name={"en": name}
        )
        set_links(Ref(DOCUMENT, other.pk), Verb.ABOUT, [Ref(DOCUMENT, row.pk)])

    def told() -> set[str]:
        page = shown(client, page_of(row))
        return {name for name in names.values() if name in page}

    assert told() == {"The open one"}
    sign_in(client, staff(head.post.unit, "officer").user)
    assert told() == {"The open one", "The inner one"}
    sign_in(client, head.user)
    assert told() == set(names.values())


def test_what_it_is_linked_to_itself_does_not_refer_to_it(head: Staff, client: Client) -> None:
    row = DocumentFactory.create(unit=head.post.unit)
    older = DocumentFactory.create(unit=head.post.unit, name={"en": "The older one"})
    set_links(Ref(DOCUMENT, row.pk), Verb.SUPERSEDES, [Ref(DOCUMENT, older.pk)])
    sign_in(client, head.user)
    assert "Refers to it" not in shown(client, page_of(row))
    assert "Superseded by" in shown(client, page_of(older))


def test_the_unit_is_a_way_for_those_alone_who_may_see_it(
    head: Staff, foreigner: Staff, client: Client
) -> None:
    row = DocumentFactory.create(unit=head.post.unit, confidentiality=Confidentiality.PUBLIC)
    way = f'href="/en/directory/units/{head.post.unit.pk}/"'
    assert way not in shown(client, page_of(row))
    sign_in(client, foreigner.user)
    assert way not in shown(client, page_of(row))
    sign_in(client, head.user)
    assert way in shown(client, page_of(row))


def test_a_document_of_a_pattern_names_it(head: Staff, client: Client) -> None:
    pattern = UnitPatternFactory.create(
        register=head.post.unit.register, name={"en": "Provincial secretariats"}
    )
    row = DocumentFactory.create(unit=None, register=head.post.unit.register, unit_pattern=pattern)
    assert owner_names([row], date(2026, 11, 21)) == {row.pk: pattern.name}
    sign_in(client, head.user)
    assert "Provincial secretariats" in shown(client, LIST)
    page = shown(client, page_of(row))
    assert "Provincial secretariats" in page
    assert "Correct it" not in page
    assert client.get(f"{page_of(row)}correct/").status_code == 403


def test_whoever_reads_from_outside_is_told_nothing(
    head: Staff, foreigner: Staff, client: Client
) -> None:
    row = DocumentFactory.create(unit=head.post.unit)
    for user in (foreigner.user, UserFactory.create()):
        sign_in(client, user)
        assert client.get(page_of(row)).status_code == 404
        assert client.get(f"{page_of(row)}correct/").status_code == 404
        assert client.post(f"{page_of(row)}correct/", {"reason": "no"}).status_code == 404
        assert "No document in the library yet" in shown(client, LIST)
        assert f'value="{row.kind}"' not in shown(client, f"{LIST}?kind={row.kind}")


def test_a_foreigner_cannot_add_to_a_unit_of_another_country(
    head: Staff, foreigner: Staff, client: Client
) -> None:
    sign_in(client, foreigner.user)
    data = {
        "unit": str(head.post.unit.pk),
        "name_0": "وثيقة",
        "kind": "statute",
        "confidentiality": "internal",
    }
    assert client.post(f"{LIST}add/", data).status_code == 422
    assert not Document.objects.exists()
    assert not AuditEntry.objects.filter(subject_kind=DOCUMENT).exists()


def test_the_list_asks_no_more_for_more_rows(
    head: Staff, client: Client, django_assert_max_num_queries: Any
) -> None:
    for _each in range(12):
        DocumentFactory.create(unit=UnitFactory.create(parent=head.post.unit))
    sign_in(client, head.user)
    client.get(LIST)
    with django_assert_max_num_queries(30):
        client.get(LIST)


@pytest.mark.parametrize("language", ["fa", "ar", "en"])
def test_the_pages_speak_every_language(head: Staff, client: Client, language: str) -> None:
    row = DocumentFactory.create(unit=head.post.unit)
    sign_in(client, head.user)
    for path in ("", "add/", f"{row.pk}/", f"{row.pk}/correct/"):
        assert f'lang="{language}"' in shown(client, f"/{language}/library/{path}")


def test_the_sign_in_comes_before_writing(head: Staff, client: Client) -> None:
    row = DocumentFactory.create(unit=head.post.unit, confidentiality=Confidentiality.PUBLIC)
    for name, args in (("add_document", []), ("correct_document", [row.pk])):
        answer = client.post(reverse(f"library:{name}", args=args), {})
        assert answer.status_code == 302
        assert "/account/sign-in/" in answer["Location"]
