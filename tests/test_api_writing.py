"""Writing over the API: the life of an action, two writers, a request repeated ten times."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from diwan.councils.models import Action
from diwan.kernel.models import AuditEntry
from diwan.library.models import Document

from .api_house import API, program
from .house import House, build
from .test_api_grammar import problem


@pytest.fixture
def house(db: None) -> House:
    return build()


def test_an_action_lives_from_confirming_to_closing(house: House) -> None:
    officer, secretary = program(house, "officer"), program(house, "secretary")
    path = f"/actions/{house.ids['unconfirmed']}"
    answer = secretary.post(f"{path}/confirm", {"choice": "open"})
    assert answer.json()["state"] == "open"
    assert officer.get(path).json()["steps"] == ["start", "ask_date", "pass_down"]
    started = officer.post(f"{path}/start", {"note": "شروع"})
    assert started.json()["state"] == "doing"
    assert started["ETag"] == officer.get(path)["ETag"]
    assert officer.post(f"{path}/progress", {"progress": 40}).json()["progress"] == 40
    problem(officer.post(f"{path}/report"), 422, "refused")
    attached = officer.client.post(
        f"{API}{path}/proofs",
        {"note": "", "files": [SimpleUploadedFile("سند.txt", "انجام شد".encode())]},
        headers=officer.headers | {"if-match": "*"},
    )
    assert attached.status_code == 200, attached.content
    proof = attached.json()["events"][-1]["proofs"][0]
    assert officer.get(f"/files/{proof['id']}").json()["name"] == "سند.txt"
    content = officer.get(f"/files/{proof['id']}/content")
    assert b"".join(content.streaming_content).decode() == "انجام شد"
    assert officer.post(f"{path}/report").json()["state"] == "done"
    problem(officer.post(f"{path}/close"), 403, "forbidden")
    returned = secretary.post(f"{path}/return", {"reason": "ناقص"}).json()
    assert (returned["state"], returned["progress"]) == ("doing", 40)
    officer.post(f"{path}/report")
    assert secretary.post(f"{path}/close").json()["state"] == "closed"
    reopened = secretary.post(f"{path}/reopen", {"reason": "دوباره"}).json()
    assert (reopened["state"], reopened["round"]) == ("open", 2)
    dropped = secretary.post(f"{path}/drop", {"reason": "لازم نیست"}).json()
    assert dropped["reason"] == "لازم نیست"
    problem(officer.post(f"{path}/start"), 422, "refused")


def test_dates_are_asked_and_answered_in_any_calendar(house: House) -> None:
    officer, secretary = program(house, "officer"), program(house, "secretary")
    path = f"/actions/{house.ids['action']}"
    wrong = {"to": {"date": "1405-07-31", "calendar": "jalali"}, "reason": "برف"}
    told = problem(officer.post(f"{path}/ask-date", wrong), 422, "invalid")
    assert "1405-07-31" in told["errors"][0]["detail"]  # type: ignore[index]
    wrong["to"] = {"date": "9999-12-31", "calendar": "gregorian"}
    problem(officer.post(f"{path}/ask-date", wrong), 422, "invalid")
    asked = officer.post(
        f"{path}/ask-date",
        {"to": {"date": "1408-07-30", "calendar": "jalali"}, "reason": "برف"},
    ).json()
    assert asked["date_requests"][0]["to"]["first_day"] == "2029-10-21"
    known = secretary.get(path)["ETag"]
    granted = secretary.post(f"{path}/answer-date", {"grant": True}).json()
    assert granted["due"]["first_day"] == "2029-10-21"
    late = secretary.post(f"{path}/answer-date", {"grant": False, "note": "نه"}, if_match=known)
    problem(late, 412, "changed-meanwhile")  # who was slower hears of the other one first
    problem(secretary.post(f"{path}/answer-date", {"grant": True}), 404, "not-found")


def test_a_meeting_from_its_plan_to_what_is_owed(house: House) -> None:
    secretary = program(house, "secretary")
    body = house.ids["body"]
    plan = {"state": "planned", "date": {"date": "2026-11-01"}, "starts": "08:30", "number": 9}
    made = secretary.post(f"/bodies/{body}/meetings", plan)
    assert made.status_code == 201, made.content
    path = f"/meetings/{made.json()['id']}"
    assert made["Location"].endswith(path)
    assert secretary.patch(path, {"number": 12}).json()["number"] == 12
    text = {"text": {"fa": "پیشنهاد"}}
    item = secretary.post(f"{path}/agenda", text).json()["agenda"][0]
    assert item["text"] == {"fa": "پیشنهاد"}
    assert (
        program(house, "member").post(f"{path}/agenda", text | {"propose": True}).status_code == 201
    )
    held = secretary.post(f"{path}/hold", {"date": {"date": "2026-11-01"}}).json()
    assert held["state"] == "held"
    draft = secretary.post(f"{path}/resolutions", {"kind": "resolved", "text": {"fa": "شد"}}).json()
    resolution = f"/resolutions/{draft['id']}"
    assert secretary.post(f"{resolution}/adopt").json()["number"]
    owner = str(house.staff["officer"].post.pk)
    owed = {"text": {"fa": "بکن"}, "owner_id": owner, "due_after": "1 month"}
    added = secretary.post(f"{resolution}/actions", owed)
    assert added.status_code == 201
    assert added.json()["items"][0]["owner"]["id"] == owner
    mine = program(house, "officer").get(f"/actions?owner={owner}&order=newest&limit=1").json()
    assert mine["items"][0]["text"] == {"fa": "بکن"}


def test_documents_are_added_and_corrected(house: House) -> None:
    head = program(house, "head")
    new = {"kind": "plan", "name": {"fa": "برنامه تازه"}}
    made = head.post(f"/units/{house.ids['unit']}/documents", new)
    assert made.status_code == 201
    path = f"/documents/{made.json()['id']}"
    answer = head.patch(path, new | {"name": {"fa": "برنامه نو"}, "reason": "غلط"})
    assert answer.json()["name"] == {"fa": "برنامه نو"}
    problem(program(house, "officer").patch(path, new | {"reason": "x"}), 403, "forbidden")


def test_the_second_of_two_writers_is_told_what_changed(house: House) -> None:
    officer, secretary = program(house, "officer"), program(house, "secretary")
    path = f"/actions/{house.ids['action']}"
    tag = officer.get(path)["ETag"]
    del secretary.headers["accept-language"]
    assert (
        secretary.post(f"{path}/assign", {"post_id": str(house.ids["vacant"])}).status_code == 200
    )
    secretary.post(f"{path}/assign", {"post_id": str(house.staff["officer"].post.pk)})
    answer = officer.post(f"{path}/start", if_match=tag)
    told = problem(answer, 412, "changed-meanwhile")
    assert [change["sentence"] for change in told["changes"]] != []  # type: ignore[attr-defined]
    assert len(told["changes"]) == 2  # type: ignore[arg-type]
    assert answer["ETag"].partition(".")[0].strip('"') == officer.get(path)["ETag"].partition(".")[
        0
    ].strip('"')
    assert officer.post(f"{path}/start", if_match=officer.get(path)["ETag"]).status_code == 200
    bare = officer.client.post(
        f"{API}{path}/start", "{}", content_type="application/json", headers=officer.headers
    )
    problem(bare, 428, "if-match-missing")
    hidden = f"/actions/{uuid4()}/start"
    problem(officer.post(hidden, if_match=tag), 404, "not-found")


def test_a_repeat_gets_the_first_answer_and_another_request_none(house: House) -> None:
    secretary = program(house, "secretary")
    path = f"/meetings/{house.ids['planned']}/agenda"
    body = {"text": {"fa": "یک"}}
    first = secretary.post(path, body, idempotency_key="k")
    again = secretary.post(path, body, idempotency_key="k")
    assert (again.status_code, again.content) == (201, first.content)
    assert again["Idempotent-Replayed"] == "true"
    assert len(first.json()["agenda"]) == 2
    other = secretary.post(path, {"text": {"fa": "دو"}}, idempotency_key="k")
    problem(other, 422, "idempotency-key-reused")
    problem(secretary.post(path, body, idempotency_key=""), 400, "idempotency-key-missing")
    # A refused request leaves its key free.
    problem(secretary.post(path, {"text": {"fa": " "}}, idempotency_key="r"), 422, "refused")
    assert secretary.post(path, body, idempotency_key="r").status_code == 201


def test_a_repeated_step_is_answered_though_its_revision_is_old(house: House) -> None:
    officer = program(house, "officer")
    path = f"/actions/{house.ids['action']}"
    tag = officer.get(path)["ETag"]
    answers = [officer.post(f"{path}/start", if_match=tag, idempotency_key="s") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    # From another revision it is another request.
    other = officer.post(f"{path}/start", if_match="*", idempotency_key="s")
    problem(other, 422, "idempotency-key-reused")


@pytest.mark.parametrize(
    ("body", "kind", "status", "slug"),
    [
        ("{", "application/json", 400, "bad-request"),
        ("\xff", "application/json", 400, "bad-request"),
        ("[]", "application/json", 422, "invalid"),
        ('{"note": "\\u0000"}', "application/json", 422, "invalid"),
        ('{"note": "\\ud800"}', "application/json", 422, "invalid"),
        ('{"note": 5}', "application/json", 422, "invalid"),
        ('{"nota": ""}', "application/json", 422, "invalid"),
        ('{"note": ' + "9" * 5000 + "}", "application/json", 400, "bad-request"),
        ("[" * 100_000, "application/json", 400, "bad-request"),
        ('{"note": "' + "x" * 3_000_000 + '"}', "application/json", 413, "too-large"),
        ("{}", "text/plain", 415, "unsupported-media-type"),
        ("", "application/json", 415, "unsupported-media-type"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(
    house: House, body: str, kind: str, status: int, slug: str
) -> None:
    officer = program(house, "officer")
    path = f"{API}/actions/{house.ids['action']}/start"
    sent = body.encode("latin-1")
    headers = officer.headers | {"if-match": "*"}
    answer = officer.client.generic("POST", path, sent, content_type=kind, headers=headers)
    problem(answer, status, slug)
    assert Action.objects.get(pk=house.ids["action"]).state == "open"


def test_a_file_that_lies_about_its_type_is_refused_whole(house: House) -> None:
    officer = program(house, "officer")
    path = f"{API}/actions/{house.ids['doing']}/proofs"
    files = [SimpleUploadedFile("a.txt", b"good"), SimpleUploadedFile("b.pdf", b"no pdf")]
    headers = officer.headers | {"if-match": "*", "idempotency-key": "f"}
    before = AuditEntry.objects.count()
    answer = officer.client.post(path, {"files": files}, headers=headers)
    problem(answer, 422, "refused")
    problem(officer.client.post(path, {"note": ""}, headers=headers), 422, "invalid")
    assert AuditEntry.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_under_one_key_make_one_record() -> None:
    house = build()
    head = program(house, "head")
    path = f"{API}/units/{house.ids['unit']}/documents"
    body = json.dumps({"kind": "plan", "name": {"fa": "یک بار"}})
    headers = head.headers | {"idempotency-key": "ten"}

    def send(client: Client) -> Any:
        return client.post(path, body, content_type="application/json", headers=headers)

    answers = at_once(10, send)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert Document.objects.filter(kind="plan").count() == 1


@pytest.mark.django_db(transaction=True)
def test_ten_writers_at_once_from_one_revision_write_once() -> None:
    house = build()
    officer = program(house, "officer")
    path = f"{API}/actions/{house.ids['doing']}/progress"
    tag = officer.get(f"/actions/{house.ids['doing']}")["ETag"]

    def send(client: Client) -> Any:
        headers = officer.headers | {"if-match": tag}
        return client.post(
            path, '{"progress": 30}', content_type="application/json", headers=headers
        )

    answers = at_once(10, send)
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 9


def at_once(count: int, send: Callable[[Client], Any]) -> list[Any]:
    """Send from so many threads at the same moment."""
    together = threading.Barrier(count)
    answers: list[Any] = []

    def run() -> None:
        client = Client(raise_request_exception=False)
        together.wait()
        try:
            answers.append(send(client))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_drafts_are_not_for_everybody(house: House) -> None:
    draft = f"/resolutions/{house.ids['draft']}"
    assert program(house, "member").get(draft).json()["state"] == "draft"
    problem(program(house, "colleague").get(draft), 404, "not-found")
