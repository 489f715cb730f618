"""Deadlines in working time, against another library and against counting day by day."""

from __future__ import annotations

import importlib
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

import pytest
from businesstimedelta import HolidayRule, Rules, WorkDayRule
from hypothesis import given, settings
from hypothesis import strategies as st

from diwan.kernel.worktime import (
    FRIDAY_ONLY,
    FRIDAY_SATURDAY,
    THURSDAY_FRIDAY,
    Holiday,
    OfficeHours,
    Weekend,
    WorkCalendar,
)
from diwan.services.rules.deadlines import Pause, due, due_of_all, merged
from diwan.services.rules.definition import Deadline

RAMADAN = (date(2027, 2, 8), date(2027, 3, 10))
_OFF = tuple(
    Holiday(day, {})
    for day in (date(2027, 1, 25), date(2027, 2, 11), *(date(2027, 3, 20 + n) for n in range(5)))
)


def _calendar(
    country: str, zone: str, weekend: frozenset[int], hours: tuple[time, time]
) -> WorkCalendar:
    ramadan = OfficeHours(*RAMADAN, time(9), time(13))
    always = OfficeHours(None, None, *hours)
    return WorkCalendar(country, zone, (Weekend(None, weekend),), (always, ramadan), _OFF)


CALENDARS = {
    "Iran, Friday": _calendar("IR", "Asia/Tehran", FRIDAY_ONLY, (time(7, 30), time(14, 30))),
    "Iran, Thursday and Friday": _calendar(
        "IR", "Asia/Tehran", THURSDAY_FRIDAY, (time(7), time(15))
    ),
    "Egypt": _calendar("EG", "Africa/Cairo", FRIDAY_SATURDAY, (time(8), time(14))),
}
BEGIN = datetime(2027, 1, 1, tzinfo=UTC)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type] # parts of a date


class Oracle:
    """The other library's working time: before, in and after Ramadan by rules of their own."""

    def __init__(self, calendar: WorkCalendar) -> None:
        # That library brings pytz and wants its zones, and a holiday ahead of every question.
        self.zone = importlib.import_module("pytz").timezone(calendar.timezone)
        off = [*(holiday.day for holiday in calendar.holidays), date(2030, 1, 1)]
        weekend = calendar.weekends[0].days
        days = [day for day in range(7) if day not in weekend]
        closed = HolidayRule(dict.fromkeys(off, "off"), tz=self.zone)
        self.always, self.ramadan = (
            Rules([WorkDayRule(row.opens, row.closes, working_days=days, tz=self.zone), closed])
            for row in calendar.hours
        )

    def worked(self, a_at: datetime, b_at: datetime) -> timedelta:
        edges = [self.zone.localize(datetime.combine(day, time())) for day in RAMADAN]
        cuts = [a_at, *(min(max(edge, a_at), b_at) for edge in edges), b_at]
        total = timedelta(0)
        for rules, since, until in zip(
            (self.always, self.ramadan, self.always), cuts, cuts[1:], strict=False
        ):
            if since < until:
                total += rules.difference(since, until).timedelta
        return total


@cache
def oracle_of(name: str) -> Oracle:
    return Oracle(CALENDARS[name])


def _pauses(chance: random.Random, start_at: datetime) -> list[Pause]:
    found, since = [], start_at
    for _ in range(chance.choice((0, 0, 1, 2))):
        since += timedelta(minutes=chance.randrange(1, 60 * 24 * 4))
        until = since + timedelta(minutes=chance.randrange(1, 60 * 24 * 5))
        found.append((since, until))
        since = until
    return found


@pytest.mark.parametrize("name", CALENDARS)
def test_a_thousand_deadlines_agree_with_another_library(name: str) -> None:
    chance, oracle, calendar = random.Random(name), oracle_of(name), CALENDARS[name]
    for _ in range(1000):
        start_at = BEGIN + timedelta(minutes=chance.randrange(60 * 24 * 85))
        minutes = chance.randrange(1, 60 * 30)
        pauses = _pauses(chance, start_at)
        due_at = due(start_at, Deadline(minutes / 60, "working_hours"), calendar, pauses)
        ran, since = timedelta(0), start_at
        for pause_at, until_at in pauses:
            ran += oracle.worked(since, max(since, min(pause_at, due_at)))
            since = min(until_at, max(due_at, since))
        ran += oracle.worked(since, max(since, due_at))
        assert ran == timedelta(minutes=minutes), (start_at, minutes, pauses)
        # Not a minute more than needed: the last one was worked.
        assert oracle.worked(due_at - timedelta(minutes=1), due_at) == timedelta(minutes=1)


def _counted(start_at: datetime, days: int, name: str, pauses: Sequence[Pause]) -> datetime:
    """The close of the so-manyth working day, found by looking at one after the other."""
    calendar = CALENDARS[name]
    day = calendar.day_of(start_at)
    while True:
        day += timedelta(days=1)
        windows = calendar.windows_on(day)
        if not windows:
            continue
        close_at = windows[-1][1]
        if any(since < close_at <= until for since, until in pauses):
            continue
        days -= 1
        if not days:
            return close_at


starts = st.integers(0, 60 * 24 * 85).map(lambda minutes: BEGIN + timedelta(minutes=minutes))
pairs = st.tuples(st.integers(0, 60 * 24 * 30), st.integers(0, 60 * 24 * 9))


@given(st.sampled_from(sorted(CALENDARS)), starts, st.integers(1, 40), st.lists(pairs, max_size=4))
@settings(max_examples=200)
def test_working_days_are_counted_by_their_closing_hour(
    name: str, start_at: datetime, days: int, offsets: list[tuple[int, int]]
) -> None:
    pauses = [
        (start_at + timedelta(minutes=a), start_at + timedelta(minutes=a + b)) for a, b in offsets
    ]
    found = due(start_at, Deadline(days, "working_days"), CALENDARS[name], pauses)
    assert found == _counted(start_at, days, name, pauses)


@given(st.sampled_from(sorted(CALENDARS)), starts, st.integers(0, 900), st.lists(pairs, max_size=3))
@settings(max_examples=100)
def test_a_pause_never_brings_a_date_nearer(
    name: str, start_at: datetime, amount: int, offsets: list[tuple[int, int]]
) -> None:
    calendar = CALENDARS[name]
    pauses = [
        (start_at + timedelta(minutes=a), start_at + timedelta(minutes=a + b)) for a, b in offsets
    ]
    deadlines: tuple[Any, ...] = (
        Deadline(amount / 10, "working_hours"),
        Deadline(amount // 20, "working_days"),
        Deadline(amount // 10, "calendar_days"),
    )
    for deadline in deadlines:
        assert due(start_at, deadline, calendar, pauses) >= due(start_at, deadline, calendar)


def test_days_of_the_calendar_end_on_a_working_day() -> None:
    iran = CALENDARS["Iran, Friday"]
    # Saturday 2 January 2027 and six days: a Friday, so Saturday's closing hour.
    start_at = at(2027, 1, 2, 6)
    assert due(start_at, Deadline(6, "calendar_days"), iran) == at(2027, 1, 9, 11)
    waited = [(at(2027, 1, 3, 8), at(2027, 1, 5, 8))]
    assert due(start_at, Deadline(6, "calendar_days"), iran, waited) == at(2027, 1, 10, 11)
    half_a_day = [(at(2027, 1, 3, 6), at(2027, 1, 3, 9))]
    assert due(start_at, Deadline(4, "calendar_days"), iran, half_a_day) == at(2027, 1, 6, 11)
    a_night = [(at(2027, 1, 3, 14), at(2027, 1, 4, 4))]
    assert due(start_at, Deadline(4, "calendar_days"), iran, a_night) == at(2027, 1, 6, 11)
    over_friday = [(at(2027, 1, 7, 14), at(2027, 1, 9, 4))]
    assert due(start_at, Deadline(8, "calendar_days"), iran) == at(2027, 1, 10, 11)
    assert due(start_at, Deadline(8, "calendar_days"), iran, over_friday) == at(2027, 1, 11, 11)


def test_no_day_at_all_is_todays_closing_hour_or_the_next_days() -> None:
    iran, today = CALENDARS["Iran, Friday"], Deadline(0, "working_days")
    assert due(at(2027, 1, 2, 6), today, iran) == at(2027, 1, 2, 11)
    assert due(at(2027, 1, 2, 12), today, iran) == at(2027, 1, 3, 11)


def test_deadlines_that_follow_one_another() -> None:
    iran = CALENDARS["Iran, Friday"]
    steps = [Deadline(2, "working_days"), Deadline(7, "working_hours")]
    assert due_of_all(at(2027, 1, 2, 6), steps, iran) == at(2027, 1, 5, 11)
    assert due_of_all(at(2027, 1, 2, 6), [], iran) is None


def test_pauses_that_touch_are_one() -> None:
    day = timedelta(days=1)
    pauses = [(BEGIN + day, BEGIN + 2 * day), (BEGIN - day, BEGIN + day), (BEGIN - day, BEGIN)]
    assert merged(BEGIN, pauses) == [(BEGIN, BEGIN + 2 * day)]
