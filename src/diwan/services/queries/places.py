"""In which unit a step lies: where the case was filed, above, the nearest of a kind, a named one.

A unit that is closed stands for what it became, else for the unit that stood above it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from diwan.directory.public import Unit, UnitPath, UnitVersion
from diwan.kernel.working import today_in

LONGEST_CHAIN = 20


def place_of(where: str, unit: Unit, at: datetime) -> UUID:
    """The unit in which a step lies, for a case that was filed at `unit`.

    What does not exist (no unit above, none of that kind) is the unit itself: a case is never
    nobody's, and the head there sees it.
    """
    if where in ("", "here"):
        return unit.pk
    day = today_in(unit.country, at)
    word, _colon, key = where.partition(":")
    if word == "unit":
        named = Unit.objects.filter(register=unit.register_id, key=key).first()
        return (named and living(named, day)) or unit.pk
    above = UnitPath.objects.on(day).filter(descendant_id=unit.pk).order_by("depth")
    if word == "above":
        found = above.filter(depth__gt=0)
    else:
        found = above.filter(ancestor_id__in=_of_kind(key, day))
    return found.values_list("ancestor_id", flat=True).first() or unit.pk


def living(unit: Unit, day: date) -> UUID | None:
    """The unit if it exists on `day`, else what it became, else the nearest that stood above it."""
    seen: set[UUID] = set()
    waiting = [unit.pk]
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


def closed_lately(country: str, at: datetime, days: int) -> list[Unit]:
    """Units that came to their end within so many days and are no more."""
    day = today_in(country, at)
    since = day - timedelta(days=days)
    ended = UnitVersion.objects.known().filter(until__gt=since, until__lte=day)
    alive = UnitVersion.objects.as_of(day).values("unit_id")
    rows = Unit.objects.filter(country=country, pk__in=ended.values("unit_id"))
    return list(rows.exclude(pk__in=alive).order_by("pk"))
