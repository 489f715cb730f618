"""Days that recur, in every calendar; Debian's libical says what the Jalali ones must be."""

from __future__ import annotations

import calendar as clock
import ctypes
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diwan.kernel.calendars import (
    Calendar,
    ImpossibleRecurrence,
    ImpossibleSpan,
    On,
    Recurrence,
    Span,
    month_length,
    to_calendar,
)

J, G = Calendar.JALALI, Calendar.GREGORIAN
ESFAND_19 = date(2012, 3, 9)
BYDAY = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

days = st.dates(date(2001, 1, 1), date(2060, 12, 31))
month_days = st.integers(1, 31).map(lambda day: On(day=day))
nth_weekdays = st.builds(
    lambda weekday, nth: On(weekday=weekday, nth=nth),
    st.integers(0, 6),
    st.sampled_from([1, 2, 3, 4, -1]),
)
monthly = st.builds(
    lambda count, on: Recurrence(Span(count, "months"), on),
    st.integers(1, 24),
    month_days | nth_weekdays,
)
calendars = st.sampled_from([J, G])


@pytest.mark.parametrize(
    ("every", "on", "fa", "ar", "en"),
    [
        ("2 months", "19", "هر ۲ ماه، روز ۱۹", "كل شهرين، يوم ١٩", "every 2 months, on day 19"),
        (
            "1 month",
            "first monday",
            "هر ماه، نخستین دوشنبه",
            "كل شهر، أول يوم اثنين",
            "every month, on the first Monday",
        ),
        (
            "1 month",
            "last thursday",
            "هر ماه، آخرین پنجشنبه",
            "كل شهر، آخر يوم خميس",
            "every month, on the last Thursday",
        ),
        (
            "2 weeks",
            "sunday",
            "هر ۲ هفته، یکشنبه",
            "كل أسبوعين، يوم الأحد",
            "every 2 weeks, on Sunday",
        ),
        ("3 months", "", "هر ۳ ماه", "كل ٣ أشهر", "every 3 months"),
    ],
)
def test_a_rule_is_said_in_words(every: str, on: str, fa: str, ar: str, en: str) -> None:
    rule = Recurrence.parse(every, on)
    assert (rule.show("fa"), rule.show("ar"), rule.show("en")) == (fa, ar, en)


@pytest.mark.parametrize("on", ["0", "32", "fifth monday", "first", "noday", "first 19", "-1"])
def test_what_is_no_day_is_refused(on: str) -> None:
    with pytest.raises(ImpossibleRecurrence):
        On.parse(on)


@pytest.mark.parametrize(
    ("every", "on"),
    [("2 weeks", "19"), ("1 month", "monday"), ("10 days", "19"), ("2 weeks", "first monday")],
)
def test_a_day_that_the_span_cannot_have_is_refused(every: str, on: str) -> None:
    with pytest.raises(ImpossibleRecurrence):
        Recurrence.parse(every, on)


def test_what_is_no_span_is_refused() -> None:
    with pytest.raises(ImpossibleSpan):
        Recurrence.parse("sometimes", "19")


@given(month_days | nth_weekdays | st.integers(0, 6).map(lambda day: On(weekday=day)))
def test_what_is_written_is_read_again(on: On) -> None:
    assert On.parse(str(on)) == on


def test_every_two_months_on_the_19th_counts_from_the_meeting_of_the_19th() -> None:
    rule = Recurrence.parse("2 months", "19")
    found = rule.between(ESFAND_19, J, ESFAND_19, date(2012, 9, 30))
    assert [to_calendar(day, J).month for day in found] == [2, 4, 6]
    assert {to_calendar(day, J).day for day in found} == {19}


@pytest.mark.parametrize("held", [date(2012, 3, 6), date(2012, 3, 12), date(2012, 3, 21)])
def test_a_meeting_moved_some_days_leaves_the_rule_as_it_was(held: date) -> None:
    """Also into the next month: 2 Farvardin was the meeting of 29 Esfand."""
    on = "29" if held.day == 21 else "19"
    after = Recurrence.parse("2 months", on).after(held, J)
    assert (to_calendar(after, J).month, to_calendar(after, J).day) == (2, int(on))


def test_a_month_without_the_day_has_its_last() -> None:
    rule = Recurrence.parse("1 month", "31")
    last = date(2025, 9, 22)  # 31 Shahrivar 1404
    found = rule.between(last, J, last, date(2026, 5, 22))
    assert [to_calendar(day, J).day for day in found] == [30, 30, 30, 30, 30, 29, 31, 31]


def test_past_ones_are_left_out_as_without_a_day() -> None:
    rule = Recurrence.parse("2 months", "19")
    assert rule.next(ESFAND_19, J, date(2012, 5, 8)) == date(2012, 5, 8)
    assert rule.next(ESFAND_19, J, date(2012, 5, 9)) == date(2012, 7, 9)
    assert Recurrence.parse("2 months").next(ESFAND_19, J, date(2012, 5, 9)) == date(2012, 7, 9)


def test_weeks_keep_their_weekday() -> None:
    rule = Recurrence.parse("2 weeks", "monday")
    assert rule.after(date(2026, 11, 23), G) == date(2026, 12, 7)
    assert rule.after(date(2026, 11, 24), G) == date(2026, 12, 7)  # moved from Monday
    assert rule.after(date(2026, 11, 21), G) == date(2026, 12, 7)  # moved to Saturday before


@given(monthly, days, calendars)
def test_a_series_goes_on_by_its_months_on_its_day(
    rule: Recurrence, last: date, calendar: Calendar
) -> None:
    assert rule.on is not None
    found = [rule.times(n, last, calendar) for n in range(5)]
    assert abs(found[0] - last) <= timedelta(days=22)
    for earlier, later in pairwise(found):
        one, two = to_calendar(earlier, calendar), to_calendar(later, calendar)
        assert (two.year - one.year) * 12 + two.month - one.month == rule.every.count
        if rule.on.weekday is not None:
            assert later.weekday() == rule.on.weekday
        else:
            assert rule.on.day is not None
            assert two.day == min(rule.on.day, month_length(calendar, two.year, two.month))


@given(monthly, days, st.integers(0, 700))
def test_the_next_one_is_the_first_that_has_not_passed(
    rule: Recurrence, last: date, since: int
) -> None:
    today = last + timedelta(days=since)
    due = rule.next(last, J, today)
    assert due >= today
    assert not rule.between(last, J, today + timedelta(days=1), due)


def expanded(libical: ctypes.CDLL, rule: str, start: date, count: int) -> list[date]:
    """What libical makes of a rule from a day on."""
    expand = libical.icalrecur_expand_recurrence
    expand.argtypes = [
        ctypes.c_char_p,
        ctypes.c_long,
        ctypes.c_int,
        ctypes.POINTER(ctypes.c_long),
    ]
    instants = (ctypes.c_long * count)()
    assert expand(rule.encode(), clock.timegm(start.timetuple()), count, instants) == 1
    return [datetime.fromtimestamp(instant, UTC).date() for instant in instants if instant]


@pytest.mark.parametrize(("calendar", "scale"), [(J, "RSCALE=PERSIAN;"), (G, "")])
@given(data=st.data())
def test_libical_finds_the_same_days(
    libical: ctypes.CDLL, calendar: Calendar, scale: str, data: st.DataObject
) -> None:
    """libical (with ICU) is the one reader known to count Persian rules right.

    Hijri is not asked: the tables of Umm al-Qura differ from library to library by a day.
    """
    whole = st.sampled_from([*range(1, 29), 31]).map(lambda day: On(day=day))
    on = data.draw(whole | nth_weekdays)
    start = data.draw(st.dates(date(2005, 1, 1), date(2045, 1, 1)))
    first = Recurrence(Span(1, "months"), on).after(start, calendar)
    ours = [Recurrence(Span(1, "months"), on).times(n, first, calendar) for n in range(14)]
    if on.weekday is None:
        part = f"BYMONTHDAY={-1 if on.day == 31 else on.day}"
    else:
        part = f"BYDAY={on.nth}{BYDAY[on.weekday]}"
    assert expanded(libical, f"{scale}FREQ=MONTHLY;{part}", first, 14) == ours
