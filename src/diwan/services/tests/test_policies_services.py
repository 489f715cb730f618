"""Who sees services, and who writes their workbooks."""

from __future__ import annotations

import pytest

from diwan.directory.tests.factories import RegisterFactory, UnitFactory, staff
from diwan.kernel.errors import Forbidden, NotFound
from diwan.kernel.policies import Actor
from diwan.services.models import Service
from diwan.services.policies.services import owned_units, require_owner, services

from . import factories

pytestmark = pytest.mark.django_db


def test_everybody_sees_what_is_public_and_managers_stand_above_the_owner() -> None:
    province = UnitFactory.create()
    town = UnitFactory.create(parent=province)
    foreign = UnitFactory.create(register=RegisterFactory.create(country="EG", language="ar"))
    public = factories.service(town)
    offices = factories.service(town, factories.variant("duty-list", audience="staff"))
    prepared = Service.objects.create(
        country="IR", code="new", owner=town, name={"en": "New"}, made_at=public.made_at
    )
    head, above = staff(town, "head").actor, staff(province, "administrator").actor
    clerk, stranger = staff(town, "clerk").actor, staff(foreign, "head").actor
    seen = [
        (Actor.anonymous(), {public}),
        (stranger, {public}),
        (clerk, {public, offices}),
        (head, {public, offices, prepared}),
        (above, {public, offices, prepared}),
    ]
    for actor, expected in seen:
        assert set(services.which(actor, "see", Service.objects.all())) == expected
        managed = services.which(actor, "manage", Service.objects.all())
        assert managed.count() == (3 if actor in (head, above) else 0)


def test_a_unit_owns_services_by_its_head() -> None:
    town = UnitFactory.create()
    foreign = UnitFactory.create(register=RegisterFactory.create(country="EG", language="ar"))
    head = staff(town, "head")
    assert require_owner(head.actor, town).post_id == head.post.pk
    assert list(owned_units(head.actor)) == [town]
    with pytest.raises(NotFound):
        require_owner(head.actor, foreign)
    with pytest.raises(Forbidden):
        require_owner(staff(town, "clerk").actor, town)
