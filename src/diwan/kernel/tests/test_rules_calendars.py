"""Three calendars: there and back, months, names."""

import random
from contextlib import suppress
from datetime import date, timedelta

import jdatetime
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diwan.kernel.calendars import (
    Calendar,
    CalendarDate,
    ImpossibleDate,
    PartialDate,
    add_months,
    from_calendar,
    month_length,
    month_name,
    parse_date,
    show_date,
    start_of_week,
    to_calendar,
    weekday_name,
)

G, J, H = Calendar.GREGORIAN, Calendar.JALALI, Calendar.HIJRI
HIJRI_DAYS = st.dates(date(1924, 8, 1), date(2077, 11, 16))
calendars = st.sampled_from(list(Calendar))
languages = st.sampled_from(["fa", "ar", "en"])


def test_every_jalali_day_of_two_centuries_goes_there_and_back() -> None:
    day = from_calendar(J, 1300, 1, 1)
    assert day == date(1921, 3, 21)
    count = 0
    for year in range(1300, 1501):
        for month in range(1, 13):
            for number in range(1, month_length(J, year, month) + 1):
                assert from_calendar(J, year, month, number) == day
                assert to_calendar(day, J) == CalendarDate(J, year, month, number)
                other = jdatetime.date.fromgregorian(date=day)
                assert (other.year, other.month, other.day) == (year, month, number)
                day += timedelta(days=1)
                count += 1
    assert count == (day - date(1921, 3, 21)).days


def test_every_hijri_day_of_the_table_goes_there_and_back() -> None:
    day = date(1924, 8, 1)
    while day <= date(2077, 11, 16):
        named = to_calendar(day, H)
        assert from_calendar(H, named.year, named.month, named.day) == day
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("calendar", "parts", "why", "last_day"),
    [
        (J, (1404, 13, 1), "month", None),
        (J, (1404, 0, 1), "month", None),
        (J, (1404, 12, 30), "day", 29),
        (J, (1404, 1, 0), "day", 31),
        (J, (0, 1, 1), "range", None),
        (J, (9378, 1, 1), "range", None),
        (G, (2023, 2, 29), "day", 28),
        (G, (10000, 1, 1), "range", None),
        (H, (1342, 1, 1), "range", None),
        (H, (1501, 1, 1), "range", None),
        (H, (1446, 6, 31), "day", 30),
        (H, (1446, 5, 30), "day", 29),
    ],
)
def test_a_date_that_does_not_exist_says_why(
    calendar: Calendar, parts: tuple[int, int, int], why: str, last_day: int | None
) -> None:
    with pytest.raises(ImpossibleDate) as caught:
        from_calendar(calendar, *parts)
    assert (caught.value.why, caught.value.last_day) == (why, last_day)
    assert caught.value.calendar is calendar


@pytest.mark.parametrize("day", [date(1924, 7, 31), date(2077, 11, 17), date(9999, 12, 31)])
def test_a_day_outside_the_hijri_table_is_out_of_range(day: date) -> None:
    with pytest.raises(ImpossibleDate) as caught:
        to_calendar(day, H)
    assert caught.value.why == "range"


@pytest.mark.parametrize("day", [date(1, 1, 1), date(622, 3, 20)])
def test_a_day_before_the_first_of_the_jalali_era_is_out_of_range(day: date) -> None:
    with pytest.raises(ImpossibleDate) as caught:
        to_calendar(day, J)
    assert caught.value.why == "range"


def test_the_ends_of_the_jalali_calendar() -> None:
    assert to_calendar(from_calendar(J, 1, 1, 1), J) == CalendarDate(J, 1, 1, 1)
    assert to_calendar(from_calendar(J, 9377, 12, 29), J) == CalendarDate(J, 9377, 12, 29)


def test_leap_years() -> None:
    assert month_length(J, 1403, 12) == 30
    assert month_length(J, 1404, 12) == 29
    assert month_length(G, 2024, 2) == 29
    assert month_length(G, 9998, 12) == 31


def test_months_are_added_in_the_calendar_and_clamped() -> None:
    shahrivar_31 = from_calendar(J, 1404, 6, 31)
    assert add_months(shahrivar_31, 1, J) == from_calendar(J, 1404, 7, 30)
    assert add_months(shahrivar_31, -6, J) == from_calendar(J, 1403, 12, 30)
    assert add_months(date(2024, 1, 31), 1, G) == date(2024, 2, 29)
    assert add_months(from_calendar(H, 1446, 1, 10), 12, H) == from_calendar(H, 1447, 1, 10)


@given(st.dates(date(1930, 1, 1), date(2070, 1, 1)), st.integers(-60, 60), calendars)
def test_months_keep_the_day_or_take_the_last(day: date, n: int, calendar: Calendar) -> None:
    before, after = to_calendar(day, calendar), to_calendar(add_months(day, n, calendar), calendar)
    assert after.year * 12 + after.month == before.year * 12 + before.month + n
    assert after.day == min(before.day, month_length(calendar, after.year, after.month))


def test_dates_are_shown_in_each_language() -> None:
    day = date(2026, 11, 21)
    assert show_date(day, J, "fa", "weekday") == "شنبه ۳۰ آبان ۱۴۰۵"
    assert show_date(day, J, "fa", "numeric") == "۱۴۰۵/۰۸/۳۰"
    assert show_date(day, G, "ar") == "٢١ نوفمبر ٢٠٢٦"
    assert show_date(day, G, "ar", "weekday") == "السبت ٢١ نوفمبر ٢٠٢٦"
    assert show_date(day, G, "ar", "numeric") == "٢١\u200f/١١\u200f/٢٠٢٦"
    assert show_date(day, H, "ar") == "١١ جمادى الآخرة ١٤٤٨ هـ"
    assert show_date(day, J, "en") == "30 Aban 1405"
    assert show_date(day, G, "en", "short") == "21 Nov 2026"
    assert show_date(day, J, "fa", "day_month") == "۳۰ آبان"
    assert show_date(day, G, "en-GB", "numeric") == "2026-11-21"
    assert month_name(G, 7, "ar") == "يوليو"
    assert weekday_name(4, "fa") == "جمعه"


@given(HIJRI_DAYS, calendars, languages, st.sampled_from(["long", "short", "numeric", "weekday"]))
def test_what_is_shown_can_be_typed(
    day: date, calendar: Calendar, language: str, style: str
) -> None:
    shown = show_date(day, calendar, language, style)  # type: ignore[arg-type] # drawn
    assert parse_date(shown, calendar) == day


@pytest.mark.parametrize(
    ("text", "calendar", "expected"),
    [
        ("19 اسفند 1390", J, date(2012, 3, 9)),
        ("۱۹ اسفندماه ۱۳۹۰", J, date(2012, 3, 9)),
        ("۱۹ اسفند ماه سال ۱۳۹۰", J, date(2012, 3, 9)),
        ("جمعه، ۱۹ اسفند ۱۳۹۰", J, date(2012, 3, 9)),
        ("۱۳۹۰/۱۲/۱۹", J, date(2012, 3, 9)),
        ("1390-12-19", J, date(2012, 3, 9)),
        ("1390.12.19", J, date(2012, 3, 9)),
        ("1390 12 19", J, date(2012, 3, 9)),
        ("۱۹/۱۲/۱۳۹۰", J, date(2012, 3, 9)),
        (" 2012-03-09 ", J, date(2012, 3, 9)),
        ("9 مارس 2012", J, date(2012, 3, 9)),
        ("٩ مارس ٢٠١٢", G, date(2012, 3, 9)),
        ("9/3/2012", G, date(2012, 3, 9)),
        ("March 9th, 2012", G, date(2012, 3, 9)),
        ("Fri 9 Mar 2012", G, date(2012, 3, 9)),
        ("19 Esfand 1390", G, date(2012, 3, 9)),
        ("سه شنبه ۱ فروردین ۱۳۹۱", J, date(2012, 3, 20)),
        ("سه‌شنبه ۱ فروردين ۱۳۹۱", J, date(2012, 3, 20)),
        ("٦ ربيع الثاني ١٤٤٦ هـ", H, date(2024, 10, 9)),
        ("۶ ربیع‌الثانی ۱۴۴۶", H, date(2024, 10, 9)),
        ("1446/04/06", H, date(2024, 10, 9)),
        ("1 أغسطس 2024", G, date(2024, 8, 1)),
        ("1 دي 1403", J, date(2024, 12, 21)),
    ],
)
def test_typed_dates_are_read(text: str, calendar: Calendar, expected: date) -> None:
    assert parse_date(text, calendar) == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "shape"),
        ("94/1/12", "shape"),
        ("12 اسفند 94", "shape"),
        ("1390/12", "shape"),
        ("1390/13/01", "month"),
        ("1390/12/30", "day"),
        ("1390/12-19", "shape"),
        ("13900/12/19", "shape"),
        ("۱۹ اسفنج ۱۳۹۰", "shape"),
        ("فردا", "shape"),
        ("0000/01/01", "range"),
        ("9" * 5000, "shape"),
    ],
)
def test_what_is_no_date_is_refused_as_it_was_typed(text: str, why: str) -> None:
    with pytest.raises(ImpossibleDate) as caught:
        parse_date(text, J)
    assert caught.value.why == why
    assert caught.value.text == text[:64]


@pytest.mark.parametrize(
    "value",
    ["9999-12-31", "9999-12", "9999", {"hijri": "1500"}, {"hijri": "1500-12"}],
    ids=str,
)
def test_a_date_with_no_day_after_it_is_out_of_range(value: str | dict[str, str]) -> None:
    """Its end could be neither stored nor told: one such date would break every page it is on."""
    with pytest.raises(ImpossibleDate) as caught:
        PartialDate.parse_register(value)
    assert caught.value.why == "range"
    assert caught.value.text == (value if isinstance(value, str) else value["hijri"])


def test_the_last_day_that_can_be_counted_is_not_typed() -> None:
    assert parse_date("9998-12-30", G) == date(9998, 12, 30)
    with pytest.raises(ImpossibleDate) as caught:
        parse_date("9999-12-31", G)
    assert caught.value.why == "range"


@given(st.text(max_size=70), calendars)
def test_no_text_breaks_the_reader(text: str, calendar: Calendar) -> None:
    with suppress(ImpossibleDate):
        assert isinstance(parse_date(text, calendar), date)


def test_weeks_begin_on_saturday_or_as_asked() -> None:
    assert start_of_week(date(2026, 11, 21)) == date(2026, 11, 21)
    assert start_of_week(date(2026, 11, 20)) == date(2026, 11, 14)
    assert start_of_week(date(2026, 11, 20), 0) == date(2026, 11, 16)


def test_hijri_months_follow_each_other_without_a_gap() -> None:
    rng = random.Random(2)
    for _ in range(200):
        year, month = rng.randint(1343, 1499), rng.randint(1, 12)
        last = from_calendar(H, year, month, month_length(H, year, month))
        following = to_calendar(last + timedelta(days=1), H)
        assert (following.year * 12 + following.month, following.day) == (year * 12 + month + 1, 1)
