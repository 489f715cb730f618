"""Calling the API in the small house: a token for each kind of person."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from django.test import Client

from diwan.accounts.actions import TokenFields, make_token
from diwan.accounts.models import User
from diwan.kernel.api.callers import SCOPES
from diwan.kernel.policies import Actor

from .house import House

API = "/api/v1"
JSON = "application/json"


class Program:
    """A program that calls with a token."""

    def __init__(self, secret: str, *, client: Client | None = None) -> None:
        self.client = client or Client(raise_request_exception=False)
        self.headers = {"authorization": f"Bearer {secret}", "accept-language": "en"}

    def get(self, path: str, **headers: str) -> Any:
        """Read."""
        return self.client.get(f"{API}{path}", headers=self.headers | _named(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """Write: with a fresh key unless one is named, and whatever revision unless one is."""
        given = {"idempotency-key": uuid4().hex, "if-match": "*"} | _named(headers)
        return self.client.post(
            f"{API}{path}",
            json.dumps(body if body is not None else {}),
            content_type=JSON,
            headers=self.headers | given,
        )

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        """Change."""
        return self.client.patch(
            f"{API}{path}",
            json.dumps(body),
            content_type=JSON,
            headers=self.headers | {"if-match": "*"} | _named(headers),
        )


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def token_of(user: User, scopes: Iterable[str] = tuple(SCOPES), **more: Any) -> str:
    """A token of a user with all scopes, or those named."""
    fields = TokenFields(name="برنامه", scopes=list(scopes), days=30, **more)
    return make_token(Actor.user(user.pk, str(user)), fields).secret


def program(house: House, who: str, scopes: Iterable[str] = tuple(SCOPES), **more: Any) -> Program:
    """A program of one of the people of the house."""
    user = house.people[who]
    assert user is not None
    return Program(token_of(user, scopes, **more))
