"""Official numbers: writing, reading back, going on; codes of bodies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diwan.kernel.numbering import (
    DEFAULT_PATTERN,
    ImpossiblePattern,
    Reset,
    initials_code,
    matches,
    next_number,
    render,
    validate_pattern,
)

patterns = st.sampled_from(
    [
        DEFAULT_PATTERN,
        "{n}",
        "{code}-{n}",
        "م/{n:3}/{year}",
        "{year}.{n:2}",
        "قرار رقم {n} لسنة {year}",
    ]
)
codes = st.sampled_from(["ش", "شم", "ش2", "WC", "a.b"])


def test_numbers_are_written() -> None:
    assert render(DEFAULT_PATTERN, year=1404, code="ش", n=7, undated="-") == "1404/ش/7"
    assert render("{code}-{n:3}", year=None, code="WC", n=7, undated="-") == "WC-007"
    assert render(DEFAULT_PATTERN, year=None, code="ش", n=7, undated="بی‌تاریخ") == "بی‌تاریخ/ش/7"


@given(patterns, codes, st.none() | st.integers(1300, 2100), st.integers(1, 99999))
def test_what_was_written_is_read(pattern: str, code: str, year: int | None, n: int) -> None:
    validate_pattern(pattern)
    number = render(pattern, year=year, code=code, n=n, undated="x")
    expected = (year if "{year}" in pattern else None, n)
    assert matches(pattern, number, code=code, undated="x") == expected


def test_numbers_of_other_shapes_are_not_read() -> None:
    assert matches(DEFAULT_PATTERN, "۱۴۰۴/ش/۱۲") == (1404, 12)
    assert matches(DEFAULT_PATTERN, "1404/م/12", code="ش") is None
    assert matches(DEFAULT_PATTERN, "12/1404") is None
    assert matches(DEFAULT_PATTERN, "-/ش/12", code="ش") is None
    assert matches("{n}", "12b") is None


def test_counting_goes_on_after_the_highest() -> None:
    existing = ["1403/ش/9", "1404/ش/3", "1404/ش/2", "1404/م/30", "?/ش/5", "something else"]

    def following(reset: Reset, year: int | None) -> int:
        return next_number(existing, DEFAULT_PATTERN, reset=reset, year=year, code="ش", undated="?")

    assert following(Reset.YEAR, 1404) == 4
    assert following(Reset.YEAR, 1405) == 1
    assert following(Reset.YEAR, None) == 6
    assert following(Reset.NEVER, 1405) == 10
    assert following(Reset.TERM, 1405) == 10


@given(patterns, st.lists(st.integers(1, 999), max_size=9), st.sampled_from(list(Reset)))
def test_the_next_number_is_new(pattern: str, counts: list[int], reset: Reset) -> None:
    existing = [render(pattern, year=1404, code="ش", n=n, undated="-") for n in counts]
    n = next_number(existing, pattern, reset=Reset.NEVER, year=1404, code="ش", undated="-")
    assert n == max(counts, default=0) + 1


@pytest.mark.parametrize(
    ("pattern", "reset", "why"),
    [
        ("", Reset.NEVER, "shape"),
        ("{n}" + "x" * 60, Reset.NEVER, "shape"),
        ("{n", Reset.NEVER, "shape"),
        ("{{n}}", Reset.NEVER, "shape"),
        ("{}", Reset.NEVER, "field"),
        ("{n}/{yaer}", Reset.NEVER, "field"),
        ("{n:0}", Reset.NEVER, "field"),
        ("{n.__class__}", Reset.NEVER, "field"),
        ("{year}", Reset.NEVER, "n"),
        ("{n}/{n}", Reset.NEVER, "n"),
        ("{year}/{n}/{year}", Reset.NEVER, "shape"),
        ("{year}{n}", Reset.NEVER, "apart"),
        ("{code}{n}", Reset.NEVER, "apart"),
        ("1{n}", Reset.NEVER, "shape"),
        ("{n}۲", Reset.NEVER, "shape"),
        ("{code}/{n}", Reset.YEAR, "year"),
    ],
)
def test_patterns_that_cannot_number_are_refused(pattern: str, reset: Reset, why: str) -> None:
    with pytest.raises(ImpossiblePattern) as caught:
        validate_pattern(pattern, reset)
    assert caught.value.why == why


def test_an_unknown_field_names_its_neighbour() -> None:
    with pytest.raises(ImpossiblePattern) as caught:
        validate_pattern("{yaer}/{n}")
    assert (caught.value.field, caught.value.nearest) == ("yaer", "year")


def test_codes_come_from_initials() -> None:
    taken: set[str] = set()
    for expected in ("ش", "شم", "ش2", "ش3"):
        code = initials_code("شورای مرکزی", taken)
        assert code == expected
        taken.add(code)
    assert initials_code("المجلس الأعلى للأجور", {"م"}) == "مأ"
    assert initials_code("wage council", {"W"}) == "WC"
    assert initials_code("Council of the guild", {"c"}) == "CG"
    assert initials_code("12", set()) == "B"
    assert initials_code("كارگروه", {"ک"}) == "ك2"


@given(st.text(max_size=30), st.sets(st.text(max_size=3)))
def test_codes_are_new(name: str, taken: set[str]) -> None:
    first = initials_code(name, taken)
    second = initials_code(name, taken | {first})
    assert first
    assert first not in taken
    assert second != first
