"""The functions of ODK XForms, by name. Those about days and places stand in modules of their own.

A function that is not here is a fault of the workbook, found when it is checked.
"""

from __future__ import annotations

import base64
import hashlib
import math
import random
import uuid
from collections.abc import Callable, Sequence

from . import functions_days, functions_places, functions_texts, patterns
from .called import CALLED, function
from .grammar import Call, ExpressionError, Literal
from .tree import Item
from .values import Value, boolean, number, numbers, string, texts
from .world import Here, Work

__all__ = ["CALLED", "LAZY", "check_call"]
_MODULES = (functions_days, functions_places, functions_texts)  # declare theirs when they are read


def check_call(tree: Call) -> None:
    """Raises ExpressionError where there is no such function, or it is given too much or little."""
    if tree.name in LAZY:
        least, most = _LAZY_GIVEN[tree.name]
    elif tree.name in CALLED:
        least, most = CALLED[tree.name].least, CALLED[tree.name].most
    else:
        raise ExpressionError("function", tree.name)
    if not least <= len(tree.given) <= most:
        raise ExpressionError("arguments", tree.name)
    if tree.name == "regex" and isinstance(tree.given[1], Literal):
        patterns.check(str(tree.given[1].value))


def _if(here: Here, given: Sequence[Work]) -> Value:
    return given[1](here) if boolean(given[0](here)) else given[2](here)


def _coalesce(here: Here, given: Sequence[Work]) -> Value:
    for work in given:
        value = work(here)
        if string(value) != "":
            return value
    return ""


def _once(here: Here, given: Sequence[Work]) -> Value:
    """What was worked out first stays."""
    kept = here.origin.text or here.origin.given or ""
    return kept if kept != "" else given[0](here)


LAZY: dict[str, Callable[[Here, Sequence[Work]], Value]] = {
    "if": _if,
    "coalesce": _coalesce,
    "once": _once,
}
_LAZY_GIVEN = {"if": (3, 3), "coalesce": (1, 20), "once": (1, 1)}


@function("true", 0)
def _true(_here: Here) -> Value:
    return True


@function("false", 0)
def _false(_here: Here) -> Value:
    return False


@function("not", 1)
def _not(_here: Here, value: Value) -> Value:
    return not boolean(value)


@function("boolean", 1)
def _boolean(_here: Here, value: Value) -> Value:
    return boolean(value)


@function("boolean-from-string", 1)
def _boolean_from_string(_here: Here, value: Value) -> Value:
    return string(value).strip().lower() in ("true", "1")


@function("string", 0, 1)
def _string(here: Here, value: Value | None = None) -> Value:
    return string([here.item] if value is None else value)


@function("number", 0, 1)
def _number(here: Here, value: Value | None = None) -> Value:
    return float(number([here.item] if value is None else value))


@function("int", 1)
def _int(_here: Here, value: Value) -> Value:
    found = number(value)
    return float(math.trunc(found)) if math.isfinite(found) else math.nan


@function("floor", 1)
def _floor(_here: Here, value: Value) -> Value:
    found = number(value)
    return float(math.floor(found)) if math.isfinite(found) else found


@function("ceiling", 1)
def _ceiling(_here: Here, value: Value) -> Value:
    found = number(value)
    return float(math.ceil(found)) if math.isfinite(found) else found


@function("round", 1, 2)
def _round(_here: Here, value: Value, digits: Value = 0.0) -> Value:
    """Half is rounded away from nought, as form apps do (XPath: up)."""
    found, places = number(value), number(digits)
    if not math.isfinite(found) or not math.isfinite(places) or abs(places) > 15:
        return found
    scale = 10.0 ** math.trunc(places)
    if not math.isfinite(found * scale):
        return found
    return math.copysign(math.floor(abs(found) * scale + 0.5) / scale, found)


@function("pow", 2)
def _pow(_here: Here, base: Value, exponent: Value) -> Value:
    try:
        found = number(base) ** number(exponent)
    except (OverflowError, ZeroDivisionError):
        return math.inf
    return math.nan if isinstance(found, complex) else float(found)


def _plain(name: str, work: Callable[[float], float]) -> None:
    @function(name, 1)
    def _worked(_here: Here, value: Value) -> Value:
        try:
            return float(work(float(number(value))))
        except ValueError:
            return math.nan
        except OverflowError:
            return math.inf


for _name in ("sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "exp"):
    _plain(_name, getattr(math, _name))
_plain("abs", abs)
_plain("log", lambda x: -math.inf if x == 0 else math.log(x))
_plain("log10", lambda x: -math.inf if x == 0 else math.log10(x))
_plain("exp10", lambda x: 10.0**x)


@function("atan2", 2)
def _atan2(_here: Here, y: Value, x: Value) -> Value:
    return math.atan2(number(y), number(x))


@function("pi", 0)
def _pi(_here: Here) -> Value:
    return math.pi


@function("random", 0)
def _random(_here: Here) -> Value:
    return random.random()  # noqa: S311  a form's lottery guards nothing


@function("uuid", 0, 1)
def _uuid(_here: Here, length: Value | None = None) -> Value:
    made = str(uuid.uuid4())
    wanted = 36.0 if length is None else number(length)
    return made if not 0 < wanted < 32 else made.replace("-", "")[: int(wanted)]


@function("sum", 1)
def _sum(_here: Here, values: Value) -> Value:
    return float(sum(numbers([values])))


@function("min", 1, 50)
def _min(_here: Here, *values: Value) -> Value:
    found = numbers(values)
    return math.nan if not found or any(math.isnan(one) for one in found) else min(found)


@function("max", 1, 50)
def _max(_here: Here, *values: Value) -> Value:
    found = numbers(values)
    return math.nan if not found or any(math.isnan(one) for one in found) else max(found)


@function("count", 1)
def _count(_here: Here, values: Value) -> Value:
    return float(len(values)) if isinstance(values, list) else 0.0


@function("count-non-empty", 1)
def _count_non_empty(_here: Here, values: Value) -> Value:
    return float(sum(1 for text in texts(values) if text != ""))


@function("position", 0, 1)
def _position(here: Here, values: Value | None = None) -> Value:
    if values is None:
        return float(here.position)
    return float(values[0].number) if isinstance(values, list) and values else math.nan


@function("last", 0)
def _last(here: Here) -> Value:
    return float(here.size)


@function("name", 0, 1)
@function("local-name", 0, 1)
def _name_of(here: Here, values: Value | None = None) -> Value:
    items = [here.item] if values is None else values
    return items[0].name if isinstance(items, list) and items else ""


@function("selected", 2)
def _selected(_here: Here, answer: Value, choice: Value) -> Value:
    return string(choice).strip() in string(answer).split()


@function("selected-at", 2)
def _selected_at(_here: Here, answer: Value, place: Value) -> Value:
    chosen, wanted = string(answer).split(), number(place)
    fits = math.isfinite(wanted) and 0 <= wanted < len(chosen)
    return chosen[int(wanted)] if fits else ""


@function("count-selected", 1)
def _count_selected(_here: Here, answer: Value) -> Value:
    return float(len(string(answer).split()))


@function("jr:choice-name", 2)
def _choice_name(here: Here, value: Value, path: Value) -> Value:
    from .compiling import work_of  # noqa: PLC0415  the path is an expression within a text

    try:
        found = work_of(string(path).strip())(here)
    except ExpressionError:
        return string(value)
    if not isinstance(found, list) or not found:
        return string(value)
    return here.world.label_of(found[0], string(value))


@function("indexed-repeat", 3, 7)
def _indexed_repeat(_here: Here, asked: Value, *pairs: Value) -> Value:
    """What is asked, in the repeat of that number (and the one below it of that number …)."""
    found = asked if isinstance(asked, list) else []
    chosen: Item | None = None
    for repeats, wanted in zip(pairs[::2], pairs[1::2], strict=False):
        items = repeats if isinstance(repeats, list) else []
        if chosen is not None:
            items = [item for item in items if _is_below(item, chosen)]
        place = number(wanted)
        if not 1 <= place <= len(items):
            return []
        chosen = items[int(place) - 1]
    return [item for item in found if chosen is None or _is_below(item, chosen)]


def _is_below(item: Item, above: Item) -> bool:
    at: Item | None = item
    while at is not None and at is not above:
        at = at.parent
    return at is above


@function("checklist", 3, 50)
def _checklist(_here: Here, least: Value, most: Value, *values: Value) -> Value:
    return _within(least, most, sum(_truths(values)))


@function("weighted-checklist", 4, 50)
def _weighted(_here: Here, least: Value, most: Value, *values: Value) -> Value:
    truths, weights = _truths(values[::2]), numbers(values[1::2])
    return _within(least, most, sum(w for t, w in zip(truths, weights, strict=False) if t))


def _truths(values: Sequence[Value]) -> list[bool]:
    found: list[bool] = []
    for value in values:
        if isinstance(value, list):
            found += [item.value() not in ("", "0", "false") for item in value]
        else:
            found.append(boolean(value))
    return found


def _within(least: Value, most: Value, total: float) -> bool:
    low, high = number(least), number(most)
    return (low < 0 or total >= low) and (high < 0 or total <= high)


@function("digest", 2, 3)
def _digest(_here: Here, data: Value, algorithm: Value, encoding: Value = "base64") -> Value:
    name = string(algorithm).lower().replace("-", "")
    if name not in ("md5", "sha1", "sha256", "sha384", "sha512"):
        return ""
    made = hashlib.new(name, string(data).encode(), usedforsecurity=False).digest()
    return made.hex() if string(encoding) == "hex" else base64.b64encode(made).decode()


@function("pulldata", 4, 10)
def _pulldata(_here: Here, *_values: Value) -> Value:
    """Tables beside the form are not taken."""
    return ""


@function("instance", 1)
def _instance(here: Here, name: Value) -> Value:
    return here.world.lists(string(name))


@function("property", 1)
def _property(here: Here, name: Value) -> Value:
    return here.world.facts.get(string(name), "")
