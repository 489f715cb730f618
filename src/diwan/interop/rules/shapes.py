"""Shapes: what may stand where. A shape reads its value from the events and notes what is wrong.

Reading and checking are one walk, so that nonsense is refused before it is built. What is read is
plain data: `Map` and `Seq` are a dict and a list that know their lines.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from diwan.kernel.text import nearest

from .events import Event, Guarded, Unreadable
from .faults import Words, gettext_noop
from .source import FORBIDDEN, FORBIDDEN_SENTENCE

MISSING = object()
LONGEST_SKIP = 20_000  # events; more than that of what does not belong here is no slip of a hand
LONGEST_FREE = 20_000
A_MAPPING = Words(gettext_noop("a mapping"))


class Map(dict[str, Any]):
    """A mapping with the line of its beginning and of each of its keys."""

    def __init__(self, line: int = 0) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}

    def at(self, key: str) -> int:
        """The line of a key's value, or of the mapping where the key is missing."""
        return self.lines.get(key, self.line)


class Seq(list[Any]):
    """A list with the line of each item."""

    def __init__(self, line: int = 0) -> None:
        super().__init__()
        self.line = line
        self.lines: list[int] = []


class Shape(Protocol):
    """What a value must be."""

    def read(self, event: Event, source: Guarded) -> Any:
        """The value that begins with `event`; `MISSING`, with a fault, where it does not fit."""
        ...


def skip(event: Event, source: Guarded) -> None:
    """Pass over the value that begins with `event`; where it is very long, reading ends here.

    Its fault is noted already.
    """
    depth = 0
    for _each in range(LONGEST_SKIP):
        if event.kind in "{[":
            depth += 1
        elif event.kind in "}]":
            depth -= 1
        if depth == 0:
            return
        event = source.next()
    raise Unreadable


def _misfit(event: Event, source: Guarded, expected: Words) -> object:
    source.faults.add(
        source.place(event.line), gettext_noop("here must stand %(expected)s."), expected=expected
    )
    skip(event, source)
    return MISSING


@dataclass(frozen=True)
class Text:
    """A text of bounded length that may have to match a pattern."""

    expected: Words
    pattern: re.Pattern[str] | None = None
    longest: int = 20_000

    def read(self, event: Event, source: Guarded) -> Any:
        """See `Shape`."""
        value = event.value
        if event.kind != "=" or not isinstance(value, str):
            return _misfit(event, source, self.expected)
        if not 1 <= len(value) <= self.longest or (
            self.pattern and not self.pattern.fullmatch(value)
        ):
            return _misfit(event, source, self.expected)
        hidden = FORBIDDEN.search(value)  # it may have come in as an escape
        if hidden:
            code = f"U+{ord(hidden[0]):04X}"
            source.faults.add(source.place(event.line), FORBIDDEN_SENTENCE, code=code)
            return MISSING
        return value


@dataclass(frozen=True)
class OneOf:
    """One of a few words."""

    words: tuple[object, ...]

    def read(self, event: Event, source: Guarded) -> Any:
        """See `Shape`."""
        if event.kind == "=" and type(event.value) is str and event.value in self.words:
            return event.value
        if len(self.words) == 1:
            return _misfit(event, source, Words(str(self.words[0])))
        near = nearest(str(event.value), [str(w) for w in self.words]) if event.value else None
        expected = Words(gettext_noop("one of: %(words)s"), {"words": self.words})
        if near:
            expected = Words(
                gettext_noop("one of: %(words)s (perhaps %(near)s)"),
                {"words": self.words, "near": near},
            )
        return _misfit(event, source, expected)


@dataclass(frozen=True)
class Whole:
    """A whole number."""

    expected: Words
    least: int | None = None
    most: int | None = None
    or_word: str = ""

    def read(self, event: Event, source: Guarded) -> Any:
        """See `Shape`."""
        value = event.value
        if event.kind == "=" and self.or_word and value == self.or_word:
            return value
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if event.kind != "=" or isinstance(value, bool) or not isinstance(value, int):
            return _misfit(event, source, self.expected)
        too_small = self.least is not None and value < self.least
        if too_small or (self.most is not None and value > self.most):
            return _misfit(event, source, self.expected)
        return value


@dataclass(frozen=True)
class YesNo:
    """True or false."""

    def read(self, event: Event, source: Guarded) -> Any:
        """See `Shape`."""
        if event.kind == "=" and isinstance(event.value, bool):
            return event.value
        return _misfit(event, source, Words(gettext_noop("true or false")))


@dataclass(frozen=True)
class Anything:
    """Whatever it is, it is kept with its lines; its reader checks it."""

    expected: Words = A_MAPPING

    def read(self, event: Event, source: Guarded) -> Any:
        """See `Shape`."""
        if event.kind != "{":
            return _misfit(event, source, self.expected)
        return self._build(event, source, [0])

    def _build(self, event: Event, source: Guarded, count: list[int]) -> Any:
        count[0] += 1
        if count[0] > LONGEST_FREE:
            message = gettext_noop("this list has more than %(most)s items. Shorten it.")
            raise source.refuse(event.line, message, most=LONGEST_FREE)
        if event.kind == "[":
            return self._list(event, source, count)
        if event.kind != "{":
            return event.value
        built = Map(event.line)
        while (key := _key(source)) is not None:
            name, line = key
            if name in built:
                _doubled(name, line, source)
            value = source.next()
            built.lines[name] = value.line
            built[name] = self._build(value, source, count)
        return built

    def _list(self, event: Event, source: Guarded, count: list[int]) -> Seq:
        seq = Seq(event.line)
        while (item := source.next()).kind != "]":
            seq.lines.append(item.line)
            seq.append(self._build(item, source, count))
        return seq


@dataclass(frozen=True)
class ListOf:
    """A list of one shape. `most` bounds lists whose items have no key of their own."""

    item: Shape
    most: int | None = None
    keyed: bool = False

    def read(self, event: Event, source: Guarded) -> Any:
        """See `Shape`."""
        if event.kind != "[":
            return _misfit(event, source, Words(gettext_noop("a list")))
        seq = Seq(event.line)
        seen: set[str] = set()
        while (item := source.next()).kind != "]":
            value = self.item.read(item, source)
            if value is not MISSING:
                seq.append(value)
                seq.lines.append(item.line)
            if self.most is not None and len(seq) > self.most:
                message = gettext_noop("this list has more than %(most)s items. Shorten it.")
                raise source.refuse(item.line, message, most=self.most)
            if self.keyed and isinstance(value, Map):
                self._once(value, seen, source)
        return seq

    @staticmethod
    def _once(value: Map, seen: set[str], source: Guarded) -> None:
        key = value.get("key")
        if key in seen:
            source.faults.add(
                source.place(value.at("key")),
                gettext_noop(
                    "the key %(key)s was given to an earlier record of this list. Choose another."
                ),
                key=key,
            )
        elif key is not None:
            seen.add(key)


@dataclass(frozen=True)
class MapOf:
    """A mapping with known keys; `required` ones must be there. `size` is how many in all."""

    fields: Mapping[str, Shape]
    required: tuple[str, ...] = ()
    expected: Words = A_MAPPING
    size: tuple[int, int] | None = None
    size_words: Words | None = None
    # A key whose wrong value ends the reading: what follows would be judged by the wrong shape.
    decisive: str = ""

    def read(self, event: Event, source: Guarded) -> Any:
        """See `Shape`."""
        if event.kind != "{":
            return _misfit(event, source, self.expected)
        found = Map(event.line)
        stated: set[str] = set()
        while (key := _key(source)) is not None:
            self._read_field(key, stated, found, source)
        for name in self.required:
            if name not in stated:
                source.faults.add(
                    source.place(found.line),
                    gettext_noop("the key %(key)s is missing here. Add it."),
                    key=name,
                )
        if self.size and not self.size[0] <= len(stated) <= self.size[1]:
            words = self.size_words or self.expected
            source.faults.add(
                source.place(found.line),
                gettext_noop("here must stand %(expected)s."),
                expected=words,
            )
            return MISSING
        return found

    def _read_field(
        self, key: tuple[str, int], stated: set[str], found: Map, source: Guarded
    ) -> None:
        name, line = key
        if name in stated:
            _doubled(name, line, source)
        shape = self.fields.get(name)
        event = source.next()
        if shape is None:
            self._unknown(name, line, source)
            skip(event, source)
            return
        stated.add(name)
        value = shape.read(event, source)
        if value is not MISSING:
            found[name] = value
            found.lines[name] = event.line if event.kind == "=" else line
        elif name == self.decisive:
            raise Unreadable

    def _unknown(self, name: str, line: int, source: Guarded) -> None:
        near = nearest(name, self.fields)
        if near:
            source.faults.add(
                source.place(line),
                gettext_noop("the key %(key)s is unknown. Perhaps %(near)s is meant."),
                key=name[:60],
                near=near,
            )
            return
        source.faults.add(
            source.place(line),
            gettext_noop("the key %(key)s is unknown. Known here are: %(known)s."),
            key=name[:60],
            known=list(self.fields),
        )


def _key(source: Guarded) -> tuple[str, int] | None:
    """The next key of a mapping, None at its end. A key that is no text is refused."""
    event = source.next()
    if event.kind == "}":
        return None
    if event.kind != "=" or event.value is None:
        message = gettext_noop("a key must be a word. Look at the indentation and the colons here.")
        raise source.refuse(event.line, message)
    return str(event.value), event.line


def _doubled(name: str, line: int, source: Guarded) -> None:
    source.faults.add(
        source.place(line),
        gettext_noop("the key %(key)s stands here twice. Remove one of them."),
        key=name[:60],
    )
