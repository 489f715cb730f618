"""Remembering when somebody looked at their home: no act, no audit, and never worth a wait."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.models import Case, F, When

from diwan.accounts.constants import VISIT_OVER
from diwan.accounts.models import Visit

EVERY = timedelta(minutes=1)
WAIT_MS = 250


def note_visit(user_id: UUID, at: datetime) -> bool:
    """Remember that the user looked at `at`; False if it was not worth while or could not be.

    Each process writes once a minute at most. While another program holds the whole database (a
    large import on SQLite) the page is answered and the visit is forgotten.
    """
    if not cache.add(f"accounts.visit:{user_id}", at, EVERY.total_seconds()):
        return False
    try:
        with _hardly_waiting():
            _write(user_id, at)
    except DatabaseError:
        return False
    return True


def _write(user_id: UUID, at: datetime) -> None:
    """One statement, or two of which each leaves the row as it should be: no transaction."""
    over = When(last_at__lt=at - VISIT_OVER, then=F("last_at"))
    changed = Visit.objects.filter(user=user_id, last_at__lt=at).update(
        before_at=Case(over, default=F("before_at")), last_at=at
    )
    if not changed:
        # One question; whoever was quicker from another window has noted the visit already.
        Visit.objects.bulk_create([Visit(user_id=user_id, last_at=at)], ignore_conflicts=True)


@contextmanager
def _hardly_waiting() -> Iterator[None]:
    """On SQLite, which has one writer at a time: wait a blink for it instead of many seconds."""
    if connection.vendor != "sqlite":
        yield
        return
    usual = int(settings.DATABASES["default"].get("OPTIONS", {}).get("timeout", 5) * 1000)
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {WAIT_MS}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {usual}")
