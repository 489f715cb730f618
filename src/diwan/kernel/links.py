"""Making and following links between records of any rooms."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from .exchange import Ref
from .models.links import Link, Verb

__all__ = ["Verb", "links_of", "set_links", "targets", "targets_of"]


def set_links(source: Ref, verb: Verb, wanted: Iterable[Ref]) -> bool:
    """Make exactly `wanted` the targets of `source` under `verb`; True if anything changed.

    Part of the calling action: the caller holds the transaction and writes the audit entry.
    """
    rows = {
        Ref(row.target_kind, row.target_id): row
        for row in Link.objects.filter(verb=verb, source_kind=source.kind, source_id=source.id)
    }
    want = dict.fromkeys(wanted)
    gone = [row.pk for ref, row in rows.items() if ref not in want]
    new = [ref for ref in want if ref not in rows]
    Link.objects.filter(pk__in=gone).delete()
    Link.objects.bulk_create(
        Link(
            verb=verb,
            source_kind=source.kind,
            source_id=source.id,
            target_kind=ref.kind,
            target_id=ref.id,
        )
        for ref in new
    )
    return bool(gone or new)


def targets(source: Ref, verb: Verb) -> list[Ref]:
    """What `source` links to under `verb`, in the order the links were made."""
    rows = Link.objects.filter(verb=verb, source_kind=source.kind, source_id=source.id)
    return [Ref(r.target_kind, r.target_id) for r in rows.order_by("made_at", "id")]


def targets_of(kind: str, ids: Iterable[UUID], verb: Verb) -> dict[UUID, list[Ref]]:
    """The same for many records of one kind in one question; each of `ids` has a list."""
    found: dict[UUID, list[Ref]] = {id_: [] for id_ in ids}
    rows = Link.objects.filter(verb=verb, source_kind=kind, source_id__in=list(found))
    for row in rows.order_by("made_at", "id"):
        found[row.source_id].append(Ref(row.target_kind, row.target_id))
    return found


def links_of(record: Ref) -> list[Link]:
    """All links from or to a record."""
    here = Q(source_kind=record.kind, source_id=record.id)
    there = Q(target_kind=record.kind, target_id=record.id)
    return list(Link.objects.filter(here | there).order_by("made_at", "id"))
