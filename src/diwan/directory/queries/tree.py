"""The tree as of a date, whole or below one unit, in few questions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from diwan.directory.models import Unit, UnitVersion
from diwan.directory.policies import unit_policy
from diwan.kernel.policies import Actor

from .names import TextMap


@dataclass(frozen=True)
class TreeNode:
    """A unit as it stood on the day."""

    unit_id: UUID
    parent_id: UUID | None
    name: TextMap
    kind: str
    province: str
    key: str


@dataclass(frozen=True)
class Tree:
    """Units of a day. `roots` are those whose parent is not among them, in order of name."""

    day: date
    nodes: Mapping[UUID, TreeNode] = field(default_factory=dict)
    children: Mapping[UUID, tuple[UUID, ...]] = field(default_factory=dict)
    roots: tuple[UUID, ...] = ()

    def walk(self, start: UUID | None = None) -> Iterator[tuple[int, TreeNode]]:
        """Depth and node, each before its children; from the roots or from one unit."""
        stack = [(0, pk) for pk in reversed((start,) if start else self.roots)]
        while stack:
            depth, pk = stack.pop()
            yield depth, self.nodes[pk]
            stack += [(depth + 1, child) for child in reversed(self.children.get(pk, ()))]


def tree_on(
    actor: Actor,
    day: date,
    *,
    country: str = "",
    root: UUID | None = None,
    known_at: datetime | None = None,
) -> Tree:
    """The units that the actor may see as they stood on `day`, as known at `known_at`.

    One question, also for ten thousand units. `country` keeps one country's, `root` one unit and
    all below it.
    """
    seen = unit_policy.which(actor, "see", Unit.objects.all())
    rows = UnitVersion.objects.as_of(day, known_at=known_at).filter(unit__in=seen)
    if country:
        rows = rows.filter(unit__country=country)
    values = rows.order_by("search", "unit_id").values_list(
        "unit_id", "parent_id", "name", "kind", "unit__province", "unit__key"
    )
    nodes = {row[0]: TreeNode(*row) for row in values}
    children: dict[UUID, list[UUID]] = defaultdict(list)
    roots = []
    for node in nodes.values():
        if node.parent_id in nodes and node.parent_id is not None:
            children[node.parent_id].append(node.unit_id)
        else:
            roots.append(node.unit_id)
    ordered = {pk: tuple(below) for pk, below in children.items()}
    whole = Tree(day, nodes, ordered, tuple(roots))
    return whole if root is None else _below(whole, root)


def _below(tree: Tree, root: UUID) -> Tree:
    if root not in tree.nodes:
        return Tree(tree.day)
    nodes = {node.unit_id: node for _depth, node in tree.walk(root)}
    children = {pk: below for pk, below in tree.children.items() if pk in nodes}
    return Tree(tree.day, nodes, children, (root,))
