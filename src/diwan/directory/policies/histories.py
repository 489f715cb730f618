"""What units and posts were through time, many in one question: the one place where it is read.

Names, cards and authority are all worked out from these histories. While a page is made each is
read once (`kernel.remembering`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import FilteredRelation, Q

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
        known.update(dict.fromkeys(missing) | _read(missing))
    return {pk: known[pk] for pk in wanted if known[pk] is not None}


def _read(ids: set[UUID]) -> dict[UUID, PostHistory]:
    """Posts with their versions and their units' ones; a row for each pair of these."""
    believed = FilteredRelation("versions", condition=Q(versions__superseded_at__isnull=True))
    stood = FilteredRelation(
        "unit__versions", condition=Q(unit__versions__superseded_at__isnull=True)
    )
    rows = Post.objects.filter(pk__in=ids).annotate(believed=believed, stood=stood)
    columns = ("pk", "unit_id", "unit__country")
    columns += tuple(f"believed__{name}" for name in ("pk", "name", "since", "until"))
    columns += ("believed__roles", "believed__seats")
    columns += tuple(f"stood__{name}" for name in ("pk", "name", "since", "until"))
    posts: dict[UUID, tuple[UUID, str]] = {}
    spans: dict[UUID, dict[UUID, PostSpan]] = {pk: {} for pk in ids}
    units: dict[UUID, dict[UUID, Span]] = {}
    for row in rows.values_list(*columns):
        pk, unit_id, country, version, name, since, until, roles, seats, unit_version, *stood_ = row
        posts[pk] = (unit_id, country)
        if version is not None:
            spans[pk][version] = PostSpan(name, since, until, frozenset(roles.split()), seats)
        of_unit = units.setdefault(unit_id, {})
        if unit_version is not None and unit_version not in of_unit:
            of_unit[unit_version] = Span(*stood_)
    _keep_units(units)
    return {
        pk: PostHistory(
            pk, unit_id, country, tuple(spans[pk].values()), tuple(units[unit_id].values())
        )
        for pk, (unit_id, country) in posts.items()
    }


def _keep_units(units: dict[UUID, dict[UUID, Any]]) -> None:
    known = memory("directory.units")
    if known is not None:
        known.update({pk: tuple(spans.values()) for pk, spans in units.items()})
