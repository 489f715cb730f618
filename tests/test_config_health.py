"""/healthz: ok, or which of database, disk, worker and seals is not."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
import time_machine
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from diwan.config import health
from diwan.kernel import audit
from diwan.kernel.exchange import Ref
from diwan.kernel.ids import new_id
from diwan.kernel.jobs import run_ticks
from diwan.kernel.policies import Actor

pytestmark = pytest.mark.django_db
WELL = {"database": "ok", "disk": "ok", "worker": "ok", "seals": "ok"}


def ask(client: Client) -> tuple[int, Any]:
    answer = client.get("/healthz")
    assert "no-store" in answer["Cache-Control"]
    return answer.status_code, answer.json()


def test_all_is_well_after_a_tick(client: Client) -> None:
    run_ticks()
    assert ask(client) == (200, {"status": "ok", **WELL})


def test_a_worker_that_never_ticked(client: Client) -> None:
    status, answer = ask(client)
    assert status == 503
    assert answer == {"status": "failing", **WELL, "worker": "failing"}


def test_a_worker_that_fell_silent(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "heartbeat_age", lambda: timedelta(minutes=3))
    assert ask(client)[1]["worker"] == "failing"
    monkeypatch.setattr(health, "heartbeat_age", lambda: timedelta(minutes=2, seconds=59))
    assert ask(client)[1]["worker"] == "ok"


def test_an_entry_that_waits_too_long_for_its_seal(client: Client) -> None:
    with transaction.atomic():
        audit.record(Actor.system("sample"), "make", Ref("accounts.user", new_id()))
    assert ask(client)[1]["seals"] == "ok"
    with time_machine.travel(timezone.now() + health.SEAL_LATE):
        assert ask(client)[1]["seals"] == "failing"
        assert "is the worker running?" in health.check_seals().note
        run_ticks()
        assert ask(client) == (200, {"status": "ok", **WELL})


def test_a_full_disk(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    full = shutil.disk_usage("/")._replace(free=health.FREE_BYTES - 1)
    monkeypatch.setattr("shutil.disk_usage", lambda _: full)
    assert ask(client)[1]["disk"] == "failing"


def test_a_home_that_is_gone(client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.DIWAN_HOME = tmp_path / "gone"
    assert ask(client)[1]["disk"] == "failing"


def test_a_database_that_does_not_answer(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    away = Mock(side_effect=OperationalError("server closed the connection\nreally"))
    monkeypatch.setattr(connection, "cursor", away)
    monkeypatch.setattr(health, "heartbeat_age", away)
    status, answer = ask(client)
    assert (status, answer["database"], answer["worker"]) == (503, "failing", "failing")
    # What a stranger learns is which, and not why.
    assert "server closed" not in str(answer)
