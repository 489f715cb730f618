"""Objecting to a resolution: who, until when, and what follows from the answer."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from diwan.accounts.tests.factories import sign_in
from diwan.councils.actions.bylaws import change_bylaws
from diwan.councils.actions.objections import answer_objection, file_objection
from diwan.councils.actions.resolutions import (
    adopt_resolution,
    correct_resolution,
    draft_resolution,
)
from diwan.councils.constants import RESOLUTION, RESOLUTION_ADOPTED
from diwan.councils.models import Bylaws, Escalation, Objection, Resolution
from diwan.councils.policies import OBJECTIONS
from diwan.councils.provides.reminders import remind
from diwan.directory.tests.factories import Staff, UnitFactory, staff
from diwan.kernel.errors import Forbidden, NotFound, Refused
from diwan.kernel.exchange import (
    AgendaQuestion,
    Fact,
    Ref,
    Weight,
    agenda_points,
    publish,
)
from diwan.kernel.models import AuditEntry, Notice
from diwan.kernel.policies import Actor

from .factories import Council, council, duty, meeting_of, resolution_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

BINDS = date(2026, 12, 3)
IN_TIME = datetime(2026, 12, 2, 8, tzinfo=UTC)
TOO_LATE = datetime(2026, 12, 3, 8, tzinfo=UTC)


class Case(NamedTuple):
    """A resolution for the body alone, and the governor who may object to it."""

    made: Council
    governor: Staff
    resolution: Resolution


@pytest.fixture
def case() -> Case:
    made = council(confidentiality="body")
    governor = staff(UnitFactory.create(register=made.body.register))
    bylaws = Bylaws.objects.create(body=made.body, objection_days=14, quorum="none")
    bylaws.objectors.add(governor.post)
    resolution = resolution_of(made.body, binding_date=BINDS)
    resolution.objectors.add(governor.post)
    return Case(made, governor, resolution)


def told(kind: str) -> list[UUID | None]:
    return list(Notice.objects.filter(kind=kind).values_list("user_id", flat=True))


def test_who_may_object_sees_the_resolution_and_is_told_at_its_adoption(case: Case) -> None:
    secretary = case.made.secretary.actor
    ref = Ref(RESOLUTION, case.resolution.pk)
    publish(Fact(RESOLUTION_ADOPTED, ref, secretary, secretary.at, {"number": "1"}))
    assert told("councils.may_object") == [case.governor.user.pk]
    with time_machine.travel(IN_TIME, tick=False):
        row = file_objection(
            case.governor.actor, case.resolution, case.governor.post.pk, text="It costs too much."
        )
    assert row.outcome == ""
    assert told("councils.objected") == [case.made.secretary.user.pk]
    entry = AuditEntry.objects.get(verb="object")
    assert entry.post_id == case.governor.post.pk
    assert entry.changes["objection"] == [None, "It costs too much."]


def test_what_is_refused_changes_nothing(case: Case) -> None:
    post, resolution = case.governor.post.pk, case.resolution
    too_late = pytest.raises(Refused, match="Objections were possible until")
    with time_machine.travel(TOO_LATE, tick=False), too_late:
        file_objection(case.governor.actor, resolution, post, text="Too late.")
    with time_machine.travel(IN_TIME, tick=False):
        with pytest.raises(Refused, match="Say what you object to"):
            file_objection(case.governor.actor, resolution, post, text="  ")
        with pytest.raises(Refused, match="this post no right"):
            file_objection(
                case.made.secretary.actor, resolution, case.made.chair.post.pk, text="No."
            )
        with pytest.raises(Forbidden):
            file_objection(case.made.member.actor, resolution, post, text="No.")
        with pytest.raises(NotFound):
            file_objection(staff(UnitFactory.create()).actor, resolution, post, text="No.")
        plain = resolution_of(case.made.body)
        with pytest.raises(Refused, match="give no days"):
            file_objection(case.made.secretary.actor, plain, post, text="No.")
        assert not Objection.objects.exists()
        # By letter, for a post that may: once.
        file_objection(case.made.secretary.actor, resolution, post, text="A letter.")
        with pytest.raises(Refused, match="has objected"):
            file_objection(case.governor.actor, resolution, post, text="Again.")
    assert Objection.objects.count() == 1


def test_the_answer_has_grounds_is_given_once_and_ends_what_went_up(case: Case) -> None:
    resolution, secretary = case.resolution, case.made.secretary
    action = duty(case.made.body, case.made.member, resolution=resolution, due=BINDS)
    Escalation.objects.create(
        action=action, level=1, due=BINDS, post=case.governor.post, at=IN_TIME
    )
    with time_machine.travel(IN_TIME, tick=False):
        actor = case.governor.actor
        row = file_objection(actor, resolution, case.governor.post.pk, text="No money.")
        with pytest.raises(Forbidden):
            answer_objection(actor, row, accept=True, answer="Mine.")
        with pytest.raises(Refused, match="grounds"):
            answer_objection(secretary.actor, row, accept=True, answer=" ")
        answer_objection(secretary.actor, row, accept=True, answer="The budget is spent.")
        with pytest.raises(Refused, match="answered already"):
            answer_objection(secretary.actor, row, accept=False, answer="No.")
    assert told("councils.objection_answered") == [case.governor.user.pk]
    assert Escalation.objects.get().ended_at is not None
    assert AuditEntry.objects.get(verb="answer_objection").reason == "The budget is spent."


@pytest.mark.parametrize("outcome", ["", "rejected", "accepted"])
def test_nobody_is_reminded_of_what_does_not_bind(case: Case, outcome: str) -> None:
    due = date(2026, 12, 7)
    duty(case.made.body, case.made.member, resolution=case.resolution, due=due)
    Objection.objects.create(
        resolution=case.resolution,
        post=case.governor.post,
        text="No.",
        filed_at=IN_TIME,
        outcome=outcome,
        answered_at=IN_TIME if outcome else None,
    )
    with time_machine.travel(datetime(2026, 12, 7, 8, tzinfo=UTC), tick=False):
        assert remind(case.made.body.unit.country, due.isoformat()) == (outcome == "rejected")


def test_the_pages_say_how_it_stands_and_what_to_do(case: Case, client: Client) -> None:
    url = reverse("councils:resolution", args=[case.resolution.pk])
    action = duty(case.made.body, case.made.member, resolution=case.resolution, due=BINDS)
    sheet = reverse("councils:action", args=[action.pk])
    filing = reverse("councils:object", args=[case.resolution.pk])
    with time_machine.travel(IN_TIME, tick=False):
        sign_in(client, case.governor.user)
        assert "unless somebody objects until" in client.get(url).content.decode()
        page = client.get(filing)
        assert page.status_code == 200
        answer = client.post(filing, {"post": str(case.governor.post.pk), "text": "No money."})
        assert (answer.status_code, answer["Location"]) == (302, url)
        shown = client.get(url).content.decode()
        assert "No money." in shown
        assert filing not in shown
        answering = reverse("councils:answer_objection", args=[Objection.objects.get().pk])
        assert client.get(answering).status_code == 403
        sign_in(client, case.made.secretary.user)
        assert answering in client.get(url).content.decode()
        assert "Suspended" in client.get(sheet).content.decode()
        assert client.post(answering, {"outcome": "rejected"}).status_code == 422
        client.post(answering, {"outcome": "rejected", "answer": "There is money."})
    with time_machine.travel(TOO_LATE + timedelta(days=1), tick=False):
        sign_in(client, case.made.secretary.user)
        assert "Binding since" in client.get(url).content.decode()
        assert "Suspended" not in client.get(sheet).content.decode()
        assert client.get(filing)["Location"] == url


def test_the_public_reads_no_objection(case: Case, client: Client) -> None:
    Resolution.objects.update(confidentiality="public")
    Objection.objects.create(
        resolution=case.resolution, post=case.governor.post, text="Secret.", filed_at=IN_TIME
    )
    shown = client.get(reverse("councils:resolution", args=[case.resolution.pk])).content.decode()
    assert "objected to" in shown
    assert "Secret." not in shown
    assert Actor.anonymous().user_id is None


def test_what_waits_for_an_answer_is_offered_to_the_next_meeting(case: Case) -> None:
    secretary = case.made.secretary.actor
    question = AgendaQuestion(secretary, case.made.body.pk, BINDS)
    assert Ref(RESOLUTION, case.resolution.pk) not in {p.ref for p in agenda_points(question)}
    with time_machine.travel(IN_TIME, tick=False):
        row = file_objection(
            case.governor.actor, case.resolution, case.governor.post.pk, text="No money."
        )
    (point,) = [p for p in agenda_points(question) if p.ref.kind == RESOLUTION]
    assert (point.ref.id, point.weight) == (case.resolution.pk, Weight.WAITING)
    assert "Objection to resolution" in point.text["en"]
    answer_objection(case.made.secretary.actor, row, accept=False, answer="There is money.")
    assert not [p for p in agenda_points(question) if p.ref.kind == RESOLUTION]


def test_who_may_object_stays_as_it_was_when_the_bylaws_change(case: Case, client: Client) -> None:
    secretary, governor = case.made.secretary, case.governor
    meeting = meeting_of(case.made.body, state="held")
    draft = draft_resolution(secretary.actor, meeting, {"text": {"en": "A bridge."}})
    adopted = adopt_resolution(secretary.actor, draft)
    assert adopted.binding_date is not None
    assert OBJECTIONS.may(governor.actor, "object", adopted)
    change_bylaws(case.made.chair.actor, case.made.body, {"objection_days": 0, "objector_ids": []})
    late = draft_resolution(secretary.actor, meeting, {"text": {"en": "A road."}})
    assert not OBJECTIONS.may(governor.actor, "see", adopt_resolution(secretary.actor, late))
    row = file_objection(governor.actor, adopted, governor.post.pk, text="It costs too much.")
    answer_objection(secretary.actor, row, accept=False, answer="There is money.")
    sign_in(client, governor.user)
    url = reverse("councils:resolution", args=[adopted.pk])
    assert "There is money." in client.get(url).content.decode()


def test_an_announcement_is_not_objected_to_and_does_not_become_a_decision(case: Case) -> None:
    actor = case.made.secretary.actor
    meeting = meeting_of(case.made.body, state="held")
    draft = draft_resolution(
        actor, meeting, {"kind": "announced", "text": {"en": "Open on Monday."}}
    )
    adopted = adopt_resolution(actor, draft)
    assert adopted.binding_date is None
    assert not adopted.objectors.exists()
    with pytest.raises(Refused, match="adopted as an announcement"):
        correct_resolution(actor, adopted, {"kind": "resolved"}, reason="Mistyped.")
