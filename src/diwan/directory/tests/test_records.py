"""A register's records as plain data: read, put, and put again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from diwan.directory.models import PostVersion, Register, UnitPath, UnitSuccession, UnitVersion
from diwan.directory.public import (
    HoldingRecord,
    Ledger,
    PersonRecord,
    PostRecord,
    RegisterRecord,
    UnitRecord,
    When,
    differing,
    open_ledger,
    put_people,
    put_posts,
    put_units,
    records_of,
)
from diwan.kernel.calendars import PartialDate
from diwan.kernel.errors import Forbidden, NotFound, Refused
from diwan.kernel.ids import new_id
from diwan.kernel.models import AuditEntry
from diwan.kernel.policies import Actor

from .factories import UnitFactory, staff, system

pytestmark = pytest.mark.django_db
REGISTER = RegisterRecord(key="trial", language="fa", country="IR")


def on(text: str) -> When:
    return When(PartialDate.parse_register(text))


def opened() -> Ledger:
    return open_ledger(system(), REGISTER)


OFFICE = UnitRecord(key="office", name={"fa": "دفتر"}, kind="office")
CHIEF = PostRecord(key="chief", unit="office", name={"fa": "رئیس"}, roles=("head",))
SOMEBODY = PersonRecord(key="p1", name={"fa": "کسی"}, holds=(HoldingRecord(post="chief"),))


def put(*units: UnitRecord) -> Ledger:
    ledger = opened()
    put_units(system(), ledger, [], units)
    return ledger


def test_what_was_put_is_read_as_it_was() -> None:
    below = UnitRecord(
        key="below",
        name={"fa": "زیر"},
        kind="office",
        parent="office",
        province="IR-23",
        since=on("1990-01"),
        until=When(PartialDate.unknown(date(2026, 11, 1)), new_id()),
        becomes="office",
    )
    ledger = put(below, OFFICE)  # the one below may come first
    put_posts(system(), ledger, [], [CHIEF])
    put_people(system(), ledger, [], [SOMEBODY])
    found = records_of(ledger.register)
    assert found.units == {"below": below, "office": OFFICE}
    assert found.posts == {"chief": CHIEF}
    assert found.people == {"p1": SOMEBODY}
    assert UnitPath.objects.filter(depth=1).count() == 1
    assert UnitSuccession.objects.get().on_date == date(2026, 11, 1)


def test_putting_again_writes_nothing() -> None:
    put(OFFICE)
    entries = AuditEntry.objects.count()
    again = put(OFFICE)
    assert again.tally.total("left") == 2  # the register and the unit
    assert AuditEntry.objects.count() == entries


def test_only_what_is_said_anew_is_compared() -> None:
    put(OFFICE)
    other = replace(OFFICE, name={"fa": "دیگر"}, kind="centre", said=frozenset({"kind"}))
    put(other)
    version = UnitVersion.objects.known().get()
    assert (version.name, version.kind) == ({"fa": "دفتر"}, "centre")


def test_texts_are_joined_language_by_language() -> None:
    assert differing(OFFICE, replace(OFFICE, name={"en": "Office"})) == {
        "name": {"fa": "دفتر", "en": "Office"}
    }


def test_what_hangs_on_the_same_event_is_left_to_it() -> None:
    event = new_id()
    before = replace(OFFICE, since=When(PartialDate(date(2020, 1, 1)), event))
    wanted = replace(OFFICE, since=When(PartialDate.unknown(date(2026, 1, 1)), event))
    assert differing(before, wanted) == {}


def test_a_unit_under_itself_is_refused_whole() -> None:
    with pytest.raises(Refused):
        put(replace(OFFICE, parent="below"), UnitRecord(
            key="below", name={"fa": "زیر"}, kind="office", parent="office"
        ))  # fmt: skip


def test_a_correction_that_would_end_a_unit_before_it_begins() -> None:
    put(replace(OFFICE, since=on("2020-01-01")))
    with pytest.raises(Refused):
        put(replace(OFFICE, until=on("2019-01-01")))


def test_more_holders_than_seats_are_refused() -> None:
    ledger = put(OFFICE)
    put_posts(system(), ledger, [], [CHIEF])
    other = replace(SOMEBODY, key="p2", name={"fa": "دیگری"})
    with pytest.raises(Refused):
        put_people(system(), ledger, [], [SOMEBODY, other])


def test_seats_and_roles_of_a_post_are_corrected() -> None:
    ledger = put(OFFICE)
    put_posts(system(), ledger, [], [CHIEF])
    again = opened()
    said = frozenset({"seats", "roles"})
    more = replace(CHIEF, seats=None, roles=("clerk", "head"), said=said)
    put_posts(system(), again, [], [more])
    version = PostVersion.objects.known().get()
    assert (version.seats, version.roles) == (None, " clerk head ")
    assert PostVersion.objects.count() == 2


def test_registers_are_written_by_the_system_and_elevations_alone() -> None:
    head = staff(UnitFactory.create(), "head")
    with pytest.raises(Forbidden):
        open_ledger(head.actor, REGISTER)
    with pytest.raises(NotFound):
        open_ledger(Actor.anonymous(), REGISTER)
    assert not Register.objects.filter(key="trial").exists()
