"""What happens to cases without anybody's hand: units and posts end, and steps grow late."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from diwan.directory.public import POST, Register, Unit, post_cards
from diwan.kernel import audit
from diwan.kernel.exchange import Fact, Ref, publish
from diwan.kernel.policies import Actor, Through
from diwan.kernel.working import today_in
from diwan.services.constants import CASE, LATE
from diwan.services.models import Case, CaseStep, Inquiry, Service
from diwan.services.models.cases import RUNNING
from diwan.services.queries.definitions import definition_of
from diwan.services.queries.places import ended_units, living

from .each import each
from .endings import leave_unit
from .flowing import Turn, facts_of, locked, runs_on, written
from .recounting import count_anew
from .steps import act_by_itself
from .telling import tell

BATCH = 200
"""So many cases are looked at in one go; the next minute goes on."""
OPEN_INQUIRIES = Inquiry.objects.filter(answered_at=None, withdrawn_at=None)


def on_post_ended(fact: Fact) -> None:
    """Listen to the directory: what the post had taken goes to the one that follows it."""
    pass_on(fact.actor, fact.ref.id, fact.data.get("becomes"))


@transaction.atomic
def pass_on(actor: Actor, post_id: UUID, becomes: UUID | None) -> int:
    """Pass on what a post had taken that has come to its end; returns how many cases.

    To the post that follows it, if that works where the case lies; else whoever has the role there
    may take it. It follows from the end of the post: no right of this room is asked.
    """
    taken = Case.objects.select_for_update(of=("self",)).filter(post=post_id, phase__in=RUNNING)
    rows = list(taken.values_list("pk", "at_unit_id"))
    if not rows:
        return 0
    heir = post_cards([becomes], actor.at).get(becomes) if becomes is not None else None
    for_heir = [pk for pk, unit in rows if heir is not None and heir.unit_id == unit]
    for_nobody = [pk for pk, unit in rows if heir is None or heir.unit_id != unit]
    for ids, post in ((for_heir, becomes), (for_nobody, None)):
        Case.objects.filter(pk__in=ids).update(post_id=post)
        CaseStep.objects.filter(case__in=ids, left_at=None).update(post_id=post)
    changes: dict[str, list[Any]] = {"becomes": [None, becomes], "duties": [0, len(rows)]}
    audit.record(actor, "pass_on", Ref(POST, post_id), changes=changes)
    return len(rows)


def move_from_closed(at: datetime) -> int:
    """Move what lies at units that are no more to what they became, or above; returns how much.

    Running cases and open inquiries are asked, however long ago the unit ended. At most a batch in
    one go, each case in a transaction of its own: whatever was left is there the next time.
    """
    actor, count = Actor.system("ended units", at=at), 0
    for country in Register.objects.values_list("country", flat=True).distinct().order_by():
        day = today_in(country, at)
        gone = ended_units(country, day)
        for unit_id in _with_inquiries(gone):
            count += _ask_instead(actor, unit_id, living(unit_id, day), BATCH - count)
        for unit_id in _with_cases(gone):
            to = living(unit_id, day)
            if to is not None:
                count += _move_from(actor, unit_id, to, BATCH - count)
    return count


def _with_cases(gone: QuerySet[Unit]) -> list[UUID]:
    running = Case.objects.running().order_by()
    there = running.filter(at_unit__in=gone).values_list("at_unit_id", flat=True)
    answering = running.filter(unit__in=gone).values_list("unit_id", flat=True)
    return sorted({*there.distinct(), *answering.distinct()})


def _with_inquiries(gone: QuerySet[Unit]) -> list[UUID]:
    asked = OPEN_INQUIRIES.filter(unit__in=gone).order_by("unit_id")
    return list(asked.values_list("unit_id", flat=True).distinct())


def _move_from(actor: Actor, gone: UUID, to: UUID, most: int) -> int:
    there = Q(at_unit=gone) | Q(unit=gone)
    rows = Case.objects.running().filter(there).order_by("pk").values_list("pk", flat=True)
    return each("move", rows[:most], lambda pk: _move(actor, pk, gone, to))


@transaction.atomic
def _move(actor: Actor, pk: UUID, gone: UUID, to: UUID) -> int:
    row = locked(Case(pk=pk))
    if row.phase not in RUNNING or gone not in (row.at_unit_id, row.unit_id):
        return 0
    at = Turn(actor, row, definition_of(row.version), Through(), None)
    if row.at_unit_id == gone:
        at.set(at_unit_id=to, post_id=None)
        CaseStep.objects.filter(case=row, left_at=None).update(unit_id=to, post_id=None)
    if row.unit_id == gone:
        leave_unit(row, at.now)
        at.set(unit_id=to)
    written(at, "move")
    # Whoever owes it now works by hours and holidays of its own.
    count_anew(actor, [row])
    return 1


def _ask_instead(actor: Actor, gone: UUID, to: UUID | None, most: int) -> int:
    rows = OPEN_INQUIRIES.filter(unit=gone).order_by("pk").values_list("pk", flat=True)[:most]
    return each("hand on", rows, lambda pk: _hand_on(actor, pk, to))


@transaction.atomic
def _hand_on(actor: Actor, pk: UUID, to: UUID | None) -> int:
    """Ask what the department became; take it back where nobody is left who could be asked.

    So, too, where that unit is asked already, or is the very one with which the case lies.
    """
    known = Inquiry.objects.get(pk=pk)
    row = locked(Case(pk=known.case_id))
    inquiry = OPEN_INQUIRIES.filter(pk=pk).first()
    if inquiry is None:  # answered just now
        return 0
    asked = OPEN_INQUIRIES.filter(case=row, unit=to).exists()
    to = None if asked or to == row.at_unit_id else to
    at = Turn(actor, row, definition_of(row.version), Through(), None)
    at.changes["asked_units"] = [inquiry.unit_id, to]
    if to is None:
        inquiry.withdrawn_at = actor.at
    else:
        inquiry.unit_id = to
    inquiry.save(update_fields=["unit", "withdrawn_at"])
    written(at, "move_inquiry")
    return 1


def look_for_late(at: datetime) -> int:
    """What has grown late since it was looked for last: told to the head once, or done by itself.

    A step that the workbook has done by itself when it is late is done (a complaint goes up). A
    bounded part in one go, each case in a transaction of its own; again it finds nothing. Returns
    how many.
    """
    actor = Actor.system("late cases", at=at)
    late = Case.objects.filter(phase=Case.Phase.OPEN, told_late=False, due_at__lt=at)
    rows = list(late.order_by("due_at").values_list("pk", flat=True)[:BATCH])
    waiting = Case.objects.filter(phase=Case.Phase.WAITING, told_late=False, due_at__lt=at)
    complaints = waiting.filter(service__kind=Service.Kind.COMPLAINT).order_by("due_at")
    rows += complaints.values_list("pk", flat=True)[:BATCH]
    return each("late", rows, lambda pk: _late(actor, pk))


@transaction.atomic
def _late(actor: Actor, pk: UUID) -> int:
    row = locked(Case(pk=pk))
    if not runs_on(row) or row.told_late or not _before(row.due_at, actor.at):
        return 0
    at = Turn(actor, row, definition_of(row.version), Through(), None)
    row.told_late = True
    row.save(update_fields=["told_late"])
    ref = Ref(CASE, row.pk)
    due = {"due_at": [row.due_at, row.due_at]}
    audit.record(actor, "late", ref, changes=due, through=at.through)
    publish(Fact(LATE, ref, actor, actor.at, facts_of(row)))
    tell(at, "late")
    act_by_itself(actor, row)
    return 1


def _before(instant: datetime | None, at: datetime) -> bool:
    return instant is not None and instant < at
