"""Asking for a job, inside the transaction of whoever asks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language

from diwan.kernel.models import Job, JobState
from diwan.kernel.policies import Actor

from .kinds import kind_of


def enqueue(
    name: str,
    args: Mapping[str, Any],
    *,
    run_at: datetime | None = None,
    key: str = "",
    actor: Actor | None = None,
    label: str = "",
) -> Job:
    """Ask for the job `name`; it is done once the caller's transaction is committed.

    `args` are JSON (UUIDs and dates become text). `run_at` puts it off. Of jobs with the same
    `key` one alone waits: asking again gives back the waiting one, its arguments as they were.
    `actor` is for whom it runs: that user may look how far it is, and `asker_of` gives the actor
    back. `label` says what it works on. Raises LookupError for a name that nobody declared.
    """
    kind_of(name)
    row = Job(
        name=name,
        args=json.loads(json.dumps(dict(args), cls=DjangoJSONEncoder)),
        key=key,
        label=label[:200],
        due_at=run_at or timezone.now(),
        language=(get_language() or "")[:2],
    )
    if actor is not None:
        row.user_id, row.user_label = actor.user_id, actor.label[:200]
        row.post_id, row.elevation_id = actor.post_id, actor.elevation_id
    if key:
        return _once(row)
    row.save(force_insert=True)
    return row


def _once(row: Job) -> Job:
    """The waiting job of the row's key, which is this one if none waits yet."""
    waiting = Job.objects.filter(key=row.key, state=JobState.WAITING)
    known = waiting.first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # somebody else asked at the same instant
        known = waiting.first()
        if known is None:
            raise
        return known
    return row


def asker_of(job: Job) -> Actor:
    """For whom the job runs, as of when it was asked for; the system where nobody was named.

    What the asker may do was judged then, so the instant is that of asking.
    """
    if job.user_id is None:
        return Actor.system(job.user_label or job.name)
    return Actor.user(
        job.user_id,
        job.user_label,
        at=job.asked_at,
        post_id=job.post_id,
        elevation_id=job.elevation_id,
    )


def mine(actor: Actor) -> QuerySet[Job]:
    """Jobs that the actor asked for, the newest first; all of them during an elevation."""
    rows = Job.objects.order_by("-asked_at", "-id")
    if actor.elevated:
        return rows
    return rows.filter(user_id=actor.user_id) if actor.user_id else rows.none()
