"""The page of figures: the month beside the year, by service, unit and channel, as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation

from diwan.accounts.tests.factories import sign_in
from diwan.directory.models import Unit
from diwan.directory.tests.factories import UnitFactory, staff
from diwan.services.models import Case, Service

from .factories import case, judge, service, variant

pytestmark = pytest.mark.django_db
# 1 Azar 1405, in the morning.
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def office() -> Unit:
    return UnitFactory.create(
        name={"fa": "اداره"}, parent=UnitFactory.create(name={"fa": "سازمان"})
    )


@pytest.fixture
def permit(office: Unit) -> Service:
    return service(office)


def address(name: str = "figures", **query: Any) -> str:
    with translation.override("fa"):
        return reverse(f"services:{name}", query=query)


def reader(unit: Unit, *roles: str) -> Client:
    client = Client()
    sign_in(client, staff(unit, *roles).user)
    return client


def finished(of: Service, days_ago: int, *, on_time: bool, **more: Any) -> Case:
    end = NOW - days_ago * DAY
    filed = end - 4 * DAY
    return case(of, phase="done", ended_at=end, filed_at=filed, on_time=on_time, **more)


def page(client: Client, **query: Any) -> str:
    answer = client.get(address(**query))
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_good_year_does_not_hide_a_bad_month(office: Unit, permit: Service) -> None:
    for _ in range(15):
        finished(permit, 60, on_time=True)
    for kept in (True, False, False, False, False):
        finished(permit, 0, on_time=kept)
    found = page(reader(office, "head"))
    assert "در آذر ۱۴۰۵، ۲۰٪ به‌موقع؛ از آغاز سال ۸۰٪" in found
    assert "بدتر از کل سال" in found
    assert "مجوز هرس درخت" in found


def test_a_month_that_just_began_says_what_the_year_kept(permit: Service) -> None:
    for days_ago in (20, 30):
        finished(permit, days_ago, on_time=True)
    text = page(reader(permit.owner, "head"))
    assert "<h1>از آغاز سال ۱۰۰٪ به‌موقع؛ در آذر ۱۴۰۵ هنوز چیزی نیست</h1>" in text


def test_the_response_rate_stands_beside_the_mean(office: Unit, permit: Service) -> None:
    for stars in (5, 4, None, None):
        judge(finished(permit, 0, on_time=True), stars)
    assert "۴٫۵ از ۵ (۵۰٪ پاسخ داده‌اند)" in page(reader(office, "head"))


def test_the_way_from_the_top_to_the_unit_that_is_late(office: Unit, permit: Service) -> None:
    top = office.versions.get().parent
    assert top is not None
    case(permit, filed_at=NOW - 9 * DAY, promised_at=NOW - DAY)
    head = reader(top, "head")
    found = page(head, by="unit")
    assert f"unit={office.pk}" in found
    below = page(head, by="unit", unit=office.pk)
    assert f"unit={top.pk}" in below, "the way back"
    channels = page(head, by="channel")
    assert "channel=counter" in channels
    last_month = page(head, month="jalali:1405-08")
    assert "آبان ۱۴۰۵" in last_month


def test_filters_narrow_what_is_counted(office: Unit, permit: Service) -> None:
    other = service(office, variant("other"))
    for of, channel in ((permit, "online"), (permit, "counter"), (other, "online")):
        case(of, channel=channel, filed_at=NOW)
    head = reader(office, "head")

    def received(**query: Any) -> str:
        answer: Any = head.get(address("figures_file", **query))
        lines = b"".join(answer.streaming_content).decode().splitlines()
        return str(lines[1].split(",")[2])

    assert received() == '"3"'
    assert received(service=permit.pk) == '"2"'
    assert received(service=permit.pk, channel="online") == '"1"'


def test_who_has_no_figures_finds_no_page(office: Unit, permit: Service) -> None:
    beside = UnitFactory.create(parent=office.versions.get().parent)
    assert reader(office, "administrator").get(address()).status_code == 404
    assert reader(beside, "head").get(address(unit=office.pk)).status_code == 404
    assert reader(beside, "head").get(address()).status_code == 200
    assert reader(office, "clerk").get(address()).status_code == 200
    assert Client().get(address()).status_code == 302


def test_nothing_to_count_says_so(office: Unit, permit: Service) -> None:
    found = page(reader(office, "head"), month="nonsense", by="nonsense")
    assert "هنوز چیزی برای شمردن نیست" in found
