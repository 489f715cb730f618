"""What the applicant does (bring, withdraw, reopen), and what other departments say."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from diwan.directory.models import Unit
from diwan.directory.tests.factories import Staff, UnitFactory, staff
from diwan.kernel.errors import Conflict, Forbidden, NotFound, Refused
from diwan.kernel.policies import Actor, ActorKind
from diwan.services.actions.applicants import act_as_applicant, bring, reopen, withdraw
from diwan.services.actions.given import Asked, GivenFile, StepWords
from diwan.services.actions.inquiries import answer, ask, withdraw_inquiry
from diwan.services.actions.linking import link, unlink
from diwan.services.actions.moving import look_for_late
from diwan.services.actions.steps import act, return_case
from diwan.services.models import Case, CaseNote, CasePause, Inquiry
from diwan.services.queries.owing import owners_of, responsible_of
from diwan.services.queries.story import story_of
from diwan.services.rules.definition import StepAction

from .factories import SIMPLE, case, service, variant

pytestmark = pytest.mark.django_db
SUNDAY = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
TUESDAY, THURSDAY = SUNDAY + timedelta(days=2), SUNDAY + timedelta(days=4)


def citizen(at: datetime) -> Actor:
    """Somebody who showed the code."""
    return Actor(ActorKind.ANONYMOUS, at)


def paper(name: str = "deed.pdf") -> GivenFile:
    """A file to bring."""
    return GivenFile(name, io.BytesIO(b"%PDF-1.4\n%%EOF\n"))


@pytest.fixture
def unit() -> Unit:
    """Where cases lie."""
    return UnitFactory.create()


@pytest.fixture
def clerk(unit: Unit) -> Staff:
    """Who looks at the papers."""
    return staff(unit, "clerk")


def new(unit: Unit, **more: Any) -> Case:
    """A case of a Sunday morning, due on Tuesday, promised for Saturday."""
    due = {"due_at": SUNDAY + timedelta(days=2, hours=5), "promised_at": SUNDAY + timedelta(6)}
    return case(service(unit), filed_at=SUNDAY, **{**due, **more})


def test_the_clock_stands_still_until_everything_is_brought(unit: Unit, clerk: Staff) -> None:
    one = new(unit)
    return_case(clerk.actor_at(SUNDAY), one, [Asked(paper="deed"), Asked(question="trees")])
    before = one.promised_at
    with translation.override("en"), pytest.raises(Refused, match="Attach a paper"):
        bring(citizen(TUESDAY), one, {"trees": "2"})
    after = bring(citizen(TUESDAY), one, {"trees": "3"}, [paper()], "سند را آوردم")
    assert (after.phase, after.state) == ("open", "new")
    # Two working days, the first of them Tuesday: Monday was the applicant's.
    assert after.due_at == datetime(2026, 11, 25, 11, 0, tzinfo=UTC)
    assert before is not None
    assert after.promised_at is not None
    assert after.promised_at > before
    assert CasePause.objects.get().until_at == TUESDAY
    one.answers.refresh_from_db()
    assert one.answers.answers["trees"] == "3"
    assert one.files.get().by_applicant
    with translation.override("en"), pytest.raises(Refused, match="Nothing is asked"):
        bring(citizen(TUESDAY), one, {}, [paper()])


def test_a_clerk_brings_it_for_who_stands_at_the_counter(unit: Unit, clerk: Staff) -> None:
    one = new(unit)
    return_case(clerk.actor_at(SUNDAY), one, [Asked(paper="deed")])
    with pytest.raises(NotFound):
        bring(staff(UnitFactory.create(), "clerk").actor_at(TUESDAY), one, {}, [paper()])
    assert bring(clerk.actor_at(TUESDAY), one, {}, [paper()]).phase == "open"


def test_a_case_is_withdrawn_whoever_has_it(unit: Unit, clerk: Staff) -> None:
    one = new(unit)
    ask(clerk.actor_at(SUNDAY), one, [UnitFactory.create(register=unit.register).pk], "نظر؟")
    after = withdraw(citizen(TUESDAY), one, "خانه فروخته شد")
    assert (after.phase, after.ended_at, after.on_time) == ("withdrawn", TUESDAY, True)
    assert Inquiry.objects.get().withdrawn_at == TUESDAY
    assert CaseNote.objects.get().by_applicant
    with translation.override("en"), pytest.raises(Refused, match="is ended"):
        withdraw(citizen(TUESDAY), one)


def test_it_is_reopened_within_its_days_with_a_promise_of_its_own(unit: Unit, clerk: Staff) -> None:
    one = new(unit)
    withdraw(citizen(SUNDAY), one)
    head = staff(unit, "head")
    with translation.override("en"):
        with pytest.raises(Refused, match="why the case"):
            reopen(citizen(TUESDAY), one, " ")
        with pytest.raises(Refused, match="30 days"):
            reopen(citizen(SUNDAY + timedelta(days=31)), one, "هنوز حل نشده")
        with pytest.raises(Refused, match="30 days"):
            reopen(clerk.actor_at(SUNDAY + timedelta(days=31)), one, "هنوز حل نشده")
    after = reopen(citizen(THURSDAY), one, "هنوز حل نشده")
    assert (after.phase, after.state, after.reopened, after.ended_at) == ("open", "new", 1, None)
    # Five working days after that Thursday.
    assert after.promised_at == datetime(2026, 12, 2, 11, 0, tzinfo=UTC)
    assert [step.number for step in after.steps.all()] == [1, 2]
    withdraw(citizen(THURSDAY), one)
    assert reopen(head.actor_at(THURSDAY + timedelta(days=90)), one, "دستور").reopened == 2


def test_a_step_that_the_workbook_leaves_to_the_applicant(unit: Unit, clerk: Staff) -> None:
    agree = StepAction("agree", {"en": "Agree"}, "done", by="applicant")
    first = replace(SIMPLE.states[0], actions=(*SIMPLE.states[0].actions, agree))
    made = service(unit, variant("agreed", states=(first, *SIMPLE.states[1:])))
    one = case(made, filed_at=SUNDAY)
    with translation.override("en"):
        with pytest.raises(Refused, match="not for the office"):
            act(clerk.actor_at(SUNDAY), one, "agree")
        with pytest.raises(Refused, match="no such step"):
            act_as_applicant(citizen(SUNDAY), one, "forward")
    assert act_as_applicant(citizen(TUESDAY), one, "agree").phase == "done"


def test_a_step_waits_for_all_departments_that_were_asked(unit: Unit, clerk: Staff) -> None:
    one = new(unit)
    first, second, third = (UnitFactory.create(register=unit.register) for _n in range(3))
    inquiries = ask(clerk.actor_at(SUNDAY), one, [first.pk, second.pk, third.pk], "مانعی هست؟")
    expert = staff(first, "officer")
    by_unit = {inquiry.unit_id: inquiry for inquiry in inquiries}
    with translation.override("en"):
        with pytest.raises(Refused, match="3 departments"):
            act(clerk.actor_at(SUNDAY), one, "forward")
        with pytest.raises(Refused, match="asked already"):
            ask(clerk.actor_at(SUNDAY), one, [first.pk], "باز هم؟")
        with pytest.raises(Refused, match="objection needs"):
            answer(expert.actor_at(SUNDAY), by_unit[first.pk], "objects", "")
    answer(expert.actor_at(SUNDAY), by_unit[first.pk], "agrees", "")
    with pytest.raises(Conflict):
        answer(expert.actor_at(SUNDAY), by_unit[first.pk], "objects", "نه")
    with pytest.raises(Forbidden):
        answer(expert.actor_at(SUNDAY), by_unit[second.pk], "agrees", "")
    with pytest.raises(NotFound):
        answer(staff(UnitFactory.create()).actor, by_unit[second.pk], "agrees", "")
    withdraw_inquiry(clerk.actor_at(SUNDAY), by_unit[second.pk])
    answer(staff(third, "clerk").actor_at(SUNDAY), by_unit[third.pk], "says", "پرونده دارد")
    assert act(clerk.actor_at(SUNDAY), one, "forward").state == "review"


def test_steps_of_the_applicant_and_of_the_system_respect_an_open_inquiry(
    unit: Unit, clerk: Staff
) -> None:
    agree = StepAction("agree", {"en": "Agree"}, "review", by="applicant")
    up = StepAction("up", {"en": "Up"}, "review", by="system")
    first = replace(SIMPLE.states[0], actions=(*SIMPLE.states[0].actions, agree, up))
    made = service(unit, variant("agreed", states=(first, *SIMPLE.states[1:])))
    one = case(made, filed_at=SUNDAY, due_at=SUNDAY)
    beside = UnitFactory.create(register=unit.register, name={"en": "Cadastre"})
    inquiry = ask(clerk.actor_at(SUNDAY), one, [beside.pk], "نظر؟")[0]
    officer = staff(unit, "officer")
    with translation.override("en"), pytest.raises(Refused, match="office is waiting") as told:
        act_as_applicant(citizen(SUNDAY), one, "agree")
    assert "Cadastre" not in str(told.value)
    # What is late goes up all the same; the department is waited for there.
    assert look_for_late(TUESDAY) == 1
    with translation.override("en"), pytest.raises(Refused, match="Cadastre"):
        act(officer.actor_at(TUESDAY), one, "grant")
    answer(staff(beside, "officer").actor_at(TUESDAY), inquiry, "agrees", "")
    assert act(officer.actor_at(TUESDAY), one, "grant").phase == "done"


def test_two_cases_are_joined_once(unit: Unit, clerk: Staff) -> None:
    made = service(unit)
    one, other = case(made), case(made)
    joined = link(clerk.actor, one, other, "duplicate")
    with translation.override("en"):
        with pytest.raises(Refused, match="already"):
            link(clerk.actor, other, one, "together")
        with pytest.raises(Refused, match="itself"):
            link(clerk.actor, one, one, "together")
    stranger = case(service(UnitFactory.create(), variant("strange")))
    with pytest.raises(NotFound):
        link(clerk.actor, one, stranger, "together")
    unlink(clerk.actor, joined)
    assert not one.links.exists()


def test_the_applicant_reads_of_one_office(unit: Unit, clerk: Staff) -> None:
    one = new(unit)
    at = clerk.actor_at(SUNDAY)
    inquiry = ask(at, one, [UnitFactory.create(register=unit.register).pk], "نظر؟")[0]
    withdraw_inquiry(at, inquiry)
    return_case(at, one, [Asked(paper="deed")], "سند بیاورید", note="مشکوک است")
    bring(citizen(TUESDAY), one, {}, [paper()], "آوردم")
    officer = staff(unit, "officer").actor_at(THURSDAY)
    act(clerk.actor_at(TUESDAY + timedelta(hours=1)), one, "forward", StepWords(note="فوری"))
    act(officer, one, "refuse", StepWords(said="درخت سالم است"))
    reopen(citizen(THURSDAY + timedelta(1)), one, "سالم نیست")
    with translation.override("en"):
        seen = story_of(one, public=True)
        whole = story_of(one, public=False)
    assert [line.kind for line in seen if line.kind != "said"] == [
        "filed",
        "returned",
        "resumed",
        "step",
        "ended",
        "reopened",
    ]
    assert not any(line.post_id for line in seen)
    words = " ".join([line.words + line.text for line in seen])
    assert "مشکوک" not in words
    assert "فوری" not in words
    assert "درخت سالم است" in words
    assert next(line for line in seen if line.kind == "returned").missing == ("Title deed",)
    assert [file.name for line in seen for file in line.files] == ["deed.pdf"]
    assert {"asked", "asked_back", "note"} <= {line.kind for line in whole}
    assert clerk.post.pk in {line.post_id for line in whole}


def test_who_owes_a_step_and_who_answers_for_it(unit: Unit, clerk: Staff) -> None:
    made, head = service(unit), staff(unit, "head")
    rows = [case(made), case(made, role="officer"), case(made, post=head.post)]
    rows = list(Case.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk"))
    owing = owners_of(rows, clerk.actor.at)
    assert owing[rows[0].pk].post_ids == (clerk.post.pk,)
    assert (owing[rows[1].pk].vacant, owing[rows[1].pk].head_post_id) == (True, head.post.pk)
    assert owing[rows[2].pk].post_ids == (head.post.pk,)
    assert responsible_of([unit.pk], clerk.actor.at) == {unit.pk: head.post.pk}


def test_a_department_that_is_asked_does_nothing_for_the_applicant(unit: Unit) -> None:
    one = new(unit)
    beside = UnitFactory.create(register=unit.register)
    clerk, asked = staff(unit, "clerk"), staff(beside, "officer")
    ask(clerk.actor_at(SUNDAY), one, [beside.pk], "نظر؟")
    with pytest.raises(Forbidden):
        withdraw(asked.actor_at(TUESDAY), one, "not theirs to say")
    assert withdraw(clerk.actor_at(TUESDAY), one, "asked for at the counter").phase == "withdrawn"


def test_a_complaint_is_withdrawn_by_who_complained_or_by_a_head(unit: Unit) -> None:
    told = variant("complaint", kind="complaint")
    clerk, head = staff(unit, "clerk"), staff(unit, "head")
    one = case(service(unit, told))
    with translation.override("en"), pytest.raises(Forbidden, match="by who complained"):
        withdraw(clerk.actor_at(one.filed_at), one, "it was about me")
    assert withdraw(citizen(one.filed_at), one).phase == "withdrawn"
    two = case(one.service)
    assert withdraw(head.actor_at(two.filed_at), two, "they rang").phase == "withdrawn"
