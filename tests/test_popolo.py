"""Popolo as others read it: valid, whole in itself, and no more than its reader may see."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from jsonschema import Draft3Validator
from pytest_django import DjangoDbBlocker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT3

from diwan.accounts.tests.factories import sign_in
from diwan.directory.tests.factories import staff
from diwan.interop.public import export_popolo
from diwan.kernel.policies import Actor

from . import open_world
from .kept import around_a_module
from .open_world import SECRET, Json, World

pytestmark = pytest.mark.django_db
PLACE = "http://www.popoloproject.com/schemas/"
LEVELS = ("internal", "body", "named")
SCHEMAS = {
    "areas": "area", "organizations": "organization", "posts": "post", "persons": "person",
    "memberships": "membership", "events": "event", "motions": "motion",
    "vote_events": "vote_event",
}  # fmt: skip


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with around_a_module(django_db_blocker):
        with django_db_blocker.unblock():
            made = open_world.build()
        yield made


def asked_by(client: Client) -> Json:
    with translation.override("en"):
        answer = client.get(reverse("interop:popolo"))
    assert answer.status_code == 200
    told: Json = json.loads(answer.getvalue())
    return told


@pytest.fixture
def open_to_all(client: Client, world: World, db: None) -> Json:
    return asked_by(client)


@pytest.fixture
def for_staff(client: Client, world: World, db: None) -> Json:
    """As an officer of the same country reads it."""
    sign_in(client, staff(world["office"]).user)
    return asked_by(client)


@cache
def validators(folder: Path) -> dict[str, Draft3Validator]:
    schemas = {path.stem: json.loads(path.read_text()) for path in folder.glob("*.json")}
    registry: Registry[Any] = Registry().with_resources(
        (f"{PLACE}{stem}.json", Resource.from_contents(schema, default_specification=DRAFT3))
        for stem, schema in schemas.items()
    )
    return {
        stem: Draft3Validator(
            schema, registry=registry, format_checker=Draft3Validator.FORMAT_CHECKER
        )
        for stem, schema in schemas.items()
    }


def faults(told: Json, shared: Path) -> list[str]:
    by_name = validators(shared / "schemas" / "popolo")
    return [
        f"{section} {one.get('id')}: {error.message}"
        for section, stem in SCHEMAS.items()
        for one in told[section]
        for error in by_name[stem].iter_errors(one)
    ]


def test_both_documents_are_valid(open_to_all: Json, for_staff: Json, shared: Path) -> None:
    for told in (open_to_all, for_staff):
        assert list(told) == list(SCHEMAS)
        assert faults(told, shared) == []
        assert [name for name in SCHEMAS if name != "areas" and not told[name]] == []


def test_whatever_is_named_is_told(open_to_all: Json, for_staff: Json) -> None:
    for told in (open_to_all, for_staff):
        ids = {section: {one["id"] for one in told[section]} for section in SCHEMAS}
        assert all(len(ids[section]) == len(told[section]) for section in SCHEMAS)
        names = {
            "organization_id": "organizations", "parent_id": "organizations", "post_id": "posts",
            "person_id": "persons", "legislative_session_id": "events", "motion_id": "motions",
            "area_id": "areas",
        }  # fmt: skip
        missing = [
            (section, name, one[name])
            for section in SCHEMAS
            for one in told[section]
            for name, where in names.items()
            if name in one and one[name] not in ids[where]
        ]
        assert missing == []
        voters = {vote["voter_id"] for one in told["vote_events"] for vote in one.get("votes", ())}
        assert voters <= ids["persons"]


def test_everybody_gets_only_what_is_open_to_all(open_to_all: Json, world: World) -> None:
    text = json.dumps(open_to_all, ensure_ascii=False)
    assert SECRET not in text
    assert [pk for pk in world.hidden if str(pk) in text] == []
    by_id = {one["id"]: one for one in open_to_all["vote_events"]}
    roll_call, silent = by_id[str(world["vote"].pk)], by_id[str(world["silent vote"].pk)]
    assert roll_call["counts"][0] == {"option": "yes", "value": 1}
    assert [vote["option"] for vote in roll_call["votes"]] == ["yes"]
    assert "votes" not in silent
    seats = [
        one for one in open_to_all["memberships"] if one.get("post_id") == _post(world, "silent")
    ]
    assert [one.get("person_id") for one in seats] == [None]


def _post(world: World, name: str) -> str:
    return str(world[f"{name} post"].pk)


def test_staff_get_what_their_pages_show(for_staff: Json, world: World) -> None:
    assert str(world["hidden body"].pk) in {one["id"] for one in for_staff["organizations"]}
    people = {one["id"] for one in for_staff["persons"]}
    assert str(world["silent person"].pk) in people
    meetings = {one["id"] for one in for_staff["events"]}
    shown = {level: str(world[f"{level} meeting"].pk) in meetings for level in LEVELS}
    assert shown == {"internal": True, "body": False, "named": False}
    assert "said" not in json.dumps(for_staff)
    held = [one for one in for_staff["memberships"] if one.get("post_id") == _post(world, "former")]
    # A seat in the body and a holding in the unit, of each of the two who had it.
    assert len(held) == 4
    assert sum(one.get("end_date") == "2026-03-01" for one in held) == 2


def test_a_motion_has_its_vote_and_its_result(open_to_all: Json, world: World) -> None:
    by_id = {one["id"]: one for one in open_to_all["motions"]}
    adopted = by_id[str(world["resolution"].pk)]
    assert (adopted["identifier"], adopted["result"]) == ("1405/P/1", "pass")
    assert by_id[str(world["vote"].pk)]["classification"] == "question"
    meetings = {one["id"]: one for one in open_to_all["events"]}
    meeting = meetings[str(world["meeting"].pk)]
    assert meeting["start_date"] == "2026-11-01T09:00:00+03:30"
    assert meeting["attendees"] == [{"id": str(world["chair person"].pk)}]
    # A meeting without a time is on its day.
    assert meetings[str(world["called_off"].pk)]["start_date"] == "2026-11-01"
    assert "start_date" not in meetings[str(world["planned"].pk)]


def test_the_command_line_writes_everything(world: World, shared: Path, db: None) -> None:
    told = json.loads("".join(export_popolo(Actor.system("export"), "ar")))
    assert faults(told, shared) == []
    assert {one["id"] for one in told["events"]} >= {
        str(world[f"{level} meeting"].pk) for level in LEVELS
    }
