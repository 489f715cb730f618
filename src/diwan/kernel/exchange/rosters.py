"""Roster: a list of people entitled to something."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from diwan.kernel.errors import Sentence
from diwan.kernel.policies import Actor


@dataclass(frozen=True)
class Entitled:
    """Somebody on a roster: a person, or a seat whose person is not known to the register.

    `why` says by which post or seat. A person who is entitled twice stands there once for each
    reason; who counts heads counts `person_id`.
    """

    person_id: UUID | None
    name: Mapping[str, str]
    why: Mapping[str, str]
    post_id: UUID | None = None
    role: Sentence = ""


Members = Callable[[Actor, UUID], Sequence[Entitled]]


@dataclass(frozen=True)
class Roster:
    """Who stands in a relation to one record of `kind`.

    `members(actor, id)` answers as of `actor.at`. Raises NotFound where the actor may not see the
    record or the people.
    """

    key: str
    kind: str
    name: Sentence
    members: Members


_rosters: dict[str, Roster] = {}


def declare_roster(roster: Roster) -> None:
    """Declare a roster under its key (`room.name`)."""
    _rosters[roster.key] = roster


def rosters_for(kind: str) -> list[Roster]:
    """The rosters that records of `kind` have."""
    return [roster for roster in _rosters.values() if roster.kind == kind]


def roster(key: str) -> Roster | None:
    """The roster of that key, None if no room declares it."""
    return _rosters.get(key)
