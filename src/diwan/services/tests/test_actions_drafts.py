"""A draft is filed once, however often and by how many it is sent."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections

from diwan.accounts.tests.factories import UserFactory
from diwan.directory.tests.factories import UnitFactory, staff, system
from diwan.kernel.errors import NotFound, Refused
from diwan.kernel.models import AuditEntry, Notice, PersonalValue
from diwan.kernel.policies import Actor
from diwan.services.actions.applicants import withdraw
from diwan.services.actions.drafts import (
    Beginning,
    Page,
    begin_draft,
    file_draft,
    forget_drafts,
    save_page,
    send_link,
    throw_away,
)
from diwan.services.actions.erasing import erase_applicant
from diwan.services.actions.given import ApplicantFields
from diwan.services.actions.steps import take
from diwan.services.constants import DRAFT
from diwan.services.errors import FormFaults
from diwan.services.models import Case, Draft
from diwan.services.queries.drafts import draft_of

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


@pytest.mark.django_db
def test_a_colleague_files_what_another_began_at_the_counter() -> None:
    unit = UnitFactory.create()
    made, one, two = service(unit), staff(unit, "clerk"), staff(unit, "clerk")
    assert made.current is not None
    how = Beginning(Case.Channel.COUNTER, unit=unit, by_post=one.post)
    draft, secret = begin_draft(one.actor, made.current, how)
    save_page(one.actor, draft, Page(ANSWERS, {}, 0))
    found = draft_of(two.actor, secret)
    filed = file_draft(two.actor, found, WHO)
    assert filed.filed_by == two.post


@pytest.mark.django_db
def test_what_was_thrown_away_meanwhile_is_not_there_to_be_filed() -> None:
    draft = begun(ANSWERS)
    throw_away(Actor.anonymous(), Draft.objects.get(pk=draft.pk))
    with pytest.raises(NotFound):
        file_draft(Actor.anonymous(), draft, WHO)


@pytest.mark.django_db
@pytest.mark.parametrize("way", ["thrown away", "forgotten", "erased"])
def test_where_a_link_was_sent_goes_with_the_draft(way: str) -> None:
    draft, at = begun(ANSWERS), Actor.anonymous().at
    send_link(Actor.anonymous(), draft, "ali@example.org", "secret")
    if way == "thrown away":
        throw_away(Actor.anonymous(), draft)
    elif way == "forgotten":
        assert forget_drafts(at + timedelta(days=90)) == 1
    else:
        filed = file_draft(Actor.anonymous(), draft, WHO)
        withdraw(Actor.anonymous(), filed)
        erase_applicant(system(), filed)
    assert not PersonalValue.objects.filter(
        entry__subject_kind=DRAFT, field="address", value__isnull=False
    )
    assert not Notice.objects.filter(address="ali@example.org").exists()


@pytest.mark.django_db
def test_a_citizen_who_was_signed_in_is_not_named_once_the_case_is_erased() -> None:
    unit, user = UnitFactory.create(), UserFactory.create()
    made = service(unit)
    assert made.current is not None
    citizen = Actor.user(user.pk, "رضا شهروند")
    draft, _secret = begin_draft(citizen, made.current, Beginning(Case.Channel.ONLINE, unit=unit))
    save_page(citizen, draft, Page(ANSWERS, {}, 0))
    filed = file_draft(citizen, draft, ApplicantFields(user_id=user.pk))
    clerk = staff(unit, "clerk")
    take(clerk.actor, filed)
    withdraw(Actor.anonymous(), filed)
    erase_applicant(system(), filed)
    entries = AuditEntry.objects.filter(subject_id__in=[filed.pk, draft.pk])
    assert not entries.filter(actor_id=user.pk).exists()
    named = PersonalValue.objects.filter(entry__in=entries, value__isnull=False)
    assert "رضا" not in str(list(named.values_list("value", flat=True)))
    assert entries.get(verb="take").actor_id == clerk.user.pk
