"""What somebody may use without being known, and who is not bounded at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.utils import timezone
from django.utils.translation import override

from diwan.accounts.tests.factories import UserFactory
from diwan.directory.models import Unit
from diwan.directory.tests.factories import UnitFactory, staff
from diwan.kernel.models import Notice
from diwan.kernel.policies import Actor, ActorKind
from diwan.services.actions.drafts import Beginning, Page, begin_draft, save_page, send_link
from diwan.services.actions.filing import file_case
from diwan.services.actions.given import ApplicantFields
from diwan.services.actions.limits import (
    TooMuch,
    What,
    asker_of,
    bound_of,
    count_filing,
    forget_spendings,
    spend,
)
from diwan.services.models import Case, Draft, Spending

from .factories import FORM, SIMPLE, case, service
from .office import at
from .test_actions_filing import ANSWERS

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 12, 10, tzinfo=UTC)
THERE = "network 203.0.113.7/32"


def citizen(at: datetime = NOON) -> Actor:
    return Actor(ActorKind.ANONYMOUS, at)


@pytest.fixture
def unit() -> Unit:
    return UnitFactory.create()


def test_who_is_counted() -> None:
    clerk = staff(UnitFactory.create(), "clerk").actor
    user = UserFactory.create()
    assert asker_of(citizen(), "::ffff:203.0.113.7") == THERE
    assert asker_of(citizen(), "2001:db8:1:2::7") == asker_of(citizen(), "2001:db8:1:2::8")
    assert asker_of(Actor.user(user.pk, "سارا"), "203.0.113.7") == f"user {user.pk}"
    assert asker_of(clerk, "203.0.113.7") == asker_of(Actor.system("x"), "203.0.113.7") == ""


@override_settings(DIWAN_FORMS_AN_HOUR=3)
def test_an_hour_and_a_day_are_bounded_and_forgotten() -> None:
    def most(at: datetime) -> int:
        for number in range(100):
            try:
                spend(THERE, What.FORMS, 1, at)
            except TooMuch:
                return number
        return 100

    hour = timedelta(hours=1)
    assert most(NOON) == 3
    assert most(NOON + timedelta(minutes=40)) == 0
    # Thousands stand behind one address of a mobile network: no hour shuts the others.
    assert [most(NOON + hour * n) for n in range(1, 12)] == [3] * 11
    assert most(NOON + hour * 12) == 3, "another day"
    spend(THERE, What.BYTES, 15_000_000, NOON)
    for n in range(1, 5):
        spend(THERE, What.BYTES, 15_000_000, NOON + hour * n)
    with pytest.raises(TooMuch):
        spend(THERE, What.BYTES, 1, NOON + hour * 6)
    spend("network 203.0.113.8/32", What.FORMS, 3, NOON)
    spend("", What.FORMS, 1_000_000, NOON)
    assert bound_of(What.BYTES).hour == 15_000_000
    assert "203.0.113" not in str(list(Spending.objects.values_list("who", flat=True)))
    count = Spending.objects.count()
    assert forget_spendings(NOON + hour * 13) == count
    assert not Spending.objects.exists()


@override_settings(DIWAN_FORMS_AN_HOUR=1, DIWAN_TOKEN_FORMS_AN_HOUR=3)
def test_a_program_without_a_post_may_file_for_many() -> None:
    program = Actor.user(UserFactory.create().pk, "گزارش شهر", at=NOON)
    for _n in range(3):
        count_filing(program, "203.0.113.7", 1_000_000)
    with override("en"), pytest.raises(TooMuch, match="This program"):
        count_filing(program, "203.0.113.7", 0)
    spend(asker_of(program, "203.0.113.7"), What.FORMS, 1, NOON)
    count_filing(citizen(), "203.0.113.7", 0)
    with override("en"), pytest.raises(TooMuch, match="this network"):
        count_filing(citizen(), "203.0.113.7", 0)


@override_settings(DIWAN_FORMS_AN_HOUR=2)
def test_forms_and_files_of_one_network_are_bounded_and_clerks_are_not(unit: Unit) -> None:
    made = service(unit)
    assert made.current is not None
    how = Beginning("online", asker=THERE)
    draft, _secret = begin_draft(citizen(), made.current, how)
    begin_draft(citizen(), made.current, how)
    with pytest.raises(TooMuch):
        begin_draft(citizen(), made.current, how)
    begin_draft(citizen(), made.current, Beginning("online", asker="network elsewhere"))
    file = SimpleUploadedFile("نقشه.txt", "نقشه".encode())
    file.size = bound_of(What.BYTES).hour + 1
    page = Page({}, {}, 0, uploads=[("/data/plan", file, "نقشه.txt")], asker=THERE)
    refused = save_page(citizen(), draft, page)
    assert list(refused) == ["/data/plan"]
    assert not draft.files.exists()


@override_settings(DIWAN_FORMS_AN_HOUR=1)
def test_what_was_typed_stays_on_the_page_that_is_not_taken(unit: Unit, client: Client) -> None:
    made = service(unit)
    where = at("file", made.code)
    answers = {"q/name": "سارا بهاری", "q/trees": "2", "q/kind": "plane", "go": "next"}
    first = client.post(where, answers)
    assert first.status_code == 302
    again = client.post(where, answers)
    page = again.content.decode()
    assert again.status_code == 429
    assert "یک ساعت دیگر" in page
    assert 'value="سارا بهاری"' in page
    assert Draft.objects.count() == 1
    # What was begun is filed; where others of the network filed so much, it waits as it is.
    spend("network 127.0.0.1/32", What.FILINGS, 1, timezone.now())
    check = f"{first['Location'].partition('?')[0]}?page=check"
    client.post(check.replace("check", "about"), {"phone": "09120000000", "go": "next"})
    shut = client.post(check, {"go": "file"})
    assert (shut.status_code, Case.objects.count()) == (429, 0)
    Spending.objects.all().delete()
    assert client.post(check, {"go": "file"}).status_code == 302
    assert Case.objects.count() == 1


def test_a_number_gets_few_first_messages_whoever_types_it(unit: Unit) -> None:
    made = service(unit, SIMPLE, FORM, code="many")
    assert made.current is not None
    phone = ApplicantFields(phone="09121234567")
    for number in range(7):
        more: dict[str, Any] = {"channel": "online", "applicant": phone, "key": str(number)}
        file_case(citizen(), made.current, unit, ANSWERS, **more)
    assert (Case.objects.count(), Notice.objects.count()) == (7, 5)
    # Known clerks answer for what they type, and what happens to a case is told in any case.
    clerk = staff(unit, "clerk").actor_at(NOON)
    file_case(clerk, made.current, unit, ANSWERS, channel="counter", applicant=phone)
    assert Notice.objects.count() == 6


def test_links_of_drafts_to_one_number_are_bounded_over_all_drafts(unit: Unit) -> None:
    made = service(unit)
    assert made.current is not None
    for number in range(6):
        draft, secret = begin_draft(citizen(), made.current, Beginning("online"))
        if number < 5:
            send_link(citizen(), draft, "+989121234567", secret)
        else:
            with pytest.raises(TooMuch):
                send_link(citizen(), draft, "+989121234567", secret)
    assert Notice.objects.count() == 5


@override_settings(DIWAN_FORMS_AN_HOUR=1)
def test_papers_are_drawn_so_often_for_one_network(unit: Unit, client: Client) -> None:
    one = case(service(unit))
    assert client.get(at("receipt_slip", one.code)).content.startswith(b"%PDF")
    again = client.get(at("receipt_slip", one.code))
    assert again.status_code == 429
    assert "خود صفحه را هم می‌توان چاپ کرد" in again.content.decode()
    assert client.get(at("receipt", one.code)).status_code == 200
