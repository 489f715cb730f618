"""What SQLite knows of its tables: without it a question of a large house can take minutes.

SQLite chooses indexes by statistics that nobody gathers unless asked; PostgreSQL does it by itself.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from .models import Heartbeat

EVERY = timedelta(days=1)
NAME = "kernel.statistics"
ROWS_AN_INDEX = 1_000
"""So many rows of an index are looked at: a second or two, whatever the size."""


def gather(at: datetime) -> None:
    """Look at samples of all indexes, once a day; the minute tick calls it."""
    if connection.vendor != "sqlite":
        return
    last = Heartbeat.objects.filter(name=NAME).first()
    if last is not None and at - last.at < EVERY:
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA analysis_limit = {ROWS_AN_INDEX}")
        cursor.execute("ANALYZE")
    Heartbeat.objects.update_or_create(name=NAME, defaults={"at": at})
