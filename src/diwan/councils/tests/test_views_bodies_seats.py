"""The pages of seats: who may give, end and correct them, and whom they show."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from diwan.accounts.tests.factories import UserFactory, sign_in
from diwan.councils.constants import MEMBERSHIP
from diwan.councils.models import Body, Membership
from diwan.councils.models.bodies import Role
from diwan.councils.tests.factories import (
    BodySeatUserFactory,
    Council,
    MembershipFactory,
    council,
)
from diwan.directory.tests.factories import (
    PartnerFactory,
    PostFactory,
    RegisterFactory,
    Staff,
    UnitFactory,
    staff,
)

pytestmark = pytest.mark.django_db


def text(answer: Any) -> str:
    return str(answer.content.decode())


def url(body: Body | None = None, step: str = "", language: str = "en") -> str:
    base = f"/{language}/councils/bodies/"
    return base + (f"{body.pk}/" if body else "") + (f"{step}/" if step else "")


def seat_url(row: Membership, step: str) -> str:
    return f"/en/councils/bodies/seats/{row.lineage}/{step}/"


def local(field: str, words: str) -> dict[str, str]:
    """A text as the browser sends it: one input a language."""
    return {f"{field}_en": words}


@pytest.fixture
def made() -> Council:
    return council(name={"fa": "شورای مدرسه", "ar": "مجلس المدرسة", "en": "School council"})


@pytest.fixture
def foreigner() -> Staff:
    return staff(UnitFactory.create(register=RegisterFactory.create(country="EG", language="ar")))


@pytest.mark.parametrize("step", ["end", "correct"])
def test_who_may_manage_a_seat(client: Client, made: Council, foreigner: Staff, step: str) -> None:
    row = Membership.objects.get(body=made.body, post=made.member.post)
    assert client.get(seat_url(row, step)).status_code == 302
    for who, status in ((foreigner, 404), (made.member, 403), (made.secretary, 200)):
        sign_in(client, who.user)
        assert client.get(seat_url(row, step)).status_code == status


def test_seats_of_every_kind(client: Client, made: Council) -> None:
    post = PostFactory.create(unit=made.body.unit, name={"en": "Clerk of the river"})
    partner = PartnerFactory.create(register=made.body.register, name={"en": "River bank"})
    unit = UnitFactory.create(register=made.body.register, name={"en": "Water office"})
    sign_in(client, made.secretary.user)
    for who, value in (
        ("post", {"post": str(post.pk)}),
        ("partner", {"partner": str(partner.pk)}),
        ("unit", {"unit": str(unit.pk)}),
        ("seat", local("seat", "One parent")),
    ):
        data = {"who": who, "role": "member", **value}
        answer = client.post(url(made.body, "seat"), data)
        assert answer.status_code == 302, text(answer)
    shown = text(client.get(url(made.body)))
    for name in ("Clerk of the river", "River bank", "Water office", "One parent"):
        assert name in shown
    named = Membership.objects.get(seat__isnull=False)
    assert f"/en/account/invitations/new/{MEMBERSHIP}/{named.lineage}/" in shown
    assert "vacant" in shown


def test_a_seat_for_nobody_and_a_second_chair_are_refused(client: Client, made: Council) -> None:
    sign_in(client, made.secretary.user)
    answer = client.post(url(made.body, "seat"), {"who": "post", "role": "member"})
    assert answer.status_code == 422
    assert "Say here who it is" in text(answer)
    post = PostFactory.create(unit=made.body.unit)
    data = {"who": "post", "post": str(post.pk), "role": "chair"}
    answer = client.post(url(made.body, "seat"), data)
    assert answer.status_code == 422
    assert "has a chair in that time" in text(answer)


def test_a_seat_is_ended_and_corrected(client: Client, made: Council) -> None:
    row = MembershipFactory.create(body=made.body, post=PostFactory.create(unit=made.body.unit))
    sign_in(client, made.secretary.user)
    assert client.post(seat_url(row, "end"), {"on": "2026-10-01"}).status_code == 302
    current = Membership.objects.known().get(lineage=row.lineage)
    assert current.until == date(2026, 10, 1)
    data = {
        "who": "post",
        "post": str(row.post_id),
        "role": "adviser",
        "until": "2026-10-05",
        "reason": "The letter names another day.",
    }
    assert client.post(seat_url(row, "correct"), data).status_code == 302
    current = Membership.objects.known().get(lineage=row.lineage)
    assert (current.role, current.until) == (Role.ADVISER, date(2026, 10, 5))
    earlier = text(client.get(url(made.body) + "?on=2026-09-01"))
    later = text(client.get(url(made.body)))
    assert earlier.count("adviser") == later.count("adviser") + 1


def test_somebody_no_longer_acts_through_a_named_seat(client: Client, made: Council) -> None:
    row = MembershipFactory.create(body=made.body, post=None, seat={"en": "One parent"})
    seated = BodySeatUserFactory.create(lineage=row.lineage, user=UserFactory.create(name="Dana"))
    page = f"/en/councils/bodies/seated/{seated.pk}/end/"
    sign_in(client, made.member.user)
    assert client.post(page).status_code == 403
    sign_in(client, made.secretary.user)
    assert "Dana" in text(client.get(url(made.body)))
    assert client.get(page).status_code == 200
    assert client.post(page).status_code == 302
    seated.refresh_from_db()
    assert seated.until_at is not None
    assert client.get(page).status_code == 404
