"""Answers as they came, put into the items that expressions are worked out on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .answertypes import canonical
from .formtree import Node
from .program import Program
from .xpath.tree import Item
from .xpath.values import written

MOST_REPEATS = 200
MOST_ITEMS = 20_000
Place = tuple[str, tuple[int, ...]]


@dataclass
class Filled:
    """The items of one form. `above` is over the data's root element `data`.

    `wrong` are items whose answer is not of their type; `begun` those that take a default still to
    be worked out. `dropped` are answers to no question, `crowded` repeats of which there are more
    than are taken; both are paths with the numbers of the repeats around.
    """

    program: Program
    above: Item
    data: Item
    now: datetime
    office: bool
    by_path: dict[str, list[Item]] = field(default_factory=dict)
    wrong: set[Item] = field(default_factory=set)
    begun: set[Item] = field(default_factory=set)
    dropped: list[Place] = field(default_factory=list)
    crowded: list[Place] = field(default_factory=list)
    count: int = 0

    def fill(self, nodes: Sequence[Node], at: Item, given: Any, before: Any) -> None:
        """Items below `at` for these nodes."""
        if not isinstance(given, Mapping):
            if given is not None:
                self.dropped.append((_path(at, self), at.index()))
            given = {}
        before = before if isinstance(before, Mapping) else {}
        names = {node.name for node in nodes}
        for name in given:
            if name not in names and not (name == "meta" and at is self.data):
                self.dropped.append((f"{_path(at, self)}/{name}", at.index()))
        for node in nodes:
            self._node(node, at, given.get(node.name), before.get(node.name))

    def repeat(self, node: Node, at: Item, given: Any = None, before: Any = None) -> None:
        """One more instance of a repeat below `at`."""
        item = self._item(node, at)
        self.fill(node.children, item, given, before)

    def cut(self, items: list[Item], most: int) -> None:
        """Leave the first `most` of a repeat's instances."""
        for item in items[most:]:
            for one in item.walk():
                if one.node is not None:
                    self.by_path[one.node.path].remove(one)
            if item.parent is not None:
                item.parent.children.remove(item)
        del items[most:]

    def _node(self, node: Node, at: Item, given: Any, before: Any) -> None:
        if node.kind == "question":
            self._question(node, at, given, before)
        elif node.kind == "group":
            self.fill(node.children, self._item(node, at), given, before)
        else:
            self._repeats(node, at, given, before)

    def _repeats(self, node: Node, at: Item, given: Any, before: Any) -> None:
        kept = before if isinstance(before, list) else []
        instances = [given] if isinstance(given, Mapping) else given
        if not isinstance(instances, list):
            instances = []
            if given not in (None, ""):
                self.dropped.append((node.path, at.index()))
        self.by_path.setdefault(node.path, [])
        for place, instance in enumerate(instances):
            if place >= MOST_REPEATS or self.count >= MOST_ITEMS:
                self.crowded.append((node.path, at.index()))
                break
            self.repeat(node, at, instance, kept[place] if place < len(kept) else None)

    def _question(self, node: Node, at: Item, given: Any, before: Any) -> None:
        ready = self.program.ready[node.path]
        item = self._item(node, at)
        if ready.office and not self.office:
            given = before
        elif ready.never_written and not node.default_expression:
            given = None
        if given is None:
            given = self._default(node)
            if node.default_expression:
                self.begun.add(item)
        text = _text(given)
        kept = None if text is None else canonical(node, text)
        if kept is None:
            self.wrong.add(item)
        item.text = item.given = kept or ""

    def _default(self, node: Node) -> str:
        if node.type == "today":
            return self.now.date().isoformat()
        if node.type in ("start", "end"):
            return self.now.isoformat(timespec="milliseconds")
        return node.default

    def _item(self, node: Node, at: Item) -> Item:
        item = Item(node.name, at, node)
        self.by_path.setdefault(node.path, []).append(item)
        self.count += 1
        return item


def fill(program: Program, answers: Any, *, now: datetime, office: bool, before: Any) -> Filled:
    """The items of a form with these answers in them."""
    above = Item("")
    data = Item(program.form.root, above)
    filled = Filled(program, above, data, now, office)
    filled.fill(program.form.nodes, data, answers, before)
    return filled


def _path(item: Item, filled: Filled) -> str:
    return f"/{filled.data.name}" if item.node is None else item.node.path


def _text(given: Any) -> str | None:
    """An answer as JSON may bring it, as text; None for what is no answer."""
    if isinstance(given, str):
        return given
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, int):
        return str(given)
    if isinstance(given, float):
        return written(given)
    if isinstance(given, list) and all(isinstance(one, str) for one in given):
        return " ".join(given)
    return None
