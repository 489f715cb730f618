"""From an expression's text to its tree.

XPath 1.0 without variables and comments. An expression is at most `LONGEST` signs long, `DEEPEST`
brackets deep and `TALLEST` operations high, so that none takes long to read or overflows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

LONGEST = 5_000
DEEPEST = 40
TALLEST = 150
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>\d+(?:\.\d*)?|\.\d+)
    | (?P<text>"[^"]*"|'[^']*')
    | (?P<name>[^\W\d][\w\-.]*(?::(?!:)[^\W\d][\w\-.]*)?)
    | (?P<sign>::|//|!=|<=|>=|\.\.|[/.@*|+\-=<>()\[\],])
    )""",
    re.VERBOSE,
)
_WORDS = frozenset(("and", "or", "div", "mod"))
_BEFORE_OPERAND = frozenset(
    ("@", "::", "(", "[", ",", "/", "//", "|", "+", "-", "=", "!=", "<", "<=", ">", ">=", "op")
)
AXES = frozenset(
    (
        "child",
        "parent",
        "self",
        "ancestor",
        "ancestor-or-self",
        "descendant",
        "descendant-or-self",
        "following-sibling",
        "preceding-sibling",
        "attribute",
    )
)
_LEVELS = (("or",), ("and",), ("=", "!="), ("<", "<=", ">", ">="), ("+", "-"), ("*", "div", "mod"))


class ExpressionError(ValueError):
    """An expression that cannot be worked out.

    `code`: ``syntax``, ``too_long``, ``too_deep``, ``function`` (no such function), ``arguments``
    (not as many), ``pattern`` (of `regex`), ``path`` (no such question), ``list`` (no such list),
    ``division`` (by nought, always), ``cycle``. `detail` is the word it is about.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        """What is wrong, and with which word."""
        super().__init__(f"{code}: {detail}")
        self.code, self.detail = code, detail


@dataclass(frozen=True)
class Literal:
    """A number or a text."""

    value: float | str


@dataclass(frozen=True)
class Binary:
    """Two operands and the sign or word between them (``|`` too)."""

    op: str
    left: Tree
    right: Tree


@dataclass(frozen=True)
class Negative:
    """A minus before an operand."""

    operand: Tree


@dataclass(frozen=True)
class Call:
    """A function and what it is given."""

    name: str
    given: tuple[Tree, ...]


@dataclass(frozen=True)
class Step:
    """One step of a path. `name` is ``*`` for any element, ``node()`` for anything."""

    axis: str
    name: str
    predicates: tuple[Tree, ...] = ()


@dataclass(frozen=True)
class Path:
    """Steps from the root (``start`` is ``/``), from where we are (``""``) or an expression."""

    start: Tree | str
    steps: tuple[Step, ...]
    predicates: tuple[Tree, ...] = ()


Tree: TypeAlias = Literal | Binary | Negative | Call | Path


@lru_cache(maxsize=8192)
def read(text: str) -> Tree:
    """The tree of an expression. Raises ExpressionError."""
    if len(text) > LONGEST:
        raise ExpressionError("too_long", str(len(text)))
    reader = _Reader(_tokens(text))
    tree = reader.expression()
    if reader.kind() != "end":
        raise ExpressionError("syntax", reader.word())
    _require_flat(tree)
    return tree


def _require_flat(tree: Tree) -> None:
    """Raises ExpressionError where working it out would go too deep: a chain is deep, too."""
    waiting = [(tree, 1)]
    while waiting:
        one, depth = waiting.pop()
        if depth > TALLEST:
            raise ExpressionError("too_deep")
        waiting += [(part, depth + 1) for part in _parts(one)]


def _parts(tree: Tree) -> tuple[Tree, ...]:
    if isinstance(tree, Binary):
        return (tree.left, tree.right)
    if isinstance(tree, Negative):
        return (tree.operand,)
    if isinstance(tree, Call):
        return tree.given
    if isinstance(tree, Path):
        within = tuple(part for step in tree.steps for part in step.predicates)
        start = () if isinstance(tree.start, str) else (tree.start,)
        return (*start, *tree.predicates, *within)
    return ()


def _tokens(text: str) -> list[tuple[str, str]]:
    """Pairs of kind (number, text, name, op, sign) and word; ``*`` and names told apart."""
    found: list[tuple[str, str]] = []
    place = 0
    text = text.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise ExpressionError("syntax", text[place : place + 20].strip())
        kind = str(match.lastgroup)
        word = match.group(kind)
        place = match.end()
        before = found[-1] if found else ("sign", "(")
        operand_before = before[0] != "op" and before[1] not in _BEFORE_OPERAND
        if before[0] == "text":
            operand_before = True
        if operand_before and (word == "*" or (kind == "name" and word in _WORDS)):
            kind = "op"
        found.append((kind, word))
    return found


class _Reader:
    """Reads by descent; `_deeper` counts how deep it is."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens, self.place, self.depth = tokens, 0, 0

    def kind(self) -> str:
        return self.tokens[self.place][0] if self.place < len(self.tokens) else "end"

    def word(self, ahead: int = 0) -> str:
        place = self.place + ahead
        return self.tokens[place][1] if place < len(self.tokens) else ""

    def take(self) -> str:
        word = self.word()
        self.place += 1
        return word

    def is_sign(self, *signs: str) -> bool:
        return self.kind() == "sign" and self.word() in signs

    def expect(self, sign: str) -> None:
        if not self.is_sign(sign):
            raise ExpressionError("syntax", self.word() or sign)
        self.place += 1

    def expression(self) -> Tree:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ExpressionError("too_deep")
        tree = self.level(0)
        self.depth -= 1
        return tree

    def level(self, height: int) -> Tree:
        """Operators of one strength and whatever is stronger, from left to right."""
        if height == len(_LEVELS):
            return self.negative()
        left = self.level(height + 1)
        while self.kind() in ("op", "sign") and self.word() in _LEVELS[height]:
            op = self.take()
            left = Binary(op, left, self.level(height + 1))
        return left

    def negative(self) -> Tree:
        minus = 0
        while self.is_sign("-"):
            self.place += 1
            minus += 1
        tree = self.union()
        return Negative(tree) if minus % 2 else tree

    def union(self) -> Tree:
        left = self.path()
        while self.is_sign("|"):
            self.place += 1
            left = Binary("|", left, self.path())
        return left

    def path(self) -> Tree:
        if self.is_sign("/"):
            self.place += 1
            steps = self.steps() if self.begins_step() else ()
            return Path("/", steps)
        if self.is_sign("//"):
            self.place += 1
            return Path("/", (Step("descendant-or-self", "node()"), *self.steps()))
        if not self.begins_primary():
            return Path("", self.steps())
        primary = self.primary()
        predicates = self.predicates()
        further: tuple[Step, ...] = ()
        if self.is_sign("/"):
            self.place += 1
            further = self.steps()
        elif self.is_sign("//"):
            self.place += 1
            further = (Step("descendant-or-self", "node()"), *self.steps())
        return Path(primary, further, predicates) if further or predicates else primary

    def begins_primary(self) -> bool:
        if self.kind() in ("number", "text") or self.is_sign("("):
            return True
        calls = self.kind() == "name" and self.word(1) == "("
        return calls and self.word() not in ("node", "text")

    def begins_step(self) -> bool:
        return self.kind() == "name" or self.is_sign(".", "..", "@", "*")

    def primary(self) -> Tree:
        kind = self.kind()
        if kind == "number":
            return Literal(float(self.take()))
        if kind == "text":
            return Literal(self.take()[1:-1])
        if kind == "sign":
            self.expect("(")
            tree = self.expression()
            self.expect(")")
            return tree
        name = self.take()
        self.expect("(")
        given: list[Tree] = []
        while not self.is_sign(")"):
            if given:
                self.expect(",")
            given.append(self.expression())
        self.expect(")")
        return Call(name, tuple(given))

    def steps(self) -> tuple[Step, ...]:
        found = [self.step()]
        while self.is_sign("/", "//"):
            if self.take() == "//":
                found.append(Step("descendant-or-self", "node()"))
            found.append(self.step())
        return tuple(found)

    def step(self) -> Step:
        if self.is_sign("."):
            self.place += 1
            return Step("self", "node()", self.predicates())
        if self.is_sign(".."):
            self.place += 1
            return Step("parent", "node()", self.predicates())
        axis = "child"
        if self.is_sign("@"):
            self.place += 1
            axis = "attribute"
        elif self.word(1) == "::":
            axis = self.take()
            self.place += 1
            if axis not in AXES:
                raise ExpressionError("syntax", axis)
        return Step(axis, self.test(), self.predicates())

    def test(self) -> str:
        if self.kind() in ("op", "sign") and self.word() == "*":
            self.place += 1
            return "*"
        if self.kind() != "name":
            raise ExpressionError("syntax", self.word())
        name = self.take()
        if self.is_sign("(") and name in ("node", "text"):
            self.place += 1
            self.expect(")")
            return "node()"
        return name

    def predicates(self) -> tuple[Tree, ...]:
        found: list[Tree] = []
        while self.is_sign("["):
            self.place += 1
            found.append(self.expression())
            self.expect("]")
        return tuple(found)
