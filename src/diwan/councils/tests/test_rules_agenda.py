"""The order of an agenda and its time, without a database."""

from __future__ import annotations

from datetime import time

from hypothesis import given
from hypothesis import strategies as st

from diwan.councils.rules.agenda import beginnings, load_of, reordered
from diwan.councils.rules.proposals import lacking

places = st.dictionaries(st.integers(0, 19), st.integers(-3, 40))
minutes = st.lists(st.none() | st.integers(1, 600), max_size=40)


@given(st.integers(0, 20), places)
def test_an_order_loses_nothing_and_doubles_nothing(many: int, typed: dict[int, int]) -> None:
    ids = list(range(many))
    assert sorted(reordered(ids, typed)) == ids


@given(st.integers(1, 20), st.data())
def test_one_that_is_moved_stands_where_it_was_put(many: int, data: st.DataObject) -> None:
    ids = list(range(many))
    which = data.draw(st.sampled_from(ids))
    place = data.draw(st.integers(1, many))
    order = reordered(ids, {**{id_: id_ + 1 for id_ in ids}, which: place})
    assert order.index(which) == place - 1
    assert [id_ for id_ in order if id_ != which] == [id_ for id_ in ids if id_ != which]


def test_two_that_want_one_place_keep_their_order() -> None:
    assert reordered(["a", "b", "c", "d"], {"c": 1, "d": 1}) == ["c", "d", "a", "b"]
    assert reordered(["a", "b", "c"], {}) == ["a", "b", "c"]


@given(minutes)
def test_items_follow_each_other_until_a_time_is_missing(given_: list[int | None]) -> None:
    found = beginnings(time(8, 30), given_)
    assert len(found) == len(given_)
    told = [each for each in found if each is not None]
    assert told == sorted(told)
    assert found[: len(told)] == told
    if given_:
        assert found[0] == time(8, 30)
    assert beginnings(None, given_) == [None] * len(given_)


@given(minutes)
def test_what_is_too_much_is_the_difference(given_: list[int | None]) -> None:
    load = load_of(time(10), time(11, 30), given_)
    assert load.there == 90
    assert load.over == max(0, load.taken - 90)
    assert load.without == sum(each is None for each in given_)
    assert load_of(time(10), None, given_).over == 0


@given(st.integers(0, 50), st.integers(1, 50))
def test_signatures_lack_until_they_are_enough(signed: int, needed: int) -> None:
    assert lacking(signed, needed) == max(0, needed - signed)
