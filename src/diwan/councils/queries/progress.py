"""What became of a body's decisions, by the month in which they were adopted."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate

from diwan.councils.models import Action, Body, Resolution
from diwan.councils.rules.life import OWED, State
from diwan.kernel.calendars import Calendar, add_months, from_calendar, to_calendar
from diwan.kernel.countries import country
from diwan.kernel.policies import Actor
from diwan.kernel.working import today_in

from .register import Progress, added, counts, visible_actions

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


def progress_of_body(actor: Actor, body: Body) -> tuple[Progress, list[Month]]:
    """How all its actions stand, and its last twelve months, the oldest first; one question.

    Of the months are counted confirmed and not dropped actions of adopted resolutions; of all only
    what the actor may see, what was passed down with the action it is part of. Done in time is what
    was reported done by its last day, or has none.
    """
    months = _months(body, today_in(body.unit.country, actor.at))
    stand = []
    for row in _by_day(actor, body):
        stand.append(Progress(**{field.name: row[field.name] for field in fields(Progress)}))
        adopted = row["resolution__meeting__date"]
        if adopted is None:
            continue
        month = next((m for m in reversed(months) if m.first_day <= adopted), None)
        if month is not None:
            month.in_time += row["done_n"] - row["late_n"]
            month.late += row["late_n"]
            month.owed += row["owed_n"]
    return added(stand), months


def _months(body: Body, today: date) -> list[Month]:
    calendar = Calendar(body.calendar)
    named = to_calendar(today, calendar)
    first = from_calendar(calendar, named.year, named.month, 1)
    return [Month(add_months(first, 1 - n, calendar)) for n in range(MONTHS, 0, -1)]


def _by_day(actor: Actor, body: Body) -> QuerySet[Action, Any]:
    """The counts of a `Progress` and of a `Month` for each day on which the body met."""
    zone = ZoneInfo(country(body.unit.country).timezone)
    told = Q(resolution__state=Resolution.State.ADOPTED) & ~Q(
        state__in=(State.UNCONFIRMED, State.DROPPED)
    )
    done = told & ~Q(state__in=OWED)
    rows = visible_actions(actor).filter(parent__isnull=True, resolution__body=body)
    return (
        rows.annotate(done_day=TruncDate(Coalesce("done_at", "closed_at"), tzinfo=zone))
        .order_by()
        .values("resolution__meeting__date")
        .annotate(
            **counts(actor),
            done_n=Count("pk", filter=done),
            late_n=Count("pk", filter=done & Q(due__lt=F("done_day"))),
            owed_n=Count("pk", filter=told & Q(state__in=OWED)),
        )
    )
