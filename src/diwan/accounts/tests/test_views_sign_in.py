"""Signing in and out through the pages."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from diwan.accounts import actions
from diwan.accounts.models import User
from diwan.accounts.tests.factories import PASSWORD, UserFactory, elevated_actor, sign_in
from diwan.kernel.models import AuditEntry

pytestmark = pytest.mark.django_db
PAGE = "/en/account/sign-in/"


@pytest.fixture
def user() -> User:
    return UserFactory.create(login="+989123456789", name="Sara")


def form(**more: str) -> dict[str, str]:
    return {"login": "09123456789", "password": PASSWORD, **more}


@pytest.mark.parametrize("typed", ["09123456789", "۰۹۱۲ ۳۴۵ ۶۷۸۹", "+98 912 345 6789"])
def test_the_name_may_be_typed_in_any_form(client: Client, user: User, typed: str) -> None:
    answer = client.post(PAGE, form(login=typed))
    assert (answer.status_code, answer["Location"]) == (302, "/en/")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert AuditEntry.objects.get().verb == "sign_in"


def test_the_first_page_comes_in_the_users_language(client: Client, user: User) -> None:
    User.objects.filter(pk=user.pk).update(language="ar")
    assert client.post(PAGE, form())["Location"] == "/ar/"


@pytest.mark.parametrize(
    ("wanted", "goes_to"),
    [
        ("/fa/account/profile/", "/fa/account/profile/"),
        ("https://evil.example/", "/en/"),
        ("//evil.example/", "/en/"),
        ("javascript:alert(1)", "/en/"),
    ],
)
def test_next_is_followed_to_our_own_addresses_alone(
    client: Client, user: User, wanted: str, goes_to: str
) -> None:
    assert client.post(PAGE, form(next=wanted))["Location"] == goes_to
    assert 'name="next"' not in client.get(PAGE).content.decode()


def test_next_stays_in_the_form_after_a_slip(client: Client, user: User) -> None:
    wanted = "/fa/account/profile/"
    page = client.post(f"{PAGE}?next={wanted}", form(password="wrong"))
    assert page.status_code == 422
    assert f'value="{wanted}"' in page.content.decode()


@pytest.mark.parametrize(
    "given",
    [{"password": "wrong"}, {"login": "nobody@example.org"}, {"login": "09120000000"}],
)
def test_a_wrong_name_and_a_wrong_password_sound_the_same(
    client: Client, user: User, given: dict[str, str]
) -> None:
    answer = client.post(PAGE, form(**given))
    assert answer.status_code == 422
    assert "no such account" in answer.content.decode()
    assert PASSWORD not in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_attempts_are_limited_with_a_sentence(client: Client, user: User) -> None:
    for _attempt in range(5):
        client.post(PAGE, form(password="wrong"))
    answer = client.post(PAGE, form())
    assert answer.status_code == 422
    assert "Too many attempts" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_flood_gets_its_own_page(client: Client) -> None:
    codes = [client.post(PAGE, form(login=f"u{n}@example.org")).status_code for n in range(31)]
    assert codes[-1] == 429
    assert "Too many attempts" in client.post(PAGE, form()).content.decode()


def test_a_switched_off_user_is_told_so_and_stays_out(client: Client, user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)
    answer = client.post(PAGE, form(), follow=True)
    assert answer.status_code == 403
    assert "switched off" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_switching_off_ends_running_sessions_for_good(client: Client, user: User) -> None:
    sign_in(client, user)
    assert client.get("/en/account/profile/").status_code == 200
    actions.deactivate(elevated_actor(), user.pk, reason="left")
    assert client.get("/en/account/profile/").status_code == 302
    actions.reactivate(elevated_actor(), user.pk, reason="back")
    assert client.get("/en/account/profile/").status_code == 302


def test_signing_out_is_a_post(client: Client, user: User) -> None:
    sign_in(client, user, elevated=True)
    assert client.get("/en/account/sign-out/").status_code == 405
    answer = client.post("/en/account/sign-out/")
    assert answer["Location"] == PAGE
    assert "_auth_user_id" not in client.session
    assert AuditEntry.objects.filter(verb="end_elevation").exists()


def test_forged_posts_are_refused(user: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(PAGE, form()).status_code == 403
    assert strict.post("/en/account/sign-out/").status_code == 403


def test_nobody_signs_up_by_themself(client: Client) -> None:
    for path in ("signup/", "register/", "password/reset/", "email/"):
        assert client.get(f"/en/account/{path}").status_code == 404


def test_pages_of_ones_own_lead_to_sign_in_first(client: Client) -> None:
    for name in ("profile", "password", "elevate", "invitations", "users"):
        with override("en"):
            path = reverse(f"accounts:{name}")
        assert client.get(path)["Location"] == f"{PAGE}?next={path}"


@pytest.mark.parametrize("language", ["fa", "ar", "en"])
def test_the_page_speaks_the_readers_language(client: Client, language: str) -> None:
    page = client.get(f"/{language}/account/sign-in/").content.decode()
    assert f'lang="{language}"' in page
    heading = {"fa": "کارتابل", "ar": "مكتب", "en": "your desk"}[language]
    assert heading in page
