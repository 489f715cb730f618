"""Meetings for somebody's calendar: those on record, and the days by rule still to come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from diwan.councils.constants import BODY, MEETING
from diwan.councils.models import Body, Meeting
from diwan.councils.policies import BODIES, MEETINGS, seats_of
from diwan.kernel.calendars import Calendar, Precision, Recurrence
from diwan.kernel.exchange import Ref
from diwan.kernel.models import AuditEntry
from diwan.kernel.policies import Actor
from diwan.kernel.working import today_in, work_calendars

from .bodies import meeting_days, with_meetings
from .titles import meeting_title

MOST = 2000
"""A calendar with more meetings than this helps nobody; the latest are kept."""


@dataclass(frozen=True)
class CalendarMeeting:
    """One meeting, or one day on which a body meets by its rule (`ref` is the body then).

    `day` and the times are local to `country`; without `starts` it fills the day. `state` is
    planned, held, cancelled or by_rule.
    """

    ref: Ref
    body_id: UUID
    country: str
    title: Mapping[str, str]
    body: Mapping[str, str]
    place: Mapping[str, str]
    day: date
    starts: time | None
    ends: time | None
    state: str

    @property
    def by_rule(self) -> bool:
        """True where nobody has planned it yet."""
        return self.state == BY_RULE


BY_RULE = "by_rule"
AGENDA_CHANGED = ("add_item", "propose_item", "change_item", "remove_item", "order_items")
CHANGED = ("change", "hold", "cancel", "correct", "close", *AGENDA_CHANGED)
"""Writes of a meeting that change what its calendar entry, or an invitation, says."""


def calendar_of(
    actor: Actor, *, since: date, until: date, body_id: UUID | None = None
) -> list[CalendarMeeting]:
    """Meetings in [since, until) that the actor may see: of one body, or of all they sit in.

    With those that a recurring body will hold by its rule after its last planned one. By day.
    """
    bodies = _bodies(actor, body_id)
    rows = MEETINGS.which(actor, "see", Meeting.objects.filter(body__in=bodies.values("pk")))
    rows = rows.filter(date__gte=since, date__lt=until, date_precision=Precision.DAY.value)
    newest = rows.select_related("body__unit").order_by("-date", "-starts", "-id")[:MOST]
    found = [_on_record(row) for row in newest]
    found += _by_rule(actor, bodies, since, until)
    return sorted(found, key=lambda one: (one.day, one.starts or time(), str(one.ref.id)))


def stamps_of(ids: Iterable[UUID]) -> dict[UUID, tuple[datetime, int]]:
    """When each meeting was last written, and how often what a calendar shows was changed.

    The count is the SEQUENCE of RFC 5545 in feeds and invitations: it only grows.
    """
    rows = AuditEntry.objects.filter(
        subject_kind=MEETING, subject_id__in=list(ids), verb__in=["plan", "record", *CHANGED]
    )
    found = rows.values("subject_id").annotate(
        at=Max("at"), n=Count("pk", filter=Q(verb__in=CHANGED))
    )
    return {row["subject_id"]: (row["at"], row["n"]) for row in found.order_by()}


def _bodies(actor: Actor, body_id: UUID | None) -> QuerySet[Body]:
    if body_id is not None:
        return BODIES.which(actor, "see", Body.objects.filter(pk=body_id))
    return Body.objects.filter(pk__in=seats_of(actor).every)


def _on_record(row: Meeting) -> CalendarMeeting:
    assert row.date is not None  # noqa: S101 - asked for by date
    return CalendarMeeting(
        ref=Ref(MEETING, row.pk),
        body_id=row.body_id,
        country=row.body.unit.country,
        title=meeting_title(row),
        body=row.body.name,
        place=row.place or {},
        day=row.date,
        starts=row.starts,
        ends=row.ends,
        state=row.state,
    )


def _by_rule(
    actor: Actor, bodies: QuerySet[Body], since: date, until: date
) -> Iterator[CalendarMeeting]:
    """Days by rule, of bodies that the actor may read: who only owes something sees none."""
    readable = BODIES.which(actor, "read", bodies.exclude(every="")).select_related("unit")
    rows = list(with_meetings(readable, actor.at))
    work = work_calendars({row.unit.country for row in rows})
    planned = _last_planned(row.pk for row in rows)
    for row in rows:
        last = planned.get(row.pk) or meeting_days(row).last
        if last is None:
            continue
        code = row.unit.country
        begin = max(since, last, today_in(code, actor.at))
        end = min(until, row.until) if row.until else until
        rule = Recurrence.parse(row.every, row.every_on)
        for day in rule.between(last, Calendar(row.calendar), begin, end):
            yield CalendarMeeting(
                ref=Ref(BODY, row.pk),
                body_id=row.pk,
                country=code,
                title=row.name,
                body=row.name,
                place={},
                day=work[code].next_working_day(day),
                starts=None,
                ends=None,
                state=BY_RULE,
            )


def _last_planned(body_ids: Iterable[UUID]) -> Mapping[UUID, date]:
    """The latest day on which each body plans to meet, to count on from."""
    ids: Sequence[UUID] = list(body_ids)
    wanted = Q(body__in=ids, state=Meeting.State.PLANNED, date__isnull=False)
    rows = Meeting.objects.filter(wanted, date_precision=Precision.DAY.value).order_by("date")
    return {body: day for body, day in rows.values_list("body_id", "date") if day is not None}
