"""Rights follow posts at an instant; what is foreign is not there."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from diwan.directory.actions.posts import NewPost, PostChange, change_post, create_post
from diwan.directory.models import Unit
from diwan.directory.policies import (
    authority_of,
    below,
    handover_policy,
    head_posts_above,
    holding_policy,
    may_set_working_time,
    note_policy,
    person_policy,
    post_policy,
    register_policy,
    unit_policy,
)
from diwan.kernel.errors import Forbidden, NotFound, Refused
from diwan.kernel.policies import Actor, Policy
from diwan.kernel.remembering import remembering

from .factories import (
    HoldingFactory,
    NoteFactory,
    PersonFactory,
    PostFactory,
    RegisterFactory,
    UnitFactory,
    staff,
    system,
)

pytestmark = pytest.mark.django_db


def test_authority_tells_posts_roles_and_countries() -> None:
    top = UnitFactory.create()
    unit = UnitFactory.create(parent=top)
    head = staff(unit, "head", "officer")
    authority = authority_of(head.actor)
    assert authority.post_ids == (head.post.pk,)
    assert authority.units("head") == {unit.pk}
    assert authority.post_roles[head.post.pk] == {"head", "officer"}
    assert authority.countries == {"IR"}
    assert authority.person_id == head.person.pk


def test_anonymous_and_system_hold_nothing() -> None:
    UnitFactory.create()
    for actor in (Actor.anonymous(), system()):
        assert authority_of(actor).post_ids == ()
    assert not unit_policy.which(Actor.anonymous(), "see", Unit.objects.all()).exists()
    assert unit_policy.which(system(), "see", Unit.objects.all()).count() == 1


def test_rights_run_from_the_instant_to_the_instant() -> None:
    begin = datetime(2026, 3, 1, 8, tzinfo=UTC)
    end = datetime(2026, 6, 1, 8, tzinfo=UTC)
    unit = UnitFactory.create()
    head = staff(unit, "head", since_at=begin, until_at=end)
    tick = timedelta(microseconds=1)
    held = [
        bool(authority_of(head.actor_at(at)).post_ids)
        for at in (begin - tick, begin, end - tick, end)
    ]
    assert held == [False, True, True, False]


def test_a_deputy_has_the_rights_and_the_holder_keeps_them() -> None:
    now = timezone.now()
    unit = UnitFactory.create()
    head = staff(unit, "head")
    other = staff(unit)
    HoldingFactory.create(
        person=other.person,
        post=head.post,
        kind="deputy",
        since_at=now - timedelta(days=1),
        until_at=now + timedelta(days=1),
    )
    assert unit_policy.may(other.actor, "manage_posts", unit)
    assert unit_policy.may(head.actor, "manage_posts", unit)
    assert not unit_policy.may(other.actor_at(now + timedelta(days=2)), "manage_posts", unit)


def test_a_post_that_has_ended_gives_nothing() -> None:
    unit = UnitFactory.create()
    head = staff(unit, "head")
    head.post.versions.update(until=date(2020, 1, 1))
    assert authority_of(head.actor).post_ids == ()


def test_a_unit_that_has_ended_gives_nothing() -> None:
    head = staff(UnitFactory.create(until=date(2020, 1, 1)), "head")
    assert authority_of(head.actor).post_ids == ()


def test_heads_manage_below_and_administrators_shape() -> None:
    top = UnitFactory.create()
    unit = UnitFactory.create(parent=top)
    side = UnitFactory.create(parent=top)
    head = staff(unit, "head")
    administrator = staff(top, "administrator")
    officer = staff(unit)
    assert unit_policy.may(head.actor, "manage_posts", unit)
    assert not unit_policy.may(head.actor, "manage_posts", side)
    assert not unit_policy.may(head.actor, "rename", unit)
    assert unit_policy.may(administrator.actor, "rename", unit)
    with pytest.raises(Forbidden):
        unit_policy.require(officer.actor, "rename", unit)


def test_a_foreign_country_is_not_there() -> None:
    egypt = UnitFactory.create(register=RegisterFactory.create(country="EG", language="ar"))
    head = staff(UnitFactory.create(), "head", "administrator")
    with pytest.raises(NotFound):
        unit_policy.require(head.actor, "rename", egypt)
    with pytest.raises(NotFound):
        post_policy.require(head.actor, "see", PostFactory.create(unit=egypt))


def test_the_audit_names_the_post_that_gave_the_right() -> None:
    top = UnitFactory.create()
    officer = staff(top)
    PostFactory.create(unit=top)
    administrator = staff(top, "administrator", user=officer.user)
    through = unit_policy.require(officer.actor, "rename", top)
    assert through.post_id == administrator.post.pk


def test_units_gone_or_to_come_are_in_reach_of_those_above() -> None:
    top = UnitFactory.create()
    gone = UnitFactory.create(parent=top, until=date(2020, 1, 1))
    coming = UnitFactory.create(parent=top, since=date(2200, 1, 1))
    administrator = staff(top, "administrator")
    assert unit_policy.may(administrator.actor, "correct", gone)
    assert unit_policy.may(administrator.actor, "correct", coming)


def test_whoever_holds_more_cannot_be_invited_from_below() -> None:
    top = UnitFactory.create()
    unit = UnitFactory.create(parent=top)
    head = staff(unit, "head")
    highest = PersonFactory.create(register=top.register)
    HoldingFactory.create(person=highest, post=PostFactory.create(unit=top, roles=("head",)))
    newcomer = PersonFactory.create(register=top.register)
    assert person_policy.may(head.actor, "invite", newcomer)
    assert not person_policy.may(head.actor, "invite", highest)
    assert not person_policy.may(head.actor, "correct", highest)
    assert person_policy.may(staff(top, "head").actor, "invite", highest)


def test_working_time_belongs_to_the_top() -> None:
    top = UnitFactory.create()
    unit = UnitFactory.create(parent=top)
    assert may_set_working_time(staff(top, "head").actor, "IR")
    assert not may_set_working_time(staff(unit, "head").actor, "IR")
    assert not may_set_working_time(staff(top).actor, "IR")
    assert not may_set_working_time(staff(top, "head").actor, "EG")


def test_below_and_heads_above_on_a_day() -> None:
    top = UnitFactory.create()
    unit = UnitFactory.create(parent=top, since=date(2020, 1, 1))
    highest = PostFactory.create(unit=top, roles=("head",))
    day = date(2021, 1, 1)
    assert set(Unit.objects.filter(pk__in=below([top.pk], day))) == {top, unit}
    assert set(Unit.objects.filter(pk__in=below([top.pk], date(2019, 1, 1)))) == {top}
    assert head_posts_above(unit.pk, day) == [highest.pk]
    own = PostFactory.create(unit=unit, roles=("head",))
    assert head_posts_above(unit.pk, day) == [own.pk, highest.pk]


def test_a_head_does_not_become_administrator_by_way_of_a_post() -> None:
    unit = UnitFactory.create()
    head, chief = staff(unit, "head"), staff(unit, "administrator")
    administrators = PostFactory.create(unit=unit, roles=["administrator"])
    plain = PostFactory.create(unit=unit)
    with pytest.raises(Refused) as made:
        create_post(head.actor, NewPost(unit, {"en": "Mine"}, ["administrator"]))
    assert made.value.field == "roles"
    with pytest.raises(Refused):
        change_post(head.actor, plain, PostChange(roles=["administrator"]), on=date(2026, 1, 1))
    for verb in ("appoint", "hand_over", "change", "end", "correct"):
        assert post_policy.may(head.actor, verb, plain)
        assert not post_policy.may(head.actor, verb, administrators)
        assert post_policy.may(chief.actor, verb, administrators)
    # Nor may a head send the administrator's invitation to an address of the head's choice.
    assert not person_policy.may(head.actor, "invite", chief.person)
    theirs = create_post(chief.actor, NewPost(unit, {"en": "Theirs"}, ["administrator"]))
    assert post_policy.may(chief.actor, "appoint", theirs)


ALL_POLICIES: tuple[Policy[Any], ...] = (
    unit_policy,
    post_policy,
    holding_policy,
    person_policy,
    note_policy,
    handover_policy,
    register_policy,
)


def test_while_a_page_is_made_each_verb_answers_as_by_itself() -> None:
    top = UnitFactory.create()
    middle = UnitFactory.create(parent=top)
    UnitFactory.create(parent=middle, until=date(2026, 1, 1))  # gone
    abroad = UnitFactory.create(register__country="EG")
    NoteFactory.create(unit=middle)
    people = [
        staff(unit, *roles)
        for unit in (top, middle, UnitFactory.create(parent=middle), abroad)
        for roles in (("head",), ("administrator",), ("officer",), ("head", "administrator"))
    ]
    for policy in ALL_POLICIES:
        records = policy.model._default_manager.all()
        for actor in (person.actor for person in people):
            alone = {
                (record.pk, verb)
                for verb in policy.verbs
                for record in policy.which(actor, verb, records)
            }
            with remembering():
                seen = policy.find(actor, records)
                together = {
                    (record.pk, verb)
                    for record in records
                    for verb in policy.verbs
                    if policy.may(actor, verb, record)
                }
            assert together == alone
            assert {(record.pk, "see") for record in seen} == {
                pair for pair in alone if pair[1] == "see"
            }
