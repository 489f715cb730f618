"""Countries as data: their calendar, time zone and languages. A new country is a row here."""

from __future__ import annotations

from dataclasses import dataclass

from .calendars import Calendar


@dataclass(frozen=True)
class Country:
    """What differs between countries, holidays aside (those are declared, see `worktime`)."""

    code: str
    calendar: Calendar
    timezone: str
    language: str
    names: dict[str, str]


COUNTRIES: dict[str, Country] = {
    "IR": Country(
        "IR", Calendar.JALALI, "Asia/Tehran", "fa", {"fa": "ایران", "ar": "إيران", "en": "Iran"}
    ),
    "EG": Country(
        "EG", Calendar.GREGORIAN, "Africa/Cairo", "ar", {"fa": "مصر", "ar": "مصر", "en": "Egypt"}
    ),
}


def country(code: str) -> Country:
    """The country of an ISO 3166-1 alpha-2 code; one without a row is Gregorian and in UTC."""
    return COUNTRIES.get(code) or Country(code, Calendar.GREGORIAN, "UTC", "en", {"en": code})
