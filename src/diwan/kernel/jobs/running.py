"""Taking a job, doing it, and writing how it ended: each job by one worker at a time.

A worker takes a job by one conditional update, holds it by a lease that a second thread prolongs,
and ends it only if it still holds it. A worker that was killed leaves its lease behind; once that
has run out another takes the job up.
"""

from __future__ import annotations

import logging
import threading
import traceback
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from diwan.kernel.errors import Refused
from diwan.kernel.ids import new_id
from diwan.kernel.models import Job, JobState

from . import progress
from .kinds import JobKind, TryAgain, kind_of, wait_before

logger = logging.getLogger(__name__)

LEASE_SECONDS = 60.0
BEATS = 4.0
"""The lease is prolonged so many times within its length."""
FAULT_LENGTH = 8000


class LeaseLost(Exception):
    """Another worker has taken this job meanwhile; what this one did is not the job's end."""


def claim(worker: str) -> Job | None:
    """Take the job that is longest due, if there is one. Safe among any number of workers."""
    now = timezone.now()
    if not Job.objects.due(now).exists():  # asked outside of a transaction: no lock for nothing
        return None
    with transaction.atomic():
        due = Job.objects.due(now).order_by("due_at", "id")
        row = due.select_for_update(skip_locked=True).first()
        if row is None:
            return None
        if row.state == JobState.RUNNING and _exhausted(row):
            _end(row, JobState.DEAD, fault=_("Its worker was lost in the middle, each time."))
            return None
        row.state, row.attempts = JobState.RUNNING, row.attempts + 1
        row.holder = f"{worker[:40]}:{new_id().hex}"
        row.due_at, row.started_at = now + timedelta(seconds=LEASE_SECONDS), now
        row.save(update_fields=["state", "attempts", "holder", "due_at", "started_at"])
        return row


def _exhausted(row: Job) -> bool:
    try:
        return row.attempts >= kind_of(row.name).attempts
    except LookupError:
        return False


def run_one(worker: str = "worker", *, stop: threading.Event | None = None) -> bool:
    """Do one job that is due; False if there is none."""
    row = claim(worker)
    if row is None:
        return False
    running = progress.Running(row, stop or threading.Event())
    keeper = _Keeper(running)
    keeper.start()
    token = progress.current.set(running)
    try:
        with translation.override(row.language or None):
            _do(row, running)
    except LeaseLost:
        logger.warning("job %s %s was taken by another worker", row.name, row.pk)
    finally:
        progress.current.reset(token)
        keeper.end()
        progress.forget(row.pk)
    return True


def work_off(worker: str = "worker", *, limit: int = 1000) -> int:
    """Do every job that is due, one after another; returns how many were done."""
    done = 0
    while done < limit and run_one(worker):
        done += 1
    return done


def _do(row: Job, running: progress.Running) -> None:
    try:
        kind = kind_of(row.name)
        if kind.atomic:
            with transaction.atomic():
                _finish(row, running, kind.run(**row.args))
        else:
            _finish(row, running, kind.run(**row.args))
    except LeaseLost:
        raise
    except progress.Stopping:
        _put_back(row, due_at=timezone.now(), attempts=row.attempts - 1)
    except Refused as refusal:
        _settle(row, state=JobState.REFUSED, fault=str(refusal), ended_at=timezone.now())
    except TryAgain as away:
        _again(row, str(away), after=away.after)
    except Exception as error:  # any fault of a room's job is the queue's to keep
        logger.exception("job %s %s failed, try %s", row.name, row.pk, row.attempts)
        _again(row, _told(error))


def _finish(row: Job, running: progress.Running, result: Any) -> None:
    told = progress.fields_of(running)
    now = timezone.now()
    _settle(row, state=JobState.DONE, result=result, fault="", ended_at=now, **told)


def _again(row: Job, fault: str, *, after: float | None = None) -> None:
    """Put the job off, or give it up after its last try."""
    now = timezone.now()
    kind = _kind_or_none(row.name)
    attempts, first = (kind.attempts, kind.first_wait) if kind else (3, 60.0)
    if row.attempts >= attempts:
        _settle(row, state=JobState.DEAD, fault=fault, ended_at=now)
        return
    seconds = wait_before(row.attempts, first) if after is None else after
    _put_back(row, due_at=now + timedelta(seconds=seconds), fault=fault)


def _put_back(row: Job, **fields: Any) -> None:
    """Let the job wait again."""
    try:
        with transaction.atomic():
            _settle(row, state=JobState.WAITING, **fields)
    except IntegrityError:  # a younger one with the same key waits already and does the same
        told = {"fault": fields["fault"]} if "fault" in fields else {}
        _settle(row, state=JobState.DROPPED, ended_at=timezone.now(), **told)


def _kind_or_none(name: str) -> JobKind | None:
    try:
        return kind_of(name)
    except LookupError:
        return None


def _settle(row: Job, **fields: Any) -> None:
    """Write how it went, if this worker still holds the job. Raises LeaseLost otherwise."""
    held = Job.objects.filter(pk=row.pk, state=JobState.RUNNING, holder=row.holder)
    if not held.update(holder="", **fields):
        raise LeaseLost


def _end(row: Job, state: JobState, *, fault: str) -> None:
    now = timezone.now()
    Job.objects.filter(pk=row.pk).update(state=state, holder="", fault=fault, ended_at=now)


def _told(error: Exception) -> str:
    return "".join(traceback.format_exception(error))[-FAULT_LENGTH:]


class _Keeper(threading.Thread):
    """Prolongs the lease of one job while it runs, and tells how far it is on PostgreSQL."""

    def __init__(self, running: progress.Running) -> None:
        super().__init__(name=f"keeper-{running.job.pk}", daemon=True)
        self.running = running
        self.over = threading.Event()

    def run(self) -> None:
        """Wake for news or for the lease, whichever comes first."""
        running = self.running
        try:
            while not self.over.is_set():
                news = running.news.wait(LEASE_SECONDS / BEATS)
                if self.over.is_set():
                    return
                running.news.clear()
                self._write(progress.fields_of(running) if news else {})
                if news:
                    self.over.wait(progress.EVERY)
        finally:
            connection.close()

    def _write(self, told: dict[str, int | str]) -> None:
        row = self.running.job
        until: datetime = timezone.now() + timedelta(seconds=LEASE_SECONDS)
        held = Job.objects.filter(pk=row.pk, state=JobState.RUNNING, holder=row.holder)
        try:
            held.update(due_at=until, **told)
        except DatabaseError:  # SQLite while the job itself writes: then nobody can take it either
            logger.debug("the lease of job %s could not be prolonged", row.pk)

    def end(self) -> None:
        """The job has ended."""
        self.over.set()
        self.running.news.set()
        self.join(5)
