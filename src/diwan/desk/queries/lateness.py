"""How late the units directly below some units are, each with all that stands below it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from diwan.directory.public import UnitPath, UnitVersion, authority_of

from .units import UnitDesk


@dataclass(frozen=True)
class UnitLateness:
    """A unit, its province (ISO 3166-2, or ""), and what posts there and below it owe."""

    unit_id: UUID
    name: Mapping[str, str]
    province: str
    owed: int = 0
    late: int = 0


def late_below(desk: UnitDesk) -> list[UnitLateness]:
    """Each unit directly below those of the desk on the actor's day, the most late first.

    Added up from what each post owes; two questions more, however many units.
    """
    day = authority_of(desk.actor).day
    versions = UnitVersion.objects.as_of(day).filter(parent_id__in=desk.unit_ids)
    children = list(versions.values_list("unit_id", "name", "unit__province"))
    counts = _counts(desk, [row[0] for row in children]) if children and desk.posts else {}
    found = [
        UnitLateness(unit_id, name, province, *counts.get(unit_id, (0, 0)))
        for unit_id, name, province in children
    ]
    return sorted(found, key=lambda unit: (-unit.late, -unit.owed, str(unit.unit_id)))


def _counts(desk: UnitDesk, unit_ids: list[UUID]) -> dict[UUID, tuple[int, int]]:
    """Owed and late things of each unit and all below it."""
    paths = UnitPath.objects.on(authority_of(desk.actor).day).filter(ancestor_id__in=unit_ids)
    above: dict[UUID, list[UUID]] = defaultdict(list)  # who heads a unit and one below it has two
    for below, unit_id in paths.values_list("descendant_id", "ancestor_id"):
        above[below].append(unit_id)
    found: dict[UUID, tuple[int, int]] = {}
    for post in desk.posts.values():
        for unit_id in above.get(post.unit_id, ()):
            n, late = found.get(unit_id, (0, 0))
            found[unit_id] = (n + post.all, late + post.late)
    return found
