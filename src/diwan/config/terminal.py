"""What the command line shows: bars on a terminal, plain lines in a pipe."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


class Report(Protocol):
    """Where long work tells how far it is: `report(done, total, label)`."""

    def __call__(self, done: int, total: int, label: str, /) -> None:
        """`done` of `total` steps; `label` names what is being worked on, or is empty."""


def say(line: str) -> None:
    """A plain line about the work. On standard error: standard output is for results."""
    print(line, file=sys.stderr, flush=True)


def first_line(error: BaseException) -> str:
    """What an error says, without its stack or its second thoughts."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


@contextmanager
def progress(title: str) -> Iterator[Report]:
    """A bar on a terminal; in a pipe one line for each label, so that logs stay short."""
    console = Console(stderr=True)
    if console.is_terminal:
        with _bar(console, title) as report:
            yield report
    else:
        yield _lines(title)


@contextmanager
def _bar(console: Console, title: str) -> Iterator[Report]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(title, total=None)

        def report(done: int, total: int, label: str, /) -> None:
            text = f"{title}: {label}" if label else title
            bar.update(task, completed=done, total=total, description=text)

        yield report


def _lines(title: str) -> Report:
    told: set[str] = set()

    def report(done: int, total: int, label: str, /) -> None:
        if label and label not in told:
            told.add(label)
            say(f"{title}: {label} ({done}/{total})")

    return report
