"""The library's pages."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from diwan.accounts.tests.factories import sign_in
from diwan.directory.tests.factories import Staff, UnitFactory, staff
from diwan.kernel.exchange import Ref
from diwan.kernel.links import Verb, set_links
from diwan.kernel.policies import Confidentiality
from diwan.library.models import Document

from .factories import DocumentFactory

pytestmark = pytest.mark.django_db
LIST = "/en/library/"


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def head() -> Staff:
    return staff(UnitFactory.create(), "head")


@pytest.fixture
def client_of(client: Client) -> Any:
    def signed_in(somebody: Staff) -> Client:
        sign_in(client, somebody.user)
        return client

    return signed_in


def test_the_heading_says_how_many(head: Staff, client_of: Any) -> None:
    DocumentFactory.create_batch(2, unit=head.post.unit)
    page = text(client_of(head).get(LIST))
    assert "2 documents that decisions lean on" in page
    assert "Add a document" in page


@pytest.mark.parametrize("language", ["fa", "ar", "en"])
def test_an_empty_library_says_what_to_do_first(head: Staff, client_of: Any, language: str) -> None:
    answer = client_of(head).get(f"/{language}/library/")
    assert answer.status_code == 200
    if language != "en":
        assert "library" not in text(answer).split("<main")[1].split("</main")[0].replace(
            "/library/", ""
        )


def test_finding_by_words(head: Staff, client_of: Any) -> None:
    DocumentFactory.create(unit=head.post.unit)
    client = client_of(head)
    assert "1 document" in text(client.get(LIST, {"q": "نقشه"}))
    assert "No document is called so" in text(client.get(LIST, {"q": "بودجه"}))
    assert client.get(LIST, {"unit": "nonsense", "kind": "nonsense"}).status_code == 200


def test_who_has_not_signed_in_sees_what_is_public(head: Staff, client: Client) -> None:
    hidden = DocumentFactory.create(unit=head.post.unit)
    shown = DocumentFactory.create(unit=head.post.unit, confidentiality=Confidentiality.PUBLIC)
    assert "1 document" in text(client.get(LIST))
    assert client.get(f"{LIST}{shown.pk}/").status_code == 200
    assert client.get(f"{LIST}{hidden.pk}/").status_code == 404
    assert client.get(f"{LIST}{uuid4()}/").status_code == 404
    assert client.get(f"{LIST}add/").status_code == 302


def test_a_document_shows_its_text_and_what_refers_to_it(head: Staff, client_of: Any) -> None:
    row = DocumentFactory.create(unit=head.post.unit, text={"fa": "هر خدمت از یک درگاه."})
    other = DocumentFactory.create(unit=head.post.unit, name={"en": "Statute that leans on it"})
    set_links(Ref("library.document", other.pk), Verb.ABOUT, [Ref("library.document", row.pk)])
    page = text(client_of(head).get(f"{LIST}{row.pk}/"))
    assert "هر خدمت از یک درگاه." in page
    assert "Statute that leans on it" in page
    assert "Correct it" in page


def test_adding_on_the_page(head: Staff, client_of: Any) -> None:
    client = client_of(head)
    answer = client.post(f"{LIST}add/", {"unit": str(head.post.unit.pk), "name_fa": "اساسنامه"})
    assert answer.status_code == 422
    assert "Choose the kind" in text(answer)
    data = {
        "unit": str(head.post.unit.pk),
        "name_fa": "اساسنامه",
        "kind": "statute",
        "confidentiality": "internal",
    }
    answer = client.post(f"{LIST}add/", data)
    row = Document.objects.get()
    assert answer.status_code == 302, text(answer)
    assert answer["Location"].endswith(f"/library/{row.pk}/")


def test_correcting_on_the_page(head: Staff, client_of: Any) -> None:
    row = DocumentFactory.create(unit=head.post.unit)
    client = client_of(head)
    where = f"{LIST}{row.pk}/correct/"
    data = {"name_fa": "نقشه راه تازه", "kind": "roadmap", "confidentiality": "public"}
    assert client.post(where, data).status_code == 422
    assert client.post(where, {**data, "reason": "renamed"}).status_code == 302
    row.refresh_from_db()
    assert row.confidentiality == "public"
    assert "نقشه راه تازه" in row.name.values()


def test_an_officer_is_not_offered_what_is_refused(head: Staff, client_of: Any) -> None:
    row = DocumentFactory.create(unit=head.post.unit)
    client = client_of(staff(head.post.unit, "officer"))
    assert "Correct it" not in text(client.get(f"{LIST}{row.pk}/"))
    assert client.get(f"{LIST}{row.pk}/correct/").status_code == 403
    assert client.get(f"{LIST}add/").status_code == 403


def test_documents_stand_on_their_units_page(head: Staff, client_of: Any) -> None:
    DocumentFactory.create(unit=head.post.unit, name={"en": "A very particular roadmap"})
    page = text(client_of(head).get(f"/en/directory/units/{head.post.unit.pk}/"))
    assert "A very particular roadmap" in page


def test_search_finds_documents(head: Staff, client_of: Any) -> None:
    DocumentFactory.create(unit=head.post.unit)
    page = text(client_of(head).get("/en/search/", {"q": "Roadmap"}))
    assert "Documents" in page
