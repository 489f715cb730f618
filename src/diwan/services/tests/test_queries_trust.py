"""What a head learns of the judgements themselves: how they came, and where they say otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from diwan.directory.tests.factories import UnitFactory
from diwan.services.models import Rating, Service
from diwan.services.queries.trust import Trust, trust_in

from .factories import case, service, variant
from .office import at, make_office

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
NOW = datetime(2026, 12, 5, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def judged(of: Service, minutes: int, *, on_time: bool, **said: object) -> None:
    """A case of yesterday that was judged so long after its end."""
    end = timezone.now() - 24 * HOUR
    one = case(of, filed_at=end - HOUR, ended_at=end, phase="done", state="done", on_time=on_time)
    at = end + timedelta(minutes=minutes)
    Rating.objects.create(case=one, unit=of.owner, service=of, stars=5, at=at, **said)


def test_what_came_at_once_and_what_speaks_against_the_record() -> None:
    office = make_office()
    judged(office.service, 2, on_time=True, promise_kept=False)
    judged(office.service, 600, on_time=True, promise_kept=True, on_paper=True)
    judged(office.service, 600, on_time=False, promise_kept=True)
    judged(office.service, 600, on_time=True)
    elsewhere = service(UnitFactory.create(), variant("elsewhere"))
    judged(elsewhere, 1, on_time=True, promise_kept=False)
    now = timezone.now()
    asked = (now - 48 * HOUR, now)
    found = Trust(judged=4, at_once=1, on_paper=1, said=3, broken=1, kept=1)
    assert trust_in(office.top.pk, *asked, service_id=None) == found
    assert trust_in(None, *asked, service_id=elsewhere.pk).judged == 1
    assert trust_in(office.top.pk, now - 96 * HOUR, now - 48 * HOUR, service_id=None) == Trust()


def test_it_is_told_to_the_head_alone() -> None:
    office = make_office()
    judged(office.service, 2, on_time=True, promise_kept=False)
    for who, told in ((office.head, True), (office.clerk, False)):
        page = office.client(who).get(at("figures")).content.decode()
        assert ("خود این رضایت‌سنجی‌ها" in page) is told
