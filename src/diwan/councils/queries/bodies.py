"""Bodies as somebody may see them: lists, members, terms, and when they meet next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Max, Min, OuterRef, Q, QuerySet, Subquery

from diwan.councils.models import Body, BodySeatUser, Meeting, Membership, Term
from diwan.councils.policies import BODIES, MEETINGS, day_of
from diwan.councils.rules.recurrence import NextDate, next_date
from diwan.directory.public import (
    Partner,
    PostCard,
    PostPattern,
    below,
    heads_of,
    post_cards,
    unit_names,
)
from diwan.kernel.calendars import Calendar, Precision, Span
from diwan.kernel.countries import COUNTRIES
from diwan.kernel.policies import Actor
from diwan.kernel.text import search_tokens
from diwan.kernel.working import today_in, work_calendars
from diwan.kernel.worktime import WorkCalendar


@dataclass(frozen=True)
class BodyFilter:
    """What a list of bodies is narrowed to. `unit_id` takes in those below; `day` as of when."""

    unit_id: UUID | None = None
    kind: str = ""
    day: date | None = None
    text: str = ""


def bodies_for(actor: Actor, wanted: BodyFilter | None = None) -> QuerySet[Body]:
    """Bodies that the actor may see, by name of their key; without `day` those that meet today."""
    asked = wanted or BodyFilter()
    day = asked.day or day_of(actor)
    rows = BODIES.which(actor, "see", Body.objects.all()).select_related("unit", "register")
    rows = rows.filter(Q(since__isnull=True) | Q(since__lte=day))
    rows = rows.filter(Q(until__isnull=True) | Q(until__gt=day))
    if asked.unit_id is not None:
        rows = rows.filter(unit_id__in=below([asked.unit_id], day))
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    for token in search_tokens(asked.text):
        rows = rows.filter(search__contains=token)
    return rows.order_by("register__key", "key")


@dataclass(frozen=True)
class Member:
    """A seat on a day, and who sits in it then: posts with their holders, or a name alone.

    `posts` has all instances of a patterned post, and the head posts of a unit. `users` are those
    who were invited to act through a named seat.
    """

    membership: Membership
    name: Mapping[str, str]
    posts: Sequence[PostCard] = ()
    users: Sequence[BodySeatUser] = ()


def members_of(
    body: Body, day: date, *, at: datetime, known_at: datetime | None = None
) -> list[Member]:
    """The members of a body at the end of `day`, holders as of the instant `at`; few questions."""
    rows = list(Membership.objects.as_of(day, known_at=known_at).filter(body=body))
    patterns = PostPattern.objects.in_bulk([row.post_pattern_id for row in rows])
    instances: dict[UUID, list[UUID]] = defaultdict(list)
    for pattern in patterns.values():
        instances[pattern.pk] = list(pattern.instances.order_by("key").values_list("pk", flat=True))
    units = [row.unit_id for row in rows if row.unit_id]
    heads = heads_of(units, at)
    wanted = {row.post_id for row in rows if row.post_id}
    for ids in [*instances.values(), *heads.values()]:
        wanted.update(ids)
    cards = post_cards(wanted, at)
    names = unit_names(units, day)
    partners = Partner.objects.in_bulk([row.partner_id for row in rows])
    seated: dict[UUID, list[BodySeatUser]] = defaultdict(list)
    for user in BodySeatUser.objects.filter(
        lineage__in=[row.lineage for row in rows], until_at__isnull=True
    ).select_related("user"):
        seated[user.lineage].append(user)

    def posts_of(row: Membership) -> list[PostCard]:
        ids = [row.post_id] if row.post_id else []
        ids += instances.get(row.post_pattern_id, []) if row.post_pattern_id else []
        ids += heads.get(row.unit_id, []) if row.unit_id else []
        return [cards[id_] for id_ in ids if id_ in cards and not cards[id_].ended]

    def name_of(row: Membership) -> Mapping[str, str]:
        if row.post_id:
            return cards[row.post_id].name
        if row.post_pattern_id:
            return dict(patterns[row.post_pattern_id].name)
        if row.unit_id:
            return names.get(row.unit_id, {})
        return dict(partners[row.partner_id].name if row.partner_id else row.seat or {})

    return [Member(row, name_of(row), posts_of(row), seated[row.lineage]) for row in rows]


def terms_of(body: Body) -> QuerySet[Term]:
    """The body's terms as they are known now, the latest first."""
    return Term.objects.known().filter(body=body).order_by("-number")


@dataclass(frozen=True)
class NextMeeting:
    """When a body meets next: a planned meeting, else the rule's date; nothing where neither is.

    `last` is the day of the last meeting that was held. `rule` is there also beside a plan.
    """

    planned: Meeting | None = None
    rule: NextDate | None = None
    last: date | None = None

    @property
    def day(self) -> date | None:
        """The day to expect it."""
        if self.planned is not None:
            return self.planned.date
        return self.rule.day if self.rule else None


def with_meetings(
    bodies: QuerySet[Body], at: datetime, *, actor: Actor | None = None
) -> QuerySet[Body]:
    """Bodies with the day of their last held meeting and their next planned one as columns.

    With `actor` only plans that they may see.
    """
    of_body = Meeting.objects.filter(body=OuterRef("pk"), date__isnull=False)
    held = of_body.filter(state=Meeting.State.HELD, date_precision=Precision.DAY.value)
    earliest = min(today_in(code, at) for code in COUNTRIES)
    planned = of_body.filter(state=Meeting.State.PLANNED, date__gte=earliest)
    if actor is not None:
        planned = MEETINGS.which(actor, "see", planned)
    planned = planned.order_by("date", "starts", "id")
    return bodies.annotate(
        last_day=Subquery(held.order_by("-date").values("date")[:1]),
        planned_id=Subquery(planned.values("pk")[:1]),
    )


@dataclass(frozen=True)
class MeetingDays:
    """What `with_meetings` says of one body."""

    last: date | None
    planned_id: UUID | None


def meeting_days(body: Body) -> MeetingDays:
    """Read the columns of `with_meetings`."""
    return MeetingDays(getattr(body, "last_day"), getattr(body, "planned_id"))  # noqa: B009 - columns


def by_rule(body: Body, last: date | None, today: date, work: WorkCalendar) -> NextDate | None:
    """The date by the rule of a recurring body that has met on a known day and still stands."""
    dissolved = body.until is not None and body.until <= today
    if not body.every or last is None or dissolved:
        return None
    return next_date(last, Span.parse(body.every), Calendar(body.calendar), today=today, work=work)


def next_meeting(body: Body, at: datetime) -> NextMeeting:
    """When a body meets next, asked at an instant."""
    return next_meetings([body], at)[body.pk]


def next_meetings(
    bodies: Iterable[Body], at: datetime, *, actor: Actor | None = None
) -> dict[UUID, NextMeeting]:
    """The same for many bodies in a few questions; with `actor` only plans that they may see.

    Bodies should come with their unit; those of `with_meetings` need no question for their days.
    A rule counts from the last held meeting whose day is known, in the body's own calendar.
    """
    rows = list(bodies)
    if all(hasattr(body, "planned_id") for body in rows):
        days = {body.pk: meeting_days(body) for body in rows}
    else:
        mine = Body.objects.filter(pk__in=[b.pk for b in rows])
        asked: QuerySet[Any] = with_meetings(mine, at, actor=actor)
        columns = asked.values_list("pk", "last_day", "planned_id")
        days = {pk: MeetingDays(last, planned) for pk, last, planned in columns}
    planned = Meeting.objects.in_bulk([day.planned_id for day in days.values() if day.planned_id])
    work = work_calendars({body.unit.country for body in rows})
    found = {}
    for body in rows:
        code, known = body.unit.country, days[body.pk]
        rule = by_rule(body, known.last, today_in(code, at), work[code])
        meeting = planned.get(known.planned_id) if known.planned_id else None
        found[body.pk] = NextMeeting(meeting, rule, known.last)
    return found


def span_of_records(body: Body) -> tuple[date | None, date | None]:
    """The days of the first and the last meeting of which a date is known."""
    rows = Meeting.objects.filter(body=body, state=Meeting.State.HELD, date__isnull=False)
    found = rows.aggregate(first=Min("date"), last=Max("date"))
    return found["first"], found["last"]
