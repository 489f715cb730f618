"""What happens to cases without anybody's hand: units and posts end, and steps grow late."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from diwan.directory.public import POST, Register, Unit, day_in, post_cards
from diwan.kernel import audit
from diwan.kernel.exchange import Fact, Ref, publish
from diwan.kernel.policies import Actor, Through
from diwan.services.constants import CASE, LATE
from diwan.services.models import Case, CaseStep
from diwan.services.models.cases import RUNNING
from diwan.services.queries.definitions import definition_of
from diwan.services.queries.places import closed_lately, living

from .flowing import Turn, facts_of, locked, written
from .steps import act_by_itself
from .telling import tell

BATCH = 200
"""So many cases are looked at in one go; the next minute goes on."""
LOOK_BACK_DAYS = 3
"""Units that ended within so many days are looked at, should a worker have been away."""


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
    """Move the running cases of units that came to their end to what they became, or above.

    A bounded part in one go, each case in a transaction of its own; returns how many.
    """
    actor, count = Actor.system("ended units", at=at), 0
    for country in Register.objects.values_list("country", flat=True).distinct().order_by():
        for unit in closed_lately(country, at, LOOK_BACK_DAYS):
            to = living(unit, day_in(country, actor))
            if to is not None:
                count += _move_from(actor, unit, to)
    return count


def _move_from(actor: Actor, unit: Unit, to: UUID) -> int:
    there = Q(at_unit=unit.pk) | Q(unit=unit.pk)
    rows = Case.objects.filter(there, phase__in=RUNNING).order_by("pk")[:BATCH]
    return sum(_move(actor, case, unit.pk, to) for case in rows)


@transaction.atomic
def _move(actor: Actor, case: Case, gone: UUID, to: UUID) -> int:
    row = locked(case)
    if row.phase not in RUNNING or gone not in (row.at_unit_id, row.unit_id):
        return 0
    at = Turn(actor, row, definition_of(row.version), Through(), None)
    if row.at_unit_id == gone:
        at.set(at_unit_id=to, post_id=None)
        CaseStep.objects.filter(case=row, left_at=None).update(unit_id=to, post_id=None)
    if row.unit_id == gone:
        at.set(unit_id=to)
    written(at, "move")
    return 1


def look_for_late(at: datetime) -> int:
    """What has grown late since it was looked for last: told to the head once, or done by itself.

    A step that the workbook has done by itself when it is late is done (a complaint goes up). A
    bounded part in one go, each case in a transaction of its own; again it finds nothing. Returns
    how many.
    """
    actor = Actor.system("late cases", at=at)
    late = Case.objects.filter(phase=Case.Phase.OPEN, told_late=False, due_at__lt=at)
    rows = late.order_by("due_at").values_list("pk", flat=True)[:BATCH]
    return sum(_late(actor, pk) for pk in list(rows))


@transaction.atomic
def _late(actor: Actor, pk: UUID) -> int:
    row = locked(Case(pk=pk))
    if row.phase != Case.Phase.OPEN or row.told_late or not _before(row.due_at, actor.at):
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
