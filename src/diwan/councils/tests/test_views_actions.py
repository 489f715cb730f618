"""The page of an action with its steps: who is offered what, and the whole way to its closing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from diwan.accounts.tests.factories import sign_in
from diwan.councils.actions.closing import close, drop
from diwan.councils.actions.work import report_done, start
from diwan.councils.models import Action, DateRequest
from diwan.councils.tests.factories import (
    ActionFactory,
    Council,
    council,
    duty,
    proof,
    resolution_of,
)
from diwan.directory.tests.factories import (
    PostFactory,
    RegisterFactory,
    Staff,
    UnitFactory,
    staff,
)
from diwan.kernel.policies import Confidentiality

pytestmark = pytest.mark.django_db
S = Action.State


def text(answer: Any) -> str:
    return str(answer.content.decode())


def url(action: Action, step: str = "", language: str = "en") -> str:
    return f"/{language}/councils/actions/{action.pk}/" + (f"{step}/" if step else "")


def pdf(name: str = "گزارش.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.4\n%%EOF\n", content_type="application/pdf")


@pytest.fixture
def body() -> Council:
    return council()


@pytest.fixture
def owner(body: Council) -> Staff:
    return staff(UnitFactory.create(parent=body.body.unit))


@pytest.fixture
def action(body: Council, owner: Staff) -> Action:
    return duty(body.body, owner, text={"en": "Plant the trees"}, due=date(2027, 1, 20))


@pytest.fixture
def foreigner() -> Staff:
    return staff(UnitFactory.create(register=RegisterFactory.create(country="EG", language="ar")))


# --- who sees it, who may -----------------------------------------------------------------------


def test_who_sees_the_page(
    client: Client, body: Council, owner: Staff, action: Action, foreigner: Staff
) -> None:
    assert client.get(url(action)).status_code == 302
    for who, status in ((owner, 200), (body.secretary, 200), (foreigner, 404)):
        sign_in(client, who.user)
        assert client.get(url(action)).status_code == status
    colleague = staff(body.body.unit)
    sign_in(client, colleague.user)
    shown = text(client.get(url(action)))
    assert "Plant the trees" in shown
    assert "Start the work" not in shown


def test_a_confidential_action_is_not_there_for_others(client: Client, body: Council) -> None:
    outside = UnitFactory.create(register=body.body.register)
    hidden = duty(body.body, staff(outside))
    hidden.resolution.confidentiality = Confidentiality.BODY
    hidden.resolution.save()
    sign_in(client, staff(body.body.unit).user)
    for step in ("", "start", "close"):
        assert client.get(url(hidden, step)).status_code == 404
        assert client.post(url(hidden, step)).status_code in (404, 405)


STEPS = {
    "start": ("owner", S.OPEN),
    "progress": ("owner", S.DOING),
    "attach": ("owner", S.DOING),
    "report": ("owner", S.DOING),
    "ask-date": ("owner", S.OPEN),
    "pass-down": ("owner", S.OPEN),
    "assign": ("secretary", S.OPEN),
    "confirm": ("secretary", S.UNCONFIRMED),
    "return": ("secretary", S.DONE),
    "close": ("secretary", S.DONE),
    "drop": ("secretary", S.OPEN),
    "re-date": ("secretary", S.OPEN),
    "reopen": ("secretary", S.CLOSED),
    "correct": ("secretary", S.OPEN),
}


@pytest.mark.parametrize("step", STEPS)
def test_each_step_is_for_its_own_people(
    client: Client, body: Council, owner: Staff, step: str, foreigner: Staff
) -> None:
    right, state = STEPS[step]
    reason = "once" if state == S.DROPPED else ""
    action = duty(body.body, owner, state=state, reason=reason)
    PostFactory.create(unit=owner.post.unit)
    assert client.get(url(action, step)).status_code == 302
    sign_in(client, foreigner.user)
    assert client.get(url(action, step)).status_code == 404
    people = {"owner": owner, "secretary": body.secretary}
    for role, who in people.items():
        sign_in(client, who.user)
        assert client.get(url(action, step)).status_code == (200 if role == right else 403)
        if role != right:
            assert client.post(url(action, step)).status_code == 403


def test_a_step_that_does_not_follow_leads_back_and_says_why(
    client: Client, body: Council, owner: Staff, action: Action
) -> None:
    sign_in(client, owner.user)
    answer = client.get(url(action, "report"), follow=True)
    assert answer.redirect_chain
    assert "This action is open" in text(answer)
    assert client.get(url(action, "dance")).status_code == 404
    sign_in(client, body.secretary.user)
    again = client.get(url(action, "answer-date"), follow=True)
    assert "is not possible at the moment" in text(again)


# --- the whole way ------------------------------------------------------------------------------


def test_from_start_to_closing(client: Client, body: Council, owner: Staff, action: Action) -> None:
    sign_in(client, owner.user)
    page = client.get(url(action))
    assert page.context["next_step"].label == "Start the work"
    # The button of the page is a form that works without JavaScript.
    seen = {"as_seen": page.context["as_seen"]}
    sent = client.post(url(action, "start"), seen, follow=True)
    assert "The work has begun." in text(sent)
    assert sent.context["next_step"].label == "Report it done, with proof"
    client.post(url(action, "progress"), {"progress": "۴۰", "note": "half of them"})
    action.refresh_from_db()
    assert (action.state, action.progress) == (S.DOING, 40)

    empty = client.post(url(action, "report"), {"note": "planted"})
    assert empty.status_code == 422
    assert "A report needs proof." in text(empty)
    assert "planted" in text(empty)
    data = {"note": "planted", "proofs": [pdf(), pdf("two.pdf")]}
    told = client.post(url(action, "report"), data, follow=True)
    assert "It is reported done." in text(told)
    assert told.context["next_step"] is None
    assert [row.name for row in told.context["proofs"]] == ["گزارش.pdf", "two.pdf"]

    sign_in(client, body.secretary.user)
    page = client.get(url(action))
    assert page.context["next_step"].label == "Accept and close"
    judged = text(client.get(url(action, "close")))
    assert "two.pdf" in judged
    returned = client.post(url(action, "return"), {"reason": ""})
    assert returned.status_code == 422
    client.post(url(action, "return"), {"reason": "a photo is missing"})
    action.refresh_from_db()
    assert (action.state, action.progress) == (S.DOING, 40)
    report_done(owner.actor, action, proofs=[proof()])
    client.post(url(action, "close"), {"note": "thanks"})
    action.refresh_from_db()
    assert action.state == S.CLOSED
    shown = text(client.get(url(action)))
    for said in ("closed it", "a photo is missing", "planted", "half of them"):
        assert said in shown


def test_reopening_begins_a_round_that_the_page_tells(
    client: Client, body: Council, owner: Staff, action: Action
) -> None:
    start(owner.actor, action)
    report_done(owner.actor, action, proofs=[proof()])
    close(body.secretary.actor, action)
    sign_in(client, body.secretary.user)
    data = {"reason": "they withered", "due": "2027-03-01"}
    answer = client.post(url(action, "reopen"), data, follow=True)
    shown = text(answer)
    assert "Round 2 begins" in shown
    assert "Round 1: closed" in shown
    assert "they withered" in shown
    action.refresh_from_db()
    assert (action.state, action.due) == (S.OPEN, date(2027, 3, 1))


def test_dropping_needs_a_reason_and_shows_it(
    client: Client, body: Council, action: Action
) -> None:
    sign_in(client, body.secretary.user)
    assert client.post(url(action, "drop"), {}).status_code == 422
    shown = text(client.post(url(action, "drop"), {"reason": "no money"}, follow=True))
    assert "no money" in shown
    assert "Dropped on" in shown


def test_assigning_and_correcting(client: Client, body: Council, owner: Staff) -> None:
    action = duty(body.body, None, text={"en": "Plnt"})
    sign_in(client, body.secretary.user)
    page = client.get(url(action))
    assert page.context["next_step"].label == "Assign to a post"
    assert "Nobody owes it yet." in text(page)
    assert client.post(url(action, "assign"), {}).status_code == 422
    client.post(url(action, "assign"), {"owner": str(owner.post.pk)})
    action.refresh_from_db()
    assert action.owner_id == owner.post.pk
    form = client.get(url(action, "correct")).context["form"]
    inputs = form["text"].subwidgets[0].data["subwidgets"]
    name = next(each["name"] for each in inputs if each["own_language"] == "en")
    client.post(url(action, "correct"), {name: "Plant", "reason": "a slip"})
    action.refresh_from_db()
    assert action.text == {"en": "Plant"}


def test_confirming_one_from_its_page(client: Client, body: Council, owner: Staff) -> None:
    action = duty(body.body, owner, state=S.UNCONFIRMED)
    sign_in(client, body.secretary.user)
    wrong = client.post(url(action, "confirm"), {"choice": "done"})
    assert wrong.status_code == 422
    data = {"choice": "open", "due": "2027-02-02", "owner": str(owner.post.pk)}
    client.post(url(action, "confirm"), data)
    action.refresh_from_db()
    assert (action.state, action.due) == (S.OPEN, date(2027, 2, 2))


# --- dates --------------------------------------------------------------------------------------


def test_a_new_date_is_asked_for_and_granted(
    client: Client, body: Council, owner: Staff, action: Action
) -> None:
    sign_in(client, owner.user)
    past = client.post(url(action, "ask-date"), {"to": "2020-01-01", "reason": "late data"})
    assert past.status_code == 422
    assert "The new date lies in the past." in text(past)
    assert "late data" in text(past)
    client.post(url(action, "ask-date"), {"to": "2027-03-20", "reason": "late data"})
    page = client.get(url(action))
    assert "asks for a new date" in text(page)
    assert "Ask for a new date" not in [step.label for step in page.context["steps"]]

    sign_in(client, body.secretary.user)
    page = client.get(url(action))
    assert page.context["next_step"].label == "Answer the request"
    refused = client.post(url(action, "answer-date"), {"grant": "no"})
    assert refused.status_code == 422
    client.post(url(action, "answer-date"), {"grant": "yes"})
    action.refresh_from_db()
    assert action.due == date(2027, 3, 20)
    shown = text(client.get(url(action)))
    assert "granted a new date" in shown
    assert "from \u206820 January 2027\u2069 to \u206820 March 2027\u2069" in shown
    assert DateRequest.objects.get().state == DateRequest.State.GRANTED


def test_the_secretary_re_dates_in_the_readers_calendar(
    client: Client, body: Council, action: Action
) -> None:
    sign_in(client, body.secretary.user)
    data = {"to": "۱۴۰۵/۱۲/۲۹", "reason": "سیل"}
    shown = text(client.post(url(action, "re-date", "fa"), data, follow=True))
    action.refresh_from_db()
    assert action.due == date(2027, 3, 20)
    assert "۲۹ اسفند ۱۴۰۵" in shown


def test_lateness_is_told_in_working_days(client: Client, body: Council, owner: Staff) -> None:
    action = duty(body.body, owner, due=date(2026, 1, 5))
    sign_in(client, owner.user)
    answer = client.get(url(action))
    assert answer.context["tag"].tone == "late"
    assert "working days late" in text(answer)


def test_a_vacant_post_is_said_with_the_head_above(client: Client, body: Council) -> None:
    head = staff(body.body.unit, "head")
    unit = UnitFactory.create(parent=body.body.unit)
    post = PostFactory.create(unit=unit)
    action = ActionFactory.create(resolution=resolution_of(body.body), owner=post)
    sign_in(client, head.user)
    page = client.get(url(action))
    assert "which is vacant" in text(page)
    assert page.context["next_step"].label == "Start the work"


# --- passing down -------------------------------------------------------------------------------


def test_passing_down_to_all_heads_and_to_one_post(
    client: Client, body: Council, owner: Staff, action: Action
) -> None:
    below = UnitFactory.create(parent=owner.post.unit)
    head = staff(below, "head")
    beside = staff(owner.post.unit)
    sign_in(client, owner.user)
    page = text(client.get(url(action, "pass-down")))
    assert "The head of the 1 unit directly below" in page
    wrong = client.post(url(action, "pass-down"), {"note": "please"})
    assert wrong.status_code == 422
    data = {"heads": "on", "parts": [str(beside.post.pk)], "due": "2026-12-30"}
    shown = client.post(url(action, "pass-down"), data, follow=True)
    assert len(shown.context["parts"]) == 2
    parts = Action.objects.filter(parent=action)
    assert {part.owner_id for part in parts} == {head.post.pk, beside.post.pk}
    assert {part.due for part in parts} == {date(2026, 12, 30)}
    assert shown.context["next_step"] is None
    again = text(client.get(url(action, "pass-down")))
    assert str(beside.post.pk) not in again
    part = parts.get(owner=head.post)
    sign_in(client, head.user)
    assert "A part of" in text(client.get(url(part)))


def test_a_part_that_was_never_offered_is_refused(
    client: Client, body: Council, owner: Staff, action: Action
) -> None:
    PostFactory.create(unit=owner.post.unit)
    sign_in(client, owner.user)
    strange = PostFactory.create(unit=body.body.unit)
    answer = client.post(url(action, "pass-down"), {"parts": [str(strange.pk)]})
    assert answer.status_code == 422
    assert not Action.objects.filter(parent=action).exists()


@pytest.mark.parametrize("language", ["fa", "ar", "en"])
@pytest.mark.parametrize("step", ["", *STEPS])
def test_the_pages_speak_every_language(
    client: Client, body: Council, owner: Staff, language: str, step: str
) -> None:
    right, state = STEPS.get(step, ("owner", S.OPEN))
    action = duty(body.body, owner, state=state, due=date(2026, 1, 5))
    sign_in(client, (owner if right == "owner" else body.secretary).user)
    answer = client.get(url(action, step, language))
    assert answer.status_code == 200
    assert f'lang="{language}"' in text(answer)


def test_nobody_is_offered_what_an_ended_life_forbids(
    client: Client, body: Council, action: Action
) -> None:
    drop(body.secretary.actor, action, reason="no money")
    sign_in(client, body.secretary.user)
    page = client.get(url(action))
    assert page.context["next_step"] is None
    assert [step.label for step in page.context["steps"]] == ["Reopen", "Correct the record"]
