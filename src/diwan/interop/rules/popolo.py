"""Popolo 1.0 as rules: its words, its dates, and the order of a document. Plain Python.

Source: https://www.popoloproject.com/specs/ and its JSON schemas. A date may be a year or a month
alone; what is stated in another calendar than the Gregorian becomes as much of a Gregorian date as
is certain.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, tzinfo
from typing import Any

from diwan.kernel.calendars import PartialDate, Precision

Object = dict[str, Any]

SECTIONS = (
    "areas",
    "organizations",
    "posts",
    "persons",
    "memberships",
    "events",
    "motions",
    "vote_events",
)
"""In this order a document names nothing that has not been told before."""
OPTIONS: Mapping[str, str] = {"for": "yes", "against": "no", "abstain": "abstain"}
"""What is said in a roll call, in Popolo's words."""
STATUS: Mapping[str, str] = {"planned": "tentative", "held": "confirmed", "cancelled": "cancelled"}


def when(stated: PartialDate | None) -> str | None:
    """A date as exactly as it is certain, or None: YYYY, YYYY-MM or YYYY-MM-DD.

    A month of another calendar lies in two months of ours, mostly of one year; a year of another
    calendar begins in the year that is told.

    >>> from datetime import date
    >>> when(PartialDate(date(2026, 5, 1), Precision.MONTH))
    '2026-05'
    """
    if stated is None or stated.precision is Precision.UNKNOWN:
        return None
    first, last = stated.first_day, stated.last_day
    if stated.precision is Precision.DAY:
        return first.isoformat()
    if stated.precision is Precision.MONTH and (first.year, first.month) == (last.year, last.month):
        return f"{first:%Y-%m}"
    return f"{first:%Y}"


def instant(at: datetime | None, zone: tzinfo) -> str | None:
    """An instant with its offset."""
    return at.astimezone(zone).isoformat(timespec="seconds") if at else None


def day_of(at: datetime | None, precision: str, zone: tzinfo) -> str | None:
    """The day, month or year of an instant, as exactly as it is known."""
    if at is None or precision == Precision.UNKNOWN:
        return None
    day = at.astimezone(zone).date()
    shapes: Mapping[str, str] = {Precision.DAY: "%Y-%m-%d"}
    return f"{day:{shapes.get(precision, '%Y')}}"


def filled(told: Mapping[str, Any]) -> Object:
    """Without what is not known. 0 is known."""
    return {name: value for name, value in told.items() if value not in (None, "", [], {})}


def counts(*, yes: int, no: int, abstain: int) -> list[Object]:
    """The counts of a vote event, in the words of its votes."""
    told = {"yes": yes, "no": no, "abstain": abstain}
    return [{"option": option, "value": value} for option, value in told.items()]


def document(sections: Mapping[str, Iterable[Object]]) -> Iterator[str]:
    """The document in pieces, however long it is: one object a line, section by section."""
    mark = "{"
    for name in SECTIONS:
        yield f'{mark}"{name}":['
        mark, between = ",\n", "\n"
        for told in sections.get(name, ()):
            yield between + json.dumps(told, ensure_ascii=False, separators=(",", ":"))
            between = ",\n"
        yield "]"
    yield "}\n"
