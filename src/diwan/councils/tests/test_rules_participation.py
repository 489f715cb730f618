"""Shares of participation: nobody is counted for what they were excused from."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from diwan.councils.rules.participation import FEWEST, Attended, Share, Status, attended, together

rows = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(Status)))


@given(rows)
def test_each_seat_is_counted_once_a_meeting(told: list[tuple[str, Status]]) -> None:
    found = attended(told)
    for seat in "abc":
        said = [status for one, status in told if one == seat]
        share = found.get(seat, Attended()).share
        assert share.n == sum(status in (Status.PRESENT, Status.DEPUTY) for status in said)
        assert share.of - share.n == said.count(Status.ABSENT)
        assert 0 <= share.n <= share.of <= len(said)


@given(st.integers(0, 500), st.integers(0, 500))
def test_a_percentage_is_of_enough_and_a_hundred_means_all(n: int, more: int) -> None:
    share = Share(n, n + more)
    if share.of < FEWEST:
        assert share.percent is None
    else:
        assert share.percent is not None
        assert (share.percent == 100) == (more == 0)
        assert 0 <= share.percent <= 100


@given(rows)
def test_all_together_are_the_sum(told: list[tuple[str, Status]]) -> None:
    shares = [one.share for one in attended(told).values()]
    total = together(shares)
    assert (total.n, total.of) == (sum(s.n for s in shares), sum(s.of for s in shares))
