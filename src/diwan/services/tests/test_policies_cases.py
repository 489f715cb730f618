"""Who sees a case, who works on it and who may not even know of it."""

import pytest
from django.utils import timezone

from diwan.directory.models import Unit
from diwan.directory.tests.factories import Staff, UnitFactory, staff
from diwan.kernel.errors import Forbidden, NotFound
from diwan.kernel.policies import Actor
from diwan.services.models import Case, Inquiry
from diwan.services.policies import CASES, counter_units

from .factories import case, service

pytestmark = pytest.mark.django_db


def rights(who: Staff, of: Case) -> set[str]:
    """The verbs that somebody has on a case."""
    return {verb for verb in CASES.verbs if CASES.may(who.actor, verb, of)}


@pytest.fixture
def top() -> Unit:
    """A unit with one below it."""
    return UnitFactory.create()


@pytest.fixture
def centre(top: Unit) -> Unit:
    """Where cases are filed."""
    return UnitFactory.create(parent=top)


def test_the_role_of_the_step_works_and_the_others_of_the_unit_read(
    top: Unit, centre: Unit
) -> None:
    one = case(service(centre))
    clerk, officer = staff(centre, "clerk"), staff(centre, "officer")
    head, above = staff(centre, "head"), staff(top, "head")
    reading = {"see", "note", "link", "help"}
    assert rights(clerk, one) == reading | {"work", "ask"}
    assert rights(officer, one) == reading
    assert rights(head, one) == rights(above, one) == reading | {"assign"}
    Case.objects.filter(pk=one.pk).update(post=officer.post)
    assert "work" in rights(officer, one)
    assert "work" not in rights(clerk, one)


def test_a_head_works_where_nobody_holds_a_post_for_it(top: Unit, centre: Unit) -> None:
    one = case(service(centre))
    head = staff(top, "head")
    assert {"work", "assign"} <= rights(head, one)
    gone = staff(centre, "clerk", until_at=timezone.now())
    assert "work" in rights(head, one)
    Case.objects.filter(pk=one.pk).update(post=gone.post)
    assert "work" in rights(head, one)
    held = staff(centre, "clerk")
    assert "work" in rights(head, one)  # the one who took it is gone; the head names another
    Case.objects.filter(pk=one.pk).update(post=None)
    assert "work" not in rights(head, one)
    assert "work" in rights(held, one)


def test_others_do_not_even_learn_of_it(top: Unit, centre: Unit) -> None:
    one = case(service(centre))
    beside = UnitFactory.create(parent=top)
    clerk, administrator = staff(beside, "clerk"), staff(top, "administrator")
    for nobody in (clerk, administrator):
        assert rights(nobody, one) == set()
        with pytest.raises(NotFound):
            CASES.require(nobody.actor, "work", one)
    assert not CASES.may(Actor.anonymous(), "see", one)
    Case.objects.filter(pk=one.pk).update(filed_by=clerk.post)
    assert rights(clerk, one) == {"see", "note", "help"}
    with pytest.raises(Forbidden):
        CASES.require(clerk.actor, "work", one)


def test_a_department_that_is_asked_reads_the_case(top: Unit, centre: Unit) -> None:
    one = case(service(centre))
    beside = UnitFactory.create(parent=top)
    asked = staff(beside, "officer")
    inquiry = Inquiry.objects.create(
        case=one, step=one.steps.get(), unit=beside, question="؟", asked_at=timezone.now()
    )
    assert rights(asked, one) == {"see", "note"}
    Inquiry.objects.filter(pk=inquiry.pk).update(withdrawn_at=timezone.now())
    assert rights(asked, one) == set()


def test_who_may_file_for_others(centre: Unit) -> None:
    assert counter_units(staff(centre, "clerk").actor) == {centre.pk}
    assert counter_units(staff(centre, "administrator").actor) == set()
