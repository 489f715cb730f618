"""The picture of lateness below a head: a map where the units are provinces, else bars."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from diwan.desk.queries import UnitDesk, UnitLateness, late_below
from diwan.desk.rules.lateness import STEPS, depth_of
from diwan.directory.public import Province, province, provinces
from diwan.kernel.reader import current
from diwan.ui.components import Bar, Tile
from diwan.ui.show import show_local, show_number, show_percent
from diwan.ui.templatetags.ui import local

FEWEST_PROVINCES = 4
MOST_BARS = 10
TOO_FEW = "–"


@dataclass(frozen=True)
class Row:
    """A line of the table beside the picture."""

    name: str
    url: str
    late: int
    owed: int


@dataclass(frozen=True)
class Lateness:
    """A map (`tiles`, with the words of its steps) or bars; and the same as a table."""

    tiles: Sequence[Tile]
    steps: Sequence[str]
    bars: Sequence[Bar]
    rows: Sequence[Row]


def lateness(desk: UnitDesk) -> Lateness | None:
    """How late the units directly below are; None where nothing below owes anything."""
    units = late_below(desk)
    if not any(unit.owed for unit in units):
        return None
    placed = _by_province(units)
    rows = [
        Row(local(unit.name), _desk_of(unit.unit_id), unit.late, unit.owed)
        for unit in units
        if unit.owed
    ]
    countries = {code[:2] for code in placed}
    if len(placed) >= FEWEST_PROVINCES and len(countries) == 1:
        tiles = [_tile(one, placed.get(one.code, [])) for one in provinces(countries.pop())]
        return Lateness(tiles, _steps(), (), rows)
    bars = [_bar(row) for row in rows[:MOST_BARS] if row.late]
    return Lateness((), (), bars, rows)


def _by_province(units: Sequence[UnitLateness]) -> dict[str, list[UnitLateness]]:
    placed: dict[str, list[UnitLateness]] = defaultdict(list)
    for unit in units:
        if unit.province and province(unit.province):
            placed[unit.province].append(unit)
    return placed


def _desk_of(unit_id: UUID) -> str:
    return f"{reverse('desk:unit')}?unit={unit_id}"


def _tile(place: Province, units: Sequence[UnitLateness]) -> Tile:
    late, owed = sum(unit.late for unit in units), sum(unit.owed for unit in units)
    short = place.short_names
    return Tile(
        row=place.row,
        column=place.column,
        label=short.get(current().language, show_local(short)),
        name=show_local(place.names),
        value=show_number(late) if depth_of(late, owed) is not None else TOO_FEW,
        # Several units in one province have no desk together: the table leads to each.
        url=_desk_of(units[0].unit_id) if len(units) == 1 else "",
        depth=depth_of(late, owed),
        detail=_late_of(late, owed),
    )


def _bar(row: Row) -> Bar:
    return Bar(row.name, row.late, _late_of(row.late, row.owed), "late", row.url)


def _late_of(late: int, owed: int) -> str:
    if not owed:
        return _("nothing owed")
    return _("%(late)s late of %(owed)s") % {"late": show_number(late), "owed": show_number(owed)}


def _steps() -> list[str]:
    """What the colours say, the palest first."""
    upto = [_("up to %(share)s late") % {"share": show_percent(step)} for step in STEPS[1:]]
    more = _("more than %(share)s late") % {"share": show_percent(STEPS[-1])}
    return [_("none late"), *upto, more]
