"""The geometry of the small pictures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diwan.ui.drawing import (
    HEIGHT,
    MARGIN,
    STACK_HEAD,
    STACK_HEIGHT,
    STACK_PITCH,
    WIDTH,
    curve,
    shares,
    stacks,
)

numbers = st.floats(min_value=-1e6, max_value=1e6, allow_nan=False)


@given(st.lists(numbers, min_size=2, max_size=40))
def test_a_curve_stays_within_its_picture(values: list[float]) -> None:
    drawn = curve(values)
    assert drawn is not None
    points = [tuple(map(float, point.split(","))) for point in drawn.line.split()]
    assert len(points) == len(values)
    assert all(MARGIN <= x <= WIDTH - MARGIN for x, _y in points)
    assert all(MARGIN <= y <= HEIGHT - MARGIN for _x, y in points)
    assert [x for x, _y in points] == sorted(x for x, _y in points)


def test_a_higher_value_stands_higher() -> None:
    drawn = curve([1, 5])
    assert drawn is not None
    assert drawn.line == "6,58 274,6"
    assert drawn.end == ("274", "6")


def test_one_value_is_no_curve() -> None:
    assert curve([3]) is None
    assert curve([]) is None


@given(st.lists(numbers, max_size=20))
def test_shares_are_hundredths(values: list[float]) -> None:
    assert all(0 <= share <= 100 for share in shares(values))


def test_shares_of_the_greatest_and_of_a_whole() -> None:
    assert shares([120, 80, 27]) == [100.0, 66.7, 22.5]
    assert shares([50, 25], 100) == [50.0, 25.0]
    assert shares([0, 0]) == [0.0, 0.0]


@given(st.lists(st.lists(st.integers(0, 10**6), min_size=3, max_size=3), max_size=24))
def test_stacked_bars_stand_on_one_foot_and_keep_their_shares(values: list[list[int]]) -> None:
    drawn = stacks(values)
    foot = STACK_HEAD + STACK_HEIGHT
    highest = max(map(sum, values), default=0)
    for number, (row, stack) in enumerate(zip(values, drawn, strict=True)):
        tall = sum(float(part.height) for part in stack.parts)
        assert tall == pytest.approx(STACK_HEIGHT * sum(row) / (highest or 1), abs=0.2)
        assert all(number * STACK_PITCH <= float(part.x) for part in stack.parts)
        assert [part.series for part in stack.parts] == [n for n, value in enumerate(row) if value]
        if stack.parts:
            lowest = stack.parts[0]
            assert float(lowest.y) + float(lowest.height) == pytest.approx(foot, abs=0.2)
        assert float(stack.top) >= 0
