"""The order of an agenda and the time it takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import TypeVar

T = TypeVar("T")

DAY = 24 * 60
MOST_MINUTES = 600
"""No item is given more than ten hours."""


def reordered(ids: Sequence[T], typed: Mapping[T, int]) -> list[T]:
    """The items where somebody typed new places (from 1) for some of them.

    Those whose number was left alone keep their order; of two that want the same place the one
    that stood first comes first.

    >>> reordered(["a", "b", "c", "d"], {"a": 1, "b": 2, "c": 3, "d": 1})
    ['d', 'a', 'b', 'c']
    """
    places = {id_: place for place, id_ in enumerate(ids, start=1)}
    moved = [id_ for id_ in ids if typed.get(id_, places[id_]) != places[id_]]
    order = [id_ for id_ in ids if id_ not in set(moved)]
    moved.reverse()  # inserted last, the first of two comes first
    for id_ in sorted(moved, key=lambda one: typed[one]):
        order.insert(max(0, min(len(order), typed[id_] - 1)), id_)
    return order


def beginnings(starts: time | None, minutes: Sequence[int | None]) -> list[time | None]:
    """When each item begins; None from the first item on whose beginning cannot be told.

    >>> beginnings(time(10), [20, None, 5])
    [datetime.time(10, 0), datetime.time(10, 20), None]
    """
    found: list[time | None] = []
    now = None if starts is None else starts.hour * 60 + starts.minute
    for given in minutes:
        known = now is not None and now < DAY
        found.append(time(*divmod(now, 60)) if now is not None and known else None)
        now = None if now is None or given is None else now + given
    return found


@dataclass(frozen=True)
class Load:
    """How many minutes the items take, how many there are, and how many items have no time."""

    taken: int
    there: int | None
    without: int = 0

    @property
    def over(self) -> int:
        """The minutes that are too many."""
        return 0 if self.there is None else max(0, self.taken - self.there)


def load_of(starts: time | None, ends: time | None, minutes: Sequence[int | None]) -> Load:
    """The time that an agenda takes, beside that of its meeting where both hours are known.

    >>> load_of(time(10), time(11, 30), [60, None, 35])
    Load(taken=95, there=90, without=1)
    """
    there = None
    if starts is not None and ends is not None:
        there = (ends.hour - starts.hour) * 60 + ends.minute - starts.minute
    return Load(sum(each or 0 for each in minutes), there, sum(not each for each in minutes))
