"""What ended is never written over: not by reopening, not by a pause, not by a unit that ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from django.utils.translation import override

from diwan.directory.models import Unit
from diwan.directory.tests.factories import Staff, UnitFactory, staff, system
from diwan.kernel.errors import Refused
from diwan.kernel.jobs import work_off
from diwan.kernel.models import Notice
from diwan.kernel.policies import Actor
from diwan.services.actions.applicants import reopen, withdraw
from diwan.services.actions.given import Asked, StepWords
from diwan.services.actions.moving import _move
from diwan.services.actions.ratings import RATE_NOTICE, Judgement, link_of, rate, rating_secret
from diwan.services.actions.steps import act, return_case
from diwan.services.models import Case, Ending, Rating, Service
from diwan.services.queries.measures import Counted, Tally, tallies
from diwan.services.queries.stretches import Stretch

from .factories import case, service

pytestmark = pytest.mark.django_db
JANUARY = Stretch("january", date(2026, 1, 1), date(2026, 2, 1))
FILED = datetime(2026, 1, 10, 8, tzinfo=UTC)
LATER = datetime(2026, 11, 10, 8, tzinfo=UTC)
DAY = timedelta(days=1)
GRANT, REFUSE = ("forward", "grant"), ("forward", "refuse")


@pytest.fixture
def unit() -> Unit:
    return UnitFactory.create()


@pytest.fixture
def head(unit: Unit) -> Staff:
    return staff(unit, "head", "clerk", "officer")


@pytest.fixture
def permit(unit: Unit) -> Service:
    return service(unit)


def through(head: Staff, one: Case, at: datetime, ways: tuple[str, ...] = GRANT) -> Case:
    """Take a case to its end."""
    for key in ways:
        one = act(head.actor_at(at), one, key, StepWords(said="چنین است"))
    return one


def citizen(at: datetime) -> Actor:
    return replace(Actor.anonymous(), at=at)


def january(unit: Unit, at: datetime = LATER) -> Tally:
    return tallies(Counted([JANUARY], at, "unit", [unit.pk]))[unit.pk, "january"]


def sums(unit: Unit, *names: str, at: datetime = LATER) -> list[Any]:
    tally = january(unit, at)
    return [tally[name] for name in names]


def test_a_case_that_ended_late_stays_late_whoever_reopens_it(
    unit: Unit, head: Staff, permit: Service
) -> None:
    one = case(permit, filed_at=FILED)
    through(head, one, FILED + 12 * DAY)
    names = ("received", "finished", "dated", "on_time", "late")
    before = sums(unit, *names)
    assert before == [1, 1, 1, 0, 0]
    again = reopen(head.actor_at(LATER - 2 * DAY), one, "دوباره دیده شود")
    assert sums(unit, *names) == before
    ended = through(head, again, LATER - DAY)
    assert ended.on_time is True
    assert sums(unit, *names) == before
    rounds = Ending.objects.order_by("number").values_list("number", "on_time", "days", "round_at")
    assert list(rounds) == [(1, False, 12, FILED), (2, True, 1, LATER - 2 * DAY)]
    november = Stretch("november", date(2026, 11, 1), date(2026, 12, 1))
    found = tallies(Counted([november], LATER, "unit", [unit.pk]))[unit.pk, "november"]
    assert (found["received"], found["finished"], found["reopened"]) == (0, 1, 1)


def test_a_judgement_stays_with_the_round_that_it_is_about(
    unit: Unit, head: Staff, permit: Service
) -> None:
    one = through(head, case(permit, filed_at=FILED), FILED + 2 * DAY)
    link = link_of(rating_secret(one))
    at = FILED + 3 * DAY
    rate(citizen(at), link, Judgement(stars=1, promise_kept=False), staff=False)
    names = ("asked", "rated", "stars", "kept", "kept_asked")
    before = sums(unit, *names)
    assert before == [1, 1, 1, 0, 1]
    again = reopen(head.actor_at(LATER - 2 * DAY), one, "دوباره دیده شود")
    assert sums(unit, *names) == before
    through(head, again, LATER - DAY)
    assert sums(unit, *names) == before
    assert Rating.objects.count() == 1
    assert Ending.objects.get(number=2).asked is False


def test_what_was_late_then_is_late_whatever_came_later(
    unit: Unit, head: Staff, permit: Service
) -> None:
    late = case(permit, filed_at=FILED, promised_at=FILED + 2 * DAY)
    case(permit, filed_at=FILED, promised_at=FILED + 2 * DAY)
    assert sums(unit, "received", "late") == [2, 2]
    return_case(head.actor_at(LATER - DAY), late, [Asked(paper="deed")])
    assert sums(unit, "received", "late") == [2, 2]
    withdraw(citizen(LATER), late)
    assert sums(unit, "received", "late", "finished") == [2, 2, 0]


def test_a_case_counts_where_it_lay_when_its_unit_ends(
    unit: Unit, head: Staff, permit: Service
) -> None:
    heir = UnitFactory.create()
    officer = staff(heir, "head", "clerk", "officer")
    one = case(permit, filed_at=FILED, promised_at=FILED + 2 * DAY)
    _move(system(), one.pk, unit.pk, heir.pk)
    one.refresh_from_db()
    assert (one.unit_id, one.filed_unit_id) == (heir.pk, unit.pk)
    assert sums(unit, "received", "late") == [1, 1]
    through(officer, one, one.unit_since_at + DAY)
    at = one.unit_since_at + 2 * DAY
    assert sums(unit, "received", "late", "finished", at=at) == [1, 1, 0]
    assert sums(heir, "received", "late", at=at) == [0, 0]
    assert list(Ending.objects.order_by("began_at").values_list("unit_id", "outcome")) == [
        (unit.pk, "moved"),
        (heir.pk, "done"),
    ]


def test_only_a_case_that_is_ended_is_judged_as_it_is_now(
    unit: Unit, head: Staff, permit: Service
) -> None:
    one = through(head, case(permit, filed_at=FILED), FILED + 2 * DAY)
    page_open = link_of(rating_secret(one))
    again = reopen(head.actor_at(FILED + 3 * DAY), one, "دوباره دیده شود")
    with override("fa"), pytest.raises(Refused, match="دوباره باز"):
        rate(citizen(FILED + 3 * DAY), page_open, Judgement(stars=5), staff=False)
    withdraw(citizen(FILED + 4 * DAY), again)
    with override("fa"), pytest.raises(Refused, match="پس گرفته"):
        rate(citizen(FILED + 4 * DAY), link_of(rating_secret(one)), Judgement(stars=5), staff=False)
    assert sums(unit, "finished", "asked", "rated") == [1, 1, 0]


def test_who_could_not_judge_when_asked_is_asked_again(head: Staff, permit: Service) -> None:
    now = timezone.now()
    one = through(head, case(permit, filed_at=now - 5 * DAY), now)
    again = reopen(head.actor_at(now + timedelta(hours=2)), one, "دوباره دیده شود")
    with time_machine.travel(now + 2 * DAY):
        work_off()
        assert not Notice.objects.filter(kind=RATE_NOTICE).exists()
        through(head, again, timezone.now())
    with time_machine.travel(now + 4 * DAY):
        work_off()
    assert Notice.objects.filter(kind=RATE_NOTICE).count() == 1
