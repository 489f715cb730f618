"""What happens without anybody's hand: late steps, ended posts and units, forgotten applicants."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone, translation

from diwan.directory.models import Unit, UnitDay, UnitVersion
from diwan.directory.public import rebuild_paths
from diwan.directory.tests.factories import Staff, UnitFactory, staff, system
from diwan.kernel.errors import Forbidden, Refused
from diwan.kernel.exchange import Ref
from diwan.kernel.models import AuditEntry, Notice, PersonalValue, StoredFile
from diwan.kernel.policies import Actor
from diwan.services.actions.applicants import bring, reopen, withdraw
from diwan.services.actions.attaching import attach
from diwan.services.actions.erasing import erase_applicant, erase_before
from diwan.services.actions.given import Asked, GivenFile
from diwan.services.actions.inquiries import answer, ask
from diwan.services.actions.moving import look_for_late, move_from_closed, pass_on
from diwan.services.actions.steps import act, add_note, add_visit, return_case, take
from diwan.services.constants import CASE, TO_HEAD
from diwan.services.models import Case, Ending
from diwan.services.policies import CASES
from diwan.services.provides.notices import declare_notices
from diwan.services.provides.ticks import closed_units
from diwan.services.rules.definition import StepAction
from diwan.services.tests.factories import SIMPLE, case, service, variant

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit() -> Unit:
    """Where cases lie, below another."""
    return UnitFactory.create(parent=UnitFactory.create())


@pytest.fixture
def clerk(unit: Unit) -> Staff:
    """Who looks at the papers."""
    return staff(unit, "clerk")


def test_a_head_is_told_once_that_a_step_is_late(unit: Unit, clerk: Staff) -> None:
    head, now = staff(unit, "head"), timezone.now()
    late = case(service(unit), due_at=now - timedelta(hours=1))
    case(late.service)
    assert look_for_late(now) == 1
    assert look_for_late(now + timedelta(minutes=1)) == 0
    notice = Notice.objects.get(kind=TO_HEAD)
    assert notice.user_id == head.user.pk
    assert notice.data == {"when": "late", "state": "new"}
    # Asked and brought, it may grow late again.
    return_case(clerk.actor, late, [Asked(paper="deed")])
    assert look_for_late(now + timedelta(days=20)) == 1  # the other one
    bring(Actor.anonymous(), late, {}, words="آوردم")
    assert look_for_late(now + timedelta(days=20)) == 1


def test_one_broken_case_keeps_no_others_waiting(
    unit: Unit, caplog: pytest.LogCaptureFixture
) -> None:
    now = timezone.now()
    broken = case(service(unit), due_at=now - timedelta(hours=2))
    Case.objects.filter(pk=broken.pk).update(state="of no workbook")
    one = case(broken.service, due_at=now - timedelta(hours=1))
    assert look_for_late(now) == 1
    one.refresh_from_db()
    assert one.told_late
    assert str(broken.pk) in caplog.text


def test_a_late_complaint_goes_up_by_itself(unit: Unit) -> None:
    up = StepAction("up", {"fa": "ارجاع به مافوق"}, "above", by="system")
    first = replace(SIMPLE.states[0], actions=(*SIMPLE.states[0].actions, up))
    above = replace(SIMPLE.states[1], key="above", where="above", role="head")
    made = service(unit, variant("objection", states=(first, *SIMPLE.states[1:], above)))
    one = case(made, due_at=timezone.now() - timedelta(minutes=1))
    assert look_for_late(timezone.now()) == 1
    one.refresh_from_db()
    assert (one.state, one.role, one.told_late) == ("above", "head", False)
    assert one.at_unit == unit.versions.get().parent
    assert one.unit == unit
    assert one.due_at is not None
    assert one.due_at > timezone.now()
    assert AuditEntry.objects.filter(subject_id=one.pk, verb="step").exists()


def test_what_an_ended_post_had_taken_is_passed_on(unit: Unit, clerk: Staff) -> None:
    made, heir, far = service(unit), staff(unit, "clerk"), staff(UnitFactory.create(), "clerk")
    one = take(clerk.actor, case(made))
    assert pass_on(system(), clerk.post.pk, heir.post.pk) == 1
    assert pass_on(system(), clerk.post.pk, heir.post.pk) == 0
    one.refresh_from_db()
    assert one.post == one.steps.get().post == heir.post
    assert pass_on(system(), heir.post.pk, far.post.pk) == 1
    one.refresh_from_db()
    assert one.post is None


def test_cases_of_a_closed_unit_go_to_what_it_became_or_above(unit: Unit) -> None:
    parent = unit.versions.get().parent
    assert parent is not None
    heir, other = (UnitFactory.create(parent=parent) for _n in range(2))
    made = service(unit)
    one, ended = case(made), case(service(other, variant("other")), other)
    yesterday = timezone.now().date() - timedelta(days=1)
    UnitVersion.objects.filter(unit__in=(unit, other)).update(until=yesterday)
    Unit.objects.filter(pk=unit.pk).update(becomes=heir)
    rebuild_paths([unit.pk, other.pk])
    assert move_from_closed(timezone.now()) == 2
    assert move_from_closed(timezone.now()) == 0
    one.refresh_from_db()
    ended.refresh_from_db()
    assert one.at_unit == one.unit == one.steps.get().unit == heir
    assert ended.at_unit == parent


def close(*units: Unit, days: int = 1, becomes: Unit | None = None) -> None:
    """Units end so many days ago, entered in the directory today."""
    day = timezone.now().date() - timedelta(days=days)
    UnitVersion.objects.filter(unit__in=units).update(until=day)
    Unit.objects.filter(pk__in=[unit.pk for unit in units]).update(becomes=becomes)
    rebuild_paths([unit.pk for unit in units])


def test_cases_of_a_unit_closed_long_ago_are_moved_and_count_by_its_days(unit: Unit) -> None:
    parent = unit.versions.get().parent
    assert parent is not None
    one = case(service(unit))
    today = timezone.now().date()
    shut = (today + timedelta(days=n) for n in range(60))
    UnitDay.objects.bulk_create(UnitDay(unit=parent, day=day) for day in shut)
    close(unit, days=400)
    assert move_from_closed(timezone.now()) == 1
    moved = Case.objects.get(pk=one.pk)
    assert moved.at_unit == parent
    assert moved.promised_at is not None
    assert moved.promised_at > timezone.now() + timedelta(days=59)
    assert AuditEntry.objects.filter(subject_id=one.pk, verb="recount").exists()
    assert move_from_closed(timezone.now()) == 0


def test_a_request_that_began_before_the_move_comes_after_it(unit: Unit) -> None:
    one = case(service(unit))
    close(unit)
    asked = replace(Actor.anonymous(), at=timezone.now())
    assert move_from_closed(asked.at + timedelta(seconds=2)) == 1
    ended = withdraw(asked, one)
    assert ended.phase == "withdrawn"
    assert ended.ended_at == ended.unit_since_at
    moved, last = Ending.objects.order_by("began_at")
    assert (moved.outcome, last.outcome) == ("moved", "withdrawn")
    assert moved.ended_at == last.began_at == last.ended_at


def test_closed_units_are_looked_at_until_none_is_left(unit: Unit) -> None:
    made, now = service(unit), timezone.now()
    for _n in range(3):
        case(made)
    close(unit)
    with patch("diwan.services.actions.moving.BATCH", 2):
        for minute in range(3):
            closed_units(now + timedelta(minutes=minute))
    assert not Case.objects.filter(at_unit=unit).exists()
    case(made)
    closed_units(now + timedelta(minutes=4))
    assert Case.objects.filter(at_unit=unit).count() == 1
    closed_units(now + timedelta(minutes=30))
    assert not Case.objects.filter(at_unit=unit).exists()


def test_an_inquiry_to_a_closed_department_goes_to_its_heir_or_is_taken_back(
    unit: Unit, clerk: Staff
) -> None:
    parent = unit.versions.get().parent
    heir, gone = (UnitFactory.create(parent=parent) for _n in range(2))
    one, other = case(service(unit)), case(service(unit, variant("other")))
    ask(clerk.actor, one, [gone.pk], "?")
    ask(clerk.actor, other, [gone.pk, heir.pk], "?")
    close(gone, becomes=heir)
    assert move_from_closed(timezone.now()) == 2
    assert move_from_closed(timezone.now()) == 0
    assert one.inquiries.get().unit == heir
    # The heir is asked already: once is enough.
    assert other.inquiries.get(withdrawn_at=None).unit == heir
    assert AuditEntry.objects.filter(verb="move_inquiry").count() == 2
    answer(staff(heir, "officer").actor, one.inquiries.get(), "agrees", "")
    assert act(clerk.actor, one, "forward").state == "review"


def test_an_inquiry_to_a_department_of_which_nothing_is_left_is_taken_back(
    unit: Unit, clerk: Staff
) -> None:
    alone, one = UnitFactory.create(register=unit.register), case(service(unit))
    ask(clerk.actor, one, [alone.pk], "?")
    close(alone)
    assert move_from_closed(timezone.now()) == 1
    assert one.inquiries.get().withdrawn_at is not None


def test_a_case_reopened_after_its_unit_ended_lies_with_its_heir(unit: Unit, clerk: Staff) -> None:
    heir = UnitFactory.create(parent=unit.versions.get().parent)
    one = case(service(unit))
    withdraw(Actor.anonymous(), one)
    close(unit, days=10, becomes=heir)
    again = reopen(Actor.anonymous(), one, "باز هم")
    assert again.at_unit == again.steps.get(left_at=None).unit == heir
    assert CASES.may(staff(heir, "clerk").actor, "work", again)
    assert move_from_closed(timezone.now()) == 0


def test_the_applicant_is_forgotten_and_the_case_is_still_counted(unit: Unit, clerk: Staff) -> None:
    one = case(service(unit), title="باغ بهاری")
    asked = [Asked(paper="deed"), Asked(question="trees")]
    return_case(clerk.actor, one, asked, "سند سارا بهاری")
    paper = GivenFile("deed.pdf", io.BytesIO(b"%PDF-1.4\n%%EOF\n"))
    bring(Actor.anonymous(), one, {"trees": "3"}, [paper], "سارا")
    withdraw(Actor.anonymous(), one, "سارا")
    with pytest.raises(Forbidden):
        erase_applicant(clerk.actor, one)
    assert erase_before(timezone.now() - timedelta(days=1)) == 0
    assert erase_before(timezone.now() + timedelta(days=1)) == 1
    assert erase_before(timezone.now() + timedelta(days=1)) == 0
    one = Case.objects.get(pk=one.pk)
    assert (one.title, one.phase, one.returned) == ("", "withdrawn", 1)
    assert one.applicant.erased_at is not None
    assert (one.applicant.name, one.answers.answers) == ("", {})
    assert not one.files.exists()
    assert not StoredFile.objects.filter(subject_kind=CASE).exists()
    kept = PersonalValue.objects.filter(entry__subject_id=one.pk).exclude(field="actor")
    assert set(kept.values_list("value", flat=True)) == {None}
    assert not Notice.objects.filter(ref_id=one.pk).exists()
    told = [*one.notes.all(), *one.steps.all(), *one.pauses.all()]
    assert "سارا" not in str([vars(row) for row in told])
    # Nothing of a person comes in again, which nobody would ever erase.
    head = staff(unit, "head")
    with translation.override("en"):
        with pytest.raises(Refused, match="was erased"):
            reopen(head.actor, one, "سارا")
        with pytest.raises(Refused, match="was erased"):
            add_note(clerk.actor, one, "سارا")


def test_what_has_ended_takes_no_more_papers_and_counts_no_visits(unit: Unit, clerk: Staff) -> None:
    one = case(service(unit), filed_by=clerk.post)
    given = [GivenFile("deed.pdf", io.BytesIO(b"%PDF-1.4\n%%EOF\n"), "/data/deed")]
    assert len(attach(clerk.actor, one, given)) == 1
    withdraw(Actor.anonymous(), one)
    other = GivenFile("card.pdf", io.BytesIO(b"%PDF-1.5\n%%EOF\n"), "/data/card")
    with translation.override("en"):
        with pytest.raises(Refused, match="is ended"):
            attach(clerk.actor, one, [other])
        with pytest.raises(Refused, match="is ended"):
            add_visit(clerk.actor, one)
    # What it has already, a form app may send again.
    assert attach(clerk.actor, one, given) == []


def test_words_to_the_applicant_name_nobody_of_the_house(unit: Unit, clerk: Staff) -> None:
    from diwan.kernel.notices import Telling, kind_of  # noqa: PLC0415 - declared when they start

    declare_notices()
    one = case(service(unit))
    return_case(clerk.actor, one, [Asked(paper="deed")], "کپی کافی نیست")
    kind = kind_of("services.to_applicant")
    assert kind is not None
    with translation.override("en"):
        words = kind.write(Telling(Ref(CASE, one.pk), {"when": "returned"}, None))
    assert words is not None
    assert "Title deed" in words.subject
    assert one.code[:4] in words.subject
    assert str(clerk.post.versions.get().name["en"]) not in str(words)
    assert words.url.endswith(f"/services/follow/{one.code}/")
