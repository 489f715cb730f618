"""The open table of services by month: public services alone, and nobody is counted out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from diwan.directory.models import Unit
from diwan.directory.tests.factories import UnitFactory
from diwan.services.provides.tables import SERVICES_BY_MONTH, services_by_month

from .factories import case, service, variant

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel("2026-11-22T08:00:00Z", tick=False):
        yield


def test_whole_months_of_public_services() -> None:
    unit: Unit = UnitFactory.create()
    permit = service(unit)
    service(unit, variant("inside", audience="staff"))
    filed = datetime(2026, 10, 5, 8, tzinfo=UTC)
    for days in (3, 9):
        end = filed + timedelta(days=days)
        case(permit, filed_at=filed, phase="done", ended_at=end, on_time=days < 7)
    case(permit, filed_at=datetime(2026, 11, 5, 8, tzinfo=UTC))
    rows = list(services_by_month())
    assert {row["service"] for row in rows} == {"tree-permit"}
    assert len(rows) == 12
    assert rows[-1] == {
        "country": "IR",
        "service": "tree-permit",
        "month": date(2026, 10, 1),
        "received": 2,
        "in_time": 1,
        "late": 1,
    }
    names = [field.name for field in SERVICES_BY_MONTH.fields]
    assert set(rows[0]) == set(names)
