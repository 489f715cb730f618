"""Where an expression is worked out: the place in the data, and the world around it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from .tree import Item
from .values import Value

MOST_WORK = 500_000  # about a second
LONGEST_TEXT = 200_000


class TooMuchWork(ValueError):
    """Working the form out would take too long."""


@dataclass
class World:
    """What all expressions of one evaluation share.

    `root` stands above the data's root element. `lists` gives the items of a list of choices,
    `label_of` the label of a select's choice. `work` is how many items may yet be visited.
    """

    root: Item
    now: datetime
    lists: Callable[[str], list[Item]] = lambda _name: []
    label_of: Callable[[Item, str], str] = lambda _item, value: value
    facts: Mapping[str, str] = field(default_factory=dict)
    work: int = MOST_WORK

    def spend(self, visits: int) -> None:
        """Count what is visited. Raises TooMuchWork."""
        self.work -= visits
        if self.work < 0:
            raise TooMuchWork

    def bounded(self, text: str) -> str:
        """A text that was put together. Raises TooMuchWork where it has grown too long."""
        self.spend(1 + len(text) // 100)
        if len(text) > LONGEST_TEXT:
            raise TooMuchWork
        return text


class Here:
    """The item we stand at, its place among those looked at, and where the expression belongs."""

    __slots__ = ("item", "origin", "position", "size", "world")

    def __init__(
        self,
        world: World,
        item: Item,
        origin: Item | None = None,
        position: int = 1,
        size: int = 1,
    ) -> None:
        """At `item`; `origin` is what `current()` answers."""
        self.world, self.item, self.position, self.size = world, item, position, size
        self.origin = item if origin is None else origin


Work: TypeAlias = Callable[[Here], Value]
