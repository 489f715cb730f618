"""What ends is written down once: how a round went is never worked out from what came later."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Sum

from diwan.directory.public import calendar_of
from diwan.services.models import Case, CasePause, Ending

_DAY = timedelta(days=1)
A_SECOND_SHORT = 0.00001
"""A second short of a day is one."""


def end_round(case: Case, at: datetime) -> Ending:
    """Write down how the round of a case ended, whose `phase` and `on_time` say so already."""
    held = CasePause.objects.filter(case=case, since_at__gte=case.round_at, counts=True)
    before = _before(case)
    spans = [(since, until or at) for since, until in held.values_list("since_at", "until_at")]
    work = calendar_of(case.unit_id, at=at)
    between = work.working_days_between(work.day_of(case.round_at), work.day_of(at))
    return Ending.objects.create(
        **_common(case, at),
        outcome=case.phase,
        on_time=case.on_time,
        returned=max(case.returned - before["returned"], 0),
        visits=max(case.visits - before["visits"], 0),
        waited_seconds=sum(round((until - since).total_seconds()) for since, until in spans),
        days=whole_days(case.round_at, at),
        working_days=max(between, 0),
    )


def leave_unit(case: Case, at: datetime) -> Ending:
    """Write down until when the unit of a running case answered for it; another one does now."""
    left = Ending.objects.create(**_common(case, at), outcome=Ending.Outcome.MOVED)
    case.unit_since_at = at
    return left


def whole_days(since_at: datetime, until_at: datetime) -> int:
    """Whole days between two instants.

    >>> from datetime import datetime
    >>> whole_days(datetime(2026, 1, 1, 8), datetime(2026, 1, 3, 7))
    1
    """
    return int((until_at - since_at) / _DAY + A_SECOND_SHORT)


def _common(case: Case, at: datetime) -> dict[str, object]:
    return {
        "case": case,
        "service_id": case.service_id,
        "unit_id": case.unit_id,
        "channel": case.channel,
        "number": case.reopened + 1,
        "round_at": case.round_at,
        "began_at": case.unit_since_at,
        "ended_at": at,
        "promised_at": case.promised_at,
    }


def _before(case: Case) -> dict[str, int]:
    """What the case had of each in its earlier rounds."""
    names = ("returned", "visits")
    told = case.endings.aggregate(**{name: Sum(name) for name in names}) if case.reopened else {}
    return {name: told.get(name) or 0 for name in names}
