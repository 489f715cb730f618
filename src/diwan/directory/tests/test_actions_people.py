"""People, partners, notes, registers and working time; what speaks of a person is kept apart."""

from __future__ import annotations

from datetime import date, time

import pytest

from diwan.accounts.public import declare_invitation_target
from diwan.accounts.tests.factories import UserFactory, elevated_actor
from diwan.directory.actions.people import (
    add_note,
    add_partner,
    add_person,
    correct_note,
    correct_partner,
    correct_person,
    link_user,
    remove_note,
    unlink_user,
)
from diwan.directory.actions.registers import make_register
from diwan.directory.actions.worktime import (
    Hours,
    declare_holiday,
    remove_holiday,
    remove_office_hours,
    set_office_hours,
    set_weekend,
)
from diwan.directory.models import Note, Register
from diwan.directory.policies import authority_of
from diwan.directory.provides.inviting import PersonTarget
from diwan.kernel import audit
from diwan.kernel.errors import Forbidden, NotFound, Refused
from diwan.kernel.exchange import Ref
from diwan.kernel.models import AuditEntry, DeclaredHoliday, WeekendRow
from diwan.kernel.policies import Actor
from diwan.kernel.working import country_ref, work_calendar

from .factories import (
    HoldingFactory,
    PersonFactory,
    PostFactory,
    RegisterFactory,
    UnitFactory,
    staff,
    system,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_a_head_adds_people_to_the_own_register_alone() -> None:
    unit = UnitFactory.create()
    head = staff(unit, "head")
    person = add_person(head.actor, unit.register, name={"fa": " علي "}, honorific="دكتر")
    assert (person.name, person.honorific, person.user_id) == ({"fa": "علی"}, "دکتر", None)
    with pytest.raises(Forbidden):
        add_person(head.actor, RegisterFactory.create(), name={"en": "X"})
    egypt = RegisterFactory.create(country="EG", language="ar")
    with pytest.raises(NotFound):
        add_person(head.actor, egypt, name={"en": "X"})
    with pytest.raises(Forbidden):
        add_person(staff(unit).actor, unit.register, name={"en": "X"})


def test_a_name_is_kept_apart_from_the_entry() -> None:
    unit = UnitFactory.create()
    person = add_person(system(), unit.register, name={"en": "Secret Name"})
    entry = audit.trail(Ref("directory.person", person.pk)).get()
    assert "Secret" not in str(entry.changes)
    assert entry.personal.get(field="name").value == [None, {"en": "Secret Name"}]


def test_a_name_is_corrected_with_a_reason() -> None:
    unit = UnitFactory.create()
    head = staff(unit, "head")
    person = PersonFactory.create(register=unit.register, name={"en": "Wrnog"})
    with pytest.raises(Refused, match="reason"):
        correct_person(head.actor, person, name={"en": "Right"}, honorific="", reason="")
    correct_person(head.actor, person, name={"en": "Right"}, honorific="", reason="a slip")
    person.refresh_from_db()
    assert person.name == {"en": "Right"}
    assert person.search == "right"
    with pytest.raises(Refused, match="Nothing"):
        correct_person(head.actor, person, name={"en": "Right"}, honorific="", reason="again")


def test_users_are_joined_one_to_one() -> None:
    unit = UnitFactory.create()
    administrator = staff(unit, "administrator")
    post = PostFactory.create(unit=unit)
    person = PersonFactory.create(register=unit.register, name={"en": "One"})
    HoldingFactory.create(post=post, person=person)
    user = UserFactory.create()
    with pytest.raises(Forbidden):
        link_user(staff(unit, "head").actor, person, user.pk)
    link_user(administrator.actor, person, user.pk)
    assert authority_of(Actor.user(user.pk, "")).post_ids == (post.pk,)
    other = PersonFactory.create(register=unit.register)
    with pytest.raises(Refused, match="One"):
        link_user(administrator.actor, other, user.pk)
    with pytest.raises(Refused, match="has a user"):
        link_user(administrator.actor, person, UserFactory.create().pk)
    with pytest.raises(Refused, match="no such active user"):
        link_user(administrator.actor, other, UserFactory.create(is_active=False).pk)
    unlink_user(administrator.actor, person, reason="the wrong one")
    assert authority_of(Actor.user(user.pk, "")).post_ids == ()


def test_an_invitation_joins_the_guest() -> None:
    unit = UnitFactory.create()
    head, officer = staff(unit, "head"), staff(unit)
    person = PersonFactory.create(register=unit.register, name={"en": "Guest"}, honorific="Dr")
    target = PersonTarget()
    declare_invitation_target("directory.person", target)
    assert target.label(person.pk) == {"en": "Dr Guest"}
    assert target.may_invite(head.actor, person.pk)
    assert not target.may_invite(officer.actor, person.pk)
    assert not target.may_invite(Actor.anonymous(), person.pk)
    user = UserFactory.create()
    target.accept(Actor.anonymous(), person.pk, user.pk)
    person.refresh_from_db()
    assert person.user == user
    assert not target.may_invite(head.actor, person.pk)
    with pytest.raises(NotFound):
        target.label(unit.pk)


def test_partners_and_notes() -> None:
    unit = UnitFactory.create()
    head = staff(unit, "head").actor
    partner = add_partner(head, unit.register, name={"en": "Bnak"})
    correct_partner(head, partner, name={"en": "Bank"}, reason="a slip")
    partner.refresh_from_db()
    assert partner.name == {"en": "Bank"}
    note = add_note(head, unit, kind="finding", text={"en": "Cables are old"})
    add_note(head, unit, kind="finding", text={"en": "More"})
    assert [n.position for n in Note.objects.all()] == [0, 1]
    correct_note(head, note, kind="finding", text={"en": "Cables are new"}, reason="they were")
    with pytest.raises(Refused, match="reason"):
        remove_note(head, note, reason="")
    remove_note(head, note, reason="of another unit")
    assert Note.objects.count() == 1
    with pytest.raises(Forbidden):
        add_note(staff(unit).actor, unit, kind="finding", text={"en": "X"})


def test_registers_are_made_by_an_elevation_alone() -> None:
    register = make_register(elevated_actor(), key="new-one", language="fa", country_code="IR")
    assert register.recorded_calendar == "jalali"
    for key, match in (("new-one", "already"), ("-", "Latin letters")):
        with pytest.raises(Refused, match=match):
            make_register(system(), key=key, language="fa", country_code="IR")
    with pytest.raises(Refused, match="countries"):
        make_register(system(), key="other", language="fa", country_code="XX")
    with pytest.raises(Forbidden):
        make_register(
            staff(UnitFactory.create(), "administrator").actor,
            key="other",
            language="fa",
            country_code="IR",
        )
    with pytest.raises(NotFound):
        make_register(Actor.anonymous(), key="other", language="fa", country_code="IR")
    assert Register.objects.filter(key="other").count() == 0


def test_a_holiday_is_declared_and_taken_back() -> None:
    head = staff(UnitFactory.create(), "head").actor
    day = date(2026, 11, 23)  # a Monday
    assert work_calendar("IR").is_working_day(day)
    row = declare_holiday(head, "IR", day, name={"fa": "تعطیل"}, status="estimated")
    assert not work_calendar("IR").is_working_day(day)
    declare_holiday(head, "IR", day, name={"fa": "تعطیل"})
    row.refresh_from_db()
    assert row.status == "declared"
    with pytest.raises(Refused, match="already"):
        declare_holiday(head, "IR", day, name={"fa": "تعطیل"})
    with pytest.raises(Refused, match="reason"):
        remove_holiday(head, row, reason=" ")
    remove_holiday(head, row, reason="the authority moved it")
    assert not DeclaredHoliday.objects.exists()
    assert AuditEntry.objects.filter(subject_id=country_ref("IR").id).count() == 3


def test_a_weekend_has_its_date() -> None:
    head = staff(UnitFactory.create(), "head").actor
    thursday = date(2026, 11, 26)
    set_weekend(head, "IR", since=None, days=[4])
    set_weekend(head, "IR", since=date(2027, 1, 1), days=[3, 4])
    assert work_calendar("IR").is_working_day(thursday)
    assert not work_calendar("IR").is_working_day(date(2027, 1, 7))
    set_weekend(head, "IR", since=None, days=[3, 4])
    assert WeekendRow.objects.count() == 2
    for wrong in (range(7), [9]):
        with pytest.raises(Refused, match="weekend"):
            set_weekend(head, "IR", since=None, days=wrong)


def test_office_hours_have_their_time() -> None:
    head = staff(UnitFactory.create(), "head").actor
    usual = Hours(opens=time(7, 30), closes=time(14, 30))
    row = set_office_hours(head, "IR", usual)
    ramadan = Hours(time(9), time(14), date(2027, 2, 8), date(2027, 3, 10))
    set_office_hours(head, "IR", ramadan)
    again = set_office_hours(head, "IR", Hours(opens=time(8), closes=time(15)))
    assert again.pk == row.pk
    for wrong in (
        Hours(time(9), time(9)),
        Hours(time(9), time(14), date(2027, 3, 10), date(2027, 2, 8)),
        Hours(time(9), time(14), weekday=7),
    ):
        with pytest.raises(Refused):
            set_office_hours(head, "IR", wrong)
    remove_office_hours(head, again, reason="as everywhere")
    with pytest.raises(NotFound):
        set_office_hours(head, "EG", usual)
    with pytest.raises(Forbidden):
        set_office_hours(staff(UnitFactory.create()).actor, "IR", usual)
