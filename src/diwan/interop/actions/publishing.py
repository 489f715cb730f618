"""Keeping the index of what the open standards publish: what is new, changed or gone, and when.

Three ways lead here, and all work the same out: the minute tick follows the audit; whoever asks
for a list first has the little that was written since then looked at; once a day a job looks at
everything, since some things change by the mere passing of time (a holding ends). What is shown is
compared by its digest, so that `modified` tells of changes that can be seen and of no others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, Subquery
from django.utils import timezone

from diwan.councils.public import (
    BODY,
    MEETING,
    MEMBERSHIP,
    RESOLUTION,
    bodies_touched,
    meeting_ids_shown,
    meetings_touched,
    open_bodies,
)
from diwan.directory.public import HANDOVER, PERSON, POST, UNIT
from diwan.interop.models import PublishedObject, PublishedUpTo
from diwan.interop.queries.oparl import OF_COUNCIL, people_now
from diwan.interop.queries.oparl_bodies import councils, shown_of_bodies, shown_of_tops
from diwan.interop.queries.oparl_meetings import OF_MEETING, shown_of_meetings
from diwan.interop.queries.oparl_shown import Shown
from diwan.interop.rules.oparl import Kind, digest, later
from diwan.kernel import jobs
from diwan.kernel.errors import DiwanError
from diwan.kernel.exchange import Ref
from diwan.kernel.models import AuditEntry
from diwan.kernel.policies import Actor

JOB = "interop.publish"
FOLLOWED = (BODY, MEETING, MEMBERSHIP, RESOLUTION, HANDOVER, PERSON, POST, UNIT)
CHUNK = 100
AT_ONCE = 60
"""Entries, and records to look at, that whoever asks for a list waits for; the tick does more."""
A_TICK = 5000
PER_RECORD = 10
"""Entries looked through for each record that may be looked at: most tell of other things."""
LAPPING = timedelta(minutes=2)
"""A tick looks again at what was written so long before: transactions end in another order."""
WHOLE_EVERY = timedelta(days=1)
JUST_NOW = timedelta(minutes=10)
BEGINNING = UUID(int=0)

Progress = Callable[[int, int], None]


class NotYet(DiwanError):
    """The index was never filled: nobody can be told yet what there is."""


def settle(scope: Q, shown: Iterable[Shown], now: datetime) -> int:
    """Bring the rows of `scope` in line with what is shown of it; returns how many changed.

    What is new gets a row, what says something else a later `modified_at`, what is shown no more
    becomes a mere mark that it was there.
    """
    objects = {one.key: one for one in shown}
    found = PublishedObject.objects.filter(scope)
    rows = {(row.kind, row.record): row for row in found}
    fresh = [_fresh(one, now) for key, one in objects.items() if key not in rows]
    changed = [row for key, row in rows.items() if _follow(row, objects.get(key), now)]
    PublishedObject.objects.bulk_create(fresh, batch_size=500, ignore_conflicts=True)
    PublishedObject.objects.bulk_update(
        changed,
        ["top", "source", "organization", "person", "digest", "modified_at", "deleted_at"],
        batch_size=200,
    )
    return len(fresh) + len(changed)


def _fresh(one: Shown, now: datetime) -> PublishedObject:
    at = now.replace(microsecond=0)
    return PublishedObject(
        kind=one.kind.value,
        record=one.record,
        source=one.source,
        top=one.top,
        organization=one.organization,
        person=one.person,
        digest=digest(one.content),
        created_at=at,
        modified_at=at,
    )


def _follow(row: PublishedObject, one: Shown | None, now: datetime) -> bool:
    """Write into the row what is shown now; whether it differs."""
    if one is None:
        if row.deleted_at is not None:
            return False
        row.deleted_at, row.digest, row.person = now, "", None
        row.modified_at = later(now, row.modified_at)
        return True
    told = digest(one.content)
    place = (one.top, one.source, one.organization, one.person)
    same = told == row.digest and row.deleted_at is None
    if same and place == (row.top, row.source, row.organization, row.person):
        return False
    row.top, row.source, row.organization, row.person = place
    if not same:
        row.digest, row.deleted_at = told, None
        row.modified_at = later(now, row.modified_at)
    return True


def _of(kinds: Sequence[Kind], sources: Iterable[UUID]) -> Q:
    return Q(kind__in=kinds, source__in=list(sources))


def look_at_bodies(ids: Iterable[UUID], now: datetime) -> int:
    """Look at these bodies, at who sits or sat in them, and at the units above them."""
    changed, rest = 0, iter(sorted(set(ids)))
    while some := list(islice(rest, CHUNK)):
        mine = PublishedObject.objects.filter(_of(OF_COUNCIL, some))
        people = set(mine.exclude(person=None).values_list("person", flat=True))
        tops = set(mine.values_list("top", flat=True))
        shown = list(shown_of_bodies(councils(some)))
        changed += settle(_of(OF_COUNCIL, some), shown, now)
        people |= {one.person for one in shown if one.person}
        changed += look_at_people(people, now)
        changed += look_at_tops(tops | {one.top for one in shown}, now)
    return changed


def look_at_people(ids: Iterable[UUID | None], now: datetime) -> int:
    """Look at these persons."""
    changed, rest = 0, iter(sorted(pk for pk in set(ids) if pk))
    while some := list(islice(rest, CHUNK)):
        changed += settle(_of([Kind.PERSON], some), people_now(some), now)
    return changed


def look_at_tops(ids: Iterable[UUID], now: datetime) -> int:
    """Look at these units at the top."""
    wanted = set(ids)
    return settle(_of([Kind.BODY], wanted), shown_of_tops(wanted), now) if wanted else 0


def look_at_meetings(ids: Iterable[UUID], now: datetime) -> int:
    """Look at these meetings and at everything that belongs to them."""
    changed, rest = 0, iter(sorted(set(ids)))
    while some := list(islice(rest, CHUNK)):
        changed += settle(_of(OF_MEETING, some), shown_of_meetings(some), now)
    return changed


def look_at(row: PublishedObject, now: datetime) -> int:
    """Look at whatever an object of the index belongs to."""
    kind = Kind(row.kind)
    if kind is Kind.BODY:
        return look_at_tops([row.record], now)
    if kind is Kind.PERSON:
        return look_at_people([row.record], now)
    if kind in OF_COUNCIL:
        return look_at_bodies([row.source], now)
    return look_at_meetings([row.source], now)


def look_again(
    rows: Sequence[PublishedObject], shown: Mapping[tuple[str, UUID], Shown], now: datetime
) -> bool:
    """Look at rows that say otherwise than what is shown now; whether there were any.

    Seldom: what changes by the mere passing of time, or in the minute after much was written.
    """
    wrong = [row for row in rows if _differs(row, shown.get((row.kind, row.record)))]
    with transaction.atomic() if wrong else nullcontext():
        for row in wrong:
            look_at(row, now)
    return bool(wrong)


def _differs(row: PublishedObject, one: Shown | None) -> bool:
    return row.digest != (digest(one.content) if one is not None else "")


def catch_up(now: datetime | None = None, *, most: int = AT_ONCE, again: bool = False) -> bool:
    """Look at what was written since the last time; False where it was too much at once.

    Raises NotYet where the index was never filled. `again`: also at what was written shortly
    before, which may have been committed later.
    """
    newest = AuditEntry.objects.order_by("-pk").values("pk")[:1]
    mark = PublishedUpTo.objects.filter(pk=1).annotate(newest=Subquery(newest)).first()
    if mark is None or mark.whole_at is None:
        raise NotYet
    if not again and (vars(mark)["newest"] or BEGINNING) <= (mark.entry or BEGINNING):
        return True
    since = _before(mark.entry) if again else mark.entry
    # By their order alone: asked by kind, too, SQLite would look at all entries of the kinds.
    entries = AuditEntry.objects.filter(pk__gt=since or BEGINNING).order_by("pk")
    some = list(entries.values_list("pk", "subject_kind", "subject_id")[: most * PER_RECORD + 1])
    refs = {Ref(kind, pk) for _id, kind, pk in some if kind in FOLLOWED}
    if len(some) > most * PER_RECORD or len(refs) > most:
        return False
    return _followed(refs, some[-1][0] if some else None, now or timezone.now(), most)


def _followed(refs: set[Ref], last: UUID | None, at: datetime, most: int) -> bool:
    """Look at these records and note up to where; what only asks takes no lock."""
    if last is None or (not refs and most <= AT_ONCE):
        return True
    with transaction.atomic():
        mark = _locked()
        if mark is None or not _work_off(refs, at, most):
            return False
        mark.entry = max(last, mark.entry or BEGINNING)
        mark.save(update_fields=["entry"])
    return True


def _work_off(refs: set[Ref], at: datetime, most: int) -> bool:
    """Look at everything that these records are shown in; False where that is too much at once."""
    if not refs:
        return True
    bodies = bodies_touched(refs)
    known = PublishedObject.objects.filter(_of(OF_COUNCIL, bodies)).values("source")
    bodies &= {*known.values_list("source", flat=True)} | {
        body.id for body in open_bodies(Actor.anonymous(), bodies)
    }
    meetings = meetings_touched(refs) | _meetings_of(bodies)
    if len(bodies) + len(meetings) > most:
        return False
    look_at_bodies(bodies, at)
    look_at_meetings(meetings, at)
    return True


def _meetings_of(bodies: set[UUID]) -> set[UUID]:
    """The meetings of these bodies that are open, or were published."""
    if not bodies:
        return set()
    rows = PublishedObject.objects.filter(kind__in=OF_MEETING, organization__in=bodies)
    known = set(rows.values_list("source", flat=True).distinct())
    return known | set(meeting_ids_shown(Actor.anonymous(), bodies))


def _locked() -> PublishedUpTo | None:
    """The row that says how far the index is; None while somebody else has it."""
    rows = PublishedUpTo.objects.filter(pk=1)
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    return rows.first()


def _before(entry: UUID | None) -> UUID | None:
    """The smallest identifier of the time `LAPPING` before an entry (UUIDv7: milliseconds)."""
    if entry is None:
        return None
    stamp = (entry.int >> 80) - int(LAPPING.total_seconds() * 1000)
    return UUID(int=max(stamp, 0) << 80)


def tick(at: datetime) -> None:
    """Every minute: follow the audit; have everything looked at where that is too much, or due."""
    whole = PublishedUpTo.objects.filter(pk=1).values_list("whole_at", flat=True).first()
    done = whole is not None and catch_up(at, most=A_TICK, again=True)
    if not done or whole is None or at - whole > WHOLE_EVERY:
        with transaction.atomic():
            jobs.enqueue(JOB, {}, key=JOB)


def look_at_what_is_due(progress: Progress | None = None) -> int:
    """The job: look at everything, unless that was done since it was asked for."""
    now = timezone.now()
    whole = PublishedUpTo.objects.filter(pk=1).values_list("whole_at", flat=True).first()
    if whole is not None and now - whole < JUST_NOW and catch_up(now, most=A_TICK, again=True):
        return 0
    return look_at_everything(progress, now=now)


def look_at_everything(progress: Progress | None = None, *, now: datetime | None = None) -> int:
    """Look at everything that is open or was published; returns how many objects changed."""
    at = now or timezone.now()
    newest = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first()
    actor, index = Actor.anonymous(), PublishedObject.objects
    of_bodies = set(index.filter(kind__in=OF_COUNCIL).values_list("source", flat=True).distinct())
    of_bodies |= {body.id for body in open_bodies(actor)}
    of_meetings = set(index.filter(kind__in=OF_MEETING).values_list("source", flat=True).distinct())
    of_meetings |= set(meeting_ids_shown(actor))
    changed, done, total = 0, 0, len(of_bodies) + len(of_meetings)
    for look, ids in ((look_at_bodies, of_bodies), (look_at_meetings, of_meetings)):
        rest = iter(sorted(ids))
        while some := list(islice(rest, CHUNK)):
            with transaction.atomic():
                changed += look(some, at)
            done += len(some)
            if progress is not None:
                progress(done, total)
    people = index.filter(kind=Kind.PERSON, deleted_at=None).values_list("record", flat=True)
    with transaction.atomic():
        changed += look_at_people(set(people), at)
        PublishedUpTo.objects.update_or_create(
            pk=1, defaults={"entry": newest or BEGINNING, "whole_at": at}
        )
    return changed
