"""The keys of a register: those it holds already and those that a file brings, by kind.

A *pattern* stands for many (`one_per`); each of its instances has a key of its own, the pattern's
with the province's ISO 3166-2 code after it: `guild-provinces-IR-23`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from diwan.kernel.calendars import PartialDate

from .faults import Place, Words, gettext_noop
from .shapes import Map, Seq

UNIT, PARTNER, POST, PERSON = "unit", "partner", "post", "person"
DOCUMENT, BODY, MEETING, ACTION = "document", "body", "meeting", "action"
HANDOVER, NEED, NOTE = "handover", "need", "note"
KIND_WORDS: dict[str, Words] = {
    UNIT: Words(gettext_noop("unit")),
    PARTNER: Words(gettext_noop("partner")),
    POST: Words(gettext_noop("post")),
    PERSON: Words(gettext_noop("person")),
    DOCUMENT: Words(gettext_noop("document")),
    BODY: Words(gettext_noop("body")),
    MEETING: Words(gettext_noop("meeting")),
    ACTION: Words(gettext_noop("action")),
    HANDOVER: Words(gettext_noop("handover")),
    NEED: Words(gettext_noop("need")),
    NOTE: Words(gettext_noop("note")),
    "agenda": Words(gettext_noop("agenda item")),
    "statement": Words(gettext_noop("statement")),
    "resolution": Words(gettext_noop("resolution")),
}
LIST_OF = {
    UNIT: "units",
    PARTNER: "partners",
    POST: "posts",
    PERSON: "people",
    DOCUMENT: "documents",
    BODY: "bodies",
    MEETING: "meetings",
    HANDOVER: "handovers",
    NOTE: "notes",
}
_PART = re.compile(r"(.+)--\d+", re.ASCII)


@dataclass(frozen=True)
class Ground:
    """A province as the rules need it: its ISO 3166-2 code and its name by language."""

    code: str
    names: Mapping[str, str]


@dataclass
class Entry:
    """What is known of a key. `of` is the pattern of an instance, `code` its province."""

    place: Place | None = None
    pattern: bool = False
    of: str = ""
    code: str = ""
    unit: str = ""
    parent: str = ""
    becomes: str = ""
    codes: tuple[str, ...] = ()
    resolution: tuple[str, str] = ("", "")


@dataclass
class Book:
    """The keys of one register."""

    register: str
    country: str
    recorded: PartialDate
    grounds: Sequence[Ground]
    entries: dict[str, dict[str, Entry]] = field(default_factory=dict)
    dates: dict[str, PartialDate | None] = field(default_factory=dict)

    def of(self, kind: str) -> dict[str, Entry]:
        """The keys of one kind."""
        return self.entries.setdefault(kind, {})

    @property
    def codes(self) -> list[str]:
        """The codes of the country's provinces."""
        return [ground.code for ground in self.grounds]

    def take_in(self, file: str, document: Map) -> None:
        """Note the keys that a register file brings, the instances of its patterns, too."""
        for kind, name in LIST_OF.items():
            for item in document.get(name, ()):
                if "key" in item:
                    self.of(kind)[item["key"]] = self._entry(kind, item, file)
        for handover in document.get("handovers", ()):
            for need in handover.get("open_needs", ()):
                if "key" in need:
                    self.of(NEED)[need["key"]] = Entry(Place(file, need.line))
        self._instances(UNIT, "parent", document.get("units", ()), file)
        self._instances(POST, "unit", document.get("posts", ()), file)
        self._actions(document, file)

    def _entry(self, kind: str, item: Map, file: str) -> Entry:
        earlier = self.of(kind).get(item["key"], Entry())
        return Entry(
            place=Place(file, item.line),
            pattern="one_per" in item or earlier.pattern,
            of=earlier.of,
            code=earlier.code,
            unit=item.get("unit", ""),
            parent=item.get("parent", ""),
            becomes=item.get("becomes", earlier.becomes),
            codes=earlier.codes,
        )

    def _instances(self, kind: str, above: str, items: Sequence[Map], file: str) -> None:
        """Derived keys; a pattern may stand on one that comes later in the file."""
        waiting = [i for i in items if "key" in i and self._is_pattern(kind, i)]
        while waiting:
            ready = [i for i in waiting if self._codes_of(kind, above, i) is not None]
            if not ready:
                return
            for item in ready:
                codes = self._codes_of(kind, above, item) or ()
                entry = self.of(kind)[item["key"]]
                entry.pattern, entry.codes = True, codes
                for code in codes:
                    self._instance(kind, item, code, file)
            waiting = [i for i in waiting if i not in ready]

    def _is_pattern(self, kind: str, item: Map) -> bool:
        if kind == UNIT:
            return "one_per" in item
        unit = self.of(UNIT).get(item.get("unit", ""))
        return unit is not None and unit.pattern

    def _codes_of(self, kind: str, above: str, item: Map) -> tuple[str, ...] | None:
        if kind == UNIT and item.get("one_per") == "province":
            return tuple(self.codes)
        upper = self.of(UNIT).get(item.get(above, ""))
        return upper.codes if upper is not None and upper.codes else None

    def _instance(self, kind: str, item: Map, code: str, file: str) -> None:
        key = instance_key(item["key"], code)
        earlier = self.of(kind).get(key)
        place = earlier.place if earlier and earlier.place else Place(file, item.line)
        upper = item.get("unit" if kind == POST else "parent", "")
        entry = self.of(UNIT).get(upper)
        upper = instance_key(upper, code) if entry is not None and entry.pattern else upper
        self.of(kind)[key] = Entry(
            place=place,
            of=item["key"],
            code=code,
            unit=upper if kind == POST else "",
            parent=upper if kind == UNIT else "",
        )

    def _actions(self, document: Map, file: str) -> None:
        for meeting, resolution, action in actions_of(document):
            path = (meeting.get("key", ""), resolution.get("key", ""))
            unit = self.of(UNIT).get(action.get("each_unit", ""))
            codes = unit.codes if unit is not None else ()
            self.of(ACTION)[action["key"]] = Entry(
                Place(file, action.line), bool(codes), codes=codes, resolution=path
            )
        for meeting, resolution, action in actions_of(document):
            path = (meeting.get("key", ""), resolution.get("key", ""))
            for code in self.of(ACTION)[action["key"]].codes:
                key = instance_key(action["key"], code)
                made = Entry(Place(file, action.line), resolution=path)
                # One that stands in the file by itself is the changed instance.
                entry = self.of(ACTION).setdefault(key, made)
                entry.of, entry.code = action["key"], code

    def parent_of(self, action: str, path: tuple[str, str]) -> str:
        """The action that `PARENT--n` was passed down from; empty where it was not."""
        part = _PART.fullmatch(action)
        upper = self.of(ACTION).get(part[1]) if part else None
        return part[1] if part and upper is not None and upper.resolution == path else ""


Books = Callable[[str], Book | None]


def instance_key(key: str, code: str) -> str:
    """The key of a pattern's instance in a province.

    >>> instance_key("guild-provinces", "IR-23")
    'guild-provinces-IR-23'
    """
    return f"{key}-{code}"


def actions_of(document: Map) -> Iterator[tuple[Map, Map, Map]]:
    """Every action of a register with its resolution and meeting."""
    for meeting in document.get("meetings", ()):
        for resolution in meeting.get("resolutions", ()):
            for action in resolution.get("actions", ()):
                if "key" in action:
                    yield meeting, resolution, action


def at(value: Any, key: str | int) -> int:
    """The line of a part of a mapping or list; 0 where it has none."""
    if isinstance(value, Map) and isinstance(key, str):
        return value.at(key)
    if isinstance(value, Seq) and isinstance(key, int):
        return value.lines[key]
    return 0
