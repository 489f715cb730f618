"""OParl 1.1 as rules: types, lists, filters, dates with offsets, pages of a list, digests.

Source: the specification at https://dev.oparl.org/spezifikation/1.1 and its JSON schemas. Plain
Python; an object is a dict as JSON has it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

SCHEMA = "https://schema.oparl.org/1.1/"
Object = dict[str, Any]


class Kind(StrEnum):
    """OParl's types of objects, all but the system."""

    BODY = "Body"
    TERM = "LegislativeTerm"
    ORGANIZATION = "Organization"
    PERSON = "Person"
    MEMBERSHIP = "Membership"
    MEETING = "Meeting"
    AGENDA_ITEM = "AgendaItem"
    PAPER = "Paper"
    CONSULTATION = "Consultation"
    FILE = "File"
    LOCATION = "Location"


PATHS: Mapping[Kind, str] = {
    Kind.BODY: "body",
    Kind.TERM: "legislativeterm",
    Kind.ORGANIZATION: "organization",
    Kind.PERSON: "person",
    Kind.MEMBERSHIP: "membership",
    Kind.MEETING: "meeting",
    Kind.AGENDA_ITEM: "agendaitem",
    Kind.PAPER: "paper",
    Kind.CONSULTATION: "consultation",
    Kind.FILE: "file",
    Kind.LOCATION: "location",
}
"""The word that stands for each type in addresses."""
OF_BODY: Mapping[str, Kind] = {
    "organization": Kind.ORGANIZATION,
    "person": Kind.PERSON,
    "meeting": Kind.MEETING,
    "paper": Kind.PAPER,
    "agendaItem": Kind.AGENDA_ITEM,
    "consultation": Kind.CONSULTATION,
    "file": Kind.FILE,
    "locationList": Kind.LOCATION,
    "legislativeTermList": Kind.TERM,
    "membership": Kind.MEMBERSHIP,
}
"""The external lists of a Body."""
OF_ORGANIZATION: Mapping[str, Kind] = {
    "meeting": Kind.MEETING,
    "consultation": Kind.CONSULTATION,
}
KEPT = frozenset({"legislativeTerm"})
"""Embedded lists that a type cannot do without."""

PAGE = 25
MOST = 100
"""Objects on a page unless asked otherwise, and at most."""
INSTANT = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})?", re.ASCII
)


MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class BadFilter(ValueError):
    """A parameter of a list that cannot be understood: its name, and what stands there."""

    def __init__(self, name: str, value: str) -> None:
        super().__init__(f"{name}={value}")
        self.name, self.value = name, value


@dataclass(frozen=True)
class Asked:
    """What a list is narrowed to; instants in UTC, bounds included. `after` is where to go on."""

    created_since: datetime | None = None
    created_until: datetime | None = None
    modified_since: datetime | None = None
    modified_until: datetime | None = None
    limit: int = PAGE
    omit_internal: bool = False
    after: int = 0


TIMES = ("created_since", "created_until", "modified_since", "modified_until")


def asked(given: Mapping[str, str]) -> Asked:
    """Read the parameters of a list; unknown ones are left aside. Raises BadFilter.

    >>> asked({"limit": "500", "omit_internal": "true"}).limit
    100
    """
    times = {name: instant(name, given[name]) for name in TIMES if given.get(name)}
    limit, after = _number("limit", given, PAGE), _number("after", given, 0)
    if limit < 1:
        raise BadFilter("limit", given["limit"])
    return Asked(**times, limit=min(limit, MOST), omit_internal=_yes(given), after=after)


def instant(name: str, text: str) -> datetime:
    """An instant with its offset; a plus sign that became a space in the address is forgiven.

    >>> instant("created_since", "2026-01-01T00:00:00 03:30").isoformat()
    '2025-12-31T20:30:00+00:00'
    """
    mended = re.sub(r" (\d{2}:?\d{2})$", r"+\1", text.strip())
    found = INSTANT.fullmatch(mended)
    if found is None or found[3] is None:
        raise BadFilter(name, text)
    offset = "+00:00" if found[3] == "Z" else found[3]
    try:
        return datetime.fromisoformat(f"{found[1]}T{found[2]}{offset}").astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadFilter(name, text) from None


def _number(name: str, given: Mapping[str, str], default: int) -> int:
    text = given.get(name, "")
    if not text:
        return default
    if not re.fullmatch(r"\d{1,18}", text, re.ASCII):
        raise BadFilter(name, text)
    return int(text)


def _yes(given: Mapping[str, str]) -> bool:
    text = given.get("omit_internal", "").lower()
    if text not in {"", "true", "false", "1", "0"}:
        raise BadFilter("omit_internal", given["omit_internal"])
    return text in {"true", "1"}


def as_parameters(wanted: Asked, *, after: int | None = None) -> str:
    """The parameters again, for the address of another page; empty where nothing was asked."""
    told: dict[str, str] = {}
    for name in TIMES:
        at: datetime | None = getattr(wanted, name)
        if at is not None:
            told[name] = at.isoformat(timespec="seconds")
    if wanted.limit != PAGE:
        told["limit"] = str(wanted.limit)
    if wanted.omit_internal:
        told["omit_internal"] = "true"
    if after:
        told["after"] = str(after)
    return f"?{urlencode(told)}" if told else ""


def shown_at(at: datetime, zone: tzinfo) -> str:
    """An instant as OParl wants it: whole seconds, the zone's offset and never Z.

    >>> shown_at(datetime(2026, 1, 1, tzinfo=UTC), UTC)
    '2026-01-01T00:00:00+00:00'
    """
    there = at.astimezone(zone)
    # An offset of old times may have seconds, which RFC 3339 cannot tell.
    offset = there.utcoffset() or timedelta()
    if offset.seconds % 60:
        there = at.astimezone(UTC)
    return there.isoformat(timespec="seconds")


def shown_day(day: date | None) -> str | None:
    """A day of the Gregorian calendar, as in ISO 8601."""
    return day.isoformat() if day else None


def plain(text: str) -> str:
    """Text without the marks that keep directions apart on a page: a program shows it itself."""
    return MARKS.sub("", text).strip()


def filled(told: Mapping[str, Any]) -> Object:
    """Without what is empty: OParl leaves out what is not known. False and 0 are known."""
    return {name: value for name, value in told.items() if value not in (None, "", [], {})}


def later(now: datetime, before: datetime) -> datetime:
    """The instant of a change in whole seconds, always after the one before."""
    return max(now.replace(microsecond=0), before + timedelta(seconds=1))


def digest(shown: Object) -> str:
    """A checksum of what an object says; the same for the same content, whatever its order."""
    text = json.dumps(shown, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def is_object(value: object) -> bool:
    """Whether a value is an object that is embedded in another."""
    return isinstance(value, dict) and str(value.get("type", "")).startswith(SCHEMA)


def embedded(shown: Object) -> Iterator[Object]:
    """An object and all that are embedded in it, at any depth."""
    yield shown
    for value in shown.values():
        for one in value if isinstance(value, list) else (value,):
            if is_object(one):
                yield from embedded(one)


def without_internal(shown: Object) -> Object:
    """An object without those embedded in it (`omit_internal`), but for what it must have."""
    return {
        name: value
        for name, value in shown.items()
        if name in KEPT
        or not (is_object(value) or (isinstance(value, list) and any(map(is_object, value))))
    }


def stamped(shown: Object, stamps: Mapping[str, tuple[str, str]]) -> Object:
    """An object with `created` and `modified`, and so all that are embedded; by their `id`."""
    told = {
        name: [stamped(one, stamps) if is_object(one) else one for one in value]
        if isinstance(value, list)
        else (stamped(value, stamps) if is_object(value) else value)
        for name, value in shown.items()
    }
    created, modified = stamps.get(shown["id"], ("", ""))
    return told | filled({"created": created, "modified": modified})
