"""Retention: once a day, batch by batch, by the days chosen; erasing leaves seals whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import transaction
from django.utils import timezone

from diwan.kernel import audit, erasing, retention, sealing
from diwan.kernel.errors import NotFound, Refused
from diwan.kernel.exchange import Ref
from diwan.kernel.ids import new_id
from diwan.kernel.models import AuditEntry, Heartbeat, PersonalValue, RetentionRule, RetentionRun
from diwan.kernel.policies import Actor
from diwan.kernel.tests.factories import a_ref, a_user
from diwan.kernel.verifying import verify

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def left() -> Iterator[dict[str, Any]]:
    """A kind of its own: so many records are left, and with which instants it was asked."""
    state: dict[str, Any] = {"left": 5, "asked": []}

    def carry_out(before: datetime) -> int:
        state["asked"].append(before)
        gone = min(2, int(state["left"]))
        state["left"] -= gone
        return gone

    with patch.dict(retention._kept, clear=True):
        retention.declare_retention("test.records", "records", 10, carry_out)
        yield state


def administrator() -> Actor:
    return a_user(elevation_id=new_id())


def test_once_a_day_everything_that_ended_goes_and_it_is_written_down(left: dict[str, Any]) -> None:
    retention.carry_out_retention(NOON)
    assert left["left"] == 0
    assert set(left["asked"]) == {NOON - timedelta(days=10)}
    entry = AuditEntry.objects.get(verb="carry_out")
    assert entry.changes["gone"] == [None, 5]
    assert retention.kind_of(entry.subject_id) is retention.kinds()[0]

    left["left"] = 3
    retention.carry_out_retention(NOON + timedelta(hours=3))
    assert left["left"] == 3
    retention.carry_out_retention(NOON + timedelta(days=1))
    assert left["left"] == 0
    assert AuditEntry.objects.filter(verb="carry_out").count() == 2
    retention.carry_out_retention(NOON + timedelta(days=2))
    assert AuditEntry.objects.filter(verb="carry_out").count() == 2


def test_what_is_not_finished_goes_on_at_the_next_minute(left: dict[str, Any]) -> None:
    with patch.object(retention, "SECONDS_A_TICK", -1):
        retention._carry_out(retention.kinds()[0], 10, NOON, stop=-1)
    run = RetentionRun.objects.get()
    assert (run.finished, run.gone, left["left"]) == (False, 0, 5)
    retention.carry_out_retention(NOON)
    assert left["left"] == 0


def test_a_kind_that_fails_stops_no_other(left: dict[str, Any]) -> None:
    def fail(_before: datetime) -> int:
        raise ValueError("no")

    retention.declare_retention("test.a_broken_one", "broken", 1, fail)
    retention.carry_out_retention(NOON)
    assert left["left"] == 0
    assert not RetentionRun.objects.filter(kind="test.a_broken_one").exists()


def test_an_administrator_chooses_other_days_or_none(left: dict[str, Any]) -> None:
    retention.keep_for(administrator(), "test.records", None, reason="the archive asks for it")
    retention.carry_out_retention(NOON)
    assert left["asked"] == []
    actor = administrator()
    retention.keep_for(actor, "test.records", 3, reason="no longer")
    retention.carry_out_retention(NOON)
    assert left["asked"][0] == NOON - timedelta(days=3)
    rule = RetentionRule.objects.get()
    assert (rule.days, rule.changed_by) == (3, actor.user_id)
    changes = [e.changes["days"] for e in AuditEntry.objects.filter(verb="keep_for").order_by("id")]
    assert changes == [[10, None], [None, 3]]


@pytest.mark.parametrize(("days", "reason"), [(0, "x"), (40_000, "x"), (3, " "), (10, "x")])
def test_a_bad_choice_is_refused(left: dict[str, Any], days: int, reason: str) -> None:
    with pytest.raises(Refused):
        retention.keep_for(administrator(), "test.records", days, reason=reason)
    assert not RetentionRule.objects.exists()


def test_nobody_else_chooses_and_no_other_kind(left: dict[str, Any]) -> None:
    for actor, kind in ((a_user(), "test.records"), (administrator(), "test.other")):
        with pytest.raises(NotFound):
            retention.keep_for(actor, kind, 3, reason="x")


def test_signs_of_life_of_workers_that_are_gone_go() -> None:
    Heartbeat.objects.create(name="old", at=NOON - timedelta(days=40))
    Heartbeat.objects.create(name="worker", at=NOON)
    retention.carry_out_retention(NOON)
    assert Heartbeat.objects.get().name == "worker"


def record(actor: Actor, **more: Any) -> AuditEntry:
    with transaction.atomic():
        return audit.record(actor, "correct", a_ref(), **more)


def test_personal_values_are_erased_only_if_somebody_chose_so() -> None:
    old = timezone.now() - timedelta(days=800)
    actor = Actor.user(new_id(), "Sara", at=old)
    entry = record(actor, personal={"name": ["Ali", "Reza"]})
    job = record(Actor.system("sample", at=old))
    retention.carry_out_retention(timezone.now())
    assert not PersonalValue.objects.exclude(erased_at=None).exists()
    retention.keep_for(administrator(), "kernel.personal_values", 700, reason="the law")
    sealing.seal_waiting(timezone.now())
    retention.carry_out_retention(timezone.now())
    for value in entry.personal.all():
        assert (value.value, value.salt) == (None, "")
        assert value.erased_at is not None
    assert job.personal.get().value == "sample"
    assert verify(timezone.now()).whole


def test_erasing_reaches_what_speaks_of_a_record_and_of_an_actor() -> None:
    actor, other = a_user(), a_user()
    entry = record(actor, personal={"name": ["Ali", "Reza"], "sent_to": [None, "x"]})
    subject = Ref(entry.subject_kind, entry.subject_id)
    beside = record(other, personal={"name": [None, "Sara"]})
    now = timezone.now()
    assert erasing.erase_values_of(subject, now, fields=("sent_to",)) == 1
    assert erasing.erase_values_of(subject, now) == 1
    assert erasing.erase_actor(actor.user_id or new_id(), now) == 1
    assert not entry.personal.filter(erased_at=None).exists()
    assert beside.personal.filter(erased_at=None).count() == 2


def test_rooms_join_in_erasing() -> None:
    told: list[object] = []

    def tell(_actor: Actor, ref: object) -> None:
        told.append(ref)

    ref = a_ref()
    with patch.dict(erasing._erasers, clear=True):
        erasing.declare_erasure(ref.kind, tell)
        erasing.declare_erasure(ref.kind, tell)
        erasing.erase_in_rooms(a_user(), ref)
    assert told == [ref]
