"""Every page of the room as right, wrong, foreign and anonymous."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import get_resolver
from django.utils import timezone

from diwan.accounts.tests.factories import UserFactory
from diwan.directory import urls
from diwan.directory.models import Handover, Holding, PostVersion, UnitVersion
from diwan.directory.tests.factories import (
    HandoverFactory,
    NoteFactory,
    PartnerFactory,
    PersonFactory,
    Staff,
    staff,
)
from diwan.kernel.ids import new_id
from diwan.kernel.models import DeclaredHoliday, OfficeHoursRow

from .pages import client_of, foreigner, named, stranger, url

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class House:
    """A ministry with an administrator, an office with a head and an officer, one record each."""

    administrator: Staff
    head: Staff
    officer: Staff
    args: dict[str, list[Any]]


@pytest.fixture
def house() -> House:
    top = named("وزارت آزمون")
    office = named("اداره آزمون", top)
    named("واحد زیرین", office)
    administrator = staff(top, "administrator")
    head = staff(office, "head")
    officer = staff(office, "officer")
    person = PersonFactory.create(register=top.register)
    handover: Handover = HandoverFactory.create(
        from_post=officer.post, from_person=officer.person, to_person=person, sheet={"items": []}
    )
    holiday = DeclaredHoliday.objects.create(
        country="IR", day=date(2026, 12, 1), name={"fa": "روز آزمون"}, status="estimated"
    )
    hours = OfficeHoursRow.objects.create(country="IR", opens="07:30", closes="14:00")
    note = NoteFactory.create(unit=office)
    partner = PartnerFactory.create(register=top.register)
    version = UnitVersion.objects.get(unit=office)
    post_version = PostVersion.objects.get(post=officer.post)
    unit, post, holding = [office.pk], [officer.post.pk], [officer.holding.pk]
    joined = PersonFactory.create(register=top.register, user=UserFactory.create())
    args: dict[str, list[Any]] = {
        "unit": unit,
        "unit_children": unit,
        "unit_history": unit,
        "found": unit,
        "rename_unit": unit,
        "move_unit": unit,
        "close_unit": unit,
        "merge_units": unit,
        "split_unit": unit,
        "add_note": unit,
        "create_post": unit,
        "correct_unit": [version.pk],
        "correct_note": [note.pk],
        "remove_note": [note.pk],
        "post": post,
        "change_post": post,
        "end_post": post,
        "appoint": post,
        "hand_over": post,
        "correct_post": [post_version.pk],
        "depute": holding,
        "end_holding": holding,
        "correct_holding": holding,
        "person": [person.pk],
        "correct_person": [person.pk],
        "unlink_user": [joined.pk],
        "handover": [handover.pk],
        "add_need": [handover.pk],
        "correct_partner": [partner.pk],
        "working_time": ["IR"],
        "declare_holiday": ["IR"],
        "set_weekend": ["IR"],
        "set_hours": ["IR"],
        "remove_holiday": [holiday.pk],
        "remove_hours": [hours.pk],
    }
    return House(administrator, head, officer, args)


ALL = {"administrator", "head", "officer"}
MANAGERS = {"administrator", "head"}
SHAPERS = {"administrator"}
OWN = {"head", "officer"}

# Who of the country may open the page; the others of the country get a 403.
RIGHTS: dict[str, set[str]] = {
    "administration": MANAGERS,
    "units": ALL,
    "found_top": set(),
    "unit": ALL,
    "unit_children": ALL,
    "unit_history": ALL,
    "found": SHAPERS,
    "rename_unit": SHAPERS,
    "move_unit": SHAPERS,
    "close_unit": SHAPERS,
    "merge_units": SHAPERS,
    "split_unit": SHAPERS,
    "correct_unit": SHAPERS,
    "add_note": MANAGERS,
    "create_post": MANAGERS,
    "correct_note": MANAGERS,
    "remove_note": MANAGERS,
    "posts": ALL,
    "post": ALL,
    "change_post": MANAGERS,
    "end_post": MANAGERS,
    "appoint": MANAGERS,
    "hand_over": MANAGERS,
    "correct_post": MANAGERS,
    "depute": ALL,
    "end_holding": MANAGERS,
    "correct_holding": MANAGERS,
    "people": ALL,
    "add_person": MANAGERS,
    "person": ALL,
    "correct_person": MANAGERS,
    "unlink_user": SHAPERS,
    "handovers": ALL,
    "handover": ALL,
    "add_need": OWN,
    "partners": ALL,
    "add_partner": MANAGERS,
    "correct_partner": MANAGERS,
    "working_time": ALL,
    "declare_holiday": SHAPERS,
    "set_weekend": SHAPERS,
    "set_hours": SHAPERS,
    "remove_holiday": SHAPERS,
    "remove_hours": SHAPERS,
}
# Lists have nothing foreign on them; they open for whoever is signed in, empty.
LISTS = {"units", "posts", "people", "handovers", "partners"}
# Without any record: a refusal, since there is nothing to hide.
REFUSED = {"administration", "found_top"}


def test_every_address_of_the_room_has_a_row() -> None:
    assert {pattern.name for pattern in urls.urlpatterns} == set(RIGHTS)
    assert get_resolver() is not None


@pytest.mark.parametrize("name", sorted(RIGHTS))
def test_a_page_opens_for_whom_it_is(name: str, house: House) -> None:
    address = url(name, *house.args.get(name, []))
    for who in sorted(ALL):
        person: Staff = getattr(house, who)
        status = client_of(person.user).get(address).status_code
        assert status == (200 if who in RIGHTS[name] else 403), (name, who)


@pytest.mark.parametrize("name", sorted(RIGHTS))
def test_a_page_opens_for_an_elevated_administrator(name: str, house: House) -> None:
    address = url(name, *house.args.get(name, []))
    assert client_of(stranger(), elevated=True).get(address).status_code == 200


@pytest.mark.parametrize("name", sorted(RIGHTS))
def test_a_foreign_record_is_not_there(name: str, house: House) -> None:
    address = url(name, *house.args.get(name, []))
    status = client_of(foreigner().user).get(address).status_code
    if name in LISTS or name in {"add_person", "add_partner"}:
        expected = 200
    elif name == "found_top":
        expected = 403
    else:
        expected = 200 if name == "administration" else 404
    assert status == expected


@pytest.mark.parametrize("name", sorted(RIGHTS))
def test_who_holds_nothing_sees_nothing(name: str, house: House) -> None:
    address = url(name, *house.args.get(name, []))
    answer = client_of(stranger()).get(address)
    expected = 200 if name in LISTS else 403 if name in REFUSED else 404
    assert answer.status_code == expected
    if name in LISTS:
        assert "آزمون" not in answer.content.decode()


@pytest.mark.parametrize("name", sorted(RIGHTS))
def test_nobody_is_sent_to_sign_in(name: str, house: House) -> None:
    address = url(name, *house.args.get(name, []))
    answer = client_of(None).get(address)
    assert answer.status_code == 302
    assert "/sign-in/" in answer["Location"]
    assert "next=" in answer["Location"]


@pytest.mark.parametrize("language", ["fa", "ar", "en"])
@pytest.mark.parametrize("name", sorted(RIGHTS))
def test_a_page_speaks_every_language(name: str, language: str, house: House) -> None:
    address = url(name, *house.args.get(name, []), language=language)
    answer = client_of(house.administrator.user, elevated=True).get(address)
    assert answer.status_code == 200
    if name != "unit_children":
        assert f'lang="{language}"' in answer.content.decode()


@pytest.mark.parametrize("name", sorted(RIGHTS))
def test_a_made_up_identifier_is_not_there(name: str, house: House) -> None:
    args = house.args.get(name, [])
    if not args or args == ["IR"]:
        return
    answer = client_of(house.administrator.user).get(url(name, new_id()))
    assert answer.status_code == 404


def test_an_ended_holding_leaves_no_right(house: House) -> None:
    past = timezone.now() - timedelta(days=1)
    Holding.objects.filter(pk=house.head.holding.pk).update(until_at=past)
    address = url("create_post", *house.args["create_post"])
    assert client_of(house.head.user).get(address).status_code == 404
