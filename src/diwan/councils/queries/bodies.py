"""Bodies as somebody may see them: lists, members, terms, and when they meet next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    Count,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from diwan.councils.models import Body, BodySeatUser, Meeting, Membership, Oversight, Term
from diwan.councils.policies import BODIES, MEETINGS, day_of
from diwan.councils.rules.recurrence import NextDate, next_date
from diwan.directory.public import (
    Post,
    PostCard,
    PostVersion,
    Role,
    below,
    post_cards,
    remembered_posts,
    roles_text,
    unit_names,
)
from diwan.kernel.calendars import Calendar, Precision, Recurrence
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
    body: Body,
    day: date,
    *,
    at: datetime,
    known_at: datetime | None = None,
    only: Q | None = None,
) -> list[Member]:
    """The members of a body at the end of `day`, holders as of the instant `at`; few questions.

    `only`: those memberships alone.
    """
    found = Membership.objects.as_of(day, known_at=known_at).filter(only or Q(), body=body)
    rows = list(found.select_related("post_pattern", "partner"))
    instances, heads = in_patterns_and_units(rows)
    wanted = {row.post_id for row in rows if row.post_id}
    for ids in [*instances.values(), *heads.values()]:
        wanted.update(ids)
    cards = post_cards(wanted, at)
    # The host is named on the same page: it is asked with them, or known already by a post.
    names = unit_names([body.unit_id, *(row.unit_id for row in rows if row.unit_id)], day)
    seated = _seated(rows)

    def posts_of(row: Membership) -> list[PostCard]:
        ids = [row.post_id] if row.post_id else []
        ids += instances.get(row.post_pattern_id, []) if row.post_pattern_id else []
        leading = heads.get(row.unit_id, []) if row.unit_id else []
        ids += [pk for pk in leading if Role.HEAD in cards[pk].roles]
        return [cards[id_] for id_ in ids if id_ in cards and not cards[id_].ended]

    def name_of(row: Membership) -> Mapping[str, str]:
        if row.post_id:
            return cards[row.post_id].name
        if row.post_pattern is not None:
            return dict(row.post_pattern.name)
        if row.unit_id:
            return names.get(row.unit_id, {})
        return dict(row.partner.name if row.partner else row.seat or {})

    return [Member(row, name_of(row), posts_of(row), seated[row.lineage]) for row in rows]


Posts = dict[UUID, list[UUID]]


def in_patterns_and_units(rows: Iterable[Membership]) -> tuple[Posts, Posts]:
    """The posts of patterns, by their keys, and those that ever headed a unit; one question.

    What is believed of them, and of the posts that have seats themselves, is learnt with it.
    """
    rows = list(rows)
    patterns = {row.post_pattern_id for row in rows if row.post_pattern_id}
    units = {row.unit_id for row in rows if row.unit_id}
    instances: Posts = defaultdict(list)
    heads: Posts = defaultdict(list)
    if not patterns and not units:
        return instances, heads
    heading = PostVersion.objects.known().filter(
        post=OuterRef("pk"), roles__contains=roles_text([Role.HEAD])
    )
    head = Case(When(Exists(heading), then=Value(value=True)), default=Value(value=False))
    posts = {row.post_id for row in rows if row.post_id}
    found = Post.objects.annotate(head=head).filter(
        Q(pattern_id__in=patterns) | Q(unit_id__in=units, head=True) | Q(pk__in=posts)
    )
    columns = ("pk", "unit_id", "pattern_id", "head")
    for pk, unit_id, pattern_id, headed in remembered_posts(found.order_by("key", "pk"), *columns):
        if pattern_id in patterns:
            instances[pattern_id].append(pk)
        if unit_id in units and headed:
            heads[unit_id].append(pk)
    return instances, {unit_id: sorted(ids) for unit_id, ids in heads.items()}


def _seated(rows: Iterable[Membership]) -> dict[UUID, list[BodySeatUser]]:
    """The users who act through named seats and partners' memberships, by lineage."""
    seated: dict[UUID, list[BodySeatUser]] = defaultdict(list)
    lineages = [row.lineage for row in rows if row.seat is not None or row.partner_id]
    users = BodySeatUser.objects.filter(lineage__in=lineages, until_at__isnull=True)
    for user in users.select_related("user") if lineages else ():
        seated[user.lineage].append(user)
    return seated


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


def with_counts(bodies: QuerySet[Body], actor: Actor) -> QuerySet[Body]:
    """Bodies with what a body's page counts as columns; read by `body_counts`.

    `waits_id` is the earliest planned meeting: where its day has come somebody should say whether
    it was held.
    """
    of_body = Meeting.objects.filter(body=OuterRef("pk"))
    planned = of_body.filter(state=Meeting.State.PLANNED, date__isnull=False)
    seen = MEETINGS.which(actor, "see", of_body).order_by().values("body")
    overseen = Oversight.objects.filter(body=OuterRef("pk")).order_by().values("body")
    return bodies.annotate(
        waits_id=Subquery(planned.order_by("date", "starts", "id").values("pk")[:1]),
        meeting_count=Subquery(seen.annotate(n=Count("pk")).values("n")),
        overseen_count=Subquery(overseen.annotate(n=Count("pk")).values("n")),
    )


@dataclass(frozen=True)
class BodyCounts:
    """What `with_counts` says of one body: meetings that the actor may see, units overseen."""

    waits_id: UUID | None
    meetings: int
    overseen: int


def body_counts(body: Body) -> BodyCounts:
    """Read the columns of `with_counts`."""
    columns = vars(body)
    return BodyCounts(
        columns["waits_id"], columns["meeting_count"] or 0, columns["overseen_count"] or 0
    )


def by_rule(body: Body, last: date | None, today: date, work: WorkCalendar) -> NextDate | None:
    """The date by the rule of a recurring body that has met on a known day and still stands."""
    dissolved = body.until is not None and body.until <= today
    if not body.every or last is None or dissolved:
        return None
    rule = Recurrence.parse(body.every, body.every_on)
    return next_date(last, rule, Calendar(body.calendar), today=today, work=work)


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
    return {
        body.pk: meets_next(body, days[body.pk], planned, at, work[body.unit.country])
        for body in rows
    }


def meets_next(
    body: Body,
    days: MeetingDays,
    planned: Mapping[UUID, Meeting],
    at: datetime,
    work: WorkCalendar,
) -> NextMeeting:
    """The same for one body where its planned meeting is at hand."""
    rule = by_rule(body, days.last, today_in(body.unit.country, at), work)
    meeting = planned.get(days.planned_id) if days.planned_id else None
    return NextMeeting(meeting, rule, days.last)
