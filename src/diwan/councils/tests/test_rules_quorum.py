"""Quorum and majorities, without a database."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diwan.councils.rules import majority, quorum
from diwan.councils.rules.quorum import Standing

seats = st.integers(0, 400)
RULES = ["majority", "two_thirds", "number", "none"]
MAJORITIES = ["simple", "absolute", "two_thirds"]


@st.composite
def counts(draw: st.DrawFn) -> dict[str, int]:
    """A count that can be: no more votes than present, no more present than seats."""
    all_seats = draw(seats)
    present = draw(st.integers(0, all_seats))
    in_favour = draw(st.integers(0, present))
    against = draw(st.integers(0, present - in_favour))
    return {"present": present, "seats": all_seats, "in_favour": in_favour, "against": against}


@given(seats, st.sampled_from(RULES), st.integers(1, 400))
def test_a_quorum_can_be_reached_and_is_no_less_than_its_share(
    n: int, rule: str, number: int
) -> None:
    found = quorum.needed(n, rule, number)
    assert found <= max(n, 1)
    if rule == "majority":
        assert Fraction(found) > Fraction(n, 2) >= found - 1
    if rule == "two_thirds" and n:
        assert Fraction(found) >= Fraction(2 * n, 3) > found - 1
    if rule == "number" and n:
        assert found == min(number, n)
    assert (found == 0) is (rule == "none")


@given(st.integers(1, 400), st.sampled_from(RULES), st.integers(1, 400))
def test_a_recusal_never_makes_a_quorum_higher(n: int, rule: str, number: int) -> None:
    assert quorum.needed(n - 1, rule, number) <= quorum.needed(n, rule, number)


def test_the_recused_count_on_neither_side() -> None:
    # Seventeen seats, eight in the room, two of the absent stepped out: eight of fifteen.
    room = Standing(seats=17, present=8, recused=2, needed=quorum.needed(15, "majority", None))
    assert (room.deciding, room.needed, room.met, room.missing) == (15, 8, True, 0)
    # All stepped out: nobody may decide.
    alone = Standing(seats=3, present=0, recused=3, needed=quorum.needed(0, "majority", None))
    assert not alone.met
    assert alone.missing == 1


@given(counts(), st.sampled_from(MAJORITIES), st.sampled_from(["present", "seats"]))
def test_what_carries_has_more_for_than_the_rule_leaves_against(
    count: dict[str, int], rule: str, of: str
) -> None:
    yes, no = count["in_favour"], count["against"]
    whole = count["present"] if of == "present" else count["seats"]
    expected = {
        "simple": yes > no,
        "absolute": Fraction(yes) > Fraction(whole, 2),
        "two_thirds": yes > 0 and Fraction(yes) >= Fraction(2 * whole, 3),
    }[rule]
    assert majority.carried(rule, of, **count) is expected


@given(counts(), st.sampled_from(MAJORITIES), st.sampled_from(["present", "seats"]))
def test_one_more_in_favour_never_loses_and_one_more_against_never_wins(
    count: dict[str, int], rule: str, of: str
) -> None:
    won = majority.carried(rule, of, **count)
    if count["in_favour"] + count["against"] == count["present"]:
        return
    more = {**count, "in_favour": count["in_favour"] + 1}
    less = {**count, "against": count["against"] + 1}
    assert not won or majority.carried(rule, of, **more)
    assert won or not majority.carried(rule, of, **less)


RULE = st.tuples(st.sampled_from(MAJORITIES), st.sampled_from(["present", "seats"]))


@given(counts(), RULE, RULE)
def test_a_stricter_rule_carries_nothing_that_the_bodys_would_not(
    count: dict[str, int], rule: tuple[str, str], own: tuple[str, str]
) -> None:
    assert majority.is_as_strict(own, own)
    if majority.is_as_strict(rule, own):
        won, own_won = (majority.carried(name, of, **count) for name, of in (rule, own))
        assert own_won or not won


@pytest.mark.parametrize("rule", MAJORITIES)
@pytest.mark.parametrize("of", ["present", "seats"])
def test_nothing_carries_where_nobody_votes(rule: str, of: str) -> None:
    for n in (0, 1, 9):
        count = {"present": n, "seats": n, "in_favour": 0, "against": 0}
        assert not majority.carried(rule, of, **count)


def test_a_rule_that_is_not_there_is_a_fault() -> None:
    with pytest.raises(ValueError, match="quorum"):
        quorum.needed(3, "number", None)
    with pytest.raises(ValueError, match="majority"):
        majority.threshold("most", "seats", present=1, seats=1, in_favour=1, against=0)
    with pytest.raises(ValueError, match="count"):
        majority.threshold("simple", "moon", present=1, seats=1, in_favour=1, against=0)
