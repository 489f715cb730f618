"""The desk's pages as each kind of reader gets them, without JavaScript."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from diwan.accounts.tests.factories import UserFactory, sign_in
from diwan.directory.models import Unit
from diwan.directory.tests.factories import PostFactory, Staff, UnitFactory, staff
from diwan.kernel import search
from diwan.kernel.exchange import DeskItem, Waiting
from diwan.kernel.ids import new_id

from .offers import Offers, item

pytestmark = pytest.mark.django_db
TODAY = timezone.now().date()


def overdue(who: Staff) -> DeskItem:
    """Something that should have been done nine days ago."""
    return item(who.post, due=TODAY - timedelta(days=9), late=5)


def text(answer: Any) -> str:
    """The page without its spaces."""
    return " ".join(answer.content.decode().split())


def heading(answer: Any) -> str:
    """What the page says in its heading."""
    return text(answer).partition("<h1>")[2].partition("</h1>")[0].strip()


@pytest.fixture
def unit() -> Unit:
    return UnitFactory.create(name={"fa": "اداره نمونه", "ar": "إدارة النموذج"})


@pytest.fixture
def me(unit: Unit, client: Client) -> Staff:
    one = staff(unit)
    sign_in(client, one.user)
    return one


def test_the_heading_is_the_answer(client: Client, me: Staff, offers: Offers) -> None:
    offers.items = [overdue(me) for _ in range(3)]
    offers.items += [item(me.post, due=TODAY) for _ in range(5)]
    assert heading(client.get("/fa/")) == "سه کار عقب‌افتاده و پنج کار برای این هفته دارید"
    assert heading(client.get("/ar/")) == "لديك ثلاثة أعمال متأخرة وخمسة أعمال لهذا الأسبوع"
    assert heading(client.get("/en/")) == "Three things late and five things for this week"


@pytest.mark.parametrize(
    ("late", "week", "later", "persian", "arabic"),
    [
        (0, 0, 0, "کاری در انتظار شما نیست", "لا شيء في انتظارك"),
        (0, 0, 1, "نه کاری عقب افتاده", "لا شيء متأخر ولا شيء لهذا الأسبوع"),
        (2, 0, 0, "دو کار عقب‌افتاده دارید", "لديك عملان متأخران"),
        (0, 1, 0, "چیزی عقب نیفتاده؛ یک کار", "لا شيء متأخر؛ لديك عمل واحد لهذا الأسبوع"),
        (12, 0, 0, "۱۲ کار عقب‌افتاده", "لديك ١٢ عملًا متأخرًا"),
    ],
)
def test_headings_count_as_each_language_does(
    client: Client,
    me: Staff,
    offers: Offers,
    late: int,
    week: int,
    later: int,
    persian: str,
    arabic: str,
) -> None:
    offers.items = [overdue(me) for _ in range(late)]
    offers.items += [item(me.post, due=TODAY) for _ in range(week)]
    offers.items += [item(me.post, due=TODAY + timedelta(days=60)) for _ in range(later)]
    assert heading(client.get("/fa/")).startswith(persian)
    assert heading(client.get("/ar/")).startswith(arabic)


def test_only_the_most_urgent_step_is_filled(client: Client, me: Staff, offers: Offers) -> None:
    offers.items = [item(me.post, due=TODAY), overdue(me), item(me.post)]
    page = client.get("/fa/").content.decode()
    cards = page.split('<li class="card')[1:]
    assert "button filled" in cards[0]
    assert "tone-late" in cards[0]
    assert not any("button filled" in card for card in cards[1:])


def test_with_several_posts_each_item_names_its_own(
    client: Client, me: Staff, unit: Unit, offers: Offers
) -> None:
    other = staff(unit, user=me.user)
    offers.items = [item(me.post), item(other.post)]
    page = text(client.get("/fa/"))
    assert page.count('<li class="card') == 2
    narrowed = text(client.get("/fa/", {"post": str(other.post.pk)}))
    assert narrowed.count('<li class="card') == 1
    stranger = staff(unit)
    for wrong in (str(stranger.post.pk), "not-an-id", str(new_id())):
        assert client.get("/fa/", {"post": wrong}).status_code == 404


def test_an_empty_desk_says_what_to_do_first(client: Client, me: Staff, offers: Offers) -> None:
    page = text(client.get("/fa/"))
    assert "دیدن دفتر مصوبات" in page
    assert '<li class="card' not in page


def test_who_hasnt_signed_in_sees_the_entrance(client: Client, offers: Offers) -> None:
    page = text(client.get("/fa/"))
    assert "ورود" in page
    assert "/fa/account/sign-in/" in page
    assert offers.asked == []


def test_who_holds_nothing_is_told_whom_to_ask(client: Client, offers: Offers) -> None:
    user = UserFactory.create()
    sign_in(client, user)
    page = text(client.get("/fa/"))
    assert "هنوز پستی ندارید" in page
    assert user.login in page


def test_a_head_sees_who_owes_and_what_is_vacant(
    client: Client, unit: Unit, offers: Offers
) -> None:
    head, officer = staff(unit, "head"), staff(unit)
    empty = PostFactory.create(unit=unit)
    offers.items = [overdue(officer), item(empty, waiting=Waiting.VACANT)]
    sign_in(client, head.user)
    answer = client.get("/fa/desk/unit/")
    assert heading(answer) == "در واحد شما یک کار عقب‌افتاده و یک پست بلاتصدی هست"
    assert heading(client.get("/ar/desk/unit/")) == "في وحدتك عمل متأخر واحد ووظيفة شاغرة واحدة"
    assert f"?post={officer.post.pk}" in text(answer)
    assert client.get("/fa/desk/unit/", {"post": str(officer.post.pk)}).status_code == 200
    assert client.get("/fa/desk/unit/", {"post": str(new_id())}).status_code == 404
    assert client.get("/fa/desk/unit/", {"unit": str(new_id())}).status_code == 404
    sign_in(client, officer.user)
    assert client.get("/fa/desk/unit/").status_code == 404


def test_a_secretary_sees_what_waits_by_its_reason(
    client: Client, unit: Unit, offers: Offers
) -> None:
    secretary = staff(unit, "secretary")
    offers.word = [
        item(secretary.post, waiting=Waiting.CONFIRM, count=31),
        item(secretary.post, waiting=Waiting.CLOSE),
    ]
    sign_in(client, secretary.user)
    page = text(client.get("/fa/desk/word/"))
    assert page.index("نظر شما درباره مدارک") < page.index("سوابق در انتظار تأیید")
    assert heading(client.get("/fa/desk/word/")) == "۳۲ کار در انتظار نظر شماست"
    assert "در انتظار نظر من" in text(client.get("/fa/"))


def test_a_secretary_who_owes_nothing_hears_what_waits_for_a_word(
    client: Client, unit: Unit, offers: Offers
) -> None:
    secretary = staff(unit, "secretary")
    sign_in(client, secretary.user)
    offers.word = [item(secretary.post, waiting=Waiting.CLOSE)]
    page = client.get("/en/")
    assert "Nothing waits for you" not in heading(page)
    assert heading(page) == heading(client.get("/en/desk/word/"))


@pytest.mark.parametrize("where", ["desk/unit/", "desk/word/", "posts/mine/"])
def test_who_hasnt_signed_in_is_sent_to_sign_in(client: Client, where: str) -> None:
    answer = client.get(f"/fa/{where}")
    assert answer.status_code == 302
    assert "/account/sign-in/" in answer["Location"]


def test_choosing_the_post_one_acts_from(client: Client, me: Staff, unit: Unit) -> None:
    other = staff(unit, user=me.user)
    name = {"fa": "پست دوم", "ar": "الوظيفة الثانية"}
    other.post.versions.update(name=name)
    page = text(client.get("/fa/posts/mine/"))
    assert heading(client.get("/fa/posts/mine/")) == "شما دو پست سازمانی دارید"
    assert f"/fa/posts/mine/{other.post.pk}/" in page
    answer = client.post(f"/fa/posts/mine/{other.post.pk}/", {"next": "/fa/search/"}, follow=True)
    assert answer.redirect_chain[-1][0] == "/fa/search/"
    assert answer.context["standing"].post == "پست دوم"
    assert answer.context["standing"].others == 1


def test_a_post_not_held_cannot_be_chosen(client: Client, me: Staff, unit: Unit) -> None:
    stranger = staff(unit)
    assert client.post(f"/fa/posts/mine/{stranger.post.pk}/").status_code == 404


def test_one_is_sent_nowhere_else_after_choosing(client: Client, me: Staff) -> None:
    there = {"next": "https://elsewhere.example/"}
    assert client.post(f"/fa/posts/mine/{me.post.pk}/", there)["Location"] == "/fa/"


def test_searching(client: Client, me: Staff, unit: Unit) -> None:
    assert heading(client.get("/fa/search/")) == "دنبال چه هستید؟"
    assert "پیدا نشد" in heading(client.get("/fa/search/", {"q": "کتابخانه"}))
    for n in range(21):
        PostFactory.create(unit=unit, name={"fa": f"کتابدار {n}", "en": "Librarian"})
    search.rebuild()
    answer = client.get("/fa/search/", {"q": "كتابدار"})
    assert heading(answer).startswith("بیش از ۲۰ مورد")
    assert text(answer).count('<li class="card') == 20
    assert "<mark>کتابدار</mark>" in text(answer)
    further = client.get("/fa/search/", {"q": "كتابدار", "start": "20"})
    assert text(further).count('<li class="card') == 1
    assert "پیدا نشد" in heading(
        client.get("/fa/search/", {"q": "كتابدار", "kind": "directory.unit"})
    )
    told = text(client.get("/fa/search/", {"q": "librarian"}))
    assert "<mark>Librarian</mark>" in told


def test_the_other_keyboard_is_said(client: Client, me: Staff, unit: Unit) -> None:
    PostFactory.create(unit=unit, name={"fa": "شهرداری"})
    search.rebuild()
    page = text(client.get("/fa/search/", {"q": "aivnhvd"}))
    assert "<mark>شهرداری</mark>" in page
    assert "q=aivnhvd&amp;literal=1" in page
    assert "<mark>" not in text(client.get("/fa/search/", {"q": "aivnhvd", "literal": "1"}))


def test_what_was_typed_is_shown_as_text(client: Client) -> None:
    page = client.get("/fa/search/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in page
