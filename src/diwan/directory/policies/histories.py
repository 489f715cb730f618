"""What units and posts were through time, many in one question: the one place where it is read.

Names, cards and authority are all worked out from these histories. While a page is made each is
read once (`kernel.remembering`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import FilteredRelation, Q, QuerySet

from diwan.directory.models import Post, UnitVersion
from diwan.kernel.remembering import memory

TextMap = dict[str, str]


@dataclass(frozen=True)
class Span:
    """What something was called within [since, until); None: before the record begins, still."""

    name: TextMap
    since: date | None
    until: date | None

    def away(self, day: date) -> int:
        """By how many days `day` lies outside; 0 within."""
        first, last = self.since or date.min, self.until or date.max
        return max((first - day).days, (day - last).days + 1 if last != date.max else 0, 0)


@dataclass(frozen=True)
class PostSpan(Span):
    """What a post was within a span; `seats` None: many."""

    roles: frozenset[str] = frozenset()
    seats: int | None = 1


S = TypeVar("S", bound=Span)
M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class PostHistory:
    """A post with everything that is believed of it and of its unit."""

    post_id: UUID
    unit_id: UUID
    country: str
    spans: tuple[PostSpan, ...]
    unit_spans: tuple[Span, ...]

    def on(self, day: date) -> PostSpan | None:
        """What the post was on `day`; None if it or its unit was not there."""
        span = nearest(self.spans, day)
        unit = nearest(self.unit_spans, day)
        if span is None or unit is None or span.away(day) or unit.away(day):
            return None
        return span


def nearest(spans: Iterable[S], day: date) -> S | None:
    """The span of `day`; of what was not there then, the one nearest in time."""
    return min(spans, key=lambda span: span.away(day), default=None)


def unit_histories(ids: Iterable[UUID]) -> dict[UUID, tuple[Span, ...]]:
    """What is believed of these units; a unit of which nothing is believed has no spans."""
    wanted = set(ids)
    known = memory("directory.units")
    known = {} if known is None else known
    missing = wanted - known.keys()
    if missing:
        found: dict[UUID, list[Span]] = {pk: [] for pk in missing}
        rows = UnitVersion.objects.known().filter(unit_id__in=missing)
        for pk, *span in rows.values_list("unit_id", "name", "since", "until"):
            found[pk].append(Span(*span))
        known.update({pk: tuple(spans) for pk, spans in found.items()})
    return {pk: known[pk] for pk in wanted}


def post_histories(ids: Iterable[UUID]) -> dict[UUID, PostHistory]:
    """What is believed of these posts and their units; unknown posts are left out."""
    wanted = set(ids)
    known = memory("directory.posts")
    known = {} if known is None else known
    missing = wanted - known.keys()
    if missing:
        rows = with_histories(Post.objects.filter(pk__in=missing)).values_list(*COLUMNS)
        known.update(dict.fromkeys(missing) | gathered(rows))
    return {pk: known[pk] for pk in wanted if known[pk] is not None}


def posts_in(unit_ids: Iterable[UUID]) -> dict[UUID, PostHistory]:
    """The posts of these units, those that have ended, too."""
    rows = with_histories(Post.objects.filter(unit_id__in=set(unit_ids)))
    found = gathered(rows.values_list(*COLUMNS))
    keep(found)
    return found


COLUMNS = (
    *("id", "unit_id", "unit__country"),
    *("believed__pk", "believed__name", "believed__since", "believed__until"),
    *("believed__roles", "believed__seats"),
    *("stood__pk", "stood__name", "stood__since", "stood__until"),
)
"""What `gathered` wants of a post, one row for each pair of its versions and its unit's."""


def columns_by(way: str) -> tuple[str, ...]:
    """`COLUMNS` of rows from which `way` (with its underscores) leads to the post."""
    alone = ("believed", "stood")
    return tuple(name if name.startswith(alone) else f"{way}{name}" for name in COLUMNS)


def with_histories(rows: QuerySet[M], way: str = "") -> QuerySet[M]:
    """Rows joined to the versions that are now believed of the post and of its unit."""
    post, unit = f"{way}versions", f"{way}unit__versions"
    found: QuerySet[M] = rows.annotate(  # type: ignore[assignment]  # the stub forgets which model
        believed=FilteredRelation(post, condition=Q(**{f"{post}__superseded_at__isnull": True})),
        stood=FilteredRelation(unit, condition=Q(**{f"{unit}__superseded_at__isnull": True})),
    )
    return found


def gathered(rows: Iterable[Sequence[Any]]) -> dict[UUID, PostHistory]:
    """The histories in rows of `COLUMNS`; rows without a post are left out."""
    posts: dict[UUID, tuple[UUID, str]] = {}
    spans: dict[UUID, dict[UUID, PostSpan]] = defaultdict(dict)
    units: dict[UUID, dict[UUID, Span]] = defaultdict(dict)
    for row in rows:
        pk, unit_id, country, version, name, since, until, roles, seats, *stood = row
        if pk is None:
            continue
        posts[pk] = (unit_id, country)
        if version is not None:
            spans[pk][version] = PostSpan(name, since, until, frozenset(roles.split()), seats)
        if stood[0] is not None:
            units[unit_id][stood[0]] = Span(*stood[1:])
    known_units = memory("directory.units")
    if known_units is not None:
        known_units.update({pk: tuple(each.values()) for pk, each in units.items()})
    return {
        pk: PostHistory(pk, unit, country, tuple(spans[pk].values()), tuple(units[unit].values()))
        for pk, (unit, country) in posts.items()
    }


UNIT_COLUMNS = ("stood__pk", "stood__name", "stood__since", "stood__until")
"""What `keep_units` wants of a unit, after its identifier; one row for each of its versions."""


def with_unit_histories(rows: QuerySet[M], way: str = "") -> QuerySet[M]:
    """Rows joined to the versions that are now believed of the unit to which `way` leads."""
    versions = f"{way}versions"
    believed = Q(**{f"{versions}__superseded_at__isnull": True})
    found: QuerySet[M] = rows.annotate(  # type: ignore[assignment]  # as above
        stood=FilteredRelation(versions, condition=believed)
    )
    return found


def keep_units(rows: Iterable[Sequence[Any]]) -> None:
    """Remember the units in rows of an identifier and `UNIT_COLUMNS`."""
    known = memory("directory.units")
    if known is None:
        return
    units: dict[UUID, dict[UUID, Span]] = defaultdict(dict)
    for unit_id, version, *span in rows:
        of_unit = units[unit_id]
        if version is not None:
            of_unit[version] = Span(*span)
    known.update({pk: tuple(spans.values()) for pk, spans in units.items()})


def remembered_posts(rows: QuerySet[Post], *columns: str) -> list[tuple[Any, ...]]:
    """Columns of posts, each post once and in order; what is believed of them is learnt with it."""
    told = list(with_histories(rows).values_list(*columns, *COLUMNS))
    keep(gathered(row[len(columns) :] for row in told))
    return list(dict.fromkeys(row[: len(columns)] for row in told))


def keep(posts: dict[UUID, PostHistory]) -> None:
    """Remember histories that were read by the way."""
    known = memory("directory.posts")
    if known is not None:
        known.update(posts)
