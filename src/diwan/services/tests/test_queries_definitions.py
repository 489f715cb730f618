"""Where services are offered, and versions that are read once."""

from __future__ import annotations

from datetime import date

import pytest

from diwan.directory.tests.factories import UnitFactory
from diwan.services.models import Offer, ServiceVersion
from diwan.services.queries.definitions import (
    definition_of,
    form_of,
    light,
    offered_at,
    offering_units,
    services_offered,
)

from . import factories

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)


def test_an_offer_names_a_unit_or_all_of_a_kind_below() -> None:
    province = UnitFactory.create(kind="province")
    town = UnitFactory.create(kind="municipality", parent=province)
    village = UnitFactory.create(kind="district", parent=town)
    elsewhere = UnitFactory.create(kind="municipality")
    service = factories.service(province)
    assert offering_units(service, DAY) == {province.pk}

    Offer.objects.create(service=service, unit=province, unit_kind="municipality")
    founded = UnitFactory.create(kind="municipality", parent=province, since=date(2027, 1, 1))
    assert offering_units(service, DAY) == {province.pk, town.pk}
    assert offering_units(service, date(2027, 1, 1)) == {province.pk, town.pk, founded.pk}
    assert offered_at(service, [town.pk, village.pk, elsewhere.pk], DAY) == {town.pk}
    for unit, expected in [(province, 1), (town, 1), (village, 0), (elsewhere, 0), (founded, 0)]:
        assert services_offered(unit.pk, DAY).count() == expected


def test_a_version_is_read_once(django_assert_num_queries: object) -> None:
    service = factories.service(UnitFactory.create())
    version = light(ServiceVersion.objects.filter(service=service)).get()
    with django_assert_num_queries(2):  # type: ignore[operator]
        assert definition_of(version) == factories.SIMPLE
        assert form_of(version) == factories.FORM
    again = light(ServiceVersion.objects.filter(service=service)).get()
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert definition_of(again) is definition_of(version)
        assert form_of(again) is form_of(version)
