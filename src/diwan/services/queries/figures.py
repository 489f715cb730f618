"""The figures of a unit and what is below it: a month, and the year until its end, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.db.models import Q

from diwan.directory.public import UnitPath, UnitVersion
from diwan.kernel.calendars import ImpossibleDate
from diwan.kernel.periods import Kind, Period
from diwan.kernel.policies import Actor
from diwan.services.policies import units_counted

from .measures import Counted, Tally, Way, months, tallies
from .stretches import Stretch

Split = Literal["service", "unit", "channel"]
MONTH, YEAR = "month", "year"
MONTHS = 12


@dataclass(frozen=True)
class FiguresAsked:
    """What is asked for: all below `unit_id` (None: everything), of a service or channel alone."""

    month: Period
    unit_id: UUID | None = None
    service_id: UUID | None = None
    channel: str = ""
    by: Split = "service"


@dataclass
class Pair:
    """The sums of the month, and of the year until the month's end."""

    month: Tally = field(default_factory=Tally)
    year: Tally = field(default_factory=Tally)

    def add(self, other: Pair) -> None:
        """Add the sums of other cases."""
        self.month.add(other.month)
        self.year.add(other.year)


@dataclass(frozen=True)
class Figures:
    """The whole, its parts by what they are of (a service, a unit, a channel), and its months."""

    whole: Pair
    parts: Sequence[tuple[Any, Pair]]
    months: Sequence[tuple[Period, Tally]]


def figures_of(asked: FiguresAsked, at: datetime) -> Figures:
    """Count; seven questions at most. Parts come with the most late first, then the most cases."""
    year = Period.of(asked.month.first_day, Kind.YEAR, asked.month.calendar)
    stretches = [
        Stretch(MONTH, asked.month.first_day, asked.month.until_day),
        Stretch(YEAR, year.first_day, asked.month.until_day),
    ]
    where = _where(asked)
    if asked.by == "unit":
        below = children(asked.unit_id, asked.month.last_day)
        ids = [*below, *([asked.unit_id] if asked.unit_id else [])]
        counted = Counted(stretches, at, "unit", ids, where=where)
    else:
        counted = Counted(stretches, at, asked.by, under=asked.unit_id, where=where)
    pairs: dict[Any, Pair] = {}
    for (whose, key), tally in tallies(counted).items():
        setattr(pairs.setdefault(whose, Pair()), key, tally)
    return Figures(_whole(pairs, asked), _ordered(pairs), _months(asked, at))


def _where(asked: FiguresAsked) -> Any:
    def where(way: Way) -> Q:
        told = {f"{way.case}service": asked.service_id, f"{way.case}channel": asked.channel}
        return Q(**{name: value for name, value in told.items() if value})

    return where


def _whole(pairs: dict[Any, Pair], asked: FiguresAsked) -> Pair:
    """The unit's own sums if units were counted; else the parts together: each case is in one."""
    if asked.by == "unit" and asked.unit_id is not None:
        return pairs.pop(asked.unit_id, Pair())
    whole = Pair()
    for pair in pairs.values():
        whole.add(pair)
    return whole


def _ordered(pairs: dict[Any, Pair]) -> list[tuple[Any, Pair]]:
    return sorted(
        pairs.items(),
        key=lambda part: (-part[1].month["late"], -part[1].year["received"], str(part[0])),
    )


def _months(asked: FiguresAsked, at: datetime) -> list[tuple[Period, Tally]]:
    periods = last_months(asked.month)
    stretches = [Stretch(p.key(), p.first_day, p.until_day) for p in periods]
    found = months(Counted(stretches, at, under=asked.unit_id, where=_where(asked)))
    return [(period, found.get(("", period.key()), Tally())) for period in periods]


def last_months(month: Period) -> list[Period]:
    """The twelve months until one, the oldest first; fewer where the calendar begins."""
    found = [month]
    while len(found) < MONTHS:
        try:
            found.append(found[-1].previous())
        except ImpossibleDate:
            break
    return found[::-1]


def children(unit_id: UUID | None, day: date) -> list[UUID]:
    """The units directly below one on a day; those at the top for None."""
    rows = UnitVersion.objects.as_of(day).filter(parent_id=unit_id)
    return list(rows.values_list("unit_id", flat=True))


def above_counted(actor: Actor, unit_id: UUID, day: date) -> list[UUID]:
    """The unit and those above it whose figures the actor may see, the highest first."""
    paths = UnitPath.objects.on(day).filter(
        descendant_id=unit_id, ancestor__in=units_counted(actor)
    )
    return list(paths.order_by("-depth").values_list("ancestor_id", flat=True))
