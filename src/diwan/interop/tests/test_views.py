"""Registers in and out on the web."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from diwan.accounts.tests.factories import UserFactory, sign_in
from diwan.directory.models import Register
from diwan.directory.tests.factories import UnitFactory, staff
from diwan.interop.actions import later
from diwan.interop.public import export_registers
from diwan.kernel import jobs
from diwan.kernel.models import AuditEntry
from diwan.kernel.policies import Actor

from .factories import REGISTER

pytestmark = pytest.mark.django_db
PAGE = "/en/exchange/"


def text(answer: Any) -> str:
    return str(answer.content.decode())


def upload(content: str | bytes, name: str = "trial.yaml") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


@pytest.fixture
def admin(client: Client) -> Client:
    sign_in(client, UserFactory.create(may_elevate=True), elevated=True)
    return client


def test_a_register_is_taken_in_and_told(admin: Client) -> None:
    assert "No register is here yet" in text(admin.get(PAGE))
    answer = admin.post(PAGE, {"uploads": upload(REGISTER)})
    assert answer.status_code == 200
    assert "added, 0 changed, 0 left as they were" in text(answer)
    again = admin.post(PAGE, {"uploads": upload(REGISTER)})
    assert "everything was here already, nothing changed" in text(again)
    entry = AuditEntry.objects.filter(verb="import").first()
    assert entry is not None
    assert entry.actor_kind == "user"
    assert entry.elevation_id is not None


def test_two_files_at_once(admin: Client) -> None:
    other = REGISTER.replace("register: trial", "register: other")
    admin.post(PAGE, {"uploads": [upload(REGISTER), upload(other, "other.yaml")]})
    assert set(Register.objects.values_list("key", flat=True)) == {"trial", "other"}


def test_each_fault_is_shown_by_the_files_own_name(admin: Client) -> None:
    wrong = REGISTER.replace("kind: office", "kynd: office")
    answer = admin.post(PAGE, {"uploads": upload(wrong, "ثبت ۱.yaml")})
    assert answer.status_code == 422
    assert "Nothing was taken in" in text(answer)
    assert "ثبت ۱.yaml, line 9: the key kynd is unknown. Perhaps kind is meant." in text(answer)
    assert not Register.objects.exists()


def test_a_register_is_listed_with_its_country_in_words(admin: Client) -> None:
    assert '<td data-label="Country">Iran</td>' in text(
        admin.post(PAGE, {"uploads": upload(REGISTER)})
    )


def test_nothing_chosen(admin: Client) -> None:
    assert admin.post(PAGE, {}).status_code == 422


def test_downloads_are_what_the_command_line_writes(admin: Client) -> None:
    admin.post(PAGE, {"uploads": upload(REGISTER)})
    answer = admin.get(f"{PAGE}register.yaml", {"register": "trial"})
    assert answer.content == export_registers(actor=Actor.system("test"), register="trial")
    assert answer["Content-Disposition"] == 'attachment; filename="trial.yaml"'
    packed = admin.get(f"{PAGE}register.zip")
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        assert archive.namelist() == ["register.yaml"]
    assert admin.get(f"{PAGE}register.yaml", {"register": "nothing"}).status_code == 404


@pytest.mark.parametrize("page", ["", "register.yaml", "register.zip"])
def test_it_is_for_elevations_alone(client: Client, page: str) -> None:
    address = f"{PAGE}{page}"
    assert "/account/sign-in/" in client.get(address)["Location"]
    sign_in(client, staff(UnitFactory.create(), "head").user)
    assert client.get(address).status_code == 404
    sign_in(client, UserFactory.create(may_elevate=True))
    answer = client.get(address)
    assert answer.status_code == 302
    assert "/account/elevate/" in answer["Location"]


@pytest.mark.parametrize("language", ["fa", "ar"])
def test_the_page_is_translated(admin: Client, language: str) -> None:
    admin.post(PAGE, {"uploads": upload(REGISTER)})
    page = text(admin.get(f"/{language}/exchange/"))
    main = page.split("<main")[1].split("</main")[0]
    for word in ("Take it in", "Download", "register is here", "Register files"):
        assert word not in main


def test_a_large_upload_is_taken_in_by_the_worker(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(later, "LARGE", 10)
    answer = admin.post(PAGE, {"uploads": upload(REGISTER)})
    assert answer.status_code == 302
    job = text(admin.get(answer["Location"]))
    assert "Under way" in job
    assert not Register.objects.exists()
    assert jobs.work_off()
    done = text(admin.get(answer["Location"]))
    assert "Done" in done
    assert "added, 0 changed" in done
    part = admin.get(answer["Location"], headers={"HX-Request": "true", "HX-Target": "job"})
    assert part["HX-Refresh"] == "true"
    assert not AuditEntry.objects.filter(verb="import", elevation_id=None).exists()
    wrong = upload(REGISTER.replace("kind: office", "kynd: office"))
    page = admin.post(PAGE, {"uploads": wrong})["Location"]
    assert jobs.work_off()
    told = text(admin.get(page))
    assert "Refused" in told
    assert "trial.yaml" in told
    assert later.clear_parked(timezone.now() + timedelta(hours=1)) == 2
    other = Client()
    sign_in(other, UserFactory.create())
    assert other.get(page).status_code == 404
