"""A trail tells nobody what the record's own page would not tell them."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from diwan.accounts.actions import TokenFields, make_token
from diwan.accounts.tests.factories import elevated_actor
from diwan.councils.actions.agenda import add_item, change_item, remove_item
from diwan.councils.actions.bodies import correct_body
from diwan.councils.actions.resolutions import (
    adopt_resolution,
    change_draft,
    correct_resolution,
    draft_resolution,
)
from diwan.councils.actions.statements import add_statement
from diwan.councils.models import AgendaItem, Body, Meeting, Resolution
from diwan.directory.actions.handovers import add_need
from diwan.directory.models import Handover
from diwan.kernel.policies import Actor
from diwan.library.actions import DocumentFields, correct_document
from diwan.library.models import Document
from tests.house import House, build

pytestmark = pytest.mark.django_db
SECRET = {"fa": "نهفته‌ترین سخن"}
PLAIN = {"fa": "سخنی برای همه"}


@pytest.fixture
def house() -> House:
    return build()


def actor(house: House, who: str) -> Actor:
    return house.staff[who].actor


def tells(house: House, who: str, kind: str, name: str) -> bool:
    """Whether the page of the trail says SECRET; whoever is asked may open it."""
    address = reverse("ui:trail", args=[kind, house.ids[name]])
    answer = house.client(who).get(address)
    assert answer.status_code == 200
    return SECRET["fa"] in answer.content.decode()


def meeting_of(house: House, name: str) -> Meeting:
    return Meeting.objects.get(pk=house.ids[name])


def test_an_item_for_named_posts_is_not_told_by_its_meeting(house: House) -> None:
    planned = meeting_of(house, "planned")
    posts = [house.staff["colleague"].post.pk]
    named: dict[str, Any] = {"text": SECRET, "confidentiality": "named", "named_post_ids": posts}
    item = add_item(actor(house, "secretary"), planned, named)  # type: ignore[arg-type]
    assert tells(house, "secretary", "councils.meeting", "planned")
    assert not tells(house, "member", "councils.meeting", "planned")
    remove_item(actor(house, "secretary"), item)
    assert tells(house, "secretary", "councils.meeting", "planned")
    assert not tells(house, "member", "councils.meeting", "planned")


def test_an_open_agenda_is_told_to_who_reads_the_meeting(house: House) -> None:
    item = AgendaItem.objects.get(pk=house.ids["item"])
    change_item(actor(house, "secretary"), item, {"text": SECRET})
    assert tells(house, "member", "councils.meeting", "planned")


def test_who_owes_one_action_of_a_meeting_reads_no_statement(house: House) -> None:
    meeting = meeting_of(house, "named_meeting")
    speaker = house.staff["member"].post.pk
    said = {"text": SECRET, "speaker_id": speaker}
    add_statement(actor(house, "secretary"), meeting, said)  # type: ignore[arg-type]
    assert tells(house, "colleague", "councils.meeting", "named_meeting")  # is named
    assert not tells(house, "officer", "councils.meeting", "named_meeting")


def test_drafts_are_for_the_body(house: House) -> None:
    secretary = actor(house, "secretary")
    draft = draft_resolution(
        secretary, meeting_of(house, "meeting"), {"kind": "resolved", "text": SECRET}
    )
    change_draft(secretary, draft, {"text": PLAIN})
    adopt_resolution(secretary, draft)
    house.ids["adopted"] = draft.pk
    assert tells(house, "secretary", "councils.resolution", "adopted")
    assert tells(house, "member", "councils.resolution", "adopted")
    assert not tells(house, "colleague", "councils.resolution", "adopted")


def test_what_was_opened_keeps_what_it_said_before(house: House) -> None:
    secretary = actor(house, "secretary")
    one = Resolution.objects.get(pk=house.ids["body_resolution"])
    correct_resolution(secretary, one, {"text": SECRET}, reason="نوشته")
    correct_resolution(
        secretary, one, {"text": PLAIN, "confidentiality": "internal"}, reason="باز شد"
    )
    assert tells(house, "secretary", "councils.resolution", "body_resolution")
    assert not tells(house, "colleague", "councils.resolution", "body_resolution")
    correct_resolution(secretary, one, {"text": SECRET}, reason="برای همه")
    assert tells(house, "colleague", "councils.resolution", "body_resolution")


def test_a_body_known_by_name_alone_tells_no_mandate(house: House) -> None:
    Body.objects.filter(pk=house.ids["body"]).update(confidentiality="body")
    body = Body.objects.get(pk=house.ids["body"])
    correct_body(actor(house, "secretary"), body, {"mandate": SECRET}, reason="نوشته")
    assert tells(house, "member", "councils.body", "body")
    assert not tells(house, "officer", "councils.body", "body")


def test_a_document_that_was_opened_tells_nothing_older(house: House) -> None:
    row = Document.objects.get(pk=house.ids["body_document"])
    admin = elevated_actor()
    for text, level in ((SECRET, "body"), (PLAIN, "internal")):
        fields = DocumentFields("programme", row.name, text=text, confidentiality=level)
        correct_document(admin, row, fields, reason="نوشته")
        row.refresh_from_db()
    assert tells(house, "head", "library.document", "body_document")
    assert not tells(house, "colleague", "library.document", "body_document")


def test_what_a_handover_needs_stays_on_its_sheet(house: House) -> None:
    add_need(actor(house, "head"), Handover.objects.get(pk=house.ids["handover"]), SECRET)
    assert tells(house, "head", "directory.handover", "handover")
    assert not tells(house, "administrator", "directory.handover", "handover")


def test_the_api_veils_alike(house: House) -> None:
    named: dict[str, Any] = {"text": SECRET, "confidentiality": "named", "named_post_ids": []}
    add_item(actor(house, "secretary"), meeting_of(house, "planned"), named)  # type: ignore[arg-type]
    for who, veiled in (("secretary", False), ("member", True)):
        token = make_token(actor(house, who), TokenFields("آزمون", ["audit:read"], 5))
        address = f"/api/v1/trail/councils.meeting/{house.ids['planned']}"
        asked = {"authorization": f"Bearer {token.secret}"}
        entries = house.client("anonymous").get(address, headers=asked).json()["items"]
        (entry,) = [one for one in entries if one["verb"] == "add_item"]
        assert entry["veiled"] is veiled
        assert (SECRET["fa"] in " ".join(entry["changes"])) is not veiled
