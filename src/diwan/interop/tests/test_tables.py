"""Open tables: closed until opened, readable by the tools of others, and silent about few."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from frictionless import Package

from diwan.accounts.tests.factories import UserFactory, elevated_actor, sign_in
from diwan.councils.tests.factories import council, duty, resolution_of
from diwan.directory.tests.factories import (
    HoldingFactory,
    PostFactory,
    RegisterFactory,
    UnitFactory,
    staff,
)
from diwan.interop.actions.opening import close_to_public, open_to_public
from diwan.interop.queries.tables import csv_of, rows_of
from diwan.kernel.errors import NotFound
from diwan.kernel.exchange import FieldType, OpenField, OpenTable, Row, open_table, open_tables
from diwan.kernel.models import AuditEntry
from diwan.kernel.policies import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def known(key: str) -> OpenTable:
    table = open_table(key)
    assert table is not None
    return table


def body(answer: object) -> str:
    return b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]  # of the test client


def test_a_table_is_closed_until_an_administrator_opens_it(client: Client) -> None:
    UnitFactory.create()
    address = reverse("interop:table_csv", args=["units"])
    assert client.get(address).status_code == 404
    with pytest.raises(NotFound):
        open_to_public(Actor.anonymous(), "units")
    with pytest.raises(NotFound):
        open_to_public(elevated_actor(), "nothing")
    assert open_to_public(elevated_actor(), "units")
    assert not open_to_public(elevated_actor(), "units")
    assert body(client.get(address)).removeprefix("\ufeff").startswith('"unit","parent"')
    assert close_to_public(elevated_actor(), "units")
    assert client.get(address).status_code == 404
    verbs = AuditEntry.objects.order_by("at", "id").values_list("verb", flat=True)
    assert list(verbs) == ["open_table", "close_table"]


def test_frictionless_finds_nothing_wrong_with_the_package(client: Client, tmp_path: Path) -> None:
    made = council(confidentiality="public")
    adopted = resolution_of(
        made.body, confidentiality="public", text={"fa": "=1+1، «متن»\nسطر دوم"}
    )
    duty(made.body, None, resolution=adopted)
    for table in open_tables():
        open_to_public(elevated_actor(), table.key)
    package = client.get(reverse("interop:data_package")).json()
    (tmp_path / "datapackage.json").write_text(json.dumps(package))
    for resource in package["resources"]:
        content = body(client.get(reverse("interop:table_csv", args=[resource["name"]])))
        (tmp_path / resource["path"]).write_bytes(content.encode())
    report = Package(str(tmp_path / "datapackage.json")).validate()
    assert report.valid, report.flatten(["type", "note"])
    assert {resource["name"] for resource in package["resources"]} >= {"units", "resolutions"}


def test_only_what_is_public_stands_among_the_resolutions() -> None:
    made = council(confidentiality="public")
    public = resolution_of(made.body, confidentiality="public")
    for level in ("internal", "body", "named"):
        resolution_of(made.body, confidentiality=level)
    resolution_of(made.body, confidentiality="public", state="draft", number="")
    duty(made.body, None, resolution=public, state="closed", closed_at="2026-01-05T09:00Z")
    duty(made.body, None, resolution=public)
    (row,) = rows_of(known("resolutions"))
    assert (row["resolution"], row["actions"], row["closed"]) == (str(public.pk), 2, 1)


def test_few_posts_are_not_counted_out() -> None:
    tehran = UnitFactory.create(province="IR-23")
    qom = UnitFactory.create(register=tehran.register, province="IR-25")
    for unit, filled, vacant in ((tehran, 6, 7), (qom, 2, 9)):
        for n in range(filled + vacant):
            post = PostFactory.create(unit=unit)
            if n < filled:
                HoldingFactory.create(post=post)
    rows = {row["province"]: row for row in rows_of(known("posts-by-province"))}
    # The two of Qom, and with them all that would give them away.
    assert {(row["filled"], row["vacant"]) for row in rows.values()} == {(None, None)}


def test_no_sum_of_a_country_gives_a_small_count_away() -> None:
    """Whoever knows how many posts a country has must not be able to work out one province's."""
    iran = [UnitFactory.create(province=code) for code in ("IR-23", "IR-25")]
    egypt = RegisterFactory.create(key="egypt", country="EG", language="ar")
    cairo = UnitFactory.create(register=egypt, province="EG-C")
    giza = UnitFactory.create(register=egypt, province="EG-GZ")
    for unit, filled, vacant in ((iran[0], 6, 7), (iran[1], 2, 9), (cairo, 5, 1), (giza, 8, 8)):
        for n in range(filled + vacant):
            post = PostFactory.create(unit=unit)
            if n < filled:
                HoldingFactory.create(post=post)
    rows = list(rows_of(known("posts-by-province")))
    for country in ("IR", "EG"):
        for column in ("filled", "vacant"):
            hidden = [row for row in rows if row["country"] == country and row[column] is None]
            assert len(hidden) != 1, (country, column)
    assert all(row["filled"] is None for row in rows if row["province"] in ("IR-25", "EG-C"))


def test_a_cell_that_a_spreadsheet_would_work_out_is_made_harmless() -> None:
    def rows() -> Iterator[Row]:
        for text in ("=HYPERLINK(1)", " =1", "\n@SUM(1)", "\u200f+1", "＝1", "الف;=1"):
            yield {"text": text, "n": -3}

    fields = (OpenField("text", FieldType.STRING, "Text"), OpenField("n", FieldType.INTEGER, "N"))
    table = OpenTable("trial", "Trial", "A trial", fields, ("text",), rows)
    lines = list(csv_of(table))
    read = list(csv.reader(io.StringIO("".join(lines), newline="")))
    assert read[:2] == [["text", "n"], ["'=HYPERLINK(1)", "-3"]]
    assert all(text.startswith("'") for text, _n in read[1:6])
    # Where semicolons separate the cells, this one stays one cell.
    assert lines[6] == '"الف;=1",-3\r\n'


def test_an_administrator_opens_a_table_on_its_page(client: Client) -> None:
    sign_in(client, UserFactory.create(may_elevate=True), elevated=True)
    page = reverse("interop:table", args=["units"])
    assert "The public may not have it yet." in client.get(page).content.decode()
    answer = client.post(reverse("interop:switch_table", args=["units", "open"]), follow=True)
    assert "The public may have this table now." in answer.content.decode()
    assert client.post(reverse("interop:switch_table", args=["units", "up"])).status_code == 404
    UnitFactory.create()  # on a narrow screen each cell says what it is
    assert '<td data-label="Identifier">' in client.get(page).content.decode()
    client.logout()
    assert client.get(page).status_code == 200
    assert client.get(reverse("interop:table_json", args=["units"])).status_code == 200


def test_a_roster_names_people_by_post_for_those_entitled(client: Client) -> None:
    top = UnitFactory.create()
    head, below = staff(top, "head"), staff(UnitFactory.create(parent=top))
    sign_in(client, head.user)
    answer = client.get(reverse("interop:roster", args=["directory.staff", top.pk]))
    lines = list(csv.reader(io.StringIO(body(answer).removeprefix("\ufeff"))))
    assert lines[0] == ["Name", "Post or seat", "Role"]
    names = {line[0] for line in lines[1:]}
    assert len(names) == 2
    assert all(any(who.person.name["en"] in name for name in names) for who in (head, below))
    assert client.get(reverse("interop:roster", args=["no.such", top.pk])).status_code == 404
    assert (
        client.get(reverse("interop:roster", args=["directory.staff", uuid4()])).status_code == 404
    )


def test_a_roster_of_a_body_has_seats_without_a_person_too(client: Client) -> None:
    made = council()
    sign_in(client, made.secretary.user)
    answer = client.get(reverse("interop:roster", args=["councils.members", made.body.pk]))
    lines = list(csv.reader(io.StringIO(body(answer).removeprefix("\ufeff"))))
    assert {line[2] for line in lines[1:]} >= {"secretary", "chair", "member"}


def test_who_may_only_know_that_a_body_exists_gets_no_roster_of_it(client: Client) -> None:
    made = council(confidentiality="body")
    owner = staff(UnitFactory.create(parent=made.body.unit))
    duty(made.body, owner)
    sign_in(client, owner.user)
    assert client.get(reverse("councils:body", args=[made.body.pk])).status_code == 200
    roster = reverse("interop:roster", args=["councils.members", made.body.pk])
    assert client.get(roster).status_code == 404
