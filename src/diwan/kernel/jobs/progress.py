"""How far a job is, seen from outside while it runs.

A job that works in one long transaction cannot tell through its own connection. On PostgreSQL the
keeper's connection tells it; on SQLite, where that transaction is the only writer, a small file in
the data folder does (there the worker and the pages are on one machine by nature).
"""

from __future__ import annotations

import json
import threading
import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection

from diwan.kernel.models import Job, JobState

EVERY = 0.5
"""Seconds; more often nobody looks."""


class Stopping(Exception):
    """The worker is to end; the job is taken up again by the next one."""


@dataclass(frozen=True)
class Progress:
    """`done` of `total` (0: not known), and what is being worked on."""

    done: int = 0
    total: int = 0
    words: str = ""


@dataclass
class Running:
    """The job that the present thread does."""

    job: Job
    stop: threading.Event
    news: threading.Event = field(default_factory=threading.Event)
    progress: Progress = Progress()
    told: float = 0.0


current: ContextVar[Running | None] = ContextVar("running_job", default=None)


def report(done: int, total: int, words: str = "") -> None:
    """Tell how far the present job is; outside of a job it tells nobody.

    Raises Stopping when the worker is to end: let it through, the job will be begun anew.
    """
    running = current.get()
    if running is None:
        return
    if running.stop.is_set():
        raise Stopping
    running.progress = Progress(max(done, 0), max(total, 0), words[:200])
    if done < total and time.monotonic() - running.told < EVERY:
        return
    running.told = time.monotonic()
    if connection.vendor == "sqlite":
        _write(running)
    else:
        running.news.set()


def present() -> Job | None:
    """The job that the caller runs in, None outside of one."""
    running = current.get()
    return None if running is None else running.job


def progress_of(job: Job) -> Progress:
    """How far the job is, as well as can be known from here."""
    if job.state == JobState.RUNNING and connection.vendor == "sqlite":
        try:
            told = json.loads(_path(job.pk).read_text("utf-8"))
            return Progress(int(told["done"]), int(told["total"]), str(told["words"]))
        except (OSError, ValueError, KeyError):
            pass  # nothing told yet, or just ended
    return Progress(job.progress_done, job.progress_total, job.progress_words)


def fields_of(running: Running) -> dict[str, int | str]:
    """The row's columns for what was last told."""
    told = running.progress
    return {
        "progress_done": told.done,
        "progress_total": told.total,
        "progress_words": told.words,
    }


def forget(job_id: UUID) -> None:
    """The job has ended: the row says how."""
    _path(job_id).unlink(missing_ok=True)


def _path(job_id: UUID) -> Path:
    return Path(settings.DIWAN_HOME) / "jobs" / f"{job_id}.json"


def _write(running: Running) -> None:
    path, told = _path(running.job.pk), running.progress
    try:
        path.parent.mkdir(exist_ok=True)
        fresh = path.with_suffix(".new")
        values = {"done": told.done, "total": told.total, "words": told.words}
        fresh.write_text(json.dumps(values), "utf-8")
        fresh.replace(path)
    except OSError:
        return  # a full disk must not fail the job because of its own progress
