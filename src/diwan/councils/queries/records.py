"""What a register says of bodies, meetings, resolutions and actions, as plain data.

References are keys of the same register, as in the directory's records; what may lie in another
register (`about`, `with`) is a `Ref`. Memberships, meetings and posts of other registers have no
key here and are left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from diwan.directory.public import Keyed, Texts, When
from diwan.kernel.calendars import PartialDate
from diwan.kernel.exchange import Ref


@dataclass(frozen=True, kw_only=True)
class MemberRecord:
    """Somebody in a body: exactly one of post (or its pattern), unit, partner, seat."""

    role: str
    post: str = ""
    unit: str = ""
    partner: str = ""
    seat: Texts | None = None

    @property
    def who(self) -> tuple[str, str, str, tuple[tuple[str, str], ...]]:
        """What tells one member from another, whatever the role."""
        return (self.post, self.unit, self.partner, tuple(sorted((self.seat or {}).items())))


@dataclass(frozen=True, kw_only=True)
class BodyRecord(Keyed):
    """Those who meet."""

    unit: str
    kind: str
    name: Texts
    parent: str = ""
    term: int | None = None
    every: str = ""
    since: When | None = None
    until: When | None = None
    mandate: Texts | None = None
    oversees: tuple[str, ...] = ()
    members: tuple[MemberRecord, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ItemRecord(Keyed):
    """An agenda item."""

    text: Texts


@dataclass(frozen=True, kw_only=True)
class StatementRecord(Keyed):
    """What a post said; `speaker` may be a pattern's key."""

    speaker: str
    text: Texts
    about: Ref | None = None


@dataclass(frozen=True, kw_only=True)
class ResolutionRecord(Keyed):
    """A resolution; its actions stand apart."""

    kind: str
    text: Texts
    number: str = ""
    about: Ref | None = None
    together_with: tuple[Ref, ...] = ()
    every: str = ""


@dataclass(frozen=True, kw_only=True)
class MeetingRecord(Keyed):
    """A meeting and what it held. `id` is given where something hangs on its date already."""

    body: str
    number: int | None = None
    date: PartialDate | None = None
    place: Texts | None = None
    chair: str = ""
    agenda: tuple[ItemRecord, ...] = ()
    statements: tuple[StatementRecord, ...] = ()
    resolutions: tuple[ResolutionRecord, ...] = ()
    id: UUID | None = field(default=None, compare=False)


@dataclass(frozen=True, kw_only=True)
class RedatedRecord:
    """A date that was changed."""

    was: PartialDate
    to: PartialDate
    reason: str
    on: PartialDate


@dataclass(frozen=True, kw_only=True)
class ProofRecord:
    """A file by the name it was given and its checksum."""

    file: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class ActionRecord(Keyed):
    """What a post owes. `state` empty: not said.

    `due` is what was stated; it is None where `due_after` says the same. `group` is the key of the
    written action from which one was made for each unit of `group_pattern`.
    """

    meeting: str
    resolution: str
    text: Texts
    owner: str = ""
    unit: str = ""
    group: str = ""
    group_pattern: str = ""
    parent: str = ""
    due: PartialDate | None = None
    due_after: str = ""
    state: str = ""
    progress: int | None = None
    redated: tuple[RedatedRecord, ...] = ()
    proof: tuple[ProofRecord, ...] = ()
    done_on: PartialDate | None = None
    closed_on: PartialDate | None = None
    closed_by: str = ""
    reason: str = ""


@dataclass
class CouncilRecords:
    """All of a register, each kind by key in the order in which it came."""

    bodies: dict[str, BodyRecord] = field(default_factory=dict)
    meetings: dict[str, MeetingRecord] = field(default_factory=dict)
    actions: dict[str, ActionRecord] = field(default_factory=dict)
