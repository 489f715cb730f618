"""Events as iCalendar (RFC 5545, with the names of RFC 7986), readable by every calendar.

What recurs by a Jalali or Hijri rule comes as one event a day: readers get such rules wrong
(RFC 7529 is read right by libical alone).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from icalendar import Calendar, Event, vCalAddress

PRODUCT = "-//Diwan//Diwan//EN"
AGAIN = timedelta(hours=6)
"""How often a reader is asked to look again."""
YEAR = timedelta(days=366)
_MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Status(StrEnum):
    """What is known of an event (RFC 5545, 3.8.1.11)."""

    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True)
class CalendarEvent:
    """One event. `start` is an aware instant in its own zone, or a day that it fills.

    `end` is exclusive and may be None: then an event with a time has no stated end. `stamp` is when
    it last changed, `sequence` how often that was told. A `transparent` one keeps nobody busy.
    """

    uid: str
    summary: str
    start: datetime | date
    stamp: datetime
    end: datetime | date | None = None
    sequence: int = 0
    status: Status = Status.CONFIRMED
    location: str = ""
    description: str = ""
    url: str = ""
    category: str = ""
    transparent: bool = False


class Method(StrEnum):
    """What a mail program is asked to do (RFC 5546)."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


def invitation_text(
    method: Method, event: CalendarEvent, *, organizer: str, attendee: str, name: str = ""
) -> bytes:
    """One event as a message to one `attendee` (RFC 5546, 3.2.2 and 3.2.5).

    The attendee's program adds, changes or takes out the event with this UID, if the SEQUENCE is
    not lower than the one it knows. `organizer` and `attendee` are e-mail addresses.
    """
    calendar = _calendar()
    calendar.add("method", method.value)
    made = _event(event)
    asker = vCalAddress(f"mailto:{organizer}")
    if name:
        asker.params["CN"] = _plain(name)
    made.add("organizer", asker)
    asked = vCalAddress(f"mailto:{attendee}")
    asked.params.update({"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "FALSE"})
    made.add("attendee", asked)
    calendar.add_component(made)
    calendar.add_missing_timezones(
        first_date=_day(event.start) - YEAR, last_date=_day(event.start) + YEAR
    )
    return bytes(calendar.to_ical())


def calendar_text(name: str, language: str, events: Iterable[CalendarEvent]) -> bytes:
    """A calendar to be subscribed to, with the zones that its events name."""
    calendar = _calendar()
    calendar.add("name", name, parameters={"LANGUAGE": language})
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    days = []
    for event in events:
        calendar.add_component(_event(event))
        days.append(_day(event.start))
    if days:
        # Zones tell their shifts for the years of the events alone: readers need no more.
        first, last = min(days) - YEAR, max(days) + YEAR
        calendar.add_missing_timezones(first_date=first, last_date=last)
    return bytes(calendar.to_ical())


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    return calendar


def _day(start: datetime | date) -> date:
    return start.date() if isinstance(start, datetime) else start


def _event(event: CalendarEvent) -> Event:
    made = Event()
    made.add("uid", event.uid)
    made.add("dtstamp", event.stamp)
    made.add("last-modified", event.stamp)
    made.add("sequence", event.sequence)
    made.add("summary", _plain(event.summary))
    made.add("dtstart", event.start)
    if event.end is not None:
        made.add("dtend", event.end)
    made.add("status", event.status.value)
    made.add("transp", "TRANSPARENT" if event.transparent else "OPAQUE")
    for name in ("location", "description", "url"):
        if value := getattr(event, name):
            made.add(name, _plain(value))
    if event.category:
        made.add("categories", [_plain(event.category)])
    return made


def _plain(text: str) -> str:
    """Without marks of direction: many calendars show them as boxes."""
    return _MARKS.sub("", text)
