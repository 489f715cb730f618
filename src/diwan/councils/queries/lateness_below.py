"""How late the units directly below some units are, each with all that stands below it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count

from diwan.councils.models import Action
from diwan.councils.policies import day_of
from diwan.councils.rules.life import OWED
from diwan.directory.public import UnitPath, UnitVersion
from diwan.kernel.policies import Actor

from .lateness import clock_of


@dataclass(frozen=True)
class UnitLateness:
    """A unit, its province (ISO 3166-2, or ""), and what posts there and below it owe."""

    unit_id: UUID
    name: Mapping[str, str]
    province: str
    owed: int = 0
    late: int = 0


def late_below(actor: Actor, unit_ids: Iterable[UUID]) -> list[UnitLateness]:
    """Each unit directly below `unit_ids` on the actor's day, the most late first.

    Counted are actions whose work is not reported done. Three questions, however many units.
    Whoever asks may see them: they are owed below units that the actor heads.
    """
    day = day_of(actor)
    versions = UnitVersion.objects.as_of(day).filter(parent_id__in=list(unit_ids))
    children = list(versions.values_list("unit_id", "name", "unit__province"))
    if not children:
        return []
    counts = _counts(actor, [row[0] for row in children])
    found = [
        UnitLateness(unit_id, name, province, *counts.get(unit_id, (0, 0)))
        for unit_id, name, province in children
    ]
    return sorted(found, key=lambda unit: (-unit.late, -unit.owed, str(unit.unit_id)))


def _counts(actor: Actor, unit_ids: list[UUID]) -> dict[UUID, tuple[int, int]]:
    """Owed and late actions of each unit and all below it.

    Counted by unit and added up here: the database takes twice as long to add up paths, and a
    hundred times as long where it must ask of each action whether a head may see it.
    """
    paths = UnitPath.objects.on(day_of(actor)).filter(ancestor_id__in=unit_ids)
    above: dict[UUID, list[UUID]] = defaultdict(list)  # who heads a unit and one below it has two
    for below, unit_id in paths.values_list("descendant_id", "ancestor_id"):
        above[below].append(unit_id)
    owed = Action.objects.filter(state__in=OWED, owner__unit__in=paths.values("descendant_id"))
    counted = owed.order_by().values("owner__unit")
    counted = counted.annotate(n=Count("pk"), late=Count("pk", filter=clock_of(actor).late()))
    found: dict[UUID, tuple[int, int]] = {}
    for row in counted:
        for unit_id in above[row["owner__unit"]]:
            n, late = found.get(unit_id, (0, 0))
            found[unit_id] = (n + row["n"], late + row["late"])
    return found
