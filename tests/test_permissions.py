"""Every address answers everybody as the table says, and nothing is written by who may not.

A route without a row fails, and a row without a route.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.translation import override

from diwan.kernel.models import AuditEntry

from .house import PEOPLE, House, build
from .permission_table import DATA, Row, rows

ROWS = rows()
SIGN_IN = "/account/sign-in/"
WRITING = ("form", "post")


@pytest.fixture
def house(db: None) -> House:
    return build()


def routes(patterns: list[URLPattern | URLResolver], room: str = "") -> Iterator[str]:
    """Names of all addresses, with their room."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, pattern.namespace or room)
        elif pattern.name:
            yield f"{room}:{pattern.name}" if room else pattern.name


def address(row: Row, house: House, language: str = "fa") -> str:
    """Where the row's page is."""
    named = [word[1:] if word.startswith("=") else house.ids[word] for word in row.records]
    with override(language):
        return reverse(row.name, args=named)


def told(answer: HttpResponse) -> str:
    """The answer as the table writes it."""
    if answer.status_code == 302 and SIGN_IN in answer["Location"]:
        return "in"
    return str(answer.status_code)


def asked(row: Row, client: Client, where: str) -> str:
    """What the row's address answers to its own way of being asked; nothing of it stays."""
    with transaction.atomic():
        post = row.how == "post"
        answer = client.post(where, DATA.get(row.name, {})) if post else client.get(where)
        transaction.set_rollback(True)
    return told(answer)


def test_every_address_stands_in_the_table_once_at_least() -> None:
    there = set(routes(get_resolver().url_patterns))
    listed = {row.name for row in ROWS}
    assert sorted(there - listed) == [], "addresses without a row"
    assert sorted(listed - there) == [], "rows without an address"


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_everybody_gets_the_answer_of_the_table(row: Row, house: House) -> None:
    where = address(row, house)
    answers = {who: asked(row, house.client(who), where) for who in PEOPLE}
    wrong = {who: f"{answers[who]}, not {want}" for who, want in row.answers.items()}
    assert {who: said for who, said in wrong.items() if answers[who] != row.answers[who]} == {}


@pytest.mark.parametrize("row", [row for row in ROWS if row.how == "form"], ids=str)
def test_who_may_not_read_a_form_may_not_post_it(row: Row, house: House) -> None:
    where = address(row, house)
    for who, answer in row.answers.items():
        if answer in ("in", "403", "404"):
            before = AuditEntry.objects.count()
            with transaction.atomic():
                got = told(house.client(who).post(where, DATA.get(row.name, {})))
                written = AuditEntry.objects.count() - before
                transaction.set_rollback(True)
            assert (who, got, written) == (who, answer, 0)


@pytest.mark.parametrize("row", [row for row in ROWS if row.how in WRITING], ids=str)
def test_a_post_without_the_forms_token_is_refused(row: Row, house: House) -> None:
    if row.name == "set_language":  # changes nothing but the reader's own cookie
        return
    client = Client(enforce_csrf_checks=True)
    user = house.people["elevated"]
    assert user is not None
    client.force_login(user)
    before = AuditEntry.objects.count()
    assert client.post(address(row, house), DATA.get(row.name, {})).status_code == 403
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize("row", [row for row in ROWS if row.how == "post"], ids=str)
def test_what_is_posted_alone_cannot_be_read(row: Row, house: House) -> None:
    """A link, a prefetching browser or an image must never do what only a button may."""
    before = AuditEntry.objects.count()
    for who in ("anonymous", "elevated"):
        assert told(house.client(who).get(address(row, house))) in ("405", "in", "302")
    assert AuditEntry.objects.count() == before


def names_a_record(row: Row) -> bool:
    return any(not word.startswith("=") for word in row.records)


@pytest.mark.parametrize("row", filter(names_a_record, ROWS), ids=str)
def test_an_unknown_record_is_not_found(row: Row, house: House) -> None:
    """An elevated administrator, too, gets a 404 for what isn't there; never a server's error.

    A link that was sent to somebody says that it is over.
    """
    nothing = "01900000-0000-7000-8000-000000000000"
    words = [word if word.startswith("=") else f"={nothing}" for word in row.records]
    where = address(Row(row.name, row.how, tuple(words), row.answers), house)
    over = "410" if "token" in "".join(row.records) else "404"
    assert asked(row, house.client("elevated"), where) == over
