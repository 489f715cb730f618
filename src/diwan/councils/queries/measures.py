"""What councils counts for units and bodies: decided, done in time, closed, moved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import TruncDate

from diwan.councils.constants import BODY
from diwan.councils.models import Action, DateRequest, Resolution
from diwan.councils.policies import ACTIONS, RESOLUTIONS
from diwan.councils.rules.life import State
from diwan.kernel.exchange import MeasureQuestion, Value, Values
from diwan.kernel.periods import Period
from diwan.kernel.reader import current

Counted = dict[tuple[UUID, str], Value]


def adopted(question: MeasureQuestion) -> Values:
    """Resolutions adopted in the period by the body, or by bodies hosted in the unit and below."""

    def rows(period: Period) -> QuerySet[Resolution]:
        wanted = Resolution.objects.filter(state=Resolution.State.ADOPTED)
        wanted = wanted.filter(meeting__date__gte=period.first_day)
        wanted = wanted.filter(meeting__date__lt=period.until_day)
        return RESOLUTIONS.which(question.actor, "see", wanted)

    return _counted(question, rows, body="body_id", unit="body__unit")


def done_in_time(question: MeasureQuestion) -> Values:
    """Of the actions due in the period, how many were reported done by their due day."""

    def rows(period: Period) -> QuerySet[Action]:
        left_out = (State.UNCONFIRMED, State.DROPPED)
        wanted = Action.objects.filter(due__gte=period.first_day, due__lt=period.until_day)
        return ACTIONS.which(question.actor, "see", wanted.exclude(state__in=left_out))

    zone = ZoneInfo(current().timezone)
    done_day = TruncDate("done_at", tzinfo=zone)
    in_time = Q(done_at__isnull=False) & Q(due__gte=done_day)
    found = _counted(question, rows, body="resolution__body_id", unit="owner__unit", part=in_time)
    return {key: value for key, value in found.items() if value.of}


def closed(question: MeasureQuestion) -> Values:
    """Actions that were closed in the period."""

    def rows(period: Period) -> QuerySet[Action]:
        first, until = _instants(period)
        wanted = Action.objects.filter(state=State.CLOSED)
        wanted = wanted.filter(closed_at__gte=first, closed_at__lt=until)
        return ACTIONS.which(question.actor, "see", wanted)

    return _counted(question, rows, body="resolution__body_id", unit="owner__unit")


def moved(question: MeasureQuestion) -> Values:
    """New dates that were granted in the period."""

    def rows(period: Period) -> QuerySet[DateRequest]:
        first, until = _instants(period)
        seen = ACTIONS.which(question.actor, "see", Action.objects.all())
        return DateRequest.objects.filter(
            state=DateRequest.State.GRANTED,
            answered_at__gte=first,
            answered_at__lt=until,
            action__in=seen.values("pk"),
        )

    return _counted(question, rows, body="action__resolution__body_id", unit="action__owner__unit")


def _counted(
    question: MeasureQuestion,
    rows: Callable[[Period], QuerySet[Resolution] | QuerySet[Action] | QuerySet[DateRequest]],
    *,
    body: str,
    unit: str,
    part: Q | None = None,
) -> Counted:
    """Count rows a period, one question each. With `part`: how many of them, of all."""
    found: Counted = {}
    for period in question.periods:
        wanted = rows(period)
        if question.kind == BODY:
            whose, here = F(body), wanted.filter(**{f"{body}__in": question.ids})
        else:
            whose, here = (
                F(f"{unit}__paths_up__ancestor_id"),
                _under(wanted, unit, question, period),
            )
        counts = (
            here.annotate(whose=whose)
            .values("whose")
            .annotate(n=Count("pk", distinct=True), part_n=Count("pk", filter=part, distinct=True))
        )
        for row in counts.order_by():
            value = Value(row["n"]) if part is None else Value(row["part_n"], of=row["n"])
            found[row["whose"], period.key()] = value
    return found


def _under(
    wanted: QuerySet[Resolution] | QuerySet[Action] | QuerySet[DateRequest],
    unit: str,
    question: MeasureQuestion,
    period: Period,
) -> QuerySet[Resolution] | QuerySet[Action] | QuerySet[DateRequest]:
    """Rows whose unit stood at or below one of `ids` on the last day of the period."""
    paths = f"{unit}__paths_up"
    return wanted.filter(
        **{
            f"{paths}__ancestor_id__in": list(question.ids),
            f"{paths}__since__lte": period.last_day,
            f"{paths}__until__gt": period.last_day,
        }
    )


def _instants(period: Period) -> tuple[datetime, datetime]:
    """When the period begins and ends, by the reader's clock."""
    zone = ZoneInfo(current().timezone)
    return (
        datetime.combine(period.first_day, time(), zone),
        datetime.combine(period.until_day, time(), zone),
    )
