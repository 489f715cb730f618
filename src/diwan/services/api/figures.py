"""What was counted of cases, over the API: a month, and the year until its end."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from uuid import UUID

from ninja import Field, Schema

from diwan.kernel.api.routes import Shown
from diwan.kernel.api.shapes import Day, Id
from diwan.kernel.calendars import Calendar
from diwan.kernel.errors import NotFound
from diwan.kernel.periods import Kind, Period
from diwan.kernel.policies import Actor
from diwan.kernel.reader import current
from diwan.services.policies import units_counted
from diwan.services.queries.figures import FiguresAsked, Pair, figures_of
from diwan.services.queries.measures import Tally

from .routing import routes

SUMS = (
    "received",
    "online",
    "finished",
    "dated",
    "on_time",
    "late",
    "returned",
    "visits",
    "asked",
    "rated",
    "stars",
    "kept",
    "kept_asked",
    "complaints",
)


class Sums(Schema):
    """Sums over cases; nobody averages averages, so shares are left to whoever reads.

    `on_time` of `dated` were finished by their promise, `rated` of `asked` were judged, `stars` is
    their sum, `kept` of `kept_asked` say that the promise was kept.
    """

    received: int
    online: int
    finished: int
    dated: int
    on_time: int
    late: int
    returned: int
    visits: int
    asked: int
    rated: int
    stars: int
    kept: int
    kept_asked: int
    complaints: int
    waited_days: float
    middle_days: int | None = Field(description="Half of the finished took no longer.")


class PairShape(Schema):
    """The month, and the year until its end."""

    month: Sums
    year: Sums


class PartShape(PairShape):
    """One service or unit (its identifier) or channel (its word)."""

    of: str


class FiguresShape(Schema):
    """What was asked for as a whole, and its parts, the most late first."""

    unit_id: UUID
    calendar: Literal["jalali", "hijri", "gregorian"]
    first_day: date
    until_day: date = Field(description="The first day after the month.")
    by: Literal["service", "unit", "channel"]
    whole: PairShape
    parts: list[PartShape]


class AskedFigures(Schema):
    """Whose figures, of when."""

    unit: Id = Field(description="This unit and all below it.")
    day: Day | None = Field(None, description="Any day of the month; today.")
    calendar: Literal["jalali", "hijri", "gregorian", ""] = Field(
        "", description="Whose months; by default the reader's."
    )
    service: Id | None = None
    channel: Literal["online", "counter", "phone", "api", "collect", "open311", ""] = ""
    by: Literal["service", "unit", "channel"] = "service"


@routes.one("/case-figures", FiguresShape)
def get_case_figures(actor: Actor, asked: AskedFigures) -> Shown:
    """Cases counted for a unit and all below it: for who works there or heads it."""
    if not units_counted(actor).filter(pk=asked.unit).exists():
        raise NotFound
    reader = current()
    calendar = Calendar(asked.calendar) if asked.calendar else reader.calendar
    month = Period.of(asked.day or reader.today(), Kind.MONTH, calendar)
    wanted = FiguresAsked(month, asked.unit, asked.service, asked.channel, asked.by)
    found = figures_of(wanted, actor.at)
    return Shown(
        FiguresShape.model_validate(
            {
                "unit_id": asked.unit,
                "calendar": calendar.value,
                "first_day": month.first_day,
                "until_day": month.until_day,
                "by": asked.by,
                "whole": _pair(found.whole),
                "parts": [{"of": str(key), **_pair(pair)} for key, pair in found.parts],
            }
        )
    )


def _pair(pair: Pair) -> dict[str, Any]:
    return {"month": _sums(pair.month), "year": _sums(pair.year)}


def _sums(tally: Tally) -> dict[str, Any]:
    counted = {name: int(tally[name]) for name in SUMS}
    return {**counted, "waited_days": float(tally["waited"]), "middle_days": tally.middle()}
