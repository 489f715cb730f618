"""Nobody works out a small count from a published table: tried by solving it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diwan.kernel.suppression import Cell, suppressed

Table = list[list[int]]

tables = st.tuples(st.integers(1, 3), st.integers(1, 3)).flatmap(
    lambda shape: st.lists(
        st.lists(st.integers(0, 6), min_size=shape[1], max_size=shape[1]),
        min_size=shape[0],
        max_size=shape[0],
    )
)


def solutions(table: Table, hidden: frozenset[Cell]) -> Iterator[dict[Cell, int]]:
    """Every way to fill the hidden cells that keeps all sums of rows and columns."""
    cells = sorted(hidden)
    rows = [sum(table[r][c] for h, c in cells if h == r) for r in range(len(table))]
    columns = [sum(table[r][c] for r, h in cells if h == c) for c in range(len(table[0]))]

    def fill(left: Sequence[Cell], filled: dict[Cell, int]) -> Iterator[dict[Cell, int]]:
        if not left:
            if not any(rows) and not any(columns):
                yield dict(filled)
            return
        (r, c), rest = left[0], left[1:]
        last_of_row = all(row != r for row, _ in rest)
        low = rows[r] if last_of_row else 0
        for n in range(low, min(rows[r], columns[c]) + 1):
            rows[r] -= n
            columns[c] -= n
            yield from fill(rest, {**filled, (r, c): n})
            rows[r] += n
            columns[c] += n

    yield from fill(cells, {})


@given(tables, st.integers(2, 5))
@settings(max_examples=150, deadline=None)
def test_no_small_count_can_be_worked_out_from_the_sums(table: Table, least: int) -> None:
    hidden = suppressed(table, least=least)
    small = [(r, c) for r, row in enumerate(table) for c, n in enumerate(row) if 0 < n < least]
    assert set(small) <= hidden
    if len(table) == 1 or len(table[0]) == 1:
        # One row or column: its own sums are the cells, so nothing of it may be shown at all.
        assert not small or len(hidden) == len(table) * len(table[0])
        return
    if len(hidden) == len(table) * len(table[0]):
        return  # all is empty, and so are the sums (`test_tables_open.py`)
    possible: dict[Cell, set[int]] = {cell: set() for cell in small}
    for solution in solutions(table, hidden):
        for cell, seen in possible.items():
            seen.add(solution[cell])
        if all(len(seen) > 1 for seen in possible.values()):
            break
    assert all(len(seen) > 1 for seen in possible.values())


def test_a_table_without_small_counts_is_shown_whole() -> None:
    assert suppressed([[5, 0], [90, 7]], least=5) == frozenset()


def test_the_rectangle_that_costs_least_is_hidden() -> None:
    table = [[2, 900, 10], [800, 700, 900], [10, 900, 12]]
    assert suppressed(table, least=5) == {(0, 0), (0, 2), (2, 0), (2, 2)}


def test_a_small_count_alone_empties_the_table() -> None:
    assert suppressed([[3, 0], [0, 0]], least=5) == {(0, 0), (0, 1), (1, 0), (1, 1)}


@pytest.mark.parametrize("table", [[[1, -1]], [[1], [1, 2]]])
def test_what_is_no_table_of_counts_is_refused(table: Table) -> None:
    with pytest.raises(ValueError, match=r"\["):
        suppressed(table, least=5)
