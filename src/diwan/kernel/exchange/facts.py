"""Fact: something that happened, told to higher floors in the same transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from diwan.kernel.policies import Actor

from .subjects import Ref


@dataclass(frozen=True)
class Fact:
    """Something that happened, told to higher floors in the same transaction."""

    kind: str
    ref: Ref
    actor: Actor
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)


Listener = Callable[[Fact], None]
EVERY = "*"
_listeners: dict[str, list[Listener]] = defaultdict(list)


def listen(kind: str, listener: Listener) -> None:
    """Call `listener` for each fact of `kind`, or of every kind with `EVERY`.

    An error in it undoes the transaction.
    """
    if listener not in _listeners[kind]:
        _listeners[kind].append(listener)


def publish(fact: Fact) -> None:
    """Tell a fact to whoever listens, now, within the caller's transaction."""
    for listener in (*_listeners[fact.kind], *_listeners[EVERY]):
        listener(fact)
