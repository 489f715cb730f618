"""The worker: one thread ticks, others do jobs, until they are told to stop."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable

from django.db import close_old_connections, connection

from diwan.kernel.ids import new_id

from .running import run_one
from .ticks import TICK_SECONDS, tick_alone

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
"""How often an idle worker looks for a job."""
JOB_THREADS = 2
"""So that one long job does not keep the short ones waiting."""


def run_worker(
    stop: threading.Event, *, worker: str = "worker", threads: int = JOB_THREADS
) -> None:
    """Tick every minute and do jobs until `stop` is set; then end what runs, and return.

    Any number of workers may run: a job, and a minute's tick, is one worker's alone.
    """
    holder = f"{socket.gethostname()[:30]}-{os.getpid()}-{new_id().hex[-8:]}"
    # Daemons: a job that does not end in time leaves its lease behind, and is taken up later.
    others = [
        threading.Thread(target=_work, args=(stop, f"{holder}-{n}"), daemon=True, name=f"jobs-{n}")
        for n in range(threads)
    ]
    for thread in others:
        thread.start()
    _again_and_again(stop, TICK_SECONDS, lambda: _tick(holder, worker))
    for thread in others:
        thread.join(8)


def _tick(holder: str, worker: str) -> bool:
    # Somewhat less than a minute apart, so that a tick is not left out for being early.
    tick_alone(holder, apart=TICK_SECONDS * 0.9, worker=worker)
    return False


def _work(stop: threading.Event, holder: str) -> None:
    _again_and_again(stop, LOOK_SECONDS, lambda: run_one(holder, stop=stop))


def _again_and_again(stop: threading.Event, seconds: float, once: Callable[[], bool]) -> None:
    """Call `once` until `stop`; wait in between unless it says that there is more to do."""
    while not stop.is_set():
        more = False
        try:
            close_old_connections()
            more = once()
        except Exception:  # the database may be away for a while; the health page says so
            logger.exception("the worker could not go on; it tries again")
        finally:
            close_old_connections()
        if not more:
            stop.wait(seconds)
    connection.close()
