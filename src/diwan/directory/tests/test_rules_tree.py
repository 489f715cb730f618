"""The dated tree, timelines, seats and provinces, in plain Python."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diwan.directory.constants import roles_text
from diwan.directory.rules.provinces import province, provinces
from diwan.directory.rules.seats import Term, overfull_at
from diwan.directory.rules.timeline import (
    Collision,
    LaterChange,
    NothingHeld,
    Stretch,
    change,
    correct,
    end,
    held_on,
    replace_value,
)
from diwan.directory.rules.tree import (
    CycleError,
    Edge,
    Orphan,
    OverlapError,
    Path,
    by_unit,
    orphans,
    paths_of,
)

A, B, C, D = (UUID(int=n) for n in range(1, 5))
DAY = date(2020, 1, 1)
LATER = date(2022, 1, 1)


def test_paths_follow_moves() -> None:
    edges = by_unit([Edge(A, None), Edge(B, None), Edge(C, A, until=DAY), Edge(C, B, since=DAY)])
    assert set(paths_of(edges, [C])) == {
        Path(C, C, 0, date.min, date.max),
        Path(A, C, 1, date.min, DAY),
        Path(B, C, 1, DAY, date.max),
    }


def test_a_path_goes_on_over_a_renaming() -> None:
    edges = by_unit([Edge(A, None), Edge(B, A, until=DAY), Edge(B, A, since=DAY)])
    assert Path(A, B, 1, date.min, date.max) in paths_of(edges, [B])


def test_a_path_lasts_while_all_its_units_do() -> None:
    edges = by_unit([Edge(A, None, since=DAY), Edge(B, A, until=LATER), Edge(C, B)])
    assert Path(A, C, 2, DAY, LATER) in paths_of(edges, [C])


def test_a_cycle_on_any_day_is_found() -> None:
    edges = by_unit(
        [Edge(A, None, until=DAY), Edge(A, C, since=DAY), Edge(B, A), Edge(C, B), Edge(D, C)]
    )
    for start in (A, C, D):
        with pytest.raises(CycleError) as found:
            paths_of(edges, [start])
        assert set(found.value.units) == {A, B, C}
        assert found.value.day == DAY


def test_turning_places_at_one_day_is_no_cycle() -> None:
    edges = by_unit(
        [Edge(A, None, until=DAY), Edge(B, A, until=DAY), Edge(B, None, DAY), Edge(A, B, DAY)]
    )
    assert Path(B, A, 1, DAY, date.max) in paths_of(edges, [A, B])


def test_one_day_is_not_told_twice() -> None:
    with pytest.raises(OverlapError):
        by_unit([Edge(A, None, until=LATER), Edge(A, B, since=DAY)])


def test_orphans_are_told_with_their_first_day() -> None:
    edges = by_unit([Edge(A, None, since=DAY, until=LATER), Edge(B, A), Edge(C, A, DAY, LATER)])
    assert orphans(edges, [B, C]) == [Orphan(B, A, date.min)]
    edges = by_unit([Edge(A, None, until=DAY), Edge(A, None, since=LATER), Edge(B, A)])
    assert orphans(edges, [B]) == [Orphan(B, A, DAY)]


def line(*parts: tuple[str, str, date, date]) -> list[Stretch]:
    return [Stretch({"name": n, "parent": p}, since, until) for n, p, since, until in parts]


def told(stretches: list[Stretch]) -> list[tuple[str, str, date, date]]:
    return [(s.values["name"], s.values["parent"], s.since, s.until) for s in stretches]


def test_a_change_goes_on_over_later_changes_of_other_things() -> None:
    before = line(("a", "p", date.min, LATER), ("a", "q", LATER, date.max))
    assert told(change(before, DAY, {"name": "b"})) == [
        ("a", "p", date.min, DAY),
        ("b", "p", DAY, LATER),
        ("b", "q", LATER, date.max),
    ]


def test_a_change_ends_at_the_next_change_of_the_same() -> None:
    before = line(("a", "p", date.min, LATER), ("c", "p", LATER, date.max))
    assert told(change(before, DAY, {"name": "b"}))[-1] == ("c", "p", LATER, date.max)


def test_a_change_does_not_reach_over_a_gap() -> None:
    before = line(("a", "p", date.min, LATER), ("a", "p", date(2023, 1, 1), date.max))
    assert told(change(before, DAY, {"name": "b"}))[-1] == ("a", "p", date(2023, 1, 1), date.max)


def test_a_change_back_joins_what_it_parted() -> None:
    before = line(("a", "p", date.min, DAY), ("b", "p", DAY, date.max))
    assert told(change(before, DAY, {"name": "a"})) == [("a", "p", date.min, date.max)]


def test_nothing_changes_where_nothing_was() -> None:
    with pytest.raises(NothingHeld):
        change(line(("a", "p", LATER, date.max)), DAY, {"name": "b"})
    with pytest.raises(NothingHeld):
        held_on([], DAY)


def test_an_end_ends_the_last_stretch() -> None:
    before = line(("a", "p", date.min, DAY), ("b", "p", DAY, date.max))
    assert told(end(before, LATER))[-1] == ("b", "p", DAY, LATER)
    with pytest.raises(LaterChange):
        end(before, DAY)
    with pytest.raises(NothingHeld):
        end(line(("a", "p", LATER, date.max)), DAY)


def test_a_value_is_replaced_from_a_day_on() -> None:
    before = line(("a", "p", date.min, LATER), ("b", "q", LATER, date.max))
    after = replace_value(before, DAY, "parent", ("p", "r"))
    assert [s.values["parent"] for s in after] == ["p", "r", "q"]


def test_a_correction_takes_its_neighbours_along() -> None:
    before = line(("a", "p", date.min, DAY), ("b", "p", DAY, LATER), ("c", "p", LATER, date.max))
    right = Stretch({"name": "b", "parent": "p"}, date(2020, 6, 1), date(2021, 1, 1))
    assert told(correct(before, before[1], right)) == [
        ("a", "p", date.min, date(2020, 6, 1)),
        ("b", "p", date(2020, 6, 1), date(2021, 1, 1)),
        ("c", "p", date(2021, 1, 1), date.max),
    ]
    for swallowing in ((DAY, date.max), (date.min, LATER)):
        with pytest.raises(Collision):
            correct(before, before[1], Stretch(before[1].values, *swallowing))


@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from("abc")), max_size=8))
def test_the_order_of_entering_two_kinds_of_change_does_not_matter(
    changes: list[tuple[int, str]],
) -> None:
    start = line(("a", "a", date.min, date.max))

    def run(order: Callable[[int], str]) -> list[tuple[str, str, date, date]]:
        found = start
        kinds = sorted(range(len(changes)), key=order)
        for number in kinds:
            days, value = changes[number]
            name = "name" if number % 2 else "parent"
            found = change(found, DAY + timedelta(days=days), {name: value})
        return told(found)

    one = run(lambda number: f"{number % 2}{number:03}")
    two = run(lambda number: f"{1 - number % 2}{number:03}")
    assert one == two


entered = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from(("name", "parent")), st.sampled_from("ab")),
    max_size=12,
)


@given(entered)
def test_a_line_says_of_every_day_what_a_day_book_says(
    changes: list[tuple[int, str, str]],
) -> None:
    stretches = line(("a", "a", date.min, date.max))
    book = [{"name": "a", "parent": "a"} for _ in range(10)]
    for number, name, value in changes:
        stretches = change(stretches, DAY + timedelta(days=number), {name: value})
        old = book[number][name]
        for page in book[number:]:
            if page[name] != old:
                break
            page[name] = value
    told_of = [held_on(stretches, DAY + timedelta(days=n)).values for n in range(10)]
    assert told_of == book
    assert all(one.until == two.since for one, two in pairwise(stretches))


def at(hour: int) -> datetime:
    return datetime(2026, 1, 1, hour, tzinfo=UTC)


def test_one_seat_is_passed_on_at_an_instant() -> None:
    seats = [Term(seats=1)]
    assert overfull_at([Term(until=at(8)), Term(at(8))], seats) is None
    assert overfull_at([Term(until=at(9)), Term(at(8))], seats) == at(8)
    assert overfull_at([Term(), Term()], [Term(seats=None)]) is None
    assert overfull_at([Term(), Term()], [Term(seats=2, until=at(8)), Term(at(8))]) == at(8)


def test_provinces_are_all_there_each_on_its_own_tile() -> None:
    for country, count in (("IR", 31), ("EG", 27)):
        all_of_it = provinces(country)
        assert len(all_of_it) == count
        assert len({(p.row, p.column) for p in all_of_it}) == count
        assert all(set(p.names) == {"fa", "ar", "en"} for p in all_of_it)
        assert {p.country for p in all_of_it} == {country}
    tehran = province("IR-23")
    assert tehran is not None
    assert tehran.names["fa"] == "تهران"
    assert provinces("XX") == ()
    assert province("IR-99") is None


def test_persian_and_arabic_letters_are_not_mixed() -> None:
    for one in (*provinces("IR"), *provinces("EG")):
        assert not set(one.names["fa"]) & set("يكةأإ")
        assert not set(one.names["ar"]) & set("یکگچپژ")


def neighbours(country: str, code: str) -> set[str]:
    here = province(code)
    assert here is not None
    return {
        p.code
        for p in provinces(country)
        if p != here and abs(p.row - here.row) <= 1 and abs(p.column - here.column) <= 1
    }


def test_the_map_keeps_neighbours_together() -> None:
    assert {"IR-20", "IR-30", "IR-02", "IR-25"} <= neighbours("IR", "IR-23")
    assert {"IR-06", "IR-17", "IR-07"} <= neighbours("IR", "IR-18") | {"IR-06"}
    assert {"EG-GZ", "EG-KB", "EG-SUZ"} <= neighbours("EG", "EG-C")
    assert {"EG-SHG", "EG-LX", "EG-BA"} <= neighbours("EG", "EG-KN")


def test_roles_are_words_with_blanks_around() -> None:
    assert roles_text(("secretary", "head")) == " head secretary "
    assert roles_text(()) == ""
