"""Pages of one's tokens: a secret is shown once, and a token ends where its owner says so."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone

from diwan.accounts.actions import digest_of
from diwan.accounts.models import Token, User
from diwan.accounts.tests.factories import UserFactory, sign_in
from diwan.kernel.models import AuditEntry

pytestmark = pytest.mark.django_db
BASE = "/en/account/tokens/"
FIELDS = {"name": "Spreadsheet", "scopes": ["desk:read", "councils:read"], "days": "90"}


@pytest.fixture
def user(client: Client) -> User:
    found = UserFactory.create(name="Sara")
    sign_in(client, found)
    return found


def made(client: Client) -> str:
    answer = client.post(f"{BASE}new/", FIELDS)
    assert answer.status_code == 201
    assert "no-store" in answer["Cache-Control"]
    found = re.search(r"diwan_[\w-]{40,}", answer.content.decode())
    assert found is not None
    return found[0]


def test_a_token_is_made_and_shown_once(client: Client, user: User) -> None:
    assert "You have made no token yet" in client.get(BASE).content.decode()
    secret = made(client)
    token = Token.objects.get(user=user)
    assert token.token_sha256 == digest_of(secret)
    assert token.scopes == ["councils:read", "desk:read"]
    assert 89 <= (token.expires_at - timezone.now()).days <= 90
    page = client.get(BASE).content.decode()
    assert secret not in page
    assert token.hint in page
    entry = AuditEntry.objects.get(verb="make_token")
    assert secret not in str(entry.changes)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"scopes": []},
        {"scopes": ["nonsense"]},
        {"days": "9000"},
        {"post_id": "01890a5d-ac96-774b-bcce-b302099a8057"},
    ],
)
def test_what_makes_no_token_is_told(client: Client, user: User, wrong: dict[str, object]) -> None:
    assert client.post(f"{BASE}new/", FIELDS | wrong).status_code == 422
    assert not Token.objects.filter(user=user).exists()


def test_a_token_is_revoked_by_its_owner_alone(client: Client, user: User) -> None:
    made(client)
    token = Token.objects.get(user=user)
    other = Client()
    sign_in(other, UserFactory.create())
    assert other.post(f"{BASE}{token.pk}/revoke/").status_code == 404
    assert client.get(f"{BASE}{token.pk}/revoke/").status_code == 200
    assert client.post(f"{BASE}{token.pk}/revoke/").status_code == 302
    token.refresh_from_db()
    assert token.revoked_at is not None
    assert "revoked" in client.get(BASE).content.decode()
    assert client.post(f"{BASE}{token.pk}/revoke/").status_code == 409
