"""A kind of record that users can be invited to act for, made up for tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from diwan.accounts import policies
from diwan.kernel.errors import NotFound, Refused
from diwan.kernel.policies import Actor

KIND = "test.seat"


@dataclass
class Seats:
    """Seats by identifier; `hosts` may invite; a seat takes one user."""

    names: dict[UUID, Mapping[str, str]] = field(default_factory=dict)
    hosts: set[UUID | None] = field(default_factory=set)
    taken: dict[UUID, UUID] = field(default_factory=dict)

    def label(self, target_id: UUID) -> Mapping[str, str]:
        if target_id not in self.names:
            raise NotFound
        return self.names[target_id]

    def may_invite(self, actor: Actor, target_id: UUID) -> bool:
        return target_id in self.names and actor.user_id in self.hosts

    def accept(self, actor: Actor, target_id: UUID, user_id: UUID) -> None:
        if target_id in self.taken:
            raise Refused("The seat is taken.")
        self.taken[target_id] = user_id


@contextmanager
def declared(seats: Seats) -> Iterator[Seats]:
    """Declare the seats within the block."""
    policies.declare_invitation_target(KIND, seats)
    try:
        yield seats
    finally:
        policies._targets.pop(KIND)
