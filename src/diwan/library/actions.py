"""Every write of the library: adding and correcting documents, and taking a register in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from diwan.directory.public import (
    Ledger,
    Register,
    Unit,
    UnitPattern,
    differing,
    require_elevated,
)
from diwan.kernel import audit
from diwan.kernel.calendars import PartialDate
from diwan.kernel.errors import Refused
from diwan.kernel.exchange import Ref
from diwan.kernel.ids import new_id
from diwan.kernel.policies import Actor, Confidentiality
from diwan.kernel.text import clean, search_key

from .constants import DOCUMENT
from .models import Document
from .policies import documents, require_writer
from .queries import DocumentRecord, document_records_of

IMPORT = "import"
LONGEST_KIND = 60


@dataclass(frozen=True)
class DocumentFields:
    """What a document says."""

    kind: str
    name: Mapping[str, str]
    text: Mapping[str, str] | None = None
    horizon: PartialDate | None = None
    confidentiality: str = Confidentiality.INTERNAL.value


@transaction.atomic
def add_document(actor: Actor, unit: Unit, fields: DocumentFields) -> Document:
    """Add a document of a unit to its register.

    For heads, secretaries and administrators over the unit. Raises NotFound, Forbidden, and
    Refused where the name or the kind is missing.
    """
    through = require_writer(actor, unit)
    id_ = new_id()
    row = Document(
        id=id_,
        register=Register.objects.get(pk=unit.register_id),
        key=f"document-{id_.hex[-16:]}",
        unit=unit,
        **_columns(fields),
    )
    row.save(force_insert=True)
    changes = {"name": [None, row.name], "kind": [None, row.kind]}
    audit.record(actor, "add", Ref(DOCUMENT, row.pk), changes=changes, through=through)
    return row


@transaction.atomic
def correct_document(
    actor: Actor, document: Document, fields: DocumentFields, *, reason: str
) -> Document:
    """Put right what a document says; the audit keeps what stood before.

    Raises NotFound, Forbidden, and Refused where there is no reason.
    """
    through = documents.require(actor, "write", document)
    why = clean(reason)
    if not why:
        raise Refused(_("Say in a few words what was wrong, and how you know."), field="reason")
    row = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
    changes = _write(row, _columns(fields))
    changes.pop("search", None)
    if changes:
        ref = Ref(DOCUMENT, row.pk)
        audit.record(actor, "correct", ref, changes=changes, reason=why, through=through)
    return row


def _columns(fields: DocumentFields) -> dict[str, Any]:
    name = _texts(fields.name)
    kind = clean(fields.kind)
    if not name:
        raise Refused(_("The name is missing. Write it in one language at least."), field="name")
    if not kind or len(kind) > LONGEST_KIND:
        raise Refused(_("Say in at most 60 letters what kind of document it is."), field="kind")
    if fields.confidentiality not in Confidentiality.values:
        raise Refused(_("Choose one from the list."), field="confidentiality")
    text = _texts(fields.text or {}) or None
    return {
        "name": name,
        "kind": kind,
        "text": text,
        "confidentiality": fields.confidentiality,
        "search": _search_of(name, text, kind),
        **_horizon(fields.horizon),
    }


def _texts(texts: Mapping[str, str]) -> dict[str, str]:
    found = {language: clean(text, language) for language, text in texts.items()}
    return {language: text for language, text in found.items() if text}


def _search_of(name: Mapping[str, str], text: Mapping[str, str] | None, kind: str) -> str:
    return search_key(*name.values(), *(text or {}).values(), kind)


def _horizon(horizon: PartialDate | None) -> dict[str, Any]:
    if horizon is None:
        return {"horizon": None}
    return {
        "horizon": horizon.first_day,
        "horizon_precision": horizon.precision.value,
        "horizon_calendar": horizon.calendar.value,
    }


def _write(row: Document, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    changes = audit.differences(audit.values_of(row, list(values)), dict(values))
    for name, (_before, new) in changes.items():
        setattr(row, name, new)
    if changes:
        row.save(update_fields=list(changes))
    return changes


@transaction.atomic
def put_documents(actor: Actor, ledger: Ledger, wanted: Sequence[DocumentRecord]) -> None:
    """Add and correct a register's documents; for imports. Raises NotFound, Forbidden."""
    require_elevated(actor)
    known = document_records_of(ledger.register)
    for record in wanted:
        pk = ledger.name(Document, record.key)
        before = known.get(record.key)
        if before is None:
            _put(actor, ledger, pk, record)
            ledger.tally.note("document", "added")
            continue
        new = differing(before, record)
        if new:
            _rewrite(actor, ledger, pk, new)
        ledger.tally.note("document", "changed" if new else "left")


def _put(actor: Actor, ledger: Ledger, pk: UUID, record: DocumentRecord) -> None:
    Document.objects.create(
        pk=pk,
        register=ledger.register,
        key=record.key,
        kind=record.kind,
        name=record.name,
        text=record.text,
        search=_search_of(record.name, record.text, record.kind),
        **_place(ledger, record.unit),
        **_horizon(record.horizon),
    )
    changes: dict[str, list[Any]] = {"name": [None, record.name], "kind": [None, record.kind]}
    audit.record(actor, IMPORT, Ref(DOCUMENT, pk), changes=changes, reason=IMPORT)


def _rewrite(actor: Actor, ledger: Ledger, pk: UUID, new: Mapping[str, Any]) -> None:
    row = Document.objects.get(pk=pk)
    values: dict[str, Any] = {name: new[name] for name in ("kind", "name", "text") if name in new}
    if "unit" in new:
        values |= _place(ledger, new["unit"])
    if "horizon" in new:
        values |= _horizon(new["horizon"])
    name, text = values.get("name", row.name), values.get("text", row.text)
    values["search"] = _search_of(name, text, values.get("kind", row.kind))
    changes = _write(row, values)
    changes.pop("search", None)
    audit.record(actor, IMPORT, Ref(DOCUMENT, pk), changes=changes, reason=IMPORT)


def _place(ledger: Ledger, unit: str) -> dict[str, UUID | None]:
    if unit in ledger.keys(UnitPattern):
        return {"unit_id": None, "unit_pattern_id": ledger.keys(UnitPattern)[unit]}
    return {"unit_id": ledger.id_of(Unit, unit), "unit_pattern_id": None}
