"""In which unit a step lies: where the case was filed, above, the nearest of a kind, a named one.

A unit that is closed stands for what it became, else for the unit that stood above it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from diwan.directory.public import Unit, UnitPath, UnitVersion
from diwan.kernel.working import today_in

LONGEST_CHAIN = 20
MOST = 200


def place_of(
    where: str, unit: Unit, at: datetime, *, owner_id: UUID | None = None, lives: bool = False
) -> UUID:
    """The unit in which a step lies, for a case for which `unit` answers; it exists at `at`.

    What does not exist (no unit above, none of that kind) is the unit itself: a case is never
    nobody's, and the head there sees it. A unit's key is one of the register of the service's
    owner (`owner_id`), as it was when the workbook was checked. `lives` spares a question where
    the unit is known to.
    """
    day = today_in(unit.country, at)
    here = unit.pk if lives else living(unit.pk, day) or unit.pk
    if where in ("", "here"):
        return here
    word, _colon, key = where.partition(":")
    if word == "unit":
        named = _named(key, unit.country, owner_id or unit.pk)
        return (named and living(named, day)) or here
    above = UnitPath.objects.on(day).filter(descendant_id=here).order_by("depth")
    if word == "above":
        found = above.filter(depth__gt=0)
    else:
        found = above.filter(ancestor_id__in=_of_kind(key, day))
    return found.values_list("ancestor_id", flat=True).first() or here


def _named(key: str, country: str, owner_id: UUID) -> UUID | None:
    """The unit of that key, as `unit_of_key` finds it, also one that is no more."""
    register = Unit.objects.filter(pk=owner_id).values("register_id")
    rows = Unit.objects.filter(country=country, key=key)
    found = list(rows.annotate(own=Q(register_id__in=register)).values_list("pk", "own")[:MOST])
    own = [pk for pk, of_owner in found if of_owner] or [pk for pk, _of_owner in found]
    return own[0] if len(own) == 1 else None


def living(unit_id: UUID, day: date) -> UUID | None:
    """The unit if it exists on `day`, else what it became, else the nearest that stood above it."""
    seen: set[UUID] = set()
    waiting = [unit_id]
    while waiting and len(seen) < LONGEST_CHAIN:
        pk = waiting.pop(0)
        if pk in seen:
            continue
        seen.add(pk)
        if UnitVersion.objects.as_of(day).filter(unit_id=pk).exists():
            return pk
        waiting += _after(pk)
    return None


def _after(unit_id: UUID) -> list[UUID]:
    """What a closed unit became, and under which unit it stood last."""
    became = Unit.objects.filter(pk=unit_id).values_list("becomes_id", flat=True).first()
    versions = UnitVersion.objects.known().filter(unit_id=unit_id, until__isnull=False)
    last = versions.order_by("-until").values_list("parent_id", flat=True).first()
    return [pk for pk in (became, last) if pk is not None]


def _of_kind(kind: str, day: date) -> QuerySet[UnitVersion, Any]:
    return UnitVersion.objects.as_of(day).filter(kind=kind).values("unit_id")


def ended_units(country: str, day: date) -> QuerySet[Unit]:
    """The units of a country that are no more on `day`, since whenever that was so."""
    alive = UnitVersion.objects.as_of(day).filter(unit=OuterRef("pk"))
    return Unit.objects.filter(~Exists(alive), country=country)
