"""Who signs the minutes of a meeting: by the body's rules, and by who was there."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from diwan.councils.models import Attendance, BodySeatUser, Meeting, Membership
from diwan.councils.models.bodies import Role
from diwan.councils.models.bylaws import Signers

from .attendance import CAME, Room, day_of_meeting


def signing_seats(meeting: Meeting, room: Room) -> list[Attendance]:
    """The seats whose signature the body's rules ask for, in the order of the table.

    Either every seat that votes and was filled, or two: who chaired (the post that the meeting
    names, else the chair's seat, else the deputy chair's) and the secretary's seat.
    """
    rows = room.rows
    came = [row for row in rows if row.status in CAME]
    if room.rules.signers == Signers.MEMBERS_PRESENT:
        return [row for row in came if row.votes]
    chaired = [row for row in came if row.post_id and row.post_id == meeting.chair_id]
    chaired += [row for role in (Role.CHAIR, Role.DEPUTY) for row in came if row.role == role]
    wrote = [row for row in rows if row.role == Role.SECRETARY]
    return [*chaired[:1], *wrote[:1]]


def leading_posts(meeting: Meeting) -> list[tuple[str, UUID]]:
    """Chair and secretary by the memberships of the day, where nobody was written down as present.

    So the minutes of an imported record can be signed, too.
    """
    rows = Membership.objects.as_of(day_of_meeting(meeting)).filter(
        body=meeting.body_id, role__in=[Role.CHAIR, Role.SECRETARY], post__isnull=False
    )
    posts = {row.role: row.post_id for row in rows}
    named = [
        (Role.CHAIR.value, meeting.chair_id or posts.get(Role.CHAIR)),
        (Role.SECRETARY.value, posts.get(Role.SECRETARY)),
    ]
    return [(role, post_id) for role, post_id in named if post_id]


def acted_for(lineages: Collection[UUID]) -> set[UUID]:
    """Those of the named seats for which somebody can act here, and sign."""
    if not lineages:
        return set()
    users = BodySeatUser.objects.filter(lineage__in=lineages, until_at__isnull=True)
    return set(users.values_list("lineage", flat=True))
