"""Forms at the counter, and forms on trial."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from diwan.accounts.tests.factories import sign_in
from diwan.directory.tests.factories import Staff, UnitFactory, staff
from diwan.services.models import Case, Draft, Service

from .factories import FORM, SIMPLE, service, variant, version
from .form_of_all import group, question

pytestmark = pytest.mark.django_db
LONG = replace(
    FORM,
    nodes=(*FORM.nodes, group("/data/kids", question("/data/kids/kid", "text"), kind="repeat")),
)


def where(name: str, *args: object) -> str:
    with override("fa"):
        return reverse(f"services:{name}", args=args)


@pytest.fixture
def clerk() -> Staff:
    return staff(UnitFactory.create(name={"fa": "پیشخوان"}), "clerk")


@pytest.fixture
def made(clerk: Staff) -> Service:
    return service(clerk.post.unit)


def at(who: Staff) -> Client:
    client = Client()
    sign_in(client, who.user)
    return client


def test_a_short_form_is_filed_in_one_go(clerk: Staff, made: Service) -> None:
    client = at(clerk)
    lists = client.get(where("counter")).content.decode()
    assert "مجوز هرس درخت" in lists
    found = client.get(where("counter"), {"q": "هرس"})
    assert found["Location"] == f"{where('counter_file', made.code)}?country=IR"
    page = client.get(found["Location"]).content.decode()
    assert 'name="phone"' in page
    assert 'value="file"' in page
    sent = {"q/name": "سارا بهاری", "q/trees": "۲", "q/kind": "palm", "phone": "۰۹۱۲۰۰۰۰۰۰۰"}
    answer = client.post(found["Location"], {**sent, "go": "file"})
    case = Case.objects.get()
    assert answer["Location"] == where("counter_filed", case.pk)
    assert (case.channel, case.filed_by) == ("counter", clerk.post)
    assert case.unit == clerk.post.unit
    assert case.applicant.user is None
    filed = client.get(answer["Location"]).content.decode()
    assert where("receipt_slip", case.code) in filed
    assert where("counter") in filed
    assert "به‌تازگی" in client.get(where("counter")).content.decode()


def test_what_is_missing_at_the_counter(clerk: Staff, made: Service) -> None:
    client = at(clerk)
    url = where("counter_file", made.code)
    page = client.post(url, {"q/trees": "0", "phone": "کجا", "go": "file"}, follow=True)
    text = page.content.decode()
    assert "پاسخ را بنویسید" in text
    assert "دست‌کم یکی" in text
    assert "این شماره تلفن نیست" in text
    assert Case.objects.count() == 0
    # Nobody at a counter has to have a telephone.
    again = page.redirect_chain[-1][0]
    client.post(again, {"q/name": "سارا", "q/trees": "1", "phone": "", "go": "file"})
    assert Case.objects.count() == 1


def test_a_call_is_no_visit(clerk: Staff) -> None:
    by_phone = variant("by-phone", channels=("counter", "phone"))
    made = service(clerk.post.unit, by_phone, LONG)
    client = at(clerk)
    first = client.post(where("counter_file", made.code), {"q/name": "سارا", "go": "next"})
    kids = client.post(first["Location"], {"go": "next"})
    about = client.post(kids["Location"], {"channel": "phone", "phone": "", "go": "next"})
    client.post(about["Location"], {"go": "file"})
    assert Case.objects.get().channel == "phone"


def test_a_counter_s_form_is_its_own(clerk: Staff, made: Service) -> None:
    client = at(clerk)
    url = where("counter_file", made.code)
    begun = client.post(url, {"q/trees": "0", "go": "file"})["Location"].partition("?")[0]
    assert Draft.objects.get().by_post == clerk.post
    assert at(staff(UnitFactory.create(), "clerk")).get(begun).status_code == 404
    assert Client().get(begun).status_code == 404
    assert at(staff(clerk.post.unit, "clerk")).get(begun).status_code == 200
    other = staff(UnitFactory.create(), "clerk")
    assert at(other).get(url).status_code == 404
    assert at(staff(clerk.post.unit, "reviewer")).get(where("counter")).status_code == 404


@pytest.fixture
def head() -> Staff:
    return staff(UnitFactory.create(), "head")


def test_a_version_is_tried_without_a_case(head: Staff) -> None:
    made = service(head.post.unit)
    draft = version(made, SIMPLE, LONG)
    client, url = at(head), where("try", draft.pk)
    assert client.get(url).status_code == 200
    page = client.post(url, {"q/name": "سارا", "q/trees": "۲", "go": "next"}, follow=True)
    assert "بخش kids" in page.content.decode()
    check = client.get(f"{url}?page=check").content.decode()
    assert "بررسی مدارک" in check
    assert "ارسال به کارشناس" in check
    assert "آنچه فرم اکنون محاسبه می‌کند" in check
    walked = client.get(f"{url}?page=check&walk=forward,grant,no-such").content.decode()
    assert "پرونده در اینجا پایان می‌یابد" in walked
    client.post(f"{url}?page=1", {"q/name": "", "q/trees": "۲", "go": "next"})
    assert "پاسخ را بنویسید" in client.get(f"{url}?page=check").content.decode()
    client.post(f"{url}?page=check", {"go": "file"})
    assert Case.objects.count() == 0
    trial = Draft.objects.get()
    assert (trial.tried, trial.answers["trees"]) == (True, "2")
    client.post(url, {"go": "again"})
    assert Draft.objects.count() == 0


def test_a_trial_is_one_s_own_and_no_link_opens_it(head: Staff) -> None:
    made = service(head.post.unit)
    draft = version(made)
    client, url = at(head), where("try", draft.pk)
    client.post(url, {"q/name": "سارا", "go": "next"})
    other = at(staff(head.post.unit, "head"))
    assert "سارا" not in other.get(url).content.decode()
    assert at(staff(head.post.unit, "clerk")).get(url).status_code == 403
    draft.state = "discarded"
    draft.save()
    assert client.get(url).status_code == 404
