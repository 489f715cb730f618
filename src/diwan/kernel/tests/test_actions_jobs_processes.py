"""Jobs of real processes: two workers never do one job both, and a killed one is followed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone

from diwan.kernel import jobs
from diwan.kernel.jobs import kinds
from diwan.kernel.models import Heartbeat, Job, JobState

pytestmark = pytest.mark.django_db(transaction=True)
JOBS = 200
PATIENCE = 120.0
"""Seconds; a busy machine takes that long to start two Pythons."""


@pytest.fixture(autouse=True)
def declared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_kinds", {})
    jobs.job("t.count")(lambda n: None)
    jobs.job("t.long", atomic=True)(lambda: None)


def begin(folder: Path, *, seconds: float = 0.0) -> "subprocess.Popen[bytes]":
    """Start a worker process over the test's own database."""
    name = str(connection.settings_dict["NAME"])
    command = [sys.executable, "-m", "diwan.kernel.tests.job_worker", name, str(folder)]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "diwan.config.settings"}
    return subprocess.Popen([*command, str(seconds)], env=environment)


def wait_for(condition: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_two_workers_do_two_hundred_jobs_each_once(tmp_path: Path) -> None:
    with transaction.atomic():
        for n in range(JOBS):
            jobs.enqueue("t.count", {"n": n})
    workers = [begin(tmp_path), begin(tmp_path)]
    wait_for(lambda: len(list(tmp_path.glob("ready-*"))) == len(workers))
    (tmp_path / "go").touch()
    for worker in workers:
        assert worker.wait(PATIENCE) == 0
    lines = [(tmp_path / f"count-{n}").read_text().split() for n in range(JOBS)]
    assert {len(line) for line in lines} == {1}
    assert len({pid for line in lines for pid in line}) == 2
    assert Job.objects.filter(state=JobState.DONE, attempts=1).count() == JOBS


def test_a_killed_workers_job_is_taken_up_after_its_lease(tmp_path: Path) -> None:
    row = jobs.enqueue("t.long", {})
    (tmp_path / "go").touch()
    killed = begin(tmp_path, seconds=60)
    try:
        wait_for(lambda: list(tmp_path.glob("begun-*")))
    finally:
        killed.send_signal(signal.SIGKILL)
        killed.wait(PATIENCE)
    row.refresh_from_db()
    assert row.state == JobState.RUNNING
    assert not Heartbeat.objects.exists()  # what it had written is not there
    assert not jobs.run_one("second")  # its lease still runs
    Job.objects.update(due_at=timezone.now())
    second = begin(tmp_path)
    assert second.wait(PATIENCE) == 0
    row.refresh_from_db()
    assert (row.state, row.attempts) == (JobState.DONE, 2)
    assert Heartbeat.objects.count() == 1
