"""The seats in a body through which somebody speaks: their posts', and those named for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from diwan.councils.models import Body, Membership
from diwan.councils.models.bodies import Role
from diwan.councils.policies.reach import seats_of
from diwan.directory.public import Post, authority_of, heads_of
from diwan.kernel.policies import Actor

VOTING = (Role.CHAIR, Role.DEPUTY, Role.SECRETARY, Role.TREASURER, Role.MEMBER)
"""Who decides in a body: advisers, observers and guests speak and do not vote."""


@dataclass(frozen=True)
class OwnSeat:
    """One seat of the actor's. `seat` is its post, else the lineage of the membership."""

    seat: UUID
    post_id: UUID | None
    lineage: UUID
    role: Role

    @property
    def votes(self) -> bool:
        """Whether the seat decides."""
        return self.role in VOTING


def own_seats(actor: Actor, body: Body, day: date) -> list[OwnSeat]:
    """The actor's seats in a body on a day, the first of the body's order first; few questions.

    A post of a pattern has a seat of its own; of a unit it is the head's post. A post that has two
    roles in the body sits once, in the role that stands first.
    """
    rows = Membership.objects.as_of(day).filter(body=body, pk__in=seats_of(actor).memberships)
    held = authority_of(actor).post_ids
    found: dict[UUID, OwnSeat] = {}
    for row in rows:
        for seat in _seats(row, frozenset(held), actor):
            found.setdefault(seat.seat, seat)
    return list(found.values())


def _seats(row: Membership, held: frozenset[UUID], actor: Actor) -> list[OwnSeat]:
    role = Role(row.role)
    if row.post_id:
        posts = [row.post_id]
    elif row.post_pattern_id:
        mine = Post.objects.filter(pattern_id=row.post_pattern_id, pk__in=held)
        posts = list(mine.values_list("pk", flat=True))
    elif row.unit_id:
        posts = heads_of([row.unit_id], actor.at).get(row.unit_id, [])
    else:
        return [OwnSeat(row.lineage, None, row.lineage, role)]
    return [OwnSeat(post, post, row.lineage, role) for post in posts if post in held]
