"""When a unit works: its own rows, those of units above it, its country's."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from diwan.directory.models import Unit, UnitDay, UnitHours, UnitWeekend
from diwan.directory.queries.calendars import calendar_of, calendars_of
from diwan.directory.tests.factories import UnitFactory
from diwan.kernel.models import DeclaredHoliday
from diwan.kernel.remembering import remembering
from diwan.kernel.working import work_calendar

from .pages import named

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
THURSDAY, FRIDAY, SUNDAY = date(2026, 11, 26), date(2026, 11, 27), date(2026, 11, 29)


@pytest.fixture
def units() -> tuple[Unit, Unit, Unit]:
    top = named("سازمان مادر")
    province = named("اداره کل", top)
    return top, province, named("شعبه", province)


def test_a_unit_without_rows_has_its_countrys_calendar(units: tuple[Unit, Unit, Unit]) -> None:
    found = calendars_of([unit.pk for unit in units], at=AT)
    assert all(calendar == work_calendar("IR") for calendar in found.values())


def test_the_nearest_unit_that_says_something_is_right(units: tuple[Unit, Unit, Unit]) -> None:
    top, province, branch = units
    UnitWeekend.objects.create(unit=top, days="3,4")
    UnitWeekend.objects.create(unit=province, since=SUNDAY, days="4")
    UnitHours.objects.create(unit=province, opens=time(8), closes=time(16))
    UnitHours.objects.create(
        unit=branch, weekday=THURSDAY.weekday(), opens=time(8), closes=time(12)
    )
    found = calendars_of([unit.pk for unit in units], at=AT)
    of_top, of_province, of_branch = (found[unit.pk] for unit in units)
    assert not of_top.is_working_day(THURSDAY)
    assert not of_province.is_working_day(THURSDAY), "until its own weekend begins"
    assert of_province.is_working_day(date(2026, 12, 3))
    assert of_top.hours_on(SUNDAY) == [(time(7, 30), time(14, 30))]
    assert of_province.hours_on(SUNDAY) == [(time(8), time(16))]
    assert of_branch.hours_on(SUNDAY) == [(time(8), time(16))]
    assert of_branch.hours_on(date(2026, 12, 3)) == [(time(8), time(12))]


def test_single_days_are_closed_and_worked(units: tuple[Unit, Unit, Unit]) -> None:
    top, province, branch = units
    DeclaredHoliday.objects.create(country="IR", day=THURSDAY, name={}, status="declared")
    UnitDay.objects.create(unit=top, day=SUNDAY, name={"fa": "آلودگی هوا"})
    UnitDay.objects.create(unit=province, day=THURSDAY, name={}, works=True)
    UnitDay.objects.create(unit=province, day=FRIDAY, name={}, works=True)
    UnitDay.objects.create(unit=branch, day=FRIDAY, name={})
    of_province = calendar_of(province.pk, at=AT)
    assert of_province.is_working_day(THURSDAY)
    assert of_province.is_working_day(FRIDAY)
    assert not of_province.is_working_day(SUNDAY)
    holiday = of_province.holiday_on(SUNDAY)
    assert holiday is not None
    assert holiday.name == {"fa": "آلودگی هوا"}
    of_branch = calendar_of(branch.pk, at=AT)
    assert of_branch.is_working_day(THURSDAY)
    assert not of_branch.is_working_day(FRIDAY)
    assert not work_calendar("IR").is_working_day(THURSDAY)


def test_many_units_cost_one_question_and_once_a_page(units: tuple[Unit, Unit, Unit]) -> None:
    UnitDay.objects.create(unit=units[0], day=SUNDAY)
    many = [unit.pk for unit in UnitFactory.create_batch(10, parent=units[1])]
    with CaptureQueriesContext(connection) as asked:
        assert len(calendars_of(many, at=AT)) == 10
    assert len(asked) == 1
    with remembering(), CaptureQueriesContext(connection) as asked:
        found = calendars_of(many, at=AT)
        assert calendars_of(many, at=AT) == found
        assert work_calendar("IR").weekends == found[many[0]].weekends
    assert len(asked) == 1, "the country's own calendar is read with the units'"
