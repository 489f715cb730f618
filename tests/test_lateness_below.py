"""The picture of lateness below a head: counted by the database as one by one, drawn as a map."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from diwan.accounts.tests.factories import sign_in
from diwan.councils.tests.factories import BodyFactory, duty
from diwan.desk.queries import late_below, unit_desk
from diwan.desk.rules.lateness import FEWEST, depth_of
from diwan.directory.models import Unit
from diwan.directory.public import provinces
from diwan.directory.tests.factories import Staff, UnitFactory, staff

pytestmark = pytest.mark.django_db
LONG_AGO, TO_COME = (timezone.now() + timedelta(days=days) for days in (-40, 400))
PLACES = ("IR-23", "IR-10", "IR-07", "IR-09")


class Country:
    """A ministry with a unit in each of some provinces, an office below each, and its head."""

    def __init__(self) -> None:
        self.top: Unit = UnitFactory.create()
        register = self.top.register
        self.head: Staff = staff(self.top, "head")
        self.body = BodyFactory.create(unit=self.top)
        self.places: list[Unit] = []
        for n, code in enumerate(PLACES):
            place = UnitFactory.create(register=register, parent=self.top, province=code)
            office = staff(UnitFactory.create(register=register, parent=place, province=code))
            for late in range(n + 3):
                due = (LONG_AGO if late < n else TO_COME).date()
                duty(self.body, office, due=due)
            duty(self.body, office, due=LONG_AGO.date(), state="closed")
            self.places.append(place)


def counted(head: Staff) -> dict[UUID, tuple[int, int]]:
    """What the question says of each unit."""
    units = late_below(unit_desk(head.actor))
    return {unit.unit_id: (unit.late, unit.owed) for unit in units}


def test_each_unit_counts_what_stands_below_it(django_assert_num_queries: Any) -> None:
    country = Country()
    empty = UnitFactory.create(register=country.top.register, parent=country.top)
    expected = {place.pk: (n, n + 3) for n, place in enumerate(country.places)}
    assert counted(country.head) == expected | {empty.pk: (0, 0)}
    place = country.places[2]
    office = place.child_versions.get().unit
    staff(place, "head", user=country.head.user)  # a unit that lies below another one headed
    assert counted(country.head)[place.pk] == counted(country.head)[office.pk] == (2, 5)
    desk = unit_desk(country.head.actor)
    assert desk.posts
    with django_assert_num_queries(2):
        late_below(desk)


@pytest.mark.parametrize(
    ("language", "short", "said"),
    [
        ("fa", "خ. رضوی", "خراسان رضوی: ۳ عقب‌افتاده از ۶"),
        ("ar", "خ. رضوية", "خراسان الرضوية: المتأخر ٣ من ٦"),
        ("en", "R. Khor.", "Razavi Khorasan: 3 late of 6"),
    ],
)
def test_provinces_are_a_map_that_leads_to_each_desk(
    client: Client, language: str, short: str, said: str
) -> None:
    country = Country()
    sign_in(client, country.head.user)
    page = client.get(f"/{language}/desk/unit/").content.decode()
    tile = next(part for part in page.split("<li ")[1:] if short in part)
    assert tile.startswith('class="tile tone-quiet depth-3 row-4 column-6"')
    assert said in tile
    assert page.count('class="tile ') == 31
    (link,) = re.findall(r'href="([^"]*\?unit=[^"]*)"', tile)
    narrowed = client.get(link).content.decode()
    assert 'class="tile ' not in narrowed
    assert narrowed.count('<li class="card') < page.count('<li class="card')


def test_units_without_provinces_are_bars(client: Client) -> None:
    country = Country()
    Unit.objects.update(province="")
    sign_in(client, country.head.user)
    page = client.get("/fa/desk/unit/").content.decode()
    assert 'class="tile ' not in page
    assert page.count("bar-value") == 3  # what is not late is in the table alone
    assert page.count("?unit=") == 3 + 4


def test_the_steps_of_lateness() -> None:
    assert depth_of(FEWEST - 1, FEWEST - 1) is None
    assert [depth_of(late, 100) for late in (0, 1, 10, 11, 25, 26, 50, 51, 100)] == [
        0, 1, 1, 2, 2, 3, 3, 4, 4,
    ]  # fmt: skip


@pytest.mark.parametrize("code", ["IR", "EG"])
def test_short_names_tell_provinces_apart_and_fit_a_tile(code: str) -> None:
    for language in ("fa", "ar", "en"):
        short = [province.short_names[language] for province in provinces(code)]
        assert len(set(short)) == len(short)
        assert max(map(len, short)) <= 10
