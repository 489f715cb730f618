"""What the outbox does not keep for ever, and what goes with the data of a person."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from diwan.kernel.exchange import Ref
from diwan.kernel.models import Notice, NoticeChoice, NoticeState, NoticeWishes
from diwan.kernel.policies import Actor

BATCH = 500
OVER = (
    NoticeState.SENT,
    NoticeState.CARRIED,
    NoticeState.FAILED,
    NoticeState.DEAD,
    NoticeState.LEFT,
    NoticeState.SKIPPED,
)


@transaction.atomic
def forget(before: datetime) -> int:
    """Delete a batch of notices told before then that are over; returns how many."""
    over = Notice.objects.filter(state__in=OVER, told_at__lt=before)
    # One that collects others goes when they may go, too.
    kept = Notice.objects.filter(carried_by__isnull=False, told_at__gte=before)
    ids = over.exclude(pk__in=kept.values("carried_by"))[:BATCH].values_list("pk", flat=True)
    found = list(ids)
    Notice.objects.filter(Q(pk__in=found) | Q(carried_by__in=found)).delete()
    return len(found)


def erase_user(actor: Actor, ref: Ref) -> None:  # noqa: ARG001 - the shape of an eraser
    """Delete what a user was told, and how they wanted to be told; part of erasing their data."""
    Notice.objects.filter(user_id=ref.id).delete()
    NoticeChoice.objects.filter(user_id=ref.id).delete()
    NoticeWishes.objects.filter(pk=ref.id).delete()
