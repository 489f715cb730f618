"""OParl as its clients read it: valid, whole, and silent about everything that is not for all."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from pytest_django import DjangoDbBlocker
from referencing import Registry, Resource

from diwan.councils.actions.bodies import correct_body
from diwan.councils.actions.meetings import correct_meeting
from diwan.councils.models import AgendaItem, Bylaws, Meeting, MinutesVersion, Resolution
from diwan.directory.models import Person
from diwan.directory.tests.factories import system
from diwan.interop.actions import publishing
from diwan.interop.models import PublishedObject, PublishedUpTo
from diwan.interop.rules.oparl import OF_BODY
from diwan.kernel import audit, jobs
from diwan.kernel.exchange import Ref
from diwan.kernel.models import Job

from . import open_world
from .kept import around_a_module
from .open_world import PLACE, SECRET, Json, Walker, World

pytestmark = pytest.mark.django_db
TYPES = "https://schema.oparl.org/1.1/"


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Made once for all tests, each of which leaves nothing behind."""
    with around_a_module(django_db_blocker):
        with django_db_blocker.unblock():
            house = open_world.build()
            publishing.look_at_everything()
        yield house


@pytest.fixture
def world(made: World, db: None) -> World:
    return copy.deepcopy(made)


@pytest.fixture(scope="module")
def walker(made: World, django_db_blocker: DjangoDbBlocker) -> Walker:
    """Everything that there is, asked for once."""
    found = Walker(Client())
    with django_db_blocker.unblock():
        found.walk()  # fails at the first address that leads nowhere
    return found


def body_of(client: Client) -> Json:
    (only,) = client.get("/oparl/bodies").json()["data"]
    assert isinstance(only, dict)
    return only


def object_of(client: Client, word: str, record: Any) -> Json:
    told = client.get(f"/oparl/{word}/{record.pk}").json()
    assert isinstance(told, dict)
    return told


def everything_embedded(value: object) -> Iterator[Json]:
    if isinstance(value, dict):
        if str(value.get("type", "")).startswith(TYPES):
            yield value
        for one in value.values():
            yield from everything_embedded(one)
    elif isinstance(value, list):
        for one in value:
            yield from everything_embedded(one)


@cache
def validators(folder: Path) -> dict[str, Draft7Validator]:
    schemas = {path.stem: json.loads(path.read_text()) for path in folder.glob("*.json")}
    # The schema of Body refers to a file that is not there ("Organization" for a mere address).
    schemas["Body"]["properties"]["mainOrganization"].pop("$ref")
    registry: Registry[Any] = Registry().with_resources(
        (name, Resource.from_contents(schema))
        for stem, schema in schemas.items()
        for name in (schema["$id"], f"{TYPES}{stem}.json")
    )
    return {stem: Draft7Validator(schema, registry=registry) for stem, schema in schemas.items()}


def test_everything_is_valid_against_the_schemas(walker: Walker, shared: Path) -> None:
    by_type = validators(shared / "schemas" / "oparl")
    wrong = [
        f"{one['id']}: {error.message}"
        for answer in walker.answers.values()
        for one in everything_embedded(answer)
        for error in by_type[one["type"].removeprefix(TYPES)].iter_errors(one)
    ]
    assert wrong == []
    assert {one["type"].removeprefix(TYPES) for one in walker.found.values()} == set(by_type)


def test_every_object_has_its_times_with_an_offset_and_every_address_leads_somewhere(
    client: Client, walker: Walker, world: World
) -> None:
    stamp = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")
    for answer in walker.answers.values():
        for one in everything_embedded(answer):
            assert {"id", "type", "created", "modified"} <= one.keys(), one
            for name in ("created", "modified", "start", "end"):
                assert name not in one or stamp.fullmatch(one[name]), one
    meeting = object_of(client, "meeting", world["meeting"])
    assert (meeting["start"], meeting["end"]) == (
        "2026-11-01T09:00:00+03:30",
        "2026-11-01T11:00:00+03:30",
    )


def test_nothing_that_is_not_for_all_gets_out(walker: Walker, world: World) -> None:
    found = walker.found
    text = json.dumps(walker.answers, ensure_ascii=False)
    assert SECRET not in text
    assert [pk for pk in world.hidden if str(pk) in text] == []
    # Nor by what is counted: the agenda has no gap, the silent body no person.
    meeting = found[f"{PLACE}/oparl/meeting/{world['meeting'].pk}"]
    assert [item["order"] for item in meeting["agendaItem"]] == [0]
    silent = found[f"{PLACE}/oparl/organization/{world['silent'].pk}"]
    assert [found[seat].get("person") for seat in silent["membership"]] == [None, None]


def test_a_meeting_tells_what_it_is_made_of(client: Client, world: World) -> None:
    meeting = object_of(client, "meeting", world["meeting"])
    assert meeting["participant"] == [f"{PLACE}/oparl/person/{world['chair person'].pk}"]
    assert meeting["location"]["description"] == "تالار شهر"
    (item,) = meeting["agendaItem"]
    assert item["resolutionText"] == "تصویب شد"
    assert "۱" in item["result"] or "1" in item["result"]
    paper = object_of(client, "paper", world["resolution"])
    (consultation,) = paper["consultation"]
    assert (paper["reference"], consultation["agendaItem"]) == ("1405/P/1", item["id"])
    # The text of an open resolution of a closed meeting is out, the meeting is not.
    assert "consultation" not in object_of(client, "paper", world["stray"])
    half = object_of(client, "paper", world["half"])["consultation"][0]
    assert "agendaItem" not in half


def test_a_paper_is_read_by_everybody_as_long_as_it_is_open(client: Client, world: World) -> None:
    file = object_of(client, "file", world["paper"])
    address = file["downloadUrl"].removeprefix(PLACE)
    answer = client.get(address)
    assert answer.getvalue() == b"Numbers for everybody."
    assert (file["mimeType"], file["size"]) == ("text/plain", 22)
    AgendaItem.objects.filter(pk=world["item"].pk).update(confidentiality="body")
    assert client.get(address).status_code == 404


def test_people_have_their_seats_with_their_dates(client: Client, world: World) -> None:
    former = object_of(client, "person", world["former person"])
    (seat,) = former["membership"]
    assert (former["name"], seat["endDate"], seat["votingRight"]) == (
        "پیشین نمونه", "2026-03-01", True,
    )  # fmt: skip
    Bylaws.objects.filter(body=world["named"]).update(members_public=False)
    gone = object_of(client, "person", world["former person"])
    assert gone.keys() == {"id", "type", "created", "modified", "deleted"}


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_programs_of_every_origin_may_ask(client: Client, world: World, method: str) -> None:
    answer = getattr(client, method)("/oparl/bodies", HTTP_ORIGIN="https://example.org")
    assert answer.status_code == (204 if method == "options" else 200)
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert client.post("/oparl/bodies").status_code == 405


def test_what_did_not_change_is_not_sent_again(client: Client, world: World) -> None:
    answer = client.get("/oparl/bodies")
    assert client.get("/oparl/bodies", HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 304


@pytest.mark.parametrize(
    "wrong",
    ["limit=0", "limit=-3", "limit=ten", "modified_since=yesterday", "created_until=2026-01-01",
     "created_since=2026-13-01T00:00:00%2B03:30", "omit_internal=perhaps", "after=x"],
)  # fmt: skip
def test_a_filter_that_means_nothing_gets_a_sentence(
    client: Client, world: World, wrong: str
) -> None:
    answer = client.get(f"/oparl/bodies?{wrong}", HTTP_ACCEPT_LANGUAGE="en")
    assert answer.status_code == 400
    name, _is, value = wrong.partition("=")
    assert answer.json()["message"].startswith(f"{name}={value.replace('%2B', '+')} is ")


@pytest.mark.parametrize(
    "address",
    ["meeting/019aa000-0000-7000-8000-000000000000", "nothing/019aa000-0000-7000-8000-000000000000",
     "body/019aa000-0000-7000-8000-000000000000/meeting",
     "file/019aa000-0000-7000-8000-000000000000/content"],
)  # fmt: skip
def test_an_unknown_address_is_not_found(client: Client, world: World, address: str) -> None:
    answer = client.get(f"/oparl/{address}")
    assert (answer.status_code, answer["Content-Type"][:16]) == (404, "application/json")


def test_what_is_no_longer_open_says_that_it_is_gone_and_nothing_else(
    client: Client, world: World
) -> None:
    before = object_of(client, "meeting", world["meeting"])
    later = timezone.now() + timedelta(minutes=5)
    level = {"confidentiality": "internal"}
    correct_meeting(system(), world["meeting"], level, reason="not for all")  # type: ignore[arg-type]
    publishing.tick(later)
    gone = object_of(client, "meeting", world["meeting"])
    assert gone == {
        "id": before["id"], "type": before["type"], "created": before["created"],
        "modified": gone["modified"], "deleted": True,
    }  # fmt: skip
    assert gone["modified"] > before["modified"]
    address = body_of(client)["meeting"].removeprefix(PLACE)
    assert gone["id"] not in [one["id"] for one in client.get(address).json()["data"]]
    since = f"{address}?modified_since={quote(before['modified'])}&limit=100"
    assert gone in client.get(since).json()["data"]
    # And back again.
    correct_meeting(system(), world["meeting"], {"confidentiality": "public"}, reason="again")
    assert object_of(client, "meeting", world["meeting"])["name"] == before["name"]


def test_a_dissolved_body_is_not_deleted(client: Client, world: World) -> None:
    named = world["named"]
    named.until = datetime(2026, 11, 1, tzinfo=UTC).date()
    named.save()
    assert object_of(client, "organization", named)["endDate"] == "2026-11-01"


def test_nothing_gets_out_in_the_minute_before_the_index_knows(
    client: Client, world: World
) -> None:
    """Written past every action, so that nothing tells the index."""
    Meeting.objects.filter(body=world["named"]).update(confidentiality="named")
    Resolution.objects.filter(body=world["named"]).update(confidentiality="named")
    told = Walker(client).lists()
    assert str(world["silent meeting"].pk) in told
    assert "بودجه" not in told


def test_modified_changes_when_something_shown_changes_and_only_then(
    client: Client, world: World
) -> None:
    named = world["named"]
    first = object_of(client, "organization", named)
    audit.record(system(), "touch", Ref("councils.body", named.pk))  # nothing that is shown
    assert object_of(client, "organization", named) == first
    correct_body(system(), named, {"name": {"fa": "نام تازه", "en": "New name"}}, reason="r")
    second = object_of(client, "organization", named)
    assert second["name"] == "نام تازه"
    assert second["modified"] > first["modified"]
    assert second["created"] == first["created"]
    # Whoever asked before hears of it by its time alone.
    address = body_of(client)["organization"].removeprefix(PLACE)
    heard = client.get(f"{address}?modified_since={quote(second['modified'])}").json()["data"]
    assert [one["id"] for one in heard] == [second["id"]]


@settings(
    max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(limit=st.integers(1, 130), name=st.sampled_from(sorted(OF_BODY)), omit=st.booleans())
def test_a_list_is_the_same_in_pages_of_any_size(
    walked: Client, limit: int, name: str, *, omit: bool
) -> None:
    address = body_of(walked)[name]
    whole = Walker(walked).all_of(f"{address}?limit=100")
    asked = f"{address}?limit={limit}{'&omit_internal=true' if omit else ''}"
    pages = list(Walker(walked).pages(asked))
    found = [one for page in pages for one in page["data"]]
    assert [one["id"] for one in found] == [one["id"] for one in whole]
    assert all(len(page["data"]) == min(limit, 100) for page in pages[:-1])
    assert {page["pagination"]["totalElements"] for page in pages} == {len(whole)}
    if omit:
        assert len(list(everything_embedded(found))) == len(whole)


@pytest.fixture
def walked(client: Client, world: World) -> Client:
    return client


def test_the_filters_keep_what_lies_between(client: Client, world: World) -> None:
    address = body_of(client)["meeting"].removeprefix(PLACE)
    base = datetime(2026, 1, 1, tzinfo=UTC)
    rows = list(PublishedObject.objects.filter(kind="Meeting"))
    for number, row in enumerate(rows):
        at = base + timedelta(days=number)
        PublishedObject.objects.filter(pk=row.pk).update(created_at=at, modified_at=at)
    since = quote("2026-01-03T00:00:00+00:00")
    bounds = f"created_since={since}&created_until=2026-01-05T03:30:00 03:30"
    found = client.get(f"{address}?{bounds}").json()
    assert [one["id"] for one in found["data"]] == [
        f"{PLACE}/oparl/meeting/{row.record}" for row in rows[2:5]
    ]
    assert "created_since=2026-01-03" in found["links"]["self"]


def test_before_the_first_filling_programs_are_asked_to_come_again(
    client: Client, world: World
) -> None:
    PublishedUpTo.objects.all().delete()
    PublishedObject.objects.all().delete()
    answer = client.get("/oparl/bodies")
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert client.get("/oparl/").status_code == 200
    publishing.tick(timezone.now())
    publishing.tick(timezone.now())
    assert Job.objects.filter(name=publishing.JOB).count() == 1
    jobs.work_off()
    assert body_of(client)["name"] == "سازمان باز"


def test_much_that_was_written_is_left_to_the_tick(client: Client, world: World) -> None:
    for row in Meeting.objects.all():
        audit.record(system(), "touch", Ref("councils.meeting", row.pk))
    Meeting.objects.filter(pk=world["planned"].pk).update(place={"fa": "سالن تازه"})
    assert publishing.catch_up(most=3) is False
    assert publishing.catch_up(most=5000) is True
    assert object_of(client, "meeting", world["planned"])["location"]["description"] == "سالن تازه"
    assert PublishedUpTo.objects.get().entry is not None


def test_whose_data_were_erased_is_gone(client: Client, world: World) -> None:
    person: Person = world["chair person"]
    person.erased_at = timezone.now()
    person.save()
    audit.record(system(), "erase", Ref("directory.person", person.pk))
    assert object_of(client, "person", person)["deleted"] is True
    assert "سارا" not in Walker(client).lists()


def test_signed_minutes_are_linked_where_nothing_in_them_is_kept_back(
    client: Client, world: World
) -> None:
    for name in ("meeting", "silent meeting"):
        signed = MinutesVersion.objects.create(
            meeting=world[name], number=1, state="signed", language="fa", content={}, sha256="",
            code=name, sealed_at=timezone.now(), signed_at=timezone.now(),
        )  # fmt: skip
    assert "resultsProtocol" not in object_of(client, "meeting", world["meeting"])
    file = object_of(client, "meeting", world["silent meeting"])["resultsProtocol"]
    assert file["mimeType"] == "application/pdf"
    with translation.override("fa"):
        assert file["accessUrl"] == PLACE + reverse("councils:minutes_pdf", args=[signed.pk])


def test_no_list_asks_more_than_fifteen_questions(client: Client, world: World) -> None:
    asked = {}
    for name, address in body_of(client).items():
        if name in OF_BODY:
            with CaptureQueriesContext(connection) as queries:
                client.get(address.removeprefix(PLACE) + "?limit=2")
            asked[name] = len(queries)
    assert len(asked) == len(OF_BODY)
    assert {name: many for name, many in asked.items() if many > 15} == {}
