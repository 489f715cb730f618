"""The minute tick: one that fails stops none of the others."""

import logging
import threading
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from diwan.kernel import jobs
from diwan.kernel.models import Heartbeat


@pytest.fixture(autouse=True)
def no_other_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_ticks", {})


def fail(at: datetime) -> None:
    raise RuntimeError(str(at))


@pytest.mark.django_db
def test_one_fault_stops_nobody_else(caplog: pytest.LogCaptureFixture) -> None:
    ran: list[str] = []
    jobs.every_minute("a", lambda at: ran.append("a"))
    jobs.every_minute("b", fail)
    jobs.every_minute("c", lambda at: ran.append("c"))
    with caplog.at_level(logging.ERROR):
        assert jobs.run_ticks() == ["b"]
    assert ran == ["a", "c"]
    assert "tick b failed" in caplog.text


@pytest.mark.django_db
def test_every_tick_gets_the_same_instant() -> None:
    seen: list[datetime] = []
    at = timezone.now() - timedelta(days=3)
    jobs.every_minute("a", seen.append)
    jobs.every_minute("b", seen.append)
    assert jobs.run_ticks(at) == []
    assert seen == [at, at]


@pytest.mark.django_db
def test_a_name_is_declared_once() -> None:
    ran: list[str] = []
    jobs.every_minute("a", lambda at: ran.append("first"))
    jobs.every_minute("a", lambda at: ran.append("second"))
    jobs.run_ticks()
    assert ran == ["second"]


@pytest.mark.django_db
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


def test_a_worker_goes_on_without_its_database(monkeypatch: pytest.MonkeyPatch) -> None:
    stop, turns = threading.Event(), []

    def away(at: datetime | None = None, *, worker: str = "worker") -> list[str]:
        turns.append(worker)
        if len(turns) == 3:
            stop.set()
        raise ConnectionError

    monkeypatch.setattr(jobs, "run_ticks", away)
    monkeypatch.setattr(jobs, "close_old_connections", lambda: None)
    monkeypatch.setattr(jobs, "TICK_SECONDS", 0.001)
    jobs.run_worker(stop, worker="w")
    assert turns == ["w", "w", "w"]
