"""What became of a body's decisions, by the month in which they were adopted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate

from diwan.councils.models import Action, Body, Resolution
from diwan.councils.policies import ACTIONS
from diwan.councils.rules.life import OWED, State
from diwan.kernel.calendars import Calendar, add_months, from_calendar, to_calendar
from diwan.kernel.countries import country
from diwan.kernel.policies import Actor
from diwan.kernel.working import today_in

MONTHS = 12


@dataclass
class Month:
    """The actions of what was adopted in a month that begins on `first_day`."""

    first_day: date
    in_time: int = 0
    late: int = 0
    owed: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.in_time + self.late + self.owed


def progress_by_month(actor: Actor, body: Body) -> list[Month]:
    """The last twelve months of the body's calendar, the oldest first; one question.

    Counted are confirmed and not dropped actions that the actor may see, passed down ones with the
    action they are part of. Done in time is what was reported done by its last day, or has none.
    """
    months = _months(body, today_in(body.unit.country, actor.at))
    for row in _by_day(actor, body, months[0].first_day):
        adopted = row["resolution__meeting__date"]
        month = next((m for m in reversed(months) if m.first_day <= adopted), None)
        if month is not None:
            month.in_time += row["done_n"] - row["late_n"]
            month.late += row["late_n"]
            month.owed += row["owed_n"]
    return months


def _months(body: Body, today: date) -> list[Month]:
    calendar = Calendar(body.calendar)
    named = to_calendar(today, calendar)
    first = from_calendar(calendar, named.year, named.month, 1)
    return [Month(add_months(first, 1 - n, calendar)) for n in range(MONTHS, 0, -1)]


def _by_day(actor: Actor, body: Body, since: date) -> QuerySet[Action, Any]:
    rows = Action.objects.filter(
        parent__isnull=True,
        resolution__body=body,
        resolution__state=Resolution.State.ADOPTED,
        resolution__meeting__date__gte=since,
    ).exclude(state__in=(State.UNCONFIRMED, State.DROPPED))
    zone = ZoneInfo(country(body.unit.country).timezone)
    done = ~Q(state__in=OWED)
    seen = ACTIONS.which(actor, "see", rows).annotate(
        done_day=TruncDate(Coalesce("done_at", "closed_at"), tzinfo=zone)
    )
    return (
        seen.order_by()
        .values("resolution__meeting__date")
        .annotate(
            done_n=Count("pk", filter=done),
            late_n=Count("pk", filter=done & Q(due__lt=F("done_day"))),
            owed_n=Count("pk", filter=~done),
        )
    )
