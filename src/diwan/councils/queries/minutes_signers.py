"""Who signs the minutes of a meeting: by the body's rules, and by who was there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from diwan.councils.models import Attendance, BodySeatUser, Meeting, Membership
from diwan.councils.models.bodies import Role
from diwan.councils.models.bylaws import Signers

from .attendance import CAME, Room, day_of_meeting
from .bylaws import bylaws_of


def signing_seats(meeting: Meeting, room: Room) -> list[Attendance]:
    """The seats whose signature the body's rules ask for, in the order of the table.

    Either every seat that votes and was filled, or two: who chaired, and the secretary's seat.
    """
    rows = room.rows
    came = [row for row in rows if row.status in CAME]
    if room.rules.signers == Signers.MEMBERS_PRESENT:
        return [row for row in came if row.votes]
    chaired = chaired_by(meeting, rows)
    wrote = [row for row in rows if row.role == Role.SECRETARY]
    return [*([chaired] if chaired else []), *wrote[:1]]


def chaired_by(meeting: Meeting, rows: Sequence[Attendance]) -> Attendance | None:
    """The seat that chaired, None where the record does not say it.

    It is the seat of the post that the meeting names; else the chair's, else the deputy chair's.
    Where the named one did not come, it was another, and nobody knows who.
    """
    named = [row for row in rows if row.post_id and row.post_id == meeting.chair_id]
    led = [row for role in (Role.CHAIR, Role.DEPUTY) for row in rows if row.role == role]
    return next((row for row in named or led if row.status in CAME), None)


def lacks_chair(meeting: Meeting, rows: Sequence[Attendance]) -> bool:
    """Whether who chaired must sign, and the record does not say who that was."""
    if not rows:
        return all(role != Role.CHAIR for role, _post in leading_posts(meeting))
    rules = bylaws_of(meeting.body)
    return rules.signers != Signers.MEMBERS_PRESENT and chaired_by(meeting, rows) is None


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
