"""What units say of their own working time, as the page of a unit shows it: own rows and above."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import F, Model

from diwan.directory.models import UnitDay, UnitHours, UnitWeekend

from .working_time import YearSpan

M = TypeVar("M", bound=Model)


def days_of(unit_id: UUID, today: date, span: YearSpan) -> list[UnitDay]:
    """Single days of a year, the unit's own and those of units above it, in order."""
    rows = _above(UnitDay, unit_id, today).filter(day__gte=span.since, day__lt=span.until)
    return list(rows.order_by("day", "unit__paths_down__depth"))


def hours_of_unit(unit_id: UUID, today: date) -> list[UnitHours]:
    """Hours of the unit and those above, the nearest and the latest first."""
    rows = _above(UnitHours, unit_id, today)
    latest = F("since").desc(nulls_last=True)
    return list(rows.order_by("unit__paths_down__depth", latest, "weekday", "opens"))


def weekends_of_unit(unit_id: UUID, today: date) -> list[UnitWeekend]:
    """Weekends of the unit and those above, the nearest and the latest first."""
    rows = _above(UnitWeekend, unit_id, today)
    return list(rows.order_by("unit__paths_down__depth", F("since").desc(nulls_last=True)))


def _above(model: type[M], unit_id: UUID, today: date) -> Any:
    return model._default_manager.filter(  # noqa: SLF001 - the way to a manager of any model
        unit__paths_down__descendant_id=unit_id,
        unit__paths_down__since__lte=today,
        unit__paths_down__until__gt=today,
    )
