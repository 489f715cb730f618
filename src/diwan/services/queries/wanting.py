"""Services that fall behind in some units: late cases, complaints that went up, judgements."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import (
    Avg,
    Count,
    DateTimeField,
    F,
    FloatField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models import Case as Choose
from django.db.models.functions import Cast, Coalesce

from diwan.directory.public import below
from diwan.services.models import Case, CaseStep, Ending, Service
from diwan.services.models.cases import RUNNING

from .ratings import PUBLIC_LEAST

SPAN = timedelta(days=90)
FELL = 0.5
"""So many stars less than in the span before are told; less is chance."""
COLUMNS = ("whose", "part", "first", "second", "since", "mean", "mean_before")
CASES, JUDGED = 1, 2
NO_INSTANT = Cast(Value(None), DateTimeField())
NO_MEAN = Cast(Value(None), FloatField())


@dataclass(frozen=True)
class Fallen:
    """The mean of the last span and of the one before it."""

    before: float
    now: float


@dataclass(frozen=True)
class Wanting:
    """What is wanting in a service; `since_at` is the longest due of its late cases."""

    late: int = 0
    since_at: datetime | None = None
    complaints: int = 0
    fallen: Fallen | None = None


def wanting(units: Collection[UUID], day: date, at: datetime) -> dict[UUID, Wanting]:
    """What is wanting in each service in these units and below, in one question."""
    found: dict[UUID, Wanting] = {}
    for row in _behind(units, day, at).union(_judged(units, day, at), all=True):
        pk, part, first, second, since_at, mean, before = row
        one = found.get(pk, Wanting())
        if part == CASES:
            found[pk] = replace(one, late=first, complaints=second, since_at=since_at)
        elif min(first, second) >= PUBLIC_LEAST and before - mean >= FELL:
            found[pk] = replace(one, fallen=Fallen(before, mean))
    return found


def _behind(units: Collection[UUID], day: date, at: datetime) -> QuerySet[Case, Any]:
    """Late cases by service, and complaints that went up, by the service complained of.

    A complaint went up where it lies elsewhere than it first did.
    """
    first = CaseStep.objects.filter(case=OuterRef("pk"), number=1).values("unit_id")[:1]
    complaint = Q(service__kind=Service.Kind.COMPLAINT)
    late = Q(phase=Case.Phase.OPEN) & (Q(due_at__lt=at) | Q(promised_at__lt=at))
    rows = Case.objects.filter(complaint | late, unit__in=below(units, day), phase__in=RUNNING)
    told = rows.annotate(
        first_unit=Choose(When(complaint, then=Subquery(first)), default=Value(None)),
        went_up=Choose(When(complaint & ~Q(first_unit=F("at_unit")), then=True), default=False),
        whose=Choose(
            When(went_up=True, then=Coalesce("about__service_id", "service_id")),
            default=F("service_id"),
        ),
    ).filter(Q(went_up=True) | late)
    slow = Q(went_up=False)
    counted = told.order_by().values("whose")
    return counted.annotate(
        part=Value(CASES),
        first=Count("pk", filter=slow),
        second=Count("pk", filter=Q(went_up=True)),
        since=Min(Coalesce("due_at", "promised_at"), filter=slow),
        mean=NO_MEAN,
        mean_before=NO_MEAN,
    ).values_list(*COLUMNS)


def _judged(units: Collection[UUID], day: date, at: datetime) -> QuerySet[Ending, Any]:
    """How services were judged in the last span and in the one before, and by how many."""
    recent, earlier = Q(ended_at__gte=at - SPAN), Q(ended_at__lt=at - SPAN)
    rows = Ending.objects.filter(
        unit__in=below(units, day), stars__isnull=False, ended_at__gte=at - 2 * SPAN
    )
    counted = rows.annotate(whose=F("service_id")).order_by().values("whose")
    return counted.annotate(
        part=Value(JUDGED),
        first=Count("pk", filter=recent),
        second=Count("pk", filter=earlier),
        since=NO_INSTANT,
        mean=Avg("stars", filter=recent),
        mean_before=Avg("stars", filter=earlier),
    ).values_list(*COLUMNS)
