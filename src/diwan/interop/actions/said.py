"""From the words of the format to values: texts, dates, and what a record says anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from diwan.directory.public import When
from diwan.interop.rules.book import Book
from diwan.interop.rules.dates import date_of
from diwan.interop.rules.shapes import Map
from diwan.kernel.calendars import PartialDate

from .stock import Stock

# What a record calls otherwise than the format does.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "one_per": ("per",),
    "from": ("from_person", "from_post"),
    "to": ("to_person", "to_post"),
    "event": ("at",),
    "date": ("at", "date"),
    "open_needs": ("needs",),
    "with": ("together_with",),
    "each_unit": ("unit", "group", "group_pattern"),
    # Which of the two says when it is due depends on both.
    "due_after": ("due_after", "due"),
    "due": ("due", "due_after"),
}


@dataclass
class Reading:
    """One document being turned into records."""

    document: Map
    stock: Stock

    @property
    def book(self) -> Book:
        """The keys around it."""
        return self.stock.book

    def said(self, kind: str, item: Map, path: str = "") -> frozenset[str]:
        """The fields of the record that are told anew."""
        fields = self.stock.memory.said(kind, path or item["key"], item)
        found: set[str] = set()
        for name in fields:
            found.update(_NAMES.get(name, (name,)))
        return frozenset(found)

    def when(self, item: Mapping[str, Any], key: str) -> When | None:
        """A date with the meeting on which it hangs."""
        if key not in item:
            return None
        on, event = date_of(item[key], self.book)
        return When(on, self.stock.meeting_id(event) if event else None)

    def date(self, item: Mapping[str, Any], key: str) -> PartialDate | None:
        """A date alone; one that hangs on a meeting is that meeting's."""
        return date_of(item[key], self.book)[0] if key in item else None


def texts(value: Mapping[str, str] | None) -> dict[str, str] | None:
    """A text map as plain data."""
    return None if value is None else dict(value)
