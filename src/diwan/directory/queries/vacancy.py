"""Which posts nobody holds, asked so that thousands need not be read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from diwan.directory.models import Holding, Post, PostVersion, UnitVersion
from diwan.kernel.countries import COUNTRIES
from diwan.kernel.working import today_in


def vacant_in(units: Q, at: datetime, day: date) -> QuerySet[PostVersion, UUID]:
    """Identifiers of the posts that exist on `day` and nobody holds, as a question not yet asked.

    `units` is the condition on the versions of their units.
    """
    held = Holding.objects.at(at).filter(post_id=OuterRef("post_id"))
    alive = UnitVersion.objects.as_of(day).filter(units).values("unit_id")
    rows = PostVersion.objects.as_of(day).filter(~Exists(held), post__unit_id__in=alive)
    return rows.values_list("post_id", flat=True)


def without_holder(post_ids: Iterable[UUID], at: datetime) -> set[UUID]:
    """Those of the posts that nobody holds at the instant, or that are no more; one question.

    The same posts whose cards have no holders.
    """
    wanted = set(post_ids)
    if not wanted:
        return wanted
    held = Holding.objects.at(at).filter(post_id=OuterRef("pk"))
    rows = Post.objects.filter(_there(at), Exists(held), pk__in=wanted)
    return wanted - set(rows.values_list("pk", flat=True))


def _there(at: datetime) -> Q:
    """The post and its unit exist on the day that it is in their country."""
    countries: dict[date, list[str]] = defaultdict(list)
    for code in COUNTRIES:
        countries[today_in(code, at)].append(code)
    elsewhere = ~Q(unit__country__in=list(COUNTRIES))
    found = elsewhere & _existing(at.date())
    where = [Q(unit__country__in=codes) & _existing(day) for day, codes in countries.items()]
    return reduce(or_, where, found)


def _existing(day: date) -> Q:
    post = PostVersion.objects.as_of(day).filter(post_id=OuterRef("pk"))
    unit = UnitVersion.objects.as_of(day).filter(unit_id=OuterRef("unit_id"))
    return Q(Exists(post)) & Q(Exists(unit))
