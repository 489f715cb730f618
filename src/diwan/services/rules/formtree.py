"""The form of a service as a tree: what an XLSForm asks, in which order, under which conditions.

Made by `rules.xlsform` from what pyxform makes of the sheets `survey`, `choices` and `settings`;
drawn by the pages, evaluated by `rules.evaluation`. Expressions are XPath as pyxform writes them,
with absolute paths. Plain, frozen data that goes to JSON and back unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, Literal

from .definition import Texts

NodeKind = Literal["question", "group", "repeat"]


@dataclass(frozen=True)
class Choice:
    """One choice of a list; `extra` are its further columns, by which choices are filtered."""

    name: str
    label: Texts = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)
    image: str = ""


@dataclass(frozen=True)
class Node:
    """A question, a group or a repeat.

    `path` is absolute (``/data/group/age``). `type` is XLSForm's (``text``, ``select_one``,
    ``calculate`` …), empty for groups and repeats. `list` names the choices of a select, `filter`
    is the condition on them; a `list` that begins with ``/`` is a repeat whose answers are the
    choices (its `parameters` ``value`` and ``label`` name the questions). `count` is how often a
    repeat is repeated, if the form says so. `default` is a value, `default_expression` is worked
    out when the form is begun, `trigger` is the path of the question whose change works the
    calculation out. A text may hold ``${expression}``: `Evaluated.filled` puts the answers in.

    `by` is ``office`` where the office answers within a step and the applicant is not asked;
    `applicant` says which fact of the applicant it asks: ``name``, ``phone``, ``email``,
    ``identity`` or ``on_behalf``. Both are columns of ours in the sheet `survey`.
    """

    name: str
    path: str
    kind: NodeKind
    type: str = ""
    label: Texts = field(default_factory=dict)
    hint: Texts = field(default_factory=dict)
    guidance: Texts = field(default_factory=dict)
    relevant: str = ""
    required: str = ""
    required_message: Texts = field(default_factory=dict)
    constraint: str = ""
    constraint_message: Texts = field(default_factory=dict)
    calculation: str = ""
    readonly: str = ""
    default: str = ""
    default_expression: str = ""
    trigger: str = ""
    appearance: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    list: str = ""
    filter: str = ""
    count: str = ""
    by: Literal["", "office"] = ""
    applicant: str = ""
    children: tuple[Node, ...] = ()

    def walk(self) -> Iterator[Node]:
        """The node and everything below it, in the form's order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True)
class Form:
    """A whole form. `root` is the name of the data's root element, as in the paths."""

    id: str
    version: str
    root: str
    title: Texts
    languages: tuple[str, ...]
    nodes: tuple[Node, ...]
    lists: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)

    @cached_property
    def by_path(self) -> Mapping[str, Node]:
        """Every node by its path."""
        return {node.path: node for top in self.nodes for node in top.walk()}

    def to_json(self) -> dict[str, Any]:
        """As plain dicts and lists; `from_json` reads it back."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Form:
        """What `to_json` wrote."""
        lists = {
            name: tuple(Choice(**choice) for choice in choices)
            for name, choices in data["lists"].items()
        }
        nodes = tuple(_node(node) for node in data["nodes"])
        languages = tuple(data["languages"])
        return cls(**{**data, "nodes": nodes, "lists": lists, "languages": languages})


def _node(data: Mapping[str, Any]) -> Node:
    return Node(**{**data, "children": tuple(_node(child) for child in data["children"])})
