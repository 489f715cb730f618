"""SQLite's statistics are gathered once a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from diwan.kernel.models import Heartbeat
from diwan.kernel.statistics import NAME, gather

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def analysed(at: datetime) -> bool:
    with CaptureQueriesContext(connection) as asked:
        gather(at)
    return any(query["sql"] == "ANALYZE" for query in asked.captured_queries)


def test_statistics_are_gathered_once_a_day() -> None:
    ours = connection.vendor == "sqlite"
    Heartbeat.objects.create(name="worker", at=NOW)
    assert analysed(NOW) == ours
    assert not analysed(NOW + timedelta(hours=23))
    assert analysed(NOW + timedelta(hours=24)) == ours
    if ours:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'kernel_heartbeat'")
            assert cursor.fetchone() == (1,)
        assert Heartbeat.objects.get(name=NAME).at == NOW + timedelta(hours=24)
