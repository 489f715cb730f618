"""The data that expressions are worked out on: items with a name, a text or items below."""

from __future__ import annotations

from collections.abc import Iterator

from diwan.services.rules.formtree import Node


class Item:
    """An element of the data, or of a list of choices. Its text is empty while it is irrelevant."""

    __slots__ = (
        "below",
        "children",
        "given",
        "name",
        "node",
        "number",
        "parent",
        "relevant",
        "text",
    )

    def __init__(
        self, name: str, parent: Item | None = None, node: Node | None = None, text: str = ""
    ) -> None:
        """An item below `parent`, the last of its name so far."""
        self.name, self.parent, self.node, self.text = name, parent, node, text
        self.children: list[Item] = []
        self.below: dict[str, list[Item]] = {}
        self.relevant = True
        self.given: str | None = None
        self.number = 1
        if parent is not None:
            parent.children.append(self)
            alike = parent.below.setdefault(name, [])
            alike.append(self)
            self.number = len(alike)

    def value(self) -> str:
        """Its text, or all texts below it."""
        if self.children:
            return "".join(child.value() for child in self.children)
        return self.text

    def walk(self) -> Iterator[Item]:
        """The item and everything below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def place(self) -> str:
        """Its path; instances of repeats are numbered (``/data/kids[2]/age``)."""
        above = "" if self.parent is None else self.parent.place()
        if self.name == "":
            return above
        repeated = self.node is not None and self.node.kind == "repeat"
        return f"{above}/{self.name}[{self.number}]" if repeated else f"{above}/{self.name}"

    def index(self) -> tuple[int, ...]:
        """The numbers of the repeats it stands in, from above."""
        above = () if self.parent is None else self.parent.index()
        repeated = self.node is not None and self.node.kind == "repeat"
        return (*above, self.number) if repeated else above
