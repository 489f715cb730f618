"""How sums are asked for: of which rows, for whom, in which stretches; and what comes of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from django.db.models import F, FilteredRelation, Q, QuerySet, Value
from django.db.models.expressions import Combinable

from .stretches import Stretch

By = Literal["", "unit", "service", "channel", "cell"]


class Way(NamedTuple):
    """How a row that is counted leads to what it is counted for.

    `case` leads to service and channel (with its underscores), `unit` to the unit. Where the rows
    are `few` beside the paths of a tree, each asks for its own paths; else paths ask for rows.
    """

    case: str
    unit: str
    few: bool = False


Where = Callable[[Way], Q]
Key = tuple[Any, str]
ANSWERED = Way("", "unit")
Rests = Mapping[str, Stretch]
"""What of each stretch, by its key, is still to be counted."""
_SECONDS = 86400


@dataclass
class Tally:
    """Sums over some cases; `days` counts the finished by the days that they took."""

    counts: Counter[str] = field(default_factory=Counter)
    days: Counter[int] = field(default_factory=Counter)

    def __getitem__(self, name: str) -> Any:
        """One sum; `waited` in days, a fraction."""
        return self.counts["seconds"] / _SECONDS if name == "waited" else self.counts[name]

    def add(self, other: Tally) -> None:
        """Add the sums of other cases."""
        self.counts.update(other.counts)
        self.days.update(other.days)

    def share(self, part: str, of: str) -> float | None:
        """One sum in relation to another; None where there is nothing to count."""
        return self[part] / self[of] if self[of] else None

    def middle(self) -> int | None:
        """The days within which half of the finished cases were done."""
        rest = sum(self.days.values())
        half = rest / 2
        for days in sorted(self.days):
            rest -= self.days[days]
            if rest <= half:
                return days
        return None


@dataclass(frozen=True)
class Counted:
    """Which cases, counted how: `by` unit (of `ids`), by service (of `ids`, if any), by channel.

    By `cell` it is each unit itself with each service and channel.

    `under` leaves those that stood at or below a unit. `at` is when it is asked: what is late is
    late then, or at the end of a stretch that is over. Where `rests` are given, what happened is
    counted of these alone.
    """

    stretches: Sequence[Stretch]
    at: datetime
    by: By = ""
    ids: Collection[UUID] = ()
    under: UUID | None = None
    where: Where = field(default=lambda _way: Q())
    rests: Rests | None = None


Found = dict[Key, Tally]
Make = Callable[[Stretch, datetime, Q], Combinable]


def add(
    counted: Counted,
    rows: QuerySet[Any],
    way: Way,
    makes: Mapping[str, Make],
    found: Found,
    *,
    days: bool = False,
) -> None:
    """One question: its sums go to the tallies of what is grouped, by stretch.

    With `days` they are told apart by the days that they took.
    """
    sums = _sums(counted, makes)
    if not sums:
        return
    here = owned(counted, rows.filter(counted.where(way)), way)
    group = [*group_of(counted), *(["days"] if days else [])]
    for row in here.values(*group).annotate(**sums).order_by():
        for place, stretch in enumerate(counted.stretches):
            told = {name: row.get(f"{name}_{place}") for name in makes}
            counts = {name: value for name, value in told.items() if value}
            if not counts:
                continue
            tally = found[whose_of(counted, row), stretch.key]
            tally.counts.update(counts)
            if days and counts.get("finished"):
                tally.days[row["days"]] += counts["finished"]


def _sums(counted: Counted, makes: Mapping[str, Make]) -> dict[str, Combinable]:
    sums, rests = {}, counted.rests
    for place, stretch in enumerate(counted.stretches):
        condition = held(counted, stretch)
        for name, make in makes.items():
            part = stretch if rests is None or name == "late" else rests.get(stretch.key)
            if part is not None:
                sums[f"{name}_{place}"] = make(part, counted.at, condition)
    return sums


CELL = ("cell_unit", "cell_service", "cell_channel")


def group_of(counted: Counted) -> tuple[str, ...]:
    """The columns by which rows are grouped."""
    return CELL if counted.by == "cell" else ("whose",)


def whose_of(counted: Counted, row: Mapping[str, Any]) -> Any:
    """For what a group is counted."""
    return tuple(row[name] for name in CELL) if counted.by == "cell" else row["whose"]


def owned(counted: Counted, rows: QuerySet[Any], way: Way) -> QuerySet[Any]:
    """Rows with `whose` they are, joined to the paths down to their unit where units are asked."""
    paths = f"{way.unit}__paths_up"
    above = counted.ids if counted.by == "unit" else [counted.under] if counted.under else None
    if above is not None:
        rows, paths = _joined(counted, rows, paths, list(above), few=way.few)
    if counted.by == "service" and counted.ids:
        rows = rows.filter(**{f"{way.case}service__in": list(counted.ids)})
    service, channel = F(f"{way.case}service_id"), F(f"{way.case}channel")
    if counted.by == "cell":
        columns = (F(f"{way.unit}_id"), service, channel)
        cells: QuerySet[Any] = rows.annotate(**dict(zip(CELL, columns, strict=True)))
        return cells
    whose: dict[str, Combinable] = {
        "": Value(""),
        "unit": F(f"{paths}__ancestor_id"),
        "service": service,
        "channel": channel,
    }
    found: QuerySet[Any] = rows.annotate(whose=whose[counted.by])
    return found


def _joined(
    counted: Counted, rows: QuerySet[Any], paths: str, above: list[UUID], *, few: bool
) -> tuple[QuerySet[Any], str]:
    """Rows with their paths down from units `above`, and by which name these are known.

    Few rows are joined outwards, which no planner turns around: SQLite thinks every unit has few
    below it, and would look through all rows for each unit below the top. A row without a path
    then counts nowhere, since no stretch holds it.
    """
    last_days = [stretch.last_day for stretch in counted.stretches]
    told = {"ancestor_id__in": above, "since__lte": max(last_days), "until__gt": min(last_days)}
    condition = Q(**{f"{paths}__{name}": value for name, value in told.items()})
    if few:
        rows, paths = rows.annotate(path=FilteredRelation(paths, condition=condition)), "path"
    else:
        rows = rows.filter(condition)
    return rows.annotate(path_since=F(f"{paths}__since"), path_until=F(f"{paths}__until")), paths


def by_paths(counted: Counted) -> bool:
    """Whether it is counted for units with all below them."""
    return counted.by == "unit" or counted.under is not None


def held(counted: Counted, stretch: Stretch) -> Q:
    """That the unit stood below the one asked for when the stretch ended."""
    if not by_paths(counted):
        return Q()
    return Q(path_since__lte=stretch.last_day, path_until__gt=stretch.last_day)
