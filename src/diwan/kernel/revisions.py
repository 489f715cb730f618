"""Two editors of one record: the second is told, and nothing of either is lost.

A record's revision is the identifier of its newest audit entry: every write leaves one, so no
table needs a column for it. A page carries the revision it was made from; what is sent back from it
runs inside `expecting`, and there `audit.record` refuses to add to a record that has moved on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection, transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from .errors import Conflict
from .exchange import Ref
from .models import AuditEntry

NONE_YET = ""


class Overtaken(Conflict):
    """The record `ref` has moved on from the revision `expected` that the actor was looking at."""

    def __init__(self, ref: Ref, expected: str) -> None:
        super().__init__(
            _("Somebody changed this record after you opened it. Look at what changed, then save.")
        )
        self.ref = ref
        self.expected = expected


@dataclass
class _Expectation:
    """The record that is being written, and the entries that may be its newest."""

    ref: Ref
    revision: str
    own: set[str] = field(default_factory=set)
    asked: bool = False

    def ask(self) -> None:
        """Raise Overtaken unless the record stands as expected, but for one's own entries."""
        self.asked = True
        _one_at_a_time(self.ref)
        if revision_of(self.ref) not in self.own:
            require(self.ref, self.revision)


_expected: ContextVar[tuple[_Expectation, ...]] = ContextVar("expected_revisions", default=())


def revision_of(ref: Ref) -> str:
    """The identifier of the record's newest audit entry, "" if it has none."""
    newest = _entries(ref.kind).filter(subject_id=ref.id).values_list("id", flat=True).first()
    return str(newest) if newest else NONE_YET


def revisions_of(kind: str, ids: Iterable[UUID]) -> dict[UUID, str]:
    """The same for many records of one kind in one question; each of `ids` has a revision."""
    found = dict.fromkeys(ids, NONE_YET)
    newest = _entries(kind).filter(subject_id=OuterRef("subject_id")).values("id")[:1]
    rows = AuditEntry.objects.filter(
        subject_kind=kind, subject_id__in=list(found), id=Subquery(newest)
    )
    found.update((subject, str(pk)) for subject, pk in rows.values_list("subject_id", "id"))
    return found


def since(ref: Ref, revision: str) -> QuerySet[AuditEntry]:
    """The entries that came after `revision`, the oldest first; all of them after ""."""
    later = AuditEntry.objects.filter(subject_kind=ref.kind, subject_id=ref.id)
    try:
        later = later.filter(id__gt=UUID(revision)) if revision else later
    except ValueError:
        return later.none()
    return later.order_by("id")


def require(ref: Ref, revision: str) -> None:
    """Raise Overtaken unless the record stands at `revision` now."""
    if revision_of(ref) != revision:
        raise Overtaken(ref, revision)


@contextmanager
def expecting(ref: Ref, revision: str) -> Iterator[None]:
    """A transaction in which `ref` is written only while it stands at `revision`.

    Raises Overtaken, a Conflict, from the first `audit.record` that names the record, or at the
    end if none did; everything within rolls back. Entries that the block itself writes count as
    its own. On PostgreSQL a lock of the transaction lets one such block at a time ask and write;
    on SQLite every writer has the whole database.
    """
    expectation = _Expectation(ref, revision)
    token = _expected.set((*_expected.get(), expectation))
    try:
        with transaction.atomic():
            yield
            if not expectation.asked:
                expectation.ask()
    finally:
        _expected.reset(token)


def before_entry(entry: AuditEntry) -> None:
    """Called by `audit.record` before each entry: raise Overtaken where it is not expected."""
    for expectation in _expected.get():
        if expectation.ref == Ref(entry.subject_kind, entry.subject_id):
            expectation.ask()
            expectation.own.add(str(entry.pk))


def _entries(kind: str) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(subject_kind=kind).order_by("-id")


def _one_at_a_time(ref: Ref) -> None:
    """Wait until no other transaction is between asking and committing for this record."""
    if connection.vendor != "postgresql":
        return
    digest = hashlib.sha256(f"{ref.kind}:{ref.id}".encode()).digest()
    number = int.from_bytes(digest[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
