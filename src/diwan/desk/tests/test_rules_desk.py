"""The working week, the groups of a desk, numbers in words."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diwan.desk.rules.grouping import group_of, grouped
from diwan.desk.rules.week import Week, week_of
from diwan.desk.rules.words import number_in_words
from diwan.kernel.urgency import Group
from diwan.kernel.worktime import (
    DEFAULTS,
    THURSDAY_FRIDAY,
    Holiday,
    Weekend,
    WorkCalendar,
)

IRAN, EGYPT = DEFAULTS["IR"], DEFAULTS["EG"]
TWO_DAYS = WorkCalendar("IR", "Asia/Tehran", (Weekend(None, THURSDAY_FRIDAY),), IRAN.hours)
SATURDAY = date(2026, 11, 21)
LONG_AGO = datetime(2020, 1, 1)  # noqa: DTZ001 - hypothesis adds the zone
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@dataclass(frozen=True)
class Thing:
    due: date | None = None
    late_days: int = 0
    redated: int = 0
    since_at: datetime | None = None
    name: int = 0


@pytest.mark.parametrize(
    ("calendar", "today", "until"),
    [
        (IRAN, SATURDAY, SATURDAY + timedelta(7)),
        (IRAN, SATURDAY + timedelta(5), SATURDAY + timedelta(7)),  # Thursday is worked
        (IRAN, SATURDAY + timedelta(6), SATURDAY + timedelta(14)),  # on Friday the coming week
        (TWO_DAYS, SATURDAY + timedelta(5), SATURDAY + timedelta(14)),  # Thursday rests
        (EGYPT, SATURDAY, SATURDAY + timedelta(8)),  # Egypt rests on Saturday
        (EGYPT, SATURDAY + timedelta(1), SATURDAY + timedelta(8)),
    ],
)
def test_a_week_ends_with_its_weekend(calendar: WorkCalendar, today: date, until: date) -> None:
    assert week_of(calendar, today).until == until


def test_a_holiday_in_the_middle_ends_no_week() -> None:
    monday = SATURDAY + timedelta(2)
    calendar = WorkCalendar("IR", "Asia/Tehran", IRAN.weekends, IRAN.hours, (Holiday(monday, {}),))
    assert week_of(calendar, SATURDAY).until == SATURDAY + timedelta(7)
    assert week_of(calendar, monday + timedelta(1)).yesterday == SATURDAY + timedelta(1)


def test_a_country_without_weekend_has_weeks_from_today() -> None:
    calendar = WorkCalendar("XX", "UTC", (Weekend(None, frozenset()),), ())
    assert week_of(calendar, SATURDAY).until == SATURDAY + timedelta(7)


@given(DAYS, st.sampled_from([IRAN, EGYPT, TWO_DAYS]))
def test_a_week_holds_today_and_working_days(today: date, calendar: WorkCalendar) -> None:
    week = week_of(calendar, today)
    inside = [today + timedelta(n) for n in range((week.until - today).days)]
    assert inside
    assert any(calendar.is_working_day(day) for day in inside)
    assert calendar.is_working_day(week.until)
    assert not calendar.is_working_day(week.until - timedelta(1))
    assert week.new_since < week.yesterday < today


WEEK = Week(SATURDAY, SATURDAY + timedelta(7), SATURDAY - timedelta(3), SATURDAY - timedelta(2))
THINGS = st.lists(
    st.builds(
        Thing,
        due=st.none() | DAYS,
        late_days=st.integers(0, 30),
        redated=st.integers(0, 3),
        since_at=st.none() | st.datetimes(LONG_AGO, timezones=st.just(UTC)),
        name=st.integers(),
    )
)


@given(THINGS)
def test_nothing_is_lost_and_nothing_stands_twice(things: list[Thing]) -> None:
    laid = grouped(things, lambda _: WEEK)
    assert list(laid) == list(Group)
    assert sorted(map(repr, things)) == sorted(repr(t) for group in laid.values() for t in group)


@given(THINGS)
def test_each_group_keeps_its_order(things: list[Thing]) -> None:
    laid = grouped(things, lambda _: WEEK)
    late = [thing.late_days for thing in laid[Group.LATE]]
    assert late == sorted(late, reverse=True)
    for group in (Group.WEEK, Group.LATER):
        dues = [thing.due for thing in laid[group] if thing.due]
        assert len(dues) == len(laid[group])
        assert dues == sorted(dues)
    arrived = [thing.since_at for thing in laid[Group.NEW] if thing.since_at]
    assert arrived == sorted(arrived, reverse=True)
    assert all(thing.due is None for thing in laid[Group.UNDATED])


@given(THINGS)
def test_laying_out_does_not_depend_on_the_order_it_came_in(things: list[Thing]) -> None:
    there = grouped(things, lambda _: WEEK)
    back = grouped(things[::-1], lambda _: WEEK)
    assert {g: len(there[g]) for g in Group} == {g: len(back[g]) for g in Group}


@pytest.mark.parametrize(
    ("thing", "group"),
    [
        (Thing(due=SATURDAY - timedelta(9), late_days=7), Group.LATE),
        (Thing(due=SATURDAY), Group.WEEK),
        (Thing(due=SATURDAY + timedelta(6)), Group.WEEK),
        (Thing(due=SATURDAY + timedelta(7)), Group.LATER),
        # Due on Friday, a day off: today, Saturday, the calendar calls it late; if it did not,
        # it would still be this week's.
        (Thing(due=SATURDAY - timedelta(1)), Group.WEEK),
        (
            Thing(due=SATURDAY + timedelta(40), since_at=datetime(2026, 11, 20, tzinfo=UTC)),
            Group.NEW,
        ),
        (Thing(since_at=datetime(2026, 11, 18, tzinfo=UTC)), Group.NEW),
        (Thing(since_at=datetime(2026, 11, 17, 23, tzinfo=UTC)), Group.UNDATED),
        (Thing(), Group.UNDATED),
    ],
)
def test_where_things_lie(thing: Thing, group: Group) -> None:
    assert group_of(thing, WEEK) is group


def test_numbers_in_words() -> None:
    assert [number_in_words(n, "fa") for n in (1, 3, 10, 11)] == ["یک", "سه", "ده", "۱۱"]
    assert number_in_words(3, "ar") == "ثلاثة"
    assert number_in_words(3, "ar", feminine=True) == "ثلاث"
    assert number_in_words(1234, "en") == "1,234"
    assert number_in_words(0, "ar") == "٠"
