"""What a register holds already, as the keys that its files may refer to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from diwan.councils.public import CouncilRecords, council_records_of
from diwan.directory.public import (
    DirectoryRecords,
    Register,
    provinces,
    records_of,
    register_record,
)
from diwan.interop.rules.book import (
    ACTION,
    BODY,
    DOCUMENT,
    HANDOVER,
    MEETING,
    NEED,
    NOTE,
    PARTNER,
    PERSON,
    POST,
    UNIT,
    Book,
    Entry,
    Ground,
)
from diwan.interop.rules.shapes import Map
from diwan.kernel.calendars import ImpossibleDate, PartialDate
from diwan.kernel.ids import new_id
from diwan.kernel.policies import Actor
from diwan.kernel.working import today_in
from diwan.library.public import document_records_of

from .taken import Memory


@dataclass
class Stock:
    """One register while it is taken in: its book of keys, and what an earlier file told."""

    book: Book
    memory: Memory
    exists: bool = False
    meeting_ids: dict[str, UUID] = field(default_factory=dict)

    def meeting_id(self, key: str) -> UUID:
        """The identifier of a meeting, fixed before the meeting is stored."""
        return self.meeting_ids.setdefault(key, new_id())


@dataclass
class Stocks:
    """The registers of one import by key; one that is not among its files is asked for by need."""

    actor: Actor
    found: dict[str, Stock] = field(default_factory=dict)

    def of(self, document: Map) -> Stock:
        """The stock of a file's register."""
        key = document["register"]
        if key not in self.found:
            known = _known(key)
            self.found[key] = known or self._fresh(document)
        return self.found[key]

    def book(self, key: str) -> Book | None:
        """The keys of any register, None where there is none of that name."""
        if key not in self.found:
            known = _known(key)
            if known is None:
                return None
            self.found[key] = known
        return self.found[key].book

    def _fresh(self, document: Map) -> Stock:
        code = document["country"]
        today = PartialDate(today_in(code, self.actor.at))
        recorded = _date(document.get("recorded")) or today
        return Stock(
            Book(document["register"], code, recorded, grounds_of(code)),
            Memory(document["register"]),
        )


def grounds_of(country: str) -> list[Ground]:
    """A country's provinces as the rules take them."""
    return [Ground(province.code, province.names) for province in provinces(country)]


def _date(value: object) -> PartialDate | None:
    if value is None or (isinstance(value, dict) and "event" in value):
        return None
    try:
        return PartialDate.parse_register(value)
    except ImpossibleDate:
        return None  # the check tells it with its line


def _known(key: str) -> Stock | None:
    register = Register.objects.filter(key=key).first()
    if register is None:
        return None
    record = register_record(register)
    recorded = record.recorded or PartialDate(register.recorded)
    book = Book(key, register.country, recorded, grounds_of(register.country))
    council = council_records_of(register)
    _fill_directory(book, records_of(register))
    _fill_councils(book, council)
    _fill(book, DOCUMENT, document_records_of(register))
    ids = {name: meeting.id for name, meeting in council.meetings.items() if meeting.id}
    return Stock(book, Memory(key), exists=True, meeting_ids=ids)


def _fill(book: Book, kind: str, keys: Iterable[str]) -> None:
    book.of(kind).update({key: Entry() for key in keys})


def _fill_directory(book: Book, records: DirectoryRecords) -> None:
    units = book.of(UNIT)
    for pattern in records.unit_patterns.values():
        units[pattern.key] = Entry(pattern=True, parent=pattern.parent)
    for unit in records.units.values():
        entry = Entry(parent=unit.parent, becomes=unit.becomes, of=unit.pattern)
        units[unit.key] = entry
        _join(units, entry, unit.key)
    posts = book.of(POST)
    for post_pattern in records.post_patterns.values():
        posts[post_pattern.key] = Entry(pattern=True, unit=post_pattern.unit)
    for post in records.posts.values():
        entry = Entry(unit=post.unit, becomes=post.becomes, of=post.pattern)
        posts[post.key] = entry
        _join(posts, entry, post.key)
    _fill(book, PARTNER, records.partners)
    _fill(book, PERSON, records.people)
    _fill(book, HANDOVER, records.handovers)
    _fill(book, NOTE, records.notes)
    _fill(book, NEED, (n.key for h in records.handovers.values() for n in h.needs))


def _join(entries: dict[str, Entry], entry: Entry, key: str) -> None:
    """Tell a pattern of its instance."""
    if entry.of in entries:
        entry.code = key.removeprefix(f"{entry.of}-")
        entries[entry.of].codes += (entry.code,)


def _fill_councils(book: Book, records: CouncilRecords) -> None:
    _fill(book, MEETING, records.meetings)
    for body in records.bodies.values():
        book.of(BODY)[body.key] = Entry(parent=body.parent)
    for meeting in records.meetings.values():
        book.dates[meeting.key] = meeting.date
    actions = book.of(ACTION)
    for action in records.actions.values():
        path = (action.meeting, action.resolution)
        if action.group and action.group_pattern:
            actions.setdefault(action.group, Entry(pattern=True, resolution=path))
            entry = Entry(of=action.group, resolution=path)
            actions[action.key] = entry
            _join(actions, entry, action.key)
        else:
            actions[action.key] = Entry(resolution=path)
