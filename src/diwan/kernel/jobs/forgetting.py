"""Jobs that are over are not kept for ever."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from diwan.kernel.models import Job, JobState

BATCH = 500
OVER = (JobState.DONE, JobState.REFUSED, JobState.DROPPED)


@transaction.atomic
def forget(before: datetime) -> int:
    """Delete a batch of jobs that ended before then; those that gave up wait for a word."""
    rows = Job.objects.filter(state__in=OVER, ended_at__lt=before)
    found = list(rows[:BATCH].values_list("pk", flat=True))
    return Job.objects.filter(pk__in=found).delete()[0]
