"""Working days and working time, against plain counting and against another library."""

import importlib
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from businesstimedelta import HolidayRule, Rules, WorkDayRule
from hypothesis import given
from hypothesis import strategies as st

from diwan.kernel.worktable import NoWorkingTime
from diwan.kernel.worktime import (
    DEFAULTS,
    FRIDAY_ONLY,
    FRIDAY_SATURDAY,
    THURSDAY_FRIDAY,
    Holiday,
    OfficeHours,
    Weekend,
    WorkCalendar,
)

TEHRAN, CAIRO = ZoneInfo("Asia/Tehran"), ZoneInfo("Africa/Cairo")
EID = tuple(Holiday(date(2024, 4, day), {"ar": "عيد الفطر"}) for day in (9, 10, 11))
EGYPT = WorkCalendar(
    "EG",
    "Africa/Cairo",
    (Weekend(None, FRIDAY_SATURDAY),),
    (
        OfficeHours(None, None, time(8), time(14)),
        OfficeHours(date(2024, 3, 11), date(2024, 4, 9), time(9), time(13)),
    ),
    EID,
)
# Its weekend changes twice.
CHANGING = WorkCalendar(
    "IR",
    "Asia/Tehran",
    (
        Weekend(date(2024, 3, 20), FRIDAY_SATURDAY),
        Weekend(None, FRIDAY_ONLY),
        Weekend(date(2023, 3, 21), THURSDAY_FRIDAY),
    ),
    (OfficeHours(None, None, time(7, 30), time(14, 30)),),
    (
        Holiday(date(2024, 3, 19), {"fa": "ملی شدن صنعت نفت"}),
        Holiday(date(2024, 3, 20), {"fa": "نوروز"}, "estimated"),
        Holiday(date(2024, 3, 22), {"fa": "نوروز"}),
    ),
)
days = st.dates(date(2022, 1, 1), date(2025, 12, 31))
work_calendars = st.sampled_from([EGYPT, CHANGING, *DEFAULTS.values()])
spans = st.timedeltas(timedelta(0), timedelta(days=4)).map(
    lambda span: timedelta(seconds=int(span.total_seconds()))
)


def cairo(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=CAIRO)  # type: ignore[misc,arg-type] # parts of a date


def test_weekends_are_dated() -> None:
    assert CHANGING.is_working_day(date(2023, 3, 16))  # a Thursday before the change
    assert not CHANGING.is_working_day(date(2023, 3, 23))
    assert not CHANGING.is_working_day(date(2024, 3, 23))  # a Saturday after it
    assert CHANGING.is_working_day(date(2024, 3, 21))


def test_holidays_are_off_also_while_estimated() -> None:
    assert not CHANGING.is_working_day(date(2024, 3, 19))
    assert not CHANGING.is_working_day(date(2024, 3, 20))
    assert EGYPT.holiday_on(date(2024, 4, 9)) is EID[0]
    assert EGYPT.holiday_on(date(2024, 4, 8)) is None


def test_the_next_and_the_previous_working_day() -> None:
    assert EGYPT.next_working_day(date(2024, 4, 9)) == date(2024, 4, 14)
    assert EGYPT.previous_working_day(date(2024, 4, 13)) == date(2024, 4, 8)
    assert EGYPT.next_working_day(date(2024, 4, 8)) == date(2024, 4, 8)
    assert EGYPT.add_working_days(date(2024, 4, 9), 0) == date(2024, 4, 14)
    assert EGYPT.add_working_days(date(2024, 4, 8), 1) == date(2024, 4, 14)
    assert EGYPT.add_working_days(date(2024, 4, 14), -1) == date(2024, 4, 8)


@given(work_calendars, days, st.integers(0, 900))
def test_working_days_are_counted_as_one_by_one(
    calendar: WorkCalendar, a: date, count: int
) -> None:
    b = a + timedelta(days=count)
    slow = sum(calendar.is_working_day(a + timedelta(days=i)) for i in range(1, count + 1))
    assert calendar.working_days_between(a, b) == slow
    assert calendar.working_days_between(b, a) == -slow


@given(work_calendars, days, st.integers(1, 300))
def test_adding_working_days_and_counting_them_agree(
    calendar: WorkCalendar, day: date, n: int
) -> None:
    after = calendar.add_working_days(day, n)
    assert calendar.is_working_day(after)
    assert calendar.working_days_between(day, after) == n


def test_counting_over_centuries_is_quick() -> None:
    count = DEFAULTS["IR"].working_days_between(date(1, 1, 1), date(9999, 12, 30))
    assert count == pytest.approx(9999 * 365.2425 * 6 / 7, abs=3)


@given(work_calendars, days, days)
def test_late_means_a_working_day_has_passed(
    calendar: WorkCalendar, due: date, today: date
) -> None:
    late = due < calendar.late_before(today)
    assert late == (calendar.working_days_between(due, today) >= 1)


def test_what_was_due_before_the_weekend_is_late_after_it() -> None:
    thursday = date(2024, 2, 1)
    verdicts = [thursday < EGYPT.late_before(thursday + timedelta(days=i)) for i in range(4)]
    assert verdicts == [False, False, False, True]


def test_deadlines_pass_over_weekends_holidays_and_shorter_hours() -> None:
    assert EGYPT.deadline(cairo(2024, 2, 1, 13), timedelta(hours=2)) == cairo(2024, 2, 4, 9)
    assert EGYPT.deadline(cairo(2024, 4, 8, 12), timedelta(hours=2)) == cairo(2024, 4, 14, 9)
    assert EGYPT.deadline(cairo(2024, 2, 1, 13), timedelta(hours=1)) == cairo(2024, 2, 1, 14)
    night = cairo(2024, 2, 1, 22)
    assert EGYPT.deadline(night, timedelta(0)) == night
    assert EGYPT.deadline(night, timedelta(hours=1)).tzinfo is UTC


def test_deadlines_keep_local_hours_over_summer_time() -> None:
    # Egypt put its clocks forward on 26 April 2024.
    deadline = EGYPT.deadline(cairo(2024, 4, 25, 13), timedelta(hours=2))
    assert deadline == cairo(2024, 4, 28, 9)
    assert deadline == datetime(2024, 4, 28, 6, tzinfo=UTC)
    winter = EGYPT.deadline(cairo(2024, 10, 31, 13), timedelta(hours=2))
    assert winter == datetime(2024, 11, 3, 7, tzinfo=UTC)


@given(work_calendars, st.datetimes(datetime(2023, 1, 1), datetime(2025, 1, 1)), spans)  # noqa: DTZ001
def test_what_was_worked_until_the_deadline_is_what_was_given(
    calendar: WorkCalendar, start: datetime, span: timedelta
) -> None:
    start_at = start.replace(tzinfo=UTC)
    assert calendar.worked_between(start_at, calendar.deadline(start_at, span)) == span


@given(
    st.datetimes(datetime(2024, 4, 1), datetime(2024, 5, 10)),  # noqa: DTZ001
    st.integers(0, 60 * 24 * 30),
    st.integers(1, 60 * 60),
)
def test_another_library_counts_the_same(start: datetime, minutes: int, length: int) -> None:
    calendar = WorkCalendar("EG", "Africa/Cairo", EGYPT.weekends, EGYPT.hours[:1], EID)
    # That library brings pytz and wants its zones; it also needs a holiday ahead of every question.
    zone = importlib.import_module("pytz").timezone("Africa/Cairo")
    ahead = date(2024, 12, 31)
    workday = WorkDayRule(time(8), time(14), working_days=[0, 1, 2, 3, 6], tz=zone)
    closed = HolidayRule(dict.fromkeys([*(holiday.day for holiday in EID), ahead], "off"), tz=zone)
    rules = Rules([workday, closed])
    start_at = start.replace(second=0, microsecond=0, tzinfo=UTC)
    until_at = start_at + timedelta(minutes=minutes)
    other = rules.difference(start_at, until_at)
    assert calendar.worked_between(start_at, until_at) == other.timedelta
    ours = calendar.deadline(start_at, timedelta(minutes=length))
    assert rules.difference(start_at, ours).timedelta == timedelta(minutes=length)


def test_hours_of_a_day() -> None:
    calendar = WorkCalendar(
        "IR",
        "Asia/Tehran",
        (Weekend(None, FRIDAY_ONLY),),
        (
            OfficeHours(None, None, time(7), time(12)),
            OfficeHours(None, None, time(11), time(14)),
            OfficeHours(None, None, time(15), time(16)),
            OfficeHours(None, None, time(7), time(10), weekday=3),
            OfficeHours(date(2024, 3, 12), date(2024, 4, 10), time(9), time(13)),
        ),
    )
    assert calendar.hours_on(date(2024, 3, 2)) == [(time(7), time(14)), (time(15), time(16))]
    assert calendar.hours_on(date(2024, 3, 7)) == [(time(7), time(10))]
    assert calendar.hours_on(date(2024, 3, 8)) == []
    assert calendar.hours_on(date(2024, 3, 14)) == [(time(9), time(13))]
    assert calendar.hours_on(date(2024, 4, 10)) == [(time(7), time(14)), (time(15), time(16))]


def test_worked_backwards_is_negative_and_over_an_empty_table_nothing() -> None:
    a, b = cairo(2024, 2, 1, 8), cairo(2024, 2, 4, 9)
    assert EGYPT.worked_between(a, b) == timedelta(hours=7)
    assert EGYPT.worked_between(b, a) == -timedelta(hours=7)
    late_start = WorkCalendar(
        "EG",
        "Africa/Cairo",
        (),
        (OfficeHours(date(2024, 2, 4), None, time(8), time(14)),),
    )
    assert late_start.worked_between(cairo(2020, 1, 1), b) == timedelta(hours=1)


def test_tables_without_work_are_refused_instead_of_searched_for_ever() -> None:
    never = WorkCalendar("XX", "UTC", (Weekend(None, frozenset(range(7))),), EGYPT.hours)
    with pytest.raises(NoWorkingTime):
        never.next_working_day(date(2024, 1, 1))
    with pytest.raises(NoWorkingTime):
        never.deadline(cairo(2024, 1, 1), timedelta(hours=1))


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        EGYPT.deadline(datetime(2024, 1, 1), timedelta(hours=1))  # noqa: DTZ001
    with pytest.raises(ValueError, match="negative"):
        EGYPT.deadline(cairo(2024, 1, 1), timedelta(hours=-1))
    with pytest.raises(ValueError, match="close"):
        OfficeHours(None, None, time(14), time(8))


def test_defaults_rest_on_the_countrys_weekend() -> None:
    assert not DEFAULTS["IR"].is_working_day(date(2024, 2, 2))
    assert DEFAULTS["IR"].is_working_day(date(2024, 2, 3))
    assert not DEFAULTS["EG"].is_working_day(date(2024, 2, 3))


def test_an_offices_own_rows_hold_before_its_countrys() -> None:
    office = WorkCalendar(
        "EG",
        "Africa/Cairo",
        (*EGYPT.weekends, Weekend(date(2024, 2, 1), THURSDAY_FRIDAY, rank=1)),
        (*EGYPT.hours, OfficeHours(date(2024, 2, 1), None, time(10), time(16), rank=1)),
        EID,
        frozenset({EID[0].day, date(2024, 4, 12)}),
    )
    assert office.hours_on(date(2024, 1, 31)) == [(time(8), time(14))]
    assert office.hours_on(date(2024, 3, 12)) == [(time(10), time(16))], "in Ramadan, too"
    assert office.is_working_day(date(2024, 2, 3))
    assert not office.is_working_day(date(2024, 2, 8))
    # Worked by decree: a holiday, and a Friday.
    assert office.hours_on(EID[0].day) == [(time(10), time(16))]
    assert office.working_days_between(date(2024, 4, 8), date(2024, 4, 13)) == 3
    assert office.add_working_days(date(2024, 4, 8), 2) == date(2024, 4, 12)


def test_closing_hours() -> None:
    assert EGYPT.closes_at(date(2024, 4, 9)) == cairo(2024, 4, 14, 14)
    assert EGYPT.next_closing(cairo(2024, 4, 8, 13)) == (date(2024, 4, 14), cairo(2024, 4, 14, 14))
    assert EGYPT.next_closing(cairo(2024, 4, 8, 12)) == (date(2024, 4, 8), cairo(2024, 4, 8, 13))
