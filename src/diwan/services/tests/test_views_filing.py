"""Filing online: page by page, kept for later, and filed once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from diwan.accounts.tests.factories import sign_in
from diwan.directory.tests.factories import UnitFactory, staff
from diwan.kernel.models import Notice, StoredFile
from diwan.services.actions.drafts import MOST_LINKS, forget_drafts
from diwan.services.forms.answers import LONGEST
from diwan.services.models import Case, Draft, Service, ServiceVersion
from diwan.services.rules.codes import digest, new_secret

from .factories import FORM, SIMPLE, service, version
from .form_of_all import group, question

pytestmark = pytest.mark.django_db
GOOD = {"q/name": "سارا بهاری", "q/trees": "۲", "q/kind": "plane", "go": "next"}
RICH = replace(
    FORM,
    nodes=(
        *FORM.nodes,
        question("/data/share", "calculate", calculation="10 div /data/trees"),
        group(
            "/data/papers",
            question("/data/papers/photo", "image"),
            question("/data/papers/day", "date", constraint=". <= today()"),
            question("/data/papers/words", "text", appearance="multiline"),
        ),
        group(
            "/data/kids",
            question("/data/kids/kid", "text", required="true()"),
            question("/data/kids/proof", "image"),
            kind="repeat",
        ),
    ),
)
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f"
    b"\x15\xc4\x89\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND"
    b"\xaeB`\x82"
)


def where(name: str, *args: object, language: str = "fa") -> str:
    with override(language):
        return reverse(f"services:{name}", args=args)


def picture(name: str = "a.png", content: bytes = PNG) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.fixture
def rich() -> Service:
    return service(UnitFactory.create(), replace(SIMPLE, code="rich"), RICH)


def begun(client: Client, code: str, **more: str) -> str:
    """The address of a form whose first page is filled in."""
    answer = client.post(where("file", code), {**GOOD, **more})
    assert answer.status_code == 302
    return answer["Location"].partition("?")[0]


def told(client: Client, url: str, data: dict[str, object]) -> str:
    """The page that comes after sending, wherever that led."""
    return client.post(url, data, follow=True).content.decode()


def test_the_way_of_a_citizen(client: Client) -> None:
    service(UnitFactory.create())
    assert client.get(where("file", "tree-permit")).status_code == 200
    assert Draft.objects.count() == 0
    url = begun(client, "tree-permit")
    draft = Draft.objects.get()
    assert draft.answers == {"name": "سارا بهاری", "trees": "2", "kind": "plane"}
    assert "شماره همراه" in client.get(f"{url}?page=about").content.decode()
    answer = client.post(f"{url}?page=about", {"phone": "۰۹۱۲۰۰۰۰۰۰۰", "go": "next"})
    check = client.get(answer["Location"]).content.decode()
    assert "سارا بهاری" in check
    assert "چنار" in check
    assert "۰۹۱۲۰۰۰۰۰۰۰" in check
    answer = client.post(answer["Location"], {"go": "file"})
    made = Case.objects.get()
    assert answer["Location"] == where("receipt", made.code)
    assert (made.applicant.phone, made.applicant.name) == ("09120000000", "سارا بهاری")
    draft.refresh_from_db()
    assert (draft.answers, draft.contact) == ({}, {})
    # Sent again, or opened again, it is the same case.
    again = client.post(f"{url}?page=check", {"go": "file"})
    assert again["Location"] == where("receipt", made.code)
    assert client.get(url)["Location"] == where("receipt", made.code)
    assert Case.objects.count() == 1


def test_what_is_missing_is_said_at_its_place_and_what_was_written_is_kept(client: Client) -> None:
    service(UnitFactory.create())
    page = told(client, where("file", "tree-permit"), {"q/trees": "هفت", "go": "next"})
    assert "«هفت» عدد صحیح نیست" in page
    assert 'value="هفت"' in page
    assert 'href="#q:data:name"' in page
    assert 'aria-describedby="q:data:name:error"' in page
    assert Draft.objects.get().answers["trees"] == "هفت"


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"q/trees": "0"}, "دست‌کم یکی"),
        ({"q/trees": "1", "q/kind": "rose"}, "در میان گزینه‌ها نیست"),
        ({"q/trees": "1" * 40}, "عدد صحیح نیست"),
    ],
)
def test_answers_that_do_not_fit(client: Client, sent: dict[str, str], sentence: str) -> None:
    service(UnitFactory.create())
    page = told(client, where("file", "tree-permit"), {"q/name": "سارا", "go": "next", **sent})
    assert sentence in page
    assert Case.objects.count() == 0


def test_a_text_beyond_all_measure(client: Client, rich: Service) -> None:
    url = begun(client, "rich")
    sent = {"q/papers/words": "ب" * (LONGEST + 1), "q/papers/day": "۱۴۰۵/۲/۳۲", "go": "next"}
    answer = client.post(f"{url}?page=2", sent)
    assert answer.status_code == 422
    assert "از ۲۰٬۰۰۰ نویسه بلندتر است" in answer.content.decode()
    assert "words" not in Draft.objects.get().answers["papers"]
    page = client.get(f"{url}?page=2&mend=1").content.decode()
    assert "این ماه ۳۱ روز دارد" in page


@pytest.mark.parametrize(
    ("upload", "sentence"),
    [
        (picture("photo.jpg", b"MZ\x90\x00" + b"\x00" * 400), "از نوعی است که پذیرفته نمی‌شود"),
        (picture("photo.jpg"), "با پسوند نامش نمی‌خواند"),
        (picture("photo.png", b""), "خالی است"),
    ],
)
def test_files_that_lie(
    client: Client, rich: Service, upload: SimpleUploadedFile, sentence: str
) -> None:
    url = begun(client, "rich")
    answer = client.post(
        f"{url}?page=2", {"q/papers/photo": upload, "q/papers/words": "نو", "go": "next"}
    )
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert StoredFile.objects.count() == 0
    assert Draft.objects.get().answers["papers"]["words"] == "نو"


def test_files_are_shown_back_replaced_and_taken_out(client: Client, rich: Service) -> None:
    url = begun(client, "rich")
    client.post(f"{url}?page=2", {"q/papers/photo": picture(), "go": "next"})
    client.post(f"{url}?page=2", {"q/papers/photo": picture("b.png"), "go": "next"})
    draft = Draft.objects.get()
    given = draft.files.get()
    assert (given.name, draft.answers["papers"]["photo"]) == ("b.png", "b.png")
    assert StoredFile.objects.count() == 1
    assert f"{url}files/{given.pk}/" in client.get(f"{url}?page=2").content.decode()
    shown = client.get(f"{url}files/{given.pk}/")
    assert shown["Content-Type"] == "image/png"
    assert client.get(f"{where('draft', new_secret())}files/{given.pk}/").status_code == 404
    client.post(f"{url}?page=2", {"go": f"drop:{given.pk}"})
    draft.refresh_from_db()
    assert draft.answers["papers"]["photo"] == ""
    assert StoredFile.objects.count() == 0


def test_repetitions_keep_their_files(client: Client, rich: Service) -> None:
    url = f"{begun(client, 'rich')}?page=3"
    client.post(url, {"q/kids[1]/kid": "نرگس", "go": "add:/data/kids"})
    sent = {"q/kids[2]/kid": "آرش", "q/kids[2]/proof": picture("arash.png")}
    assert client.post(url, {**sent, "go": "add:/data/kids"})["Location"].endswith("#q:data:kids")
    client.post(url, {"q/kids[3]/kid": "سه", "go": "remove:/data/kids[1]"})
    draft = Draft.objects.get()
    kids = [one.get("kid") for one in draft.answers["kids"]]
    assert kids == ["آرش", "سه"]
    assert draft.files.get().question == "/data/kids[1]/proof"
    client.post(url, {"go": "remove:/data/kids[1]"})
    assert draft.files.count() == 0


def test_dividing_by_zero_leaves_a_blank_and_no_error_of_the_server(
    client: Client, rich: Service
) -> None:
    answer = client.post(where("file", "rich"), {**GOOD, "q/trees": "0"})
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert "دست‌کم یکی" in page


def test_wrong_and_foreign_links_are_over(client: Client) -> None:
    service(UnitFactory.create())
    url = begun(client, "tree-permit")
    Draft.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    past = client.get(url)
    wrong = client.get(where("draft", new_secret()))
    assert past.status_code == wrong.status_code == 404
    assert "این پیوند دیگر معتبر نیست" in past.content.decode()
    assert client.post(where("later", new_secret()), {"address": "09120000000"}).status_code == 404
    assert client.post(where("throw_away", "x")).status_code == 404


def test_a_version_published_meanwhile_and_one_discarded(client: Client) -> None:
    made = service(UnitFactory.create())
    url = begun(client, "tree-permit")
    old = made.current
    assert old is not None
    ServiceVersion.objects.filter(pk=old.pk).update(state="retired")
    made.current = version(made, state="published", published_at=timezone.now())
    made.save()
    client.post(f"{url}?page=about", {"phone": "09120000000", "go": "next"})
    client.post(f"{url}?page=check", {"go": "file"})
    assert Case.objects.get().version_id == old.pk
    other = begun(client, "tree-permit")
    ServiceVersion.objects.filter(pk=made.current.pk).update(state="discarded")
    assert client.get(other).status_code == 404


def test_a_service_closed_meanwhile_says_so_and_keeps_what_was_written(client: Client) -> None:
    made = service(UnitFactory.create())
    url = begun(client, "tree-permit")
    client.post(f"{url}?page=about", {"phone": "09120000000", "go": "next"})
    Service.objects.filter(pk=made.pk).update(state=Service.State.CLOSED)
    answer = client.post(f"{url}?page=check", {"go": "file"})
    assert answer.status_code == 422
    assert "پذیرش" in answer.content.decode() or "بسته" in answer.content.decode()
    assert Draft.objects.get().answers["name"] == "سارا بهاری"
    # Whoever comes only now is led to the service's page.
    assert client.get(where("file", "tree-permit")).status_code == 302


def test_an_office_asks_for_a_service_of_offices() -> None:
    head = staff(UnitFactory.create(), "head")
    made = service(head.post.unit, replace(SIMPLE, code="inside", audience="staff"))
    assert Client().get(where("file", made.code)).status_code == 404
    client = Client()
    sign_in(client, head.user)
    url = begun(client, made.code)
    client.post(f"{url}?page=about", {"phone": "09120000000", "go": "next"})
    client.post(f"{url}?page=check", {"go": "file"})
    who = Case.objects.get().applicant
    assert (who.unit, who.user) == (head.post.unit, head.user)


def test_going_on_later(client: Client) -> None:
    service(UnitFactory.create())
    url = begun(client, "tree-permit")
    answer = client.post(f"{url}?page=about", {"phone": "0912 000 0000", "go": "later"})
    later = client.get(answer["Location"]).content.decode()
    assert f"http://testserver{url}" in later
    assert 'value="0912 000 0000"' in later
    assert client.post(answer["Location"], {"address": "کجا"}).status_code == 422
    for _time in range(MOST_LINKS):
        assert client.post(answer["Location"], {"address": "09120000000"}).status_code == 302
    assert client.post(answer["Location"], {"address": "09120000000"}).status_code == 422
    notice = Notice.objects.first()
    assert notice is not None
    assert digest(notice.data["secret"]) == Draft.objects.get().key
    # Wherever it is opened, it goes on where it stopped.
    assert "شماره همراه" in Client().get(url).content.decode()
    assert client.post(f"{url}throw-away/").status_code == 302
    assert Draft.objects.count() == 0
    assert client.get(url).status_code == 404


def test_what_is_not_filed_is_forgotten_with_its_files(client: Client, rich: Service) -> None:
    url = begun(client, "rich")
    client.post(f"{url}?page=2", {"q/papers/photo": picture(), "go": "next"})
    assert forget_drafts(timezone.now() - timedelta(days=30)) == 0
    assert forget_drafts(timezone.now()) == 1
    assert (Draft.objects.count(), StoredFile.objects.count()) == (0, 0)
