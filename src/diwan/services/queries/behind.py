"""What lies below a head: late cases by unit, and cases whose posts nobody holds, by post."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import (
    Case as Choose,
)
from django.db.models import (
    Count,
    Exists,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    UUIDField,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Concat, Least

from diwan.directory.public import Holding, PostVersion, below
from diwan.services.models import Case

MOST = 100
"""So many groups are read, those with the most late cases first."""
LATE_SINCE = Least("due_at", Coalesce("promised_at", "due_at"))


@dataclass(frozen=True)
class Late:
    """Late cases of a unit; `since_at`: when the first of them was due."""

    unit_id: UUID
    count: int
    since_at: datetime


@dataclass(frozen=True)
class Alone:
    """Open cases that a post owes which nobody holds; `due_at` is the first of their instants."""

    post_id: UUID
    unit_id: UUID
    count: int
    due_at: datetime | None


def late_units(units: Collection[UUID], day: date, at: datetime, most: int) -> list[Late]:
    """The units at or below these with the most late cases, in one question."""
    rows = Case.objects.late(at).filter(at_unit__in=below(units, day)).order_by()
    counted = rows.values_list("at_unit_id").annotate(count=Count("pk"), first=Min(LATE_SINCE))
    return [Late(*row) for row in counted.order_by("-count", "first")[:most]]


def late_and_alone(
    units: Collection[UUID], day: date, at: datetime, most: int
) -> tuple[list[Late], list[Alone]]:
    """The same, and what posts owe that nobody holds, in the same one question."""
    late = Q(due_at__lt=at) | Q(promised_at__lt=at)
    rows = _with_owner(Case.objects.filter(phase=Case.Phase.OPEN), late, units, day, at)
    counted = (
        rows.order_by()
        .values_list("at_unit_id", "owner")
        .annotate(
            late=Count("pk", filter=late),
            all=Count("pk"),
            first=Min(LATE_SINCE, filter=late),
            due=Min("due_at"),
        )
    )
    found: dict[UUID, Late] = {}
    alone = []
    for unit_id, owner, n, count, first, due in counted.order_by("-late", "first")[:MOST]:
        if n:
            known = found.get(unit_id, Late(unit_id, 0, first))
            found[unit_id] = Late(unit_id, known.count + n, min(known.since_at, first))
        if owner is not None:
            alone.append(Alone(owner, unit_id, count, due))
    return sorted(found.values(), key=lambda one: (-one.count, one.since_at))[:most], alone


def _with_owner(
    cases: QuerySet[Case], late: Q, units: Collection[UUID], day: date, at: datetime
) -> QuerySet[Any]:
    """Late cases below, and those of posts that nobody holds: `owner` is the post, else None."""
    held = Holding.objects.at(at).values("post_id")
    vacant = PostVersion.objects.as_of(day).filter(post__unit__in=below(units, day))
    vacant = vacant.exclude(post__in=held)
    words = Concat(Value(" "), OuterRef("role"), Value(" "))
    there = PostVersion.objects.as_of(day).filter(
        post__unit=OuterRef("at_unit"), roles__contains=words
    )
    free = there.order_by("post_id").values("post_id")[:1]
    somebody = there.filter(post__in=held)
    taken = Q(post__in=vacant.values("post_id"))
    possible = Q(post__isnull=True, at_unit__in=vacant.values("post__unit_id"))
    owner = Choose(
        When(taken, then=F("post_id")),
        When(possible & ~Exists(somebody), then=Subquery(free)),
        default=None,
        output_field=UUIDField(),
    )
    rows = cases.filter(late | taken | possible, at_unit__in=below(units, day))
    return rows.annotate(owner=owner).filter(late | Q(owner__isnull=False))
