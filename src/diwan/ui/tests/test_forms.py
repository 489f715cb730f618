"""Fields: what people type in their own calendar, digits and languages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from diwan.kernel.calendars import Calendar, PartialDate, Precision, Span
from diwan.kernel.reader import Reader, of_language, reading
from diwan.ui.forms import (
    AsOfForm,
    CalendarDateField,
    CalendarMomentField,
    ClockField,
    LocalTextField,
    NumberField,
    PartialDateField,
    SearchForm,
    SpanField,
)
from diwan.ui.widgets import DateInput, MomentInput, PartialDateInput, SpanInput

CAIRO = Reader("ar", Calendar.GREGORIAN, "Africa/Cairo")
days = st.dates(min_value=date(1921, 3, 21), max_value=date(2077, 1, 1))
readers = st.builds(
    Reader, st.sampled_from(("fa", "ar", "en")), st.sampled_from(Calendar), st.just("Asia/Tehran")
)


@pytest.fixture(autouse=True)
def persian() -> Iterator[None]:
    """Read as a Persian reader unless a test says otherwise."""
    with translation.override("fa"), reading(of_language("fa")):
        yield


def sentence(field: forms.Field, value: Any) -> str:
    """Return the one sentence with which a field refuses a value."""
    with pytest.raises(ValidationError) as refusal:
        field.clean(value)
    (only,) = refusal.value.messages
    return only


@given(days.filter(lambda day: day > date(1925, 1, 1)), readers)
def test_a_day_shown_in_its_input_is_read_back(day: date, reader: Reader) -> None:
    with reading(reader):
        assert CalendarDateField().clean(DateInput().format_value(day)) == day


@pytest.mark.parametrize(
    "typed", ["۱۳۹۰/۱۲/۱۹", "1390-12-19", "۱۹ اسفند ۱۳۹۰", " ۱۳۹۰.۱۲.۱۹ ", "2012-03-09"]
)
def test_a_day_is_read_as_people_type_it(typed: str) -> None:
    assert CalendarDateField().clean(typed) == date(2012, 3, 9)


def test_an_impossible_day_is_refused_with_the_right_one() -> None:
    assert sentence(CalendarDateField(), "۱۳۹۰/۱۲/۳۰") == (
        "«۱۳۹۰/۱۲/۳۰» در تقویم نیست: این ماه ۲۹ روز دارد و آخرین روزش ۲۹ اسفند ۱۳۹۰ است."
    )
    with translation.override("ar"), reading(CAIRO):
        assert "٢٨ فبراير ٢٠٢٣" in sentence(CalendarDateField(), "٢٠٢٣/٢/٣١")


def test_other_impossible_dates_show_an_example() -> None:
    assert "۱۲ ماه" in sentence(CalendarDateField(), "1405/13/1")
    assert "سال چهاررقمی" in sentence(CalendarDateField(), "05/8/30")
    assert "تاریخ نیست" in sentence(CalendarDateField(), "فردا")
    assert sentence(CalendarDateField(), "") == "تاریخ را بنویسید."


def test_an_empty_day_may_be_left_out() -> None:
    assert CalendarDateField(required=False).clean("") is None


@pytest.mark.parametrize(("typed", "meant"), [("۱۰:۳۰", time(10, 30)), ("9", time(9, 0))])
def test_a_time_of_day(typed: str, meant: time) -> None:
    assert ClockField().clean(typed) == meant


@pytest.mark.parametrize("typed", ["25:00", "۱۰:۶۰", "صبح"])
def test_no_time_of_day(typed: str) -> None:
    assert "ساعت نیست" in sentence(ClockField(), typed)


def test_a_moment_is_the_readers_and_kept_in_utc() -> None:
    moment = CalendarMomentField().clean(["۱۴۰۵/۸/۳۰", "۱۰:۰۵"])
    assert moment == datetime(2026, 11, 21, 6, 35, tzinfo=UTC)
    assert MomentInput().decompress(moment) == [date(2026, 11, 21), time(10, 5)]


def test_a_moment_needs_both_halves() -> None:
    assert sentence(CalendarMomentField(), ["۱۴۰۵/۸/۳۰", ""]) == "هم روز و هم ساعت را بنویسید."
    assert CalendarMomentField(required=False).clean(["", ""]) is None


def test_a_moment_that_the_clocks_skip_is_refused() -> None:
    # In 2024 Egypt's clocks went from 00:00 to 01:00 on 26 April.
    with reading(CAIRO):
        assert "جلو کشیده" in sentence(CalendarMomentField(), ["2024-04-26", "00:30"])
        assert CalendarMomentField().clean(["2024-04-26", "01:30"]) is not None


@pytest.mark.parametrize(
    ("typed", "register"),
    [
        ("۱۳۹۰", {"jalali": "1390"}),
        ("۱۳۹۰/۱۲", {"jalali": "1390-12"}),
        ("12/1390", {"jalali": "1390-12"}),
        ("اسفند ۱۳۹۰", {"jalali": "1390-12"}),
        ("۱۹ اسفند ۱۳۹۰", {"jalali": "1390-12-19"}),
        ("2012", "2012"),
        ("2012-03", "2012-03"),
        ("مارس 2012", "2012-03"),
        ("سال مالی ۲۰۱۹/۲۰۲۰", "FY2019/2020"),
        ("FY2019/2020", "FY2019/2020"),
        ("۱۳۹۰ خورشیدی", {"jalali": "1390"}),
    ],
)
def test_a_date_is_kept_as_precisely_as_it_was_typed(typed: str, register: object) -> None:
    read = PartialDateField().clean(typed)
    meant = PartialDate.parse_register(register)
    assert (read.first_day, read.precision) == (meant.first_day, meant.precision)


@given(
    days.filter(lambda day: day > date(1926, 1, 1)),
    st.sampled_from([Precision.DAY, Precision.MONTH, Precision.YEAR]),
    readers,
)
def test_a_partial_date_shown_in_its_input_is_read_back(
    day: date, precision: Precision, reader: Reader
) -> None:
    value = PartialDate(day, precision, reader.calendar)
    with reading(reader):
        shown = PartialDateInput().format_value(value)
        assert PartialDateField().clean(shown) == value


def test_a_partial_date_left_as_it_stood_keeps_the_calendar_it_was_stated_in() -> None:
    class DueForm(forms.Form):
        due = PartialDateField()

    stood = PartialDate(date(2026, 11, 22), calendar=Calendar.GREGORIAN)
    shown = str(DueForm(initial={"due": stood})["due"])
    assert "۱۴۰۵" in shown
    typed = shown.split('value="')[1].split('"', maxsplit=1)[0]
    left = DueForm({"due": typed}, initial={"due": stood})
    changed = DueForm({"due": "۱۴۰۵/۹/۲"}, initial={"due": stood})
    assert left.is_valid()
    assert changed.is_valid()
    assert left.cleaned_data["due"] == stood
    assert left.cleaned_data["due"].calendar is Calendar.GREGORIAN
    assert changed.cleaned_data["due"] == PartialDate(date(2026, 11, 23), calendar=Calendar.JALALI)


@pytest.mark.parametrize("typed", ["۱۳۹۰/۱۳", "حدود ۱۳۹۰", "90", "۲۰۱۹/۲۰۲۱", "فردا"])
def test_what_is_no_partial_date_is_refused(typed: str) -> None:
    assert sentence(PartialDateField(), typed).startswith("«")


def test_texts_are_a_map_of_what_was_written() -> None:
    field = LocalTextField()
    assert field.clean([" دبیرخانه ", "", "Secretariat"]) == {
        "fa": "دبیرخانه",
        "en": "Secretariat",
    }
    assert sentence(field, ["", " ", ""]) == "دست‌کم به یک زبان بنویسید."
    assert LocalTextField(required=False).clean(["", "", ""]) == {}
    assert not field.has_changed({"en": "a", "fa": ""}, ["", "", "a"])
    assert field.has_changed({"en": "a"}, ["", "", "b"])


def test_the_readers_language_comes_first() -> None:
    class Named(forms.Form):
        name = LocalTextField()

    with translation.override("ar"), reading(of_language("ar")):
        html = Named().as_div()
    assert html.index('name="name_ar"') < html.index('name="name_fa"')
    assert '<label for="id_name_1">العربية</label>' in html
    assert Named({"name_en": "x"}).is_valid()


def test_numbers_in_any_digits() -> None:
    field = NumberField(min_value=1, max_value=5000)
    assert [field.clean(typed) for typed in ("۱٬۸۰۴", "١٨٠٤", "1,804", "1804")] == [1804] * 4
    assert sentence(field, "x") == "عدد صحیح بنویسید."
    assert sentence(field, "۰")


def test_a_span_is_a_number_and_a_unit() -> None:
    assert SpanField().clean(["۲", "months"]) == Span(2, "months")
    assert SpanField(required=False).clean(["", "months"]) is None
    assert SpanInput().decompress("1 year") == [1, "years"]
    assert sentence(SpanField(), ["", "months"])
    assert "روز" in sentence(SpanField(), ["2", "moons"])
    assert "روز" in sentence(SpanField(), ["99999999", "days"])


class Asked(SearchForm):
    """A register's questions."""

    since = CalendarDateField(required=False)


def test_a_question_that_cannot_be_read_is_not_asked() -> None:
    form = Asked(QueryDict("q=کتابها&since=1405/13/1"))
    assert "since" not in form.given()
    assert form.terms() == ["کتاب"]
    assert form.errors["since"]
    assert Asked(QueryDict("")).given() == {}


def test_as_of_another_day() -> None:
    today = date(2026, 11, 21)
    assert AsOfForm(QueryDict("on=1390/12/19")).day(today) == date(2012, 3, 9)
    assert AsOfForm(QueryDict("on=x")).day(today) == today
    assert AsOfForm(QueryDict("")).day(today) == today
    assert AsOfForm().day(today) == today
