"""A promise that is broken where the step has no deadline is somebody's: desk, head, notice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from diwan.directory.models import Unit
from diwan.directory.public import authority_of
from diwan.directory.tests.factories import Staff, UnitFactory, staff
from diwan.kernel.exchange import DeskQuestion
from diwan.kernel.models import AuditEntry
from diwan.kernel.policies import Actor
from diwan.services.actions.filing import file_case
from diwan.services.actions.moving import look_for_late
from diwan.services.actions.steps import act
from diwan.services.models import Case
from diwan.services.provides.desk import late_below
from diwan.services.queries.latelist import late_list
from diwan.services.queries.worklist import Bounds, Group
from diwan.services.rules.definition import Deadline

from .factories import SIMPLE, service

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
LATER = NOW + timedelta(days=30)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def unit() -> Unit:
    return UnitFactory.create()


@pytest.fixture
def head(unit: Unit) -> Staff:
    return staff(unit, "head", "clerk", "officer")


@pytest.fixture
def one(unit: Unit) -> Case:
    """A case of a service that promises five days and gives its steps no deadlines."""
    states = tuple(replace(state, deadline=None) for state in SIMPLE.states)
    of = service(unit, replace(SIMPLE, states=states, target=Deadline(5, "working_days")))
    assert of.current is not None
    answers = {"name": "سارا", "trees": "1"}
    return file_case(Actor.anonymous(), of.current, unit, answers, channel="online")


def on_desk(head: Staff, at: datetime) -> list[int | None]:
    actor = replace(head.actor, at=at)
    asked = DeskQuestion(actor=actor, post_ids=frozenset({head.post.pk}), at=at)
    assert authority_of(actor).held
    return [item.count for item in late_below(asked)]


def test_it_is_told_once_and_stands_where_lateness_stands(one: Case, head: Staff) -> None:
    assert one.promised_at is not None
    assert one.due_at == one.promised_at
    assert one.steps.get().due_at is None
    assert look_for_late(one.promised_at) == 0
    with time_machine.travel(LATER, tick=False):
        assert (look_for_late(LATER), look_for_late(LATER)) == (1, 0)
        assert Bounds.at(LATER).group(one) is Group.LATE
        assert on_desk(head, LATER) == [1]
        assert late_list(head.actor_at(LATER)).units
        moved = act(head.actor_at(LATER), one, "forward")
        assert moved.due_at == one.promised_at
        assert look_for_late(LATER + timedelta(minutes=1)) == 0, "once for all such steps"
    assert AuditEntry.objects.filter(subject_id=one.pk, verb="late").count() == 1


def test_the_head_sees_a_promise_that_is_broken_before_the_step_is_due(
    one: Case, head: Staff
) -> None:
    Case.objects.filter(pk=one.pk).update(due_at=LATER + timedelta(days=9))
    with time_machine.travel(LATER, tick=False):
        assert on_desk(head, LATER) == [1]
