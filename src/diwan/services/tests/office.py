"""An office of tests: who works there, and the addresses of its pages in Persian."""

from __future__ import annotations

from dataclasses import dataclass

from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from diwan.accounts.tests.factories import sign_in
from diwan.directory.models import Unit
from diwan.directory.tests.factories import Staff, UnitFactory, staff
from diwan.services.models import Service

from .factories import service


@dataclass
class Office:
    """A unit below another, its clerk, officer and head, and a service."""

    top: Unit
    unit: Unit
    service: Service
    clerk: Staff
    officer: Staff
    head: Staff

    def client(self, who: Staff) -> Client:
        """A browser in which somebody has signed in."""
        client = Client()
        sign_in(client, who.user)
        return client


def make_office() -> Office:
    """The office with one service and nobody's case."""
    top = UnitFactory.create(name={"fa": "استان", "ar": "المحافظة"})
    unit = UnitFactory.create(parent=top, name={"fa": "شهرستان", "ar": "المركز"})
    return Office(
        top,
        unit,
        service(unit),
        staff(unit, "clerk"),
        staff(unit, "officer"),
        staff(top, "head"),
    )


def at(name: str, *args: object, **query: object) -> str:
    """The address of a page of the room."""
    with override("fa"):
        where = reverse(f"services:{name}", args=args)
    return where + (
        "?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else ""
    )
