"""What councils lays on a handover sheet, and who reads it there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from diwan.accounts.models import User
from diwan.accounts.tests.factories import sign_in
from diwan.councils.models import MinutesVersion
from diwan.directory.public import HandoverPlan, hand_over
from diwan.directory.tests.factories import staff, system

from .factories import council, duty, meeting_of, resolution_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def test_a_head_reads_the_duties_and_nothing_that_the_body_keeps_to_itself(client: Client) -> None:
    made = council()
    secretary = made.secretary
    head, heir = staff(secretary.post.unit, "head"), staff(secretary.post.unit)
    draft = {"en": "A secret draft."}
    resolution_of(made.body, state="draft", confidentiality="named", text=draft)
    hidden = resolution_of(made.body, confidentiality="named")
    duty(made.body, secretary, resolution=hidden, text={"en": "Own duty."})
    duty(made.body, None, resolution=hidden, text={"en": "The duty of nobody."})
    sealed = meeting_of(made.body, confidentiality="named")
    MinutesVersion.objects.create(
        meeting=sealed,
        number=1,
        state="sealed",
        sealed_at=timezone.now() - timedelta(days=2),
        content={},
        sha256="0" * 64,
        code="ABCDEFGH",
    )
    at = timezone.now() - timedelta(hours=1)
    plan = HandoverPlan(secretary.post, at, secretary.person, heir.person)
    one = hand_over(system(), plan)

    def shown(who: User) -> str:
        sign_in(client, who)
        return client.get(reverse("directory:handover", args=[one.pk])).content.decode()

    minutes = reverse("councils:minutes", args=[sealed.pk])
    texts = ("A secret draft.", "The duty of nobody.", minutes)
    whole, page = shown(heir.user), shown(head.user)
    assert [text for text in ("Own duty.", *texts) if text not in whole] == []
    assert "Own duty." in page
    assert [text for text in texts if text in page] == []
    # What may be seen elsewhere stands there: the seat itself.
    assert reverse("councils:body", args=[made.body.pk]) in page
