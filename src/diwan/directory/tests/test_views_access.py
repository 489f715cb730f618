"""What the permission table (`tests/permissions.txt`) cannot say of the room's pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from diwan.directory.models import Holding
from diwan.directory.tests.factories import staff

from .pages import client_of, named, stranger, url

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["units", "posts", "people", "handovers", "partners"])
def test_a_list_of_who_holds_nothing_is_empty(name: str) -> None:
    staff(named("وزارت آزمون"), "head")
    answer = client_of(stranger()).get(url(name))
    assert answer.status_code == 200
    assert "آزمون" not in answer.content.decode()


def test_an_ended_holding_leaves_no_right() -> None:
    unit = named("اداره آزمون")
    head = staff(unit, "head")
    address = url("create_post", unit.pk)
    assert client_of(head.user).get(address).status_code == 200
    past = timezone.now() - timedelta(days=1)
    Holding.objects.filter(pk=head.holding.pk).update(until_at=past)
    assert client_of(head.user).get(address).status_code == 404
