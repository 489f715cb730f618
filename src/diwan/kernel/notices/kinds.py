"""Which notices there are, in which group a person chooses about them, and who writes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from diwan.kernel.errors import Sentence
from diwan.kernel.exchange import Card, Ref
from diwan.kernel.policies import Actor


@dataclass(frozen=True)
class Telling:
    """What a kind's writer gets: the record, what was told with it, and who reads.

    `card` is the record as the recipient may see it now, None for a bare address. `actor` is the
    recipient, to ask what else they may see; `address` is where the notice goes. Language, calendar
    and zone of the recipient are active while it writes.
    """

    ref: Ref
    data: Mapping[str, Any]
    card: Card | None
    name: str = ""
    actor: Actor = field(default_factory=Actor.anonymous)
    address: str = ""


@dataclass(frozen=True)
class Words:
    """A notice in the reader's language: a subject that says it all, lines, and where to go.

    `url` is an address of this house (``/fa/…``); empty: that of the card. `files` are small
    attachments of an e-mail: (name, media type, content). One of the type ``text/calendar;
    method=…`` stands beside the text, as RFC 6047 asks, so that mail programs offer to take it in.
    """

    subject: str
    lines: Sequence[str] = ()
    step: str = ""
    url: str = ""
    files: Sequence[tuple[str, str, bytes]] = field(default=())


Writer = Callable[[Telling], Words | None]


@dataclass(frozen=True)
class Kind:
    """One kind of notice.

    `group` is what people choose about; empty: nobody can choose (`urgent`), it goes at once and
    at any hour. The words and data of a `secret` one are wiped once it is over.
    """

    name: str
    label: Sentence
    write: Writer
    group: str = ""
    secret: bool = False

    @property
    def urgent(self) -> bool:
        """True if no choice and no quiet hour keeps it back."""
        return not self.group


_kinds: dict[str, Kind] = {}
_groups: dict[str, Group] = {}


@dataclass(frozen=True)
class Group:
    """Kinds about which a person chooses together; `wanted`: told unless somebody says no."""

    label: Sentence
    wanted: bool = True


def declare_group(name: str, label: Sentence, *, wanted: bool = True) -> None:
    """Declare a group of kinds; people read `label` when they choose."""
    _groups[name] = Group(label, wanted)


def groups() -> dict[str, Group]:
    """Every group, in the order of their declaration."""
    return dict(_groups)


def declare_kind(
    name: str, *, label: Sentence, write: Writer, group: str = "", secret: bool = False
) -> None:
    """Declare the kind `name` (``room.happening``). Its group must be declared already."""
    if group and group not in _groups:
        raise LookupError(f"the group {group} of the notice {name} is not declared")
    _kinds[name] = Kind(name, label, write, group, secret)


def kind_of(name: str) -> Kind | None:
    """The declared kind, None where no room declares it (any more)."""
    return _kinds.get(name)
