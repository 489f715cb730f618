"""How a round of a case of the sample ended, as `services.actions.endings` would write it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from diwan.kernel.worktime import WorkCalendar
from diwan.services.actions.endings import whole_days

from .services_parts import Running


def ending_of(case: Running, pk: UUID, at: datetime, calendar: WorkCalendar) -> dict[str, Any]:
    """The row of a round that ends now; it waits for what the citizen will say."""
    asked, begun = case.asked, case.round_at or case.asked.at
    spans = [(since, until) for _step, since, until in case.pauses if since >= begun]
    days = calendar.working_days_between(calendar.day_of(begun), calendar.day_of(at))
    judged = asked.definition.rating.open and case.phase in ("done", "refused")
    return {
        "id": pk,
        "case_id": case.id,
        "service_id": asked.service,
        "unit_id": asked.unit.id,
        "channel": asked.channel,
        "number": case.reopened + 1,
        "outcome": case.phase,
        "round_at": begun,
        "began_at": begun,
        "ended_at": at,
        "promised_at": case.promised_at,
        "on_time": case.on_time,
        "returned": len(spans),
        "visits": case.visits - sum(row["visits"] for row in case.endings),
        "waited_seconds": sum(round((until - since).total_seconds()) for since, until in spans),
        "days": whole_days(begun, at),
        "working_days": max(days, 0),
        "asked": judged,
    }
