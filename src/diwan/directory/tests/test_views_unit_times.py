"""The page of a unit's working time: what holds there, and who may say otherwise."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
import time_machine
from django.test import Client

from diwan.directory.models import Unit, UnitDay, UnitHours, UnitWeekend
from diwan.directory.queries.calendars import calendar_of
from diwan.directory.tests.factories import staff, system
from diwan.kernel import exchange
from diwan.kernel.models import AuditEntry
from diwan.kernel.working import WORKING_CHANGED

from .pages import client_of, foreigner, named, text_of, url

pytestmark = pytest.mark.django_db
SUNDAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def _clock() -> Any:
    with time_machine.travel("2026-11-22T06:00:00Z", tick=False):
        yield


@pytest.fixture
def office() -> Unit:
    return named("اداره", named("سازمان مادر"))


@pytest.fixture
def head(office: Unit) -> Client:
    return client_of(staff(office, "head").user)


def works_on(unit: Unit, day: date) -> bool:
    return calendar_of(unit.pk, at=system().at).is_working_day(day)


def closed(day: str, works: str = "closed") -> dict[str, str]:
    return {"day": day, "works": works, "name_fa": "آلودگی هوا", "name_ar": "", "name_en": ""}


def test_the_page_says_whether_it_is_open(office: Unit, head: Client) -> None:
    page = text_of(head.get(url("unit_calendar", office.pk)))
    assert "امروز باز است: از ۰۷:۳۰ تا ۱۴:۳۰" in page
    UnitDay.objects.create(unit=office, day=SUNDAY, name={"fa": "آلودگی هوا"})
    page = text_of(head.get(url("unit_calendar", office.pk)))
    assert "امروز بسته است: آلودگی هوا" in page


def test_a_closing_of_the_unit_above_holds_below_and_says_whose_it_is(office: Unit) -> None:
    top = office.versions.get().parent
    assert top is not None
    above = client_of(staff(top, "head").user)
    answer = above.post(url("declare_unit_day", top.pk), closed("۱۴۰۵/۰۹/۰۲"))
    assert answer["Location"] == url("unit_calendar", top.pk)
    assert not works_on(office, date(2026, 11, 23))
    page = text_of(above.get(url("unit_calendar", office.pk)))
    assert "آلودگی هوا" in page
    assert url("unit_calendar", top.pk) in page
    assert url("take_back_day", UnitDay.objects.get().pk) not in page


def test_a_day_is_worked_by_decree_and_taken_back(office: Unit, head: Client) -> None:
    facts: list[exchange.Fact] = []
    exchange.listen(WORKING_CHANGED, facts.append)
    friday = date(2026, 11, 27)
    head.post(url("declare_unit_day", office.pk), closed("۱۴۰۵/۰۹/۰۶", "works"))
    assert works_on(office, friday)
    again = head.post(url("declare_unit_day", office.pk), closed("۱۴۰۵/۰۹/۰۶", "works"))
    assert again.status_code == 422
    row = UnitDay.objects.get()
    assert head.post(url("take_back_day", row.pk), {"reason": ""}).status_code == 422
    head.post(url("take_back_day", row.pk), {"reason": "لغو شد"})
    assert not works_on(office, friday)
    assert [fact.data["unit"] for fact in facts] == [office.pk, office.pk]
    verbs = AuditEntry.objects.filter(subject_id=office.pk).order_by("id")
    assert list(verbs.values_list("verb", flat=True)) == ["declare_day", "take_back_day"]


def test_hours_and_weekend_of_its_own(office: Unit, head: Client) -> None:
    hours = {"opens": "۰۸:۰۰", "closes": "۱۶:۰۰", "weekday": "", "since": "۱۴۰۵/۰۹/۰۱", "until": ""}
    head.post(url("set_unit_hours", office.pk), hours)
    wrong = head.post(url("set_unit_hours", office.pk), {**hours, "closes": "۰۷:۰۰"})
    assert wrong.status_code == 422
    head.post(url("set_unit_weekend", office.pk), {"days": ["3", "4"], "since": "۱۴۰۵/۰۹/۰۱"})
    calendar = calendar_of(office.pk, at=system().at)
    assert calendar.hours_on(SUNDAY) == [(time(8), time(16))]
    assert not calendar.is_working_day(date(2026, 11, 26))
    page = text_of(head.get(url("unit_calendar", office.pk)))
    assert "۰۸:۰۰ تا ۱۶:۰۰" in page
    reason = {"reason": "اشتباه"}
    head.post(url("remove_unit_hours", UnitHours.objects.get().pk), reason)
    head.post(url("remove_unit_weekend", UnitWeekend.objects.get().pk), reason)
    assert not UnitHours.objects.exists()
    assert not UnitWeekend.objects.exists()


def test_only_heads_and_administrators_at_or_above_write(office: Unit) -> None:
    clerk = client_of(staff(office, "clerk").user)
    assert clerk.get(url("unit_calendar", office.pk)).status_code == 200
    assert clerk.post(url("declare_unit_day", office.pk), closed("۱۴۰۵/۰۹/۰۲")).status_code == 403
    beside = named("اداره دیگر", office.versions.get().parent)
    neighbour = client_of(staff(beside, "head").user)
    for name in ("declare_unit_day", "set_unit_hours", "set_unit_weekend"):
        assert neighbour.get(url(name, office.pk)).status_code == 403
    row = UnitDay.objects.create(unit=office, day=SUNDAY)
    assert neighbour.post(url("take_back_day", row.pk), {"reason": "x"}).status_code == 403
    abroad = client_of(foreigner().user)
    assert abroad.get(url("unit_calendar", office.pk)).status_code == 404
    assert abroad.get(url("take_back_day", row.pk)).status_code == 404
    assert UnitDay.objects.count() == 1
