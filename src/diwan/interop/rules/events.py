"""YAML as a guarded stream of events: no aliases, anchors, tags, no depth and size without bound.

Nothing is built here. Scalars are resolved by the core schema of YAML 1.2 (so `on` and `no` are
words, and a date is text).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ruamel.yaml import YAML
from ruamel.yaml import events as yaml_events
from ruamel.yaml.error import MarkedYAMLError

from .faults import Faults, Place, gettext_noop

MAX_DEPTH = 20
# Characters without a single value between them: the longest text allowed, each letter escaped,
# needs a fifth of it. It bounds what a comment or a text without end may cost.
MAX_SILENCE = 1_000_000


class Unreadable(Exception):
    """The file cannot be read any further; its fault is noted."""


@dataclass(frozen=True)
class Event:
    """`kind` is one of ``{ } [ ] = -`` (map, list, their ends, a scalar, end of document)."""

    kind: str
    line: int
    value: object = None


class Guarded:
    """The events of one file."""

    def __init__(self, text: str, file: str, faults: Faults) -> None:
        self.file = file
        self.faults = faults
        self._stream = _Metered(text)
        self._depth = 0
        # typ="safe" with pure=True is ruamel's own parser of YAML 1.2.
        self._raw = YAML(typ="safe", pure=True).parse(self._stream)

    def place(self, line: int) -> Place:
        """A place in this file."""
        return Place(self.file, line)

    def refuse(self, line: int, message: str, **values: object) -> Unreadable:
        """Note a fault after which nothing more can be read; to be raised."""
        self.faults.add(self.place(line), message, **values)
        return Unreadable()

    def documents(self) -> Iterator[None]:
        """Once for each document of the stream; its events are then taken with `next`."""
        while (raw := self._next_raw()) is not None:
            if isinstance(raw, yaml_events.DocumentStartEvent):
                yield None

    def next(self) -> Event:
        """The next event of the document. Raises `Unreadable`."""
        raw = self._next_raw()
        if raw is None:
            return Event("-", 0)
        line = raw.start_mark.line + 1
        if isinstance(raw, yaml_events.AliasEvent) or getattr(raw, "anchor", None):
            raise self.refuse(
                line,
                gettext_noop("anchors (&) and aliases (*) are not taken. Write the value out."),
            )
        if getattr(raw, "tag", None) not in (None, "!"):
            raise self.refuse(
                line, gettext_noop("tags (!) are not taken. Write the value without it.")
            )
        return self._event(raw, line)

    def _event(self, raw: yaml_events.Event, line: int) -> Event:
        if isinstance(raw, yaml_events.ScalarEvent):
            plain = raw.style is None and raw.implicit[0]
            return Event("=", line, resolved(raw.value) if plain else raw.value)
        if isinstance(raw, yaml_events.MappingStartEvent | yaml_events.SequenceStartEvent):
            self._depth += 1
            if self._depth > MAX_DEPTH:
                raise self.refuse(
                    line,
                    gettext_noop("more than 20 levels lie within each other. Write it flatter."),
                )
            return Event("{" if isinstance(raw, yaml_events.MappingStartEvent) else "[", line)
        if isinstance(raw, yaml_events.MappingEndEvent | yaml_events.SequenceEndEvent):
            self._depth -= 1
            return Event("}" if isinstance(raw, yaml_events.MappingEndEvent) else "]", line)
        return Event("-", line)

    def _next_raw(self) -> yaml_events.Event | None:
        self._stream.silence = 0
        try:
            return next(self._raw, None)
        except _TooSilent:
            raise self.refuse(
                self._stream.line,
                gettext_noop(
                    "here begins a text or comment of more than 1,000,000 letters. Shorten it."
                ),
            ) from None
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else 0
            raise self._broken(line) from None
        except Exception:  # noqa: BLE001 - the parser fails in many ways on what is no YAML
            raise self._broken(self._stream.line) from None

    def _broken(self, line: int) -> Unreadable:
        return self.refuse(
            line,
            gettext_noop(
                "this is not YAML. Look at the indentation, at the colons after the keys, and "
                "whether each quote and bracket is closed."
            ),
        )


class _TooSilent(Exception):
    pass


class _Metered:
    """A text read in pieces, that counts what was read since the last event."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self.silence = 0

    @property
    def line(self) -> int:
        """The line of the last event, near enough."""
        return self._text.count("\n", 0, max(0, self._at - self.silence)) + 1

    def read(self, size: int = 4096) -> str:
        """The next piece."""
        piece = self._text[self._at : self._at + size]
        self._at += len(piece)
        self.silence += len(piece)
        if self.silence > MAX_SILENCE:
            raise _TooSilent
        return piece


_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}", re.ASCII)
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?", re.ASCII)


def resolved(text: str) -> object:
    """What a plain scalar means by the core schema of YAML 1.2.

    >>> resolved("no"), resolved("12"), resolved("2012-03-09"), resolved("true")
    ('no', 12, '2012-03-09', True)
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
