"""Confirming an imported meeting's actions in one go, and what follows on the way to closing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from diwan.accounts.tests.factories import sign_in
from diwan.councils.actions.confirming import confirm_many
from diwan.councils.actions.fields import Answer, Choice
from diwan.councils.models import Action, Meeting
from diwan.councils.tests.factories import (
    ActionFactory,
    Council,
    council,
    meeting_of,
    proof,
    resolution_of,
)
from diwan.directory.tests.factories import RegisterFactory, Staff, UnitFactory, staff
from diwan.kernel.models import AuditEntry

pytestmark = pytest.mark.django_db
S = Action.State


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def body() -> Council:
    return council()


@pytest.fixture
def owner(body: Council) -> Staff:
    return staff(UnitFactory.create(parent=body.body.unit))


@pytest.fixture
def meeting(body: Council) -> Meeting:
    return meeting_of(body.body, date=None, imported=True)


def waiting(meeting: Meeting, owner: Staff, count: int) -> list[Action]:
    resolution = resolution_of(meeting.body, meeting=meeting)
    return [
        ActionFactory.create(resolution=resolution, owner=owner.post, state=S.UNCONFIRMED)
        for _each in range(count)
    ]


def url(meeting: Meeting) -> str:
    return f"/en/councils/meetings/{meeting.pk}/confirm/"


def states(meeting: Meeting) -> list[str]:
    rows = Action.objects.filter(resolution__meeting=meeting).order_by("position")
    return list(rows.values_list("state", flat=True))


def test_who_may_open_it(client: Client, body: Council, owner: Staff, meeting: Meeting) -> None:
    waiting(meeting, owner, 1)
    assert client.get(url(meeting)).status_code == 302
    foreigner = staff(UnitFactory.create(register=RegisterFactory.create(country="EG")))
    people = ((foreigner, 404), (owner, 403), (body.member, 403), (body.secretary, 200))
    for who, status in people:
        sign_in(client, who.user)
        assert client.get(url(meeting)).status_code == status
        if status != 200:
            assert client.post(url(meeting)).status_code == status


def test_one_answer_for_all_of_them(
    client: Client, body: Council, owner: Staff, meeting: Meeting
) -> None:
    actions = waiting(meeting, owner, 31)
    sign_in(client, body.secretary.user)
    page = text(client.get(url(meeting)))
    assert "31 actions of an old record wait for your word" in page
    assert "date unknown" in page
    data = {"all-choice": "open", "all-due": "2027-02-01"}
    answer = client.post(url(meeting), data)
    assert answer.status_code == 302
    assert states(meeting) == [S.OPEN] * 31
    actions[0].refresh_from_db()
    assert actions[0].due == date(2027, 2, 1)
    assert AuditEntry.objects.filter(verb="confirm_actions").count() == 1


def test_each_may_differ(client: Client, body: Council, owner: Staff, meeting: Meeting) -> None:
    done, dropped, later, dated, rest = waiting(meeting, owner, 5)
    sign_in(client, body.secretary.user)
    data = {
        "all-choice": "open",
        f"{done.pk.hex}-choice": "done",
        f"{done.pk.hex}-reason": "the record says so",
        f"{dropped.pk.hex}-choice": "drop",
        f"{later.pk.hex}-choice": "later",
        f"{dated.pk.hex}-due": "2027-03-01",
    }
    wrong = client.post(url(meeting), data)
    assert wrong.status_code == 422
    assert "Say in a few words why." in text(wrong)
    assert "the record says so" in text(wrong)
    assert states(meeting) == [S.UNCONFIRMED] * 5
    data[f"{dropped.pk.hex}-reason"] = "the park is gone"
    client.post(url(meeting), data)
    assert states(meeting) == [S.CLOSED, S.DROPPED, S.UNCONFIRMED, S.OPEN, S.OPEN]
    for action in (dropped, dated, rest):
        action.refresh_from_db()
    assert dropped.reason == "the park is gone"
    assert (dated.due, rest.due) == (date(2027, 3, 1), None)


def test_all_for_later_is_said_and_a_reason_for_all_counts_for_each(
    client: Client, body: Council, owner: Staff, meeting: Meeting
) -> None:
    waiting(meeting, owner, 2)
    sign_in(client, body.secretary.user)
    nothing = client.post(url(meeting), {"all-choice": "later"})
    assert nothing.status_code == 422
    assert "Choose at least one action to confirm." in text(nothing)
    missing = client.post(url(meeting), {"all-choice": "drop"})
    assert missing.status_code == 422
    client.post(url(meeting), {"all-choice": "drop", "all-reason": "a new plan came"})
    assert states(meeting) == [S.DROPPED] * 2


def test_somebody_else_confirmed_meanwhile(
    client: Client, body: Council, owner: Staff, meeting: Meeting, monkeypatch: Any
) -> None:
    actions = waiting(meeting, owner, 2)
    sign_in(client, body.secretary.user)
    # Between looking and writing: the page finds both waiting, the database does not.
    monkeypatch.setattr(
        "diwan.councils.views.actions_confirm.waiting_for_word", lambda *_args: actions
    )
    confirm_many(body.chair.actor, meeting, {actions[0].pk: Answer(Choice.OPEN)})
    answer = client.post(url(meeting), {"all-choice": "open"})
    assert answer.status_code == 409
    assert "nothing of yours was stored" in text(answer)
    assert sorted(states(meeting)) == sorted([S.OPEN, S.UNCONFIRMED])


def test_a_long_list_comes_in_parts(
    client: Client, body: Council, owner: Staff, meeting: Meeting, monkeypatch: Any
) -> None:
    monkeypatch.setattr("diwan.councils.views.actions_confirm.ROWS", 3)
    waiting(meeting, owner, 5)
    sign_in(client, body.secretary.user)
    assert "The first 3 are here" in text(client.get(url(meeting)))
    answer = client.post(url(meeting), {"all-choice": "open"})
    assert answer["Location"] == url(meeting)
    assert states(meeting).count(S.UNCONFIRMED) == 2


def test_when_nothing_waits_the_page_leads_to_the_meeting(
    client: Client, body: Council, meeting: Meeting
) -> None:
    sign_in(client, body.secretary.user)
    answer = client.get(url(meeting))
    assert answer.status_code == 302
    assert str(meeting.pk) in answer["Location"]


def test_from_the_old_record_to_closing(
    client: Client, body: Council, owner: Staff, meeting: Meeting
) -> None:
    (action,) = waiting(meeting, owner, 1)
    page = f"/en/councils/actions/{action.pk}/"
    sign_in(client, owner.user)
    before = client.get(page)
    assert before.context["next_step"] is None
    assert "waits for the secretary" in text(before)
    sign_in(client, body.secretary.user)
    client.post(url(meeting), {"all-choice": "open", "all-due": "2027-02-01"})
    sign_in(client, owner.user)
    client.post(f"{page}start/", {})
    upload = proof().upload
    upload.name = "report.txt"  # type: ignore[misc] # what Django's client sends along
    assert client.post(f"{page}report/", {"proofs": upload}).status_code == 302
    sign_in(client, body.secretary.user)
    client.post(f"{page}close/", {})
    assert states(meeting) == [S.CLOSED]


@pytest.mark.parametrize("language", ["fa", "ar", "en"])
def test_the_page_speaks_every_language(
    client: Client, body: Council, owner: Staff, meeting: Meeting, language: str
) -> None:
    waiting(meeting, owner, 2)
    sign_in(client, body.secretary.user)
    answer = client.get(f"/{language}/councils/meetings/{meeting.pk}/confirm/")
    assert answer.status_code == 200
