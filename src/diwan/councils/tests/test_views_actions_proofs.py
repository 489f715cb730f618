"""When somebody was quicker, and who may read the proof files of an action."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import FileResponse
from django.test import Client

from diwan.accounts.tests.factories import UserFactory, sign_in
from diwan.councils.actions.work import attach_proof, report_done, start
from diwan.councils.models import Action
from diwan.councils.tests.factories import Council, council, duty, proof
from diwan.directory.tests.factories import RegisterFactory, Staff, UnitFactory, staff
from diwan.kernel import files
from diwan.kernel.exchange import Ref
from diwan.kernel.models import StoredFile
from diwan.kernel.policies import Actor, Confidentiality

pytestmark = pytest.mark.django_db
S = Action.State


def text(answer: Any) -> str:
    return str(answer.content.decode())


def url(action: Action, step: str) -> str:
    return f"/en/councils/actions/{action.pk}/{step}/"


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


# --- somebody was quicker -----------------------------------------------------------------------


def test_a_conflict_shows_what_changed_and_keeps_what_was_typed(
    client: Client, body: Council, owner: Staff, action: Action
) -> None:
    sign_in(client, body.secretary.user)
    seen = dict(client.get(url(action, "re-date")).context["carried"])
    start(owner.actor, action)
    data = {**seen, "to": "2027-03-20", "reason": "floods in the north"}
    answer = client.post(url(action, "re-date"), data)
    assert answer.status_code == 409
    shown = text(answer)
    assert "After you opened this page" in shown
    assert "started the work" in shown
    assert "floods in the north" in shown
    action.refresh_from_db()
    assert action.due == date(2027, 1, 20)
    data |= dict(answer.context["carried"])
    assert client.post(url(action, "re-date"), data).status_code == 302


def test_a_conflict_with_files_asks_for_them_again(
    client: Client, owner: Staff, action: Action
) -> None:
    sign_in(client, owner.user)
    start(owner.actor, action)
    seen = dict(client.get(url(action, "report")).context["carried"])
    attach_proof(owner.actor, action, [proof("a.txt", "a")])
    data = {**seen, "note": "done", "proofs": [SimpleUploadedFile("b.txt", b"b")]}
    answer = client.post(url(action, "report"), data)
    assert answer.status_code == 409
    assert "Choose the files again" in text(answer)
    assert StoredFile.objects.get().name == "a.txt"


# --- proof files --------------------------------------------------------------------------------


def test_a_proof_is_read_by_policy_alone(
    client: Client, body: Council, owner: Staff, foreigner: Staff
) -> None:
    action = duty(body.body, owner)
    action.resolution.confidentiality = Confidentiality.BODY
    action.resolution.save()
    start(owner.actor, action)
    report_done(owner.actor, action, proofs=[proof("گزارش کار.txt", "انجام شد")])
    stored = StoredFile.objects.get()
    address = f"/en/councils/proofs/{stored.pk}/"
    assert client.get(address).status_code == 404
    for who in (foreigner, staff(UnitFactory.create(register=body.body.register))):
        sign_in(client, who.user)
        assert client.get(address).status_code == 404
    for who in (owner, body.secretary, body.member):
        sign_in(client, who.user)
        answer = client.get(address)
        assert answer.status_code == 200
        assert cast("FileResponse", answer).getvalue().decode() == "انجام شد"
        assert answer["Content-Type"] == "text/plain; charset=utf-8"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")


def test_a_file_of_an_untaken_type_is_refused_in_one_sentence(
    client: Client, owner: Staff, action: Action
) -> None:
    start(owner.actor, action)
    sign_in(client, owner.user)
    bad = SimpleUploadedFile("run.exe", b"MZ\x90\x00\x03\x00")
    answer = client.post(url(action, "report"), {"proofs": [bad]})
    assert answer.status_code == 422
    assert "run.exe" in text(answer)
    assert not StoredFile.objects.exists()
    action.refresh_from_db()
    assert action.state == S.DOING


@pytest.fixture
def stored(owner: Staff, action: Action) -> StoredFile:
    start(owner.actor, action)
    report_done(owner.actor, action, proofs=[proof("گزارش کار " + "ن" * 300 + ".txt", "انجام شد")])
    return StoredFile.objects.get()


def test_a_browser_that_has_the_file_is_told_so_after_the_policy_was_asked(
    client: Client, owner: Staff, foreigner: Staff, stored: StoredFile
) -> None:
    address = f"/en/councils/proofs/{stored.pk}/"
    sign_in(client, owner.user)
    first = client.get(address)
    assert first["ETag"] == f'"{stored.sha256}"'
    assert first["Cache-Control"] == "private, no-cache"
    assert int(first["Content-Length"]) == len(cast("FileResponse", first).getvalue())
    assert first["Content-Disposition"].endswith(".txt")
    assert "\n" not in first["Content-Disposition"]
    again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    sign_in(client, foreigner.user)
    assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 404


def test_content_that_is_missing_or_damaged_is_told_and_not_given(
    client: Client, owner: Staff, stored: StoredFile
) -> None:
    sign_in(client, owner.user)
    path = files.evidence_folder() / files.content_name(stored.sha256)
    path.write_bytes(b"something else")
    for says in ("damaged", "missing"):
        answer = client.get(f"/en/councils/proofs/{stored.pk}/")
        assert answer.status_code == 503
        assert says in text(answer)
        path.unlink(missing_ok=True)


def test_a_file_known_by_its_name_alone_is_not_found(client: Client, stored: StoredFile) -> None:
    event = Ref(stored.subject_kind, stored.subject_id)
    named = files.remember(Actor.system("test"), event, name="a.pdf", sha256="a" * 64)
    sign_in(client, UserFactory.create(may_elevate=True), elevated=True)
    assert client.get(f"/en/councils/proofs/{named.pk}/").status_code == 404
