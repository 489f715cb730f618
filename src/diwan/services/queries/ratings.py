"""What citizens judged: the mean, and always beside it how many of those asked answered."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Avg, Count, Exists, OuterRef, Q, QuerySet

from diwan.services.models import Case, CaseNote, Ending, Rating, Service

PUBLIC_LEAST = 5
"""The public is not shown what fewer said: one could be told from the others."""
LATELY = timedelta(days=365)
LOW = 2
"""Who gives so many stars or fewer is called back."""


@dataclass(frozen=True)
class Judgement:
    """Of `asked` citizens `given` answered, on the average with `mean` of five stars.

    `mean` is None where too few answered; `rate` is in hundredths, None where nobody was asked.
    """

    asked: int
    given: int
    mean: float | None

    @property
    def rate(self) -> int | None:
        """The response rate."""
        return round(100 * self.given / self.asked) if self.asked else None


def judged(
    *,
    service_id: UUID | None = None,
    unit_ids: Collection[UUID] | None = None,
    since: datetime,
    until: datetime,
    least: int = PUBLIC_LEAST,
) -> Judgement:
    """The judgement on the cases that ended within [since, until), as one question."""
    asked = Ending.objects.filter(asked=True, ended_at__gte=since, ended_at__lt=until)
    if service_id is not None:
        asked = asked.filter(service=service_id)
    if unit_ids is not None:
        asked = asked.filter(unit__in=unit_ids)
    found = asked.aggregate(asked=Count("pk"), given=Count("stars"), mean=Avg("stars"))
    enough = found["given"] >= max(least, 1)
    return Judgement(found["asked"], found["given"], found["mean"] if enough else None)


def calling_unit(case: Case) -> UUID:
    """The unit that calls who was not content: the case's; of complaints, the one that heard it."""
    complaint = case.service.kind == Service.Kind.COMPLAINT
    return case.at_unit_id if complaint else case.unit_id


def to_call_back(unit_ids: Collection[UUID] | QuerySet[Any], since: datetime) -> QuerySet[Rating]:
    """Judgements of few stars since then, for the units to call, whose case has no note since."""
    low = Rating.objects.filter(stars__lte=LOW, at__gte=since).order_by()
    complaint = Q(service__kind=Service.Kind.COMPLAINT)
    filed, lying = Q(unit_id__in=unit_ids), Q(case__at_unit_id__in=unit_ids)
    both = (
        low.filter(filed & ~complaint)
        .values("pk")
        .union(low.filter(lying & complaint).values("pk"), all=True)
    )
    noted = CaseNote.objects.filter(
        case=OuterRef("case"), at__gte=OuterRef("at"), by_applicant=False
    )
    waiting = Rating.objects.filter(~Exists(noted), pk__in=both).select_related("case__service")
    return waiting.defer("case__service__search").order_by("-at")
