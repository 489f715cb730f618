"""Days that are counted together, and the conditions that say what of a case lies within them.

A day begins by the clock of the country of the service, whoever reads: a case is in one month, and
in the same one for everybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q

from diwan.kernel.countries import COUNTRIES, country
from diwan.services.models import CasePause

ELSEWHERE = ""
"""Stands for every country that has no row of its own."""


@dataclass(frozen=True)
class Stretch:
    """Days [first_day, until_day) that are counted together, and by which name they are known."""

    key: str
    first_day: date
    until_day: date

    @property
    def last_day(self) -> date:
        """The last of the days."""
        return date.fromordinal(self.until_day.toordinal() - 1)


def within(column: str, stretch: Stretch, way: str = "") -> Q:
    """That an instant lies within a stretch; `way` leads from the row to what has a service."""
    found = Q(pk__in=[])
    for codes, zone in zones().items():
        since_at, until_at = beginning(stretch.first_day, zone), beginning(stretch.until_day, zone)
        here = _of_country(codes, way)
        found |= here & Q(**{f"{column}__gte": since_at, f"{column}__lt": until_at})
    return found


def reach(stretches: Sequence[Stretch]) -> tuple[datetime, datetime]:
    """From the first beginning to the last end, wherever days begin first and last."""
    first = min(stretch.first_day for stretch in stretches)
    until = max(stretch.until_day for stretch in stretches)
    clocks = list(zones().values())
    return min(beginning(first, z) for z in clocks), max(beginning(until, z) for z in clocks)


def ends_by(stretch: Stretch, at: datetime) -> Iterator[tuple[Q, datetime]]:
    """When a stretch ends, or `at` where it has not ended; not where it has not begun either."""
    for codes, zone in zones().items():
        if beginning(stretch.first_day, zone) <= at:
            yield _of_country(codes, ""), min(beginning(stretch.until_day, zone), at)


def waiting(case: str, at: datetime) -> Exists:
    """That the clock of a case stood still at an instant; `case` is the row's column of it."""
    held = CasePause.objects.filter(case=OuterRef(case), since_at__lt=at)
    return Exists(held.filter(Q(until_at__isnull=True) | Q(until_at__gte=at)))


@cache
def zones() -> Mapping[tuple[str, ...], ZoneInfo]:
    """The clocks by which days begin, each with the countries that go by it."""
    by_zone: dict[str, list[str]] = {}
    for code, known in COUNTRIES.items():
        by_zone.setdefault(known.timezone, []).append(code)
    found = {tuple(codes): ZoneInfo(zone) for zone, codes in by_zone.items()}
    return found | {(ELSEWHERE,): ZoneInfo(country(ELSEWHERE).timezone)}


def beginning(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins by a clock."""
    return datetime.combine(day, time(), zone)


def _of_country(codes: tuple[str, ...], way: str) -> Q:
    if codes == (ELSEWHERE,):
        return ~Q(**{f"{way}service__country__in": list(COUNTRIES)})
    return Q(**{f"{way}service__country__in": list(codes)})
