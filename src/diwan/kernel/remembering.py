"""What was read while one page is made need not be read again.

While a request that only reads is answered (`accounts.middleware` begins it), whoever gathers
names, cards, rights or calendars keeps what it found in a memory of its own, asks the database for
what is missing alone, and all of it is forgotten with the answer. A request that writes has no
memory: it must see what it has just written.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_memories: ContextVar[dict[str, dict[Any, Any]] | None] = ContextVar("memories", default=None)


def memory(name: str) -> dict[Any, Any] | None:
    """The memory of that name, None where nothing is kept: in writing requests, jobs, commands."""
    memories = _memories.get()
    return None if memories is None else memories.setdefault(name, {})


@contextmanager
def remembering() -> Iterator[None]:
    """Keep what is read within the block, which must write nothing that it reads again."""
    token = _memories.set({})
    try:
        yield
    finally:
        _memories.reset(token)
