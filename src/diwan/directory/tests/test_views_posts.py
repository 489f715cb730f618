"""The pages of posts and people: who holds what, from when, and what the record said before."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from diwan.accounts.tests.factories import UserFactory
from diwan.directory.actions.posts import end_post
from diwan.directory.models import Holding, Partner, Person, Post, PostVersion, Unit
from diwan.directory.tests.factories import (
    HoldingFactory,
    PartnerFactory,
    PersonFactory,
    PostFactory,
    Staff,
    staff,
    system,
)
from diwan.kernel.text import search_key

from .pages import client_of, foreigner, named, text_of, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def top() -> Unit:
    return named("سازمان مادر")


@pytest.fixture
def head(top: Unit) -> Staff:
    return staff(top, "head")


@pytest.fixture
def visitor(head: Staff) -> Client:
    return client_of(head.user)


def fields(name: str, **more: object) -> dict[str, object]:
    return {"name_fa": name, "name_ar": "", "name_en": "", **more}


def moment(name: str, day: str = "", time: str = "") -> dict[str, str]:
    return {f"{name}_day": day, f"{name}_time": time}


def test_a_post_is_made_and_is_vacant(top: Unit, visitor: Client) -> None:
    data = fields("کارشناس", roles=["officer", "clerk"], seats="۲", on="")
    answer = visitor.post(url("create_post", top.pk), data)
    post = Post.objects.order_by("-pk").first()
    assert post is not None
    assert answer["Location"] == url("post", post.pk)
    version = PostVersion.objects.get(post=post)
    assert version.role_set == {"officer", "clerk"}
    assert version.seats == 2
    page = text_of(visitor.get(url("post", post.pk)))
    assert url("appoint", post.pk) in page


def test_a_post_without_a_number_of_seats_has_many(top: Unit, visitor: Client) -> None:
    visitor.post(url("create_post", top.pk), fields("داوطلب", seats="", on=""))
    assert PostVersion.objects.get(post=Post.objects.order_by("-pk").first()).seats is None


def test_a_role_that_is_none_is_refused(top: Unit, visitor: Client) -> None:
    answer = visitor.post(url("create_post", top.pk), fields("شاه", roles=["king"], seats="1"))
    assert answer.status_code == 422
    assert Post.objects.count() == 1


def test_a_post_changes_from_a_day_on(top: Unit, visitor: Client) -> None:
    post = PostFactory.create(unit=top, name={"fa": "کارشناس"}, roles=("officer",))
    data = fields("کارشناس ارشد", roles=["officer"], seats="1", on="۱۴۰۵/۰۲/۰۱")
    visitor.post(url("change_post", post.pk), data)
    before = PostVersion.objects.as_of(date(2026, 4, 20)).get(post=post)
    after = PostVersion.objects.as_of(date(2026, 4, 21)).get(post=post)
    assert (before.name["fa"], after.name["fa"]) == ("کارشناس", "کارشناس ارشد")
    nothing = visitor.post(url("change_post", post.pk), data)
    assert nothing.status_code == 422


def test_a_post_ends_after_its_page_said_what_comes_of_it(top: Unit, visitor: Client) -> None:
    post = PostFactory.create(unit=top)
    heir = PostFactory.create(unit=top, name={"fa": "پست وارث"})
    data = {"on": "۱۴۰۵/۰۵/۰۱", "becomes": str(heir.pk)}
    first = visitor.post(url("end_post", post.pk), data)
    assert first.status_code == 200
    assert "۱ مرداد ۱۴۰۵" in text_of(first)
    assert PostVersion.objects.as_of(date(2026, 12, 1)).filter(post=post).exists()
    visitor.post(url("end_post", post.pk), {**data, "seen": first.context["seen"]})
    assert not PostVersion.objects.as_of(date(2026, 7, 23)).filter(post=post).exists()
    post.refresh_from_db()
    assert post.becomes_id == heir.pk


def test_a_post_is_corrected_with_a_reason(top: Unit, visitor: Client) -> None:
    post = PostFactory.create(unit=top, name={"fa": "کارشناش"}, roles=("officer",))
    version = PostVersion.objects.get(post=post)
    data = fields("کارشناس", roles=["officer"], seats="1", since="", until="", reason="غلط املایی")
    visitor.post(url("correct_post", version.pk), data)
    page = text_of(visitor.get(url("post", post.pk)))
    assert "غلط املایی" in page
    assert PostVersion.objects.known().get(post=post).name["fa"] == "کارشناس"
    again = visitor.post(url("correct_post", version.pk), data)
    assert again.status_code == 422, "it was corrected meanwhile"


def test_somebody_is_appointed_at_an_instant(top: Unit, visitor: Client) -> None:
    post = PostFactory.create(unit=top)
    person = PersonFactory.create(register=top.register)
    data = {
        "person": str(person.pk),
        "kind": "acting",
        **moment("since_at", "۱۴۰۵/۰۸/۰۱", "۰۸:۳۰"),
        **moment("until_at"),
    }
    answer = visitor.post(url("appoint", post.pk), data)
    assert answer["Location"] == url("post", post.pk)
    holding = Holding.objects.get(post=post)
    # Half past eight in Tehran is five in the morning in UTC.
    assert holding.since_at == datetime(2026, 10, 23, 5, 0, tzinfo=UTC)
    assert (holding.person_id, holding.kind, holding.until_at) == (person.pk, "acting", None)


def test_a_taken_seat_is_refused_by_name(top: Unit, visitor: Client) -> None:
    holder = staff(top, "officer")
    person = PersonFactory.create(register=top.register)
    data = {"person": str(person.pk), "kind": "full", **moment("since_at"), **moment("until_at")}
    answer = visitor.post(url("appoint", holder.post.pk), data)
    assert answer.status_code == 422
    assert holder.person.name["fa"] in text_of(answer)
    assert Holding.objects.filter(post=holder.post).count() == 1


def test_half_an_instant_is_refused(top: Unit, visitor: Client) -> None:
    post = PostFactory.create(unit=top)
    person = PersonFactory.create(register=top.register)
    data = {"person": str(person.pk), "kind": "full", **moment("since_at", "۱۴۰۵/۰۸/۰۱")}
    answer = visitor.post(url("appoint", post.pk), {**data, **moment("until_at")})
    assert answer.status_code == 422
    assert not Holding.objects.filter(post=post).exists()


def test_nobody_of_another_country_is_offered(top: Unit, visitor: Client) -> None:
    abroad = foreigner()
    post = PostFactory.create(unit=top)
    page = text_of(visitor.get(url("appoint", post.pk)))
    assert str(abroad.person.pk) not in page
    data = {"person": str(abroad.person.pk), "kind": "full", **moment("since_at")}
    answer = visitor.post(url("appoint", post.pk), {**data, **moment("until_at")})
    assert answer.status_code == 422


def test_a_new_person_goes_back_to_the_appointment(top: Unit, visitor: Client) -> None:
    post = PostFactory.create(unit=top)
    page = text_of(visitor.get(url("appoint", post.pk)))
    assert f"{url('add_person')}?next=" in page
    data = fields("نوآمده", honorific="دکتر", register=str(top.register_id))
    answer = visitor.post(f"{url('add_person')}?next={url('appoint', post.pk)}", data)
    person = Person.objects.order_by("-pk").first()
    assert person is not None
    assert answer["Location"] == f"{url('appoint', post.pk)}?person={person.pk}"
    assert f'value="{person.pk}" selected' in text_of(visitor.get(answer["Location"]))


def test_no_other_site_is_gone_back_to(top: Unit, visitor: Client) -> None:
    data = fields("نوآمده", honorific="", register=str(top.register_id))
    answer = visitor.post(f"{url('add_person')}?next=https://example.com/", data)
    assert answer["Location"].startswith("/fa/directory/people/")


def test_the_holder_names_a_deputy_for_a_leave(top: Unit) -> None:
    officer = staff(top, "officer")
    deputy = PersonFactory.create(register=top.register)
    visitor = client_of(officer.user)
    assert url("depute", officer.holding.pk) in text_of(visitor.get(url("post", officer.post.pk)))
    data = {
        "person": str(deputy.pk),
        **moment("since_at", "۱۴۰۵/۱۰/۰۱", "۰۸:۰۰"),
        **moment("until_at", "۱۴۰۵/۱۰/۱۵", "۰۸:۰۰"),
        "reason": "مرخصی",
    }
    answer = visitor.post(url("depute", officer.holding.pk), data)
    assert answer["Location"] == url("post", officer.post.pk)
    assert Holding.objects.get(kind="deputy").person_id == deputy.pk
    again = data | {"person": str(PersonFactory.create(register=top.register).pk)}
    turned = again | moment("until_at", "۱۴۰۵/۰۹/۰۱", "۰۸:۰۰")
    oneself = again | {"person": str(officer.person.pk)}
    for wrong, words in ((again, "جانشین است"), (turned, "پیش از آغاز"), (oneself, "id_person")):
        refused = visitor.post(url("depute", officer.holding.pk), wrong)
        assert refused.status_code == 422
        assert words in text_of(refused)
    assert Holding.objects.filter(kind="deputy").count() == 1
    other = client_of(staff(top, "officer").user)
    assert other.get(url("depute", officer.holding.pk)).status_code == 403


def test_a_holding_ends_and_the_post_is_vacant(top: Unit, visitor: Client) -> None:
    officer = staff(top, "officer")
    at = moment("at", "۱۴۰۵/۰۱/۱۵", "۱۲:۰۰")
    visitor.post(url("end_holding", officer.holding.pk), at)
    page = visitor.get(url("post", officer.post.pk))
    assert url("appoint", officer.post.pk) in text_of(page)
    assert officer.person.name["fa"] in text_of(page), "who held it stays readable"
    before = visitor.get(url("post", officer.post.pk), {"on": "2026-03-01"})
    assert url("appoint", officer.post.pk) not in text_of(before)


def test_a_holding_is_corrected_or_taken_back(top: Unit, visitor: Client) -> None:
    officer = staff(top, "officer")
    other = PersonFactory.create(register=top.register)
    data = {
        "person": str(other.pk),
        "kind": "full",
        **moment("since_at"),
        **moment("until_at"),
        "reason": "نام دیگری بود",
    }
    visitor.post(url("correct_holding", officer.holding.pk), data)
    now = Holding.objects.known().get(post=officer.post)
    assert now.person_id == other.pk
    assert "نام دیگری بود" in text_of(visitor.get(url("post", officer.post.pk)))
    never = {**data, "never": "on", "reason": "هرگز نبوده"}
    visitor.post(url("correct_holding", now.pk), never)
    assert not Holding.objects.known().filter(post=officer.post).exists()


def test_the_list_of_posts_shows_the_vacant_ones_of_a_unit(top: Unit, visitor: Client) -> None:
    office = named("اداره", top)
    PostFactory.create(unit=office, name={"fa": "پست تهی"})
    PostFactory.create(unit=top, name={"fa": "پست تهی دیگر"})
    staff(office, "officer")
    page = text_of(visitor.get(url("posts"), {"state": "vacant", "unit": str(office.pk)}))
    assert "پست تهی" in page
    assert "پست تهی دیگر" not in page
    every = text_of(visitor.get(url("posts"), {"q": "تهی"}))
    assert "پست تهی دیگر" in every


def test_the_list_of_posts_is_asked_as_of_a_date(top: Unit, visitor: Client) -> None:
    post = PostFactory.create(unit=top, name={"fa": "پست رفته"})
    HoldingFactory.create(
        post=post,
        person=PersonFactory.create(register=top.register, name={"fa": "دارنده پیشین"}),
    )
    end_post(system(), post, on=date(2026, 3, 21))
    assert "پست رفته" not in text_of(visitor.get(url("posts")))
    before = text_of(visitor.get(url("posts"), {"on": "۱۴۰۴/۱۲/۲۹"}))
    assert "پست رفته" in before
    assert "دارنده پیشین" in before


def test_people_are_found_and_shown_with_their_posts(top: Unit, visitor: Client) -> None:
    person = PersonFactory.create(register=top.register, name={"fa": "کامران کتابی"})
    Person.objects.filter(pk=person.pk).update(search=search_key("کامران کتابی"))
    holding = HoldingFactory.create(
        person=person,
        post=PostFactory.create(unit=top, name={"fa": "پست کهن"}),
        until_at=timezone.now() - timedelta(days=3),
    )
    page = text_of(visitor.get(url("people"), {"q": "كتابي"}))
    assert "کامران کتابی" in page
    assert "پست کهن" not in page
    one = text_of(visitor.get(url("person", person.pk)))
    assert "پست کهن" in one
    assert url("post", holding.post_id) in one


def test_only_who_may_invite_sees_the_way_to_it(top: Unit, visitor: Client) -> None:
    person = PersonFactory.create(register=top.register)
    way = f"/fa/account/invitations/new/directory.person/{person.pk}/"
    assert way in text_of(visitor.get(url("person", person.pk)))
    officer = client_of(staff(top, "officer").user)
    assert way not in text_of(officer.get(url("person", person.pk)))
    joined = PersonFactory.create(register=top.register, user=UserFactory.create())
    page = text_of(visitor.get(url("person", joined.pk)))
    assert "/invitations/new/" not in page


def test_a_name_is_corrected_and_a_user_parted(top: Unit) -> None:
    administrator = client_of(staff(top, "administrator").user)
    person = PersonFactory.create(register=top.register, user=UserFactory.create())
    data = fields("نام درست", honorific="مهندس", reason="شناسنامه")
    administrator.post(url("correct_person", person.pk), data)
    person.refresh_from_db()
    assert (person.name, person.honorific) == ({"fa": "نام درست"}, "مهندس")
    refused = administrator.post(url("unlink_user", person.pk), {"reason": ""})
    assert refused.status_code == 422
    administrator.post(url("unlink_user", person.pk), {"reason": "کاربر دیگری بود"})
    person.refresh_from_db()
    assert person.user_id is None


def test_partners_are_added_and_corrected(top: Unit, visitor: Client) -> None:
    PartnerFactory.create(name={"fa": "بیگانه"}, register=foreigner().post.register)
    visitor.post(url("add_partner"), fields("بانک آزمون", register=str(top.register_id)))
    partner = Partner.objects.get(register=top.register)
    data = fields("بانک ازمون", reason="نام رسمی")
    visitor.post(url("correct_partner", partner.pk), data)
    page = text_of(visitor.get(url("partners")))
    assert "بانک ازمون" in page
    assert "بیگانه" not in page
