"""From stored versions to a line of stretches (`rules.timeline`) and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from diwan.directory.models import PostVersion, UnitVersion
from diwan.directory.rules.timeline import Stretch

from .base import Marks, search_of
from .revise import copy_of, supersede

V = TypeVar("V", bound=UnitVersion | PostVersion)


class Line(Generic[V]):
    """The believed versions of one unit or post, and how to store them changed."""

    def __init__(self, model: type[V], owner: UUID) -> None:
        self.model: type[V] = model
        self.owner = owner
        of_units = issubclass(model, UnitVersion)
        self.owner_name = "unit_id" if of_units else "post_id"
        self.columns = ("name", "kind", "parent_id") if of_units else ("name", "roles", "seats")
        found: Any = model.objects.known().filter(**{self.owner_name: owner})
        rows: list[V] = list(found)
        self.stretches = sorted((self._stretch(row) for row in rows), key=lambda s: s.since)

    def _stretch(self, row: V) -> Stretch:
        return Stretch(
            values={name: getattr(row, name) for name in self.columns},
            since=row.since or date.min,
            until=row.until or date.max,
            row=row,
            since_as=(row.since_precision, row.since_calendar, row.since_event),
            until_as=(row.until_precision, row.until_calendar, row.until_event),
        )

    def of_row(self, row: V) -> Stretch | None:
        """The stretch of a stored row, or of the row that took its place since; None if gone."""
        for stretch in self.stretches:
            if stretch.row.lineage == row.lineage:
                return stretch
        return None

    @property
    def since(self) -> date:
        """The first day, `date.max` if there was none."""
        return min((s.since for s in self.stretches), default=date.max)

    @property
    def until(self) -> date:
        """The end, `date.min` if there was no day."""
        return max((s.until for s in self.stretches), default=date.min)

    def store(self, after: list[Stretch], now: datetime, *, reason: str = "") -> list[V]:
        """Supersede what changed and add what is new; returns the new rows in order of time."""
        kept = [s for s in after if s in self.stretches]
        for stretch in self.stretches:
            if stretch not in kept:
                supersede(stretch.row, now, reason=reason)
        made: list[V] = []
        stored: list[Stretch] = []
        for stretch in after:
            if stretch in kept:
                stored.append(stretch)
                continue
            row = self._row(stretch, now)
            row.save(force_insert=True)
            made.append(row)
            stored.append(replace(stretch, row=row))
        self.stretches = stored
        return made

    def _row(self, stretch: Stretch, now: datetime) -> V:
        values: dict[str, Any] = {**stretch.values, **_bounds(stretch)}
        values["search"] = search_of(stretch.values["name"])
        values[self.owner_name] = self.owner
        if stretch.row is not None:
            return copy_of(stretch.row, now, **values)  # type: ignore[no-any-return] # of the line's model
        return self.model(recorded_at=now, **values)


def _bounds(stretch: Stretch) -> dict[str, Any]:
    """The columns of both ends."""
    plain: Marks = ("day", "gregorian", None)
    found: dict[str, Any] = {}
    for side, day, open_day in (
        ("since", stretch.since, date.min),
        ("until", stretch.until, date.max),
    ):
        marks = getattr(stretch, f"{side}_as") if day != open_day else None
        precision, calendar, event = marks or plain
        found |= {
            side: None if day == open_day else day,
            f"{side}_precision": precision,
            f"{side}_calendar": calendar,
            f"{side}_event": event if day != open_day else None,
        }
    return found
