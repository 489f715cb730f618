"""What is wrong with a file, as data: where, what, and how to mend it.

Rules know no language: a sentence is an English message that whoever shows it has translated, with
values to be filled in. `gettext_noop` marks messages, so that the room's catalogue holds them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from diwan.kernel.text import isolate, to_digits

CAP = 20

Translate = Callable[[str], str]


def gettext_noop(message: str) -> str:
    """Mark a message for the catalogue; gives it back as it is."""
    return message


@dataclass(frozen=True)
class Words:
    """A message with values, translated when it is shown. Values may be `Words` themselves."""

    message: str
    values: Mapping[str, object] = field(default_factory=dict)

    def said(self, translate: Translate, language: str) -> str:
        """The words in the language that `translate` speaks."""
        shown = {k: _shown(v, translate, language) for k, v in self.values.items()}
        return translate(self.message) % shown if shown else translate(self.message)


@dataclass(frozen=True)
class Place:
    """Where something stands: the file's name as people know it, and the line from 1 (0: none)."""

    file: str
    line: int = 0


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong."""

    place: Place
    what: Words

    def sentence(self, translate: Translate = str, language: str = "en") -> str:
        """File, line, what is wrong and what would be right."""
        what = self.what.said(translate, language)
        if not self.place.line:
            whole = Words(
                gettext_noop("%(file)s: %(what)s"), {"file": self.place.file, "what": what}
            )
        else:
            whole = Words(
                gettext_noop("%(file)s, line %(line)s: %(what)s"),
                {"file": self.place.file, "line": self.place.line, "what": what},
            )
        return whole.said(translate, language)


class Enough(Exception):
    """So many faults that reading on would not help."""


@dataclass
class Faults:
    """The faults found so far, in the order of their finding; at most `CAP`."""

    found: list[Fault] = field(default_factory=list)
    times: int = 0

    def add(self, place: Place, message: str, **values: object) -> None:
        """Note a fault. Raises `Enough` when it is the last that is noted."""
        fault = Fault(place, Words(message, values))
        self.times += 1
        if fault not in self.found:
            self.found.append(fault)
        # The same fault again and again in one long line counts, too, though it is told once.
        if len(self.found) >= CAP or self.times >= CAP * 10:
            raise Enough

    def __bool__(self) -> bool:
        return bool(self.found)


def _shown(value: object, translate: Translate, language: str) -> str:
    if isinstance(value, Words):
        return value.said(translate, language)
    if isinstance(value, int):
        return to_digits(value, language)
    if isinstance(value, list | tuple):
        comma = ", " if language == "en" else "، "
        return comma.join(_shown(item, translate, language) for item in value)
    text = str(value)
    # A Latin key or file name inside a line that runs from right to left keeps its own order.
    plain = language == "en" or not text or len(text) > 200 or " " in text
    return text if plain else isolate(text)
