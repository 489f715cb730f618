"""What an elevated administrator does with a job that gave up: have it tried anew, or drop it."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from diwan.kernel import audit
from diwan.kernel.errors import NotFound, Refused
from diwan.kernel.exchange import Ref
from diwan.kernel.models import Job, JobState
from diwan.kernel.policies import Actor, Through

JOB = "kernel.job"


def restart(actor: Actor, job_id: UUID) -> Job:
    """Have a job that gave up, or that was dropped, tried anew from its first attempt.

    Raises NotFound without elevation, Refused where there is nothing to restart.
    """
    with transaction.atomic():
        row = _of(actor, job_id)
        if row.state not in {JobState.DEAD, JobState.DROPPED}:
            raise Refused(_("This job has not given up; there is nothing to restart."))
        if row.key and Job.objects.filter(key=row.key, state=JobState.WAITING).exists():
            raise Refused(_("A newer job for the same thing waits already; drop this one."))
        before = row.state
        row.state, row.attempts, row.due_at, row.ended_at = JobState.WAITING, 0, actor.at, None
        row.save(update_fields=["state", "attempts", "due_at", "ended_at"])
        _record(actor, row, "restart", before)
    return row


def drop(actor: Actor, job_id: UUID, *, reason: str) -> Job:
    """Write off a job that waits or gave up; it stays readable.

    Raises NotFound without elevation, Refused where it runs or has ended, or without a reason.
    """
    if not reason.strip():
        raise Refused(_("Write why it need not be done any more."), field="reason")
    with transaction.atomic():
        row = _of(actor, job_id)
        if row.state not in {JobState.DEAD, JobState.WAITING}:
            raise Refused(_("Only a job that waits or gave up can be dropped."))
        before = row.state
        row.state, row.ended_at = JobState.DROPPED, timezone.now()
        row.save(update_fields=["state", "ended_at"])
        _record(actor, row, "drop", before, reason=reason.strip())
    return row


def _of(actor: Actor, job_id: UUID) -> Job:
    if not actor.elevated:
        raise NotFound
    row = Job.objects.select_for_update().filter(pk=job_id).first()
    if row is None:
        raise NotFound
    return row


def _record(actor: Actor, row: Job, verb: str, before: str, *, reason: str = "") -> None:
    through = Through(elevation_id=actor.elevation_id)
    changes = {"state": [before, row.state]}
    audit.record(actor, verb, Ref(JOB, row.pk), changes=changes, reason=reason, through=through)
