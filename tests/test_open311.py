"""Open311 as apps for reports use it: a real client, the schemas, and what stays in the office."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from defusedxml import ElementTree
from django.test import Client
from django.utils import timezone
from georeport import GeoReport
from jsonschema import Draft4Validator
from pytest_django.live_server_helper import LiveServer

from diwan.accounts.actions import TokenFields, make_token
from diwan.accounts.tests.factories import actor_of
from diwan.directory.tests.factories import Staff, UnitFactory, staff
from diwan.services.models import Case, Service
from diwan.services.rules.formtree import Node
from diwan.services.tests.factories import FORM, SIMPLE, case, service, variant

PLACE = Node("where", "/data/where", "question", "geopoint", {"en": "Where"})
OFFICE = Node("verdict", "/data/verdict", "question", "text", {"en": "Verdict"}, by="office")
REPORT = replace(FORM, nodes=(*FORM.nodes, PLACE, OFFICE))
WORDS = ("سارا", "0912", "بهاری")


@dataclass
class World:
    reports: Service
    key: str
    clerk: Staff


@pytest.fixture
def made(transactional_db: None) -> World:
    unit = UnitFactory.create(country="IR")
    clerk = staff(unit, "clerk")
    fields = TokenFields("an app", ["services:write"], days=30)
    token = make_token(actor_of(clerk.user), fields)
    told = variant("tree-report", channels=("online", "open311"), events=("home",))
    service(unit, SIMPLE)  # takes no reports
    service(unit, variant("inner", channels=("open311",), audience="staff"), REPORT)
    return World(service(unit, told, REPORT), token.secret, clerk)


def file(client: Client, made: World, **more: Any) -> Any:
    sent = {
        "api_key": made.key,
        "service_code": "tree-report",
        "lat": "35.123456",
        "long": "51.123456",
        "first_name": "سارا",
        "last_name": "بهاری",
        "attribute[trees]": "3",
        "attribute[kind]": "plane",
    }
    return client.post("/open311/v2/requests.json", sent | more)


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_real_client_lists_asks_and_follows(
    made: World, live_server: LiveServer, client: Client, form: str
) -> None:
    filed = file(client, made)
    assert filed.status_code == 201, filed.content.decode()
    number = filed.json()[0]["service_request_id"]
    reader = GeoReport(f"{live_server.url}/open311/v2", output_format=form)
    services: Any = reader.get_service_list()
    services = services if isinstance(services, list) else [services]
    assert [one["service_code"] for one in services] == ["tree-report"]
    definition: Any = reader.get_service_definition("tree-report")
    attributes = definition["attributes"]
    attributes = attributes["attribute"] if form == "xml" else attributes
    assert [one["code"] for one in attributes] == ["trees", "kind"]
    many: Any = reader.get_service_requests(service_code="tree-report", status="open")
    one: Any = reader.get_service_request(number)
    for answer in (many, one):
        first = answer[0] if isinstance(answer, list) else answer
        found = first.get("request", first)
        assert found["service_request_id"] == number
        assert found["status"] == "open"
        assert str(found["lat"]) == "35.1235"
    assert not any(word in json.dumps([many, one], ensure_ascii=False) for word in WORDS)


def test_the_same_report_again_is_one_case_and_the_office_sees_it_all(
    made: World, client: Client
) -> None:
    first, again = file(client, made), file(client, made)
    assert first.json() == again.json()
    one = Case.objects.get()
    assert (one.channel, one.applicant.name) == ("open311", "سارا بهاری")
    assert one.answers.answers["trees"] == "3"
    assert one.code[:4] in first.json()[0]["service_notice"]
    other = file(client, made, lat="35.2")
    assert other.status_code == 201
    assert Case.objects.count() == 2


def test_what_is_wrong_is_told_and_nothing_is_filed(made: World, client: Client) -> None:
    for more, status in (
        ({"api_key": "x"}, 403),
        ({"service_code": "tree-permit"}, 404),
        ({"service_code": "inner"}, 404),
        ({"attribute[trees]": "-3"}, 400),
        ({"attribute[kind]": "oak"}, 400),
        ({"attribute[verdict]": "granted"}, 400),
        ({"lat": "north"}, 400),
    ):
        answer = file(client, made, **more)
        assert answer.status_code == status, (more, answer.content.decode())
        (told,) = answer.json()
        assert told["code"] == status
        assert told["description"]
    for query in ("start_date=yesterday", "end_date=2026-01-01", "status=late"):
        answer = client.get(f"/open311/v2/requests.xml?{query}")
        assert answer.status_code == 400
        assert ElementTree.fromstring(answer.content).findtext("error/description")
    assert client.get("/open311/v2/services/tree-permit.json").status_code == 404
    assert client.put("/open311/v2/requests.json").status_code == 405
    assert not Case.objects.exists()


def test_only_what_takes_reports_is_shown_and_filters_hold(made: World, client: Client) -> None:
    private = case(Service.objects.get(code="tree-permit"))
    now = timezone.now()
    old = case(made.reports, filed_at=now - timedelta(days=80), phase="done", ended_at=now)
    older = case(made.reports, filed_at=now - timedelta(days=100))
    Case.objects.filter(service=made.reports).update(channel="open311")
    case(made.reports, channel="counter")  # who came to the counter reported nothing to everybody
    numbers = lambda **query: {  # noqa: E731 - short, and used five times
        one["service_request_id"] for one in client.get("/open311/v2/requests.json", query).json()
    }
    assert numbers() == {str(old.pk)}
    assert numbers(status="open") == set()
    assert numbers(status="closed", service_code="tree-report,other") == {str(old.pk)}
    assert numbers(service_request_id=f"{older.pk},{private.pk},x") == {str(older.pk)}
    since = (now - timedelta(days=120)).isoformat()
    assert numbers(start_date=since) == {str(older.pk), str(old.pk)}
    assert numbers(end_date=(now - timedelta(days=90)).isoformat()) == {str(older.pk)}
    for word in ("request", "requests"):
        assert client.get(f"/open311/v2/{word}/{private.pk}.json").status_code == 404


@pytest.fixture
def validators(shared: Path) -> dict[str, Draft4Validator]:
    folder = shared / "schemas" / "open311"
    names = ("service", "service-definition", "request")
    read = {name: json.loads((folder / f"{name}.json").read_text()) for name in names}
    return {name: Draft4Validator(schema) for name, schema in read.items()}


def test_answers_are_valid_against_the_schemas(
    made: World, client: Client, validators: dict[str, Draft4Validator]
) -> None:
    one = case(made.reports, channel="open311")
    for language in ("fa", "ar", "en"):
        ask = lambda path: client.get(  # noqa: E731 - one call, three times
            f"/open311/v2/{path}",
            headers={"accept-language": language},  # noqa: B023
        ).json()
        for told in ask("services.json"):
            validators["service"].validate(told)
        validators["service-definition"].validate(ask("services/tree-report.json"))
        validators["request"].validate(ask(f"request/{one.pk}.json"))
