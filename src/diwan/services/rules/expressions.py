"""What a form's expressions refer to, and which of them cannot be worked out.

Found when the workbook is checked: so no citizen ever meets a formula that fails.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from .formtree import Form, Node
from .xlsform_words import TEXT_REFERENCE
from .xpath.compiling import work_of
from .xpath.grammar import (
    Binary,
    Call,
    ExpressionError,
    Literal,
    Negative,
    Path,
    Step,
    Tree,
    read,
)

COLUMNS = {
    "relevant": "relevant",
    "required": "required",
    "constraint": "constraint",
    "calculation": "calculation",
    "readonly": "read_only",
    "default_expression": "default",
    "filter": "choice_filter",
    "count": "repeat_count",
}
"""Attributes of a node that are expressions, and their columns in the sheet `survey`."""
_SIDEWAYS = ("preceding-sibling", "following-sibling")
_ANYTHING = ("*", "node()")


@dataclass(frozen=True)
class ExpressionFault:
    """An expression of the question at `path` that cannot be worked out.

    `column` is XLSForm's; `code` and `detail` are those of `ExpressionError`.
    """

    path: str
    column: str
    code: str
    detail: str = ""


@dataclass(frozen=True)
class References:
    """Paths that an expression reads; `vague` where only the data can tell what else it reads."""

    paths: frozenset[str]
    vague: bool = False


def expression_faults(form: Form) -> tuple[ExpressionFault, ...]:
    """Every expression of the form that cannot be worked out, in the form's order."""
    found: list[ExpressionFault] = []
    for node in _nodes(form):
        for column, text, here in _expressions(node):
            try:
                work_of(text)
                references(form, text, node.path, here)
                _divides_by_nought(read(text))
            except ExpressionError as error:
                found.append(ExpressionFault(node.path, column, error.code, error.detail))
    if not found:
        try:
            order_of(form)
        except ExpressionError as error:
            found.append(ExpressionFault(error.detail, "calculation", error.code, error.detail))
    return tuple(found)


def references(form: Form, text: str, at: str, here: str | None = "") -> References:
    """What an expression of the question at the path `at` reads. Raises ExpressionError.

    `here` is where its relative paths begin: `at` if not given, None within a list of choices.
    """
    resolver = _Resolver(form, at)
    resolver.tree(read(text), at if here == "" else here)
    return References(frozenset(resolver.found), resolver.vague)


def order_of(form: Form) -> tuple[str, ...]:
    """Paths of all nodes, each behind whatever its relevance and calculation read.

    Raises ExpressionError (``cycle``).
    """
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for node in _nodes(form):
        above = node.path.rpartition("/")[0]
        sorter.add(node.path, *([above] if above in form.by_path else []))
        read_by_it: set[str] = set()
        for text in (node.relevant, node.calculation, node.count):
            if text:
                read_by_it |= references(form, text, node.path).paths
        # Who reads a group that it stands in reads its neighbours there, not itself.
        sorter.add(node.path, *(one for one in read_by_it if not _around(one, node.path)))
    try:
        return tuple(sorter.static_order())
    except CycleError as error:
        raise ExpressionError("cycle", error.args[1][0]) from error


def _around(path: str, inner: str) -> bool:
    return inner == path or inner.startswith(path + "/")


def _nodes(form: Form) -> Iterator[Node]:
    for top in form.nodes:
        yield from top.walk()


def _expressions(node: Node) -> Iterator[tuple[str, str, str | None]]:
    """Column, text and where relative paths begin."""
    for attribute, column in COLUMNS.items():
        text = getattr(node, attribute)
        if text:
            listed = node.list if node.list.startswith("/") else None
            yield column, text, listed if attribute == "filter" else node.path
    for column in ("label", "hint"):
        for text in getattr(node, column).values():
            for found in TEXT_REFERENCE.findall(text):
                yield column, found[2:-1], node.path


class _Resolver:
    def __init__(self, form: Form, at: str) -> None:
        self.form, self.at = form, at
        self.found: set[str] = set()
        self.vague = False

    def tree(self, tree: Tree, here: str | None) -> None:
        if isinstance(tree, Binary):
            self.tree(tree.left, here)
            self.tree(tree.right, here)
        elif isinstance(tree, Negative):
            self.tree(tree.operand, here)
        elif isinstance(tree, Call):
            self.call(tree, here)
        elif isinstance(tree, Path):
            self.path(tree, here)

    def call(self, tree: Call, here: str | None) -> None:
        if tree.name == "instance" and tree.given and isinstance(tree.given[0], Literal):
            name = str(tree.given[0].value)
            if name not in self.form.lists:
                raise ExpressionError("list", name)
        if tree.name == "jr:choice-name" and len(tree.given) == 2:
            second = tree.given[1]
            if isinstance(second, Literal) and isinstance(second.value, str):
                self.tree(read(second.value.strip()), here)
        for given in tree.given:
            self.tree(given, here)

    def path(self, tree: Path, here: str | None) -> None:
        if tree.start == "/":
            here = ""
        elif isinstance(tree.start, Call) and tree.start.name == "current":
            here = self.at
        elif not isinstance(tree.start, str):
            self.tree(tree.start, here)
            here = None
        for predicate in tree.predicates:
            self.tree(predicate, here)
        for step in tree.steps:
            here = self.step(step, here)
            for predicate in step.predicates:
                self.tree(predicate, here)
        if here is not None:
            self.reads(here)

    def step(self, step: Step, here: str | None) -> str | None:
        """Where the step leads; None where only the data can tell, or outside the form."""
        if here is None or step.axis == "attribute":
            return None
        if step.axis == "self":
            return here
        if step.axis == "parent":
            if here == "":
                raise ExpressionError("path", "..")
            return here.rpartition("/")[0]
        if step.axis in _SIDEWAYS and step.name not in _ANYTHING:
            return self.known(f"{here.rpartition('/')[0]}/{step.name}")
        if step.axis != "child" or step.name in _ANYTHING:
            self.vague = True
            return None
        return self.known(f"{here}/{step.name}")

    def known(self, path: str) -> str | None:
        root = f"/{self.form.root}"
        if path == f"{root}/meta" or path.startswith(f"{root}/meta/"):
            return None
        if path != root and path not in self.form.by_path:
            raise ExpressionError("path", path)
        return path

    def reads(self, path: str) -> None:
        if path in self.form.by_path:
            self.found.add(path)
        else:
            self.vague = True


def _divides_by_nought(tree: Tree) -> None:
    """Raises ExpressionError where something is always divided by nought."""
    if isinstance(tree, Binary):
        if tree.op in ("div", "mod") and _constant(tree.right) == 0:
            raise ExpressionError("division", tree.op)
        _divides_by_nought(tree.left)
        _divides_by_nought(tree.right)
    elif isinstance(tree, Negative):
        _divides_by_nought(tree.operand)
    elif isinstance(tree, Call):
        for given in tree.given:
            _divides_by_nought(given)
    elif isinstance(tree, Path):
        for predicate in (*tree.predicates, *(p for s in tree.steps for p in s.predicates)):
            _divides_by_nought(predicate)


def _constant(tree: Tree) -> float:
    """The number that a tree always is; NaN where it depends on anything."""
    if isinstance(tree, Literal):
        return tree.value if isinstance(tree.value, float) else math.nan
    if isinstance(tree, Negative):
        return -_constant(tree.operand)
    if isinstance(tree, Binary) and tree.op in ("+", "-", "*"):
        left, right = _constant(tree.left), _constant(tree.right)
        return left + right if tree.op == "+" else left - right if tree.op == "-" else left * right
    return math.nan
