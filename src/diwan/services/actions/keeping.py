"""Sums of months are counted once and kept: by themselves each day, or anew when somebody asks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import F, Min, Q

from diwan.directory.public import UnitPath
from diwan.kernel.calendars import Calendar, ImpossibleDate
from diwan.kernel.countries import country
from diwan.kernel.ids import new_id
from diwan.kernel.periods import Kind, Period
from diwan.services.models import Case, CountedMonth, Ending, MonthSum
from diwan.services.queries.counting import Tally
from diwan.services.queries.kept import FORGOTTEN, NAMES, newest_path
from diwan.services.queries.measures import cells
from diwan.services.queries.stretches import Stretch

UNSURE = timedelta(hours=30)
"""Days that ended so lately, somewhere, may still get what is being written now."""
YEAR_BEFORE = timedelta(days=366)
"""So far back empty months are kept, too: the first year is made of months like any other."""
BATCH = 500
LOCK = 0x6469_7761_6E6D  # "diwanm": PostgreSQL's advisory lock of whoever writes sums of months


def keep_months(at: datetime, *, most: int) -> int:
    """Count the months that are over, and the present ones until lately; at most so many.

    Returns how many were counted; 0 says that all are kept. A month whose sums are kept whole is
    not counted again, unless the tree of units is believed otherwise since.
    """
    first_at = Case.objects.aggregate(first=Min("filed_at"))["first"]
    if first_at is None:
        return 0
    rows, tree = CountedMonth.objects.all(), newest_path()
    known = {(m.calendar, m.first_day): m.until_day for m in rows if m.tree == tree}
    count = 0
    for month, until_day in _wanted(first_at.date() - YEAR_BEFORE, (at - UNSURE).date()):
        if count < most and known.get((month.calendar.value, month.first_day)) != until_day:
            _count(month, until_day, at, tree)
            count += 1
    return count


@transaction.atomic
def forget_months() -> None:
    """Forget all that is kept: it is counted anew by itself. After rows were written past actions.

    Until then what is asked for is counted from the cases.
    """
    _alone()
    CountedMonth.objects.update(tree=FORGOTTEN)


def add_judgement(ending: Ending) -> None:
    """Add what a citizen said of an ending to the months that are kept and in which it was.

    Within the transaction of the judgement; a month that is just being counted waits for it, or is
    waited for: else it would be in neither.
    """
    _alone()
    day = ending.ended_at.astimezone(ZoneInfo(country(ending.service.country).timezone)).date()
    months = CountedMonth.objects.filter(first_day__lte=day, until_day__gt=day)
    ids = list(months.order_by("pk").values_list("pk", flat=True))
    if not ids:
        return
    said: dict[str, Any] = {"rated": F("rated") + 1, "stars": F("stars") + ending.stars}
    if ending.promise_kept is not None:
        said["kept_asked"] = F("kept_asked") + 1
        said["kept"] = F("kept") + int(ending.promise_kept)
    sums = MonthSum.objects.filter(month__in=ids).filter(
        Q(service=ending.service_id, channel=ending.channel) | Q(service=None)
    )
    for month in CountedMonth.objects.filter(pk__in=ids):
        last = month.until_day - timedelta(days=1)
        above = UnitPath.objects.on(last).filter(descendant=ending.unit_id).values("ancestor")
        sums.filter(Q(unit=None) | Q(unit__in=above), month=month).update(**said)


def _alone() -> None:
    """Who counts a month and who judges wait for one another, until their transactions end.

    A month that is counted for the first time has no row yet that could be locked. On SQLite the
    write transaction is that lock.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _wanted(first: date, until: date) -> Iterator[tuple[Period, date]]:
    """The months of every calendar, the newest first, each with the day until which it counts."""
    for calendar in Calendar:
        day = until - timedelta(days=1)
        while day >= first:
            try:
                month = Period.of(day, Kind.MONTH, calendar)
            except ImpossibleDate:
                break
            yield month, min(month.until_day, until)
            day = month.first_day - timedelta(days=1)


@transaction.atomic
def _count(month: Period, until_day: date, at: datetime, tree: int) -> None:
    _alone()
    given = {"calendar": month.calendar.value, "first_day": month.first_day}
    row, _made = CountedMonth.objects.get_or_create(**given, defaults={"until_day": until_day})
    row.sums.all().delete()
    stretch = Stretch("", month.first_day, until_day)
    sums = [
        MonthSum(
            id=new_id(),
            month=row,
            unit_id=unit,
            service_id=service,
            channel=channel,
            days={str(days): n for days, n in tally.days.items()},
            **{name: tally.counts[name] for name in NAMES},
        )
        for (unit, service, channel), tally in _with_all_above(stretch, at).items()
    ]
    MonthSum.objects.bulk_create(sums, BATCH)
    CountedMonth.objects.filter(pk=row.pk).update(until_day=until_day, tree=tree)


Cell = tuple[UUID | None, UUID | None, str]


def _with_all_above(stretch: Stretch, at: datetime) -> dict[Cell, Tally]:
    """The sums of every unit with all that stood below it, of everything, and of all services."""
    above: dict[UUID, list[UUID | None]] = defaultdict(lambda: [None])
    paths = UnitPath.objects.on(stretch.last_day).values_list("descendant_id", "ancestor_id")
    for unit, higher in paths:
        above[unit].append(higher)
    found: dict[Cell, Tally] = defaultdict(Tally)
    for ((unit, service, channel), _key), tally in cells(stretch, at).items():
        for ancestor in above[unit]:
            found[ancestor, service, channel].add(tally)
            found[ancestor, None, ""].add(tally)
    return found
