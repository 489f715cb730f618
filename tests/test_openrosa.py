"""ODK Collect's requests, replayed: the list, a form, its manifest, and a case sent in parts."""

from __future__ import annotations

import base64
import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Barrier
from typing import Any

import pytest
from defusedxml import ElementTree
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from PIL import Image

from diwan.accounts.actions import TokenFields, make_token
from diwan.accounts.tests.factories import actor_of
from diwan.directory.models import Unit
from diwan.directory.tests.factories import Staff, UnitFactory, staff
from diwan.kernel.models import AuditEntry
from diwan.services.models import Case, CaseFile, Service
from diwan.services.rules.xlsform import convert
from diwan.services.tests.factories import service, variant
from diwan.services.tests.forms import row

from .api_house import Program

LIST = "{http://openrosa.org/xforms/xformsList}"
ROWS = (
    row("text", "name", required="yes", applicant="name"),
    row("image", "tree"),
    row("text", "verdict", by="office", required="yes"),
    row("calculate", "both", calculation="concat(${name}, ${verdict})"),
)
FORM, XFORM = convert({"survey": list(ROWS)})
SENT = (
    '<?xml version="1.0" ?><data id="ir-tree-visit" version="{version}" '
    'xmlns:orx="http://openrosa.org/xforms"><name>سارا</name><tree>{photo}</tree>'
    "<verdict>granted</verdict><orx:meta><orx:instanceID>{instance}</orx:instanceID></orx:meta>"
    "</data>"
)


@dataclass
class World:
    service: Service
    clerk: Staff
    unit: Unit
    secret: str
    client: Client


@pytest.fixture
def made(db: None) -> World:
    unit = UnitFactory.create(country="IR")
    clerk = staff(unit, "clerk")
    token = make_token(actor_of(clerk.user), TokenFields("Collect", ["services:write"], days=30))
    service(unit, variant("not-for-apps"))
    told = variant("tree-visit", channels=("counter", "collect", "api"))
    found = service(unit, told, FORM)
    found.versions.update(xform=XFORM)
    found.refresh_from_db()
    return World(found, clerk, unit, token.secret, client_of(token.secret))


def client_of(secret: str) -> Client:
    told = base64.b64encode(f"clerk:{secret}".encode()).decode()
    return Client(headers={"authorization": f"Basic {told}", "x-openrosa-version": "1.0"})


def photo(colour: str = "green") -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(kept, "JPEG")
    return kept.getvalue()


def send(made: World, **files: bytes) -> Any:
    xml = SENT.format(instance="uuid:1", version="1", photo="1.jpg")
    parts = {"xml_submission_file": SimpleUploadedFile("sub.xml", xml.encode(), "text/xml")}
    for name, content in files.items():
        parts[f"{name}.jpg"] = SimpleUploadedFile(f"{name}.jpg", content, "image/jpeg")
    client = client_of(made.secret)
    return client.post(
        "/openrosa/submission?deviceID=collect%3Aabc", {**parts, "*isIncomplete*": "yes"}
    )


def message(answer: Any) -> str:
    return str(ElementTree.fromstring(answer.content)[0].text)


def test_the_list_a_form_and_its_manifest(made: World) -> None:
    answer = made.client.get("/openrosa/formList")
    assert answer["X-OpenRosa-Version"] == "1.0"
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    assert answer["Date"].endswith("GMT")
    (one,) = ElementTree.fromstring(answer.content)
    told = {child.tag.removeprefix(LIST): child.text or "" for child in one}
    assert (told["formID"], told["version"]) == ("ir-tree-visit", "1")
    assert told["hash"].startswith("md5:")
    form = made.client.get(told["downloadUrl"])
    text = form.content.decode()
    assert '<data id="ir-tree-visit" version="1">' in text
    assert 'ref="/data/verdict"' not in text  # the office answers that
    assert "<verdict" in text
    manifest = made.client.get(told["manifestUrl"])
    assert len(ElementTree.fromstring(manifest.content)) == 0
    assert made.client.get("/openrosa/forms/ir-not-for-apps.xml").status_code == 404


def test_the_list_asks_few_questions(made: World, django_assert_max_num_queries: Any) -> None:
    made.client.get("/openrosa/formList")
    with django_assert_max_num_queries(15):
        made.client.get("/openrosa/formList")


def test_a_case_is_sent_in_parts(made: World) -> None:
    head = made.client.head("/openrosa/submission")
    assert (head.status_code, head["Location"]) == (204, "http://testserver/openrosa/submission")
    assert int(head["X-OpenRosa-Accept-Content-Length"]) > 1_000_000
    first = send(made)
    assert first.status_code == 201, first.content.decode()
    case = Case.objects.select_related("answers", "applicant").get()
    assert (case.channel, case.unit, case.filed_by) == (
        "collect",
        made.unit,
        made.clerk.post,
    )
    assert case.answers.answers == {"name": "سارا", "tree": "1.jpg", "verdict": "", "both": "سارا"}
    assert case.applicant.name == "سارا"
    assert case.code[:4] in message(first)
    assert [send(made, **{"1": photo()}).status_code for _again in range(2)] == [201, 201]
    kept = CaseFile.objects.get()
    assert (kept.case, kept.question, kept.name) == (case, "/data/tree", "1.jpg")
    assert AuditEntry.objects.filter(subject_id=case.pk, verb="attach").count() == 1
    send(made, audit=b"start,end")  # an app's own record answers no question
    assert CaseFile.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_sent_ten_times_at_once_is_one_case(made: World) -> None:
    together = Barrier(10)
    content = photo()

    def sent(_number: int) -> int:
        together.wait()
        try:
            return int(send(made, **{"1": content}).status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(sent, range(10))) == {201}
    assert Case.objects.count() == CaseFile.objects.count() == 1


@pytest.mark.parametrize(
    ("xml", "told"),
    [
        ("<data><name>", "no readable XML"),
        ('<!DOCTYPE d [<!ENTITY a "b">]><data>&a;</data>', "no readable XML"),
        (SENT.format(instance="uuid:1", version="9", photo=""), "Fetch the form anew"),
        (SENT.format(instance="", version="1", photo=""), "instanceID"),
        (SENT.format(instance="uuid:1", version="1", photo="").replace("data", "other"), "anew"),
        (SENT.format(instance="uuid:1", version="1", photo="").replace("سارا", ""), "name"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_kept(made: World, xml: str, told: str) -> None:
    sent = SimpleUploadedFile("sub.xml", xml.encode(), "text/xml")
    made.clerk.user.language = "en"
    made.clerk.user.save()
    answer = made.client.post("/openrosa/submission", {"xml_submission_file": sent})
    assert answer.status_code == 400
    assert told in message(answer)
    assert not Case.objects.exists()
    assert made.client.post("/openrosa/submission").status_code == 400


def test_only_a_clerk_with_a_token_files(made: World) -> None:
    nobody = Client().get("/openrosa/formList")
    assert nobody.status_code == 401
    assert nobody["WWW-Authenticate"].startswith("Basic ")
    assert client_of("diwan_wrong").head("/openrosa/submission").status_code == 401
    reads = make_token(actor_of(made.clerk.user), TokenFields("r", ["services:read"], days=30))
    assert client_of(reads.secret).get("/openrosa/formList").status_code == 403
    stranger = staff(UnitFactory.create(country="IR"), "reviewer")
    token = make_token(actor_of(stranger.user), TokenFields("x", ["services:write"], days=30))
    assert client_of(token.secret).get("/openrosa/formList").status_code == 403
    other = staff(UnitFactory.create(country="IR"), "clerk")
    token = make_token(actor_of(other.user), TokenFields("x", ["services:write"], days=30))
    assert (
        len(ElementTree.fromstring(client_of(token.secret).get("/openrosa/formList").content)) == 0
    )
    assert made.client.put("/openrosa/formList").status_code == 405


def test_nobody_adds_files_to_what_others_filed(made: World) -> None:
    assert send(made).status_code == 201
    other = staff(made.unit, "clerk")
    token = make_token(actor_of(other.user), TokenFields("x", ["services:write"], days=30))
    theirs = replace(made, secret=token.secret)
    assert send(theirs, **{"1": photo()}).status_code == 404
    assert not CaseFile.objects.exists()


def test_what_an_app_sent_is_the_same_case_over_the_api(made: World) -> None:
    send(made)
    case = Case.objects.get()
    path = f"/services/{made.service.pk}/cases"
    sent = {
        "unit_id": str(made.unit.pk),
        "answers": {"name": "سارا", "tree": "1.jpg"},
        "instance_id": "uuid:1",
    }
    known = Program(made.secret).post(path, sent)
    assert (known.status_code, known.json()["id"]) == (201, str(case.pk))
    other = staff(made.unit, "clerk")
    secret = make_token(actor_of(other.user), TokenFields("x", ["services:write"], days=30)).secret
    assert Program(secret).post(path, sent).status_code == 404  # its code is not for others
    assert Program(made.secret).post(path, {**sent, "instance_id": "uuid:2"}).status_code == 201
    xml = SENT.format(instance="uuid:2", version="1", photo="1.jpg").encode()
    parts = {"xml_submission_file": SimpleUploadedFile("sub.xml", xml, "text/xml")}
    assert made.client.post("/openrosa/submission", parts).status_code == 201
    assert Case.objects.count() == 2
