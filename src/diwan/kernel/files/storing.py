"""Keep evidence: the content once, each use of it with its own name.

The order keeps the cleaner (`cleaning`) away from what is used. Whoever stores first makes or
finds the row of the content and **locks** it, then makes sure that the content lies in the store,
then adds the use. The cleaner takes the same lock before it looks whether there is a use, and
deletes content only while it holds it. On PostgreSQL the lock is the row's, and a row that
somebody else is just making holds up both; on SQLite a writer is alone anyway.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO
from uuid import UUID

from django.db import transaction

from diwan.kernel.exchange import Ref
from diwan.kernel.models import Blob, StoredFile
from diwan.kernel.policies import Actor, Confidentiality

from . import content
from .names import clean_name
from .receiving import Draft, received


@transaction.atomic
def store(
    actor: Actor,
    subject: Ref,
    upload: BinaryIO,
    name: str,
    *,
    confidentiality: Confidentiality = Confidentiality.BODY,
) -> StoredFile:
    """Store an upload as a file of `subject`. Part of an action, which holds the transaction.

    Raises Refused where the file is empty, larger than 25 MB, of a type that is not taken or a
    broken picture; NoRoom or Unavailable where the store is full or does not answer.
    """
    shown = clean_name(name)
    with received(upload, shown) as draft:
        blob = _locked(draft)
        content.put(draft.sha256, draft.size, draft.path)
    return StoredFile.objects.create(
        blob=blob,
        sha256=draft.sha256,
        given_sha256=draft.given_sha256,
        name=shown,
        subject_kind=subject.kind,
        subject_id=subject.id,
        confidentiality=confidentiality,
        added_at=actor.at,
        added_by=actor.user_id,
    )


@transaction.atomic
def remember(actor: Actor, subject: Ref, *, name: str, sha256: str) -> StoredFile:
    """A file that is known by name and checksum; its content is joined if it is stored already.

    The checksum may be that of a picture as it was handed in, before it was cleaned.
    """
    blob = Blob.objects.select_for_update().filter(sha256=sha256).first()
    if blob is None:
        same = StoredFile.objects.filter(given_sha256=sha256, blob__isnull=False)
        known = same.values_list("blob_id", flat=True).first()
        blob = Blob.objects.select_for_update().filter(pk=known).first() if known else None
    return StoredFile.objects.create(
        blob=blob,
        sha256=blob.sha256 if blob else sha256,
        given_sha256=sha256,
        name=clean_name(name),
        subject_kind=subject.kind,
        subject_id=subject.id,
        added_at=actor.at,
        added_by=actor.user_id,
    )


def files_of(kind: str, ids: Iterable[UUID]) -> list[StoredFile]:
    """Files of the given records, oldest first. Whether they may be read is the caller's policy."""
    rows = StoredFile.objects.filter(subject_kind=kind, subject_id__in=list(ids))
    return list(rows.select_related("blob").order_by("added_at", "id"))


def _locked(draft: Draft) -> Blob:
    """The content's row, made if there is none, locked until the transaction ends."""
    while True:
        row = Blob(sha256=draft.sha256, size=draft.size, media_type=draft.media_type)
        # Waits for whoever is just making the same row, or taking it away.
        Blob.objects.bulk_create([row], ignore_conflicts=True)
        held = Blob.objects.select_for_update().filter(pk=draft.sha256).first()
        if held is not None:
            return held
