"""The citizen's pages: light, without an account, naming no clerk, and not to be guessed at."""

from __future__ import annotations

import gzip
import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from diwan.accounts.tests.factories import sign_in
from diwan.directory.models import Unit
from diwan.directory.tests.factories import RegisterFactory, Staff, UnitFactory, staff
from diwan.kernel import files
from diwan.kernel.exchange import Ref
from diwan.kernel.policies import Actor
from diwan.kernel.requests import HOUSE_COOKIE
from diwan.services.actions.ratings import open_rating, rating_secret
from diwan.services.actions.tries import MISSES, MISSES_AT_ALL, MISSES_OF_ALL, MISSES_THEN
from diwan.services.constants import CASE
from diwan.services.models import Case, CasePause, CodeTry, Rating
from diwan.services.rules.codes import new_code, written_code

from .factories import case, service, variant
from .test_actions_ratings import ended

pytestmark = pytest.mark.django_db
LIGHT = 100_000
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def at(name: str, *args: Any, language: str = "fa") -> str:
    with override(language):
        return reverse(f"services:{name}", args=args)


def read(client: Client, name: str, *args: Any, **query: str) -> str:
    answer = client.get(at(name, *args), query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


@pytest.fixture
def unit(db: None) -> Unit:
    return UnitFactory.create(name={"fa": "دفتر خدمات", "ar": "مركز الخدمات"})


@pytest.fixture
def clerk(unit: Unit) -> Staff:
    found = staff(unit, "clerk")
    head = staff(unit, "head")
    for one, name in ((found, "کارشناس پشت میز"), (head, "رئیس دفتر")):
        one.post.versions.update(name={"fa": name})
    return found


def waiting(unit: Unit) -> Case:
    """A case that waits for two things."""
    made = case(service(unit), phase=Case.Phase.WAITING, returned=1)
    asked = [
        {"paper": "deed", "text": {}, "question": ""},
        {"paper": "", "text": {"fa": "امضا"}, "question": ""},
        {"paper": "", "text": {}, "question": "/data/trees"},
    ]
    step = made.steps.get()
    CasePause.objects.create(case=made, step=step, asked=asked, since_at=timezone.now())
    return made


def weight(page: str) -> int:
    """What a telephone loads for a page: it, and compressed its styles, scripts and fonts."""
    found = set(re.findall(r'(?:href|src)="/static/([^"]+)"', page)) - {"ui/icon.svg"}
    kept = {re.sub(r"\.[0-9a-f]{12}(?=\.\w+$)", "", name) for name in found} | {
        "vendor/pico.min.css"
    }
    total = len(page.encode())
    for name in kept:
        path = finders.find(name.replace("%5B", "[").replace("%5D", "]"))
        assert path, name
        content = Path(str(path)).read_bytes()
        total += len(content if name.endswith("woff2") else gzip.compress(content))
    return total


def test_the_first_page_is_light_and_full_of_services(client: Client, unit: Unit) -> None:
    for number in range(40):
        name = {"fa": f"خدمت شماره {number} با نامی بلند", "ar": "خدمة", "en": "A service"}
        service(unit, variant(f"s-{number}", name=name), events=["home", "work"])
    page = read(client, "catalogue")
    assert page.count('class="card"') == 40
    assert weight(page) < LIGHT
    assert "htmx-2" not in page
    one = read(client, "service", "s-1")
    assert weight(one) < LIGHT


def test_looking_for_it_in_everyday_words(client: Client, unit: Unit) -> None:
    service(unit, search="هرس درخت شاخه", events=["home"])
    assert "مجوز هرس درخت" in read(client, "catalogue", q="شاخه درخت")
    assert "برای «پاسپورت» چیزی پیدا نشد" in read(client, "catalogue", q="پاسپورت")
    assert "مجوز هرس درخت" in read(client, "events", "home")
    assert client.get(at("events", "nothing")).status_code == 404


def test_an_empty_catalogue_says_what_comes_first(client: Client, db: None) -> None:
    assert "هنوز خدمتی باز نشده است" in read(client, "catalogue")


def test_countries_that_share_a_code_are_told_apart(client: Client, unit: Unit) -> None:
    egypt = UnitFactory.create(register=RegisterFactory.create(key="egypt", country="EG"))
    service(unit)
    service(egypt)
    assert "?country=EG" in read(client, "service", "tree-permit")
    assert "درخواست اینترنتی" in read(client, "service", "tree-permit", country="IR")
    assert client.get(at("service", "nothing")).status_code == 404


def test_the_page_of_a_service_says_what_it_really_takes(client: Client, unit: Unit) -> None:
    made = service(unit)
    page = read(client, "service", made.code)
    assert "کمتر از" in page
    assert "۵ روز کاری" in page  # the promise: both steps together
    for _ in range(10):
        open_rating(ended(made), timezone.now())
    assert "نیمی تا" in read(client, "service", made.code)


def test_a_receipt_names_the_head_and_never_the_clerk(
    client: Client, unit: Unit, clerk: Staff
) -> None:
    one = case(service(unit), post=clerk.post)
    for name in ("receipt", "followed"):
        page = read(client, name, one.code)
        assert written_code(one.code) in page
        assert "رئیس دفتر" in page
        assert "کارشناس پشت میز" not in page
        assert "سارا بهاری" not in page
        assert "س. ب." in page
    for name in ("receipt_a4", "receipt_slip"):
        answer = client.get(at(name, one.code))
        assert answer["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF")


def test_a_code_is_typed_as_it_comes_and_leads_to_its_case(client: Client, unit: Unit) -> None:
    one = case(service(unit))
    answer = client.get(at("follow"), {"code": f" {written_code(one.code).lower()} "})
    assert answer["Location"] == at("followed", one.code)


def test_wrong_and_absent_codes_get_the_same_answer_until_one_has_to_wait(
    client: Client, unit: Unit
) -> None:
    one = case(service(unit))
    wrong, absent = "AAAA-AAAA-AAAA", new_code()
    pages = []
    for code in (wrong, absent):
        answer = client.get(at("followed", code))
        assert answer.status_code == 404
        pages.append(answer.content.decode().replace(code, ""))
    assert pages[0] == pages[1]
    for _ in range(MISSES - 2):
        client.get(at("follow"), {"code": new_code()})
    for name, args in (("followed", [wrong]), ("receipt", [absent])):
        shut = client.get(at(name, *args))
        assert shut.status_code == 429
        assert "یک ربع ساعت" in shut.content.decode()
    assert client.get(at("complain"), {"case": absent}).status_code == 429
    # Who sits behind the same address with a true code gets in, until nobody mistypes any more.
    assert client.get(at("followed", one.code)).status_code == 200
    CodeTry.objects.update(misses=MISSES_AT_ALL)
    for code in (wrong, one.code):
        assert client.get(at("followed", code)).status_code == 429
    other = client.get(at("followed", one.code), REMOTE_ADDR="203.0.113.9")
    assert other.status_code == 200
    assert "203.0.113" not in str(list(CodeTry.objects.values_list("who", flat=True)))


def test_under_attack_who_has_a_true_code_still_gets_in(client: Client, unit: Unit) -> None:
    one = case(service(unit))
    client.get(at("followed", new_code()), REMOTE_ADDR="203.0.113.1")
    CodeTry.objects.update(misses=MISSES_THEN)
    window = CodeTry.objects.get().window_at
    CodeTry.objects.create(who="many others", window_at=window, misses=MISSES_OF_ALL)
    true = client.get(at("followed", one.code), REMOTE_ADDR="203.0.113.2")
    guessing = client.get(at("followed", one.code), REMOTE_ADDR="203.0.113.1")
    assert (true.status_code, guessing.status_code) == (200, 200)
    guessing = client.get(at("followed", new_code()), REMOTE_ADDR="203.0.113.1")
    slip = client.get(at("followed", new_code()), REMOTE_ADDR="203.0.113.2")
    assert (guessing.status_code, slip.status_code) == (429, 404)


def test_behind_a_proxy_people_are_told_apart(client: Client, unit: Unit) -> None:
    for _ in range(MISSES):
        client.get(at("followed", new_code()), headers={"x-forwarded-for": "198.51.100.7"})
    for hops in ("198.51.100.7", "203.0.113.1, 198.51.100.7:4100"):
        shut = client.get(at("followed", new_code()), headers={"x-forwarded-for": hops})
        assert shut.status_code == 429
    free = client.get(at("followed", new_code()), headers={"x-forwarded-for": "198.51.100.8"})
    assert free.status_code == 404


def test_everything_missing_is_brought_at_once(client: Client, unit: Unit) -> None:
    one = waiting(unit)
    page = read(client, "followed", one.code)
    assert "سند ملک" in page
    assert "امضا" in page
    where = at("bring", one.code)
    assert client.post(where, {}).status_code == 422
    deed = SimpleUploadedFile("سند.pdf", PDF, "application/pdf")
    lie = SimpleUploadedFile("سند.pdf", b"MZ\x90\x00 not a paper", "application/pdf")
    assert client.post(where, {"file_0": lie}).status_code == 422
    assert one.files.count() == 0
    slip = client.post(where, {"answer_2": "۰"})
    assert slip.status_code == 422
    assert "دست‌کم یکی" in slip.content.decode()  # the form's own words, at the question
    answer = client.post(where, {"file_0": deed, "answer_2": "۳", "words": "امضا شد"})
    assert answer["Location"] == at("followed", one.code)
    one.refresh_from_db()
    assert one.phase == Case.Phase.OPEN
    assert one.files.get().by_applicant
    assert one.answers.answers["trees"] == "3"
    again = client.post(where, {"words": "باز هم"})
    assert again["Location"] == at("followed", one.code)
    assert one.notes.count() == 1


def test_a_case_is_withdrawn_once_and_an_ended_one_opened_again(client: Client, unit: Unit) -> None:
    one = case(service(unit))
    client.post(at("withdraw", one.code), {"reason": ""})
    client.post(at("withdraw", one.code), {"reason": ""})
    one.refresh_from_db()
    assert one.phase == Case.Phase.WITHDRAWN
    done = ended(one.service)
    where = at("reopen", done.code)
    assert client.post(where, {"reason": " "}).status_code == 422
    assert client.post(where, {"reason": "پاسخ نادرست بود"}).status_code == 302
    done.refresh_from_db()
    assert (done.phase, done.reopened) == (Case.Phase.OPEN, 1)
    old = ended(one.service)
    long_ago = timezone.now() - timedelta(days=31)
    Case.objects.filter(pk=old.pk).update(filed_at=long_ago, ended_at=long_ago)
    client.post(at("reopen", old.code), {"reason": "دیر"})
    old.refresh_from_db()
    assert old.reopened == 0


def test_judging_is_done_once_by_whoever_holds_the_link(client: Client, unit: Unit) -> None:
    one = ended(service(unit))
    open_rating(one, timezone.now())
    where = at("rate", rating_secret(one))
    assert where in read(client, "followed", one.code)
    assert client.post(where, {"visits": "2"}).status_code == 422
    said = {"stars": "4", "promise": "yes", "visits": "۲", "papers": "no", "words": "خوب بود"}
    assert "سپاسگزاریم" in client.post(where, said, follow=True).content.decode()
    row = Rating.objects.get()
    assert (row.stars, row.visits, row.papers_once) == (4, 2, False)
    shared = Client().post(where, {"stars": "1"})
    assert "پیش‌تر ارزیابی شده" in shared.content.decode()
    assert Rating.objects.get().stars == 4
    assert where not in read(client, "followed", one.code)
    closing = client.get(at("closing_slip", one.code))
    assert closing.content.startswith(b"%PDF")


def test_a_device_of_the_office_never_judges(client: Client, unit: Unit, clerk: Staff) -> None:
    one = ended(service(unit))
    open_rating(one, timezone.now())
    where = at("rate", rating_secret(one))
    sign_in(client, clerk.user)
    assert "کارکنان درباره خود داوری نمی‌کنند" in client.get(where).content.decode()
    assert client.post(where, {"stars": "5"}).status_code == 403
    client.logout()
    client.cookies[HOUSE_COOKIE] = "1"
    assert client.post(where, {"stars": "5"}).status_code == 403
    assert not Rating.objects.exists()


def test_the_mark_of_a_device_outlives_the_session(client: Client, clerk: Staff) -> None:
    sign_in(client, clerk.user)
    client.get("/fa/")
    cookie = client.cookies[HOUSE_COOKIE]
    assert cookie["max-age"] == 365 * 24 * 3600
    assert cookie["httponly"]


def test_links_that_are_over_or_guessed_say_so(client: Client, unit: Unit) -> None:
    one = ended(service(unit))
    link = open_rating(one, timezone.now())
    assert link is not None
    link.expires_at = timezone.now()
    link.save()
    where = at("rate", rating_secret(one))
    page = client.get(where).content.decode()
    assert "مهلت ارزیابی" in page
    assert f"{at('complain')}?service=tree-permit&amp;country=IR" in page  # to which it invites
    assert one.code not in page
    assert client.post(where, {"stars": "5"}).status_code == 200
    assert not Rating.objects.exists()
    assert client.get(at("rate", "guessed")).status_code == 404


def test_what_the_office_gives_is_fetched_with_the_code_alone(client: Client, unit: Unit) -> None:
    one, other = case(service(unit)), ended(service(unit, variant("other")))
    actor = Actor.system("t")
    stored = files.store(actor, Ref(CASE, one.pk), io.BytesIO(PDF), "licence.pdf")
    row = one.files.create(
        name="مجوز", file=stored, by_applicant=False, output=True, at=timezone.now()
    )
    inner = one.files.create(name="گزارش درونی", file=stored, by_applicant=False, at=timezone.now())
    page = read(client, "followed", one.code)
    assert "مجوز" in page
    assert "گزارش درونی" not in page
    assert client.get(at("output", one.code, row.pk)).status_code == 200
    assert client.get(at("output", one.code, inner.pk)).status_code == 404
    assert client.get(at("output", other.code, row.pk)).status_code == 404


def test_a_complaint_knows_its_case(client: Client, unit: Unit) -> None:
    one = ended(service(unit))
    page = read(client, "complain", case=one.code)
    assert "هنوز خدمتی برای شکایت باز نشده" in page
    service(unit, variant("grumble", kind="complaint"))
    page = read(client, "complain", case=one.code)
    assert f"about={one.code}" in page
    assert at("reopen", one.code) in page
    assert "grumble" in read(client, "complain", service="tree-permit", country="IR")
    assert "grumble" in (page := read(client, "complain"))
    assert "ایران" not in page
    egypt = UnitFactory.create(register=RegisterFactory.create(key="egypt", country="EG"))
    service(egypt, variant("grumble", kind="complaint"))
    page = read(client, "complain")  # two of one name: which is whose?
    assert 0 < page.find("<span>ایران</span>") < page.find("<span>مصر</span>")
    assert client.get(at("complain"), {"case": "wrong"}).status_code == 404
