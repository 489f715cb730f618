"""Steps of a case: by whom, in which order, what they require, and two who are quick at once."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from diwan.directory.models import Unit
from diwan.directory.tests.factories import Staff, UnitFactory, staff
from diwan.kernel.errors import Conflict, Forbidden, Refused
from diwan.kernel.models import AuditEntry, Notice
from diwan.services.actions.given import Asked, GivenFile, StepWords
from diwan.services.actions.inquiries import ask
from diwan.services.actions.steps import (
    act,
    act_many,
    add_note,
    add_visit,
    assign,
    put_back,
    return_case,
    take,
)
from diwan.services.errors import FormFaults
from diwan.services.models import Case, CaseFile, CasePause, CaseStep, Service

from .factories import FORM, SIMPLE, case, service, variant

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit() -> Unit:
    """Where cases lie."""
    return UnitFactory.create()


@pytest.fixture
def clerk(unit: Unit) -> Staff:
    """Who looks at the papers."""
    return staff(unit, "clerk")


@pytest.fixture
def officer(unit: Unit) -> Staff:
    """Who decides."""
    return staff(unit, "officer")


def at_review(of: Service, **more: Any) -> Case:
    """A case that lies with the officer."""
    return case(of, state="review", role="officer", **more)


def test_a_step_leaves_one_state_and_enters_the_next(unit: Unit, clerk: Staff) -> None:
    one = case(service(unit))
    after = act(clerk.actor, one, "forward", StepWords(note="کامل است"), expected_state="new")
    assert (after.state, after.role, after.phase) == ("review", "officer", "open")
    first, second = CaseStep.objects.filter(case=one)
    assert (first.action, first.by_post, first.note) == ("forward", clerk.post, "کامل است")
    assert first.left_at == second.entered_at
    assert second.due_at == after.due_at
    assert after.due_at is not None
    assert after.due_at > timezone.now()
    entry = AuditEntry.objects.get(subject_id=one.pk)
    assert entry.changes["state"][1]["en"] == "Expert review"
    assert "کامل" not in str(entry.changes)


def test_the_second_of_two_clerks_learns_what_happened(unit: Unit, clerk: Staff) -> None:
    one = case(service(unit))
    second = staff(unit, "clerk")
    act(clerk.actor, one, "forward")
    with translation.override("en"), pytest.raises(Conflict, match=r"Pass on.*Expert review"):
        act(second.actor, one, "forward", expected_state="new")
    assert CaseStep.objects.filter(case=one).count() == 2


def test_the_second_who_takes_a_case_learns_who_has_it(unit: Unit, clerk: Staff) -> None:
    one, other = case(service(unit)), staff(unit, "clerk")
    take(clerk.actor, one)
    name = clerk.post.versions.get().name["en"]
    with translation.override("en"), pytest.raises(Conflict, match=name):
        take(other.actor, one)
    with pytest.raises(Forbidden):
        act(other.actor, one, "forward")
    assert put_back(clerk.actor, one).post is None
    assert take(other.actor, one).post == other.post


def test_a_head_names_who_works_on_it(unit: Unit, clerk: Staff, officer: Staff) -> None:
    one, head = case(service(unit)), staff(unit, "head")
    assert assign(head.actor, one, officer.post).post == officer.post
    assert act(officer.actor, one, "forward").post is None  # of another role: nobody's again
    with pytest.raises(Forbidden):
        assign(clerk.actor, one, clerk.post)
    stranger = staff(UnitFactory.create(), "clerk")
    with translation.override("en"), pytest.raises(Refused, match="works in the unit"):
        assign(head.actor, one, stranger.post)


def test_an_end_says_whether_the_promise_was_kept(unit: Unit, officer: Staff) -> None:
    made, now = service(unit), timezone.now()
    kept = act(officer.actor, at_review(made), "grant")
    broken = at_review(made, promised_at=now - timedelta(hours=1))
    with translation.override("en"), pytest.raises(Refused, match="what the applicant is told"):
        act(officer.actor, broken, "refuse")
    after = act(officer.actor, broken, "refuse", StepWords(said="درخت سالم است"))
    assert (kept.phase, kept.on_time, kept.due_at) == ("done", True, None)
    assert (after.phase, after.on_time, after.state) == ("refused", False, "refused")
    assert not CaseStep.objects.filter(left_at=None).exists()
    with translation.override("en"), pytest.raises(Conflict, match=r"Refuse.*Not granted"):
        act(officer.actor, after, "grant", expected_state="review")


def test_everything_missing_is_asked_at_once(unit: Unit, clerk: Staff) -> None:
    one = case(service(unit))
    with translation.override("en"), pytest.raises(Refused, match="everything that is missing"):
        return_case(clerk.actor, one, [])
    asked = [Asked(paper="deed"), Asked(text={"fa": "عکس درخت"})]
    after = return_case(clerk.actor, one, asked, "لطفاً هر دو را بیاورید")
    pause = CasePause.objects.get(case=one)
    assert (after.phase, after.returned, after.state) == ("waiting", 1, "new")
    assert [row["paper"] for row in pause.asked] == ["deed", ""]
    assert Notice.objects.get().data == {"when": "returned"}
    with pytest.raises(Refused):  # as by a second click
        return_case(clerk.actor, one, [Asked(paper="deed")])
    again = return_case(clerk.actor, one, [Asked(text={"fa": "نقشه"})])
    assert again.returned == 2
    assert CasePause.objects.get(until_at=None).since_at == pause.since_at


def test_a_step_takes_what_the_workbook_requires(unit: Unit, officer: Staff) -> None:
    height = replace(
        FORM.nodes[1], name="height", path="/data/height", by="office", constraint=". > 0"
    )
    grant = replace(SIMPLE.states[1].actions[0], requires=("height", "output"))
    review = replace(SIMPLE.states[1], actions=(grant,))
    definition = variant("measured", states=(SIMPLE.states[0], review, *SIMPLE.states[2:]))
    made = service(unit, definition, replace(FORM, nodes=(*FORM.nodes, height)))
    one = at_review(made)
    paper = GivenFile("licence.pdf", io.BytesIO(b"%PDF-1.4\n%%EOF\n"), output=True)
    with translation.override("en"):
        with pytest.raises(Refused, match="the applicant is given"):
            act(officer.actor, one, "grant", StepWords(answers={"height": "3"}))
        with pytest.raises((Refused, FormFaults)):
            act(officer.actor, one, "grant", StepWords(files=[paper]))
        with pytest.raises(Refused, match="no question"):
            act(officer.actor, one, "grant", StepWords(answers={"name": "x"}, files=[paper]))
    assert not CaseFile.objects.exists()
    words = StepWords(answers={"height": "3"}, files=[paper])
    assert act(officer.actor, one, "grant", words).phase == "done"
    assert CaseFile.objects.get().output
    one.answers.refresh_from_db()
    assert one.answers.answers["height"] == "3"
    assert one.answers.answers["name"] == "سارا بهاری"
    assert one.steps.get().answers == {"height": "3"}


def test_where_the_next_step_lies(unit: Unit) -> None:
    top = UnitFactory.create(kind="ministry")
    centre = UnitFactory.create(parent=UnitFactory.create(parent=top, kind="province"))
    places = {"above": "province", "kind:ministry": "ministry", "kind:nothing": "office"}
    for number, (where, kind) in enumerate(places.items()):
        review = replace(SIMPLE.states[1], where=where)
        states = (SIMPLE.states[0], review, *SIMPLE.states[2:])
        made = service(centre, variant(f"where-{number}", states=states))
        after = act(staff(centre, "clerk").actor, case(made), "forward")
        assert after.at_unit.versions.get().kind == kind
        assert after.unit == centre


def test_many_at_once_are_done_each_by_itself(unit: Unit, officer: Staff) -> None:
    made = service(unit)
    cases = [at_review(made) for _n in range(3)]
    act(officer.actor, cases[1], "grant")
    stranger = at_review(service(UnitFactory.create(), variant("other")))
    results = act_many(officer.actor, [*cases, stranger], "grant")
    assert [one.done for one in results] == [True, False, True, False]
    assert Case.objects.filter(phase="done").count() == 3
    with translation.override("en"):
        refused = act_many(officer.actor, [at_review(made)], "refuse", StepWords(said="."))
        assert "each case by itself" in str(refused[0].sentence)


def test_notes_and_visits(unit: Unit, clerk: Staff, officer: Staff) -> None:
    one = case(service(unit))
    assert add_note(officer.actor, one, " دو بار زنگ زد ").text == "دو بار زنگ زد"
    assert add_visit(clerk.actor, one).visits == 1
    asked = staff(UnitFactory.create(register=unit.register), "officer")
    ask(clerk.actor, one, [asked.post.unit_id], "?")
    assert add_note(asked.actor, one, "نقشه هست").text == "نقشه هست"
    with pytest.raises(Forbidden):
        add_visit(asked.actor, one)
    with pytest.raises(Refused):
        add_note(clerk.actor, one, " ")


def test_a_step_costs_few_questions(
    unit: Unit, clerk: Staff, django_assert_max_num_queries: Any
) -> None:
    made = service(unit)
    act(clerk.actor, case(made), "forward")
    one = case(made)
    with django_assert_max_num_queries(20):
        act(clerk.actor, one, "forward", expected_state="new")
