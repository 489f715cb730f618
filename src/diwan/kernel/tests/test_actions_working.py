"""A country's working calendar from its rows, and the first filling of its holidays."""

from datetime import UTC, date, datetime, time

import pytest

from diwan.kernel.models import AuditEntry, DeclaredHoliday, OfficeHoursRow, WeekendRow
from diwan.kernel.policies import Actor
from diwan.kernel.working import country_ref, fill_holidays, today_in, work_calendar

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("setup")


def test_an_empty_country_has_its_defaults() -> None:
    iran, egypt = work_calendar("IR"), work_calendar("EG")
    assert (iran.timezone, egypt.timezone) == ("Asia/Tehran", "Africa/Cairo")
    friday, saturday = date(2026, 11, 20), date(2026, 11, 21)
    assert not iran.is_working_day(friday)
    assert iran.is_working_day(saturday)
    assert not egypt.is_working_day(friday)
    assert not egypt.is_working_day(saturday)


def test_written_rows_stand_in_place_of_the_defaults() -> None:
    WeekendRow.objects.create(country="IR", days="3,4")
    WeekendRow.objects.create(country="IR", since=date(2026, 6, 1), days="4,5")
    OfficeHoursRow.objects.create(country="IR", opens=time(9), closes=time(12))
    DeclaredHoliday.objects.create(country="IR", day=date(2026, 11, 22), status="declared")
    iran = work_calendar("IR")
    assert not iran.is_working_day(date(2026, 5, 28))  # a Thursday before the change
    assert iran.is_working_day(date(2026, 6, 4))  # a Thursday after it
    assert not iran.is_working_day(date(2026, 6, 6))
    assert not iran.is_working_day(date(2026, 11, 22))
    assert work_calendar("EG").is_working_day(date(2026, 11, 22))


def test_holidays_are_filled_once() -> None:
    added = fill_holidays(SYSTEM, "IR", first_year=2026, last_year=2026)
    assert added > 15
    assert DeclaredHoliday.objects.filter(country="IR").count() == added
    assert fill_holidays(SYSTEM, "IR", first_year=2026, last_year=2026) == 0
    entry = AuditEntry.objects.get()
    assert entry.changes["holidays"] == [0, added]
    assert entry.subject_id == country_ref("IR").id
    assert not DeclaredHoliday.objects.filter(country="EG").exists()


def test_nowruz_is_declared_and_lunar_days_are_estimated() -> None:
    fill_holidays(SYSTEM, "IR", first_year=2030, last_year=2030)
    nowruz = DeclaredHoliday.objects.get(country="IR", day=date(2030, 3, 21))
    assert nowruz.status == DeclaredHoliday.Status.DECLARED
    estimated = DeclaredHoliday.objects.filter(status=DeclaredHoliday.Status.ESTIMATED)
    assert estimated.exists()
    assert not any("تخمینی" in row.name["fa"] for row in DeclaredHoliday.objects.all())


def test_names_of_days_are_written_with_the_signs_of_their_language() -> None:
    fill_holidays(SYSTEM, "IR", first_year=2026, last_year=2026)
    names = "|".join(row.name["fa"] for row in DeclaredHoliday.objects.all())
    assert "قیام ۱۵ خرداد" in names
    assert "؛ " in names
    assert not set(names) & set(";0123456789")


def test_what_somebody_declared_is_left_as_it_stands() -> None:
    mine = DeclaredHoliday.objects.create(
        country="EG", day=date(2026, 7, 23), name={"ar": "إجازة"}, status="declared"
    )
    fill_holidays(SYSTEM, "EG", first_year=2026, last_year=2026)
    mine.refresh_from_db()
    assert mine.name == {"ar": "إجازة"}
    assert DeclaredHoliday.objects.filter(country="EG", day=mine.day).count() == 1


def test_an_unknown_country_is_left_empty() -> None:
    assert fill_holidays(SYSTEM, "XX", first_year=2026, last_year=2026) == 0
    assert not AuditEntry.objects.exists()
    assert work_calendar("XX").timezone == "UTC"


def test_today_is_the_countrys_own() -> None:
    late = datetime(2026, 11, 21, 20, 45, tzinfo=UTC)
    assert today_in("IR", late) == date(2026, 11, 22)
    assert today_in("EG", late) == date(2026, 11, 21)


def test_countries_have_identifiers_of_their_own() -> None:
    assert country_ref("IR") != country_ref("EG")
    assert country_ref("IR") == country_ref("IR")
