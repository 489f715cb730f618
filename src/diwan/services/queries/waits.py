"""How long a service really took others lately, in working days of the office that answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count

from diwan.services.models import Ending, Service

LATELY = timedelta(days=90)
LEAST = 10
"""Fewer cases tell nothing of the next one."""
ANSWERED = (Ending.Outcome.DONE, Ending.Outcome.REFUSED)


@dataclass(frozen=True)
class Waits:
    """Half of `cases` had their answer within `half` working days, nine in ten within `most`.

    Both are None where there were fewer than `LEAST`.
    """

    cases: int
    half: int | None = None
    most: int | None = None


def waits_of(service: Service, at: datetime, *, unit_id: UUID | None = None) -> Waits:
    """The waits of what was answered in the ninety days before `at`, in one question.

    The days while papers were awaited count: others waited through them, too. Each was counted at
    its end, in the calendar of the unit that answered.
    """
    ended = Ending.objects.filter(service=service, outcome__in=ANSWERED, ended_at__gt=at - LATELY)
    if unit_id is not None:
        ended = ended.filter(unit=unit_id)
    rows = ended.values_list("working_days").annotate(n=Count("pk")).order_by()
    days = Counter(dict(rows))
    if days.total() < LEAST:
        return Waits(days.total())
    return Waits(days.total(), quantile(days, 50), quantile(days, 90))


def quantile(counts: Mapping[int, int], hundredths: int) -> int:
    """The smallest value that so many hundredths of the values do not exceed.

    >>> quantile(Counter([1, 2, 3, 4, 5, 6, 7, 8, 9, 30]), 90)
    9
    """
    rest = -(-sum(counts.values()) * hundredths // 100)
    for value in sorted(counts):
        rest -= counts[value]
        if rest <= 0:
            return value
    raise ValueError("nothing was counted")
