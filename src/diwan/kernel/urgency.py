"""How urgent things are: the groups in which a desk is read. Plain Python.

The desk lays out what rooms list; a room that has too much to list counts by the same groups.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Group(StrEnum):
    """The groups of a desk in the order in which they are read; each thing lies in the first."""

    LATE = "late"
    WEEK = "week"
    NEW = "new"
    LATER = "later"
    UNDATED = "undated"


@dataclass(frozen=True)
class Edges:
    """Where the groups end, for things of one country.

    What is due before `until` is due this week; what arrived at `new_from` or later is new;
    `arrived_from` is when the last working day before today began.
    """

    until: date
    new_from: datetime
    arrived_from: datetime
