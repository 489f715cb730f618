"""Lateness, numbers, recurrence and due dates, without a database."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diwan.councils.rules import late
from diwan.councils.rules.dates import due_after, is_old
from diwan.councils.rules.keys import LONGEST, derived_key, part_key
from diwan.councils.rules.life import State
from diwan.councils.rules.numbers import NumberRule, check_rule
from diwan.councils.rules.recurrence import next_date
from diwan.kernel.calendars import Calendar, PartialDate, Precision, Recurrence, Span, to_calendar
from diwan.kernel.ids import new_id
from diwan.kernel.numbering import ImpossiblePattern, Reset
from diwan.kernel.worktime import DEFAULTS, WorkCalendar

IRAN: WorkCalendar = DEFAULTS["IR"]
days = st.dates(date(2012, 1, 1), date(2060, 1, 1))


@given(st.sampled_from(State), days, days, st.sampled_from(["IR", "EG"]))
def test_late_is_a_count_of_working_days_and_a_comparison(
    state: State, due: date, today: date, code: str
) -> None:
    work = DEFAULTS[code]
    count = late.late_days(state, due, today=today, work=work)
    assert late.is_late(state, due, today=today, work=work) is (count > 0)
    if state not in (State.OPEN, State.DOING):
        assert count == 0


def test_what_was_due_on_thursday_is_not_late_on_friday() -> None:
    thursday = date(2026, 11, 19)
    for today, count in [(thursday, 0), (date(2026, 11, 20), 0), (date(2026, 11, 21), 1)]:
        assert late.late_days(State.OPEN, thursday, today=today, work=IRAN) == count


def test_without_a_date_nothing_is_late() -> None:
    assert not late.is_late(State.OPEN, None, today=date(2026, 1, 1), work=IRAN)
    assert late.late_days(State.OPEN, None, today=date(2026, 1, 1), work=IRAN) == 0


def test_every_two_months_is_counted_in_the_bodys_own_calendar() -> None:
    held = date(2012, 3, 9)  # 19 Esfand 1390
    found = next_date(
        held, Recurrence.parse("2 months"), Calendar.JALALI, today=date(2012, 3, 10), work=IRAN
    )
    assert to_calendar(found.rule, Calendar.JALALI).month == 2
    assert to_calendar(found.rule, Calendar.JALALI).day == 19
    assert not found.missed


def test_a_date_in_the_past_becomes_the_next_one_after_today() -> None:
    today = date(2026, 11, 21)
    found = next_date(
        date(2012, 3, 9), Recurrence.parse("2 months"), Calendar.JALALI, today=today, work=IRAN
    )
    assert found.missed
    assert today < found.rule <= today + timedelta(days=62)
    assert to_calendar(found.rule, Calendar.JALALI).day == 19


@given(days, st.integers(1, 24), days)
def test_the_next_date_is_a_working_day_to_come(held: date, months: int, today: date) -> None:
    found = next_date(
        held, Recurrence(Span(months, "months")), Calendar.JALALI, today=today, work=IRAN
    )
    assert found.rule >= min(found.first, today)
    assert found.day >= found.rule
    assert IRAN.is_working_day(found.day)
    assert found.moved is not IRAN.is_working_day(found.rule)


def rule(reset: Reset = Reset.YEAR, pattern: str = "{year}/{code}/{n}") -> NumberRule:
    return NumberRule(pattern, reset, "ش", Calendar.JALALI, "fa")


def test_a_number_is_written_and_read_again() -> None:
    assert rule().written(7, year=1390, term=None) == "1390/ش/7"
    assert rule().read("۱۳۹۰/ش/۷") == (1390, 7)
    assert rule().read("1390/م/7") is None


def test_undated_resolutions_say_so_in_the_registers_language() -> None:
    words = {
        language: NumberRule("{year}/{n}", Reset.YEAR, "x", Calendar.GREGORIAN, language).written(
            1, year=None, term=None
        )
        for language in ("fa", "ar", "en")
    }
    assert words == {"fa": "بی‌تا/1", "ar": "د.ت/1", "en": "n.d./1"}
    assert rule().read("بی‌تا/ش/3") == (None, 3)


def test_the_year_is_the_bodys_own() -> None:
    assert rule().year_of(date(2012, 3, 9)) == 1390
    assert rule().year_of(None) is None


def test_two_terms_of_one_year_never_write_the_same() -> None:
    by_term = rule(Reset.TERM)
    assert by_term.written(1, year=1404, term=5) != by_term.written(1, year=1404, term=6)
    assert by_term.read(by_term.written(3, year=1404, term=6), term=6) == (1404, 3)


@pytest.mark.parametrize(
    ("pattern", "reset"),
    [("{n}", Reset.YEAR), ("{year}", Reset.NEVER), ("{year}/{n}", Reset.TERM), ("", Reset.NEVER)],
)
def test_a_rule_that_cannot_number_is_refused(pattern: str, reset: Reset) -> None:
    with pytest.raises(ImpossiblePattern):
        check_rule(pattern, reset)


def test_due_dates_are_as_precise_as_the_meeting() -> None:
    span = Span.parse("2 months")
    day = PartialDate(date(2012, 3, 9), Precision.DAY, Calendar.JALALI)
    assert due_after(day, span, Calendar.JALALI) == PartialDate(
        date(2012, 5, 8), Precision.DAY, Calendar.JALALI
    )
    month = PartialDate(date(2012, 2, 20), Precision.MONTH, Calendar.JALALI)
    found = due_after(month, span, Calendar.JALALI)
    assert found is not None
    assert found.precision is Precision.MONTH
    assert due_after(None, span, Calendar.JALALI) is None
    assert due_after(PartialDate.unknown(date(2026, 1, 1)), span, Calendar.JALALI) is None


def test_records_older_than_ninety_days_or_undated_are_old() -> None:
    today = date(2026, 11, 21)
    assert is_old(None, today)
    assert is_old(PartialDate.unknown(today), today)
    assert not is_old(PartialDate(today - timedelta(days=90)), today)
    assert is_old(PartialDate(today - timedelta(days=91)), today)
    assert not is_old(PartialDate(date(2026, 8, 1), Precision.MONTH), today)


def test_derived_keys_never_grow_too_long() -> None:
    id_ = new_id()
    assert part_key("r1-1", 1, id_) == "r1-1--1"
    assert len(part_key("k" * LONGEST, 1, id_)) <= LONGEST
    assert len(derived_key("k" * 60, "IR-23", id_)) <= LONGEST
