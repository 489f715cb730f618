"""Measuring one scenario: server time of many requests, queries of one, memory of a process."""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from math import ceil
from typing import Any

from django.db import connection, connections

WARM_UP = 3
PATIENCE = 20.0
"""After so many seconds a slow scenario is asked no more often, if it was asked three times."""


@dataclass(frozen=True)
class Measured:
    """Milliseconds, queries a request, and the most memory in MB beyond that of the idle house.

    `cpu` are the milliseconds that this process computed in the middle: with SQLite all of the
    work, and the same however busy the machine is.
    """

    name: str
    p50: float
    p95: float
    queries: int
    peak: float
    times: int
    note: str = ""
    cpu: float = 0.0


def say(line: str) -> None:
    """A line of progress, on standard error."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


class QueryCount:
    """Counts what is asked of the database while it is open."""

    def __init__(self) -> None:
        self.count = 0
        self.told: list[tuple[float, str]] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 # Django's shape
        """Pass one query on and remember it."""
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.count += 1
            self.told.append((1000 * (time.perf_counter() - started), sql))


@contextmanager
def counted() -> Iterator[QueryCount]:
    """Count the queries of the block."""
    count = QueryCount()
    with connection.execute_wrapper(count):
        yield count


def memory() -> float:
    """The most memory that this process has had so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def percentile(values: list[float], share: float) -> float:
    """The least value that this share of all does not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)]


def measure(name: str, request: Callable[[int], str], *, times: int) -> Measured:
    """Ask `times` times; `request(n)` does the n-th and returns a note (the last one is kept)."""
    begun = time.perf_counter()
    for n in range(min(WARM_UP, times)):
        note = request(n)
        if time.perf_counter() - begun > PATIENCE / 4:
            break
    with counted() as count:
        note = request(WARM_UP)
    if os.environ.get("DIWAN_BENCH_QUERIES"):
        for took, sql in sorted(count.told, reverse=True)[:6]:
            say(f"   {name}: {took:8.1f} ms  {sql[:2000]}")
    found, spent = [], []
    begun = time.perf_counter()
    for n in range(times):
        if n > 2 and time.perf_counter() - begun > PATIENCE:  # see PATIENCE
            break
        started, computed = time.perf_counter(), time.process_time()
        note = request(WARM_UP + 1 + n)
        spent.append(1000 * (time.process_time() - computed))
        found.append(1000 * (time.perf_counter() - started))
    p50, p95, cpu = (
        round(percentile(values, share), 2)
        for values, share in ((found, 0.5), (found, 0.95), (spent, 0.5))
    )
    return Measured(name, p50, p95, count.count, memory(), times, note, cpu)


def apart(work: Callable[[], Measured]) -> Measured:
    """Do it in a child process, so that its peak of memory is its own. Raises RuntimeError.

    A child begins with what the house takes when it is idle; what it takes besides is told.
    """
    connections.close_all()
    gc.collect()
    gc.freeze()  # what is there already is not looked through again, as in a server
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        status = 1
        try:
            idle = memory()
            done = work()
            told = replace(done, peak=round(done.peak - idle, 1))
            answer = json.dumps(asdict(told)).encode()
            with os.fdopen(writing, "wb") as pipe:
                pipe.write(answer)
            status = 0
        except Exception as error:  # noqa: BLE001 # told to the parent by the exit code
            say(f"   failed: {error!r}"[:500])
            traceback.print_exc(limit=-4)
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    if not answer:
        raise RuntimeError("the scenario failed; see above")
    return Measured(**json.loads(answer))
