"""YAML as a guarded stream of events: no aliases, anchors, tags, no depth and size without bound.

Nothing is built here. Scalars are resolved by the core schema of YAML 1.2 (so `on` and `no` are
words, and a date is text).

A register of 50,000 resolutions has a million events. libyaml's parser, in C, gives them twenty
times as quickly as ruamel's, and the same ones, but for characters that YAML 1.2 takes otherwise
than 1.1 did. So ruamel reads what holds such characters, what libyaml refuses (its word on what
is no YAML counts), and everything where PyYAML came without libyaml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from .faults import Faults, Place, gettext_noop

MAX_DEPTH = 20
# Characters without a single value between them: the longest text allowed, each letter escaped,
# needs a fifth of it. It bounds what a comment or a text without end may cost.
MAX_SILENCE = 1_000_000
# Breaks of lines by YAML 1.1 alone; a tab within a line, where libyaml is lenient.
_OTHERWISE = re.compile("[\t\x85\u2028\u2029]")
_KINDS = {
    "MappingStartEvent": "{",
    "MappingEndEvent": "}",
    "SequenceStartEvent": "[",
    "SequenceEndEvent": "]",
    "ScalarEvent": "=",
}


class Unreadable(Exception):
    """The file cannot be read any further; its fault is noted."""


class Event(NamedTuple):
    """`kind` is one of ``{ } [ ] = -`` (map, list, their ends, a scalar, end of document)."""

    kind: str
    line: int
    value: object = None


class Guarded:
    """The events of one file."""

    def __init__(self, text: str, file: str, faults: Faults) -> None:
        self.file = file
        self.faults = faults
        self._text = text
        self._stream = _Metered(text)
        self._depth = 0
        self._taken = 0
        self._quick = yaml.__with_libyaml__ and not _OTHERWISE.search(text)
        self._raw = _by_libyaml(self._stream) if self._quick else _by_ruamel(self._stream)

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
            if type(raw).__name__ == "DocumentStartEvent":
                yield None

    def next(self) -> Event:
        """The next event of the document. Raises `Unreadable`."""
        raw = self._next_raw()
        if raw is None:
            return Event("-", 0)
        line = raw.start_mark.line + 1
        name = type(raw).__name__
        if name == "AliasEvent" or getattr(raw, "anchor", None):
            raise self.refuse(
                line,
                gettext_noop("anchors (&) and aliases (*) are not taken. Write the value out."),
            )
        if getattr(raw, "tag", None) not in (None, "!"):
            raise self.refuse(
                line, gettext_noop("tags (!) are not taken. Write the value without it.")
            )
        return self._event(raw, _KINDS.get(name, "-"), line)

    def _event(self, raw: Any, kind: str, line: int) -> Event:
        if kind == "=":
            plain = not raw.style and raw.implicit[0]
            return Event("=", line, resolved(raw.value) if plain else raw.value)
        if kind in ("{", "["):
            self._depth += 1
            if self._depth > MAX_DEPTH:
                raise self.refuse(
                    line,
                    gettext_noop("more than 20 levels lie within each other. Write it flatter."),
                )
        elif kind in ("}", "]"):
            self._depth -= 1
        return Event(kind, line)

    def _next_raw(self) -> Any:
        """The parser's next event; None at the end of the stream."""
        self._stream.silence = 0
        try:
            raw = next(self._raw, None)
        except _TooSilent:
            raise self._silent() from None
        except Exception as error:  # noqa: BLE001 - the parsers fail in many ways on what is no YAML
            if self._quick:
                self._begin_anew()
                return self._next_raw()
            raise self._broken(_line_of(error) or self._stream.line) from None
        self._taken += 1
        return raw

    def _begin_anew(self) -> None:
        """Have ruamel read the text up to where libyaml stopped."""
        self._quick = False
        self._stream = _Metered(self._text)
        self._raw = _by_ruamel(self._stream)
        taken, self._taken = self._taken, 0
        for _each in range(taken):
            self._next_raw()

    def _silent(self) -> Unreadable:
        return self.refuse(
            self._stream.line,
            gettext_noop(
                "here begins a text or comment of more than 1,000,000 letters. Shorten it."
            ),
        )

    def _broken(self, line: int) -> Unreadable:
        return self.refuse(
            line,
            gettext_noop(
                "this is not YAML. Look at the indentation, at the colons after the keys, and "
                "whether each quote and bracket is closed."
            ),
        )


def _by_libyaml(stream: _Metered) -> Iterator[Any]:
    parser = yaml.CSafeLoader(stream)
    while (raw := parser.get_event()) is not None:
        yield raw


def _by_ruamel(stream: _Metered) -> Iterator[Any]:
    # typ="safe" with pure=True is ruamel's own parser of YAML 1.2.
    return iter(YAML(typ="safe", pure=True).parse(stream))


def _line_of(error: Exception) -> int:
    """The line that a parser's error names, 0 if it names none."""
    if not isinstance(error, MarkedYAMLError):
        return 0
    mark = error.problem_mark or error.context_mark
    return int(mark.line) + 1 if mark else 0


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
