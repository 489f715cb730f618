"""What is late below a head: the printed list that nobody should have to demand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet

from diwan.directory.public import Role, authority_of
from diwan.kernel.errors import NotFound
from diwan.kernel.policies import Actor
from diwan.services.models import Case
from diwan.services.policies import apart_for

from .clocks import Clocks
from .worklist import below_q

LISTED = 1_000
"""So many of the worst are listed on paper; a head of more narrows it down, or takes the file."""
IN_FILE = 10_000


@dataclass(frozen=True)
class LateCase:
    """A late case: since when, and by how many working days of its unit."""

    case: Case
    since_at: datetime
    days: int


@dataclass(frozen=True)
class LateUnit:
    """The late cases that lie with one unit, the worst first."""

    unit_id: UUID
    cases: tuple[LateCase, ...]

    @property
    def worst(self) -> int:
        """By how many working days its worst case is late."""
        return self.cases[0].days


@dataclass(frozen=True)
class LateList:
    """Units with what is late there, those with most first; `more`: not all are listed."""

    units: tuple[LateUnit, ...]
    more: bool

    @property
    def count(self) -> int:
        """How many cases are listed."""
        return sum(len(unit.cases) for unit in self.units)

    @property
    def worst(self) -> int:
        """By how many working days the worst is late."""
        return max((unit.worst for unit in self.units), default=0)


def late_list(actor: Actor, *, limit: int = LISTED) -> LateList:
    """The late cases of the units that the actor heads, and of all below them.

    Raises NotFound for who heads none.
    """
    rows = list(_late(actor)[: limit + 1])
    cases = rows[:limit]
    clocks = Clocks(cases, actor.at)
    by_unit: dict[UUID, list[LateCase]] = {}
    for case in cases:
        over = (at for at in (case.due_at, case.promised_at) if at is not None)
        since = min(over)
        days = max(0, -clocks.days_left(case, since))
        by_unit.setdefault(case.at_unit_id, []).append(LateCase(case, since, days))
    units = [
        LateUnit(pk, tuple(sorted(found, key=lambda one: one.since_at)))
        for pk, found in by_unit.items()
    ]
    ordered = sorted(units, key=lambda unit: (-len(unit.cases), -unit.worst, unit.unit_id))
    return LateList(tuple(ordered), len(rows) > limit)


def _late(actor: Actor) -> QuerySet[Case]:
    authority = authority_of(actor)
    if not actor.elevated and not authority.units(Role.HEAD):
        raise NotFound
    there = Q()
    if not actor.elevated:
        there = below_q(actor, "at_unit") & apart_for(actor)
    rows = Case.objects.late(actor.at).filter(there).select_related("service", "version")
    light = rows.defer("version__definition", "version__form", "version__xform")
    return light.order_by(F("due_at").asc(nulls_last=True), "pk")
