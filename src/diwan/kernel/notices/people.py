"""Who the recipients are: told by the rooms above, since the kernel knows no users and posts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from diwan.kernel.calendars import Calendar


@dataclass(frozen=True)
class Contact:
    """A user who may be told: `login` is an e-mail address, or a mobile number with a plus."""

    user_id: UUID
    name: str
    login: str
    language: str
    calendar: Calendar | None
    active: bool


Contacts = Callable[[Iterable[UUID]], Mapping[UUID, Contact]]
Countries = Callable[[Iterable[UUID]], Mapping[UUID, str]]


_contacts: list[Contacts] = []
_countries: list[Countries] = []


def declare_contacts(contacts: Contacts) -> None:
    """Declare who knows users."""
    _contacts[:] = [contacts]


def declare_countries(countries: Countries) -> None:
    """Declare who knows in which country a user works: its zone and working days hold."""
    _countries[:] = [countries]


def contacts_of(ids: Iterable[UUID]) -> dict[UUID, Contact]:
    """The users of these identifiers; unknown ones are left out."""
    wanted = list(ids)
    return {pk: found for source in _contacts for pk, found in source(wanted).items()}


def countries_of(ids: Iterable[UUID]) -> dict[UUID, str]:
    """The country each of these users works in; those without a post are left out."""
    wanted = list(ids)
    return {pk: code for source in _countries for pk, code in source(wanted).items()}
