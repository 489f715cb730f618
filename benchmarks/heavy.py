"""What takes longer than a page: sealing, verifying, importing. All of it is taken back."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from benchmarks.measure import Measured, counted, memory
from benchmarks.minutes import large_meeting, minutes_of
from benchmarks.registers import write_register
from diwan.interop.public import import_files
from diwan.kernel.policies import Actor
from diwan.kernel.sealing import seal_batch
from diwan.kernel.verifying import verify

BATCHES = 3
"""Batches of entries that are sealed, and then verified."""


def heavy(resolutions: int) -> Iterator[tuple[str, Callable[[], Measured]]]:
    """The long works by their names; in the table they stand in brackets, with their seconds."""
    yield "(sealing a batch)", lambda: _once("(sealing a batch)", _seal)
    yield "(verifying what was sealed)", lambda: _once("(verifying what was sealed)", _verify)
    for told, method in (("hands", "show_of_hands"), ("roll calls", "roll_call")):
        name = f"(minutes as PDF, {told})"
        yield name, partial(_once, name, partial(_minutes, method))
    name = f"(import of {resolutions:,} resolutions)"
    yield name, lambda: _once(name, lambda: _import(resolutions))


def _once(name: str, work: Callable[[], tuple[float, str]]) -> Measured:
    with transaction.atomic(), counted() as count:
        cpu = time.process_time()
        took, note = work()
        note = f"{note}, {time.process_time() - cpu:.1f} s of CPU"
        transaction.set_rollback(True)
    return Measured(name, round(1000 * took), round(1000 * took), count.count, memory(), 1, note)


def _seal() -> tuple[float, str]:
    started, entries = time.perf_counter(), 0
    seal = seal_batch(timezone.now())
    took = time.perf_counter() - started
    entries += seal.count if seal else 0
    return took, f"{entries:,} entries"


def _verify() -> tuple[float, str]:
    for _ in range(BATCHES):
        seal_batch(timezone.now())
    started = time.perf_counter()
    report = verify(timezone.now())
    took = time.perf_counter() - started
    sound = "whole" if report.whole else f"{report.bad} bad"
    return took, f"{report.entries:,} entries, {sound}"


def _minutes(method: str) -> tuple[float, str]:
    return minutes_of(large_meeting(method))


def _import(resolutions: int) -> tuple[float, str]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "benchmark.yaml"
        write_register(path, resolutions=resolutions)
        started = time.perf_counter()
        report = import_files([path], actor=Actor.system("benchmark"))
        took = time.perf_counter() - started
    return took, f"{report.added:,} records, {report.added / took:,.0f} a second"
