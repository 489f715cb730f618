"""What holds for every operation of the API: who is let in, pages, revisions, problems."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import cast
from uuid import uuid4

import pytest
import time_machine
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from diwan.accounts.actions import deactivate, revoke_token
from diwan.accounts.models import Token
from diwan.accounts.tests.factories import sign_in
from diwan.directory.tests.factories import UnitFactory, system
from diwan.kernel.api.middleware import ProblemsMiddleware
from diwan.kernel.policies import Actor

from .api_house import API, Program, program, token_of
from .house import House
from .kept import KeptHouse

PROBLEM = "application/problem+json"


@pytest.fixture
def house(standing_house: KeptHouse, db: None) -> House:
    return standing_house


def problem(answer: object, status: int, slug: str) -> dict[str, object]:
    assert answer.status_code == status, answer.content  # type: ignore[attr-defined]
    assert answer["Content-Type"] == PROBLEM  # type: ignore[index]
    told = answer.json()  # type: ignore[attr-defined]
    assert told["type"] == f"/api/problems/{slug}"
    assert told["status"] == status
    assert told["title"]
    assert told["detail"]
    return dict(told)


def test_nobody_is_let_in_without_a_token_or_a_session(house: House) -> None:
    answer = Client().get(f"{API}/units", headers={"accept-language": "fa"})
    told = problem(answer, 401, "not-signed-in")
    assert "وارد" in str(told["title"])
    assert answer["WWW-Authenticate"] == "Bearer"
    for wrong in ("diwan_wrong", "", "x" * 5000, "diwan_\udcff"):
        sent = f"Bearer {wrong}".encode("utf-8", "surrogateescape").decode("latin-1")
        answer = Client().get(f"{API}/units", headers={"authorization": sent})
        problem(answer, 401, "not-signed-in")


def test_a_token_reads_as_its_user_within_its_scopes_and_time(house: House) -> None:
    officer = house.people["officer"]
    assert officer is not None
    allowed = program(house, "officer", ["directory:read"])
    assert allowed.get("/me").json()["name"] == str(officer)
    assert allowed.get(f"/units/{house.ids['unit']}").status_code == 200
    token = Token.objects.latest("id")
    assert token.used_date == timezone.now().date()
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        problem(allowed.get("/me"), 401, "not-signed-in")
    revoke_token(Actor.user(officer.pk, ""), token.pk)
    problem(allowed.get("/me"), 401, "not-signed-in")


def test_a_token_without_the_scope_is_told_which(house: House) -> None:
    answer = program(house, "officer", ["desk:read"]).get("/units")
    told = problem(answer, 403, "scope-missing")
    assert told["scope"] == "directory:read"
    assert 'scope="directory:read"' in answer["WWW-Authenticate"]


def test_switching_a_user_off_ends_the_tokens_for_good(house: House) -> None:
    officer = house.people["officer"]
    assert officer is not None
    mine = program(house, "officer")
    deactivate(system(), officer.pk, reason="رفت")
    problem(mine.get("/me"), 401, "not-signed-in")
    type(officer).objects.filter(pk=officer.pk).update(is_active=True)
    problem(mine.get("/me"), 401, "not-signed-in")


def test_a_token_carries_no_elevation_though_the_session_beside_it_does(house: House) -> None:
    client = house.client("elevated")
    elevated = house.people["elevated"]
    assert elevated is not None
    assert client.get(f"{API}/me").json()["elevated"] is True
    with_token = Program(token_of(elevated), client=client)
    assert with_token.get("/me").json()["elevated"] is False
    problem(with_token.get(f"/units/{house.ids['unit']}"), 404, "not-found")


def test_a_session_reads_and_proves_its_writes(house: House) -> None:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    user = house.people["officer"]
    assert user is not None
    sign_in(client, user)
    assert client.get(f"{API}/units").status_code == 200
    headers = {"if-match": "*", "idempotency-key": "k"}
    path = f"{API}/actions/{house.ids['action']}/start"
    answer = client.post(path, "{}", content_type="application/json", headers=headers)
    problem(answer, 403, "csrf")
    client.get("/fa/account/profile/")
    headers["x-csrftoken"] = client.cookies["csrftoken"].value
    answer = client.post(path, "{}", content_type="application/json", headers=headers)
    assert answer.status_code == 200, answer.content


def test_the_post_to_act_from_is_one_that_is_held(house: House) -> None:
    post = house.staff["officer"].post
    mine = program(house, "officer")
    assert mine.get("/me", diwan_post=str(post.pk)).json()["post_id"] == str(post.pk)
    problem(mine.get("/me", diwan_post=str(house.ids["vacant"])), 403, "post-not-held")
    problem(mine.get("/me", diwan_post="nonsense"), 403, "post-not-held")


def test_a_token_of_one_post_gives_nothing_once_the_post_is_passed_on(house: House) -> None:
    staff = house.staff["officer"]
    bound = program(house, "officer", post_id=staff.post.pk)
    assert bound.get(f"/actions/{house.ids['named_action']}").status_code == 200
    staff.holding.until_at = timezone.now()
    staff.holding.save()
    problem(bound.get(f"/actions/{house.ids['named_action']}"), 404, "not-found")


def test_a_token_of_one_post_has_no_webhooks_which_tell_by_all_posts(house: House) -> None:
    whole = program(house, "officer")
    bound = program(house, "officer", post_id=house.staff["officer"].post.pk)
    sent = {"address": "https://example.org/hook", "kinds": ["councils.action_*"]}
    hook = whole.post("/webhooks", sent).json()["id"]
    problem(bound.post("/webhooks", sent), 403, "forbidden")
    assert bound.get("/webhooks").json()["items"] == []
    problem(bound.get(f"/webhooks/{hook}"), 404, "not-found")
    problem(bound.patch(f"/webhooks/{hook}", {"address": "https://example.net"}), 404, "not-found")


def test_too_many_requests_are_told_when_to_come_again(
    house: House, settings: pytest.FixtureRequest
) -> None:
    settings.DIWAN_API_RATE = 2  # type: ignore[attr-defined]
    mine, other = program(house, "officer"), program(house, "head")
    with time_machine.travel(timezone.now().replace(second=10), tick=False):
        assert [mine.get("/me").status_code for _ in range(3)] == [200, 200, 429]
        assert mine.get("/me")["Retry-After"] == "50"
        assert other.get("/me").status_code == 200


def test_pages_follow_one_another_though_others_write_meanwhile(house: House) -> None:
    mine = program(house, "head")
    whole = [unit["id"] for unit in mine.get("/units").json()["items"]]
    assert len(whole) == 3
    first = mine.get("/units?limit=2")
    UnitFactory.create(parent=None, register=house.staff["head"].post.unit.register)
    cursor = first.json()["next"]
    assert f"cursor={cursor}" in first["Link"].replace("%3A", ":")
    assert 'rel="next"' in first["Link"]
    second = mine.get(f"/units?limit=200&cursor={cursor}").json()
    assert [u["id"] for u in first.json()["items"]] == whole[:2]
    assert [u["id"] for u in second["items"]][:1] == whole[2:]
    assert second["next"] is None
    backwards = mine.get("/units?order=newest").json()["items"]
    assert [u["id"] for u in backwards][1:] == whole[::-1]
    for wrong in ("x", f"{cursor}x"):
        problem(mine.get(f"/units?cursor={wrong}"), 400, "bad-cursor")
    problem(mine.get(f"/units?q=a&cursor={cursor}"), 400, "bad-cursor")


def test_a_slip_in_a_filter_does_not_answer_with_everything(house: House) -> None:
    mine = program(house, "head")
    told = problem(mine.get("/units?parnet=1"), 422, "invalid")
    assert told["errors"][0]["parameter"] == "parnet"  # type: ignore[index]
    told = problem(mine.get("/units?limit=0&as_of=1405-13-01x"), 422, "invalid")
    assert {fault["parameter"] for fault in told["errors"]} == {"limit", "as_of"}  # type: ignore[attr-defined]
    problem(mine.get("/units?q=a&q=b"), 422, "invalid")
    problem(mine.get("/units?q=%00"), 422, "invalid")


def test_what_is_not_there_or_not_allowed_is_a_problem_too(house: House) -> None:
    mine = program(house, "officer")
    problem(mine.get("/nonsense"), 404, "not-found")
    problem(mine.get(f"/units/{uuid4()}"), 404, "not-found")
    answer = mine.post("/units")
    problem(answer, 405, "method-not-allowed")
    assert "GET" in answer["Allow"]


def test_head_answers_as_get_without_a_body(house: House) -> None:
    mine = program(house, "head")
    unit, proof = f"/units/{house.ids['unit']}", f"/files/{house.ids['proof']}/content"
    for path, status in (
        (unit, 200),
        ("/units", 200),
        (proof, 200),
        ("/units?x=", 422),
        ("/x", 404),
    ):
        whole = mine.get(path)
        bare = mine.client.head(f"{API}{path}", headers=mine.headers)
        assert (whole.status_code, bare.status_code) == (status, status)
        told = ("Content-Type", "ETag", "Content-Disposition", "Link")
        assert [bare.get(name) for name in told] == [whole.get(name) for name in told]
        assert bare.getvalue() == b""
        assert bare["Content-Length"] == str(len(whole.getvalue()))
    tag = mine.get(unit)["ETag"]
    again = mine.client.head(f"{API}{unit}", headers=mine.headers | {"if-none-match": tag})
    assert again.status_code == 304
    problem(Client().get(f"{API}/units"), 401, "not-signed-in")
    write = f"{API}/actions/{house.ids['action']}/start"
    refused = mine.client.head(write, headers=mine.headers)
    assert (refused.status_code, refused["Allow"]) == (405, "POST")
    allowed = mine.post("/units")["Allow"].split(", ")
    assert {"GET", "HEAD"} <= set(allowed)


def test_the_body_is_left_out_by_ourselves() -> None:
    """Django's test client would leave it out as well; a server need not."""
    request = RequestFactory().head(f"{API}/units")
    bare = ProblemsMiddleware(lambda _request: HttpResponse(b"whole"))(request)
    assert isinstance(bare, HttpResponse)
    assert (bare.content, bare["Content-Length"]) == (b"", "5")
    parts = ProblemsMiddleware(lambda _request: StreamingHttpResponse([b"whole"]))(request)
    assert isinstance(parts, StreamingHttpResponse)
    assert b"".join(cast("Iterable[bytes]", parts.streaming_content)) == b""


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("APPLICATION/*;q=0.2, text/html", 200),
        ("text/html, */*;q=0.1", 200),
        ("", 200),
        ("text/html", 406),
        ("application/problem+json", 406),
        ("application/json;q=0, */*", 406),
        ("application/*;q=0, */*", 406),
        ("nonsense", 406),
    ],
)
def test_an_answer_is_of_a_type_that_is_taken(house: House, accept: str, status: int) -> None:
    mine = program(house, "officer")
    answer = mine.get(f"/actions/{house.ids['action']}", accept=accept)
    assert answer.status_code == status
    step = f"/actions/{house.ids['action']}/start"
    assert mine.post(step, accept=accept).status_code == status
    done = mine.get(f"/actions/{house.ids['action']}").json()["state"]
    assert done == ("doing" if status == 200 else "open")
    if status == 406:
        told = problem(answer, 406, "not-acceptable")
        assert told["errors"][0]["header"] == "Accept"  # type: ignore[index]


def test_a_file_is_of_its_own_type(house: House) -> None:
    mine = program(house, "officer")
    path = f"/files/{house.ids['proof']}/content"
    kind = mine.get(path)["Content-Type"].partition(";")[0]
    assert mine.get(path, accept=kind).status_code == 200
    problem(mine.get(path, accept="application/json"), 406, "not-acceptable")


def test_the_same_answer_is_not_sent_twice(house: House) -> None:
    mine = program(house, "head")
    path = f"/units/{house.ids['unit']}"
    tag = mine.get(path)["ETag"]
    again = mine.get(path, if_none_match=tag)
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    assert mine.get(path, if_none_match='"other"').status_code == 200
