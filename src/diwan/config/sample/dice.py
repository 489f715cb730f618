"""Chance that repeats itself: streams named by what they are for, and identifiers made of them.

Each part of the sample draws from a stream of its own, so that asking for more units does not
change what befalls those that were there with fewer.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

T = TypeVar("T")
_VERSION = 7 << 76
_VARIANT = 2 << 62
_RANDOM = (1 << 62) - 1


class Dice(random.Random):
    """A stream of chance with a few words of its own."""

    def one(self, choices: Sequence[T]) -> T:
        """One of the choices, each as likely."""
        return choices[int(self.random() * len(choices))]

    def chance(self, share: float) -> bool:
        """True in `share` (0 to 1) of all cases."""
        return self.random() < share

    def some(self, choices: Sequence[T], most: int) -> list[T]:
        """At most so many of the choices, none twice."""
        return self.sample(choices, min(most, len(choices)))

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self.random() * (high - low + 1))

    def id_at(self, at: datetime) -> UUID:
        """A UUID of version 7 (RFC 9562) as if made at that instant."""
        bits = self.getrandbits(74)
        milliseconds = int(at.timestamp() * 1000)
        head = (milliseconds << 80) | _VERSION | ((bits >> 62) << 64)
        return UUID(int=head | _VARIANT | (bits & _RANDOM))

    def salt(self) -> str:
        """Sixteen bytes in hexadecimal, as `audit` salts personal values."""
        return f"{self.getrandbits(128):032x}"


def dice(seed: int, *purpose: object) -> Dice:
    """The stream of a purpose: equal purposes under one seed give equal streams."""
    return Dice(":".join(map(str, (seed, *purpose))))


class Mint:
    """Identifiers of records that came at one instant, in the order in which they were made."""

    def __init__(self, stream: Dice, at: datetime) -> None:
        self._dice = stream
        self._milliseconds = int(at.timestamp() * 1000)
        self._made = 0

    def __call__(self) -> UUID:
        """The next identifier: time first, then a count, then chance."""
        milliseconds, count = divmod(self._made, 4096)
        self._made += 1
        head = ((self._milliseconds + milliseconds) << 80) | _VERSION | (count << 64)
        return UUID(int=head | _VARIANT | self._dice.getrandbits(62))
