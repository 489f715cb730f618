"""What accounts does not keep for ever: sessions and invitations that are over."""

from __future__ import annotations

from datetime import datetime

from django.contrib.sessions.models import Session
from django.db.models import Q

from diwan.accounts.models import Invitation

BATCH = 1_000


def forget_sessions(before: datetime) -> int:
    """Delete a batch of sessions that ended before an instant; how many."""
    over = Session.objects.filter(expire_date__lt=before)
    keys = list(over.values_list("pk", flat=True)[:BATCH])
    return Session.objects.filter(pk__in=keys).delete()[0]


def forget_invitations(before: datetime) -> int:
    """Delete a batch of invitations that nobody accepted and that were over before an instant.

    Accepted ones stay: they tell how a user came to act for a record.
    """
    over = Invitation.objects.filter(accepted_at=None).filter(
        Q(withdrawn_at__lt=before) | Q(expires_at__lt=before)
    )
    ids = list(over.values_list("pk", flat=True)[:BATCH])
    return Invitation.objects.filter(pk__in=ids).delete()[0]
