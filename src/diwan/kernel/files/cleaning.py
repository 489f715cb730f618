"""Take out what nobody uses, and look whether what is used is well.

Content without a use for a day, content that never got a row (its transaction failed or the
process was killed), and uploads that stopped half-way. Why a use can never lose its content stands
in `storing`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from diwan.kernel.models import Blob, StoredFile

from . import content
from .content import Kept
from .disk import incoming_folder

BATCH = 500
_GUARD = "guard"  # no content has this type


def clean(before: datetime) -> int:
    """Delete at most a batch of what has had no use since `before`; how many were deleted."""
    done = 0
    for one in (_without_use, _without_row, _left_over):
        if done < BATCH:
            done += one(before, BATCH - done)
    return done


def _unused() -> QuerySet[Blob]:
    return Blob.objects.filter(~Exists(StoredFile.objects.filter(blob=OuterRef("pk"))))


def _without_use(before: datetime, most: int) -> int:
    found = _unused().filter(stored_at__lt=before).values_list("pk", flat=True)
    return sum(_take_blob(sha256) for sha256 in list(found[:most]))


@transaction.atomic
def _take_blob(sha256: str) -> bool:
    """Delete row and content if, now that the row is locked, there is still no use."""
    held = Blob.objects.select_for_update(skip_locked=True).filter(pk=sha256).first()
    if held is None or StoredFile.objects.filter(blob=held).exists():
        return False
    # The content goes first: if this fails half-way, a row is left that the next run takes.
    content.take_out(sha256)
    held.delete()
    return True


def _without_row(before: datetime, most: int) -> int:
    done = 0
    for folder in content.folders():
        lying = content.lying(folder)
        known = set(Blob.objects.filter(pk__startswith=folder).values_list("pk", flat=True))
        for sha256 in lying:
            if done >= most:
                return done
            if sha256 not in known:
                done += _take_stray(sha256, before)
    return done


@transaction.atomic
def _take_stray(sha256: str, before: datetime) -> bool:
    """Delete content that has no row: while a row of ours, never seen by others, holds it up."""
    put_at = content.put_at(sha256)
    if put_at is None or put_at >= before:
        return False
    guard = Blob(sha256=sha256, size=0, media_type=_GUARD)
    Blob.objects.bulk_create([guard], ignore_conflicts=True)
    held = Blob.objects.select_for_update().filter(pk=sha256).first()
    if held is None or held.media_type != _GUARD:
        return False
    content.take_out(sha256)
    held.delete()
    return True


def _left_over(before: datetime, most: int) -> int:
    done = 0
    for draft in sorted(incoming_folder().iterdir()):
        if done >= most:
            break
        try:
            old = draft.is_file() and draft.stat().st_mtime < before.timestamp()
        except FileNotFoundError:  # its upload is just done
            continue
        if old:
            draft.unlink(missing_ok=True)
            done += 1
    return done


@dataclass(frozen=True)
class Finding:
    """Content that is used and not well."""

    sha256: str
    kept: Kept


def examine(*, sample: int | None = None) -> Iterator[Finding | None]:
    """Compare contents with their checksums: a finding for each that is not well, else None.

    All of them, in order; or a random `sample`. Raises Unavailable where the store is away.
    """
    keys = Blob.objects.order_by("pk").values_list("pk", flat=True)
    if sample is not None:
        # A random place in the order of checksums, which are themselves spread evenly.
        start = f"{random.getrandbits(64):016x}"
        after = list(keys.filter(pk__gte=start)[:sample])
        chosen = [*after, *keys.filter(pk__lt=start)[: sample - len(after)]]
    for sha256 in keys.iterator() if sample is None else chosen:
        kept = content.look(sha256)
        yield None if kept is Kept.WELL else Finding(sha256, kept)
