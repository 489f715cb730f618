"""How long a service really took others lately, in working days of the office that answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from diwan.directory.public import calendars_of
from diwan.kernel.countries import country
from diwan.services.models import Case, Service

LATELY = timedelta(days=90)
LEAST = 10
"""Fewer cases tell nothing of the next one."""
MOST = 1000
"""So many of the newest say it as well as all."""
ANSWERED = (Case.Phase.DONE, Case.Phase.REFUSED)


@dataclass(frozen=True)
class Waits:
    """Half of `cases` had their answer within `half` working days, nine in ten within `most`.

    Both are None where there were fewer than `LEAST`.
    """

    cases: int
    half: int | None = None
    most: int | None = None


def waits_of(service: Service, at: datetime, *, unit_id: UUID | None = None) -> Waits:
    """The waits of the cases that were answered in the ninety days before `at`.

    The days while papers were awaited count: others waited through them, too.
    """
    ended = Case.objects.filter(service=service, phase__in=ANSWERED, ended_at__gt=at - LATELY)
    if unit_id is not None:
        ended = ended.filter(unit_id=unit_id)
    spans = list(ended.order_by("-ended_at").values_list("unit_id", "filed_at", "ended_at")[:MOST])
    zone = ZoneInfo(country(service.country).timezone)
    calendars = calendars_of({unit for unit, _filed, _end in spans}, at=at)
    days = sorted(
        calendars[unit].working_days_between(
            filed.astimezone(zone).date(), end.astimezone(zone).date()
        )
        for unit, filed, end in spans
        if end is not None
    )
    if len(days) < LEAST:
        return Waits(len(days))
    return Waits(len(days), quantile(days, 50), quantile(days, 90))


def quantile(ordered: Sequence[int], hundredths: int) -> int:
    """The smallest value that so many hundredths of the values do not exceed.

    >>> quantile([1, 2, 3, 4, 5, 6, 7, 8, 9, 30], 90)
    9
    """
    place = -(-len(ordered) * hundredths // 100)
    return ordered[max(place, 1) - 1]
