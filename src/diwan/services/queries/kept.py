"""Sums of whole months that were counted before: what is left to count is a day or two.

A stretch of days is made of months of any calendar, as far as they are kept, and of the rest. Sums
of a unit are taken only where the same stood below it then and at the end of the stretch, and as
long as the tree is believed as it was then; else all is counted, and gives the same.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from itertools import groupby
from uuid import UUID

from django.db.models import F, Max, Q, QuerySet, Value
from django.db.models.expressions import Combinable

from diwan.directory.public import UnitPath
from diwan.kernel.remembering import memory
from diwan.services.models import CountedMonth, MonthSum

from .counting import ANSWERED, Counted, Found, Rests, Way
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
FORGOTTEN = -1
"""The tree of a month that is not believed any more, until it is counted anew."""
Tiles = Mapping[str, Sequence[CountedMonth]]


def add_kept(
    counted: Counted, found: Found, *, only: Collection[str] = (), days: bool = False
) -> Rests:
    """Add what is kept to the tallies, in up to four questions; what is left of the stretches.

    `days` says whether it is asked in how many days cases were finished.
    """
    whole = {stretch.key: stretch for stretch in counted.stretches}
    if counted.where(ANSWERED) != counted.where(Way("", ANSWERED.unit + "s")):
        return whole  # for a part of the units alone
    tiles, rests = _tiled(counted.stretches)
    places: dict[UUID, list[str]] = {}
    for key, months in tiles.items():
        for month in months:
            places.setdefault(month.pk, []).append(key)
    if not places or not _same_tree(counted, tiles):
        return whole
    names = [name for name in NAMES if not only or name in only]
    rows = _rows(counted, places).annotate(whose=_whose(counted))
    columns = ("month__until_day", "month__tree", "whose", "month", "days", *names)
    read = list(rows.values_list(*columns))
    known = {month.pk: (month.until_day, month.tree) for each in tiles.values() for month in each}
    if any(known[month] != (until, tree) for until, tree, _whose_, month, *_rest in read):
        return whole  # a month was counted on since it was read which are kept
    for _until, _tree, whose, month, told, *values in read:
        counts = {name: value for name, value in zip(names, values, strict=True) if value}
        for key in places[month] if counts else ():
            tally = found[whose, key]
            tally.counts.update(counts)
            if days:
                tally.days.update({int(took): n for took, n in told.items()})
    return rests


def newest_path() -> int:
    """The newest of all paths of the tree: another one, if anything was believed anew."""
    return UnitPath.objects.aggregate(newest=Max("pk"))["newest"] or 0


def _asked(counted: Counted) -> Collection[UUID] | None:
    """The units that are asked for with all below them; None for everything."""
    if counted.by == "unit":
        return counted.ids
    return None if counted.under is None else [counted.under]


def _rows(counted: Counted, months: Collection[UUID]) -> QuerySet[MonthSum]:
    rows = MonthSum.objects.filter(counted.where(ANSWERED), month__in=months)
    units = _asked(counted)
    rows = rows.filter(unit__isnull=True) if units is None else rows.filter(unit__in=units)
    together = counted.by in ("unit", "") and not counted.where(ANSWERED)
    if counted.by == "service" and counted.ids:
        rows = rows.filter(service__in=counted.ids)
    return rows.filter(service__isnull=together)


def _whose(counted: Counted) -> Combinable:
    if not counted.by:
        return Value("")
    return F("channel") if counted.by == "channel" else F(f"{counted.by}_id")


def _same_tree(counted: Counted, tiles: Tiles) -> bool:
    """Whether below the units stands at each stretch's end what stood there in its months."""
    units = _asked(counted)
    if units is None:
        return True
    months = {month for each in tiles.values() for month in each}
    if {month.tree for month in months} != {newest_path()}:
        return False
    first = min(month.until_day for month in months)
    last = max(stretch.until_day for stretch in counted.stretches)
    moved = Q(since__gte=first, since__lt=last) | Q(until__gte=first, until__lt=last)
    return not UnitPath.objects.filter(moved, ancestor__in=units).exists()


def _tiled(stretches: Sequence[Stretch]) -> tuple[Tiles, Rests]:
    first, until = min(s.first_day for s in stretches), max(s.until_day for s in stretches)
    ordered = [
        month for month in _months() if month.first_day >= first and month.until_day <= until
    ]
    known = [list(months) for _calendar, months in groupby(ordered, lambda one: one.calendar)]
    tiles, rests = {}, {}
    for stretch in stretches:
        best = max((_line(stretch, months) for months in known), key=_end, default=[])
        tiles[stretch.key] = best
        begins = best[-1].until_day if best else stretch.first_day
        if begins < stretch.until_day:
            rests[stretch.key] = Stretch(stretch.key, begins, stretch.until_day)
    return tiles, rests


def _months() -> list[CountedMonth]:
    """All months that are kept, a few dozen a calendar; read once while a page is made."""
    known = memory("services.kept_months")
    if known is not None and "all" in known:
        found: list[CountedMonth] = known["all"]
        return found
    kept = CountedMonth.objects.exclude(tree=FORGOTTEN)
    read = list(kept.order_by("calendar", "first_day"))
    if known is not None:
        known["all"] = read
    return read


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
