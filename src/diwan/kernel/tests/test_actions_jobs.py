"""The minute tick and the jobs of one worker."""

import logging
import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from diwan.kernel import jobs
from diwan.kernel.errors import NotFound, Refused
from diwan.kernel.ids import new_id
from diwan.kernel.jobs import kinds, ticks, worker
from diwan.kernel.jobs.running import _settle, claim
from diwan.kernel.models import AuditEntry, Heartbeat, Job, JobState, Lease
from diwan.kernel.policies import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ticks, "_ticks", {})
    monkeypatch.setattr(kinds, "_kinds", {})


@pytest.fixture
def ran() -> list[Any]:
    """A job `t.note` that notes what it got."""
    seen: list[Any] = []
    jobs.job("t.note")(lambda **args: seen.append(args))
    return seen


def administrator() -> Actor:
    return Actor.user(new_id(), "Administrator", elevation_id=new_id())


def due_now(row: Job) -> None:
    Job.objects.filter(pk=row.pk).update(due_at=timezone.now())


def fail(at: datetime) -> None:
    raise RuntimeError(str(at))


def test_one_fault_stops_nobody_else(caplog: pytest.LogCaptureFixture) -> None:
    seen: list[str] = []
    jobs.every_minute("a", lambda at: seen.append("a"))
    jobs.every_minute("b", fail)
    jobs.every_minute("c", lambda at: seen.append("c"))
    with caplog.at_level(logging.ERROR):
        assert jobs.run_ticks() == ["b"]
    assert seen == ["a", "c"]
    assert "tick b failed" in caplog.text


def test_every_tick_gets_the_same_instant() -> None:
    seen: list[datetime] = []
    at = timezone.now() - timedelta(days=3)
    jobs.every_minute("a", seen.append)
    jobs.every_minute("b", seen.append)
    assert jobs.run_ticks(at) == []
    assert seen == [at, at]


def test_a_name_is_declared_once() -> None:
    seen: list[str] = []
    jobs.every_minute("a", lambda at: seen.append("first"))
    jobs.every_minute("a", lambda at: seen.append("second"))
    jobs.run_ticks()
    assert seen == ["second"]


def test_the_heartbeat_is_of_the_worker_that_ticked() -> None:
    assert jobs.heartbeat_age() is None
    jobs.run_ticks(worker="other")
    assert jobs.heartbeat_age() is None
    jobs.run_ticks(timezone.now() - timedelta(hours=1))
    age = jobs.heartbeat_age()
    assert age is not None
    assert age < timedelta(minutes=1)
    jobs.run_ticks()
    assert Heartbeat.objects.count() == 2


def test_one_worker_alone_ticks_and_once_a_minute() -> None:
    inside: list[Any] = []
    jobs.every_minute("a", lambda at: inside.append(jobs.tick_alone("third")))
    assert jobs.tick_alone("first", apart=50) == []
    assert inside == [None]  # the third was turned away while the first ticked
    assert jobs.tick_alone("second", apart=50) is None  # and after it until the minute is over
    Lease.objects.update(taken_at=timezone.now() - timedelta(seconds=51))
    assert jobs.tick_alone("second", apart=50) == []


def test_a_worker_killed_in_the_tick_is_followed_by_another() -> None:
    assert jobs.take_lease("tick", "killed", seconds=300)
    assert jobs.tick_alone("second") is None
    Lease.objects.update(until_at=timezone.now())
    assert jobs.tick_alone("second") == []


def test_a_clock_that_was_put_back_holds_no_tick_up() -> None:
    assert jobs.take_lease("tick", "killed", seconds=300)
    later = timezone.now() + timedelta(hours=1)
    Lease.objects.update(taken_at=later, until_at=later + timedelta(seconds=300))
    assert jobs.tick_alone("second", apart=50) == []
    # A clock that is merely somewhat ahead of ours is another worker's.
    ahead = timezone.now() + timedelta(seconds=30)
    Lease.objects.update(holder="first", taken_at=ahead, until_at=ahead + timedelta(seconds=300))
    assert jobs.tick_alone("second", apart=50) is None


def test_a_worker_goes_on_without_its_database(monkeypatch: pytest.MonkeyPatch) -> None:
    stop, turns = threading.Event(), []

    def away(holder: str, *, apart: float, worker: str) -> None:
        turns.append(worker)
        if len(turns) == 3:
            stop.set()
        raise ConnectionError

    monkeypatch.setattr(worker, "tick_alone", away)
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    monkeypatch.setattr(connection, "close", lambda: None)
    monkeypatch.setattr(worker, "TICK_SECONDS", 0.001)
    jobs.run_worker(stop, worker="w", threads=0)
    assert turns == ["w", "w", "w"]


def test_a_job_is_rolled_back_with_who_asked_for_it(ran: list[Any]) -> None:
    with transaction.atomic():
        jobs.enqueue("t.note", {"n": 1})
        transaction.set_rollback(True)
    assert jobs.work_off() == 0
    jobs.enqueue("t.note", {"n": 2})
    jobs.enqueue("t.note", {"n": 3}, run_at=timezone.now() + timedelta(hours=1))
    assert jobs.work_off() == 1
    assert ran == [{"n": 2}]
    with pytest.raises(LookupError):
        jobs.enqueue("t.unheard_of", {})


def test_of_one_key_one_waits(ran: list[Any]) -> None:
    first = jobs.enqueue("t.note", {"n": 1}, key="k")
    assert jobs.enqueue("t.note", {"n": 2}, key="k") == first
    assert jobs.work_off() == 1
    assert jobs.enqueue("t.note", {"n": 3}, key="k") != first
    assert jobs.work_off() == 1
    assert ran == [{"n": 1}, {"n": 3}]


def test_a_failing_job_waits_longer_each_time_and_gives_up() -> None:
    @jobs.job("t.fail", attempts=3, first_wait=10)
    def broken() -> None:
        raise RuntimeError("the reason")

    row = jobs.enqueue("t.fail", {})
    waits = []
    for _attempt in range(2):
        assert jobs.run_one()
        row.refresh_from_db()
        assert row.state == JobState.WAITING
        waits.append((row.due_at - timezone.now()).total_seconds())
        assert not jobs.run_one()
        due_now(row)
    assert 4 < waits[0] <= 10
    assert 9 < waits[1] <= 20
    jobs.run_one()
    row.refresh_from_db()
    assert (row.state, row.attempts) == (JobState.DEAD, 3)
    assert "RuntimeError: the reason" in row.fault


def test_who_is_away_names_the_wait_and_a_refusal_is_final() -> None:
    @jobs.job("t.away")
    def away() -> None:
        raise jobs.TryAgain("busy", after=300)

    @jobs.job("t.refuse")
    def refuse() -> None:
        raise Refused(_("The archive has no register."))

    row = jobs.enqueue("t.away", {})
    with translation.override("fa"):
        refused = jobs.enqueue("t.refuse", {})
    assert jobs.work_off() == 2
    row.refresh_from_db()
    assert (row.state, row.fault) == (JobState.WAITING, "busy")
    assert 290 < (row.due_at - timezone.now()).total_seconds() <= 300
    refused.refresh_from_db()
    assert (refused.state, refused.language) == (JobState.REFUSED, "fa")


def test_a_lost_worker_is_followed_and_cannot_end_the_job(ran: list[Any]) -> None:
    row = jobs.enqueue("t.note", {"n": 1})
    lost = claim("lost")
    assert lost is not None
    assert claim("second") is None
    due_now(row)  # the lease has run out
    assert jobs.run_one("second")
    assert ran == [{"n": 1}]
    with pytest.raises(jobs.LeaseLost):
        _settle(lost, state=JobState.DEAD)
    row.refresh_from_db()
    assert (row.state, row.attempts) == (JobState.DONE, 2)


def test_an_atomic_job_writes_once_though_its_lease_was_lost() -> None:
    @jobs.job("t.slow", atomic=True)
    def slow() -> None:
        Heartbeat.objects.create(name="written")
        Job.objects.update(holder="another worker")

    jobs.enqueue("t.slow", {})
    assert jobs.run_one()
    assert not Heartbeat.objects.exists()


def test_a_job_whose_worker_dies_each_time_gives_up() -> None:
    jobs.job("t.killer", attempts=2)(lambda: None)
    row = jobs.enqueue("t.killer", {})
    for _attempt in range(2):
        assert claim("killed") is not None
        due_now(row)
    assert claim("third") is None
    row.refresh_from_db()
    assert row.state == JobState.DEAD
    assert row.fault


def test_progress_is_seen_while_it_runs_and_stopping_puts_the_job_back() -> None:
    stop, seen = threading.Event(), []

    @jobs.job("t.steps", atomic=True)
    def steps() -> None:
        jobs.report(1, 4, "units")
        seen.append(jobs.progress_of(Job.objects.get()))
        if stop.is_set():
            jobs.report(4, 4)
        stop.set()
        jobs.report(2, 4)

    row = jobs.enqueue("t.steps", {})
    jobs.run_one(stop=stop)
    row.refresh_from_db()
    assert (row.state, row.attempts) == (JobState.WAITING, 0)
    stop.clear()
    jobs.job("t.steps")(lambda: jobs.report(4, 4, "end"))
    jobs.run_one(stop=stop)
    row.refresh_from_db()
    assert jobs.progress_of(row).words == "end"
    if connection.vendor == "sqlite":
        assert (seen[0].done, seen[0].total, seen[0].words) == (1, 4, "units")


def test_a_job_that_is_stopped_makes_room_for_a_younger_one_with_its_key() -> None:
    stop = threading.Event()

    @jobs.job("t.steps")
    def steps() -> None:
        jobs.enqueue("t.steps", {}, key="steps")
        stop.set()
        jobs.report(1, 2)

    row = jobs.enqueue("t.steps", {}, key="steps")
    jobs.run_one(stop=stop)
    row.refresh_from_db()
    assert row.state == JobState.DROPPED
    assert Job.objects.get(state=JobState.WAITING).key == "steps"


def test_dead_jobs_are_restarted_or_dropped_by_an_elevated_administrator(ran: list[Any]) -> None:
    row = jobs.enqueue("t.note", {})
    Job.objects.update(state=JobState.DEAD, attempts=8)
    actor = administrator()
    with pytest.raises(NotFound):
        jobs.restart(Actor.user(new_id(), "Clerk"), row.pk)
    jobs.restart(actor, row.pk)
    assert jobs.work_off() == 1
    with pytest.raises(Refused):
        jobs.restart(actor, row.pk)
    Job.objects.update(state=JobState.DEAD)
    with pytest.raises(Refused):
        jobs.drop(actor, row.pk, reason=" ")
    jobs.drop(actor, row.pk, reason="nobody needs it")
    verbs = (
        AuditEntry.objects.filter(subject_id=row.pk).order_by("id").values_list("verb", "reason")
    )
    assert list(verbs) == [("restart", ""), ("drop", "nobody needs it")]


def test_the_asker_sees_their_own_jobs(ran: list[Any]) -> None:
    clerk = Actor.user(new_id(), "Clerk", post_id=new_id())
    row = jobs.enqueue("t.note", {}, actor=clerk, label="a file")
    jobs.enqueue("t.note", {})
    assert list(jobs.mine(clerk)) == [row]
    assert jobs.mine(administrator()).count() == 2
    assert not jobs.mine(Actor.anonymous()).exists()
    again = jobs.asker_of(row)
    assert (again.user_id, again.post_id, again.label) == (clerk.user_id, clerk.post_id, "Clerk")
