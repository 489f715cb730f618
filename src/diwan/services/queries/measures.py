"""What is counted of cases: filed, finished, late, on time, how long, how often, how well.

What was received is counted of cases, what ended of endings, which nobody writes over: a month that
is over is counted tomorrow as it is today. A case belongs to the unit where it was filed, an ending
to the unit that answered. For a unit each period counts what stood at or below it on the period's
last day, so totals stay exact across reorganisations; nobody averages averages: a `Tally` holds
sums, and tallies add up.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum, Value
from django.db.models.expressions import Combinable

from diwan.services.models import Case, Ending, Service

from .stretches import Stretch, ends_by, reach, waiting, within

By = Literal["", "unit", "service", "channel"]


class Way(NamedTuple):
    """How a row that is counted leads to what it is counted for.

    `case` leads to service and channel (with its underscores), `unit` to the unit.
    """

    case: str
    unit: str


Where = Callable[[Way], Q]
Key = tuple[Any, str]
FILED, ANSWERED, COMPLAINED = (
    Way("", "filed_unit"),
    Way("", "unit"),
    Way("about__", "about__filed_unit"),
)
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
_SECONDS = 86400


@dataclass
class Tally:
    """Sums over some cases; `days` counts the finished by the days that they took."""

    counts: Counter[str] = field(default_factory=Counter)
    days: Counter[int] = field(default_factory=Counter)

    def __getitem__(self, name: str) -> Any:
        """One sum; `waited` in days, a fraction."""
        return self.counts["seconds"] / _SECONDS if name == "waited" else self.counts[name]

    def add(self, other: Tally) -> None:
        """Add the sums of other cases."""
        self.counts.update(other.counts)
        self.days.update(other.days)

    def share(self, part: str, of: str) -> float | None:
        """One sum in relation to another; None where there is nothing to count."""
        return self[part] / self[of] if self[of] else None

    def middle(self) -> int | None:
        """The days within which half of the finished cases were done."""
        rest = sum(self.days.values())
        half = rest / 2
        for days in sorted(self.days):
            rest -= self.days[days]
            if rest <= half:
                return days
        return None


@dataclass(frozen=True)
class Counted:
    """Which cases, counted how: `by` unit (of `ids`), by service (of `ids`, if any), by channel.

    `under` leaves those that stood at or below a unit. `at` is when it is asked: what is late is
    late then, or at the end of a stretch that is over.
    """

    stretches: Sequence[Stretch]
    at: datetime
    by: By = ""
    ids: Collection[UUID] = ()
    under: UUID | None = None
    where: Where = field(default=lambda _way: Q())


def tallies(counted: Counted) -> dict[Key, Tally]:
    """The sums by record and stretch, in four questions.

    Names: received, online, own (no complaints), finished, reopened (of the finished), dated,
    on_time, returned, again (twice or more), waited, visits, asked, rated, stars, kept,
    kept_asked, late, complaints.
    """
    found: dict[Key, Tally] = defaultdict(Tally)
    if counted.stretches:
        for part in (_received, _complaints, _ended, _late_now):
            part(counted, found)
    return found


def months(counted: Counted) -> dict[Key, Tally]:
    """The same of received, finished, dated and on time alone, in two questions."""
    found: dict[Key, Tally] = defaultdict(Tally)
    _received(counted, found, only=("received",))
    _ended(counted, found, only=("finished", "dated", "on_time"))
    return found


def judgements(counted: Counted) -> dict[Key, Tally]:
    """The same of asked, rated and stars alone, in one question."""
    found: dict[Key, Tally] = defaultdict(Tally)
    if counted.stretches:
        _ended(counted, found, only=("asked", "rated", "stars"))
    return found


Found = dict[Key, Tally]
Make = Callable[[Stretch, datetime, Q], Combinable]


def _received(counted: Counted, found: Found, only: Collection[str] = ()) -> None:
    first_at, until_at = reach(counted.stretches)
    rows = Case.objects.filter(filed_at__gte=first_at, filed_at__lt=until_at)
    _add(counted, rows, FILED, _chosen(_RECEIVED, only), found)


def _complaints(counted: Counted, found: Found) -> None:
    """Complaints about cases, for the unit, service and channel of the case complained of."""
    first_at, until_at = reach(counted.stretches)
    rows = Case.objects.filter(service__kind=Service.Kind.COMPLAINT, about__isnull=False)
    rows = rows.filter(filed_at__gte=first_at, filed_at__lt=until_at)
    _add(counted, rows, COMPLAINED, {"complaints": _count(_filed)}, found)


def _ended(counted: Counted, found: Found, only: Collection[str] = ()) -> None:
    """What ended, by the days it took; and what was late when a stretch ended, and ended since."""
    first_at, until_at = reach(counted.stretches)
    wanted = Q(ended_at__gte=first_at, ended_at__lt=until_at)
    if not only:
        over = Q(promised_at__lt=F("ended_at"))
        wanted |= over & Q(promised_at__lt=until_at, ended_at__gte=until_at)
    _add(counted, Ending.objects.filter(wanted), ANSWERED, _chosen(_ENDED, only), found, days=True)


def _late_now(counted: Counted, found: Found) -> None:
    """What runs and was late at the end of a stretch, or is now."""
    _first_at, until_at = reach(counted.stretches)
    rows = Case.objects.running().filter(promised_at__lt=min(until_at, counted.at))
    _add(counted, rows, ANSWERED, {"late": _count(_runs_late)}, found)


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


def _add(
    counted: Counted,
    rows: QuerySet[Any],
    way: Way,
    makes: Mapping[str, Make],
    found: Found,
    *,
    days: bool = False,
) -> None:
    """One question: its sums go to the tallies of what is grouped, by stretch."""
    here = _owned(counted, rows.filter(counted.where(way)), way)
    sums = {}
    for place, stretch in enumerate(counted.stretches):
        held = _held(counted, stretch)
        for name, make in makes.items():
            sums[f"{name}_{place}"] = make(stretch, counted.at, held)
    group = ("whose", "days") if days else ("whose",)
    for row in here.values(*group).annotate(**sums).order_by():
        for place, stretch in enumerate(counted.stretches):
            told = {name: row[f"{name}_{place}"] for name in makes}
            counts = {name: value for name, value in told.items() if value}
            if not counts:
                continue
            tally = found[row["whose"], stretch.key]
            tally.counts.update(counts)
            if days and counts.get("finished"):
                tally.days[row["days"]] += counts["finished"]


def _owned(counted: Counted, rows: QuerySet[Any], way: Way) -> QuerySet[Any]:
    """Rows with `whose` they are, joined to the paths down to their unit where units are asked."""
    paths = f"{way.unit}__paths_up"
    above = counted.ids if counted.by == "unit" else [counted.under] if counted.under else None
    if above is not None:
        last_days = [stretch.last_day for stretch in counted.stretches]
        rows = rows.filter(
            **{
                f"{paths}__ancestor_id__in": list(above),
                f"{paths}__since__lte": max(last_days),
                f"{paths}__until__gt": min(last_days),
            }
        ).annotate(path_since=F(f"{paths}__since"), path_until=F(f"{paths}__until"))
    if counted.by == "service" and counted.ids:
        rows = rows.filter(**{f"{way.case}service__in": list(counted.ids)})
    whose: dict[str, Combinable] = {
        "": Value(""),
        "unit": F(f"{paths}__ancestor_id"),
        "service": F(f"{way.case}service_id"),
        "channel": F(f"{way.case}channel"),
    }
    found: QuerySet[Any] = rows.annotate(whose=whose[counted.by])
    return found


def _held(counted: Counted, stretch: Stretch) -> Q:
    """That the unit stood below the one asked for when the stretch ended."""
    if counted.by != "unit" and counted.under is None:
        return Q()
    return Q(path_since__lte=stretch.last_day, path_until__gt=stretch.last_day)
