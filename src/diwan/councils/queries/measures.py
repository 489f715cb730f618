"""What councils counts for units and bodies: decided, done in time, closed, moved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate

from diwan.councils.constants import BODY
from diwan.councils.models import (
    Action,
    Attendance,
    Body,
    DateRequest,
    Meeting,
    Proposal,
    Resolution,
)
from diwan.councils.policies import ACTIONS, BODIES, MEETINGS, RESOLUTIONS
from diwan.councils.rules.life import SETTLED, State
from diwan.kernel.exchange import MeasureQuestion, Value, Values
from diwan.kernel.reader import current

from .participation import OUTSIDE

Counted = dict[tuple[UUID, str], Value]
Counting = QuerySet[Any, Any]
"""Resolutions or actions; with the columns that the counting adds the stubs know no type."""
Within = Callable[[date, date], Q]
"""The condition that something happened in [first, until)."""


def adopted(question: MeasureQuestion) -> Values:
    """Resolutions adopted in the period by the body, or by bodies hosted in the unit and below."""

    def within(first: date, until: date) -> Q:
        return Q(meeting__date__gte=first, meeting__date__lt=until)

    wanted = Resolution.objects.filter(state=Resolution.State.ADOPTED)
    seen = RESOLUTIONS.which(question.actor, "see", wanted)
    return _counted(question, seen, within, body="body_id", unit="body__unit")


def done_in_time(question: MeasureQuestion) -> Values:
    """Of the actions due in the period, how many were reported done by their due day."""

    def within(first: date, until: date) -> Q:
        return Q(due__gte=first, due__lt=until)

    wanted = Action.objects.exclude(state__in=(State.UNCONFIRMED, State.DROPPED))
    seen = ACTIONS.which(question.actor, "see", wanted)
    zone = ZoneInfo(current().timezone)
    done_day = TruncDate("done_at", tzinfo=zone)
    in_time = Q(done_at__isnull=False) & Q(due__gte=done_day)
    return _counted(
        question, seen, within, body="resolution__body_id", unit="owner__unit", part=in_time
    )


def closed(question: MeasureQuestion) -> Values:
    """Actions that were closed in the period."""

    def within(first: date, until: date) -> Q:
        return Q(closed_at__gte=_beginning(first), closed_at__lt=_beginning(until))

    wanted = Action.objects.filter(state=State.CLOSED)
    seen = ACTIONS.which(question.actor, "see", wanted)
    return _counted(question, seen, within, body="resolution__body_id", unit="owner__unit")


def moved(question: MeasureQuestion) -> Values:
    """New dates that were granted in the period."""

    def within(first: date, until: date) -> Q:
        return Q(answered__gte=_beginning(first), answered__lt=_beginning(until))

    # One row for each date that was granted.
    wanted = Action.objects.filter(date_requests__state=DateRequest.State.GRANTED)
    wanted = wanted.annotate(answered=F("date_requests__answered_at"))
    seen = ACTIONS.which(question.actor, "see", wanted)
    return _counted(question, seen, within, body="resolution__body_id", unit="owner__unit")


def attendance(question: MeasureQuestion) -> Values:
    """Of the seats at meetings of the period, how many were filled; the excused are not counted."""

    def within(first: date, until: date) -> Q:
        return Q(meeting__date__gte=first, meeting__date__lt=until)

    held = Meeting.objects.filter(state=Meeting.State.HELD)
    read = MEETINGS.which(question.actor, "read", held)
    came = (Attendance.Status.PRESENT, Attendance.Status.DEPUTY)
    wanted = Attendance.objects.filter(
        meeting__in=read.values("pk"), status__in=(*came, Attendance.Status.ABSENT)
    ).exclude(role__in=OUTSIDE)
    part = Q(status__in=came)
    return _counted(
        question, wanted, within, body="meeting__body_id", unit="meeting__body__unit", part=part
    )


def proposals(question: MeasureQuestion) -> Values:
    """What members proposed in the period, for the bodies that the actor may read."""

    def within(first: date, until: date) -> Q:
        return Q(made_at__gte=_beginning(first), made_at__lt=_beginning(until))

    bodies = BODIES.which(question.actor, "read", Body.objects.all())
    wanted = Proposal.objects.filter(body__in=bodies.values("pk"))
    return _counted(question, wanted, within, body="body_id", unit="body__unit")


def decisions_done(question: MeasureQuestion) -> Values:
    """Of the resolutions of the period that asked for something, how many are done by now.

    Counted of what the actor may see, as the register does; what was dropped counts as settled.
    """

    def within(first: date, until: date) -> Q:
        return Q(meeting__date__gte=first, meeting__date__lt=until)

    actions = ACTIONS.which(
        question.actor, "see", Action.objects.filter(resolution=OuterRef("pk"), parent=None)
    )
    adopted = Resolution.objects.filter(Exists(actions), state=Resolution.State.ADOPTED)
    seen = RESOLUTIONS.which(question.actor, "see", adopted)
    done = ~Q(Exists(actions.exclude(state__in=SETTLED)))
    return _counted(question, seen, within, body="body_id", unit="body__unit", part=done)


def _counted(
    question: MeasureQuestion,
    rows: Counting,
    within: Within,
    *,
    body: str,
    unit: str,
    part: Q | None = None,
) -> Counted:
    """Count rows by record and period, all periods in one question. With `part`: how many of all.

    For a unit each period counts what stood at or below it on the period's last day. A unit stands
    below another by one path a day, so that no row is counted twice.
    """
    periods = question.periods
    if not periods:
        return {}
    first, until = min(p.first_day for p in periods), max(p.until_day for p in periods)
    here, held = rows.filter(within(first, until)), Q()
    if question.kind == BODY:
        here = here.filter(**{f"{body}__in": question.ids}).annotate(whose=F(body))
    else:
        here = _under(here, f"{unit}__paths_up", question)
    counts = {}
    for at, period in enumerate(periods):
        if question.kind != BODY:
            held = Q(path_since__lte=period.last_day, path_until__gt=period.last_day)
        inside = within(period.first_day, period.until_day) & held
        counts[f"n{at}"] = Count("pk", filter=inside)
        if part is not None:
            counts[f"part{at}"] = Count("pk", filter=inside & part)
    found: Counted = {}
    for row in here.values("whose").annotate(**counts).order_by():
        for at, period in enumerate(periods):
            n = row[f"n{at}"]
            if n:
                value = Value(n) if part is None else Value(row[f"part{at}"], of=n)
                found[row["whose"], period.key()] = value
    return found


def _under(rows: Counting, paths: str, question: MeasureQuestion) -> Counting:
    """Rows joined to the paths from one of `ids` down to their unit, `whose` it is."""
    last_days = [period.last_day for period in question.periods]
    joined = rows.filter(
        **{
            f"{paths}__ancestor_id__in": list(question.ids),
            f"{paths}__since__lte": max(last_days),
            f"{paths}__until__gt": min(last_days),
        }
    )
    found: Counting = joined.annotate(
        whose=F(f"{paths}__ancestor_id"),
        path_since=F(f"{paths}__since"),
        path_until=F(f"{paths}__until"),
    )
    return found


def _beginning(day: date) -> datetime:
    """When a day begins, by the reader's clock."""
    return datetime.combine(day, time(), ZoneInfo(current().timezone))
