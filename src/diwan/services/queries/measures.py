"""What is counted of cases: filed, finished, late, on time, how long, how often, how well.

A case belongs to the unit where it was filed. For a unit each period counts what stood at or below
it on the period's last day, so totals stay exact across reorganisations; nobody averages averages:
a `Tally` holds sums, and tallies add up.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import (
    Count,
    F,
    FloatField,
    Func,
    IntegerField,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.expressions import Combinable

from diwan.kernel.reader import current
from diwan.services.models import Case, CasePause, Service

By = Literal["", "unit", "service", "channel"]
Where = Callable[[str], Q]
"""A condition on cases; its argument leads from the row to the case (with its underscores)."""
Key = tuple[Any, str]
FINISHED = (Case.Phase.DONE, Case.Phase.REFUSED)
ONLINE = (
    Case.Channel.ONLINE,
    Case.Channel.API,
    Case.Channel.COLLECT,
    Case.Channel.OPEN311,
)
"""Ways by which nobody has to come or call."""


@dataclass(frozen=True)
class Stretch:
    """Days [first_day, until_day) that are counted together, and by which name they are known."""

    key: str
    first_day: date
    until_day: date


@dataclass
class Tally:
    """Sums over some cases; `days` counts the finished by the days that they took."""

    counts: Counter[str] = field(default_factory=Counter)
    days: Counter[int] = field(default_factory=Counter)

    def __getitem__(self, name: str) -> Any:
        return self.counts[name]

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


class _Days(Func):
    """The days between two instants, with their fraction."""

    output_field = FloatField()
    arg_joiner = " - "
    template = "(EXTRACT(EPOCH FROM (%(expressions)s)) / 86400.0)"

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """As Django's; the fraction is exact to the second."""
        template = "(julianday(%(expressions)s))"
        joiner = ") - julianday("
        return super().as_sql(compiler, connection, template=template, arg_joiner=joiner, **more)


class _WholeDays(Func):
    """Whole days of a number of them; a second short of a day is one."""

    output_field = IntegerField()
    template = "CAST(%(expressions)s + 0.00001 AS INTEGER)"

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """As Django's: PostgreSQL rounds where SQLite cuts."""
        template = "CAST(FLOOR(%(expressions)s + 0.00001) AS INTEGER)"
        return super().as_sql(compiler, connection, template=template, **more)


def tallies(counted: Counted, *, pauses: bool = True) -> dict[Key, Tally]:
    """The sums by record and stretch, in four questions; three without `pauses`.

    Names: received, online, own (no complaints), finished, dated, on_time, returned, visits, asked,
    rated, stars, kept, kept_asked, late, complaints, waited (days, a fraction).
    """
    found: dict[Key, Tally] = defaultdict(Tally)
    if not counted.stretches:
        return found
    for part in (_cases(counted), _complaints(counted), *([_waited(counted)] if pauses else [])):
        for key, counts in part.items():
            found[key].counts.update(counts)
    for key, days in _lengths(counted).items():
        found[key].days.update(days)
    return found


def months(counted: Counted) -> dict[Key, Tally]:
    """The same of received, finished, dated and on time alone, in one question."""
    found: dict[Key, Tally] = defaultdict(Tally)
    wanted = ("received", "finished", "dated", "on_time")
    for key, counts in _cases(counted, only=wanted).items():
        found[key].counts.update(counts)
    return found


def _cases(counted: Counted, only: Collection[str] = ()) -> dict[Key, dict[str, float]]:
    aggregates = {name: make for name, make in _AGGREGATES.items() if not only or name in only}
    first_at, _until_at = _reach(counted)
    # What was filed in a period was not ended before it: this holds of all that is counted.
    rows = Case.objects.filter(Q(ended_at__isnull=True) | Q(ended_at__gte=first_at))
    return _grouped(counted, rows, "", aggregates)


def _complaints(counted: Counted) -> dict[Key, dict[str, float]]:
    """Complaints about cases, for the unit, service and channel of the case complained of."""
    first_at, until_at = _reach(counted)
    rows = Case.objects.filter(service__kind=Service.Kind.COMPLAINT, about__isnull=False)
    rows = rows.filter(filed_at__gte=first_at, filed_at__lt=until_at)
    return _grouped(counted, rows, "about__", {"complaints": _count(_filed)})


def _waited(counted: Counted) -> dict[Key, dict[str, float]]:
    """Days for which the finished cases of a period waited for their applicants."""
    first_at, until_at = _reach(counted)
    ended = Q(case__phase__in=FINISHED, until_at__isnull=False)
    ended &= Q(case__ended_at__gte=first_at, case__ended_at__lt=until_at)
    days = _Days(F("until_at"), F("since_at"))

    def waited(stretch: Stretch, _at: datetime, held: Q) -> Combinable:
        return Sum(days, filter=_within("case__ended_at", stretch) & held)

    return _grouped(counted, CasePause.objects.filter(ended), "case__", {"waited": waited})


def _lengths(counted: Counted) -> dict[Key, Counter[int]]:
    """How many finished cases took how many days, the applicant's own included."""
    first_at, until_at = _reach(counted)
    rows = Case.objects.filter(phase__in=FINISHED)
    rows = rows.filter(ended_at__gte=first_at, ended_at__lt=until_at)
    rows = rows.annotate(took=_WholeDays(_Days(F("ended_at"), F("filed_at"))))
    found: dict[Key, Counter[int]] = defaultdict(Counter)
    aggregates = {"n": _count(_ended)}
    for (whose, took), sums in _rows(counted, rows, "", aggregates, ("whose", "took")):
        for stretch, counts in sums:
            if counts["n"]:
                found[whose, stretch.key][max(took, 0)] += int(counts["n"])
    return found


def _reach(counted: Counted) -> tuple[datetime, datetime]:
    """From the first beginning to the last end."""
    first = min(stretch.first_day for stretch in counted.stretches)
    return _beginning(first), _beginning(max(s.until_day for s in counted.stretches))


Make = Callable[[Stretch, datetime, Q], Combinable]


def _filed(stretch: Stretch, _at: datetime) -> Q:
    return _within("filed_at", stretch)


def _ended(stretch: Stretch, _at: datetime) -> Q:
    return _within("ended_at", stretch) & Q(phase__in=FINISHED)


def _late(stretch: Stretch, at: datetime) -> Q:
    """Over the promise at the stretch's end, or now; the clock of who waits stands still."""
    until_at = min(_beginning(stretch.until_day), at)
    if until_at < _beginning(stretch.first_day):
        return Q(pk__in=[])
    open_then = Q(ended_at__isnull=True) | Q(ended_at__gte=until_at)
    over = Q(filed_at__lt=until_at, promised_at__lt=until_at)
    return over & open_then & ~Q(phase=Case.Phase.WAITING)


def _count(when: Callable[[Stretch, datetime], Q], more: Q | None = None) -> Make:
    return lambda stretch, at, held: Count("pk", filter=when(stretch, at) & (more or Q()) & held)


def _sum(column: str) -> Make:
    return lambda stretch, at, held: Sum(column, filter=_ended(stretch, at) & held)


_AGGREGATES: Mapping[str, Make] = {
    "received": _count(_filed),
    "online": _count(_filed, Q(channel__in=ONLINE)),
    "own": _count(_filed, ~Q(service__kind=Service.Kind.COMPLAINT)),
    "finished": _count(_ended),
    "dated": _count(_ended, Q(on_time__isnull=False)),
    "on_time": _count(_ended, Q(on_time=True)),
    "returned": _count(_ended, Q(returned__gt=0)),
    "visits": _sum("visits"),
    "asked": _count(_ended, Q(rating_link__isnull=False)),
    "rated": _count(_ended, Q(rating__isnull=False)),
    "stars": _sum("rating__stars"),
    "kept": _count(_ended, Q(rating__promise_kept=True)),
    "kept_asked": _count(_ended, Q(rating__promise_kept__isnull=False)),
    "late": _count(_late),
}


def _grouped(
    counted: Counted, rows: QuerySet[Any], way: str, aggregates: Mapping[str, Make]
) -> dict[Key, dict[str, float]]:
    """Sums by record and stretch; `way` leads from a row to the case."""
    found = {}
    for (whose,), sums in _rows(counted, rows, way, aggregates, ("whose",)):
        for stretch, counts in sums:
            if any(counts.values()):
                found[whose, stretch.key] = counts
    return found


def _rows(
    counted: Counted,
    rows: QuerySet[Any],
    way: str,
    aggregates: Mapping[str, Make],
    group: Sequence[str],
) -> list[tuple[tuple[Any, ...], list[tuple[Stretch, dict[str, float]]]]]:
    """One question: what is grouped, and the sums of each stretch."""
    here = _owned(counted, rows.filter(counted.where(way)), way)
    sums = {}
    for place, stretch in enumerate(counted.stretches):
        held = _held(counted, stretch)
        for name, make in aggregates.items():
            sums[f"{name}_{place}"] = make(stretch, counted.at, held)
    found = []
    for row in here.values(*group).annotate(**sums).order_by():
        told = [
            (stretch, {name: row[f"{name}_{place}"] or 0 for name in aggregates})
            for place, stretch in enumerate(counted.stretches)
        ]
        found.append((tuple(row[name] for name in group), told))
    return found


def _owned(counted: Counted, rows: QuerySet[Any], way: str) -> QuerySet[Any]:
    """Rows with `whose` they are, joined to the paths down to their unit where units are asked."""
    paths = f"{way}unit__paths_up"
    above = counted.ids if counted.by == "unit" else [counted.under] if counted.under else None
    if above is not None:
        last_days = [_last_day(stretch) for stretch in counted.stretches]
        rows = rows.filter(
            **{
                f"{paths}__ancestor_id__in": list(above),
                f"{paths}__since__lte": max(last_days),
                f"{paths}__until__gt": min(last_days),
            }
        ).annotate(path_since=F(f"{paths}__since"), path_until=F(f"{paths}__until"))
    if counted.by == "service" and counted.ids:
        rows = rows.filter(**{f"{way}service__in": list(counted.ids)})
    whose: dict[str, Combinable] = {
        "": Value(""),
        "unit": F(f"{paths}__ancestor_id"),
        "service": F(f"{way}service_id"),
        "channel": F(f"{way}channel"),
    }
    found: QuerySet[Any] = rows.annotate(whose=whose[counted.by])
    return found


def _held(counted: Counted, stretch: Stretch) -> Q:
    """That the unit stood below the one asked for when the stretch ended."""
    if counted.by != "unit" and counted.under is None:
        return Q()
    day = _last_day(stretch)
    return Q(path_since__lte=day, path_until__gt=day)


def _last_day(stretch: Stretch) -> date:
    return date.fromordinal(stretch.until_day.toordinal() - 1)


def _within(column: str, stretch: Stretch) -> Q:
    since, until = _beginning(stretch.first_day), _beginning(stretch.until_day)
    return Q(**{f"{column}__gte": since, f"{column}__lt": until})


def _beginning(day: date) -> datetime:
    """When a day begins, by the reader's clock."""
    return datetime.combine(day, time(), ZoneInfo(current().timezone))
