"""What councils counts for units and bodies: decided, done in time, closed, moved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models import Value as Literal
from django.db.models.expressions import Combinable
from django.db.models.functions import TruncDate

from diwan.councils.constants import BODY
from diwan.councils.models import (
    Action,
    Attendance,
    Body,
    DateRequest,
    Meeting,
    Proposal,
    Resolution,
)
from diwan.councils.policies import ACTIONS, BODIES, MEETINGS, RESOLUTIONS
from diwan.councils.rules.life import SETTLED, State
from diwan.kernel.exchange import MeasureQuestion, Value, Values
from diwan.kernel.policies import Actor
from diwan.kernel.reader import current
from diwan.kernel.remembering import memory

from .participation import OUTSIDE

Counted = dict[tuple[UUID, str], Value]
Counting = QuerySet[Any, Any]
"""Resolutions or actions; with the columns that the counting adds the stubs know no type."""
Within = Callable[[date, date], Q]
"""The condition that something happened in [first, until)."""


@dataclass(frozen=True)
class _Count:
    """What is counted: rows, when they happened, whose they are; with `part`: how many of all.

    `body` and `unit` are the ways from a row to its body and its unit.
    """

    rows: Counting
    within: Within
    body: str
    unit: str
    part: Q | None = None


def _adopted(actor: Actor) -> _Count:
    wanted = Resolution.objects.filter(state=Resolution.State.ADOPTED)
    seen = RESOLUTIONS.which(actor, "see", wanted)
    return _Count(seen, _by_day("meeting__date"), "body_id", "body__unit")


def _done_in_time(actor: Actor) -> _Count:
    wanted = Action.objects.exclude(state__in=(State.UNCONFIRMED, State.DROPPED))
    seen = ACTIONS.which(actor, "see", wanted)
    done_day = TruncDate("done_at", tzinfo=ZoneInfo(current().timezone))
    in_time = Q(done_at__isnull=False) & Q(due__gte=done_day)
    return _Count(seen, _by_day("due"), *_OF_ACTIONS, part=in_time)


def _closed(actor: Actor) -> _Count:
    seen = ACTIONS.which(actor, "see", Action.objects.filter(state=State.CLOSED))
    return _Count(seen, _by_instant("closed_at"), *_OF_ACTIONS)


def _moved(actor: Actor) -> _Count:
    # One row for each date that was granted.
    wanted = Action.objects.filter(date_requests__state=DateRequest.State.GRANTED)
    wanted = wanted.annotate(answered=F("date_requests__answered_at"))
    seen = ACTIONS.which(actor, "see", wanted)
    return _Count(seen, _by_instant("answered"), *_OF_ACTIONS)


def _attendance(actor: Actor) -> _Count:
    held = Meeting.objects.filter(state=Meeting.State.HELD)
    read = MEETINGS.which(actor, "read", held)
    came = (Attendance.Status.PRESENT, Attendance.Status.DEPUTY)
    wanted = Attendance.objects.filter(
        meeting__in=read.values("pk"), status__in=(*came, Attendance.Status.ABSENT)
    ).exclude(role__in=OUTSIDE)
    unit = "meeting__body__unit"
    part = Q(status__in=came)
    return _Count(wanted, _by_day("meeting__date"), "meeting__body_id", unit, part=part)


def _proposals(actor: Actor) -> _Count:
    bodies = BODIES.which(actor, "read", Body.objects.all())
    wanted = Proposal.objects.filter(body__in=bodies.values("pk"))
    return _Count(wanted, _by_instant("made_at"), "body_id", "body__unit")


def _decisions_done(actor: Actor) -> _Count:
    actions = ACTIONS.which(
        actor, "see", Action.objects.filter(resolution=OuterRef("pk"), parent=None)
    )
    adopted = Resolution.objects.filter(Exists(actions), state=Resolution.State.ADOPTED)
    seen = RESOLUTIONS.which(actor, "see", adopted)
    done = ~Q(Exists(actions.exclude(state__in=SETTLED)))
    return _Count(seen, _by_day("meeting__date"), "body_id", "body__unit", part=done)


_OF_ACTIONS = ("resolution__body_id", "owner__unit")
_COUNTS: dict[str, Callable[[Actor], _Count]] = {
    "adopted": _adopted,
    "done_in_time": _done_in_time,
    "closed": _closed,
    "moved": _moved,
    "attendance": _attendance,
    "proposals": _proposals,
    "decisions_done": _decisions_done,
}


def adopted(question: MeasureQuestion) -> Values:
    """Resolutions adopted in the period by the body, or by bodies hosted in the unit and below."""
    return _asked("adopted", question)


def done_in_time(question: MeasureQuestion) -> Values:
    """Of the actions due in the period, how many were reported done by their due day."""
    return _asked("done_in_time", question)


def closed(question: MeasureQuestion) -> Values:
    """Actions that were closed in the period."""
    return _asked("closed", question)


def moved(question: MeasureQuestion) -> Values:
    """New dates that were granted in the period."""
    return _asked("moved", question)


def attendance(question: MeasureQuestion) -> Values:
    """Of the seats at meetings of the period, how many were filled; the excused are not counted."""
    return _asked("attendance", question)


def proposals(question: MeasureQuestion) -> Values:
    """What members proposed in the period, for the bodies that the actor may read."""
    return _asked("proposals", question)


def decisions_done(question: MeasureQuestion) -> Values:
    """Of the resolutions of the period that asked for something, how many are done by now.

    Counted of what the actor may see, as the register does; what was dropped counts as settled.
    """
    return _asked("decisions_done", question)


def _asked(name: str, question: MeasureQuestion) -> Values:
    """One measure; while a page is made, all of them in one question of the database."""
    if not question.periods:
        return {}
    if memory("councils.measures") is None:
        return _counted(question, [name])[name]
    known = question.actor.memo.setdefault("councils.measures", {})
    periods = tuple((period.key(), period.first_day) for period in question.periods)
    key = (question.kind, tuple(question.ids), periods)
    if key not in known:
        known[key] = _counted(question, list(_COUNTS))
    found: Values = known[key][name]
    return found


def _counted(question: MeasureQuestion, names: Sequence[str]) -> dict[str, Counted]:
    """What is counted under these names, by record and period, in one question."""
    counts = {name: _COUNTS[name](question.actor) for name in names}
    first, *others = (_summed(question, name, count) for name, count in counts.items())
    rows = first.union(*others, all=True) if others else first
    found: dict[str, Counted] = {name: {} for name in names}
    for name, whose, *sums in rows:
        parted = counts[name].part is not None
        for period, n, part in zip(question.periods, sums[::2], sums[1::2], strict=True):
            if n:
                found[name][whose, period.key()] = Value(part, of=n) if parted else Value(n)
    return found


def _summed(question: MeasureQuestion, name: str, count: _Count) -> Counting:
    """Rows of a record, and for each period how many and how many of them are the part.

    For a unit each period counts what stood at or below it on the period's last day. A unit stands
    below another by one path a day, so that no row is counted twice.
    """
    periods = question.periods
    first, until = min(p.first_day for p in periods), max(p.until_day for p in periods)
    here, held = count.rows.filter(count.within(first, until)), Q()
    if question.kind == BODY:
        here = here.filter(**{f"{count.body}__in": question.ids}).annotate(whose=F(count.body))
    else:
        here = _under(here, f"{count.unit}__paths_up", question)
    sums: dict[str, Combinable] = {}
    for at, period in enumerate(periods):
        if question.kind != BODY:
            held = Q(path_since__lte=period.last_day, path_until__gt=period.last_day)
        inside = count.within(period.first_day, period.until_day) & held
        sums[f"n{at}"] = Count("pk", filter=inside)
        part = inside & count.part if count.part is not None else None
        sums[f"part{at}"] = Literal(0) if part is None else Count("pk", filter=part)
    grouped = here.annotate(which=Literal(name)).values("which", "whose").annotate(**sums)
    found: Counting = grouped.values_list("which", "whose", *sums).order_by()
    return found


def _under(rows: Counting, paths: str, question: MeasureQuestion) -> Counting:
    """Rows joined to the paths from one of `ids` down to their unit, `whose` it is."""
    last_days = [period.last_day for period in question.periods]
    joined = rows.filter(
        **{
            f"{paths}__ancestor_id__in": list(question.ids),
            f"{paths}__since__lte": max(last_days),
            f"{paths}__until__gt": min(last_days),
        }
    )
    found: Counting = joined.annotate(
        whose=F(f"{paths}__ancestor_id"),
        path_since=F(f"{paths}__since"),
        path_until=F(f"{paths}__until"),
    )
    return found


def _by_day(name: str) -> Within:
    """It happened on the day of that name."""
    return lambda first, until: Q(**{f"{name}__gte": first, f"{name}__lt": until})


def _by_instant(name: str) -> Within:
    """It happened at the instant of that name."""

    def within(first: date, until: date) -> Q:
        return Q(**{f"{name}__gte": _beginning(first), f"{name}__lt": _beginning(until)})

    return within


def _beginning(day: date) -> datetime:
    """When a day begins, by the reader's clock."""
    return datetime.combine(day, time(), ZoneInfo(current().timezone))
