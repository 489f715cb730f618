"""Where a service is offered, as a citizen looks for it: province by province."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from diwan.directory.public import UnitPath, provinces, unit_names
from diwan.services.models import Service
from diwan.ui.show import show_local

from .definitions import offering_units


@dataclass(frozen=True)
class Place:
    """A unit where a service is offered."""

    unit_id: UUID
    name: Mapping[str, str]


@dataclass(frozen=True)
class Region:
    """The places of a province; `name` is empty for those that lie in none."""

    name: Mapping[str, str]
    places: Sequence[Place]


def regions_of(service: Service, day: date) -> list[Region]:
    """Where a service is offered on `day`, by province, in the order of names."""
    ids = offering_units(service, day)
    names = unit_names(ids, day)
    of_unit = _provinces_of(ids, day)
    by_province: dict[str, list[Place]] = {}
    for unit_id in ids:
        place = Place(unit_id, names.get(unit_id, {}))
        by_province.setdefault(of_unit.get(unit_id, ""), []).append(place)
    named = {one.code: one.names for one in provinces(service.country)}
    regions = [
        Region(named.get(code, {}), sorted(places, key=_as_counted))
        for code, places in by_province.items()
    ]
    return sorted(regions, key=lambda region: (not region.name, show_local(region.name)))


def _as_counted(place: Place) -> list[tuple[int, str]]:
    """By name, and by number where names are numbered: the second district before the tenth."""
    parts = re.split(r"(\d+)", show_local(place.name))
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def _provinces_of(ids: Iterable[UUID], day: date) -> dict[UUID, str]:
    """The province of each unit: its own, else that of the nearest unit above that has one."""
    paths = UnitPath.objects.on(day).filter(descendant_id__in=set(ids))
    farthest_first = paths.exclude(ancestor__province="").order_by("-depth")
    return dict(farthest_first.values_list("descendant_id", "ancestor__province"))
