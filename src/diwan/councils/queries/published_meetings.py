"""Meetings with everything of them that an actor may see, as plain data for the open standards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from itertools import islice
from typing import TypeVar
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from diwan.councils.models import (
    AgendaItem,
    AgendaPaper,
    Attendance,
    Ballot,
    Meeting,
    MinutesVersion,
    Resolution,
    Vote,
)
from diwan.councils.models.bodies import Role
from diwan.councils.policies import AGENDA, MEETINGS, RESOLUTIONS
from diwan.kernel.calendars import PartialDate
from diwan.kernel.dated import stated
from diwan.kernel.models import StoredFile
from diwan.kernel.policies import Actor, Confidentiality

from .published import Text, bodies_seen, tells_people
from .titles import meeting_title

T = TypeVar("T", AgendaItem, Resolution, Vote)

CHUNK = 200


@dataclass(frozen=True)
class OpenItem:
    """An agenda item; `order` counts those that the actor may see, from 0."""

    id: UUID
    order: int
    text: Text
    opened_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True)
class OpenPaper:
    """A paper laid before a meeting with one of its items."""

    id: UUID
    item_id: UUID
    name: str
    file: StoredFile


@dataclass(frozen=True)
class OpenResolution:
    """An adopted resolution; `item_id` only where the item may be seen, too."""

    id: UUID
    body_id: UUID
    meeting_id: UUID
    item_id: UUID | None
    number: str
    kind: str
    text: Text
    adopted_at: datetime | None

    @property
    def kind_label(self) -> str:
        """What sort of decision, in the active language."""
        return str(Resolution.Kind(self.kind).label)


@dataclass(frozen=True)
class OpenBallot:
    """What a seat said in a roll call; `person_id` only where it may be told who sits there."""

    id: UUID
    post_id: UUID | None
    person_id: UUID | None
    role: str
    choice: str


@dataclass(frozen=True)
class OpenVote:
    """A vote that was closed, by its counts; `ballots` of a roll call."""

    id: UUID
    item_id: UUID | None
    resolution_id: UUID | None
    question: Text
    method: str
    majority: str
    opened_at: datetime
    closed_at: datetime | None
    carried: bool
    in_favour: int
    against: int
    abstained: int
    ballots: Sequence[OpenBallot] = ()


@dataclass(frozen=True)
class OpenMeeting:
    """A meeting. `visible`: the meeting itself; else only resolutions of it are open.

    `whole`: nothing on its agenda and nothing it adopted is more confidential than public, so that
    its signed minutes (`minutes_id`) may be read by everybody.
    """

    id: UUID
    body_id: UUID
    unit_id: UUID
    country: str
    language: str
    visible: bool
    title: Text
    number: int | None
    state: str
    day: PartialDate | None
    starts: time | None
    ends: time | None
    place: Text
    whole: bool
    items: Sequence[OpenItem] = ()
    papers: Sequence[OpenPaper] = ()
    resolutions: Sequence[OpenResolution] = ()
    votes: Sequence[OpenVote] = ()
    attendees: Sequence[UUID] = ()
    minutes_id: UUID | None = None
    minutes_number: int = 0
    minutes_signed_at: datetime | None = None


def _open_resolutions(actor: Actor) -> QuerySet[Resolution]:
    adopted = Resolution.objects.filter(state=Resolution.State.ADOPTED)
    return RESOLUTIONS.which(actor, "see", adopted)


def meetings_shown(actor: Actor) -> QuerySet[Meeting]:
    """Meetings of bodies that the actor reads: those they read, or with a resolution they see."""
    bodies = bodies_seen(actor).values("pk")
    readable = MEETINGS.which(actor, "read", Meeting.objects.all()).values("pk")
    resolved = _open_resolutions(actor).filter(body__in=bodies).values("meeting")
    return Meeting.objects.filter(Q(pk__in=readable) | Q(pk__in=resolved), body__in=bodies)


def meeting_ids_shown(
    actor: Actor, body_ids: Iterable[UUID] | None = None, *, voted: bool = False
) -> Iterator[UUID]:
    """Their identifiers (of these bodies, or of all), in the order of their making.

    `voted`: of those alone in which a vote was closed.
    """
    rows = meetings_shown(actor)
    if voted:
        closed = Vote.objects.filter(meeting=OuterRef("pk"), closed_at__isnull=False)
        rows = rows.filter(Exists(closed))
    if body_ids is not None:
        rows = rows.filter(body__in=set(body_ids))
    yield from rows.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=CHUNK)


def meetings_with(
    actor: Actor, ids: Iterable[UUID], *, ballots: bool = False
) -> Iterator[OpenMeeting]:
    """Those of these meetings of which the actor may see something, with all they may see.

    With `ballots` also what each seat said in roll calls.
    """
    rest = iter(sorted(set(ids)))
    while some := list(islice(rest, CHUNK)):
        yield from _told(actor, some, ballots=ballots)


def _told(actor: Actor, ids: Sequence[UUID], *, ballots: bool) -> Iterator[OpenMeeting]:
    more = Q(confidentiality=Confidentiality.PUBLIC)
    kept_items = Exists(AgendaItem.objects.filter(~more, meeting=OuterRef("pk")))
    hidden = kept_items | Exists(Resolution.objects.filter(~more, meeting=OuterRef("pk")))
    readable = MEETINGS.which(actor, "read", Meeting.objects.filter(pk__in=ids))
    rows = (
        meetings_shown(actor)
        .filter(pk__in=ids)
        .select_related("body__unit", "body__register", "body__bylaws")
        .defer("search", "body__search", "body__mandate", "body__register__source")
    )
    meetings = list(
        rows.annotate(hidden=hidden, visible=Exists(readable.filter(pk=OuterRef("pk")))).order_by(
            "pk"
        )
    )
    if not meetings:
        return
    visible = [row for row in meetings if vars(row)["visible"]]
    parts = _Parts(actor, [row.pk for row in meetings], [row.pk for row in visible])
    named = [row.pk for row in visible if tells_people(actor, row.body)]
    parts.gather(visible=[row.pk for row in visible], named=named, ballots=ballots)
    for row in meetings:
        yield _one(actor, row, parts)


class _Parts:
    """What belongs to some meetings, gathered in a question a kind."""

    def __init__(self, actor: Actor, ids: Sequence[UUID], visible: Sequence[UUID]) -> None:
        seen = AGENDA.which(actor, "see", AgendaItem.objects.filter(meeting__in=visible))
        self.items = _grouped(seen.order_by("position", "pk"))
        known = {item.pk for items in self.items.values() for item in items}
        papers = AgendaPaper.objects.filter(item__in=known, file__blob__isnull=False)
        self.papers: dict[UUID, list[OpenPaper]] = defaultdict(list)
        for row in papers.select_related("file__blob", "item").order_by("position", "pk"):
            told = OpenPaper(row.pk, row.item_id, row.name, row.file)
            self.papers[row.item.meeting_id].append(told)
        resolved = _open_resolutions(actor).filter(meeting__in=ids)
        self.resolutions = _grouped(resolved.defer("search").order_by("position", "pk"))
        self.known_items = known

    def gather(self, *, visible: Sequence[UUID], named: Sequence[UUID], ballots: bool) -> None:
        """The votes and minutes of visible meetings, and who came to those that name people."""
        self.ballots = ballots
        self.votes = self._votes(visible, ballots=ballots)
        self.minutes = self._minutes(visible)
        self.present = self._present(named) if named else {}

    def _votes(self, visible: Sequence[UUID], *, ballots: bool) -> dict[UUID, list[Vote]]:
        """Closed votes on items and resolutions that may be seen, and on nothing in particular."""
        resolutions = {row.pk for rows in self.resolutions.values() for row in rows}
        rows = Vote.objects.filter(meeting__in=visible, closed_at__isnull=False)
        rows = rows.order_by("opened_at", "pk")
        if ballots:
            rows = rows.prefetch_related("ballots__attendance")
        return _grouped(
            row
            for row in rows
            if (row.item_id is None or row.item_id in self.known_items)
            and (row.resolution_id is None or row.resolution_id in resolutions)
        )

    @staticmethod
    def _minutes(visible: Sequence[UUID]) -> dict[UUID, MinutesVersion]:
        signed = MinutesVersion.objects.filter(
            meeting__in=visible, state=MinutesVersion.State.SIGNED
        )
        return {row.meeting_id: row for row in signed.defer("content").order_by("number")}

    @staticmethod
    def _present(named: Sequence[UUID]) -> dict[UUID, list[UUID]]:
        rows = Attendance.objects.filter(
            meeting__in=named,
            status=Attendance.Status.PRESENT,
            person__isnull=False,
            person__erased_at__isnull=True,
        ).exclude(role=Role.GUEST)
        found: dict[UUID, list[UUID]] = defaultdict(list)
        for meeting_id, person_id in rows.order_by("position", "pk").values_list(
            "meeting_id", "person_id"
        ):
            found[meeting_id].append(person_id)
        return found


def _grouped(rows: Iterable[T]) -> dict[UUID, list[T]]:
    found: dict[UUID, list[T]] = defaultdict(list)
    for row in rows:
        found[row.meeting_id].append(row)
    return found


def _one(actor: Actor, row: Meeting, parts: _Parts) -> OpenMeeting:
    people = tells_people(actor, row.body)
    minutes = parts.minutes.get(row.pk)
    flags = vars(row)
    return OpenMeeting(
        id=row.pk,
        body_id=row.body_id,
        unit_id=row.body.unit_id,
        country=row.body.unit.country,
        language=row.body.register.language,
        visible=flags["visible"],
        title=meeting_title(row),
        number=row.number,
        state=row.state,
        day=stated(row.date, row.date_precision, row.date_calendar),
        starts=row.starts,
        ends=row.ends,
        place=row.place or {},
        whole=not flags["hidden"],
        items=[
            OpenItem(item.pk, order, item.text, item.opened_at, item.closed_at)
            for order, item in enumerate(parts.items.get(row.pk, ()))
        ],
        papers=parts.papers.get(row.pk, ()),
        resolutions=[_resolution(one, parts) for one in parts.resolutions.get(row.pk, ())],
        votes=[
            _vote(vote, people=people, ballots=parts.ballots)
            for vote in parts.votes.get(row.pk, ())
            # What a vote was about that names nothing cannot be told from what is not for all.
            if vote.item_id or vote.resolution_id or not flags["hidden"]
        ],
        attendees=parts.present.get(row.pk, ()) if people else (),
        minutes_id=minutes.pk if minutes else None,
        minutes_number=minutes.number if minutes else 0,
        minutes_signed_at=minutes.signed_at if minutes else None,
    )


def _resolution(row: Resolution, parts: _Parts) -> OpenResolution:
    return OpenResolution(
        id=row.pk,
        body_id=row.body_id,
        meeting_id=row.meeting_id,
        item_id=row.item_id if row.item_id in parts.known_items else None,
        number=row.number,
        kind=row.kind,
        text=row.text,
        adopted_at=row.adopted_at,
    )


def _vote(row: Vote, *, people: bool, ballots: bool) -> OpenVote:
    told = ballots and row.method == Vote.Method.ROLL_CALL
    return OpenVote(
        id=row.pk,
        item_id=row.item_id,
        resolution_id=row.resolution_id,
        question=row.question,
        method=row.method,
        majority=row.majority,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        carried=bool(row.carried),
        in_favour=row.in_favour,
        against=row.against,
        abstained=row.abstained,
        ballots=[_ballot(one, people=people) for one in row.ballots.all()] if told else [],
    )


def _ballot(row: Ballot, *, people: bool) -> OpenBallot:
    seat = row.attendance
    return OpenBallot(
        id=row.pk,
        post_id=seat.post_id,
        # A deputy who came said it in their own name.
        person_id=seat.person_id if people and seat.status == Attendance.Status.PRESENT else None,
        role=seat.role,
        choice=row.choice,
    )
