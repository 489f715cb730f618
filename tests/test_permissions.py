"""Every address answers everybody as the table says, and nothing is written by who may not.

A route without a row fails, and a row without a route.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.translation import override

from diwan.accounts.tests.factories import UserFactory
from diwan.kernel.models import AuditEntry

from .house import PEOPLE, House
from .kept import KeptHouse
from .permission_table import DATA, Row, rows

ROWS = rows()
SIGN_IN = "/account/sign-in/"
WRITING = ("form", "post")
REFUSALS = ("in", "403", "404")
NOTHING = "01900000-0000-7000-8000-000000000000"


@pytest.fixture
def house(standing_house: KeptHouse, db: None) -> House:
    return standing_house


@pytest.fixture
def unknown(db: None) -> House:
    """A house without any record, but for somebody who may see all of them."""
    user = UserFactory.create(may_elevate=True)
    words = {word for row in ROWS for word in row.records}
    return House(people={"elevated": user}, ids=dict.fromkeys(words, NOTHING))


def routes(patterns: list[URLPattern | URLResolver], room: str = "") -> Iterator[str]:
    """Names of all addresses, with their room."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, pattern.namespace or room)
        elif pattern.name and room != "api":  # the API has a table of its own
            yield f"{room}:{pattern.name}" if room else pattern.name


def address(row: Row, house: House, language: str = "fa") -> str:
    """Where the row's page is."""
    named = [word[1:] if word.startswith("=") else house.ids[word] for word in row.records]
    with override(language):
        return reverse(row.name, args=named)


def told(answer: HttpResponseBase) -> str:
    """The answer as the table writes it."""
    if answer.status_code == 302 and SIGN_IN in answer["Location"]:
        return "in"
    return str(answer.status_code)


def posted(row: Row, client: Client, where: str) -> str:
    """What the row's address answers to a post."""
    return told(client.post(where, DATA.get(row.name, {})))


def asked(row: Row, client: Client, where: str) -> str:
    """What the row's address answers to its own way of being asked; nothing of it stays."""
    with transaction.atomic():
        answer = posted(row, client, where) if row.how == "post" else told(client.get(where))
        transaction.set_rollback(True)
    return answer


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


@pytest.mark.parametrize("row", [row for row in ROWS if row.how in WRITING], ids=str)
def test_what_writes_is_guarded(row: Row, house: House) -> None:
    """Who may not read a form may not post it; no post without its token; no link that writes."""
    where, written = address(row, house), AuditEntry.objects.count()
    refused = {w: answer for w, answer in row.answers.items() if answer in REFUSALS}
    if row.how == "form":
        assert {who: posted(row, house.client(who), where) for who in refused} == refused
    else:  # a prefetching browser or an image must never do what only a button may
        assert told(house.client("elevated").get(where)) in ("405", "302")
        assert told(house.client("anonymous").get(where)) in ("405", "in", "302")
    if row.name != "set_language":  # it changes nothing but the reader's own cookie
        assert posted(row, house.client("elevated", csrf=True), where) == "403"
    assert AuditEntry.objects.count() == written


def names_a_record(row: Row) -> bool:
    return any(not word.startswith("=") for word in row.records)


@pytest.mark.parametrize("row", [row for row in ROWS if names_a_record(row)], ids=str)
def test_an_unknown_record_is_not_found(row: Row, unknown: House) -> None:
    """An elevated administrator, too, gets a 404 for what isn't there; never a server's error.

    A link that was sent to somebody says that it is over.
    """
    over = "410" if "token" in "".join(row.records) else "404"
    assert asked(row, unknown.client("elevated"), address(row, unknown)) == over
