"""View-models: what a component needs to be drawn, and nothing more.

They are frozen and know no database; a view makes them, a tag of ``{% load ui %}`` draws them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TypeAlias

    from django.utils.functional import _StrPromise

    from diwan.kernel.calendars import PartialDate

    Text: TypeAlias = str | _StrPromise
else:
    Text = str
"""Text of the interface: plain, or translated when it is drawn."""

TONES = ("late", "due", "new", "done", "quiet")
"""What a colour may mean. ``tone_of`` maps anything else to quiet."""

TONE_ICONS: Mapping[str, str] = {
    "late": "alarm-clock",
    "due": "hourglass",
    "new": "sparkle",
    "done": "check",
    "quiet": "circle-dot",
}
"""Colour never speaks alone: each tone has its sign."""


def tone_of(tone: str | None) -> str:
    """Return ``tone`` if it is one of ours, else ``quiet``."""
    return tone if tone in TONES else "quiet"


@dataclass(frozen=True)
class Link:
    """Somewhere to go; ``current`` marks where the reader is, ``count`` how many wait there."""

    label: Text
    url: str
    current: bool = False
    count: int | None = None
    icon: str = ""


Choice = Link
"""A link as one of several choices (chips, tabs)."""


@dataclass(frozen=True)
class Tag:
    """A short word with a tone."""

    label: Text
    tone: str = "quiet"
    icon: str = ""


@dataclass(frozen=True)
class Step:
    """The one next thing to do. ``post`` makes it a form of one button.

    ``seen`` is then the record that it writes, as the page shows it (``str(ui.sending.as_seen)``).
    """

    label: Text
    url: str
    filled: bool = False
    post: bool = False
    icon: str = ""
    danger: bool = False
    seen: str = ""


@dataclass(frozen=True)
class Card:
    """One item of work: its edge carries the tone, its tag the words."""

    title: Text
    url: str = ""
    tone: str = "quiet"
    meta: Sequence[Text | Link | Tag] = ()
    tag: Tag | None = None
    step: Step | None = None
    note: Text = ""


@dataclass(frozen=True)
class Pair:
    """One row of a list of facts."""

    term: Text
    detail: object
    url: str = ""


@dataclass(frozen=True)
class Event:
    """One point of a timeline; ``when`` is a day, an instant, a PartialDate or ready text."""

    when: date | PartialDate | str | None
    title: Text
    text: Text = ""
    who: Text = ""
    tone: str = "quiet"
    url: str = ""


@dataclass(frozen=True)
class Node:
    """One node of a tree; a node with children can be folded."""

    label: Text
    url: str = ""
    children: Sequence[Node] = ()
    note: Text = ""
    tag: Tag | None = None
    open: bool = False
    current: bool = False


@dataclass(frozen=True)
class Bar:
    """One bar of a chart; ``text`` is what stands beside it (default: the number)."""

    label: Text
    value: float
    text: Text = ""
    tone: str = "new"
    url: str = ""


@dataclass(frozen=True)
class StackedBar:
    """One bar of a stacked chart: its foot's words, its parts from below, its sum in words.

    ``detail`` says the whole bar to whoever points at it.
    """

    label: Text
    values: tuple[float, ...]
    text: Text = ""
    detail: Text = ""


@dataclass(frozen=True)
class Tile:
    """One place of a tile map. Rows from the north, columns from the west, both from 1.

    `depth` from 0 (pale) to 4 (dark) colours it by how much instead of by its tone; what the
    colour says stands on it as `value`, and as `detail` for whoever hovers or listens.
    """

    row: int
    column: int
    label: Text
    name: Text
    value: Text = ""
    tone: str = "quiet"
    url: str = ""
    depth: int | None = None
    detail: Text = ""


@dataclass(frozen=True)
class Standing:
    """Who acts, from which post, until when, and how many other posts they could act from."""

    name: Text
    post: Text = ""
    until: date | str | None = None
    switch_url: str = ""
    sign_out_url: str = ""
    others: int = 0
    account_url: str = ""


@dataclass(frozen=True)
class Drawing:
    """Coordinates of a chart already worked out, as text for SVG attributes."""

    width: int
    height: int
    title: Text
    desc: Text
    parts: Sequence[Mapping[str, object]] = field(default_factory=tuple)
