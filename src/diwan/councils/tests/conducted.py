"""A meeting that was conducted: who was there, what was voted on, what was said and resolved."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from diwan.councils.models import (
    AgendaItem,
    Attendance,
    Ballot,
    Dissent,
    Meeting,
    Recusal,
    Resolution,
    Vote,
)
from diwan.councils.models.bodies import Role
from diwan.directory.models import Post
from diwan.directory.tests.factories import Staff

from .factories import (
    ActionFactory,
    AgendaItemFactory,
    Council,
    MeetingFactory,
    ResolutionFactory,
    StatementFactory,
    council,
)

AT = datetime(2026, 11, 1, 7, tzinfo=UTC)
VOTERS = (Role.CHAIR, Role.SECRETARY, Role.MEMBER)


@dataclass
class Conducted:
    """A council, its held meeting, the seats by role, and what came of it."""

    council: Council
    meeting: Meeting
    seats: dict[str, Attendance] = field(default_factory=dict)
    item: AgendaItem = field(default_factory=AgendaItem)
    resolution: Resolution = field(default_factory=Resolution)
    vote: Vote = field(default_factory=Vote)

    @property
    def chair(self) -> Staff:
        return self.council.chair

    @property
    def secretary(self) -> Staff:
        return self.council.secretary


def attend(meeting: Meeting, post: Post | None, role: str, **more: Any) -> Attendance:
    """A seat that was filled by the holder of a post."""
    holding = post.holdings.select_related("person").first() if post else None
    given: dict[str, Any] = {
        "seat": post.pk if post else more.pop("lineage_seat"),
        "person": holding.person if holding else None,
        "name": holding.person.name if holding else {},
        "votes": role in VOTERS,
        "status": Attendance.Status.PRESENT,
        "position": Role.values.index(role),
    }
    return Attendance.objects.create(meeting=meeting, post=post, role=role, **{**given, **more})


def vote_on(item: AgendaItem, resolution: Resolution | None, **more: Any) -> Vote:
    """A vote that was carried by three of four, in a roll call."""
    given: dict[str, Any] = {
        "question": {"fa": "آیا تصویب شود؟", "ar": "هل تتم الموافقة؟", "en": "Shall it pass?"},
        "method": Vote.Method.ROLL_CALL,
        "majority": "simple",
        "majority_of": "present",
        "opened_at": AT,
        "closed_at": AT + timedelta(minutes=5),
        "seats": 3,
        "present": 3,
        "needed": 2,
        "threshold": 2,
        "in_favour": 2,
        "against": 1,
        "carried": True,
    }
    return Vote.objects.create(
        meeting=item.meeting, item=item, resolution=resolution, **{**given, **more}
    )


def conducted(**body: Any) -> Conducted:
    """A meeting with three voters present, one item, a vote, a dissent, a statement, an action."""
    seated = council(**body)
    meeting = MeetingFactory.create(
        body=seated.body,
        number=12,
        starts=time(10, 30),
        ends=time(12),
        place={"fa": "تالار نمونه", "ar": "قاعة النموذج", "en": "Sample hall"},
        chair=seated.chair.post,
        opened_at=AT,
        closed_at=AT + timedelta(hours=1),
    )
    made = Conducted(seated, meeting)
    for role in ("chair", "secretary", "member"):
        made.seats[role] = attend(meeting, getattr(seated, role).post, role)
    made.seats["adviser"] = attend(
        meeting, seated.adviser.post, "adviser", status=Attendance.Status.EXCUSED, note="بیماری"
    )
    made.item = AgendaItemFactory.create(meeting=meeting)
    made.resolution = ResolutionFactory.create(meeting=meeting, item=made.item)
    made.vote = vote_on(made.item, made.resolution)
    choices = {"chair": "for", "secretary": "for", "member": "against"}
    for role, choice in choices.items():
        Ballot.objects.create(vote=made.vote, attendance=made.seats[role], choice=choice)
    Dissent.objects.create(
        resolution=made.resolution, attendance=made.seats["member"], text="زود است.", at=AT
    )
    StatementFactory.create(meeting=meeting, speaker=seated.member.post)
    ActionFactory.create(resolution=made.resolution, owner=seated.member.post)
    return made


def recuse(made: Conducted, role: str, reason: str) -> Recusal:
    """Somebody steps out of the item."""
    return Recusal.objects.create(
        item=made.item, attendance=made.seats[role], reason=reason, at=timezone.now()
    )
