"""How posts are filled: by unit and period, and by province for the public."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Value
from django.utils import timezone

from diwan.directory.models import Holding, Post, PostVersion, Unit, UnitVersion
from diwan.directory.policies import post_policy
from diwan.directory.rules.provinces import provinces
from diwan.kernel.exchange import MeasureQuestion, Row, Values
from diwan.kernel.exchange import Value as Share
from diwan.kernel.reader import current
from diwan.kernel.working import today_in


def _posts_on(day: date, at: datetime) -> QuerySet[Post]:
    """Posts that existed on `day`, each with `held`: somebody held it at `at`, but as a deputy."""
    existing = PostVersion.objects.as_of(day).values("post_id")
    holders = Holding.objects.at(at).exclude(kind=Holding.Kind.DEPUTY)
    return Post.objects.filter(pk__in=existing).annotate(
        held=Exists(holders.filter(post=OuterRef("pk")))
    )


def posts_filled(question: MeasureQuestion) -> Values:
    """Of the posts in the unit and below, how many somebody held when the period ended, or now.

    One question, of a part for each period.
    """
    zone = ZoneInfo(current().timezone)
    today = question.actor.at.astimezone(zone).date()
    parts = []
    for at, period in enumerate(question.periods):
        day = min(period.last_day, today)
        if day >= period.first_day:
            end = datetime.combine(day + timedelta(days=1), time(), zone) - timedelta(seconds=1)
            counts = _filled_below(question, day, min(end, question.actor.at))
            parts.append(counts.annotate(at=Value(at)))
    found: dict[tuple[UUID, str], Counter[bool]] = defaultdict(Counter)
    for row in parts[0].union(*parts[1:], all=True) if parts else ():
        found[row["whose"], question.periods[row["at"]].key()][bool(row["held"])] += row["n"]
    return {key: Share(held[True], of=held.total()) for key, held in found.items()}


def _filled_below(question: MeasureQuestion, day: date, at: datetime) -> QuerySet[Any, Any]:
    """Counts of the posts below each of the units on `day`, by whether somebody held them."""
    holders = Holding.objects.at(at).exclude(kind=Holding.Kind.DEPUTY)
    above = "post__unit__paths_up"
    rows: QuerySet[Any, Any] = PostVersion.objects.as_of(day).filter(
        **{
            f"{above}__ancestor_id__in": list(question.ids),
            f"{above}__since__lte": day,
            f"{above}__until__gt": day,
        },
        post__in=post_policy.which(question.actor, "see", Post.objects.all()),
    )
    rows = rows.annotate(
        whose=F(f"{above}__ancestor_id"), held=Exists(holders.filter(post=OuterRef("post_id")))
    )
    counted = rows.values("whose", "held").annotate(n=Count("post_id", distinct=True))
    unordered: QuerySet[Any, Any] = counted.order_by()
    return unordered


def units_for_the_public() -> Iterator[Row]:
    """Units as they stand today, by country and key."""
    today = timezone.now().date()
    rows = UnitVersion.objects.as_of(today).select_related("unit", "parent")
    for row in rows.order_by("unit__country", "unit__register__key", "unit__key").iterator():
        yield {
            "unit": str(row.unit_id),
            "parent": str(row.parent_id) if row.parent_id else None,
            "country": row.unit.country,
            "province": row.unit.province or None,
            "kind": row.kind,
            **{f"name_{language}": row.name.get(language) for language in ("fa", "ar", "en")},
        }


def posts_by_province() -> Iterator[Row]:
    """Posts filled and vacant today, by province of their unit; suppressed by who publishes it."""
    now = timezone.now()
    for code in sorted(set(Unit.objects.values_list("country", flat=True))):
        rows: QuerySet[Any] = _posts_on(today_in(code, now), now).filter(unit__country=code)
        counts: dict[str, Counter[bool]] = defaultdict(Counter)
        for row in rows.values("unit__province", "held").annotate(n=Count("pk")).order_by():
            counts[row["unit__province"]][row["held"]] += row["n"]
        for place in [*(one.code for one in provinces(code)), ""]:
            if place in counts:
                yield {
                    "country": code,
                    "province": place or "-",
                    "filled": counts[place][True],
                    "vacant": counts[place][False],
                }
