"""A meeting in the room for tests: a council of some members, opened, with who came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from diwan.councils.actions.attending import mark_many, open_meeting
from diwan.councils.models import Attendance, Meeting
from diwan.directory.tests.factories import Staff, staff
from diwan.kernel.policies import Actor

from .factories import Council, MeetingFactory, council, seat

OPENED = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)  # ten o'clock in Tehran


@dataclass
class Session:
    """A council with its meeting, and its members in the order of the table."""

    council: Council
    members: list[Staff]
    meeting: Meeting

    def at(self, minute: int = 0) -> Actor:
        """The secretary so many minutes after the opening."""
        return self.council.secretary.actor_at(OPENED.replace(minute=30 + minute % 30))

    def row(self, who: Staff) -> Attendance:
        """Somebody's attendance as it is stored."""
        return Attendance.objects.get(meeting=self.meeting, post=who.post)

    def come(self, *people: Staff) -> None:
        """These are in the room."""
        rows = {self.row(who).pk: Attendance.Status.PRESENT.value for who in people}
        mark_many(self.at(), self.meeting, rows)


def session(members: int = 4, *, opened: bool = True, **body: Any) -> Session:
    """A council with so many voting seats besides its secretary; nobody is marked present yet."""
    made = council(**body)
    others = [staff(made.member.post.unit) for _ in range(members - 2)]
    for who in others:
        seat(made.body, who, "member")
    people = [made.chair, made.member, *others]
    meeting = MeetingFactory.create(body=made.body, date=OPENED.date(), state=Meeting.State.PLANNED)
    found = Session(made, people, meeting)
    if opened:
        found.meeting = open_meeting(found.at(), meeting)
    return found
