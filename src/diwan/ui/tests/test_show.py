"""Values in the reader's calendar, digits, zone and language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time

import pytest
import time_machine
from django.template import Context, Template
from django.utils import translation

from diwan.kernel.calendars import Calendar, PartialDate, Precision
from diwan.kernel.reader import Reader, of_language, reading
from diwan.ui import show

DAY = date(2026, 11, 21)
AT = datetime(2026, 11, 21, 6, 35, tzinfo=UTC)
EMPTY: dict[str, object] = {}


def drawn(source: str, language: str = "fa", **values: object) -> str:
    """Render a template's text for the reader of a language."""
    with translation.override(language), reading(of_language(language)):
        return Template("{% load ui %}" + source).render(Context(values))


@pytest.mark.parametrize(
    ("language", "shown"),
    [("fa", "۳۰ آبان ۱۴۰۵"), ("ar", "٢١ نوفمبر ٢٠٢٦"), ("en", "21 November 2026")],
)
def test_a_day_is_shown_in_the_readers_calendar(language: str, shown: str) -> None:
    assert drawn("{{ d|day }}", language, d=DAY) == f'<time datetime="2026-11-21">{shown}</time>'


def test_a_day_of_this_year_needs_no_year() -> None:
    with time_machine.travel(datetime(2026, 12, 1, 12, tzinfo=UTC)):
        assert "۳۰ آبان<" in drawn("{{ d|day_short }}", d=DAY)
        assert "۳۰ آبان ۱۴۰۴<" in drawn("{{ d|day_short }}", d=date(2025, 11, 21))


def test_weekday_and_figures() -> None:
    assert "شنبه ۳۰ آبان ۱۴۰۵" in drawn("{{ d|weekday_day }}", d=DAY)
    assert "۱۴۰۵/۰۸/۳۰" in drawn("{{ d|day_numeric }}", d=DAY)


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("fa", "۳۰ آبان ۱۴۰۵، ساعت ۱۰:۰۵"),
        ("ar", "٢١ نوفمبر ٢٠٢٦، الساعة ٠٨:٣٥"),
        ("en", "21 November 2026, 06:35"),
    ],
)
def test_an_instant_is_shown_in_the_readers_zone(language: str, shown: str) -> None:
    assert shown in drawn("{{ at|moment }}", language, at=AT)


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (datetime(2026, 11, 20, 20, 30, tzinfo=UTC), "۳۰ آبان ۱۴۰۵"),
        (datetime(2026, 11, 20, 20, 31, tzinfo=UTC), "۳۰ آبان ۱۴۰۵، ساعت ۰۰:۰۱"),
    ],
)
def test_a_day_stated_without_a_time_is_shown_without_one(at: datetime, shown: str) -> None:
    assert f">{shown}</time>" in drawn("{{ at|when }}", at=at)


def test_an_instant_late_in_the_evening_belongs_to_the_readers_day() -> None:
    late = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
    assert "۳۰ آبان" in drawn("{{ at|day }}", at=late)
    assert "20 November" in drawn("{{ at|day }}", "en", at=late)


def test_the_reader_may_choose_another_calendar() -> None:
    with translation.override("en"), reading(Reader("en", Calendar.JALALI, "Asia/Tehran")):
        assert show.show_day(DAY) == "30 Aban 1405"
        assert show.show_clock(AT) == "10:05"


@pytest.mark.parametrize(
    "name", ["day", "day_short", "day_numeric", "weekday_day", "moment", "clock", "partial"]
)
def test_a_missing_date_is_a_dash(name: str) -> None:
    assert drawn("{{ d|" + name + " }}", d=None) == "—"


@pytest.mark.parametrize(
    ("source", "value", "shown"),
    [
        ("{{ v|digits }}", "12/م/1405", "۱۲/م/۱۴۰۵"),
        ("{{ v|percent }}", 46, "۴۶٪"),
        ("{{ v|span }}", "2 months", "۲ ماه"),
        ("{{ v|clock }}", time(9, 5), "۰۹:۰۵"),
        ("{{ v|file_size }}", 2_516_582, "۲٫۴ مگابایت"),
        ("{{ v|file_size }}", 900, "۹۰۰ بایت"),
        ("{{ v|code }}", "1405/م/12", '<bdi class="code">۱۴۰۵/م/۱۲</bdi>'),
        ("{{ v|isolate }}", "82F-417", "\u2068۸۲F-۴۱۷\u2069"),
        ("{{ v|digits }}", None, ""),
        ("{{ v|number }}", None, ""),
        ("{{ v|code }}", "1405/KS/12", '<bdi class="code">۱۴۰۵/KS/۱۲</bdi>'),
        ("{{ v|code }}", "KXKX-ZKN2-28N4", '<bdi class="code">KXKX-ZKN2-28N4</bdi>'),
        ("{{ v|code }}", "", ""),
        ("{{ v|local }}", {}, ""),
    ],
)
def test_filters(source: str, value: object, shown: str) -> None:
    assert drawn(source, v=value) == shown


def test_a_partial_date_says_only_what_is_known() -> None:
    month = PartialDate(date(2012, 3, 1), Precision.MONTH, Calendar.JALALI)
    assert drawn("{{ v|partial }}", v=month) == "اسفند ۱۳۹۰"
    assert drawn("{{ v|partial }}", v=PartialDate.unknown(DAY)) == "تاریخ نامعلوم"


def test_local_names_the_language_of_the_text() -> None:
    assert drawn("{{ v|local }}", "en", v={"fa": "استان <قم>"}) == (
        '<bdi lang="fa" dir="rtl">استان &lt;قم&gt;</bdi>'
    )
    assert drawn("{{ v|local_plain }}", "ar", v={"ar": "قم", "fa": "استان قم"}) == "قم"


@pytest.mark.parametrize("shower", [show.show_day, show.show_moment, show.show_partial])
def test_nothing_is_a_dash_in_python_too(shower: Callable[[None], str]) -> None:
    assert shower(None) == show.NOTHING
