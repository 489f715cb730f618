"""Writing and reading the audit. Every action calls `record` once, inside its transaction."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import QuerySet

from . import revisions, search
from .exchange import Ref
from .models import AuditEntry, PersonalValue
from .policies import Actor, Confidentiality, Through

Change = Sequence[Any]  # [before, after]
BATCH = 500


def record(  # noqa: PLR0913 - an entry has that many sides; all but three are named
    actor: Actor,
    verb: str,
    subject: Ref,
    *,
    changes: Mapping[str, Change] | None = None,
    personal: Mapping[str, Change] | None = None,
    reason: str = "",
    through: Through | None = None,
) -> AuditEntry:
    """Add the entry of one write and return it.

    `changes` maps a field to [before, after]. `personal` is the same for values that speak of a
    person (names, addresses): they go to their own table and the entry keeps a salted hash.
    `through` is what gave the right (`Policy.require` returns it); by default the chosen post.
    Must run inside the action's transaction; raises otherwise. Raises `revisions.Overtaken` where
    the actor was looking at an older state of the record (`revisions.expecting`).
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("audit.record outside a transaction")
    entry = _entry_of(actor, through)
    entry.verb, entry.reason = verb, reason
    values = _filled(entry, actor, subject, changes or {}, personal or {})
    revisions.before_entry(entry)
    entry.save(force_insert=True)
    PersonalValue.objects.bulk_create(values)
    search.stale(subject.kind, [subject.id])
    return entry


def record_all(
    actor: Actor,
    verb: str,
    told: Sequence[tuple[Ref, Mapping[str, Change]]],
    *,
    reason: str = "",
) -> None:
    """Add an entry for each of many records of one kind, in their order, as `record` does for one.

    For what comes in bulk: an import. Must run inside the action's transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("audit.record_all outside a transaction")
    for start in range(0, len(told), BATCH):
        part = told[start : start + BATCH]
        entries, values = [], []
        for subject, changes in part:
            entry = _entry_of(actor, None)
            entry.verb, entry.reason = verb, reason
            values += _filled(entry, actor, subject, changes, {})
            revisions.before_entry(entry)
            entries.append(entry)
        AuditEntry.objects.bulk_create(entries)
        PersonalValue.objects.bulk_create(values)
        search.stale(part[0][0].kind, [subject.id for subject, _changes in part])


def _filled(
    entry: AuditEntry,
    actor: Actor,
    subject: Ref,
    changes: Mapping[str, Change],
    personal: Mapping[str, Change],
) -> list[PersonalValue]:
    """Fill in subject and changes; returns the values that are kept apart."""
    values: dict[str, Any] = dict(personal)
    if actor.label:
        values["actor"] = actor.label
    salts = {field: secrets.token_hex(16) for field in values}
    entry.subject_kind, entry.subject_id = subject.kind, subject.id
    plain = json.loads(json.dumps(dict(changes), cls=DjangoJSONEncoder))
    hashed = {f: {"sha256": personal_digest(salts[f], v)} for f, v in values.items()}
    entry.changes = plain | ({"personal": hashed} if hashed else {})
    return [
        PersonalValue(entry=entry, field=f, salt=salts[f], value=json.loads(_json(v)))
        for f, v in values.items()
    ]


def _entry_of(actor: Actor, through: Through | None) -> AuditEntry:
    """An entry that says who acted, when, and by which right."""
    return AuditEntry(
        at=actor.at,
        actor_kind=actor.kind.value,
        actor_id=actor.user_id,
        post_id=through.post_id if through else actor.post_id,
        elevation_id=through.elevation_id if through else actor.elevation_id,
    )


def trail(subject: Ref) -> QuerySet[AuditEntry]:
    """Entries of one record, the newest first, with their personal values."""
    return (
        AuditEntry.objects.filter(subject_kind=subject.kind, subject_id=subject.id)
        .prefetch_related("personal")
        .order_by("-at", "-id")
    )


def before_opening(
    entries: Sequence[AuditEntry], subject: Ref, *, but: Collection[str] = ()
) -> set[UUID]:
    """Those of a record's `entries` that tell of it from before it was last opened to more people.

    Whoever may read it since need not know what it said when it was more confidential. Entries with
    the verbs `but` tell of the confidentiality of something else.
    """
    levels = Confidentiality.values
    told = AuditEntry.objects.filter(subject_kind=subject.kind, subject_id=subject.id)
    told = told.filter(changes__has_key="confidentiality").exclude(verb__in=but)
    told = told.order_by("-at", "-id")
    for at, pk, changes in told.values_list("at", "id", "changes"):
        before, after = changes["confidentiality"]
        if before in levels and after in levels and levels.index(after) < levels.index(before):
            return {entry.pk for entry in entries if (entry.at, entry.pk) <= (at, pk)}
    return set()


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """[before, after] of each field whose value differs."""
    fields = list(dict.fromkeys([*before, *after]))
    return {f: [before.get(f), after.get(f)] for f in fields if before.get(f) != after.get(f)}


def values_of(record_: models.Model, fields: Sequence[str]) -> dict[str, Any]:
    """The named fields of a model instance, for `differences`."""
    return {f: getattr(record_, f) for f in fields}


def _json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True)


def personal_digest(salt: str, value: Any) -> str:
    """What an entry keeps of a personal value: SHA-256 over the salt, a colon, and its JSON."""
    return hashlib.sha256(f"{salt}:{_json(value)}".encode()).hexdigest()
