"""Reading what somebody may have changed by hand: a value that no type can hold is a finding too.

SQLite keeps any value in any column. A date of a thirteenth month, bytes that are no text, a number
too large for JSON: the database's own reading breaks off at them, and a verification that broke off
with it would name nothing. So what cannot be read together is read in halves, down to the record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import CharField, F, Func

from .models import AuditEntry, PersonalValue, Seal
from .sealing import FIELDS, UNREADABLE, chunks, in_halves, leaf_of

Row = dict[str, Any]


def rows_of(ids: Sequence[UUID]) -> dict[UUID, Row]:
    """Entries with all that seals hold of them, and the seal they name."""
    rows = AuditEntry.objects.filter(id__in=ids).values(*FIELDS, "seal")
    return {row["id"]: row for row in rows}


class Personal(NamedTuple):
    """What is kept of a personal value apart from its entry."""

    salt: str
    value: Any
    erased_at: datetime | None


def personal_of(ids: Sequence[UUID]) -> dict[UUID, Mapping[str, Personal]]:
    """Personal values by entry and field."""
    found: dict[UUID, dict[str, Personal]] = defaultdict(dict)
    rows = PersonalValue.objects.filter(entry_id__in=ids)
    told = rows.values_list("entry_id", "field", "salt", "value", "erased_at")
    for entry, field, salt, value, erased_at in told:
        found[entry][field] = Personal(salt, value, erased_at)
    return dict(found)


def seals_of(numbers: Sequence[int]) -> list[Seal]:
    """Seals in the order of their numbers; what is unreadable in one is empty or of long ago."""
    sound, broken = in_halves(numbers, _sound_seals)
    return [sound[n] if n not in broken else _remains(n) for n in sorted({*sound, *broken})]


def _sound_seals(numbers: Sequence[int]) -> dict[int, Seal]:
    found = {seal.number: seal for seal in Seal.objects.filter(number__in=numbers)}
    for seal in found.values():
        seal.sealed_at.astimezone(UTC)  # what is no instant at all comes as None
        memoryview(seal.leaves)
    return found


def _remains(number: int) -> Seal:
    """A seal of which some field cannot be read, with those that can."""
    seal = Seal(number=number, count=0, sealed_at=datetime.min.replace(tzinfo=UTC))
    seal.leaves, seal.newest = b"", UUID(int=0)
    for name in ("previous", "root", "digest", "leaves"):
        try:
            value = Seal.objects.filter(number=number).values_list(name, flat=True).get()
        except UNREADABLE:
            continue
        if isinstance(value, bytes | memoryview if name == "leaves" else str):
            setattr(seal, name, value)
    return seal


def last_number() -> int:
    """The highest number that a seal has, 0 where there is none."""
    numbers = Seal.objects.filter(number__lt=1 << 31).order_by("-number")
    return numbers.values_list("number", flat=True).first() or 0


def odd_claims() -> list[UUID]:
    """Entries that name a seal by something else than a number, which SQLite alone would keep."""
    if connection.vendor != "sqlite":
        return []
    kind = Func(F("seal"), function="typeof", output_field=CharField())
    odd = AuditEntry.objects.annotate(kind=kind).exclude(kind__in=["null", "integer"])
    return list(odd.values_list("id", flat=True))


def leaf_or_none(row: Row) -> bytes | None:
    """The leaf hash of an entry; None for values that no entry of ours has."""
    try:
        return leaf_of(row)
    except UNREADABLE:
        return None


def unreadable_of(ids: Iterable[UUID]) -> Iterator[UUID]:
    """Those of these entries that cannot be read, or hold what no seal can."""
    for some in chunks(ids):
        rows, broken = in_halves(some, rows_of)
        odd = {pk for pk, row in rows.items() if leaf_or_none(row) is None}
        yield from sorted(broken | odd)
