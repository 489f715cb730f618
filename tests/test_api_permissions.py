"""Every operation answers everybody as the table says; a token without the scope gets nothing."""

from __future__ import annotations

import pytest
from django.db import transaction

from diwan.kernel.models import AuditEntry

from .api_house import program
from .api_table import lines, places, send
from .house import PEOPLE, House
from .kept import KeptHouse

LINES = lines()


@pytest.fixture
def house(standing_house: KeptHouse, db: None) -> House:
    return standing_house


def test_every_operation_stands_in_the_table() -> None:
    assert sorted(set(places()) ^ {line.operation for line in LINES}) == []


def test_everybody_gets_the_answer_of_the_table(house: House) -> None:
    there = places()
    clients = {who: house.client(who) for who in PEOPLE}
    wrong = []
    for line in LINES:
        for who, want in zip(PEOPLE, line.answers, strict=True):
            with transaction.atomic():
                said = send(clients[who], there[line.operation], line, house)
                transaction.set_rollback(True)
            if said != want:
                wrong.append(
                    f"{line.operation}({','.join(line.records)}) {who}: {said}, not {want}"
                )
    assert wrong == []


def test_a_token_without_the_scope_gets_nothing(house: House) -> None:
    there = places()
    bare = program(house, "head", ["audit:read"])
    wide = program(house, "head", ["directory:read", "desk:read"])
    written = AuditEntry.objects.count()
    for line in LINES:
        place = there[line.operation]
        other = wide if place.scope == "audit:read" else bare
        if place.scope:
            headers = {"authorization": other.headers["authorization"]}
            assert send(other.client, place, line, house, **headers) == "403", line.operation
    assert AuditEntry.objects.count() == written


def test_an_unknown_record_is_not_found(house: House) -> None:
    """An elevated administrator, too, gets a 404 for what isn't there; never a server's error."""
    there, client = places(), house.client("elevated")
    empty = House(ids=dict.fromkeys(house.ids, "01900000-0000-7000-8000-000000000000"))
    for line in LINES:
        if any(not word.startswith("=") for word in line.records):
            assert send(client, there[line.operation], line, empty) == "404", line.operation
