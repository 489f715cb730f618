"""Days of a unit: who may say what of those that are over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from diwan.directory.actions.calendars import declare_day, take_back_day
from diwan.directory.actions.units import move_unit
from diwan.directory.models import UnitDay
from diwan.kernel import exchange
from diwan.kernel.errors import Forbidden
from diwan.kernel.exchange import Fact
from diwan.kernel.working import WORKING_CHANGED

from .factories import UnitFactory, staff, system

pytestmark = pytest.mark.django_db
OFF = {"fa": "تعطیل"}


def test_a_unit_under_another_parent_works_otherwise() -> None:
    """Days off come from above: whoever keeps deadlines is told."""
    unit, other = UnitFactory.create(), UnitFactory.create()
    told: list[Fact] = []
    exchange.listen(WORKING_CHANGED, told.append)
    actor = replace(system(), elevation_id=uuid4())
    move_unit(actor, unit, on=timezone.now().date(), parent=other)
    assert told[-1].data == {"country": unit.country, "unit": unit.pk}


def test_the_past_of_a_unit_is_not_its_own_heads_to_change() -> None:
    above = UnitFactory.create()
    unit = UnitFactory.create(parent=above)
    own, higher = staff(unit, "head").actor, staff(above, "head").actor
    administrator = staff(unit, "administrator").actor
    today = timezone.now().date() + timedelta(days=1)  # also where it is tomorrow already
    declare_day(own, unit, today, name=OFF)
    past = today - timedelta(days=9)
    with pytest.raises(Forbidden):
        declare_day(own, unit, past, name=OFF)
    assert UnitDay.objects.filter(day=past).count() == 0
    row = declare_day(higher, unit, past, name=OFF)
    with pytest.raises(Forbidden):
        take_back_day(own, row, reason="نه")
    take_back_day(administrator, row, reason="نه")
