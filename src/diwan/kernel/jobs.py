"""The worker and its minute tick.

A room declares what is to be done every minute with `every_minute`; the worker runs it, inside
`./run` as a thread or apart in production as `diwan tick --forever`. A failing tick is logged and
tried again at the next minute; it never stops the others.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import close_old_connections
from django.utils import timezone

from .models import Heartbeat

logger = logging.getLogger(__name__)

Tick = Callable[[datetime], None]
TICK_SECONDS = 60.0
_ticks: dict[str, Tick] = {}


def every_minute(name: str, tick: Tick) -> None:
    """Declare a tick; it gets the instant of the run. Ticks must stand being run twice."""
    _ticks[name] = tick


def run_ticks(at: datetime | None = None, *, worker: str = "worker") -> list[str]:
    """Run every tick once and leave a heartbeat; returns the names of those that failed."""
    now = at or timezone.now()
    failed = []
    for name, tick in sorted(_ticks.items()):
        try:
            tick(now)
        except Exception:  # one room's fault must not keep the others' ticks from running
            logger.exception("tick %s failed", name)
            failed.append(name)
    Heartbeat.objects.update_or_create(name=worker, defaults={"at": timezone.now()})
    return failed


def run_worker(stop: threading.Event, *, worker: str = "worker") -> None:
    """Tick every minute until `stop` is set."""
    while not stop.is_set():
        try:
            close_old_connections()
            run_ticks(worker=worker)
        except Exception:  # the database may be away for a while; the health page says so
            logger.exception("the worker could not tick")
        finally:
            close_old_connections()
        stop.wait(TICK_SECONDS)


def heartbeat_age(*, worker: str = "worker") -> timedelta | None:
    """Time since the worker last ticked, None if it never did."""
    beat = Heartbeat.objects.filter(name=worker).first()
    return None if beat is None else timezone.now() - beat.at
