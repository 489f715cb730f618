"""The dated tree in plain Python: who stood under whom from when to when.

Days are half-open [since, until); `date.min` is an open beginning and `date.max` an open end.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class Edge:
    """`unit` existed within [since, until) and stood under `parent` (None: at the top)."""

    unit: UUID
    parent: UUID | None
    since: date = date.min
    until: date = date.max


@dataclass(frozen=True)
class Path:
    """`descendant` stood `depth` levels below `ancestor` within [since, until)."""

    ancestor: UUID
    descendant: UUID
    depth: int
    since: date
    until: date


@dataclass(frozen=True)
class Orphan:
    """On `day` the unit stood under a parent that did not exist."""

    unit: UUID
    parent: UUID
    day: date


class CycleError(ValueError):
    """Units that would stand under one another on `day`; `units` runs from below upward."""

    def __init__(self, units: tuple[UUID, ...], day: date) -> None:
        super().__init__(f"a cycle of {len(units)} units on {day}")
        self.units = units
        self.day = day


class OverlapError(ValueError):
    """A unit would be told twice on `day`."""

    def __init__(self, unit: UUID, day: date) -> None:
        super().__init__(f"{unit} is told twice on {day}")
        self.unit = unit
        self.day = day


Edges = Mapping[UUID, list[Edge]]


def by_unit(edges: Iterable[Edge]) -> dict[UUID, list[Edge]]:
    """Edges of each unit in order of time. Raises OverlapError where two hold on one day."""
    found: dict[UUID, list[Edge]] = defaultdict(list)
    for edge in edges:
        found[edge.unit].append(edge)
    for unit, rows in found.items():
        rows.sort(key=lambda edge: edge.since)
        for one, two in itertools.pairwise(rows):
            if two.since < one.until:
                raise OverlapError(unit, two.since)
    return dict(found)


def paths_of(edges: Edges, units: Iterable[UUID]) -> list[Path]:
    """All paths that end at `units`, themselves included at depth 0, adjoining ones joined.

    `edges` must hold these units and all that ever stood above them. Where a parent did not exist
    the unit is a root. Raises CycleError.
    """
    paths: list[Path] = []
    for unit in units:
        paths += _climb(edges, unit)
    return paths


def _climb(edges: Edges, unit: UUID) -> list[Path]:
    found: list[Path] = []
    trails: list[tuple[tuple[UUID, ...], date, date]] = [
        ((unit,), edge.since, edge.until) for edge in edges.get(unit, [])
    ]
    while trails:
        trail, since, until = trails.pop()
        found.append(Path(trail[-1], unit, len(trail) - 1, since, until))
        for edge in edges.get(trail[-1], []):
            begin, end = max(since, edge.since), min(until, edge.until)
            if edge.parent is None or begin >= end:
                continue
            if edge.parent in trail:
                raise CycleError(trail[trail.index(edge.parent) :], begin)
            for above in edges.get(edge.parent, []):
                first, last = max(begin, above.since), min(end, above.until)
                if first < last:
                    trails.append(((*trail, edge.parent), first, last))
    return _joined(found)


def _joined(paths: list[Path]) -> list[Path]:
    """The same with paths that differ only in adjoining periods made one."""
    paths.sort(key=lambda path: (path.ancestor.int, path.depth, path.since))
    found: list[Path] = []
    for path in paths:
        last = found[-1] if found else None
        same = last and (last.ancestor, last.depth) == (path.ancestor, path.depth)
        if last and same and path.since <= last.until:
            found[-1] = replace(last, until=max(last.until, path.until))
        else:
            found.append(path)
    return found


def orphans(edges: Edges, units: Iterable[UUID]) -> list[Orphan]:
    """The first day of each unit's stand under a parent that did not exist then."""
    found = []
    for unit in units:
        for edge in edges.get(unit, []):
            if edge.parent is None:
                continue
            day = _first_gap(edges.get(edge.parent, []), edge.since, edge.until)
            if day is not None:
                found.append(Orphan(unit, edge.parent, day))
    return found


def _first_gap(rows: list[Edge], since: date, until: date) -> date | None:
    """The first day of [since, until) that none of `rows` (in order) covers."""
    day = since
    for row in rows:
        if row.since > day:
            break
        day = max(day, row.until)
    return day if day < until else None
