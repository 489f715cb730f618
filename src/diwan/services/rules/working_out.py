"""One evaluation of a form: relevance and calculations in order, then what is missing or wrong."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .answertypes import SELECTS, worked_out
from .definition import Texts
from .filling import MOST_ITEMS, MOST_REPEATS, Filled
from .formtree import Choice, Node
from .program import Program, Ready
from .xpath.compiling import work_of
from .xpath.tree import Item
from .xpath.values import boolean, number, string
from .xpath.world import Here, Work, World

Fault = tuple[str, tuple[int, ...], str, Texts]
MOST_PASSES = 5  # of a form whose expressions read what only the data can tell


class Run:
    """The items of a form while they are worked out, and what is found."""

    def __init__(
        self, program: Program, filled: Filled, before: Mapping[str, Any], language: str
    ) -> None:
        """`before` are the answers kept so far: what `trigger` compares with."""
        self.program, self.filled, self.before, self.language = program, filled, before, language
        self.world = World(filled.above, filled.now, program.choices, self.label_of)
        self.faults: list[Fault] = []
        self.warnings: list[Fault] = []
        self.relevant: list[str] = []
        self.required: list[str] = []
        self.readonly: list[str] = []
        self._places: dict[str, Item] | None = None

    # Relevance and calculations.

    def work_out(self) -> None:
        """Fill in what is calculated, blank what is irrelevant. Raises TooMuchWork."""
        for _pass in range(MOST_PASSES if self.program.vague else 1):
            changed = False
            for path in self.program.order:
                ready = self.program.ready[path]
                self._repeat(ready)
                for item in list(self.filled.by_path.get(path, ())):
                    changed = self._work_out(ready, item) or changed
            if not changed:
                break

    def _work_out(self, ready: Ready, item: Item) -> bool:
        was = (item.relevant, item.text)
        above = item.parent is None or item.parent.relevant
        item.relevant = above and (
            ready.relevant is None or boolean(self._do(ready.relevant, item))
        )
        if ready.node.kind == "question":
            item.text = self._text(ready, item) if item.relevant else ""
        return was != (item.relevant, item.text)

    def _text(self, ready: Ready, item: Item) -> str:
        if ready.calculation is not None and self._is_due(ready.node, item):
            value = self._do(ready.calculation, item)
            if isinstance(value, float) and math.isinf(value):
                self._warn(item, "division")
            return worked_out(ready.node, string(value))
        if item in self.filled.begun and ready.default is not None:
            self.filled.begun.discard(item)
            item.given = worked_out(ready.node, string(self._do(ready.default, item)))
        return item.given or ""

    def _is_due(self, node: Node, item: Item) -> bool:
        """Whether a calculation is worked out now: one with a trigger, when that has changed."""
        if not node.trigger:
            return True
        triggers = self.filled.by_path.get(node.trigger, [])
        now = triggers[0].text if triggers else ""
        if not self.before:
            return item.given == "" and now != ""
        was: Any = self.before
        for name in node.trigger.split("/")[2:]:
            was = was.get(name, "") if isinstance(was, Mapping) else ""
        return bool(now != was)

    def _repeat(self, ready: Ready) -> None:
        """As many instances of a repeat as its count says."""
        if ready.count is None:
            return
        node = ready.node
        around = node.path.rpartition("/")[0]
        for at in self.filled.by_path.get(around, [self.filled.data]):
            # The count is an expression of the repeat itself, which may have no instance yet.
            here = Item(node.name, None, node)
            here.parent = at
            wanted = number(self._do(ready.count, here))
            most = int(wanted) if math.isfinite(wanted) and wanted > 0 else 0
            if most > MOST_REPEATS:
                self._fault(at, "too_many", node)
                most = MOST_REPEATS
            items = at.below.get(node.name, [])
            self.filled.cut(items, most)
            for _more in range(most - len(items)):
                if self.filled.count < MOST_ITEMS:
                    self.filled.repeat(node, at)

    def _do(self, work: Work, item: Item) -> Any:
        return work(Here(self.world, item))

    # What is missing or wrong.

    def check(self) -> None:
        """Look at every relevant question, in the form's order. Raises TooMuchWork."""
        for path, index in self.filled.crowded:
            self.faults.append((path, index, "too_many", {}))
        for item in list(self.filled.data.walk())[1:]:
            if item.node is None or not item.relevant:
                continue
            self.relevant.append(item.place())
            ready = self.program.ready[item.node.path]
            if ready.readonly is not None and boolean(self._do(ready.readonly, item)):
                self.readonly.append(item.place())
            if item.node.kind == "question":
                self._check(ready, item)

    def _check(self, ready: Ready, item: Item) -> None:
        node = ready.node
        required = ready.required is not None and (
            ready.always or boolean(self._do(ready.required, item))
        )
        if required:
            self.required.append(item.place())
        if ready.office and not self.filled.office:
            return
        if item in self.filled.wrong:
            self._fault(item, "type")
        elif item.text == "":
            if required and not ready.office and node.type not in ("note", "calculate", "hidden"):
                self._fault(item, "required", words=node.required_message)
        elif node.type in SELECTS and not self._may_choose(item):
            self._fault(item, "choice")
        elif ready.constraint is not None and not boolean(self._do(ready.constraint, item)):
            self._fault(item, "constraint", words=node.constraint_message)

    def _may_choose(self, item: Item) -> bool:
        chosen = set(item.text.split())
        if item.node is None or (item.node.type == "select_one" and len(chosen) != 1):
            return False
        return chosen <= {choice.name for choice in self.choices_of(item, chosen)}

    def choices_of(self, item: Item, only: set[str] | None = None) -> tuple[Choice, ...]:
        """The choices of a select, filtered; `only` those names, if given."""
        node = item.node
        if node is None or not node.list:
            return ()
        ready = self.program.ready[node.path]
        if node.list.startswith("/"):
            return self._answers_as_choices(ready, item)
        choices = self.program.form.lists.get(node.list, ())
        items: Sequence[Item] = self.program.choices(node.list)[0].children[0].children
        pairs = [
            (choice, one)
            for choice, one in zip(choices, items, strict=True)
            if only is None or choice.name in only
        ]
        self.world.spend(len(pairs))
        if ready.filter is None:
            return tuple(choice for choice, _one in pairs)
        work = ready.filter
        size = len(pairs)
        return tuple(
            choice
            for place, (choice, one) in enumerate(pairs, start=1)
            if boolean(work(Here(self.world, one, item, place, size)))
        )

    def _answers_as_choices(self, ready: Ready, item: Item) -> tuple[Choice, ...]:
        """Choices that are answers of a repeat."""
        node, found = ready.node, []
        for place, one in enumerate(self.filled.by_path.get(node.list, ()), start=1):
            kept = ready.filter is None or boolean(ready.filter(Here(self.world, one, item, place)))
            value = "".join(i.value() for i in one.below.get(node.parameters["value"], ()))
            label = "".join(i.value() for i in one.below.get(node.parameters["label"], ()))
            if kept and one.relevant and value:
                found.append(Choice("_".join(value.split()), {self.language: label or value}))
        return tuple(found)

    # Words.

    def at(self, place: str) -> Item | None:
        """The item at a place."""
        if self._places is None:
            self._places = {item.place(): item for item in self.filled.data.walk()}
        return self._places.get(place)

    def label_of(self, item: Item, value: str) -> str:
        """The label of a choice of the select that `item` answers; the value if it has none."""
        if item.node is None:
            return value
        found = self.choices_of(item, {value}) if item.node.list.startswith("/") else ()
        for choice in found or self.program.form.lists.get(item.node.list, ()):
            if choice.name == value:
                return choice.label.get(self.language) or next(iter(choice.label.values()), value)
        return value

    def shown(self, expression: str, item: Item, shown: Callable[[Node, str], str] | None) -> str:
        """What stands in a text for an expression: a select's label, else the value."""
        value = work_of(expression)(Here(self.world, item))
        if isinstance(value, list) and value and value[0].node is not None:
            found = value[0]
            if value[0].node.type in SELECTS:
                return "، ".join(self.label_of(found, one) for one in found.text.split())
            return found.text if shown is None else shown(value[0].node, found.text)
        return string(value)

    def _fault(
        self, item: Item, code: str, node: Node | None = None, words: Texts | None = None
    ) -> None:
        about = node or item.node
        path = "" if about is None else about.path
        self.faults.append((path, item.index(), code, words or {}))

    def _warn(self, item: Item, code: str) -> None:
        path = "" if item.node is None else item.node.path
        self.warnings.append((path, item.index(), code, {}))


def keep(nodes: Sequence[Node], at: Item) -> dict[str, Any]:
    """The answers below an item, nested as they are kept; what is irrelevant is left out."""
    found: dict[str, Any] = {}
    for node in nodes:
        items = [item for item in at.below.get(node.name, ()) if item.relevant]
        if node.kind == "repeat":
            found[node.name] = [keep(node.children, item) for item in items]
        elif items and node.kind == "group":
            found[node.name] = keep(node.children, items[0])
        elif items and node.type != "note":
            found[node.name] = items[0].text
    return found
