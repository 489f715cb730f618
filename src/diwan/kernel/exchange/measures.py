"""Measure: a named quantity for a unit (or another record) and a period."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from diwan.kernel.errors import Sentence
from diwan.kernel.periods import Period
from diwan.kernel.policies import Actor


class Better(StrEnum):
    """Which way a quantity should go."""

    MORE = "more"
    LESS = "less"
    NEITHER = "neither"


class Form(StrEnum):
    """How a quantity is shown: a count, a share of `of`, days (the middle one), or a mean.

    A mean keeps its sum as `amount` and how many it is the mean `of`.
    """

    COUNT = "count"
    SHARE = "share"
    DAYS = "days"
    MEAN = "mean"


@dataclass(frozen=True)
class Value:
    """A quantity: `amount`, and for a share or a mean how many it is one `of`.

    Both keep both, so that periods and units add up exactly; nobody averages averages.
    """

    amount: float
    of: int | None = None

    @property
    def share(self) -> float | None:
        """`amount` by `of`, a fraction or a mean; None where there was nothing to count."""
        return self.amount / self.of if self.of else None


@dataclass(frozen=True)
class MeasureQuestion:
    """For which records of one kind, in which periods, and who asks.

    What the actor may not see is not counted. Units count what belonged to them and to the units
    below them on the last day of the period: totals stay exact across reorganisations.
    """

    actor: Actor
    kind: str
    ids: Sequence[UUID]
    periods: Sequence[Period]


# (record, key of the period) → value; what has nothing to count is left out.
Values = Mapping[tuple[UUID, str], Value]


@dataclass(frozen=True)
class Measure:
    """What a room can count. `kinds` are the kinds of record it counts for."""

    key: str
    name: Sentence
    form: Form
    better: Better
    kinds: frozenset[str]
    values: Callable[[MeasureQuestion], Values]
    help: Sentence = ""


_measures: dict[str, Measure] = {}


def declare_measure(measure: Measure) -> None:
    """Declare a measure under its key (`room.name`)."""
    _measures[measure.key] = measure


def measures_for(kind: str) -> list[Measure]:
    """The measures of records of `kind`, in the order of their declaration."""
    return [measure for measure in _measures.values() if kind in measure.kinds]


def measure(key: str) -> Measure | None:
    """The measure of that key, None if no room declares it."""
    return _measures.get(key)
