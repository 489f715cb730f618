"""Sealers at once, and sealers that are killed: one chain, nothing lost, nothing twice."""

from __future__ import annotations

import os
import signal
import threading
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection, connections
from django.utils import timezone

from diwan.kernel import sealing
from diwan.kernel.tests.sealed import write
from diwan.kernel.verifying import verify


@pytest.mark.django_db(transaction=True)
def test_two_sealers_at_once_make_one_chain() -> None:
    write(40)
    barrier = threading.Barrier(2)

    def work() -> None:
        barrier.wait()
        for _ in range(12):
            sealing.seal_batch(datetime.now(UTC), limit=5)
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    report = verify(timezone.now())
    assert (report.whole, report.entries, report.waiting) == (True, 40, 0)


def killed_at(step: int) -> bool:
    """Seal in a process of its own that kills itself before its statement `step`.

    The statement after the last one is the commit. False if it came to its end.
    """
    connections.close_all()
    child = os.fork()
    if child == 0:
        left = [step]

        def die() -> None:
            os.kill(os.getpid(), signal.SIGKILL)

        def count(execute: Any, *rest: Any) -> Any:
            if left[0] == 0:
                die()
            left[0] -= 1
            return execute(*rest)

        try:
            connection.connect()
            commit_itself: Any = connection._commit  # type: ignore[attr-defined] # not in the stubs
            commit = patch.object(connection, "_commit", lambda: count(commit_itself))
            with commit, connection.execute_wrapper(count):
                sealing.seal_batch(timezone.now(), limit=10)
        finally:
            os._exit(0)
    _pid, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


@pytest.mark.django_db(transaction=True)
def test_a_sealer_killed_between_any_two_steps_loses_and_doubles_nothing() -> None:
    write(10)
    steps = 0
    with patch.object(sealing, "CHUNK", 4):
        while killed_at(steps):
            steps += 1
            report = verify(timezone.now())
            assert (report.whole, report.entries, report.waiting) == (True, 0, 10)
    assert steps >= 5
    report = verify(timezone.now())
    assert (report.whole, report.entries, report.waiting) == (True, 10, 0)
