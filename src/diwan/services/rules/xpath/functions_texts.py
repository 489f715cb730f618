"""Functions about texts."""

from __future__ import annotations

import base64
import binascii
import math

from . import patterns
from .called import function
from .values import Value, number, string, texts
from .world import Here


@function("regex", 2)
def _regex(_here: Here, text: Value, pattern: Value) -> Value:
    return patterns.matches(string(text), string(pattern))


@function("concat", 0, 100)
def _concat(here: Here, *values: Value) -> Value:
    return here.world.bounded("".join(text for value in values for text in texts(value)))


@function("join", 1, 100)
def _join(here: Here, between: Value, *values: Value) -> Value:
    found = [text for value in values for text in texts(value)]
    here.world.spend(len(string(between)) * len(found) // 100)
    return here.world.bounded(string(between).join(found))


@function("contains", 2)
def _contains(_here: Here, text: Value, part: Value) -> Value:
    return string(part) in string(text)


@function("starts-with", 2)
def _starts_with(_here: Here, text: Value, part: Value) -> Value:
    return string(text).startswith(string(part))


@function("ends-with", 2)
def _ends_with(_here: Here, text: Value, part: Value) -> Value:
    return string(text).endswith(string(part))


@function("string-length", 0, 1)
def _string_length(here: Here, text: Value | None = None) -> Value:
    return float(len(string([here.item] if text is None else text)))


@function("normalize-space", 0, 1)
def _normalize_space(here: Here, text: Value | None = None) -> Value:
    return " ".join(string([here.item] if text is None else text).split())


@function("substr", 2, 3)
def _substr(_here: Here, text: Value, start: Value, end: Value | None = None) -> Value:
    """From `start` (0 is the first; less than 0 counts from the end) up to before `end`."""
    whole, first = string(text), number(start)
    last = float(len(whole)) if end is None else number(end)
    if math.isnan(first) or math.isnan(last):
        return ""
    places = [
        int(max(0, min(len(whole), place + (len(whole) if place < 0 else 0))))
        for place in (first, last)
    ]
    return whole[places[0] : places[1]]


@function("substring", 2, 3)
def _substring(_here: Here, text: Value, start: Value, length: Value = math.inf) -> Value:
    """From `start` (1 is the first) so many signs, rounded as XPath says."""
    whole, first, count = string(text), number(start), number(length)
    if math.isnan(first) or math.isnan(count) or math.isinf(first):
        return ""
    begin = math.floor(first + 0.5)
    end = len(whole) + 1 if math.isinf(count) else begin + math.floor(count + 0.5)
    return whole[max(begin, 1) - 1 : max(end, 1) - 1]


@function("substring-before", 2)
def _substring_before(_here: Here, text: Value, part: Value) -> Value:
    before, found, _after = string(text).partition(string(part)) if string(part) else ("", "", "")
    return before if found else ""


@function("substring-after", 2)
def _substring_after(_here: Here, text: Value, part: Value) -> Value:
    if string(part) == "":
        return string(text)
    return string(text).partition(string(part))[2]


@function("translate", 3)
def _translate(_here: Here, text: Value, signs: Value, others: Value) -> Value:
    into = string(others)
    table: dict[int, str | None] = {}
    for place, sign in enumerate(string(signs)):
        table.setdefault(ord(sign), into[place] if place < len(into) else None)
    return string(text).translate(table)


@function("base64-decode", 1)
def _base64_decode(_here: Here, text: Value) -> Value:
    try:
        return base64.b64decode(string(text), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
