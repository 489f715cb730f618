"""The page of working time: holidays, weekend and hours, and what counting days makes of them."""

from __future__ import annotations

from datetime import date, time

import pytest
from django.test import Client

from diwan.directory.models import Unit
from diwan.directory.tests.factories import staff
from diwan.kernel.models import DeclaredHoliday, OfficeHoursRow, WeekendRow
from diwan.kernel.working import work_calendar

from .pages import client_of, foreigner, named, text_of, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def top() -> Unit:
    return named("سازمان مادر")


@pytest.fixture
def visitor(top: Unit) -> Client:
    return client_of(staff(top, "administrator").user)


def holiday(day: str, name: str = "روز آزمون", status: str = "declared") -> dict[str, str]:
    return {"day": day, "name_fa": name, "name_ar": "", "name_en": "", "status": status}


def test_a_declared_holiday_is_no_working_day(visitor: Client) -> None:
    assert work_calendar("IR").is_working_day(date(2026, 12, 1))
    answer = visitor.post(url("declare_holiday", "IR"), holiday("۱۴۰۵/۰۹/۱۰"))
    assert answer["Location"] == url("working_time", "IR")
    assert not work_calendar("IR").is_working_day(date(2026, 12, 1))
    page = text_of(visitor.get(url("working_time", "IR"), {"year": "۱۴۰۵"}))
    assert "روز آزمون" in page
    assert "روز آزمون" not in text_of(visitor.get(url("working_time", "IR"), {"year": "1404"}))


def test_an_expected_holiday_is_declared_from_its_row(visitor: Client) -> None:
    visitor.post(url("declare_holiday", "IR"), holiday("۱۴۰۵/۰۹/۱۰", status="estimated"))
    page = text_of(visitor.get(url("working_time", "IR"), {"year": "1405"}))
    way = f"{url('declare_holiday', 'IR')}?day=2026-12-01"
    assert way in page
    form = text_of(visitor.get(way))
    assert "روز آزمون" in form
    assert "۱۴۰۵/۰۹/۱۰" in form
    visitor.post(url("declare_holiday", "IR"), holiday("۱۴۰۵/۰۹/۱۰"))
    assert DeclaredHoliday.objects.get().status == "declared"


def test_a_day_that_does_not_exist_is_refused_with_the_right_one(visitor: Client) -> None:
    answer = visitor.post(url("declare_holiday", "IR"), holiday("۱۴۰۵/۱۲/۳۰"))
    assert answer.status_code == 422
    assert not DeclaredHoliday.objects.exists()


def test_a_holiday_is_removed_with_a_reason(visitor: Client) -> None:
    visitor.post(url("declare_holiday", "IR"), holiday("۱۴۰۵/۰۹/۱۰"))
    row = DeclaredHoliday.objects.get()
    assert visitor.post(url("remove_holiday", row.pk), {"reason": ""}).status_code == 422
    visitor.post(url("remove_holiday", row.pk), {"reason": "لغو شد"})
    assert work_calendar("IR").is_working_day(date(2026, 12, 1))


def test_the_weekend_changes_from_a_day_on(visitor: Client) -> None:
    data = {"days": ["3", "4"], "since": "۱۴۰۵/۱۰/۰۱"}
    visitor.post(url("set_weekend", "IR"), data)
    assert WeekendRow.objects.filter(country="IR").exists()
    thursday_before, thursday_after = date(2026, 12, 17), date(2026, 12, 24)
    calendar = work_calendar("IR")
    assert not calendar.is_working_day(thursday_after)
    assert calendar.is_working_day(thursday_before), "earlier days keep their weekend"
    assert not calendar.is_working_day(date(2026, 12, 18)), "which was Friday"


def test_every_day_off_is_refused(visitor: Client) -> None:
    data = {"days": [str(n) for n in range(7)], "since": "۱۴۰۵/۱۰/۰۱"}
    assert visitor.post(url("set_weekend", "IR"), data).status_code == 422


def test_office_hours_of_some_days(visitor: Client) -> None:
    data = {
        "opens": "۰۹:۰۰",
        "closes": "۱۳:۰۰",
        "weekday": "",
        "since": "۱۴۰۵/۱۱/۱۹",
        "until": "۱۴۰۵/۱۲/۱۹",
    }
    visitor.post(url("set_hours", "IR"), data)
    row = OfficeHoursRow.objects.get()
    assert (row.opens, row.closes, row.until) == (time(9), time(13), date(2027, 3, 10))
    calendar = work_calendar("IR")
    assert calendar.hours_on(date(2027, 2, 9)) == [(time(9), time(13))]
    assert calendar.hours_on(date(2026, 12, 1)) == [(time(7, 30), time(14, 30))]
    wrong = visitor.post(url("set_hours", "IR"), {**data, "closes": "۰۸:۰۰"})
    assert wrong.status_code == 422
    assert "#id_closes" in text_of(wrong)
    visitor.post(url("remove_hours", row.pk), {"reason": "اشتباه"})
    assert not OfficeHoursRow.objects.exists()


def test_the_working_time_of_another_country_is_not_there(visitor: Client) -> None:
    assert visitor.get(url("working_time", "EG")).status_code == 404
    assert visitor.get(url("working_time", "XX")).status_code == 404
    abroad = client_of(foreigner().user)
    assert abroad.post(url("declare_holiday", "IR"), holiday("۱۴۰۵/۰۹/۱۰")).status_code == 404
    assert abroad.get(url("working_time", "EG")).status_code == 200


def test_who_is_not_at_the_top_only_reads(top: Unit) -> None:
    office = named("اداره", top)
    head = client_of(staff(office, "head").user)
    page = text_of(head.get(url("working_time", "IR")))
    assert url("declare_holiday", "IR") not in page
    answer = head.post(url("declare_holiday", "IR"), holiday("۱۴۰۵/۰۹/۱۰"))
    assert answer.status_code == 403
    assert not DeclaredHoliday.objects.exists()
