"""Spans, recurrences and partial dates."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diwan.kernel.calendars import (
    Calendar,
    ImpossibleDate,
    ImpossibleSpan,
    PartialDate,
    Precision,
    Span,
    from_calendar,
    next_occurrence,
    to_calendar,
)

G, J, H = Calendar.GREGORIAN, Calendar.JALALI, Calendar.HIJRI
days = st.dates(date(1930, 1, 1), date(2060, 1, 1))
calendars = st.sampled_from(list(Calendar))
spans = st.builds(
    Span, st.integers(1, 40), st.sampled_from(["days", "weeks", "months"])
) | st.builds(Span, st.integers(1, 3), st.just("years"))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2 months", "2 months"),
        ("1 year", "1 year"),
        ("1 months", "1 month"),
        (" ۱۰ روز ", "10 days"),
        ("هفته", "1 week"),
        ("شهرين", "2 months"),
        ("٣ أشهر", "3 months"),
        ("3weeks", "3 weeks"),
    ],
)
def test_spans_are_read(text: str, written: str) -> None:
    assert str(Span.parse(text)) == written


@pytest.mark.parametrize(
    "text", ["", "0 days", "-1 days", "2", "two months", "1 moon", "99999 days", "1001 years"]
)
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(ImpossibleSpan):
        Span.parse(text)


@pytest.mark.parametrize("calendar", list(Calendar))
@pytest.mark.parametrize("text", ["10000 days", "10000 weeks", "10000 months", "1000 years"])
def test_what_recurs_has_a_next_date_however_long_it_takes(text: str, calendar: Calendar) -> None:
    """A body's rule is told on every page of its country: none may lead beyond all calendars."""
    for last in (date(623, 1, 1), date(1920, 5, 5), date(2077, 11, 16), date(2400, 1, 1)):
        assert next_occurrence(last, Span.parse(text), calendar, date(2026, 11, 22)) > last


@given(spans)
def test_spans_are_written_as_they_are_read(span: Span) -> None:
    assert Span.parse(str(span)) == span
    for language in ("fa", "ar", "en"):
        assert Span.parse(span.show(language)) == span


def test_spans_are_shown_in_each_language() -> None:
    assert Span(2, "months").show("fa") == "۲ ماه"
    assert Span(2, "months").show("en") == "2 months"
    assert [Span(n, "months").show("ar") for n in (1, 2, 3, 11, 100)] == [
        "شهر",
        "شهرين",
        "٣ أشهر",
        "١١ شهرًا",
        "١٠٠ شهر",
    ]
    assert Span(1, "months").show_every("fa") == "هر ماه"
    assert Span(2, "months").show_every("fa") == "هر ۲ ماه"
    assert Span(2, "months").show_every("ar") == "كل شهرين"
    assert Span(1, "years").show_every("en") == "every year"


def test_two_months_after_19_esfand_is_19_ordibehesht() -> None:
    last = from_calendar(J, 1390, 12, 19)
    expected = from_calendar(J, 1391, 2, 19)
    assert next_occurrence(last, Span(2, "months"), J, last) == expected
    assert next_occurrence(last, Span(2, "months"), J, expected) == expected
    later = next_occurrence(last, Span(2, "months"), J, from_calendar(J, 1405, 8, 30))
    assert later == from_calendar(J, 1405, 10, 19)


def test_the_31st_does_not_drift() -> None:
    last = from_calendar(J, 1404, 6, 31)
    span = Span(1, "months")
    assert next_occurrence(last, span, J, last) == from_calendar(J, 1404, 7, 30)
    assert next_occurrence(last, span, J, from_calendar(J, 1404, 12, 29)) == from_calendar(
        J, 1405, 1, 31
    )


@given(days, spans, calendars, st.integers(0, 3000))
def test_the_next_occurrence_is_the_first_after_today(
    last: date, span: Span, calendar: Calendar, age: int
) -> None:
    today = last + timedelta(days=age)
    n, due = 1, span.after(last, calendar)
    if due < today:
        while due <= today:
            n += 1
            due = span.times(n, last, calendar)
    assert next_occurrence(last, span, calendar, today) == due


@pytest.mark.parametrize(
    ("value", "first", "last", "precision"),
    [
        ("2012-03-09", date(2012, 3, 9), date(2012, 3, 9), "day"),
        ("2012-02", date(2012, 2, 1), date(2012, 2, 29), "month"),
        ("2012", date(2012, 1, 1), date(2012, 12, 31), "year"),
        (2012, date(2012, 1, 1), date(2012, 12, 31), "year"),
        (date(2012, 3, 9), date(2012, 3, 9), date(2012, 3, 9), "day"),
        ({"jalali": "1390-12-19"}, date(2012, 3, 9), date(2012, 3, 9), "day"),
        ({"jalali": "1390-12"}, date(2012, 2, 20), date(2012, 3, 19), "month"),
        ({"jalali": 1390}, date(2011, 3, 21), date(2012, 3, 19), "year"),
        ({"hijri": "1446-04-06"}, date(2024, 10, 9), date(2024, 10, 9), "day"),
        ("FY2019/2020", date(2019, 7, 1), date(2020, 6, 30), "fiscal"),
    ],
)
def test_dates_of_the_register(value: object, first: date, last: date, precision: str) -> None:
    found = PartialDate.parse_register(value)
    assert (found.first_day, found.last_day, found.precision) == (first, last, precision)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "12-03-09",
        "2012-3-9",
        "2012-13",
        "2012-02-30",
        "FY2019/2021",
        "FY2019",
        "۱۳۹۰-۱۲",
        {"jalali": "1390-12-30"},
        {"gregorian": "2012"},
        {"jalali": "1390", "hijri": "1433"},
        {"event": "m1"},
        {},
        None,
        True,
        12.5,
        datetime(2012, 3, 9),  # noqa: DTZ001 -- what YAML gives for a time without a zone
        ["2012"],
        {"hijri": "1300-01"},
    ],
)
def test_what_is_no_register_date_is_refused(value: object) -> None:
    with pytest.raises(ImpossibleDate):
        PartialDate.parse_register(value)


@given(days, st.sampled_from([p for p in Precision if p is not Precision.UNKNOWN]), calendars)
def test_register_dates_go_there_and_back(
    day: date, precision: Precision, calendar: Calendar
) -> None:
    calendar = G if precision is Precision.FISCAL else calendar
    partial = PartialDate(day, precision, calendar)
    assert partial.first_day <= day <= partial.last_day
    assert PartialDate.parse_register(partial.to_register()) == partial


def test_partial_dates_show_no_more_than_is_known() -> None:
    read = PartialDate.parse_register
    assert read({"jalali": "1390-12"}).show("fa", J) == "اسفند ۱۳۹۰"
    assert read({"jalali": "1390-12-19"}).show("ar", G) == "٩ مارس ٢٠١٢"
    assert read("FY2019/2020").show("fa", J) == "سال مالی ۲۰۱۹/۲۰۲۰"
    assert read("FY2019/2020").show("ar") == "السنة المالية ٢٠١٩/٢٠٢٠"
    assert read("2012").show("fa", J) == "۲۰۱۲ میلادی"
    assert read("2012").show("ar", G) == "٢٠١٢"
    assert read({"jalali": "1390"}).show("en", G) == "1390 SH"
    unknown = PartialDate.unknown(date(2026, 11, 21))
    assert unknown.to_register() is None
    assert unknown.last_day == date(2026, 11, 21)
    assert [unknown.show(language) for language in ("fa", "ar", "en")] == [
        "تاریخ نامعلوم",
        "تاريخ غير معلوم",
        "date unknown",
    ]


def test_a_day_before_the_readers_table_is_shown_in_its_own_calendar() -> None:
    assert PartialDate(date(1907, 1, 1)).show("ar", H) == "١ يناير ١٩٠٧"


def test_a_fiscal_year_is_gregorian() -> None:
    with pytest.raises(ValueError, match="Gregorian"):
        PartialDate(date(2019, 7, 1), Precision.FISCAL, J)


def test_calendar_of_a_span_matters() -> None:
    day = from_calendar(H, 1446, 1, 1)
    after = Span(1, "years").after(day, H)
    assert to_calendar(after, H).year == 1447
    assert after != Span(1, "years").after(day, G)
