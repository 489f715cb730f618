"""What is counted of cases: filed, finished, late, on time, how long, how often, how well.

What was received is counted of cases, what ended of endings, which nobody writes over: a month that
is over is counted tomorrow as it is today. A case belongs to the unit where it was filed, an ending
to the unit that answered. For a unit each period counts what stood at or below it on the period's
last day, so totals stay exact across reorganisations; nobody averages averages: a `Tally` holds
sums, and tallies add up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime

from django.db.models import Count, F, Q, Sum

from diwan.services.models import Case, Ending, Service
from diwan.services.models.cases import RUNNING

from .counting import (
    ANSWERED,
    Counted,
    Found,
    Key,
    Make,
    Tally,
    Way,
    Where,
    add,
    by_paths,
)
from .kept import add_kept
from .stretches import Stretch, ends_by, reach, waiting, within

__all__ = ["Counted", "Key", "Tally", "Way", "Where", "cells", "judgements", "months", "tallies"]

FILED = Way("", "filed_unit")
COMPLAINED = Way("about__", "about__filed_unit", few=True)
FINISHED = (Ending.Outcome.DONE, Ending.Outcome.REFUSED)
ONLINE = (
    Case.Channel.ONLINE,
    Case.Channel.API,
    Case.Channel.COLLECT,
    Case.Channel.OPEN311,
)
"""Ways by which nobody has to come or call."""
AGAIN = 2
"""Who was sent away so often was not told everything at once."""


def tallies(counted: Counted) -> dict[Key, Tally]:
    """The sums by record and stretch, in seven questions; five where no month is kept.

    Names: received, online, own (no complaints), finished, reopened (of the finished), dated,
    on_time, returned, again (twice or more), waited, visits, asked, rated, stars, kept,
    kept_asked, late, complaints.
    """
    found: Found = defaultdict(Tally)
    if counted.stretches:
        left = replace(counted, rests=add_kept(counted, found, days=True))
        _cases(left, found)
        _complaints(left, found)
        _ended(left, found)
    return found


def months(counted: Counted) -> dict[Key, Tally]:
    """The same of received, finished, dated and on time alone, in two to four questions."""
    found: Found = defaultdict(Tally)
    ended = ("finished", "dated", "on_time")
    left = replace(counted, rests=add_kept(counted, found, only=("received", *ended)))
    _received(left, found, only=("received",))
    _ended(left, found, only=ended, days=False)
    return found


def judgements(counted: Counted) -> dict[Key, Tally]:
    """The same of asked, rated and stars alone, in one to three questions."""
    found: Found = defaultdict(Tally)
    if counted.stretches:
        wanted = ("asked", "rated", "stars")
        left = replace(counted, rests=add_kept(counted, found, only=wanted))
        _ended(left, found, only=wanted, days=False)
    return found


def cells(stretch: Stretch, at: datetime) -> dict[Key, Tally]:
    """All that happened within a stretch, by unit, service and channel, as `kept` keeps it."""
    found: Found = defaultdict(Tally)
    counted = Counted([stretch], at, "cell", rests={stretch.key: stretch})
    _received(counted, found)
    _complaints(counted, found)
    _ended(counted, found, only=[name for name in _ENDED if name != "late"])
    return found


def _cases(counted: Counted, found: Found) -> None:
    """What was received, and what runs and is late: one question, if for the same units."""
    if by_paths(counted) or counted.where(FILED) != counted.where(ANSWERED):
        _received(counted, found)
        rows = Case.objects.filter(_ever_late(counted))
        add(counted, rows, ANSWERED, {"late": _count(_runs_late)}, found)
        return
    makes = {**_RECEIVED, "late": _count(_runs_late)}
    rows = Case.objects.filter(_filed_in(counted) | _ever_late(counted))
    add(counted, rows, FILED, makes, found)


def _filed_in(counted: Counted) -> Q:
    if not counted.rests:
        return Q(pk__in=[])
    first_at, until_at = reach(list(counted.rests.values()))
    return Q(filed_at__gte=first_at, filed_at__lt=until_at)


def _ever_late(counted: Counted) -> Q:
    _first_at, until_at = reach(counted.stretches)
    # That nothing ended is what the indexes know.
    over = Q(ended_at__isnull=True, promised_at__lt=min(until_at, counted.at))
    return over & Q(phase__in=RUNNING)


def _received(counted: Counted, found: Found, only: Collection[str] = ()) -> None:
    rows = Case.objects.filter(_filed_in(counted))
    add(counted, rows, FILED, _chosen(_RECEIVED, only), found)


def _complaints(counted: Counted, found: Found) -> None:
    """Complaints about cases, for the unit, service and channel of the case complained of."""
    rows = Case.objects.filter(service__kind=Service.Kind.COMPLAINT, about__isnull=False)
    makes = {"complaints": _count(_filed)}
    add(counted, rows.filter(_filed_in(counted)), COMPLAINED, makes, found)


def _ended(
    counted: Counted, found: Found, only: Collection[str] = (), *, days: bool = True
) -> None:
    """What ended, by the days it took; and what was late when a stretch ended, and ended since."""
    wanted = Q(pk__in=[])
    if counted.rests:
        first_at, until_at = reach(list(counted.rests.values()))
        wanted = Q(ended_at__gte=first_at, ended_at__lt=until_at)
    ends = [at for s in counted.stretches for _q, at in ends_by(s, counted.at)]
    if ends and not only:
        over = Q(promised_at__lt=F("ended_at"))
        wanted |= over & Q(promised_at__lt=max(ends), ended_at__gte=min(ends))
    rows, makes = Ending.objects.filter(wanted), _chosen(_ENDED, only)
    add(counted, rows, ANSWERED, makes, found, days=days)


def _chosen(makes: Mapping[str, Make], only: Collection[str]) -> dict[str, Make]:
    return {name: make for name, make in makes.items() if not only or name in only}


def _filed(stretch: Stretch, _at: datetime) -> Q:
    return within("filed_at", stretch)


def _finished(stretch: Stretch, _at: datetime) -> Q:
    return within("ended_at", stretch) & Q(outcome__in=FINISHED)


def _runs_late(stretch: Stretch, at: datetime) -> Q:
    """Over the promise at the stretch's end, or now; the clock of who waited then stood still."""
    found = Q(pk__in=[])
    for here, end_at in ends_by(stretch, at):
        over = Q(unit_since_at__lt=end_at, promised_at__lt=end_at)
        found |= here & over & ~Q(waiting("pk", end_at))
    return found


def _was_late(stretch: Stretch, at: datetime) -> Q:
    found = Q(pk__in=[])
    for here, end_at in ends_by(stretch, at):
        over = Q(began_at__lt=end_at, promised_at__lt=end_at, ended_at__gte=end_at)
        found |= here & over & ~Q(waiting("case_id", end_at))
    return found


def _count(when: Callable[[Stretch, datetime], Q], more: Q | None = None) -> Make:
    return lambda stretch, at, held: Count("pk", filter=when(stretch, at) & (more or Q()) & held)


def _sum(column: str) -> Make:
    return lambda stretch, at, held: Sum(column, filter=_finished(stretch, at) & held)


_RECEIVED: Mapping[str, Make] = {
    "received": _count(_filed),
    "online": _count(_filed, Q(channel__in=ONLINE)),
    "own": _count(_filed, ~Q(service__kind=Service.Kind.COMPLAINT)),
}
_ENDED: Mapping[str, Make] = {
    "finished": _count(_finished),
    "reopened": _count(_finished, Q(number__gt=1)),
    "dated": _count(_finished, Q(on_time__isnull=False)),
    "on_time": _count(_finished, Q(on_time=True)),
    "returned": _count(_finished, Q(returned__gt=0)),
    "again": _count(_finished, Q(returned__gte=AGAIN)),
    "seconds": _sum("waited_seconds"),
    "visits": _sum("visits"),
    "asked": _count(_finished, Q(asked=True)),
    "rated": _count(_finished, Q(stars__isnull=False)),
    "stars": _sum("stars"),
    "kept": _count(_finished, Q(promise_kept=True)),
    "kept_asked": _count(_finished, Q(promise_kept__isnull=False)),
    "late": _count(_was_late),
}
