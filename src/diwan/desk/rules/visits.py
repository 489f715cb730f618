"""What changed since somebody was last here, counted and gathered. No Django."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

LONGEST = timedelta(days=30)
"""Who was away for longer is told of so many days: older changes are the records' own history."""

E = TypeVar("E")


@dataclass(frozen=True)
class Since:
    """From when on changes are told. `last` is the visit before, None on the first."""

    last: datetime | None
    at: datetime

    @property
    def first(self) -> bool:
        """True on somebody's first visit."""
        return self.last is None

    @property
    def shortened(self) -> bool:
        """True where the visit before lies farther back than is told of."""
        return self.last is not None and self.last < self.at


def since_of(last: datetime | None, now: datetime, first_from: datetime) -> Since:
    """From when on to tell: the visit before, at most `LONGEST` ago; `first_from` on the first.

    Never later than `now`: a clock that was put back makes no visit of the future.
    """
    if last is None:
        return Since(None, min(first_from, now))
    last = min(last, now)
    return Since(last, max(last, now - LONGEST))


@dataclass(frozen=True)
class Happened(Generic[E]):
    """One change of a record: which record, what it means, and the entry that tells of it."""

    record: Hashable
    meaning: str
    entry: E


@dataclass(frozen=True)
class Told(Generic[E]):
    """A record that changed: its newest entry, what it means, how many others lie before it."""

    newest: Happened[E]
    others: int


def by_record(happened: Iterable[Happened[E]]) -> list[Told[E]]:
    """Each record once, with the newest of its changes; the order is that of `happened`."""
    first: dict[Hashable, Happened[E]] = {}
    count: dict[Hashable, int] = {}
    for each in happened:
        first.setdefault(each.record, each)
        count[each.record] = count.get(each.record, -1) + 1
    return [Told(newest, count[record]) for record, newest in first.items()]


def counted(happened: Iterable[Happened[E]]) -> dict[str, int]:
    """How many records had a change of each meaning; a record may stand under several."""
    records: dict[str, set[Hashable]] = {}
    for each in happened:
        records.setdefault(each.meaning, set()).add(each.record)
    return {meaning: len(found) for meaning, found in records.items()}
