"""What can be asked for at a counter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db.models import Q

from diwan.services.models import Service
from diwan.ui.show import show_local

from .definitions import services_offered
from .drafts import AT_A_COUNTER, may_begin

MOST_UNITS = 10


def served_at(units: Sequence[UUID], day: date, tokens: Iterable[str]) -> list[Service]:
    """The open services of these units that a clerk files for others, by name.

    With `tokens` those that have all of them in their name or words.
    """
    offered = Q()
    for unit_id in units[:MOST_UNITS]:
        offered |= Q(pk__in=services_offered(unit_id, day).values("pk"))
    rows = Service.objects.open().filter(offered).select_related("current")
    for token in tokens:
        rows = rows.filter(search__contains=token)
    light = rows.defer("search", "current__definition", "current__form", "current__xform")
    found = [one for one in light if any(may_begin(one, way) for way in AT_A_COUNTER)]
    return sorted(found, key=lambda one: show_local(one.name))
