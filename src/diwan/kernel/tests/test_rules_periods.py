"""Periods of every calendar: neighbours, keys, labels, splitting."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diwan.kernel.calendars import Calendar, ImpossibleDate, from_calendar
from diwan.kernel.periods import FISCAL_MONTH_OF_COUNTRY, ImpossiblePeriod, Kind, Period, split

G, J, H = Calendar.GREGORIAN, Calendar.JALALI, Calendar.HIJRI
days = st.dates(date(1930, 1, 1), date(2070, 1, 1))
calendars = st.sampled_from(list(Calendar))
kinds = st.sampled_from(list(Kind))
starts = st.none() | st.integers(1, 12)


@given(days, kinds, calendars, starts)
def test_periods_follow_each_other(
    day: date, kind: Kind, calendar: Calendar, start: int | None
) -> None:
    period = Period.of(day, kind, calendar, fiscal_month=start)
    assert day in period
    assert period.contains(period.last_day)
    assert period.until_day not in period
    assert period.next().first_day == period.until_day
    assert period.next().previous() == period
    assert Period.parse(period.key()) == period
    for language in ("fa", "ar", "en", "fr"):
        assert period.label(language)


@given(days, st.integers(0, 1500), kinds, calendars, starts)
def test_a_range_is_split_without_gap(
    since: date, length: int, kind: Kind, calendar: Calendar, start: int | None
) -> None:
    until = since + timedelta(days=length)
    found = split(since, until, kind, calendar, fiscal_month=start)
    if not length:
        assert found == []
        return
    assert since in found[0]
    assert until - timedelta(days=1) in found[-1]
    for one, other in pairwise(found):
        assert one.until_day == other.first_day


@pytest.mark.parametrize(
    ("kind", "calendar", "start", "key", "labels"),
    [
        (Kind.MONTH, J, None, "jalali:1404-07", ("مهر ۱۴۰۴", "مهر ١٤٠٤", "Mehr 1404")),
        (Kind.MONTH, G, None, "gregorian:2025-10", ("اکتبر ۲۰۲۵", "أكتوبر ٢٠٢٥", "October 2025")),
        (
            Kind.QUARTER,
            J,
            None,
            "jalali:1404-Q3",
            ("سه‌ماهه سوم ۱۴۰۴", "الربع الثالث من ١٤٠٤", "third quarter of 1404"),
        ),
        (
            Kind.HALF,
            J,
            None,
            "jalali:1404-H2",
            ("نیمه دوم ۱۴۰۴", "النصف الثاني من ١٤٠٤", "second half of 1404"),
        ),
        (Kind.YEAR, H, None, "hijri:1447", ("۱۴۴۷", "١٤٤٧", "1447")),
        (
            Kind.FISCAL,
            G,
            FISCAL_MONTH_OF_COUNTRY["EG"],
            "gregorian:FY2025/2026",
            ("سال مالی ۲۰۲۵/۲۰۲۶", "السنة المالية ٢٠٢٥/٢٠٢٦", "fiscal year 2025/2026"),
        ),
        (
            Kind.FISCAL,
            J,
            FISCAL_MONTH_OF_COUNTRY["IR"],
            "jalali:FY1404",
            ("سال مالی ۱۴۰۴", "السنة المالية ١٤٠٤", "fiscal year 1404"),
        ),
        (
            Kind.FISCAL,
            G,
            4,
            "gregorian:FY2025/2026@04",
            ("سال مالی ۲۰۲۵/۲۰۲۶", "السنة المالية ٢٠٢٥/٢٠٢٦", "fiscal year 2025/2026"),
        ),
    ],
)
def test_keys_and_labels(
    kind: Kind, calendar: Calendar, start: int | None, key: str, labels: tuple[str, str, str]
) -> None:
    period = Period.of(date(2025, 10, 5), kind, calendar, fiscal_month=start)
    assert period.key() == key
    assert (period.label("fa"), period.label("ar"), period.label("en")) == labels


def test_egypts_fiscal_year() -> None:
    period = Period.parse("gregorian:FY2019/2020")
    assert (period.first_day, period.last_day) == (date(2019, 7, 1), date(2020, 6, 30))
    assert period == Period.of(date(2020, 6, 30), Kind.FISCAL, G)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "jalali:1404-13",
        "jalali:1404-00",
        "jalali:1404-Q5",
        "jalali:404",
        "jalali:FY1404/1405",
        "gregorian:FY2019/2021",
        "gregorian:FY2019",
        "gregorian:FY2019/2020@07",
        "gregorian:FY2019/2020@13",
        "julian:1404",
        "hijri:1300",
        "jalali:1404-07\n",
        "jalali:۱۴۰۴-۰۷",
    ],
)
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(ImpossiblePeriod):
        Period.parse(key)


def test_the_hijri_table_ends_with_its_last_month() -> None:
    last = Period.of(from_calendar(H, 1500, 12, 1), Kind.YEAR, H)
    assert last.last_day == date(2077, 11, 16)
    with pytest.raises(ImpossibleDate):
        last.next()
    with pytest.raises(ImpossibleDate):
        Period.of(date(1924, 8, 1), Kind.MONTH, H).previous()
