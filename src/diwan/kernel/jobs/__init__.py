"""The worker: jobs that outlive the request which asked for them, and the minute tick.

A room declares a job with `job` (in its `tasks.py`), an action asks for it with `enqueue` inside
its transaction, a worker does it after the commit. `docs/jobs.md` tells the promises.
"""

from .forgetting import forget
from .kinds import JobKind, TryAgain, job, kind_of, wait_before
from .leases import let_go, take_lease
from .mending import drop, restart
from .progress import Stopping, present, progress_of, report
from .queue import asker_of, enqueue, mine
from .running import LeaseLost, run_one, work_off
from .ticks import every_minute, heartbeat_age, run_ticks, tick_alone
from .worker import run_worker

__all__ = [
    "JobKind",
    "LeaseLost",
    "Stopping",
    "TryAgain",
    "asker_of",
    "drop",
    "enqueue",
    "every_minute",
    "forget",
    "heartbeat_age",
    "job",
    "kind_of",
    "let_go",
    "mine",
    "present",
    "progress_of",
    "report",
    "restart",
    "run_one",
    "run_ticks",
    "run_worker",
    "take_lease",
    "tick_alone",
    "wait_before",
    "work_off",
]
