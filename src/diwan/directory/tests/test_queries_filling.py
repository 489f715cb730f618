"""Posts that somebody holds, by unit and period, against counting by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from diwan.directory.constants import UNIT
from diwan.kernel import exchange
from diwan.kernel.calendars import Calendar
from diwan.kernel.exchange import MeasureQuestion, Value
from diwan.kernel.periods import Kind, Period
from diwan.kernel.policies import Actor

from .factories import HoldingFactory, PostFactory, UnitFactory, staff, system

pytestmark = pytest.mark.django_db

JANUARY, FEBRUARY, MARCH = (
    Period.of(date(2026, month, 9), Kind.MONTH, Calendar.GREGORIAN) for month in (1, 2, 3)
)
NOW = datetime(2026, 2, 20, 9, tzinfo=UTC)


def test_posts_are_counted_below_the_unit_on_the_last_day_of_each_period() -> None:
    top = UnitFactory.create()
    branch = UnitFactory.create(parent=top)
    held, begun, stood_in = (PostFactory.create(unit=branch) for _ in range(3))
    PostFactory.create(unit=top, until=date(2026, 1, 31))  # it was gone on the last day
    PostFactory.create(unit=top, since=date(2026, 2, 10))
    HoldingFactory.create(post=held)
    HoldingFactory.create(post=begun, since_at=datetime(2026, 2, 5, tzinfo=UTC))
    HoldingFactory.create(
        post=stood_in,
        kind="deputy",
        since_at=datetime(2026, 1, 1, tzinfo=UTC),
        until_at=datetime(2026, 6, 1, tzinfo=UTC),
    )
    measure = exchange.measure("directory.posts_filled")
    assert measure is not None
    periods = [JANUARY, FEBRUARY, MARCH]
    asks = Actor.system("a test", at=NOW)
    found = dict(measure.values(MeasureQuestion(asks, UNIT, [top.pk, branch.pk], periods)))
    assert found == {
        (top.pk, JANUARY.key()): Value(1, of=3),
        (branch.pk, JANUARY.key()): Value(1, of=3),
        # February has not ended: as it stands now. Of March nothing is known.
        (top.pk, FEBRUARY.key()): Value(2, of=4),
        (branch.pk, FEBRUARY.key()): Value(2, of=3),
    }


def test_posts_of_another_country_are_not_counted() -> None:
    top = UnitFactory.create()
    PostFactory.create(unit=top)
    abroad = staff(UnitFactory.create(register__country="EG", country="EG"))
    measure = exchange.measure("directory.posts_filled")
    assert measure is not None
    question = MeasureQuestion(abroad.actor, UNIT, [top.pk], [JANUARY])
    assert dict(measure.values(question)) == {}
    mine = MeasureQuestion(system(), UNIT, [top.pk], [JANUARY])
    assert dict(measure.values(mine)) == {(top.pk, JANUARY.key()): Value(0, of=1)}
