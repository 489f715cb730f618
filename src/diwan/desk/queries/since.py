"""What happened, since somebody was last here, to the records that concern them.

Two ways to the same answer, by how much concerns them. Whoever heads nothing has few records: the
audit is asked for these. Whoever heads units may have a million: the newest entries of the house
are read, so many and no more, and those kept that concern the actor.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, prefetch_related_objects

from diwan.councils.public import runs_many
from diwan.desk.rules.visits import Happened, Since, Told, by_record, counted
from diwan.directory.public import Role, authority_of
from diwan.kernel.exchange import Concern, Ref, concerns
from diwan.kernel.models import AuditEntry
from diwan.kernel.policies import Actor

LISTED = 8
ENTRIES = 200
LOOKED = 3000
READ_IN = "import"
"""The verb of every room for what a register's file brought."""
TOLD = (
    "id",
    "at",
    "actor_kind",
    "actor_id",
    "post_id",
    "elevation_id",
    "verb",
    "subject_kind",
    "subject_id",
)
"""What a sentence needs of an entry; what changed in it may be long and is not read."""

# An entry's identifier is made a moment after its instant; other machines' clocks may be behind.
SKEW = timedelta(minutes=5)


@dataclass(frozen=True)
class Changes:
    """What changed: `told` are the newest records, `counts` says how many of each meaning.

    `records` is how many records changed; `beyond` is true where there were more entries than
    were looked at, so that the counts are at least these.
    """

    since: Since
    told: Sequence[Told[AuditEntry]] = ()
    counts: Mapping[str, int] | None = None
    records: int = 0
    beyond: bool = False


def changes_since(actor: Actor, since: Since) -> Changes:
    """What others did since then to what concerns `actor`, the newest first."""
    mine = _concerned(actor)
    if not mine:
        return Changes(since)
    if authority_of(actor).units(Role.HEAD) or runs_many(actor):
        entries, beyond = _newest_of_the_house(actor, since, mine)
    else:
        entries, beyond = _newest_of(actor, since, mine)
    happened = [_happened(entry, mine) for entry in entries]
    records = by_record(happened)
    told = records[:LISTED]
    prefetch_related_objects([each.newest.entry for each in told], "personal")
    return Changes(since, told, counted(happened), len(records), beyond)


Concerned = Mapping[str, tuple[Concern, Sequence[QuerySet[Any]]]]


def _concerned(actor: Actor) -> Concerned:
    found = {}
    for concern in concerns():
        records = [each.order_by() for each in concern.records(actor)]
        if records:
            found[concern.kind] = (concern, records)
    return found


def _happened(entry: AuditEntry, mine: Concerned) -> Happened[AuditEntry]:
    concern, _records = mine[entry.subject_kind]
    record = Ref(entry.subject_kind, entry.subject_id)
    return Happened(record, concern.change_of(entry.verb).value, entry)


def _by_others(actor: Actor, since: Since) -> QuerySet[AuditEntry]:
    """The audit without the actor's own doings.

    On the first visit what a file brought is where one begins, and no change.
    """
    own = Q(actor_id__isnull=False, actor_id=actor.user_id)
    rows = AuditEntry.objects.filter(~own, at__gt=since.at)
    return rows.exclude(verb=READ_IN) if since.first else rows


def _newest_of(actor: Actor, since: Since, mine: Concerned) -> tuple[list[AuditEntry], bool]:
    """Entries of the actor's records, found by the index of the audit's subjects."""
    rows = _by_others(actor, since).only(*TOLD)
    each = [
        rows.filter(subject_kind=kind, subject_id__in=records.values("pk"))
        for kind, (_concern, reasons) in mine.items()
        for records in reasons
    ]
    # A union of questions that an index answers each; one question of them all reads every entry.
    entries = list(each[0].union(*each[1:]).order_by("-at", "-id")[: ENTRIES + 1])
    return entries[:ENTRIES], len(entries) > ENTRIES


def _newest_of_the_house(
    actor: Actor, since: Since, mine: Concerned
) -> tuple[list[AuditEntry], bool]:
    """The house's newest entries, `LOOKED` at most, and of these the actor's records'."""
    newest = _by_others(actor, since).filter(pk__gte=first_id(since.at - SKEW))
    names = newest.order_by("-pk").values_list("pk", "subject_kind", "subject_id")
    looked = list(names[:LOOKED])
    ids: dict[str, set[UUID]] = defaultdict(set)
    for _pk, kind, subject_id in looked:
        if kind in mine:
            ids[kind].add(subject_id)
    if not ids:
        return [], len(looked) == LOOKED
    # An identifier belongs to one record alone, of whatever kind: one question for all kinds.
    first, *others = (
        records.filter(pk__in=found).values_list("pk")
        for kind, found in ids.items()
        for records in mine[kind][1]
    )
    concerned = {row[0] for row in first.union(*others, all=True)}
    wanted = [pk for pk, kind, subject_id in looked if kind in mine and subject_id in concerned]
    entries = AuditEntry.objects.filter(pk__in=wanted[:ENTRIES]).only(*TOLD).order_by("-pk")
    return list(entries), len(looked) == LOOKED or len(wanted) > ENTRIES


def first_id(at: datetime) -> UUID:
    """The least identifier that could be made at an instant (UUIDv7 begins with milliseconds)."""
    return UUID(int=max(0, int(at.timestamp() * 1000)) << 80)
