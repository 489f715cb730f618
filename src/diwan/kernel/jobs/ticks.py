"""The minute tick: what rooms want looked at every minute, by one worker at a time.

A failing tick is logged and tried again at the next minute; it never stops the others.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils import timezone

from diwan.kernel.models import Heartbeat

from .leases import let_go, prolong, take_lease

logger = logging.getLogger(__name__)

Tick = Callable[[datetime], None]
TICK_SECONDS = 60.0
TICK_LEASE = "tick"
TICK_LEASE_SECONDS = 300.0
"""A worker killed while it ticks keeps the others waiting for so long, no longer."""
_ticks: dict[str, Tick] = {}


def every_minute(name: str, tick: Tick) -> None:
    """Declare a tick; it gets the instant of the run. Ticks must stand being run twice."""
    _ticks[name] = tick


def run_ticks(at: datetime | None = None, *, worker: str = "worker", holder: str = "") -> list[str]:
    """Run every tick once and leave a heartbeat; returns the names of those that failed.

    `holder` is who has the lease, prolonged before each tick; empty for a caller who needs none.
    """
    now = at or timezone.now()
    failed = []
    for name, tick in sorted(_ticks.items()):
        if holder:
            until = timezone.now() + timedelta(seconds=TICK_LEASE_SECONDS)
            if not prolong(TICK_LEASE, holder, until=until):
                logger.warning("another worker ticks now; %s is left to it", name)
                break
        try:
            tick(now)
        except Exception:  # one room's fault must not keep the others' ticks from running
            logger.exception("tick %s failed", name)
            failed.append(name)
    Heartbeat.objects.update_or_create(name=worker, defaults={"at": timezone.now()})
    return failed


def tick_alone(holder: str, *, apart: float = 0.0, worker: str = "worker") -> list[str] | None:
    """Run the ticks if no other worker does; None where another does, or did within `apart` s."""
    if not take_lease(TICK_LEASE, holder, seconds=TICK_LEASE_SECONDS, apart=apart):
        return None
    try:
        return run_ticks(worker=worker, holder=holder)
    finally:
        let_go(TICK_LEASE, holder)


def heartbeat_age(*, worker: str = "worker") -> timedelta | None:
    """Time since the worker last ticked, None if it never did."""
    beat = Heartbeat.objects.filter(name=worker).first()
    return None if beat is None else timezone.now() - beat.at
