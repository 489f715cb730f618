"""What every check of a register shares: references, dates, sizes, cycles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from diwan.kernel.calendars import ImpossibleSpan, PartialDate, Span

from .book import KIND_WORDS, Book, Books, Entry, instance_key
from .dates import check_date, check_order, unknown
from .faults import Faults, Place, gettext_noop
from .shapes import Map

LONGEST_PATTERN_KEY = 57  # with a hyphen and a province's code it is a key still
MOST_INSTANCES = 50_000


@dataclass
class Desk:
    """What a check works with: one document, the keys around it, and where faults go."""

    file: str
    document: Map
    book: Book
    books: Books
    faults: Faults

    def place(self, item: Map, key: str = "") -> Place:
        """Where a key of an item stands."""
        return Place(self.file, item.at(key) if key else item.line)

    def reference(self, item: Map, key: str, kind: str, *, pattern: bool = False) -> Entry | None:
        """What a reference names; None, with a fault, where it names nothing or a pattern."""
        name = item.get(key)
        if name is None:
            return None
        return self.named(name, kind, self.place(item, key), pattern=pattern)

    def named(self, name: str, kind: str, place: Place, *, pattern: bool) -> Entry | None:
        """What a key names; None, with a fault, where it names nothing or a pattern."""
        entry = self.book.of(kind).get(name)
        if entry is None:
            unknown(name, kind, place, self.faults, self.book)
            return None
        if entry.pattern and not pattern:
            self._one_of_many(name, kind, entry, place)
            return None
        return entry

    def _one_of_many(self, name: str, kind: str, entry: Entry, place: Place) -> None:
        code = (entry.codes or tuple(self.book.codes) or ("",))[0]
        self.faults.add(
            place,
            gettext_noop(
                "%(key)s stands for many (one %(kind)s for each province), but here one is "
                "needed. Name one of them, such as %(example)s."
            ),
            key=name,
            kind=KIND_WORDS[kind],
            example=instance_key(name, code),
        )

    def date(self, item: Map, key: str, *, dated: bool = False) -> PartialDate | None:
        """A date, None with a fault where it is impossible; `dated`: it must not be unknown."""
        if key not in item:
            return None
        place = self.place(item, key)
        found = check_date(item[key], place, self.faults, self.book)
        if found is not None and dated and found.precision.value == "unknown":
            self.faults.add(
                place,
                gettext_noop("the meeting named here has no date yet. Give a date of its own."),
            )
            return None
        return found

    def period(self, item: Map) -> tuple[PartialDate | None, PartialDate | None]:
        """Since and until, with a fault where they do not follow each other."""
        since, until = self.date(item, "since"), self.date(item, "until")
        check_order(since, until, self.place(item, "until"), self.faults)
        return since, until

    def span(self, item: Map, key: str) -> None:
        """A span that can be counted."""
        try:
            Span.parse(item.get(key, "1 day"))
        except ImpossibleSpan:
            self.faults.add(
                self.place(item, key),
                gettext_noop(
                    "%(text)s is too long a span. Write at most 10,000 days, weeks or months, or "
                    "1,000 years."
                ),
                text=str(item[key])[:40],
            )

    def short(self, item: Map, key: str, most: int) -> None:
        """A text that has room where it is kept."""
        if len(item.get(key, "")) > most:
            self.faults.add(
                self.place(item, key),
                gettext_noop("%(key)s has more than %(most)s letters. Shorten it."),
                key=key,
                most=most,
            )

    def within(self, item: Map, key: str, least: int, most: int) -> None:
        """A number that can be meant."""
        value = item.get(key)
        if isinstance(value, int) and not least <= value <= most:
            self.faults.add(
                self.place(item, key),
                gettext_noop("%(key)s must be a number from %(least)s to %(most)s."),
                key=key,
                least=least,
                most=most,
            )

    def no_cycle(self, items: Sequence[Map], key: str, kind: str) -> None:
        """Nothing stands above itself, nor becomes what it was."""
        entries = self.book.of(kind)
        told: set[str] = set()
        for item in items:
            trail = _trail(item.get("key", ""), key, entries)
            if trail and not told.intersection(trail):
                told.update(trail)
                self.faults.add(
                    self.place(item, key),
                    gettext_noop("%(key)s runs in a circle: %(trail)s. Change it in one of them."),
                    key=key,
                    trail=" → ".join((*trail, trail[0])),
                )

    def about(self, item: Map, key: str) -> None:
        """A typed reference: `kind:KEY`, or `REGISTER/kind:KEY` of another register."""
        if key in item:
            self.typed(item[key], self.place(item, key))

    def typed(self, reference: str, place: Place) -> None:
        """See `about`."""
        register, kind, key = parts_of(reference)
        book = self.books(register) if register else self.book
        if book is None:
            self.faults.add(
                place,
                gettext_noop(
                    "there is no register %(key)s here. Import it with this one, or before."
                ),
                key=register,
            )
            return
        entry = book.of(kind).get(key)
        if entry is None:
            unknown(key, kind, place, self.faults, book)
        elif entry.pattern:
            self._one_of_many(key, kind, entry, place)


def parts_of(reference: str) -> tuple[str, str, str]:
    """Register (empty: this one), kind and key of a typed reference.

    >>> parts_of("ict-guild/unit:guild")
    ('ict-guild', 'unit', 'guild')
    """
    register, slash, rest = reference.rpartition("/")
    kind, _colon, key = rest.partition(":")
    return (register if slash else "", kind, key)


def _trail(start: str, key: str, entries: dict[str, Entry]) -> tuple[str, ...]:
    """The circle that begins and ends at `start`; nothing where there is none."""
    trail: list[str] = []
    here = start
    while here and here in entries and here not in trail:
        trail.append(here)
        here = entries[here].parent if key == "parent" else entries[here].becomes
    return tuple(trail) if here == start and trail else ()
