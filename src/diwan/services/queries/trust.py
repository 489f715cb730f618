"""Whether judgements may be believed: how they came, and what they say against our own record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from diwan.directory.public import UnitPath
from diwan.services.models import Rating

AT_ONCE = timedelta(minutes=10)
"""Who judges so soon after the end stands at the counter still, or is somebody else."""
LATEST = 500
"""So many of the latest judgements are looked at."""


@dataclass(frozen=True)
class Trust:
    """Of `judged` judgements so many came at once or by the paper that the office printed.

    Of `said` who told whether the promise was kept, `broken` say that it was not, where our record
    says it was; `kept` the other way round.
    """

    judged: int = 0
    at_once: int = 0
    on_paper: int = 0
    said: int = 0
    broken: int = 0
    kept: int = 0


def trust_in(
    unit_id: UUID | None, since: datetime, until: datetime, *, service_id: UUID | None
) -> Trust:
    """The judgements of [since, until) on a unit and all below it then; None: on everybody."""
    rows = Rating.objects.filter(at__gte=since, at__lt=until)
    if unit_id is not None:
        below = UnitPath.objects.on(until.date()).filter(ancestor_id=unit_id)
        rows = rows.filter(unit__in=below.values("descendant_id"))
    if service_id is not None:
        rows = rows.filter(service_id=service_id)
    latest = rows.order_by("-at", "-pk").values_list(
        "at", "case__ended_at", "on_paper", "promise_kept", "case__on_time"
    )[:LATEST]
    found = list(latest)
    said = [(kept, on_time) for *_rest, kept, on_time in found if None not in (kept, on_time)]
    return Trust(
        judged=len(found),
        at_once=sum(1 for at, ended, *_rest in found if ended and at < ended + AT_ONCE),
        on_paper=sum(1 for _at, _ended, paper, *_rest in found if paper),
        said=len(said),
        broken=sum(1 for kept, on_time in said if on_time and not kept),
        kept=sum(1 for kept, on_time in said if kept and not on_time),
    )
