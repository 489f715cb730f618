"""Who sees a case, who works on it and who may not even know of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from diwan.directory.models import Unit
from diwan.directory.tests.factories import Staff, UnitFactory, staff
from diwan.kernel.errors import Forbidden, NotFound
from diwan.kernel.exchange import DeskQuestion
from diwan.kernel.policies import Actor
from diwan.services.models import Case, Inquiry
from diwan.services.policies import CASES, counter_units
from diwan.services.provides.desk import cases_at_hand
from diwan.services.queries.latelist import late_list
from diwan.services.queries.worklist import Whose, WorkFilter, worklist

from .factories import case, service, variant

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


def test_a_complaint_is_before_whom_it_lies_and_never_before_who_is_complained_of(
    top: Unit, centre: Unit
) -> None:
    clerk, colleague, head = (staff(centre, role) for role in ("clerk", "clerk", "head"))
    above, beside = staff(top, "head"), staff(top, "clerk")
    before = case(service(centre))
    before.steps.update(by_post=clerk.post, left_at=timezone.now())
    hear = service(top, variant("hear", kind="complaint"))
    # The workbook sends it above: where it was filed nobody sees it.
    one = case(hear, centre, about=before, at_unit=top, role="head")
    for nobody in (clerk, colleague, head):
        assert rights(nobody, one) == set()
    assert {"see", "work", "assign", "help"} <= rights(above, one)
    assert {"see", "help"} <= rights(beside, one)
    # It lies in the unit itself: all of it but who took a step of the other case.
    Case.objects.filter(pk=one.pk).update(at_unit=centre, role="clerk")
    assert {"see", "work"} <= rights(colleague, one)
    assert rights(clerk, one) == set()
    assert {"see", "assign", "work"} <= rights(head, one)
    before.steps.update(post=head.post)
    assert rights(head, one) == set()
    assert {"see", "assign", "work"} <= rights(above, one)
    for who, found in ((colleague, 1), (clerk, 0), (head, 0), (above, 1)):
        for whose in (Whose.MINE, Whose.UNIT, Whose.BELOW):
            listed = worklist(who.actor, WorkFilter(whose=whose)).filter(pk=one.pk).count()
            assert listed <= found
    assert worklist(colleague.actor, WorkFilter()).filter(pk=one.pk).exists()
    Case.objects.filter(pk=one.pk).update(due_at=timezone.now() - timedelta(days=3))
    lying = [case.case.pk for unit in late_list(above.actor).units for case in unit.cases]
    assert lying == [one.pk]
    assert late_list(head.actor).count == 0


def test_no_desk_has_a_complaint_about_what_its_post_did(top: Unit, centre: Unit) -> None:
    clerk, colleague = staff(centre, "clerk"), staff(centre, "clerk")
    before = case(service(centre), post=staff(centre, "officer").post)
    before.steps.update(by_post=clerk.post)
    one = case(service(centre, variant("hear", kind="complaint")), about=before)
    for who, found in ((clerk, []), (colleague, [one.pk])):
        asked = DeskQuestion(who.actor, timezone.now(), frozenset({who.post.pk}))
        assert [item.ref.id for item in cases_at_hand(asked)] == found
