"""Months that are kept give what is counted from the cases, to the last sum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from diwan.directory.models import Unit
from diwan.directory.public import rebuild_paths
from diwan.directory.tests.factories import UnitFactory, UnitVersionFactory
from diwan.kernel.calendars import Calendar
from diwan.kernel.periods import Kind, Period
from diwan.kernel.policies import Actor
from diwan.services.actions.keeping import forget_months, keep_months
from diwan.services.actions.ratings import Judgement, link_of, open_rating, rate, rating_secret
from diwan.services.models import Case, CountedMonth, MonthSum
from diwan.services.provides.ticks import kept_months
from diwan.services.queries import kept
from diwan.services.queries.measures import Counted, Key, Tally, judgements, months, tallies
from diwan.services.queries.stretches import Stretch

from .factories import case, service, variant
from .test_queries_measures import DAY, NOW, filled

pytestmark = pytest.mark.django_db
EVERY = 1000


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


MOVED = date(2026, 11, 1)
BEFORE = date(2026, 1, 1)


once = pytest.mark.parametrize("units", [BEFORE], indirect=True)


@pytest.fixture(params=[MOVED, BEFORE], ids=["moved", "before"])
def units(request: pytest.FixtureRequest) -> tuple[Unit, Unit, Unit]:
    """A top with two units below it, of which one was moved under the other."""
    moved: date = request.param
    top = UnitFactory.create()
    left, right = UnitFactory.create(parent=top), UnitFactory.create(parent=top)
    permit, complain = service(top), service(top, variant("complaints", kind="complaint"))
    some = filled(permit, (left, right), 40)
    for one in some[::9]:
        case(complain, right, about=one, filed_at=one.filed_at + 9 * DAY)
    left.versions.update(until=moved)
    UnitVersionFactory.create(unit=left, parent=right, since=moved)
    rebuild_paths([left.pk])
    return top, left, right


def stretches() -> list[Stretch]:
    """A month, a quarter and a year, each of another calendar, and days that are no period."""
    periods = (
        Period.of(NOW.date(), Kind.MONTH, Calendar.GREGORIAN),
        Period.of(date(2026, 8, 1), Kind.QUARTER, Calendar.HIJRI),
        Period.of(NOW.date(), Kind.YEAR, Calendar.JALALI),
    )
    found = [Stretch(one.key(), one.first_day, one.until_day) for one in periods]
    return [Stretch("days", date(2026, 5, 3), date(2026, 8, 19)), *found]


def plain(found: dict[Key, Tally]) -> dict[Key, tuple[Counter[str], Counter[int]]]:
    """What was found without what is nothing."""
    told = {key: (+tally.counts, +tally.days) for key, tally in found.items()}
    return {key: pair for key, pair in told.items() if any(pair)}


def everything(units: tuple[Unit, Unit, Unit], at: datetime = NOW) -> list[Any]:
    top, left, right = units
    asked = Counted(stretches(), at)
    ids = [unit.pk for unit in units]
    of_left = replace(asked, where=lambda way: Q(**{f"{way.unit}__in": [left.pk]}))
    whole = (replace(asked, by="unit", ids=ids), replace(asked, by="channel", under=right.pk))
    each = [tallies(one) for one in (*whole, replace(of_left, by="service"))]
    few = [count(replace(asked, by="service", under=top.pk)) for count in (months, judgements)]
    return [plain(found) for found in (*each, *few)]


def test_what_is_kept_is_what_is_counted(units: tuple[Unit, Unit, Unit]) -> None:
    bare = everything(units)
    assert keep_months(NOW, most=EVERY) > 20
    assert MonthSum.objects.exists()
    assert everything(units) == bare
    assert keep_months(NOW, most=EVERY) == 0, "nothing is counted twice"
    later = NOW + 3 * DAY
    with time_machine.travel(later, tick=False):
        kept = everything(units, later)
        forget_months()
        assert everything(units, later) == kept
        keep_months(NOW, most=EVERY)
        assert 0 < keep_months(later, most=EVERY) <= 2 * len(Calendar), "the present months alone"
        assert everything(units, later) == kept


@once
def test_a_judgement_that_comes_later_is_added(units: tuple[Unit, Unit, Unit]) -> None:
    done = Case.objects.filter(phase="done", rating__isnull=True, ended_at__lt=NOW - 40 * DAY)
    one = done.order_by("ended_at").last()
    assert one is not None
    keep_months(NOW, most=EVERY)
    open_rating(one, NOW - DAY)
    forget_months()
    keep_months(NOW, most=EVERY)
    said = Judgement(stars=2, promise_kept=True)
    rate(Actor.anonymous(), link_of(rating_secret(one)), said, staff=False)
    kept = everything(units)
    forget_months()
    assert everything(units) == kept


def _received(unit: Unit) -> Any:
    year = Period.of(NOW.date(), Kind.YEAR, Calendar.GREGORIAN)
    found = tallies(Counted([Stretch("x", year.first_day, year.until_day)], NOW, under=unit.pk))
    return found["", "x"]["received"]


def test_a_month_that_is_counted_on_under_a_reader_is_counted_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    unit = UnitFactory.create()
    permit = service(unit)
    for days in range(20):
        case(permit, unit, filed_at=NOW - days * DAY)
    keep_months(NOW - 5 * DAY, most=EVERY)
    same_tree = kept._same_tree
    for meanwhile in (lambda: keep_months(NOW, most=EVERY), forget_months):

        def between(*given: Any, meanwhile: Any = meanwhile) -> bool:
            meanwhile()
            return same_tree(*given)

        monkeypatch.setattr(kept, "_same_tree", between)
        assert _received(unit) == 20


def test_the_first_year_is_made_of_kept_months_too() -> None:
    unit = UnitFactory.create()
    case(service(unit), unit, filed_at=NOW - 40 * DAY)
    keep_months(NOW, most=EVERY)
    year = Period.of(NOW.date(), Kind.YEAR, Calendar.GREGORIAN)
    tiles, rests = kept._tiled([Stretch("x", year.first_day, year.until_day)])
    assert len(tiles["x"]) > 6
    assert rests["x"].first_day > NOW.date() - 4 * DAY


@once
def test_the_worker_keeps_a_few_each_minute_and_a_year_is_few_questions(
    units: tuple[Unit, Unit, Unit],
) -> None:
    kept_months(NOW)
    some = CountedMonth.objects.count()
    assert 0 < some < 12
    for minute in range(1, 14):
        kept_months(NOW + timedelta(minutes=minute))
    assert CountedMonth.objects.count() > some
    assert keep_months(NOW, most=EVERY) == 0
    with CaptureQueriesContext(connection) as asked:
        tallies(Counted(stretches(), NOW, "unit", [unit.pk for unit in units]))
    assert len(asked) <= 8
    assert any("services_monthsum" in query["sql"] for query in asked)


@once
def test_a_tree_that_is_believed_otherwise_is_counted_anew(units: tuple[Unit, Unit, Unit]) -> None:
    _top, left, _right = units
    keep_months(NOW, most=EVERY)
    kept = everything(units)
    rebuild_paths([left.pk])
    assert everything(units) == kept
    assert keep_months(NOW, most=EVERY) > 20
    assert everything(units) == kept
