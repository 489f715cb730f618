"""Signing in again before a signature."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from diwan.accounts.models import User
from diwan.accounts.public import recently_signed_in, signed_in_again, typed_before
from diwan.accounts.tests.factories import PASSWORD, UserFactory, sign_in

pytestmark = pytest.mark.django_db
PAGE = "/en/account/sign-in-again/"
SHEET = "/en/account/profile/"


@signed_in_again
def signing(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"signing {typed_before(request).get('note', '')}")


@pytest.fixture
def user() -> User:
    return UserFactory.create(login="+989123456789")


def ask(client: Client, user: User, **posted: str) -> HttpResponse:
    """The view behind the guard, asked within the client's session."""
    made = RequestFactory()
    request = made.post(SHEET, posted) if posted else made.get(SHEET)
    request.user, request.session = user, SessionStore(client.session.session_key)
    answer = signing(request)
    request.session.save()
    return answer


def test_the_sign_in_of_the_session_is_not_enough_the_password_again_is(
    client: Client, user: User
) -> None:
    form = {"login": "09123456789", "password": PASSWORD}
    client.post("/en/account/sign-in/", form)
    sent = ask(client, user)
    assert sent["Location"] == f"{PAGE}?next={SHEET.replace('/', '%2F')}"
    back = client.post(sent["Location"], {"password": PASSWORD, "next": SHEET})
    assert (back.status_code, back["Location"]) == (302, SHEET)
    assert ask(client, user).content == b"signing "
    another = Client()
    sign_in(another, user)
    assert ask(another, user).status_code == 302


def test_the_page_opens_for_five_minutes_and_sends_for_fifteen(client: Client, user: User) -> None:
    sign_in(client, user)
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        client.post(PAGE, {"password": PASSWORD})
        clock.move_to(now + timedelta(minutes=6))
        assert ask(client, user).status_code == 302
        assert ask(client, user, note="x").status_code == 200
        clock.move_to(now + timedelta(minutes=16))
        late = ask(client, user, note="the keys are missing", password="secret")
        assert late.status_code == 302
        assert "secret" not in str(dict(client.session))
        client.post(PAGE, {"password": PASSWORD})
        assert ask(client, user).content == b"signing the keys are missing"
        assert ask(client, user).content == b"signing "


def test_another_password_is_refused_and_attempts_are_limited(client: Client, user: User) -> None:
    sign_in(client, user)
    for _attempt in range(5):
        answer = client.post(PAGE, {"password": "another password"})
        assert answer.status_code == 422
    assert "This is not your password." in answer.content.decode()
    answer = client.post(PAGE, {"password": PASSWORD})
    assert answer.status_code == 422
    assert "Too many attempts" in answer.content.decode()
    assert ask(client, user).status_code == 302


def test_one_is_led_to_our_own_addresses_alone(client: Client, user: User) -> None:
    sign_in(client, user)
    answer = client.post(PAGE, {"password": PASSWORD, "next": "https://evil.example/"})
    assert answer["Location"] == SHEET
    request = RequestFactory().get("/")
    request.user = User()
    assert not recently_signed_in(_with_session(request))


def _with_session(request: HttpRequest) -> HttpRequest:
    request.session = SessionStore()
    return request
