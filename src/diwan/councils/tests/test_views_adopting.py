"""Adopting on its page: what stands in the way is said before and after it is sent."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from diwan.councils.models import Resolution

from .conduct import session
from .factories import AgendaItemFactory, ResolutionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def test_a_resolution_without_quorum_is_refused_with_the_reason() -> None:
    room = session()
    room.come(*room.members[:2])
    row = ResolutionFactory.create(meeting=room.meeting, state="draft")
    client = Client(headers={"accept-language": "en"})
    client.force_login(room.council.secretary.user)
    address = reverse("councils:adopt", args=[row.pk])
    why = "Quorum is 3 of 5 seats; 2 were in the room. A resolution without quorum is not adopted."
    assert why in client.get(address).content.decode()
    answer = client.post(address)
    assert answer.status_code == 422
    assert why in answer.content.decode()
    room.come(room.members[2])
    assert "It gets the number" in client.get(address).content.decode()
    assert client.post(address).status_code == 302
    assert Resolution.objects.get().state == "adopted"


def test_a_draft_says_under_which_item_it_is_taken() -> None:
    room = session()
    item = AgendaItemFactory.create(meeting=room.meeting, text={"en": "The garden"})
    client = Client(headers={"accept-language": "en"})
    client.force_login(room.council.secretary.user)
    address = reverse("councils:draft_resolution", args=[room.meeting.pk])
    assert "The garden" in client.get(address).content.decode()
    form = {"kind": "resolved", "text_en": "Water it.", "confidentiality": "internal"}
    assert client.post(address, form | {"item": str(item.pk)}).status_code == 302
    assert Resolution.objects.get().item == item
    assert client.post(address, form | {"item": "another"}).status_code == 422
    assert Resolution.objects.count() == 1
