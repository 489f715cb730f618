"""Asking for pages in tests: somebody of a country, a foreigner, and the words of an answer."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import translation

from diwan.accounts.models import User
from diwan.accounts.tests.factories import UserFactory, sign_in
from diwan.directory.models import Unit

from .factories import RegisterFactory, Staff, UnitFactory, staff


def url(name: str, *args: Any, language: str = "fa") -> str:
    """The address of a page of the room in a language."""
    with translation.override(language):
        return reverse(f"directory:{name}", args=args)


def client_of(user: User | None, *, elevated: bool = False) -> Client:
    """A browser in which the user (None: nobody) is signed in."""
    client = Client()
    if user is not None:
        sign_in(client, user, elevated=elevated)
    return client


def foreigner() -> Staff:
    """An administrator of an Egyptian ministry."""
    register = RegisterFactory.create(country="EG", language="ar")
    return staff(UnitFactory.create(register=register), "administrator", "head")


def stranger() -> User:
    """Somebody who can sign in and holds nothing."""
    return UserFactory.create()


def named(name: str, parent: Unit | None = None, **more: Any) -> Unit:
    """A unit of that Persian name."""
    return UnitFactory.create(name={"fa": name, "en": f"{name} en"}, parent=parent, **more)


def text_of(answer: Any) -> str:
    """The answer's HTML."""
    return str(answer.content.decode())
