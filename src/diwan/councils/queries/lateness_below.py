"""How late the units directly below some units are, each with all that stands below it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, F

from diwan.councils.models import Action
from diwan.councils.policies import ACTIONS, day_of
from diwan.councils.rules.life import OWED
from diwan.directory.public import UnitVersion
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

    Counted are actions that the actor may see and whose work is not reported done. Two questions,
    however many units: the tree of paths adds up what stands below each.
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
    """Owed and late actions of each unit and all below it."""
    day = day_of(actor)
    owed = ACTIONS.which(actor, "see", Action.objects.filter(state__in=OWED))
    rows = owed.filter(
        owner__unit__paths_up__ancestor_id__in=unit_ids,
        owner__unit__paths_up__since__lte=day,
        owner__unit__paths_up__until__gt=day,
    ).annotate(whose=F("owner__unit__paths_up__ancestor_id"))
    counted = rows.order_by().values("whose")
    counted = counted.annotate(n=Count("pk"), late=Count("pk", filter=clock_of(actor).late()))
    return {row["whose"]: (row["n"], row["late"]) for row in counted}
