"""What one worker alone does at a time, whichever process or machine it lives on."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from diwan.kernel.models import Lease

CLOCKS_DIFFER = timedelta(minutes=1)
"""By so much the clocks of two workers may differ."""


def take_lease(name: str, holder: str, *, seconds: float, apart: float = 0.0) -> bool:
    """Take `name` for so many seconds, or go on holding it; False while another holds it.

    `apart` seconds must have passed since anybody took it anew (0: at once). What was taken in the
    future was taken by a clock that has been put back since: it would hold everybody up till then.
    """
    now = timezone.now()
    until = now + timedelta(seconds=seconds)
    put_back = Q(taken_at__gt=now + CLOCKS_DIFFER)
    free = Q(until_at__lte=now) | Q(holder=holder) | Q(holder="") | put_back
    old_enough = Q(taken_at__lte=now - timedelta(seconds=apart)) | put_back if apart else Q()
    rows = Lease.objects.filter(free & old_enough, name=name)
    if rows.update(holder=holder, until_at=until, taken_at=now):
        return True
    if Lease.objects.filter(name=name).exists():
        return False
    try:
        with transaction.atomic():
            Lease.objects.create(name=name, holder=holder, until_at=until, taken_at=now)
    except IntegrityError:
        return False
    return True


def prolong(name: str, holder: str, *, until: datetime) -> bool:
    """Hold `name` until then; False if another has taken it meanwhile."""
    return bool(Lease.objects.filter(name=name, holder=holder).update(until_at=until))


def let_go(name: str, holder: str) -> None:
    """Let another take it before the time is over."""
    Lease.objects.filter(name=name, holder=holder).update(holder="", until_at=timezone.now())
