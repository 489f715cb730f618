"""Which jobs there are, how often each is tried, and how long it waits in between."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from diwan.kernel.errors import DiwanError, Sentence

Run = Callable[..., Any]
R = TypeVar("R", bound=Run)

LONGEST_WAIT = 6 * 3600.0
"""Seconds; no retry waits longer."""


class TryAgain(DiwanError):
    """What a job needs is away for now: it is tried again, and nobody is told of a fault.

    `after` seconds if the other side named them, else by the kind's own growing wait.
    """

    def __init__(self, why: str, *, after: float | None = None) -> None:
        super().__init__(why)
        self.after = after


@dataclass(frozen=True)
class JobKind:
    """One kind of job.

    `run` gets the job's arguments by name and may return a JSON value. `label` says what it does,
    for people. It is tried `attempts` times; the wait before the next try begins with `first_wait`
    seconds and doubles. An `atomic` kind runs in one transaction together with the note that it
    is done: whatever it writes happens once, even if its worker was thought lost.
    """

    name: str
    run: Run
    label: Sentence
    attempts: int
    first_wait: float
    atomic: bool


_kinds: dict[str, JobKind] = {}


def job(
    name: str,
    *,
    label: Sentence = "",
    attempts: int = 8,
    first_wait: float = 10.0,
    atomic: bool = False,
) -> Callable[[R], R]:
    """Declare the decorated function as the job `name` (``room.verb``)."""

    def declare(run: R) -> R:
        _kinds[name] = JobKind(name, run, label or name, attempts, first_wait, atomic)
        return run

    return declare


def kind_of(name: str) -> JobKind:
    """The declared kind. Raises LookupError where no room declares it (any more)."""
    try:
        return _kinds[name]
    except KeyError:
        raise LookupError(f"no room declares the job {name}") from None


def wait_before(attempts: int, first_wait: float) -> float:
    """Seconds until the next try after `attempts` failed ones.

    Doubling, six hours at most, shortened by a random part up to a half so that what failed
    together is not tried together.

    >>> 5 <= wait_before(1, 10) <= 10 and 40 <= wait_before(4, 10) <= 80
    True
    """
    longest = min(first_wait * 2.0 ** min(attempts - 1, 40), LONGEST_WAIT)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, guards nothing
