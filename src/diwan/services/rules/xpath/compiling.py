"""From an expression's tree to a function that works it out."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

from .functions import CALLED, LAZY, check_call
from .grammar import Binary, Call, ExpressionError, Literal, Negative, Path, Step, Tree, read
from .tree import Item
from .values import Value, boolean, compared, equal, number, unequal
from .world import Here, Work


@lru_cache(maxsize=8192)
def work_of(text: str) -> Work:
    """The function that works an expression out. Raises ExpressionError."""
    return compiled(read(text))


def compiled(tree: Tree) -> Work:
    """The function that works a tree out. Raises ExpressionError."""
    if isinstance(tree, Literal):
        value = tree.value
        return lambda _here: value
    if isinstance(tree, Negative):
        operand = compiled(tree.operand)
        return lambda here: -number(operand(here))
    if isinstance(tree, Binary):
        return _binary(tree)
    if isinstance(tree, Call):
        return _call(tree)
    return _path(tree)


def _divided(left: float, right: float) -> float:
    if right:
        return left / right
    if left == 0 or math.isnan(left) or math.isnan(right):
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def _remainder(left: float, right: float) -> float:
    return math.nan if right == 0 or math.isinf(left) else math.fmod(left, right)


_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "div": _divided,
    "mod": _remainder,
}
_ORDER: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _joined(left: Value, right: Value) -> Value:
    ones = left if isinstance(left, list) else []
    others = right if isinstance(right, list) else []
    return list(dict.fromkeys((*ones, *others)))


_SETS: dict[str, Callable[[Value, Value], Value]] = {"=": equal, "!=": unequal, "|": _joined}


def _binary(tree: Binary) -> Work:
    left, right = compiled(tree.left), compiled(tree.right)
    if tree.op == "and":
        return lambda here: boolean(left(here)) and boolean(right(here))
    if tree.op == "or":
        return lambda here: boolean(left(here)) or boolean(right(here))
    if tree.op in _SETS:
        of_sets = _SETS[tree.op]
        return lambda here: of_sets(left(here), right(here))
    if tree.op in _ORDER:
        test = _ORDER[tree.op]
        return lambda here: compared(left(here), right(here), test)
    count = _ARITHMETIC[tree.op]
    # The sum of two days must not be written as a day.
    return lambda here: float(count(float(number(left(here))), float(number(right(here)))))


def _call(tree: Call) -> Work:
    if tree.name == "current":
        return lambda here: [here.origin]
    check_call(tree)
    given = tuple(compiled(one) for one in tree.given)
    if tree.name in LAZY:
        lazy = LAZY[tree.name]
        return lambda here: lazy(here, given)
    called = CALLED[tree.name].work
    if len(given) == 1:
        only = given[0]
        return lambda here: called(here, only(here))
    return lambda here: called(here, *(one(here) for one in given))


def _path(tree: Path) -> Work:
    steps = [_step(step) for step in tree.steps]
    if isinstance(tree.start, str):
        rooted = tree.start == "/"

        def walked(here: Here) -> Value:
            found = [here.world.root if rooted else here.item]
            for step in steps:
                found = step(here, found)
            return found

        return walked
    if isinstance(tree.start, Call) and tree.start.name == "instance":
        return _from_list(tree.start, steps)
    start, kept = compiled(tree.start), _kept(tree.predicates)

    def walked_from(here: Here) -> Value:
        value = start(here)
        found = value if isinstance(value, list) else []
        found = kept(here, found) if kept else found
        for step in steps:
            found = step(here, found)
        return found

    return walked_from


def _from_list(start: Call, steps: Sequence[Callable[[Here, list[Item]], list[Item]]]) -> Work:
    name = start.given[0] if len(start.given) == 1 else None
    if not isinstance(name, Literal):
        raise ExpressionError("arguments", "instance")
    wanted = str(name.value)

    def walked(here: Here) -> Value:
        found = here.world.lists(wanted)
        for step in steps:
            found = step(here, found)
        return found

    return walked


def _step(step: Step) -> Callable[[Here, list[Item]], list[Item]]:
    kept = _kept(step.predicates)
    name = step.name
    if step.axis == "child" and name not in ("*", "node()"):

        def children(here: Here, items: list[Item]) -> list[Item]:
            if len(items) == 1 and not kept:
                return items[0].below.get(name, [])
            found: list[Item] = []
            for item in items:
                alike = item.below.get(name, [])
                found.extend(kept(here, alike) if kept else alike)
            here.world.spend(len(found))
            return found

        return children
    axis = _AXES[step.axis]

    def along(here: Here, items: list[Item]) -> list[Item]:
        found: dict[Item, None] = {}
        for item in items:
            alike = [one for one in axis(item) if name in ("*", "node()", one.name)]
            here.world.spend(len(alike) + 1)
            found.update(dict.fromkeys(kept(here, alike) if kept else alike))
        return list(found)

    return along


def _kept(predicates: Sequence[Tree]) -> Callable[[Here, list[Item]], list[Item]] | None:
    tests = [compiled(predicate) for predicate in predicates]
    if not tests:
        return None

    def kept(here: Here, items: list[Item]) -> list[Item]:
        for test in tests:
            size = len(items)
            here.world.spend(size)
            found = []
            for place, item in enumerate(items, start=1):
                value = test(Here(here.world, item, here.origin, place, size))
                if value == place if type(value) is float else boolean(value):
                    found.append(item)
            items = found
        return items

    return kept


def _ancestors(item: Item) -> Iterator[Item]:
    above = item.parent
    while above is not None:
        yield above
        above = above.parent


def _before(item: Item) -> list[Item]:
    if item.parent is None:
        return []
    siblings = item.parent.children
    return siblings[: siblings.index(item)][::-1]


def _after(item: Item) -> list[Item]:
    if item.parent is None:
        return []
    siblings = item.parent.children
    return siblings[siblings.index(item) + 1 :]


_AXES: dict[str, Callable[[Item], Iterable[Item]]] = {
    "child": lambda item: item.children,
    "parent": lambda item: () if item.parent is None else (item.parent,),
    "self": lambda item: (item,),
    "ancestor": _ancestors,
    "ancestor-or-self": lambda item: (item, *_ancestors(item)),
    "descendant": lambda item: list(item.walk())[1:],
    "descendant-or-self": Item.walk,
    "preceding-sibling": _before,
    "following-sibling": _after,
    "attribute": lambda _item: (),
}
