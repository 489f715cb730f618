"""The work list: what is late first, filters that stay, and the next case without going back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from diwan.directory.tests.factories import UnitFactory, staff
from diwan.kernel.search import rebuild
from diwan.services.models import Case
from diwan.services.rules.codes import written_code

from .factories import case
from .office import Office, at, make_office

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Office:
    return make_office()


def read(client: Client, where: str) -> str:
    answer = client.get(where, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_clerk_reads_how_much_is_late_and_the_latest_first(office: Office) -> None:
    now = timezone.now()
    later = case(office.service, name="دیرتر", due_at=now + timedelta(days=30))
    late = case(office.service, name="دیرکرده", due_at=now - timedelta(days=20))
    other = case(office.service, name="کارشناسی", state="review", role="officer")
    text = read(office.client(office.clerk), at("work"))
    assert "<h1>۱ پرونده عقب افتاده است</h1>" in text
    assert text.index(written_code(late.code)) < text.index(written_code(later.code))
    assert "روز کاری تأخیر" in text
    assert written_code(other.code) not in text


def test_a_broken_promise_is_not_called_punctual(office: Office) -> None:
    now = timezone.now()
    case(office.service, due_at=now + timedelta(days=5), promised_at=now - timedelta(days=1))
    text = read(office.client(office.clerk), at("work"))
    assert "<h1>موعد هیچ گامی نگذشته، اما موعد پاسخ نهایی ۱ پرونده گذشته است</h1>" in text


def test_filters_stay_in_the_address_and_in_mind(office: Office) -> None:
    case(office.service, name="نزد من")
    done = case(office.service, name="پایان‌یافته")
    Case.objects.filter(pk=done.pk).update(phase="done", state="done", ended_at=timezone.now())
    client = office.client(office.clerk)
    assert "پایان‌یافته" in read(client, at("work", group="ended", whose="unit"))
    again = client.get(at("work"))
    assert again.status_code == 302
    assert again["Location"] == at("work", whose="unit", group="ended")
    assert "نزد من" in read(client, at("work", whose="mine"))
    assert "نزد من" in read(client, at("work"))


def test_a_case_is_found_by_code_name_and_telephone_also_when_it_ended(office: Office) -> None:
    found = case(office.service, name="مهرنوش سپیدار")
    Case.objects.filter(pk=found.pk).update(phase="done", state="done", ended_at=timezone.now())
    case(office.service, name="دیگری")
    rebuild()
    client = office.client(office.clerk)
    for asked in (written_code(found.code).lower(), "سپیدار", "۰۹۱۲۰۰۰۰۰۰۰"):
        assert "مهرنوش" in read(client, at("work", q=asked)), asked
    assert "دیگری" not in read(client, at("work", q="سپیدار"))


def test_a_head_reads_all_below_and_who_took_it(office: Office) -> None:
    mine = case(office.service, name="برداشته", post=office.clerk.post)
    text = read(office.client(office.head), at("work", whose="below"))
    assert written_code(mine.code) in text
    assert "شهرستان" in text
    assert office.clerk.person.name["fa"] in text


def test_who_handles_no_cases_has_no_list(office: Office) -> None:
    clerk = staff(office.unit, "administrator")
    assert office.client(clerk).get(at("work")).status_code == 404
    assert Client().get(at("work")).status_code == 302


def test_a_long_list_goes_on_by_keyset_and_leaves_nothing_out(office: Office) -> None:
    now = timezone.now()
    for number in range(55):
        # Several share an instant, and the last ones have none.
        due = None if number > 51 else now + timedelta(days=number // 5)
        case(office.service, due_at=due)
    client = office.client(office.clerk)
    first = client.get(at("work", whose="mine"))
    rows = [row.case.pk for row in first.context["rows"]]
    second = client.get(first.context["more_url"])
    rows += [row.case.pk for row in second.context["rows"]]
    assert len(rows) == 55
    assert set(rows) == set(Case.objects.values_list("pk", flat=True))
    assert second.context["more_url"] == ""


def test_the_next_case_without_going_back(office: Office) -> None:
    now = timezone.now()
    first, second = (case(office.service, due_at=now + timedelta(days=n)) for n in (1, 2))
    client = office.client(office.clerk)
    read(client, at("work", whose="mine"))
    onward = client.get(at("next") + f"?from={first.pk}")
    assert onward["Location"] == at("case", second.pk)
    last = client.get(at("next") + f"?from={second.pk}", follow=True)
    assert "آخرین پرونده" in last.content.decode()


def test_what_our_department_is_asked_stands_on_top(office: Office) -> None:
    beside = UnitFactory.create(parent=office.top)
    asked = staff(beside, "officer")
    about = case(office.service)
    about.inquiries.create(
        step=about.steps.get(), unit=beside, question="مانعی هست؟", asked_at=timezone.now()
    )
    assert "مانعی هست؟" in read(office.client(asked), at("work"))


def test_the_list_asks_few_questions_however_much_stands_on_it(office: Office) -> None:
    for number in range(12):
        case(office.service, post=office.clerk.post if number % 2 else None)
    client = office.client(office.clerk)
    read(client, at("work", whose="unit"))
    with CaptureQueriesContext(connection) as queries:
        client.get(at("work", whose="unit"))
    assert len(queries) <= 15


def test_empty_lists_say_what_to_expect(office: Office) -> None:
    client = office.client(office.clerk)
    assert "چیزی در اینجا نیست" in read(client, at("work"))
    assert "هیچ پرونده‌ای" in read(client, at("work", whose="mine", group="late"))
