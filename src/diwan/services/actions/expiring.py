"""A case does not wait for its applicant for ever: after a reminder it counts as withdrawn."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from diwan.kernel.policies import Actor, Through
from diwan.services.constants import ENDED, WITHDRAWN
from diwan.services.models import Case, CasePause
from diwan.services.queries.definitions import definition_of

from .each import each
from .flowing import Turn, finish, go_on, leave, locked, written
from .telling import tell

BATCH = 200
LABEL = "waiting cases"


def look_at_waiting(at: datetime) -> int:
    """Remind applicants of whom nothing was heard, and end what nobody answered; how many.

    Nothing ends of which the applicant was not reminded before, be it that no worker ran then. A
    bounded part in one go, each case in a transaction of its own; again it finds nothing.
    """
    actor = Actor.system(LABEL, at=at)
    waiting = CasePause.objects.filter(until_at=None)
    due = waiting.filter(remind_at__lte=at).order_by("remind_at")
    over = waiting.filter(remind_at=None, ends_at__lte=at).order_by("ends_at")
    asked, ended = (rows.values_list("pk", flat=True)[:BATCH] for rows in (due, over))
    count = each("remind", asked, lambda pk: _remind(actor, pk))
    return count + each("end waiting", ended, lambda pk: _end(actor, pk))


@transaction.atomic
def _remind(actor: Actor, pk: UUID) -> int:
    at, pause = _turn(actor, pk)
    if pause is None or pause.remind_at is None or pause.ends_at is None:
        return 0
    notice = pause.ends_at - pause.remind_at
    pause.remind_at, pause.ends_at = None, max(pause.ends_at, actor.at + notice)
    pause.save(update_fields=["remind_at", "ends_at"])
    at.changes["ends_at"] = [None, pause.ends_at]
    written(at, "remind")
    tell(at, "reminded")
    return 1


@transaction.atomic
def _end(actor: Actor, pk: UUID) -> int:
    at, pause = _turn(actor, pk)
    if pause is None or pause.ends_at is None or pause.ends_at > actor.at:
        return 0
    go_on(at, brought=True)  # it was they for whom it waited
    leave(at, WITHDRAWN)
    finish(at, Case.Phase.WITHDRAWN, at.case.state)
    written(at, "expire", ENDED)
    tell(at, "withdrawn")
    return 1


def _turn(actor: Actor, pk: UUID) -> tuple[Turn, CasePause | None]:
    """The case of a pause, locked, and the pause; None if the applicant was quicker."""
    row = locked(Case(pk=CasePause.objects.values_list("case_id", flat=True).get(pk=pk)))
    pause = CasePause.objects.filter(pk=pk, until_at=None).first()
    step = row.steps.filter(left_at__isnull=True).first()
    return Turn(actor, row, definition_of(row.version), Through(), step), pause
