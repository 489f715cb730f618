"""Keeping the index in step: what was written is marked within the write and indexed after it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from diwan.kernel.exchange import Ref
from diwan.kernel.models import SearchBuild, SearchRecord, SearchStale

from .sources import Source, source_of, sources
from .writing import record_of

VERSION = 1  # of what `writing` makes of a record; a higher one has the index built anew
CHUNK = 500
WHOLE = 4000  # records a step while the whole index is built
AT_ONCE = 200  # records that the process which wrote them indexes before it answers
TICK_SECONDS = 20.0
LOCK = 0x6469_7761_6E73  # "diwans": PostgreSQL's advisory lock of whoever writes the index

Progress = Callable[[str, int], None]


def stale(kind: str, ids: Iterable[UUID]) -> None:
    """Mark records as written. Part of an action, which holds the transaction.

    They are indexed once it is committed; what is rolled back was never marked. Kinds that cannot
    be found cost nothing.
    """
    if source_of(kind) is None:
        return
    SearchStale.objects.bulk_create(
        (SearchStale(kind=kind, ref_id=id_) for id_ in ids), batch_size=CHUNK
    )
    queued = transaction.get_connection().run_on_commit
    if not any(entry[1] is _after_commit for entry in queued):
        transaction.on_commit(_after_commit, robust=True)


def _after_commit() -> None:
    catch_up(limit=AT_ONCE)


def catch_up(*, limit: int | None = None, seconds: float | None = None) -> int:
    """Index what was marked, the oldest first; returns how many marks were worked off.

    Stops after about `limit` marks or `seconds`. May run in many processes at once.
    """
    began, done = time.monotonic(), 0
    while limit is None or done < limit:
        some = _work_off(CHUNK if limit is None else min(CHUNK, limit - done))
        done += some
        if not some or (seconds is not None and time.monotonic() - began > seconds):
            break
    return done


def _work_off(limit: int) -> int:
    with transaction.atomic():
        _lock()
        marks = list(SearchStale.objects.order_by("id")[:limit])
        by_kind: dict[str, dict[UUID, None]] = {}
        for mark in marks:
            by_kind.setdefault(mark.kind, {})[mark.ref_id] = None
        for kind, ids in by_kind.items():
            source = source_of(kind)
            if source is not None:
                _follow(source.follows(_index(source, list(ids))))
        SearchStale.objects.filter(pk__in=[mark.pk for mark in marks]).delete()
    return len(marks)


def _follow(refs: Iterable[Ref]) -> None:
    """Mark what holds a name of a record that changed; worked off like everything else."""
    SearchStale.objects.bulk_create(
        (SearchStale(kind=ref.kind, ref_id=ref.id) for ref in refs), batch_size=CHUNK
    )


def _index(source: Source, ids: Sequence[UUID]) -> list[UUID]:
    """Index these records anew; returns those that stood in the index otherwise.

    What is there no more leaves it; what did not change is not written.
    """
    before = {
        row.ref_id: row for row in SearchRecord.objects.filter(kind=source.kind, ref_id__in=ids)
    }
    after = {texts.id: record_of(source, texts) for texts in source.texts(ids)}
    same = {id_ for id_, row in after.items() if id_ in before and _same(before[id_], row)}
    gone = [row.pk for id_, row in before.items() if id_ not in same]
    if gone:
        SearchRecord.objects.filter(pk__in=gone).delete()
    fresh = [row for id_, row in after.items() if id_ not in same]
    if fresh:
        _give_room(fresh)
        # In their order: FTS5 writes a segment of its own for whatever comes before the last one,
        # which takes a hundred times as long.
        fresh.sort(key=lambda row: row.pk)
        SearchRecord.objects.bulk_create(fresh, batch_size=CHUNK)
    return [id_ for id_ in after if id_ in before and id_ not in same]


def _same(one: SearchRecord, other: SearchRecord) -> bool:
    return all(
        getattr(one, name) == getattr(other, name)
        for name in ("id", "tier", "reach", "number", "titles", "terms")
    )


def _give_room(rows: Sequence[SearchRecord]) -> None:
    """Move those whose place another record has; two digests of one day are seldom the same."""
    taken = set(
        SearchRecord.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True)
    )
    for row in rows:
        while row.pk in taken:
            row.pk += 1
        taken.add(row.pk)


def _lock() -> None:
    """One writer at a time, or an older state could be written over a newer one.

    On SQLite the write transaction is that lock.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def rebuild(progress: Progress | None = None) -> int:
    """Build the whole index anew, in bounded memory; returns how many records it holds.

    What is found meanwhile is what was found before. A rebuild that was killed goes on at the next
    minute tick where it stopped. `progress` is told the kind and how many records were read.
    """
    SearchBuild.objects.all().delete()
    while _step(progress):
        pass
    catch_up()
    return SearchRecord.objects.count()


def _step(progress: Progress | None = None) -> bool:
    """Index the next chunk of the whole; False once everything was."""
    with transaction.atomic():
        _lock()
        build, _made = SearchBuild.objects.get_or_create(version=VERSION)
        if build.done_at is not None:
            return False
        declared = {source.kind: source for source in sources()}
        kinds = list(declared)
        if build.kind not in declared:
            build.kind, build.after = kinds[0] if kinds else "", None
        done = _chunk(declared[build.kind], build) if kinds else 0
        kind = build.kind
        if done < WHOLE:
            later = kinds[kinds.index(kind) + 1 :] if kinds else []
            build.kind, build.after = (later or [""])[0], None
            if not later:
                _finish(build, kinds)
        build.save()
    if progress is not None:
        progress(kind, done)
    return build.done_at is None


def _chunk(source: Source, build: SearchBuild) -> int:
    """Index the records after `build.after`; what is gone among them leaves the index."""
    records = source.records().order_by("pk")
    held = SearchRecord.objects.filter(kind=source.kind)
    if build.after is not None:
        records, held = records.filter(pk__gt=build.after), held.filter(ref_id__gt=build.after)
    ids = list(records.values_list("pk", flat=True)[:WHOLE])
    _index(source, ids)
    if len(ids) == WHOLE:
        build.after = ids[-1]
        held = held.filter(ref_id__lte=ids[-1])
    held.exclude(ref_id__in=ids).delete()
    return len(ids)


def _finish(build: SearchBuild, kinds: Sequence[str]) -> None:
    SearchRecord.objects.exclude(kind__in=kinds).delete()
    SearchBuild.objects.exclude(version=VERSION).delete()
    build.done_at = timezone.now()


@dataclass(frozen=True)
class Lag:
    """How far the index is behind: marks not worked off, since when, and if it is being built."""

    waiting: int
    oldest: timedelta
    building: bool


def lag(at: datetime | None = None) -> Lag:
    """Return how far the index is behind."""
    oldest = SearchStale.objects.order_by("id").values_list("at", flat=True).first()
    now = at or timezone.now()
    return Lag(SearchStale.objects.count(), now - oldest if oldest else timedelta(), building())


_built = False


def building() -> bool:
    """True until the index was built once, whole and as this version makes it."""
    global _built  # noqa: PLW0603 - it is built once; asking the database each time would cost
    if not _built:
        done = SearchBuild.objects.filter(version=VERSION, done_at__isnull=False)
        _built = done.exists()
    return not _built


def begin() -> None:
    """In a home without any record the index is whole at once; else the tick builds it."""
    if building() and not any(source.records().exists() for source in sources()):
        SearchBuild.objects.get_or_create(version=VERSION, defaults={"done_at": timezone.now()})


def tick(_at: datetime) -> None:
    """Every minute: index what a process left behind, and go on building what is not built."""
    catch_up(seconds=TICK_SECONDS)
    until = time.monotonic() + TICK_SECONDS
    while _step() and time.monotonic() < until:
        pass
