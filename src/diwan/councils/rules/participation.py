"""How members took part: shares that say how many of how many, and no percentage of very few."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

S = TypeVar("S", bound=Hashable)
FEWEST = 3
"""Of fewer than this nobody gets a percentage: one absence would halve it."""


class Status(StrEnum):
    """How a seat was filled at a meeting."""

    EXPECTED = "expected"
    PRESENT = "present"
    DEPUTY = "deputy"
    EXCUSED = "excused"
    ABSENT = "absent"


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    n: int = 0
    of: int = 0

    @property
    def percent(self) -> int | None:
        """In hundredths, rounded down so that 100 means all; None of too few.

        >>> Share(2, 3).percent, Share(1, 2).percent
        (66, None)
        """
        return self.n * 100 // self.of if self.of >= FEWEST else None


@dataclass
class Attended:
    """The meetings of one seat at which attendance was taken."""

    present: int = 0
    deputy: int = 0
    excused: int = 0
    absent: int = 0

    @property
    def share(self) -> Share:
        """Filled, by the member or a deputy, of all but those for which they were excused."""
        came = self.present + self.deputy
        return Share(came, came + self.absent)

    def count(self, status: Status) -> None:
        """Count one more meeting; where nobody said how the seat was filled, none."""
        if status is not Status.EXPECTED:
            setattr(self, status.value, getattr(self, status.value) + 1)


def attended(rows: Iterable[tuple[S, Status]]) -> dict[S, Attended]:
    """Return how each seat attended, from how it was filled at each meeting."""
    found: dict[S, Attended] = defaultdict(Attended)
    for seat, status in rows:
        found[seat].count(status)
    return dict(found)


def together(shares: Iterable[Share]) -> Share:
    """Return the shares of several as one.

    >>> together([Share(1, 2), Share(3, 4)])
    Share(n=4, of=6)
    """
    listed = list(shares)
    return Share(sum(share.n for share in listed), sum(share.of for share in listed))
