"""Reading the library: what somebody may see, and a register's documents as plain data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from diwan.directory.public import (
    Keyed,
    Register,
    Texts,
    Unit,
    UnitPattern,
    below,
    day_in,
    unit_names,
)
from diwan.kernel.calendars import PartialDate
from diwan.kernel.dated import stated
from diwan.kernel.policies import Actor
from diwan.kernel.text import search_tokens

from .models import Document
from .policies import documents


@dataclass(frozen=True)
class DocumentFilter:
    """What the list is narrowed to; `unit_id` takes in the units below."""

    text: str = ""
    kind: str = ""
    unit_id: UUID | None = None


def documents_for(actor: Actor, wanted: DocumentFilter | None = None) -> QuerySet[Document]:
    """Documents that the actor may see, the newest first."""
    asked = wanted or DocumentFilter()
    rows = documents.which(actor, "see", Document.objects.all())
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.unit_id is not None:
        unit = Unit.objects.filter(pk=asked.unit_id).first()
        day = day_in(unit.country if unit else "", actor)
        rows = rows.filter(unit_id__in=below([asked.unit_id], day))
    for token in search_tokens(asked.text):
        rows = rows.filter(search__contains=token)
    return rows.select_related("register", "unit_pattern").order_by("-id")


def kinds_for(actor: Actor) -> list[str]:
    """The kinds of the documents that the actor may see, sorted."""
    rows = documents.which(actor, "see", Document.objects.all())
    return sorted(rows.values_list("kind", flat=True).distinct())


def owner_names(rows: Iterable[Document], day: date) -> dict[UUID, Texts]:
    """Whose the documents are, by their id: the unit's name on `day`, or the pattern of units.

    One question however many they are; their patterns should be loaded.
    """
    known = list(rows)
    units = unit_names([row.unit_id for row in known if row.unit_id], day)
    found = {row.pk: units[row.unit_id] for row in known if row.unit_id in units}
    return found | {row.pk: row.unit_pattern.name for row in known if row.unit_pattern}


def horizon_of(document: Document) -> PartialDate | None:
    """Until when it reaches, as it was stated."""
    return stated(document.horizon, document.horizon_precision, document.horizon_calendar)


@dataclass(frozen=True, kw_only=True)
class DocumentRecord(Keyed):
    """A document as a register tells it; `unit` may be a pattern's key."""

    kind: str
    name: Texts
    unit: str = ""
    text: Texts | None = None
    horizon: PartialDate | None = None


def document_records_of(register: Register) -> dict[str, DocumentRecord]:
    """A register's documents by key, in the order in which they came."""
    units = dict(Unit.objects.filter(register=register).values_list("pk", "key"))
    patterns = dict(UnitPattern.objects.filter(register=register).values_list("pk", "key"))
    found = {}
    for row in Document.objects.filter(register=register).order_by("id"):
        unit = units.get(row.unit_id) if row.unit_id else None
        pattern = patterns.get(row.unit_pattern_id) if row.unit_pattern_id else None
        found[row.key] = DocumentRecord(
            key=row.key,
            kind=row.kind,
            name=row.name,
            unit=unit or pattern or "",
            text=row.text,
            horizon=horizon_of(row),
        )
    return found
