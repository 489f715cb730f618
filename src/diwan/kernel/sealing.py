"""Sealing: the worker binds entries that no seal holds yet into the next seal of the chain.

Writers wait for nothing: they only add entries, and a seal takes whatever has been committed, in
any order. An entry of a long transaction that appears late goes into a later seal. What a sealer
does in the database is one short transaction, so that a sealer killed at any moment leaves either
the whole seal or nothing of it, and of two at once one finds the number taken and goes on.

An entry that somebody damaged by hand so that it cannot be read is left out: the others get their
seals, and `diwan audit verify` names it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import CharField, F, Func, QuerySet

from . import seals
from .models import AuditEntry, Seal

logger = logging.getLogger(__name__)

FIELDS = (
    "id",
    "at",
    "actor_kind",
    "actor_id",
    "post_id",
    "elevation_id",
    "verb",
    "subject_kind",
    "subject_id",
    "changes",
    "reason",
)
BATCH = 20_000
"""Entries a seal: few enough that SQLite's one writer is held up for less than a breath."""
CHUNK = 4_000
"""Identifiers a statement; SQLite takes some 32,000 parameters at most."""
TICK_SECONDS_AT_MOST = 40.0
LATEST_COMMIT = timedelta(days=1)
"""No transaction runs longer: an unsealed entry this much older than the newest sealed one was not
written by Diwan. It is never sealed, and `diwan audit verify` names it."""
UNREADABLE = (ValueError, TypeError, AttributeError, OverflowError, RecursionError, DatabaseError)
"""What reading a damaged record raises."""

K = TypeVar("K")
V = TypeVar("V")


def in_halves(
    keys: Sequence[K], read: Callable[[Sequence[K]], dict[K, V]]
) -> tuple[dict[K, V], set[K]]:
    """What `read` gives for `keys`, and those of them that cannot be read."""
    if not keys:
        return {}, set()
    try:
        return read(keys), set()
    except UNREADABLE:
        if len(keys) == 1:
            return {}, set(keys)
    middle = len(keys) // 2
    first, second = in_halves(keys[:middle], read), in_halves(keys[middle:], read)
    return first[0] | second[0], first[1] | second[1]


def facts_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an entry as JSON values, for `seals.canonical_entry`.

    Raises TypeError where it says no instant: SQLite gives None for what it cannot read as one.
    """
    if not isinstance(row["at"], datetime):
        raise TypeError(row["at"])
    facts: dict[str, Any] = {}
    for name in FIELDS:
        value = row[name]
        if isinstance(value, datetime):
            value = seals.instant(value)
        elif isinstance(value, UUID):
            value = str(value)
        facts[name] = value
    return facts


def leaf_of(row: Mapping[str, Any]) -> bytes:
    """The leaf hash of an entry as it stands in the database."""
    return seals.leaf_hash(seals.canonical_entry(facts_of(row)))


def chunks(ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    """`ids` in lists of at most `CHUNK`."""
    source = iter(ids)
    while chunk := list(islice(source, CHUNK)):
        yield chunk


def last_seal() -> Seal | None:
    """The end of the chain, without its leaves."""
    return Seal.objects.defer("leaves").order_by("-number").first()


def floor_of(last: Seal | None, at: datetime) -> UUID:
    """The lowest identifier that may still wait for a seal after `last`.

    A clock that once ran ahead left identifiers of the future; the present one counts then.
    """
    if last is None:
        return UUID(int=0)
    newest = seals.made_at(last.newest)
    return seals.lowest_id(min(newest or at, at) - LATEST_COMMIT)


def unsealed(last: Seal | None, at: datetime) -> QuerySet[AuditEntry]:
    """Entries that wait for the next seal, in the order of their identifiers."""
    waiting = AuditEntry.objects.filter(seal=None, id__gte=floor_of(last, at))
    return waiting.order_by("id")


def seal_batch(at: datetime, *, limit: int = BATCH) -> Seal | None:
    """Seal at most `limit` waiting entries; None where none waits or another sealer was quicker."""
    last = last_seal()
    leaves = _leaves(unsealed(last, at), limit)
    if not leaves:
        return None
    seal = _next_seal(last, leaves, at)
    try:
        _store(seal, leaves)
    except (IntegrityError, _Taken):
        logger.info("seal %s was made by another worker", seal.number)
        return None
    return seal


def _leaves(waiting: QuerySet[AuditEntry], limit: int) -> list[seals.Leaf]:
    """The first `limit` of those that wait; an entry that cannot be read is passed over."""
    try:
        rows = waiting.values(*FIELDS)[:limit].iterator(chunk_size=CHUNK)
        return [(row["id"], leaf_of(row)) for row in rows]
    except UNREADABLE as error:
        logger.warning("an entry that waits for its seal cannot be read: %s", type(error).__name__)
    found: list[seals.Leaf] = []
    for some in chunks(readable_ids(waiting)):
        found += sorted(in_halves(some, _leaves_of)[0].items())
        if len(found) >= limit:
            break
    return found[:limit]


def _leaves_of(ids: Sequence[UUID]) -> dict[UUID, bytes]:
    rows = AuditEntry.objects.filter(id__in=ids).values(*FIELDS)
    return {row["id"]: leaf_of(row) for row in rows}


def readable_ids(entries: QuerySet[AuditEntry]) -> Iterator[UUID]:
    """Their identifiers, in order; SQLite alone may keep one that is none, which is left out."""
    if connection.vendor != "sqlite":
        yield from entries.values_list("id", flat=True).iterator(chunk_size=CHUNK)
        return
    written = Func(F("id"), function="hex", output_field=CharField())
    told = entries.annotate(written=written).values_list("written", flat=True)
    for each in told.iterator(chunk_size=CHUNK):
        try:
            yield UUID(bytes.fromhex(each).decode())
        except ValueError:
            continue


class _Taken(Exception):
    """Some of these entries got a seal meanwhile."""


def _next_seal(last: Seal | None, leaves: list[seals.Leaf], at: datetime) -> Seal:
    number = last.number + 1 if last else 1
    previous = last.digest if last else seals.START
    sealed_at = max(at, last.sealed_at) if last else at
    root = seals.tree_root([digest for _, digest in leaves]).hex()
    moment = seals.instant(sealed_at)
    newest = leaves[-1][0]
    return Seal(
        number=number,
        previous=previous,
        root=root,
        count=len(leaves),
        sealed_at=sealed_at,
        digest=seals.seal_digest(number, previous, root, len(leaves), moment),
        leaves=seals.pack_leaves(leaves),
        newest=max(newest, last.newest) if last else newest,
    )


@transaction.atomic
def _store(seal: Seal, leaves: list[seals.Leaf]) -> None:
    """Add the seal and mark its entries. The number comes first: the loser waits for it alone."""
    seal.save(force_insert=True)
    marked = 0
    for ids in chunks(identifier for identifier, _ in leaves):
        marked += AuditEntry.objects.filter(id__in=ids, seal=None).update(seal=seal.number)
    if marked != len(leaves):
        raise _Taken


def seal_waiting(at: datetime) -> None:
    """Seal what waits, batch by batch; the minute tick calls it, the rest waits for the next."""
    stop = time.monotonic() + TICK_SECONDS_AT_MOST
    while time.monotonic() < stop:
        seal = seal_batch(at)
        if seal is None or seal.count < BATCH:
            return


@dataclass(frozen=True)
class Standing:
    """How far sealing is: the last seal, how many entries wait, and since when."""

    last: Seal | None
    waiting: int
    waiting_since: datetime | None


def standing(at: datetime) -> Standing:
    """How far sealing is at `at`; entries that will never be sealed are not counted."""
    last = last_seal()
    waiting = unsealed(last, at)
    oldest = next(readable_ids(waiting), None)
    since = seals.made_at(oldest) if oldest else None
    return Standing(last, waiting.count(), since)
