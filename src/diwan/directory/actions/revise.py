"""Putting a new row in the place of one that was believed."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from django.db import models

from diwan.kernel.dated import Believed
from diwan.kernel.ids import new_id

B = TypeVar("B", bound=Believed)


def revise(row: B, now: datetime, *, reason: str = "", **values: Any) -> B:
    """Supersede `row` and store a copy with `values` in its place; returns the new row.

    A correction has a `reason`; a change in the world has none. Both leave the old row, so that
    what was believed at any instant can still be told.
    """
    new = copy_of(row, now, **values)
    supersede(row, now, reason=reason)
    new.save(force_insert=True)
    return new


def supersede(row: Believed, now: datetime, *, reason: str = "") -> None:
    """Mark a row as no longer believed from `now` on."""
    row.superseded_at = now
    row.superseded_reason = reason
    row.save(update_fields=["superseded_at", "superseded_reason"])


def copy_of(row: B, now: datetime, **values: Any) -> B:
    """An unsaved row of the same lineage, known from `now` on."""
    fields: list[models.Field[Any, Any]] = list(
        type(row)._meta.concrete_fields  # noqa: SLF001 # Django's documented way to a model's fields
    )
    kept = {field.attname: getattr(row, field.attname) for field in fields}
    kept |= {
        "id": new_id(),
        "recorded_at": now,
        "superseded_at": None,
        "superseded_reason": "",
    }
    return type(row)(**kept | values)
