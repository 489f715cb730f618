"""Services and cases over the API: filing, following, working, judging."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from diwan.services.actions.ratings import rating_secret
from diwan.services.actions.tries import MISSES
from diwan.services.models import Case, CaseFile, CodeTry, Service
from diwan.services.rules.codes import new_code, written_code
from diwan.services.tests.factories import FORM, SIMPLE, service, variant

from .api_house import API, Program, program
from .house import House, build
from .kept import KeptHouse
from .test_api_grammar import problem
from .test_api_writing import at_once

ANSWERS = {"name": "سارا بهاری", "trees": 2, "kind": "plane"}


@pytest.fixture
def house(standing_house: KeptHouse, db: None) -> House:
    return standing_house


def sent(house: House, **more: Any) -> dict[str, Any]:
    return {"unit_id": str(house.ids["unit"]), "answers": ANSWERS, **more}


def nobody(path: str, language: str = "en") -> Any:
    client = Client(raise_request_exception=False)
    return client.get(f"{API}{path}", headers={"accept-language": language})


def form(caller: Program, path: str, fields: dict[str, Any], **headers: str) -> Any:
    given = {"idempotency-key": uuid4().hex, "if-match": "*", **headers}
    return caller.client.post(f"{API}{path}", fields, headers=caller.headers | given)


def test_what_a_service_is_and_asks_is_open_to_everybody(house: House) -> None:
    found = nobody("/services?q=هرس&country=IR").json()["items"]
    assert [one["code"] for one in found] == ["tree-permit"]
    told = nobody(f"/services/{found[0]['id']}").json()
    assert told["papers"][0]["key"] == "deed"
    assert told["channels"] == ["online", "counter", "phone", "api"]
    assert [step["en"] for step in told["steps"]] == [
        "Look at the papers",
        "Expert review",
        "Granted",
    ]
    asked = nobody(f"/services/{told['id']}/form", "fa").json()
    assert asked["answers_schema"]["properties"]["kind"]["title"] == "نوع درخت"
    places = nobody(f"/services/{told['id']}/units").json()["items"]
    assert [one["id"] for one in places] == [str(house.ids["unit"])]
    here = nobody(f"/services?unit={house.ids['unit']}").json()["items"]
    assert told["id"] in [one["id"] for one in here]
    assert nobody(f"/services?unit={house.ids['beside']}").json()["items"] == []
    problem(nobody(f"/services/{told['id']}/xform"), 401, "not-signed-in")
    assert b"<h:html" in program(house, "officer").get(f"/services/{told['id']}/xform").content


def test_what_only_offices_may_ask_for_is_not_told_to_others(house: House) -> None:
    unit = Service.objects.get(pk=house.ids["service"]).owner
    made = service(unit, SIMPLE, FORM, code="for-offices", audience="staff")
    assert nobody("/services?code=for-offices").json()["items"] == []
    problem(nobody(f"/services/{made.pk}"), 404, "not-found")
    problem(program(house, "foreign").get(f"/services/{made.pk}"), 404, "not-found")
    assert program(house, "officer").get(f"/services/{made.pk}").status_code == 200


def test_a_filing_is_one_case_however_often_it_is_sent(house: House) -> None:
    mine, path = program(house, "colleague"), f"/services/{house.ids['service']}/cases"
    first = mine.post(path, sent(house, language="fa"), idempotency_key="a")
    assert first.status_code == 201, first.content
    receipt = first.json()
    again = mine.post(path, sent(house, language="fa"), idempotency_key="a")
    assert (again.json(), again["Idempotent-Replayed"]) == (receipt, "true")
    problem(mine.post(path, sent(house), idempotency_key="a"), 422, "idempotency-key-reused")
    case = Case.objects.get(pk=receipt["id"])
    assert (case.channel, case.applicant.name, case.language) == ("api", "سارا بهاری", "fa")
    assert written_code(case.code) == receipt["code"]
    assert receipt["promised_at"] or not SIMPLE.target
    assert first["Location"].endswith(f"/api/v1/follow/{case.code}")
    assert mine.get(f"/cases/{case.pk}").json()["code"] == receipt["code"]


def test_the_example_of_the_manual_is_filed(house: House) -> None:
    manual = (Path(__file__).parents[1] / "docs" / "api.md").read_text(encoding="utf-8")
    body = re.findall(r"-d '(.*\$UNIT.*)'", manual)[0].replace("'$UNIT'", str(house.ids["unit"]))
    mine, path = program(house, "officer"), f"/services/{house.ids['service']}/cases"
    assert mine.post(path, json.loads(body)).status_code == 201
    shown = re.findall(r"```json\n(.*?)```", manual, re.DOTALL)
    (told,) = (json.loads(one) for one in shown if "constraint" in one)
    wrong = mine.post(path, sent(house, answers={"name": "x", "trees": "0"})).json()["errors"]
    assert [one | {"detail": ""} for one in wrong] == [
        one | {"detail": ""} for one in told["errors"]
    ]


def test_what_is_wrong_with_answers_is_said_at_each_of_them(house: House) -> None:
    mine, path = program(house, "officer"), f"/services/{house.ids['service']}/cases"
    wrong = sent(house, answers={"trees": "0", "kind": "oak"})
    there = {"accept-language": "fa"}
    answer = mine.post(path, wrong, **there)
    told = problem(answer, 422, "refused")
    errors = {one["pointer"]: one for one in told["errors"]}  # type: ignore[attr-defined]
    assert {at: one["code"] for at, one in errors.items()} == {
        "/answers/name": "required",
        "/answers/trees": "constraint",
        "/answers/kind": "choice",
    }
    assert errors["/answers/trees"]["detail"] == "دست‌کم یکی"
    told = problem(mine.post(path, sent(house, answers={"nmae": "x"})), 422, "invalid")
    assert told["errors"][0]["pointer"] == "/answers/nmae"  # type: ignore[index]
    elsewhere = sent(house) | {"unit_id": str(house.ids["beside"])}
    told = problem(mine.post(path, elsewhere), 422, "refused")
    assert told["errors"][0]["pointer"] == "/unit_id"  # type: ignore[index]
    told = problem(mine.post(path, sent(house, about="0000-0000-0000")), 422, "refused")
    assert told["errors"][0]["pointer"] == "/about"  # type: ignore[index]
    problem(mine.post(path, sent(house, answers={"name": "\x00"})), 422, "invalid")


def test_wrong_codes_of_a_complaint_are_counted_though_nothing_is_stored(house: House) -> None:
    owner = Service.objects.get(pk=house.ids["service"]).owner
    complain = service(owner, variant("complaints", kind="complaint"), code="complaints")
    mine, path = program(house, "officer"), f"/services/{complain.pk}/cases"
    told = [
        mine.post(path, {"unit_id": str(owner.pk), "answers": {}, "about": new_code()})
        for _n in range(MISSES + 2)
    ]
    assert [one.status_code for one in told] == [422] * MISSES + [429] * 2
    assert told[0].json()["errors"][0]["pointer"] == "/about"
    assert CodeTry.objects.get().misses == MISSES + 2


def test_files_come_with_a_filing_and_after_it(house: House) -> None:
    mine, path = program(house, "officer"), f"/services/{house.ids['service']}/cases/with-files"
    paper = SimpleUploadedFile("سند.txt", "سند".encode())
    answer = form(mine, path, {"case": json.dumps(sent(house)), "files": [paper]})
    assert answer.status_code == 201, answer.content
    case = Case.objects.get(pk=answer.json()["id"])
    after = {"question": "", "files": [SimpleUploadedFile("b.txt", b"later")]}
    added = form(mine, f"/cases/{case.pk}/files", after).json()["files"]
    assert [one["name"] for one in added] == ["b.txt"]
    again = {"question": "", "files": [SimpleUploadedFile("b.txt", b"later")]}
    assert form(mine, f"/cases/{case.pk}/files", again).json()["files"] == []
    assert [one.name for one in case.files.all()] == ["سند.txt", "b.txt"]
    content = mine.get(f"/cases/{case.pk}/files/{added[0]['id']}")
    assert b"".join(content.streaming_content) == b"later"
    told = problem(form(mine, path, {"case": "{", "files": [paper]}), 422, "invalid")
    assert told["errors"][0]["pointer"] == "/case"  # type: ignore[index]


def test_a_case_is_followed_by_its_code_and_nobody_in_it_is_named(house: House) -> None:
    case = Case.objects.get(pk=house.ids["case_waiting"])
    answer = nobody(f"/follow/{written_code(case.code)}", "fa")
    told = answer.json()
    assert (told["phase"], told["missing"][0]["paper"]) == ("waiting", "deed")
    assert "سارا" not in answer.content.decode()
    assert not {"post_id", "applicant", "answers"} & set(told)
    wrong = [nobody(f"/follow/{code}") for code in ("x", "0000-0000-0000", "1" * 12)]
    assert len({one.content for one in wrong}) == 1
    problem(wrong[0], 404, "not-found")
    for _time in range(7):
        nobody("/follow/wrong")
    shut = nobody("/follow/wrong")
    problem(shut, 429, "too-many-requests")
    assert int(shut["Retry-After"]) > 0


def test_a_case_is_worked_on_to_its_end(house: House) -> None:
    clerk, other = program(house, "officer"), program(house, "colleague")
    path = f"/cases/{house.ids['case']}"
    told = clerk.get(path).json()
    assert [one["key"] for one in told["actions"]] == ["grant", "refuse"]
    assert told["inquiries"][0]["question"] == "نظر شما چیست؟"
    problem(clerk.post(f"{path}/act", {"action": "grant"}), 422, "refused")  # one is asked
    assert clerk.post(f"{path}/take").json()["post_id"] is not None
    asked = other.get("/inquiries").json()["items"]
    assert [one["case_id"] for one in asked] == [str(house.ids["case"])]
    step = f"{path}/inquiries/{asked[0]['id']}/answer"
    problem(other.post(step, {"opinion": "objects"}), 422, "refused")
    assert other.post(step, {"opinion": "objects", "text": "راه ندارد"}).status_code == 200
    assert other.get("/inquiries").json()["items"] == []
    problem(other.post(f"{path}/act", {"action": "grant"}), 403, "forbidden")
    known = clerk.get(path)["ETag"]
    clerk.post(f"{path}/note", {"text": "دیده شد"})
    problem(clerk.post(f"{path}/visit", if_match=known), 412, "changed-meanwhile")
    stale = {"action": "grant", "expected_state": "new"}
    problem(clerk.post(f"{path}/act", stale), 409, "conflict")
    fields = {
        "step": json.dumps({"action": "grant", "said": "مجوز شما", "outputs": ["مجوز.txt"]}),
        "files": [SimpleUploadedFile("مجوز.txt", "مجوز".encode())],
    }
    done = form(clerk, f"{path}/act/with-files", fields).json()
    assert (done["phase"], done["state"]) == ("done", "done")
    assert CaseFile.objects.get(case=house.ids["case"], output=True).name == "مجوز.txt"
    story = [line["kind"] for line in clerk.get(path).json()["story"]]
    assert story[0] == "filed"
    assert {"asked", "answered", "note", "ended"} <= set(story)
    again = clerk.post(f"{path}/reopen", {"reason": "نام نادرست است"}).json()
    assert (again["phase"], again["reopened"]) == ("open", 1)


def test_what_is_missing_is_asked_and_brought(house: House) -> None:
    head, clerk = program(house, "head"), program(house, "officer")
    path = f"/cases/{house.ids['case_waiting']}"
    told = head.get(path).json()
    assert (told["missing"][0]["paper"], told["phase"]) == ("deed", "waiting")
    problem(head.post(f"{path}/return", {"asked": [{"paper": "moon"}]}), 422, "refused")
    fields = {
        "brought": json.dumps({"words": "سند را آوردم"}),
        "files": [SimpleUploadedFile("سند.txt", "سند".encode())],
    }
    brought = form(clerk, f"{path}/bring/with-files", fields).json()
    assert brought["phase"] == "open"
    back = head.post(f"{path}/return", {"asked": [{"paper": "deed"}, {"text": {"fa": "امضا"}}]})
    assert (back.json()["phase"], back.json()["returned"]) == ("waiting", 2)
    assert clerk.post(f"{path}/bring", {"words": "امضا شد"}).json()["phase"] == "open"
    assert clerk.post(f"{path}/withdraw", {"reason": "نمی‌خواهد"}).json()["phase"] == "withdrawn"


def test_lists_are_narrowed_and_show_codes_to_who_may_act(house: House) -> None:
    clerk, asked = program(house, "officer"), program(house, "colleague")
    whole = clerk.get("/cases").json()["items"]
    assert {one["id"] for one in whole} == {
        str(house.ids[name]) for name in ("case", "case_waiting", "case_done")
    }
    assert all(one["code"] for one in whole)
    waiting = clerk.get("/cases?phase=waiting").json()["items"]
    assert [one["id"] for one in waiting] == [str(house.ids["case_waiting"])]
    owed = clerk.get("/cases?owed=true").json()["items"]
    assert [one["id"] for one in owed] == [str(house.ids["case"])]
    assert clerk.get("/cases?late=true").json()["items"] == []
    Case.objects.filter(pk=house.ids["case"]).update(due_at=timezone.now() - timedelta(days=1))
    late = clerk.get("/cases?late=true").json()["items"]
    assert [(one["id"], one["late"]) for one in late] == [(str(house.ids["case"]), True)]
    seen = asked.get("/cases").json()["items"]
    assert [(one["id"], one["code"]) for one in seen] == [(str(house.ids["case"]), "")]
    assert asked.get(f"/cases/{house.ids['case']}").json()["code"] == ""


def test_the_citizen_alone_judges_and_once(house: House) -> None:
    case = Case.objects.get(pk=house.ids["case_done"])
    path = f"/ratings/{rating_secret(case)}"
    assert nobody(path).json()["open"] is True
    said = json.dumps({"stars": 4, "promise_kept": True, "words": "خوب"})
    to = "application/json"
    problem(program(house, "officer").post(path, json.loads(said)), 422, "refused")
    citizen = Client(raise_request_exception=False)
    assert citizen.post(f"{API}{path}", said, to).json()["stars"] == 4
    problem(citizen.post(f"{API}{path}", said, to), 409, "conflict")
    assert nobody(path).json()["open"] is False
    odd = json.dumps({"stars": 4, "answers": {"moon": 1}})
    told = problem(citizen.post(f"{API}{path}", odd, to), 422, "refused")
    assert told["errors"][0]["pointer"] == "/answers/moon"  # type: ignore[index]


def test_figures_are_counted_as_on_their_page(house: House) -> None:
    head = program(house, "head")
    told = head.get(f"/case-figures?unit={house.ids['unit']}&calendar=jalali").json()
    assert told["whole"]["year"]["received"] >= 2  # all of them but at the turn of a year
    assert told["whole"]["month"] == told["parts"][0]["month"]
    assert told["parts"][0]["of"] == str(house.ids["service"])
    assert told["calendar"] == "jalali"
    unseen = f"/case-figures?unit={house.ids['beside']}"
    problem(program(house, "officer").get(unseen), 404, "not-found")


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_under_one_key_are_one_case() -> None:
    house = build()
    mine = program(house, "colleague")
    path = f"{API}/services/{house.ids['service']}/cases"
    headers = mine.headers | {"idempotency-key": "ten"}
    before = Case.objects.count()

    def send(client: Client) -> Any:
        to = "application/json"
        return client.post(path, json.dumps(sent(house)), to, headers=headers)

    answers = at_once(10, send)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["code"] for answer in answers}) == 1
    assert Case.objects.count() == before + 1
