"""What every OParl object is made with: addresses, its place in the index, dates of a country."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from functools import cache
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from diwan.interop.rules.oparl import PATHS, SCHEMA, Kind, Object, filled, plain, shown_at
from diwan.kernel.calendars import PartialDate, Precision
from diwan.kernel.countries import country
from diwan.kernel.text import local

NAMESPACE = UUID("8a5f2f3c-6c0e-5b8e-9c39-0f6f5a5f0f01")
"""Of identifiers that are worked out: the same for the same seat, post and person for ever."""


@dataclass(frozen=True)
class Shown:
    """One object as everybody may see it, without its times, and its place in the index."""

    kind: Kind
    record: UUID
    source: UUID
    top: UUID
    content: Object
    organization: UUID | None = None
    person: UUID | None = None

    @property
    def key(self) -> tuple[str, UUID]:
        """What it is known by."""
        return (self.kind.value, self.record)


@cache
def root() -> str:
    """The address of the system object; it stands in hundreds of places of an answer."""
    return f"{settings.DIWAN_ADDRESS}/oparl/"


def url_of(kind: Kind, record: UUID) -> str:
    """The identifier of an object, which is its address."""
    return f"{root()}{PATHS[kind]}/{record}"


def list_url(kind: Kind, record: UUID, name: str) -> str:
    """The address of an external list of an object."""
    return f"{url_of(kind, record)}/{name}"


def derived(*parts: object) -> UUID:
    """The identifier of what has none of its own."""
    return uuid5(NAMESPACE, ":".join(map(str, parts)))


def thing(kind: Kind, record: UUID, **more: object) -> Object:
    """An object of a type; what is not known is left out."""
    return {"id": url_of(kind, record), "type": f"{SCHEMA}{kind}"} | filled(more)


def page_url(name: str, language: str, record: UUID | None = None) -> str:
    """The address of a page for people, in a language."""
    if record is None:
        return _page(name, language)
    return _page(name, language, NAMESPACE).replace(str(NAMESPACE), str(record))


@cache
def _page(name: str, language: str, *records: UUID) -> str:
    with translation.override(language):
        return f"{settings.DIWAN_ADDRESS}{reverse(name, args=records)}"


def said(text: Mapping[str, str], language: str) -> str:
    """A text in the language of its register, else in one that it has."""
    return plain(local(text, language)[0])


@cache
def zone_of(code: str) -> tzinfo:
    """The time zone of a country."""
    return ZoneInfo(country(code).timezone)


def exact(when: PartialDate | None) -> date | None:
    """A day that is known as a day; OParl has no way to say less."""
    return when.first_day if when and when.precision is Precision.DAY else None


def moment(day: date | None, at: time | None, zone: tzinfo) -> str | None:
    """A day and a time there; midnight where no time is known."""
    return shown_at(datetime.combine(day, at or time(), zone), zone) if day else None


def instant(at: datetime | None, zone: tzinfo) -> str | None:
    """An instant with the offset there."""
    return shown_at(at, zone) if at else None


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Labels in the language of a register."""
    with translation.override(language):
        yield


def latest(days: Iterable[date | None]) -> date | None:
    """The last of those that are known."""
    return max((day for day in days if day), default=None)


def earliest(days: Iterable[date | None]) -> date | None:
    """The first of those that are known."""
    return min((day for day in days if day), default=None)
