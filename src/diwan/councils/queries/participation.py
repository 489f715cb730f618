"""How the members of a body took part in a term or a year: attendance, proposals, duties."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Min, Q
from django.db.models.functions import TruncDate

from diwan.councils.models import Action, Attendance, Body, Endorsement, Meeting, Term
from diwan.councils.models.bodies import Role
from diwan.councils.policies import ACTIONS, MEETINGS
from diwan.councils.rules.life import State
from diwan.councils.rules.participation import Attended, Share, Status, attended, together
from diwan.directory.public import PostCard, post_cards
from diwan.kernel.calendars import Calendar, from_calendar, to_calendar
from diwan.kernel.countries import country
from diwan.kernel.policies import Actor
from diwan.kernel.working import today_in

from .bodies import Member, members_of

YEARS = 5
"""So many years back may be chosen."""
ORDER = {role.value: place for place, role in enumerate(Role)}
OUTSIDE = (Role.GUEST.value, Role.OBSERVER.value)
"""Who comes when asked, or listens: nobody counts how often."""


@dataclass(frozen=True)
class Period:
    """A term or a year of a body's calendar, [first, until). Exactly one of both is set."""

    first: date
    until: date
    term: int | None = None
    year: int | None = None

    @property
    def key(self) -> str:
        """As an address names it."""
        return f"term-{self.term}" if self.term is not None else f"year-{self.year}"


@dataclass(frozen=True)
class SeatPart:
    """How one seat took part. `card` is its post, None for a named seat or a partner."""

    name: Mapping[str, str]
    role: str
    card: PostCard | None
    attended: Attended
    proposals: int
    endorsed: int
    in_time: Share


@dataclass(frozen=True)
class Participation:
    """How a body's members took part in a period; `meetings` are those with attendance taken."""

    period: Period
    meetings: int
    seats: Sequence[SeatPart]

    @property
    def attendance(self) -> Share:
        """Of all seats together."""
        return together(seat.attended.share for seat in self.seats)

    @property
    def in_time(self) -> Share:
        """What members owed because of the body's resolutions and did by its day."""
        return together(seat.in_time for seat in self.seats)

    @property
    def proposals(self) -> int:
        """What members proposed."""
        return sum(seat.proposals for seat in self.seats)


def periods_of(body: Body, terms: Iterable[Term], today: date) -> list[Period]:
    """What may be chosen: the terms that began, the latest first, then the latest years."""
    calendar = Calendar(body.calendar)
    found = [
        Period(term.since, term.until or date.max, term=term.number)
        for term in sorted(terms, key=lambda term: -term.number)
        if term.since is not None and term.since <= today
    ]
    this = to_calendar(today, calendar).year
    earliest = Meeting.objects.filter(body=body, date__lte=today).aggregate(day=Min("date"))["day"]
    first = to_calendar(earliest, calendar).year if earliest else this
    years = range(this, max(first, this - YEARS + 1) - 1, -1)
    return found + [
        Period(
            from_calendar(calendar, year, 1, 1), from_calendar(calendar, year + 1, 1, 1), year=year
        )
        for year in years
    ]


def participation(actor: Actor, body: Body, period: Period, today: date) -> Participation:
    """How the members took part, as far as the actor may read the meetings and see the actions.

    Counted until today. Deputies count as attendance of the seat; of actions those that fell due.
    The seats are those of the period's last day, and whoever else attended or proposed in it.
    """
    until = min(period.until, today + timedelta(days=1))
    zone = ZoneInfo(country(body.unit.country).timezone)
    rows = _attendance(actor, body, period.first, until)
    proposals, endorsed = _proposed(body, _at(period.first, zone), _at(until, zone))
    known = {row.seat: row for row in rows}
    members = _members(body, max(period.first, until - timedelta(days=1)), actor.at)
    extra = {row.post_id for row in rows if row.post_id} | set(proposals) | set(endorsed)
    posts = {pk for pk in extra if pk not in members}
    cards = post_cards(posts, actor.at) if posts else {}
    owed = _owed(actor, body, {*members, *cards}, period.first, until)
    told = attended((row.seat, Status(row.status)) for row in rows)
    nothing = Attended()

    def part(seat: UUID, name: Mapping[str, str], role: str, card: PostCard | None) -> SeatPart:
        return SeatPart(
            name=name,
            role=role,
            card=card,
            attended=told.get(seat, nothing),
            proposals=proposals.get(seat, 0),
            endorsed=endorsed.get(seat, 0),
            in_time=owed.get(seat, Share()),
        )

    seats = [part(seat, *one) for seat, one in members.items()]
    for seat in sorted({*known, *cards} - members.keys()):
        row, card = known.get(seat), cards.get(seat)
        if row is None and card is None:
            continue
        name = card.name if card else row.name if row else {}
        seats.append(part(seat, name, row.role if row else Role.MEMBER.value, card))
    seats.sort(key=lambda seat: ORDER[seat.role])
    return Participation(period, len({row.meeting_id for row in rows}), seats)


def _attendance(actor: Actor, body: Body, first: date, until: date) -> list[Attendance]:
    """How seats were filled at the meetings that the actor may read."""
    held = Meeting.objects.filter(
        body=body, state=Meeting.State.HELD, date__gte=first, date__lt=until
    )
    meetings = MEETINGS.which(actor, "read", held)
    rows = Attendance.objects.filter(meeting__in=meetings.values("pk"))
    rows = rows.exclude(status=Attendance.Status.EXPECTED).exclude(role__in=OUTSIDE)
    return list(rows.order_by("meeting__date", "position", "pk"))


def _proposed(
    body: Body, first: datetime, until: datetime
) -> tuple[dict[UUID, int], dict[UUID, int]]:
    """How often each seat proposed, and signed what others proposed.

    The proposer's own signature is the first: so the signatures tell both.
    """
    rows = Endorsement.objects.filter(proposal__body=body, at__gte=first, at__lt=until)
    own = Q(seat=F("proposal__seat"))
    counted = rows.order_by().values_list("seat")
    found = counted.annotate(made=Count("pk", filter=own), signed=Count("pk", filter=~own))
    made, signed = {}, {}
    for seat, made_n, signed_n in found:
        made[seat], signed[seat] = made_n, signed_n
    return made, signed


Seat = tuple[Mapping[str, str], str, PostCard | None]


def _members(body: Body, day: date, at: datetime) -> dict[UUID, Seat]:
    """The seats of a day: a post's by the post, others by the lineage of the membership."""
    found: dict[UUID, Seat] = {}
    members = [one for one in members_of(body, day, at=at) if one.membership.role not in OUTSIDE]
    for member in sorted(members, key=lambda one: ORDER[one.membership.role]):
        for seat, name, card in _seats(member):
            found.setdefault(seat, (name, member.membership.role, card))
    return found


def _seats(member: Member) -> list[tuple[UUID, Mapping[str, str], PostCard | None]]:
    row = member.membership
    if row.post_id or row.post_pattern_id or row.unit_id:
        return [(card.post_id, card.name, card) for card in member.posts]
    return [(row.lineage, member.name, None)]


def _owed(
    actor: Actor, body: Body, posts: set[UUID], first: date, until: date
) -> dict[UUID, Share]:
    """Of what fell due in the period, how much each post reported done by its day.

    What is due today has until the evening: it counts once it is reported done.
    """
    zone = ZoneInfo(country(body.unit.country).timezone)
    over = Q(due__lt=today_in(body.unit.country, actor.at)) | Q(done_at__isnull=False)
    rows = Action.objects.filter(
        over, resolution__body=body, owner__in=posts, due__gte=first, due__lt=until
    ).exclude(state__in=(State.UNCONFIRMED, State.DROPPED))
    done_day = TruncDate("done_at", tzinfo=zone)
    in_time = Q(done_at__isnull=False) & Q(due__gte=done_day)
    counted = ACTIONS.which(actor, "see", rows).order_by().values_list("owner")
    found = counted.annotate(of=Count("pk"), n=Count("pk", filter=in_time))
    return {owner: Share(n, of) for owner, of, n in found}


def _at(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
