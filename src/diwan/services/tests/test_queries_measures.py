"""Counting cases: against plain counting in Python, and across a reorganisation."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from diwan.directory.models import Unit
from diwan.directory.public import rebuild_paths
from diwan.directory.tests.factories import UnitFactory, UnitVersionFactory, staff, system
from diwan.kernel import exchange
from diwan.kernel.calendars import Calendar
from diwan.kernel.exchange import MeasureQuestion
from diwan.kernel.periods import Kind, Period
from diwan.kernel.policies import Actor
from diwan.services.actions.endings import end_round
from diwan.services.models import Case, CasePause, CaseStep, Service
from diwan.services.queries.measures import Counted, Tally, months, tallies
from diwan.services.queries.stretches import Stretch

from .factories import case, judge, service, variant

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
DAY = timedelta(days=1)
HOME = ZoneInfo("Asia/Tehran")
MONTHS = [
    Stretch("m9", date(2026, 9, 23), date(2026, 10, 23)),
    Stretch("m10", date(2026, 10, 23), date(2026, 11, 22)),
    Stretch("all", date(2026, 3, 21), date(2026, 11, 22)),
]


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def tree() -> tuple[Unit, Unit, Unit]:
    top = UnitFactory.create()
    return top, UnitFactory.create(parent=top), UnitFactory.create(parent=top)


def ended(of: Service, unit: Unit, filed: datetime, took: float, **more: Any) -> Case:
    end = filed + timedelta(days=took)
    fields = {"phase": "done", "ended_at": end, "on_time": True, "filed_at": filed}
    return case(of, unit, **{**fields, **more})


def pause(one: Case, days: float) -> None:
    step = CaseStep.objects.get(case=one)
    CasePause.objects.create(
        case=one, step=step, since_at=one.filed_at, until_at=one.filed_at + timedelta(days=days)
    )
    one.returned += 1
    one.save(update_fields=["returned"])
    if one.ended_at is not None:
        one.endings.all().delete()
        end_round(one, one.ended_at)


def filled(of: Service, units: tuple[Unit, Unit], many: int = 100) -> list[Case]:
    """So many cases of all sorts over eight months."""
    chance, made = random.Random(5), []
    for _ in range(many):
        filed = datetime(2026, 4, 1, 7, tzinfo=UTC) + timedelta(hours=chance.randrange(24 * 230))
        more: dict[str, Any] = {"channel": chance.choice(["online", "counter"])}
        more["promised_at"] = filed + 7 * DAY
        unit = chance.choice(units)
        if chance.random() < 0.3:
            phase = chance.choice(["open", "open", "waiting"])
            one = case(of, unit, filed_at=filed, phase=phase, **more)
            if phase == "waiting":
                CasePause.objects.create(
                    case=one, step=one.steps.get(), since_at=filed + chance.randrange(30) * DAY
                )
            made.append(one)
            continue
        took = min(chance.random() * 20, (NOW - filed) / DAY)
        more |= {"on_time": took <= 7, "phase": chance.choice(["done", "refused", "withdrawn"])}
        more |= {"returned": 0, "visits": chance.randrange(4)}
        one = ended(of, unit, filed, took, **more)
        made.append(one)
        if chance.random() < 0.3:
            pause(one, took / 2)
        if chance.random() < 0.7:
            judge(one, chance.choice([None, 1, 4, 5]), kept=chance.choice([None, True, False]))
    return made


def plainly(cases: list[Case], stretch: Stretch) -> dict[str, float]:
    """The same sums, by looking at one case after the other (days begin in Tehran)."""

    def inside(at: datetime | None) -> bool:
        return (
            at is not None and stretch.first_day <= at.astimezone(HOME).date() < stretch.until_day
        )

    until = min(NOW, datetime.combine(stretch.until_day, datetime.min.time(), HOME))
    filed = [one for one in cases if inside(one.filed_at)]
    done = [one for one in cases if inside(one.ended_at) and one.phase in ("done", "refused")]
    judged = [one.rating for one in done if hasattr(one, "rating")]
    late = [
        one
        for one in cases
        if one.filed_at < until
        and one.promised_at is not None
        and one.promised_at < until
        and (one.ended_at is None or one.ended_at >= until)
        and not any(
            p.since_at < until and (p.until_at is None or p.until_at >= until)
            for p in one.pauses.all()
        )
    ]
    return {
        "received": len(filed),
        "online": sum(one.channel == "online" for one in filed),
        "finished": len(done),
        "on_time": sum(bool(one.on_time) for one in done),
        "returned": sum(one.pauses.exists() for one in done),
        "visits": sum(one.visits for one in done),
        "asked": sum(hasattr(one, "rating_link") for one in done),
        "rated": len(judged),
        "stars": sum(one.stars for one in judged),
        "kept": sum(bool(one.promise_kept) for one in judged),
        "kept_asked": sum(one.promise_kept is not None for one in judged),
        "late": len(late),
    }


def middle_of(cases: list[Case], stretch: Stretch) -> int | None:
    took = sorted(
        int((one.ended_at - one.filed_at) / DAY + 0.00001)
        for one in cases
        if one.phase in ("done", "refused")
        and one.ended_at is not None
        and stretch.first_day <= one.ended_at.astimezone(HOME).date() < stretch.until_day
    )
    return took[(len(took) - 1) // 2] if took else None


def test_every_sum_is_what_plain_counting_finds(tree: tuple[Unit, Unit, Unit]) -> None:
    top, left, right = tree
    of = service(top)
    cases = [
        Case.objects.select_related("rating", "rating_link").get(pk=one.pk)
        for one in filled(of, (left, right))
    ]
    found = tallies(Counted(MONTHS, NOW, "unit", [top.pk, left.pk]))
    for stretch in MONTHS:
        for unit, whose in ((top, cases), (left, [c for c in cases if c.unit_id == left.pk])):
            tally = found[unit.pk, stretch.key]
            expected = plainly(whose, stretch)
            assert {name: tally[name] for name in expected} == expected
            assert tally.middle() == middle_of(whose, stretch)
    by_service = tallies(Counted(MONTHS, NOW, "service", under=top.pk))
    assert by_service[of.pk, "all"].counts == found[top.pk, "all"].counts
    channels = tallies(Counted(MONTHS, NOW, "channel", under=top.pk))
    both = Tally()
    for channel in ("online", "counter"):
        both.add(channels[channel, "m10"])
    assert both.counts["finished"] == found[top.pk, "m10"]["finished"]
    assert both.days == found[top.pk, "m10"].days
    monthly = months(Counted(MONTHS, NOW, under=top.pk))
    assert monthly["", "m9"]["on_time"] == found[top.pk, "m9"]["on_time"]


def test_days_waited_and_complaints(tree: tuple[Unit, Unit, Unit]) -> None:
    top, left, right = tree
    of = service(top)
    complain = service(top, variant("complaints", kind="complaint"))
    one = ended(of, left, NOW - 10 * DAY, 6)
    pause(one, 2.5)
    case(complain, right, about=one, filed_at=NOW - DAY)
    found = tallies(Counted(MONTHS, NOW, "unit", [left.pk, right.pk]))
    assert found[left.pk, "m10"]["waited"] == pytest.approx(2.5)
    assert found[left.pk, "m10"]["complaints"] == 1
    assert found[right.pk, "m10"]["complaints"] == 0
    assert (found[right.pk, "m10"]["received"], found[right.pk, "m10"]["own"]) == (1, 0)


def test_what_moved_counts_where_it_stood_at_the_end_of_the_period(
    tree: tuple[Unit, Unit, Unit],
) -> None:
    top, left, right = tree
    office = UnitFactory.create(parent=left)
    of = service(top)
    ended(of, office, NOW - 50 * DAY, 3)
    ended(of, office, NOW - 10 * DAY, 3)
    office.versions.update(until=date(2026, 11, 1))
    UnitVersionFactory.create(unit=office, parent=right, since=date(2026, 11, 1))
    rebuild_paths([office.pk])
    found = tallies(Counted(MONTHS, NOW, "unit", [top.pk, left.pk, right.pk]))
    received = {key: tally["received"] for key, tally in found.items()}
    assert received[top.pk, "all"] == 2
    assert received[left.pk, "m9"] == 1
    assert received[right.pk, "m10"] == 1
    assert (left.pk, "all") not in received, "it stood elsewhere when the period ended"
    assert received[right.pk, "all"] == 2


def ask(actor: Actor, key: str, *ids: Any, kind: str = "directory.unit") -> Any:
    measure = exchange.measure(f"services.{key}")
    assert measure is not None
    period = Period.of(NOW.date(), Kind.YEAR, Calendar.JALALI)
    found = measure.values(MeasureQuestion(actor, kind, ids, [period]))
    return found.get((ids[0], period.key()))


def test_measures_are_what_heads_may_see_and_cost_four_questions(
    tree: tuple[Unit, Unit, Unit],
) -> None:
    top, left, right = tree
    of = service(top)
    for unit in (left, right):
        one = ended(of, unit, NOW - 10 * DAY, 6, on_time=unit == left)
        judge(one, 4)
        judge(ended(of, unit, NOW - 10 * DAY, 2))
    above = Actor.user(staff(top, "head").user.pk, "x")
    assert ask(above, "received", top.pk).amount == 4
    assert ask(above, "on_time", top.pk).share == 0.75
    assert (ask(above, "rating", top.pk).share, ask(above, "rating", top.pk).of) == (4, 2)
    assert ask(above, "responses", top.pk).share == 0.5
    assert (ask(above, "days", top.pk).amount, ask(above, "days", top.pk).of) == (2, 4)
    assert ask(above, "finished", of.pk, kind="services.service").amount == 4
    beside = Actor.user(staff(left, "head").user.pk, "x")
    assert ask(beside, "received", top.pk).amount == 2
    assert ask(beside, "late", top.pk) is None
    administrator = Actor.user(staff(top, "administrator").user.pk, "x")
    assert ask(administrator, "received", top.pk) is None
    assert ask(administrator, "felt", top.pk) == ask(above, "rating", top.pk)
    assert ask(Actor.anonymous(), "felt_responses", top.pk) is None
    one_page = system()
    with CaptureQueriesContext(connection) as asked:
        for measure in exchange.measures_for("services.service"):
            ask(one_page, measure.key.partition(".")[2], of.pk, kind="services.service")
    assert len(asked) == 4
