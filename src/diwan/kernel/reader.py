"""The reader of the page that is being made: language, calendar and time zone.

People see their own calendar and digits; the database keeps ISO dates and UTC instants. The
middleware sets the reader for one request, commands and tests with `reading`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import get_language

from .calendars import Calendar

CALENDAR_OF_LANGUAGE = {"fa": Calendar.JALALI, "ar": Calendar.GREGORIAN, "en": Calendar.GREGORIAN}
ZONE_OF_LANGUAGE = {"fa": "Asia/Tehran", "ar": "Africa/Cairo", "en": "UTC"}


@dataclass(frozen=True)
class Reader:
    """Language (fa, ar, en), calendar and IANA time zone of who reads."""

    language: str
    calendar: Calendar
    timezone: str

    @property
    def zone(self) -> ZoneInfo:
        """The zone as an object."""
        return ZoneInfo(self.timezone)

    def today(self) -> date:
        """The day it is now where the reader is."""
        return timezone.now().astimezone(self.zone).date()

    def day_of(self, instant: datetime) -> date:
        """The day an instant falls on where the reader is."""
        return instant.astimezone(self.zone).date()


_reader: ContextVar[Reader | None] = ContextVar("reader", default=None)


def of_language(language: str | None) -> Reader:
    """The reader who has chosen nothing but a language."""
    lang = (language or "en")[:2]
    lang = lang if lang in CALENDAR_OF_LANGUAGE else "en"
    return Reader(lang, CALENDAR_OF_LANGUAGE[lang], ZONE_OF_LANGUAGE[lang])


def current() -> Reader:
    """The active reader; outside a request the one of the active language."""
    return _reader.get() or of_language(get_language())


@contextmanager
def reading(reader: Reader) -> Iterator[Reader]:
    """Make `reader` the active one within the block."""
    token = _reader.set(reader)
    try:
        yield reader
    finally:
        _reader.reset(token)
