"""How the actions of some posts or units stand, and what somebody's seats are: for the desk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet

from diwan.councils.models import Action, Body, Meeting, Proposal
from diwan.councils.policies import day_of, seats_of, served_ids
from diwan.kernel.calendars import Calendar, add_months, from_calendar, to_calendar
from diwan.kernel.policies import Actor
from diwan.kernel.working import today_in, work_calendars

from .bodies import by_rule, meeting_days, with_meetings
from .proposals import with_ready


@dataclass(frozen=True)
class DutyStanding:
    """Of `total` confirmed and not dropped actions `closed` are closed.

    `closed_by_month` counts those closed before the end of each month, the oldest month first and
    the present one last.
    """

    total: int
    closed: int
    closed_by_month: tuple[int, ...]


def duty_standing(
    *,
    post_ids: Iterable[UUID] = (),
    unit_ids: Iterable[UUID] | QuerySet[Any, Any] = (),
    month_ends: Sequence[datetime],
) -> DutyStanding:
    """How the actions stand that those posts, or the posts of those units, owe; one question.

    `unit_ids` may be a subquery of identifiers.
    Whoever asks may see them: they are the posts that the actor holds or stands above.
    """
    owned = Q(owner_id__in=list(post_ids)) | Q(owner__unit_id__in=unit_ids)
    closed = Q(state=Action.State.CLOSED)
    by_month = {
        f"month_{n}": Count("owner", filter=closed & Q(closed_at__lt=end))
        for n, end in enumerate(month_ends)
    }
    left_out = (Action.State.UNCONFIRMED, Action.State.DROPPED)
    found = (
        Action.objects.filter(owned)
        .exclude(state__in=left_out)
        .aggregate(total=Count("owner"), closed=Count("owner", filter=closed), **by_month)
    )
    months = tuple(found[name] for name in by_month)
    return DutyStanding(found["total"], found["closed"], months)


def month_ends(today: date, calendar: Calendar, timezone: str, *, months: int) -> list[datetime]:
    """The ends of the last `months` months of a calendar, the present one included, as instants."""
    named = to_calendar(today, calendar)
    first = from_calendar(calendar, named.year, named.month, 1)
    zone = ZoneInfo(timezone)
    return [
        datetime.combine(add_months(first, 1 - back, calendar), time(), zone)
        for back in reversed(range(months))
    ]


def has_seat(actor: Actor) -> bool:
    """True if the actor sits in any body, through a post or by invitation."""
    return bool(seats_of(actor).every)


def runs_bodies(actor: Actor) -> bool:
    """True if the secretary's duties of any body are the actor's, elevation aside."""
    return bool(served_ids(actor))


@dataclass(frozen=True)
class SeatMeeting:
    """The next meeting of a body in which somebody sits; without `meeting_id` the rule's date."""

    body_id: UUID
    name: Mapping[str, str]
    day: date
    starts: time | None = None
    meeting_id: UUID | None = None


def seat_meeting(actor: Actor) -> SeatMeeting | None:
    """The soonest meeting to come of the bodies in which the actor sits, planned or by rule."""
    seats, today = seats_of(actor).every, actor.at.date()
    bodies = [
        body
        for body in own_bodies(actor)
        if body.pk in seats and (body.until is None or body.until > today)
    ]
    found = []
    work = work_calendars({body.unit.country for body in bodies})
    for body in bodies:
        code, days = body.unit.country, meeting_days(body)
        rule = by_rule(body, days.last, today_in(code, actor.at), work[code])
        if rule is not None:
            found.append(SeatMeeting(body.pk, body.name, rule.day))
    planned = [pk for body in bodies if (pk := meeting_days(body).planned_id)]
    soonest = (
        Meeting.objects.filter(pk__in=planned)
        .select_related("body")
        .order_by("date", "starts", "id")
        .first()
        if planned
        else None
    )
    if soonest is not None and soonest.date is not None:
        name = soonest.body.name
        found.append(SeatMeeting(soonest.body_id, name, soonest.date, soonest.starts, soonest.pk))
    return min(found, key=lambda meeting: (meeting.day, meeting.meeting_id is None), default=None)


BUSY = 30
"""Who runs more bodies than this has more news than anybody reads at once."""


def runs_many(actor: Actor) -> bool:
    """True if the secretary's duties of very many bodies are the actor's."""
    return len(served_ids(actor)) > BUSY


def own_bodies(actor: Actor) -> Sequence[Body]:
    """Bodies in which the actor sits, those served that recur or to which something is proposed.

    With their meetings and what is ready for their agenda (`ready_of`). Kept for one request: desks
    ask what is to be planned and taken up, and which meeting comes next.
    """
    known = actor.memo.get("councils.own_bodies")
    if known is None:
        proposed = Proposal.objects.filter(state=Proposal.State.OPEN).values("body")
        served = Q(pk__in=served_ids(actor)) & (~Q(every="") | Q(pk__in=proposed))
        wanted = Body.objects.filter(served | Q(pk__in=seats_of(actor).every))
        rows = with_meetings(wanted.select_related("unit"), actor.at)
        known = list(with_ready(rows, day_of(actor)))
        actor.memo["councils.own_bodies"] = known
    return cast("Sequence[Body]", known)
