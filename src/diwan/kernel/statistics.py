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


def gather_now() -> None:
    """Look at samples of all tables: after very many rows were written at once."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA analysis_limit = {ROWS_AN_INDEX}")
        cursor.execute("ANALYZE")


def gather(at: datetime) -> None:
    """The same once a day, on SQLite; the minute tick calls it."""
    if connection.vendor != "sqlite":
        return
    last = Heartbeat.objects.filter(name=NAME).first()
    if last is not None and at - last.at < EVERY:
        return
    gather_now()
    Heartbeat.objects.update_or_create(name=NAME, defaults={"at": at})
