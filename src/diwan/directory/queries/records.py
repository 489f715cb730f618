"""What a register says of the directory, as plain data: for taking in and for writing out.

References are keys of the same register. What stands in another register has no key here and is
left out. Of a record with a history the plain data tell the last name, kind and parent, the first
beginning and the last end.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, TypeVar
from uuid import UUID

from diwan.kernel.calendars import PartialDate

Texts = dict[str, str]


@dataclass(frozen=True)
class When:
    """A date as it was stated, and the event (a meeting's identifier) on which it hangs."""

    on: PartialDate
    event: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Keyed:
    """A record by its key.

    `said` names what is to be compared with a record that is there already; None: all that it
    says. What a file doesn't say is never taken away.
    """

    key: str
    said: frozenset[str] | None = field(default=None, compare=False)


@dataclass(frozen=True, kw_only=True)
class RegisterRecord:
    """A register itself."""

    key: str
    language: str
    country: str
    source: str = ""
    recorded: PartialDate | None = None


@dataclass(frozen=True, kw_only=True)
class UnitPatternRecord(Keyed):
    """One unit for each province, or for each instance of its parent."""

    name: Texts
    kind: str
    per: str
    parent: str = ""


@dataclass(frozen=True, kw_only=True)
class UnitRecord(Keyed):
    """A unit; `pattern` is what it is an instance of."""

    name: Texts
    kind: str
    parent: str = ""
    province: str = ""
    since: When | None = None
    until: When | None = None
    becomes: str = ""
    pattern: str = ""


@dataclass(frozen=True, kw_only=True)
class PostPatternRecord(Keyed):
    """A post in each instance of a patterned unit."""

    unit: str
    name: Texts
    roles: tuple[str, ...] = ()
    seats: int | None = 1


@dataclass(frozen=True, kw_only=True)
class PostRecord(Keyed):
    """A post; `seats` None: many."""

    unit: str
    name: Texts
    roles: tuple[str, ...] = ()
    seats: int | None = 1
    since: When | None = None
    until: When | None = None
    becomes: str = ""
    pattern: str = ""


@dataclass(frozen=True, kw_only=True)
class PartnerRecord(Keyed):
    """An organisation outside the tree."""

    name: Texts


@dataclass(frozen=True, kw_only=True)
class HoldingRecord:
    """A person in a post."""

    post: str
    since: When | None = None
    until: When | None = None
    acting: bool = False


@dataclass(frozen=True, kw_only=True)
class PersonRecord(Keyed):
    """A person and the posts held."""

    name: Texts
    honorific: str = ""
    holds: tuple[HoldingRecord, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NeedRecord(Keyed):
    """What was still needed at a handover."""

    text: Texts


@dataclass(frozen=True, kw_only=True)
class HandoverRecord(Keyed):
    """A post that passed on."""

    from_person: str
    from_post: str
    to_person: str
    to_post: str
    at: When | None = None
    needs: tuple[NeedRecord, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NoteRecord(Keyed):
    """Something a report says of a unit."""

    kind: str
    text: Texts
    unit: str = ""


@dataclass
class DirectoryRecords:
    """All of a register, each kind by key in the order in which it came."""

    unit_patterns: dict[str, UnitPatternRecord] = field(default_factory=dict)
    units: dict[str, UnitRecord] = field(default_factory=dict)
    post_patterns: dict[str, PostPatternRecord] = field(default_factory=dict)
    posts: dict[str, PostRecord] = field(default_factory=dict)
    partners: dict[str, PartnerRecord] = field(default_factory=dict)
    people: dict[str, PersonRecord] = field(default_factory=dict)
    handovers: dict[str, HandoverRecord] = field(default_factory=dict)
    notes: dict[str, NoteRecord] = field(default_factory=dict)


K = TypeVar("K", bound=Keyed)
_NOTHING: tuple[object, ...] = ("", (), {})


def differing(before: K, wanted: K) -> dict[str, Any]:
    """What `wanted` says otherwise than `before`, as it should become.

    Texts are joined language by language, since saying nothing takes nothing away. A date that
    hangs on the same event as before is left to the event.
    """
    found: dict[str, Any] = {}
    for name in (f.name for f in fields(wanted)):
        if name in ("key", "said") or (wanted.said is not None and name not in wanted.said):
            continue
        old, new = getattr(before, name), getattr(wanted, name)
        if wanted.said is None and (new is None or new in _NOTHING):
            continue
        if isinstance(old, dict) and isinstance(new, dict):
            new = old | new
        same_event = isinstance(old, When) and isinstance(new, When) and same(old, new)
        if new != old and not same_event:
            found[name] = new
    return found


def same(one: When | None, two: When | None) -> bool:
    """True if both say the same date, or hang on the same event."""
    if one is None or two is None:
        return one is two
    return one.on == two.on or (one.event is not None and one.event == two.event)
