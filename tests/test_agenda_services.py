"""A body's agenda is offered the services that fall behind below it; one button puts one there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from diwan.accounts.tests.factories import sign_in
from diwan.councils.models import AgendaItem
from diwan.councils.tests.factories import council, meeting_of
from diwan.directory.tests.factories import UnitFactory
from diwan.kernel.exchange import Ref
from diwan.kernel.links import Verb, targets
from diwan.services.constants import SERVICE
from diwan.services.tests.factories import case, service

pytestmark = pytest.mark.django_db


def test_a_service_that_falls_behind_comes_to_the_agenda(client: Client) -> None:
    made = council()
    unit = UnitFactory.create(parent=made.body.unit)
    late = service(unit)
    case(late, due_at=timezone.now() - timedelta(days=9))
    meeting = meeting_of(made.body, state="planned", date=timezone.now().date() + timedelta(days=7))
    sign_in(client, made.secretary.user)
    page = f"/fa/councils/meetings/{meeting.pk}/agenda/"
    shown = client.get(page).content.decode()
    assert "خدمت‌هایی که شهروندان چشم‌به‌راه آن‌اند" in shown
    assert "۱ پرونده عقب‌افتاده" in shown
    put = f"/fa/councils/meetings/{meeting.pk}/agenda/{SERVICE}/{late.pk}/"
    assert put in shown
    client.post(put)
    item = AgendaItem.objects.get(meeting=meeting)
    assert "مجوز هرس درخت" in item.text["fa"]
    assert Ref(SERVICE, late.pk) in targets(Ref("councils.agenda_item", item.pk), Verb.ABOUT)
    assert put not in client.get(page).content.decode()
