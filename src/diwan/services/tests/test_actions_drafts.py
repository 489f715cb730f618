"""A draft is filed once, however often and by how many it is sent."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from diwan.directory.tests.factories import UnitFactory
from diwan.kernel.errors import NotFound, Refused
from diwan.kernel.models import AuditEntry
from diwan.kernel.policies import Actor
from diwan.services.actions.drafts import Beginning, Page, begin_draft, file_draft, save_page
from diwan.services.actions.given import ApplicantFields
from diwan.services.constants import DRAFT
from diwan.services.errors import FormFaults
from diwan.services.models import Case, Draft

from .factories import service, variant, version

AT_ONCE = 10
ANSWERS = {"name": "سارا بهاری", "trees": "2", "kind": "plane"}
WHO = ApplicantFields(phone="09120000000")


def begun(answers: dict[str, str]) -> Draft:
    unit = UnitFactory.create()
    made = service(unit)
    assert made.current is not None
    how = Beginning(Case.Channel.ONLINE, unit=unit)
    draft, _secret = begin_draft(Actor.anonymous(), made.current, how)
    save_page(Actor.anonymous(), draft, Page(answers, {"phone": "09120000000"}, 1))
    return draft


@pytest.mark.django_db(transaction=True)
def test_sent_ten_times_at_once_it_is_one_case() -> None:
    draft = begun(ANSWERS)
    together = Barrier(AT_ONCE)

    def send(_number: int) -> str:
        together.wait()
        try:
            return file_draft(Actor.anonymous(), Draft.objects.get(pk=draft.pk), WHO).code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        codes = set(pool.map(send, range(AT_ONCE)))
    assert codes == {Case.objects.get().code}


@pytest.mark.django_db
def test_what_is_wrong_is_not_filed_and_stays() -> None:
    draft = begun({"trees": "0"})
    with pytest.raises(FormFaults) as told:
        file_draft(Actor.anonymous(), draft, WHO)
    assert {fault.code for fault in told.value.faults} == {"required", "constraint"}
    draft.refresh_from_db()
    assert draft.answers == {"trees": "0"}


@pytest.mark.django_db
def test_a_filed_draft_is_not_saved_again() -> None:
    draft = begun(ANSWERS)
    file_draft(Actor.anonymous(), draft, WHO)
    with pytest.raises(NotFound):
        save_page(Actor.anonymous(), draft, Page({}, {}, 0))


@pytest.mark.django_db
def test_what_cannot_be_begun() -> None:
    unit = UnitFactory.create()
    made = service(unit, variant("here-only", channels=("counter",)))
    assert made.current is not None
    anybody = Actor.anonymous()
    with pytest.raises(Refused):
        begin_draft(anybody, made.current, Beginning(Case.Channel.ONLINE))
    with pytest.raises(Refused):
        begin_draft(anybody, version(made), Beginning(Case.Channel.COUNTER))
    hidden = service(unit, variant("hidden"), state="draft")
    hidden.state = "draft"
    hidden.save()
    assert hidden.current is not None
    with pytest.raises(NotFound):
        begin_draft(anybody, hidden.current, Beginning(Case.Channel.ONLINE))
    assert Draft.objects.count() == 0


@pytest.mark.django_db
def test_the_audit_never_says_what_was_typed() -> None:
    draft = begun(ANSWERS)
    entries = AuditEntry.objects.filter(subject_kind=DRAFT, subject_id=draft.pk)
    assert [entry.verb for entry in entries] == ["begin"]
    assert "سارا" not in str([entry.changes for entry in entries])
