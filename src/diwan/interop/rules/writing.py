"""Writing a register: always the same text for the same data, that `format.read` reads back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .events import resolved

WIDTH = 110
# What may stand bare: words of any script with blanks, half-spaces and harmless marks between.
_BARE = re.compile(r"[^\W_]([\w \u200c.()/؛«»؟-]*[\w.()»؟])?")
_QUOTABLE = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]*")


def written(document: Mapping[str, Any]) -> str:
    """A register as a YAML document, without an end mark.

    >>> print(written({"key": "m1", "name": {"fa": "شورا"}, "roles": ["head"]}), end="")
    key: m1
    name: {fa: شورا}
    roles:
    - head
    """
    return "".join(f"{line}\n" for line in _mapping(document, ""))


def _mapping(value: Mapping[str, Any], indent: str) -> Iterator[str]:
    for key, part in value.items():
        yield from _field(key, part, indent)


def _field(key: str, value: Any, indent: str) -> Iterator[str]:
    flat = _flat(value)
    if flat is not None and len(indent) + len(key) + 2 + len(flat) <= WIDTH:
        yield f"{indent}{key}: {flat}"
    elif isinstance(value, Mapping):
        yield f"{indent}{key}:"
        yield from _mapping(value, f"{indent}  ")
    elif isinstance(value, list | tuple):
        yield f"{indent}{key}:"
        yield from _items(value, indent)
    else:
        yield f"{indent}{key}: {scalar(value)}"


def _items(value: Sequence[Any], indent: str) -> Iterator[str]:
    for item in value:
        flat = _flat(item)
        if flat is not None and ("key" not in item if isinstance(item, Mapping) else True):
            yield f"{indent}- {flat}"
            continue
        lines = list(_mapping(item, f"{indent}  "))
        yield f"{indent}- {lines[0].lstrip()}"
        yield from lines[1:]


def _flat(value: Any) -> str | None:
    """The value on one line, where it is a scalar, an empty list or a small mapping of scalars."""
    if isinstance(value, Mapping):
        if not value or any(_deep(part) for part in value.values()):
            return None
        flat = ", ".join(f"{key}: {_flat(part)}" for key, part in value.items())
        return f"{{{flat}}}" if len(flat) <= WIDTH else None
    if isinstance(value, list | tuple):
        return None if value else "[]"
    return scalar(value)


def _deep(value: Any) -> bool:
    """True of what needs lines of its own: anything but a scalar and a date in its calendar."""
    if isinstance(value, Mapping):
        return len(value) != 1 or not {"jalali", "hijri", "event"}.issuperset(value)
    return isinstance(value, list | tuple)


def scalar(value: object) -> str:
    """A text, number or yes-or-no, quoted where it would be read as something else.

    >>> scalar("no"), scalar("2012"), scalar("it's: so"), scalar(True)
    ('no', "'2012'", "'it''s: so'", 'true')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    text = str(value)
    if _BARE.fullmatch(text) and resolved(text) == text and not _like_a_date(text):
        return text
    if _QUOTABLE.fullmatch(text):
        return "'" + text.replace("'", "''") + "'"
    # JSON's escapes are YAML's; the rest of what cannot be seen is escaped, too.
    quoted = json.dumps(text, ensure_ascii=False)
    return re.sub(
        "[\x7f-\x9f\u2028\u2029\ufeff]", lambda hidden: f"\\u{ord(hidden[0]):04x}", quoted
    )


def _like_a_date(text: str) -> bool:
    # Other readers of YAML would make a date or a number of it.
    return text[:1].isdigit()
