"""Sums of whole months that were counted before: what is left to count is a day or two.

A stretch of days is made of months of any calendar, as far as they are kept, and of the rest.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

from django.db.models import Q, Sum
from django.db.models.expressions import Combinable

from diwan.services.models import CountedMonth, MonthSum

from .counting import (
    ANSWERED,
    Counted,
    Found,
    Make,
    Rests,
    add,
    by_paths,
    group_of,
    owned,
    whose_of,
)
from .stretches import Stretch

NAMES = (
    "received",
    "online",
    "own",
    "complaints",
    "finished",
    "reopened",
    "dated",
    "on_time",
    "returned",
    "again",
    "seconds",
    "visits",
    "asked",
    "rated",
    "stars",
    "kept",
    "kept_asked",
)
"""What is kept, by the names of tallies and of columns."""
Tiles = Mapping[str, Sequence[CountedMonth]]


def add_kept(
    counted: Counted, found: Found, *, only: Collection[str] = (), days: bool = False
) -> Rests:
    """Add what is kept to the tallies, in up to three questions; what is left of the stretches.

    `days` says whether it is asked in how many days cases were finished.
    """
    tiles, rests = _tiled(counted.stretches)
    ids = {month.pk for months in tiles.values() for month in months}
    if ids:
        rows = MonthSum.objects.filter(month__in=ids)
        makes = {name: _sum(name, tiles) for name in NAMES if not only or name in only}
        add(counted, rows, ANSWERED, makes, found)
        if days:
            _add_days(counted, tiles, found)
    return rests


def _tiled(stretches: Sequence[Stretch]) -> tuple[Tiles, Rests]:
    first, until = min(s.first_day for s in stretches), max(s.until_day for s in stretches)
    rows = CountedMonth.objects.filter(first_day__gte=first, until_day__lte=until)
    ordered = list(rows.order_by("calendar", "first_day"))
    known = [list(months) for _calendar, months in groupby(ordered, lambda one: one.calendar)]
    tiles, rests = {}, {}
    for stretch in stretches:
        best = max((_line(stretch, months) for months in known), key=_end, default=[])
        tiles[stretch.key] = best
        begins = best[-1].until_day if best else stretch.first_day
        if begins < stretch.until_day:
            rests[stretch.key] = Stretch(stretch.key, begins, stretch.until_day)
    return tiles, rests


def _line(stretch: Stretch, months: Sequence[CountedMonth]) -> list[CountedMonth]:
    """The months of a calendar that follow one another from the stretch's first day on."""
    found: list[CountedMonth] = []
    day = stretch.first_day
    for month in months:
        if month.first_day == day and month.until_day <= stretch.until_day:
            found.append(month)
            day = month.until_day
    return found


def _end(months: Sequence[CountedMonth]) -> date:
    return months[-1].until_day if months else date.min


def _sum(name: str, tiles: Tiles) -> Make:
    def make(stretch: Stretch, _at: datetime, held: Q) -> Combinable:
        return Sum(name, filter=Q(month__in=[one.pk for one in tiles[stretch.key]]) & held)

    return make


def _add_days(counted: Counted, tiles: Tiles, found: Found) -> None:
    places: dict[UUID, list[Stretch]] = {}
    for stretch in counted.stretches:
        for month in tiles[stretch.key]:
            places.setdefault(month.pk, []).append(stretch)
    sums = MonthSum.objects.filter(month__in=places, finished__gt=0)
    rows = owned(counted, sums.filter(counted.where(ANSWERED)), ANSWERED)
    paths = ("path_since", "path_until") if by_paths(counted) else ()
    for row in rows.values("month_id", "days", *group_of(counted), *paths):
        for stretch in places[row["month_id"]]:
            if paths and not row["path_since"] <= stretch.last_day < row["path_until"]:
                continue
            tally = found[whose_of(counted, row), stretch.key]
            tally.days.update({int(days): n for days, n in row["days"].items()})
