"""Who ought to be at a meeting, who is in the room, and whether that is enough to decide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef
from django.utils import timezone

from diwan.councils.constants import MEETING
from diwan.councils.models import (
    AgendaItem,
    Attendance,
    Bylaws,
    Meeting,
    MinutesVersion,
    Presence,
    Recusal,
)
from diwan.councils.models.bodies import Role
from diwan.councils.rules.invitations import begins
from diwan.councils.rules.quorum import Standing, needed
from diwan.kernel.countries import country
from diwan.kernel.models import AuditEntry
from diwan.kernel.working import today_in

from .bodies import Member, members_of
from .bylaws import bylaws_of

VOTING = frozenset({Role.CHAIR, Role.DEPUTY, Role.SECRETARY, Role.TREASURER, Role.MEMBER})
"""The seats of these roles vote; advisers, observers and guests are heard."""
CAME = frozenset({Attendance.Status.PRESENT, Attendance.Status.DEPUTY})
"""What is written of a seat that was filled."""
HOLDING = AuditEntry.objects.filter(subject_kind=MEETING, verb="hold")
RANK = {role: place for place, role in enumerate(Role.values)}


@dataclass(frozen=True)
class SeatDraft:
    """One place at the table of a meeting before anything was said of it.

    `seat` is the post's identifier, else the membership's lineage. `person_id` and `name` are who
    holds the post at that hour; a vacant post has neither, and its seat stands all the same.
    """

    seat: UUID
    lineage: UUID
    post_id: UUID | None
    person_id: UUID | None
    name: Mapping[str, str]
    role: str
    votes: bool


def seats_for(meeting: Meeting) -> list[SeatDraft]:
    """The seats of a meeting by the memberships of its day, chair first; `meeting` with body, unit.

    A post that sits in the body twice has one seat, by its higher role. Guests are those who are
    invited to one of the items.
    """
    members = members_of(meeting.body, day_of_meeting(meeting), at=hour_of(meeting))
    guests = AgendaItem.guests.through.objects.filter(agendaitem__meeting=meeting)
    invited = set(guests.values_list("membership_id", flat=True))
    return _seats(
        one for one in members if one.membership.role != Role.GUEST or one.membership.pk in invited
    )


def voting_seats(members: Iterable[Member]) -> int:
    """How many seats vote in a body with these members."""
    return sum(draft.votes for draft in _seats(members))


def _seats(members: Iterable[Member]) -> list[SeatDraft]:
    """The seats of members, each once, by the higher role."""
    rows = sorted(members, key=lambda one: (RANK[one.membership.role], one.membership.position))
    found: dict[UUID, SeatDraft] = {}
    for draft in (draft for one in rows for draft in _drafts(one)):
        found.setdefault(draft.seat, draft)
    return list(found.values())


def _drafts(member: Member) -> Iterable[SeatDraft]:
    row = member.membership
    votes = row.role in VOTING
    if not (row.post_id or row.post_pattern_id or row.unit_id):
        yield SeatDraft(row.lineage, row.lineage, None, None, member.name, row.role, votes)
    for card in member.posts:
        holder = card.holders[0] if card.holders else None
        yield SeatDraft(
            seat=card.post_id,
            lineage=row.lineage,
            post_id=card.post_id,
            person_id=holder.person_id if holder else None,
            name=holder.name if holder else {},
            role=row.role,
            votes=votes,
        )


def day_of_meeting(meeting: Meeting) -> date:
    """The day whose memberships count: the meeting's, or today where it has none."""
    return meeting.date or today_in(meeting.body.unit.country, timezone.now())


def hour_of(meeting: Meeting) -> datetime:
    """The instant whose holders of posts count: the opening, else the hour it was planned for."""
    if meeting.opened_at is not None:
        return meeting.opened_at
    if meeting.date is None:
        return timezone.now()
    zone = ZoneInfo(country(meeting.body.unit.country).timezone)
    return begins(meeting.date, meeting.starts, zone)


@dataclass(frozen=True)
class Room:
    """A meeting's attendance as it is written now, asked of as often as one likes.

    `presences` are the spans of each seat that has any, `recusals` the seats out of each item.
    """

    rules: Bylaws
    rows: Sequence[Attendance]
    presences: Mapping[UUID, Sequence[Presence]] = field(default_factory=dict)
    recusals: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)

    def is_in(self, row: Attendance, at: datetime) -> bool:
        """Whether a seat is filled at an instant: it came, and stayed or was back by then."""
        if row.status not in CAME:
            return False
        spans = self.presences.get(row.pk)
        return not spans or any(
            span.since_at <= at and (span.until_at is None or at < span.until_at) for span in spans
        )

    def present(self, at: datetime) -> set[UUID]:
        """Everybody in the room at an instant, with or without a vote."""
        return {row.pk for row in self.rows if self.is_in(row, at)}

    def entitled(self, item_id: UUID | None, at: datetime) -> list[Attendance]:
        """The seats that may vote on an item (or on what is no item's) at an instant."""
        out = self._out(item_id)
        return [row for row in self.rows if self._counts(row, at) and row.pk not in out]

    def standing(self, item_id: UUID | None, at: datetime) -> Standing:
        """How the room stands for an item (None: for the meeting as a whole) at an instant."""
        voting = {row.pk for row in self.rows if row.votes}
        recused = len(voting & self._out(item_id))
        demanded = needed(len(voting) - recused, self.rules.quorum, self.rules.quorum_number)
        return Standing(
            seats=len(voting),
            present=len(self.entitled(item_id, at)),
            recused=recused,
            needed=demanded,
        )

    def _counts(self, row: Attendance, at: datetime) -> bool:
        deputised = row.status == Attendance.Status.DEPUTY
        if not row.votes or (deputised and not self.rules.deputies_vote):
            return False
        return self.is_in(row, at)

    def _out(self, item_id: UUID | None) -> frozenset[UUID]:
        return self.recusals.get(item_id, frozenset()) if item_id else frozenset()


def room_of(meeting: Meeting) -> Room:
    """The room of a meeting in four questions; `meeting` with its body."""
    presences: dict[UUID, list[Presence]] = defaultdict(list)
    for span in Presence.objects.filter(attendance__meeting=meeting):
        presences[span.attendance_id].append(span)
    recusals: dict[UUID, set[UUID]] = defaultdict(set)
    out = Recusal.objects.filter(item__meeting=meeting).values_list("item_id", "attendance_id")
    for item_id, attendance_id in out:
        recusals[item_id].add(attendance_id)
    return Room(
        rules=bylaws_of(meeting.body),
        rows=attendance_of(meeting),
        presences=presences,
        recusals={item_id: frozenset(ids) for item_id, ids in recusals.items()},
    )


def attendance_of(meeting: Meeting) -> list[Attendance]:
    """Everybody who was expected at a meeting or came, in the order of the table."""
    return list(Attendance.objects.filter(meeting=meeting))


def in_room(meeting: Meeting, at: datetime) -> set[UUID]:
    """Whose attendance says that they are in the room at an instant."""
    return room_of(meeting).present(at)


def standing_of(meeting: Meeting, item: AgendaItem | None, at: datetime) -> Standing:
    """How the room stands for an item at an instant."""
    return room_of(meeting).standing(item.pk if item else None, at)


def is_sealed(meeting: Meeting) -> bool:
    """Whether the minutes are signed, or sealed and waiting for signatures."""
    if meeting.signed_at is not None:
        return True
    sealed = MinutesVersion.State.SEALED
    return MinutesVersion.objects.filter(meeting=meeting, state=sealed).exists()


def is_held_as_planned(meeting: Meeting) -> bool:
    """Whether a plan that was made here was said to be held: its agenda is what was told of it.

    What was held on paper and recorded afterwards, or came with a register, was no plan here.
    """
    if meeting.state != Meeting.State.HELD or meeting.imported or meeting.opened_at is not None:
        return False
    known = vars(meeting).get("said_held")  # annotated, where a page has few questions left
    return bool(HOLDING.filter(subject_id=meeting.pk).exists() if known is None else known)


def said_held() -> Exists:
    """For rows of meetings, as `said_held`: whether somebody said that the plan was held."""
    return Exists(HOLDING.filter(subject_id=OuterRef("pk")))


def is_reopened(meeting: Meeting) -> bool:
    """Whether a correction of its signed minutes was begun and is not sealed yet."""
    signed = MinutesVersion.State.SIGNED
    versions = MinutesVersion.objects.filter(meeting=meeting, state=signed)
    return versions.filter(reopened_at__isnull=False).exists()
