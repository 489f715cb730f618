"""A meeting as it stands in the room at an instant: who is there, which item, which vote."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from diwan.councils.models import (
    AgendaItem,
    Attendance,
    Bylaws,
    Meeting,
    MinutesVersion,
    Presence,
    Recusal,
    Resolution,
    Vote,
)
from diwan.councils.rules.quorum import Standing
from diwan.directory.public import PostCard, post_cards

from .attendance import Room, hour_of
from .conduct import Voted, votes_of
from .replies import announced


class Stage(StrEnum):
    """How far a meeting has come: nobody called yet, people gather, it is open, it is over."""

    PLAN = "plan"
    GATHER = "gather"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True)
class Session:
    """A meeting in the room.

    `writable` says that attendance may still be written, `deciding` that items and votes may:
    while it is open, or while one that was held on paper is being recorded. `item` is the one
    under discussion, or the one that was asked for of a meeting on paper.
    """

    meeting: Meeting
    at: datetime
    room: Room
    items: Sequence[AgendaItem]
    item: AgendaItem | None
    recusals: Sequence[Recusal]
    votes: Sequence[Voted]
    resolutions: Sequence[Resolution]
    cards: Mapping[UUID, PostCard]
    sealed: bool

    @property
    def stage(self) -> Stage:
        """How far it has come."""
        meeting = self.meeting
        if meeting.closed_at is not None or meeting.state != Meeting.State.PLANNED:
            return Stage.OVER
        if meeting.opened_at is not None:
            return Stage.OPEN
        return Stage.GATHER if self.room.rows else Stage.PLAN

    @property
    def on_paper(self) -> bool:
        """It was held without having been opened in the room: nobody keeps its clock."""
        return self.meeting.state == Meeting.State.HELD and self.meeting.opened_at is None

    @property
    def writable(self) -> bool:
        """Attendance may be written."""
        return not self.sealed and self.meeting.state != Meeting.State.CANCELLED

    @property
    def deciding(self) -> bool:
        """Items, recusals and votes may be written."""
        return self.writable and (self.stage is Stage.OPEN or self.on_paper)

    @property
    def standing(self) -> Standing:
        """Of the whole meeting: now, or who came where it is over."""
        room = replace(self.room, presences={}) if self.stage is Stage.OVER else self.room
        return room.standing(None, self.at)

    @property
    def standing_here(self) -> Standing:
        """Of the item under discussion."""
        return self.room.standing(self.item.pk if self.item else None, self.at)

    @property
    def vote(self) -> Voted | None:
        """What is being voted on."""
        return next((one for one in self.votes if one.vote.closed_at is None), None)

    @property
    def next_item(self) -> AgendaItem | None:
        """The first item that has not been looked at."""
        return next((item for item in self.items if item.opened_at is None), None)

    def entitled(self, vote: Vote | None = None) -> list[Attendance]:
        """Who may vote now on what `vote` is about, else on the item under discussion."""
        here = self.item.pk if self.item else None
        return self.room.entitled(vote.item_id if vote else here, self.at)


def for_room(meetings: QuerySet[Meeting]) -> QuerySet[Meeting]:
    """Meetings with what their room needs besides: the rules, and whether minutes are sealed."""
    waiting = MinutesVersion.objects.filter(
        meeting=OuterRef("pk"), state=MinutesVersion.State.SEALED
    )
    return meetings.select_related("body__bylaws").annotate(waits=Exists(waiting))


def session_of(meeting: Meeting, at: datetime, *, item_id: UUID | None = None) -> Session:
    """The meeting in the room; `meeting` out of `for_room`, with its body and unit.

    `item_id`: the item to look at where none is under discussion.
    """
    rows = list(Attendance.objects.filter(meeting=meeting).annotate(announced=announced()))
    recusals = list(Recusal.objects.filter(item__meeting=meeting)) if rows else []
    room = _room(meeting, rows, recusals)
    items = list(AgendaItem.objects.filter(meeting=meeting))
    running = [row for row in items if row.opened_at is not None and row.closed_at is None]
    asked = [row for row in items if row.pk == item_id]
    posts = {row.post_id for row in rows} | {row.deputy_post_id for row in rows}
    resolutions = Resolution.objects.filter(meeting=meeting).order_by("position", "key")
    return Session(
        meeting=meeting,
        at=at,
        room=room,
        items=items,
        item=next(iter([*running, *asked]), None),
        recusals=recusals,
        votes=votes_of(Vote.objects.filter(meeting=meeting)) if rows else [],
        resolutions=list(resolutions.prefetch_related("dissents") if rows else resolutions),
        cards=post_cards([pk for pk in posts if pk], hour_of(meeting)),
        sealed=meeting.signed_at is not None or meeting.waits,  # type: ignore[attr-defined] # for_room
    )


def _room(meeting: Meeting, rows: Sequence[Attendance], recusals: Sequence[Recusal]) -> Room:
    """The same as `attendance.room_of`, of rows at hand."""
    presences: dict[UUID, list[Presence]] = defaultdict(list)
    for span in Presence.objects.filter(attendance__meeting=meeting) if rows else ():
        presences[span.attendance_id].append(span)
    out: dict[UUID, set[UUID]] = defaultdict(set)
    for row in recusals:
        out[row.item_id].add(row.attendance_id)
    rules = getattr(meeting.body, "bylaws", None) or Bylaws(body=meeting.body)
    return Room(rules, rows, presences, {pk: frozenset(seats) for pk, seats in out.items()})
