"""Which cells of a public table are left empty, so that nobody is counted out. Plain Python.

A count from 1 to `least` - 1 is *small*: with the name of a place beside it, it may tell of one
person. Leaving only the small cells empty does not hide them: who knows a row's and a column's sum
works them out. So each small cell is hidden together with three others that form a rectangle with
it (complementary suppression): along the rectangle a number can wander from cell to cell without
any sum changing, and no single value is left to be derived. The opposite corner is never an empty
count, so that there is something to wander.

After L. Cox, Suppression methodology and statistical disclosure control, JASA 75 (1980).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

Cell = tuple[int, int]
Counts = Sequence[Sequence[int]]


def suppressed(counts: Counts, *, least: int) -> frozenset[Cell]:
    """Cells (row, column) of a table of counts to leave empty; its sums may all be shown.

    `counts` has rows of equal length, nothing negative. A table in which a small cell finds no
    rectangle (one row, or one column, or nothing else counted) is left empty wherever it counts.
    Raises ValueError for a table that is none.
    """
    if any(n < 0 for row in counts for n in row) or len({len(row) for row in counts}) > 1:
        raise ValueError(counts)
    small = [cell for cell in _cells(counts) if 0 < _at(counts, cell) < least]
    hidden: set[Cell] = set()
    for cell in small:
        if _covered(counts, cell, hidden):
            continue
        rectangle = _cheapest(counts, cell, hidden)
        if rectangle is None:
            return frozenset(_cells(counts))
        hidden |= rectangle
    return frozenset(hidden)


def _cells(counts: Counts) -> list[Cell]:
    return list(product(range(len(counts)), range(len(counts[0]) if counts else 0)))


def _at(counts: Counts, cell: Cell) -> int:
    return counts[cell[0]][cell[1]]


def _rectangles(counts: Counts, cell: Cell) -> list[frozenset[Cell]]:
    """The rectangles with this corner whose opposite corner counts something."""
    row, column = cell
    return [
        frozenset({cell, (row, c), (r, column), (r, c)})
        for r, c in _cells(counts)
        if r != row and c != column and counts[r][c] > 0
    ]


def _covered(counts: Counts, cell: Cell, hidden: set[Cell]) -> bool:
    return cell in hidden and any(one <= hidden for one in _rectangles(counts, cell))


def _cheapest(counts: Counts, cell: Cell, hidden: set[Cell]) -> frozenset[Cell] | None:
    """The rectangle that hides the least beyond what is hidden already; the first of equals."""

    def lost(rectangle: frozenset[Cell]) -> tuple[int, int, list[Cell]]:
        new = [one for one in rectangle if one not in hidden]
        return sum(_at(counts, one) for one in new), len(new), sorted(rectangle)

    return min(_rectangles(counts, cell), key=lost, default=None)
