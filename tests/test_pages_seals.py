"""The pages on which an administrator sees that the record is whole, and how long what is kept."""

from __future__ import annotations

import json

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from diwan.accounts.tests.factories import UserFactory, sign_in
from diwan.kernel import audit, jobs, proofs, sealing
from diwan.kernel.exchange import Ref
from diwan.kernel.ids import new_id
from diwan.kernel.models import AuditEntry, Job, RetentionRule
from diwan.kernel.policies import Actor
from diwan.kernel.verifying import VERIFY_JOB

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry() -> AuditEntry:
    """A sealed entry."""
    with transaction.atomic():
        made = audit.record(Actor.system("sample"), "make", Ref("accounts.user", new_id()))
    sealing.seal_waiting(timezone.now())
    return made


@pytest.fixture
def administrator(client: Client) -> Client:
    """A client of an administrator during an elevation."""
    sign_in(client, UserFactory.create(), elevated=True)
    return client


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def verify_by_page(client: Client) -> None:
    answer = client.post("/en/seals/verify/")
    assert answer.status_code == 302
    job = Job.objects.get(name=VERIFY_JOB, state="waiting")
    assert str(job.pk) in answer["Location"]
    jobs.work_off()


def test_the_page_says_whether_the_record_is_whole(
    administrator: Client, entry: AuditEntry
) -> None:
    assert "has not been verified yet" in shown(administrator, "/en/seals/")
    verify_by_page(administrator)
    page = shown(administrator, "/en/seals/")
    assert "The record of what was done is whole" in page
    assert "number 1" in page

    AuditEntry.objects.filter(pk=entry.pk).update(reason="other")
    verify_by_page(administrator)
    page = shown(administrator, "/fa/seals/")
    assert str(entry.pk) in page
    assert "۱ ایراد" in page
    assert "دست‌کاری" in page


def test_the_seals_are_there_to_take_along(administrator: Client, entry: AuditEntry) -> None:
    answer = administrator.get("/ar/seals/file/")
    assert answer["Content-Disposition"].startswith('attachment; filename="diwan-seals-')
    text = answer.content.decode()
    assert [seal.number for seal in proofs.read_chain(text)] == [1]
    assert str(entry.pk) not in text
    assert json.loads(text)["format"] == proofs.CHAIN_FORMAT


def test_an_administrator_changes_how_long_something_is_kept(administrator: Client) -> None:
    assert "signs of life of workers" in shown(administrator, "/en/retention/")
    path = "/en/retention/kernel.heartbeats/"
    assert "30 days" in shown(administrator, path)
    wrong = administrator.post(path, {"days": "0", "reason": "x"})
    assert wrong.status_code == 422
    assert administrator.post(path, {"days": "7", "reason": "the law"}).status_code == 302
    assert RetentionRule.objects.get().days == 7
    page = shown(administrator, "/fa/retention/")
    assert "۷ روز" in page
    entry = AuditEntry.objects.get(verb="keep_for")
    trail = shown(administrator, f"/fa/trail/kernel.retention/{entry.subject_id}/")
    assert "مدت نگهداری این‌ها را تغییر داد" in trail
    assert "هنوز مهر نشده" in trail
    assert administrator.post(path, {"days": "", "reason": "the archive"}).status_code == 302
    assert "for ever" in shown(administrator, "/en/retention/")
    assert administrator.get("/en/retention/kernel.nothing/").status_code == 404
