"""Taking registers in: read, check, then write all of them or none, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from diwan.councils.public import (
    BODY,
    Body,
    open_councils,
    put_actions,
    put_bodies,
    put_meetings,
)
from diwan.directory.public import (
    UNIT,
    Ledger,
    Tally,
    Unit,
    open_ledger,
    put_handovers,
    put_notes,
    put_people,
    put_posts,
    put_units,
    require_elevated,
)
from diwan.interop.rules import check_councils, check_directory
from diwan.interop.rules.book import actions_of
from diwan.interop.rules.checks import Desk, parts_of
from diwan.interop.rules.faults import Enough, Fault, Faults, Place, Words, gettext_noop
from diwan.interop.rules.shapes import Map
from diwan.kernel.calendars import ImpossibleDate, PartialDate
from diwan.kernel.errors import Refused
from diwan.kernel.exchange import Ref
from diwan.kernel.policies import Actor
from diwan.library.public import DOCUMENT, Document, put_documents
from diwan.ui.show import show_number

from .plan_councils import plan_actions, plan_bodies, plan_meetings
from .plan_directory import plan_directory
from .refusals import ImportRefused
from .said import Reading
from .sources import Source, open_sources
from .stock import Stocks

Progress = Callable[[int, int, str], None]
"""Told how far it is: done, total, and what is being worked on."""
STEPS = 3  # writing a register: the directory, the bodies, the meetings


@dataclass
class ImportReport:
    """What an import did. `vanished` names what earlier files told and these do not."""

    tally: Tally
    registers: list[str] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)

    @property
    def added(self) -> int:
        """Records that are new."""
        return self.tally.total("added")

    @property
    def changed(self) -> int:
        """Records that were corrected."""
        return self.tally.total("changed")

    @property
    def left(self) -> int:
        """Records that say what they said."""
        return self.tally.total("left")

    def __str__(self) -> str:
        counts = _("%(added)s added, %(changed)s changed, %(left)s left as they were.") % {
            "added": show_number(self.added),
            "changed": show_number(self.changed),
            "left": show_number(self.left),
        }
        if not self.vanished:
            return counts
        gone = _("No longer in the file, and kept here: %(names)s.")
        return f"{counts}\n{gone % {'names': ', '.join(self.vanished)}}"


@dataclass
class _Work:
    """One register of one file on its way in."""

    source: Source
    file: str
    document: Map
    reading: Reading
    actor: Actor
    ledger: Ledger | None = None

    @property
    def book(self) -> Ledger:
        """The ledger once it is open."""
        if self.ledger is None:
            raise RuntimeError("the ledger is not open")
        return self.ledger


def import_files(
    paths: Sequence[Path],
    *,
    actor: Actor | None = None,
    progress: Progress | None = None,
    names: Mapping[Path, str] | None = None,
) -> ImportReport:
    """Take in every register of these files (YAML, or ZIP with proofs), or none of them.

    `actor` is the system, or a user with an elevation (Forbidden otherwise); `names` are what
    people call the files. Raises ImportRefused with all faults, each with its file and line.
    """
    by = actor or Actor.system(_label(paths, names))
    require_elevated(by)
    faults = Faults()
    stocks = Stocks(by)
    works: list[_Work] = []
    try:
        works = [
            _Work(source, file, document, Reading(document, stocks.of(document)), by)
            for source in list(open_sources(paths, faults, names))
            for file, document in source.documents
            if {"register", "country", "language"} <= set(document)
        ]
        for work in works:
            _take_keys(work)
        for work in works:
            _check(work, stocks, faults)
    except Enough:
        pass
    if faults:
        raise ImportRefused(faults.found)
    return _write(works, stocks, progress or (lambda _done, _total, _label: None))


def _label(paths: Sequence[Path], names: Mapping[Path, str] | None) -> str:
    shown = [(names or {}).get(path, path.name) for path in paths]
    return f"import {', '.join(shown)}"[:200]


def _take_keys(work: _Work) -> None:
    book, document = work.reading.book, work.document
    book.take_in(work.file, document)
    for meeting in document.get("meetings", ()):
        if "key" in meeting:
            dated = None
            if "event" not in meeting.get("date", {}):
                dated = _quiet_date(work, meeting)
            book.dates[meeting["key"]] = dated or book.dates.get(meeting["key"])


def _quiet_date(work: _Work, meeting: Map) -> PartialDate | None:
    try:
        return work.reading.date(meeting, "date")
    except ImpossibleDate:
        return None  # the check tells it with its line


def _check(work: _Work, stocks: Stocks, faults: Faults) -> None:
    document, book = work.document, work.reading.book
    desk = Desk(work.file, document, book, stocks.book, faults)
    if document["country"] != book.country:
        faults.add(
            desk.place(document, "country"),
            gettext_noop(
                "the register %(register)s belongs to %(country)s here. Choose another name."
            ),
            register=book.register,
            country=book.country,
        )
    check_directory.check(desk)
    check_councils.check(desk)
    _check_proofs(desk, work.source)


def _check_proofs(desk: Desk, source: Source) -> None:
    """What lies beside the register under a proof's name must be that proof."""
    for _meeting, _resolution, action in actions_of(desk.document):
        for proof in action.get("proof", ()):
            digest = source.contents.names.get(proof.get("file", ""))
            if digest in (None, proof.get("sha256")) or proof.get("sha256") in source.contents:
                continue
            desk.faults.add(
                desk.place(proof, "sha256"),
                gettext_noop("%(file)s in the archive is another file than its SHA-256 says."),
                file=proof["file"],
            )


def _write(works: Sequence[_Work], stocks: Stocks, progress: Progress) -> ImportReport:
    report = ImportReport(Tally(), sorted({work.reading.book.register for work in works}))
    total = len(works) * STEPS
    done = 0
    ledgers: dict[str, Ledger] = {}
    with transaction.atomic():
        for step in (_put_directory, _put_bodies, _put_meetings):
            for work in works:
                progress(done, total, work.file)
                with _told_of(work.file):
                    step(work, ledgers)
                done += 1
        for register in report.registers:
            stock = stocks.found[register]
            stock.memory.keep(works[0].actor, ledgers[register].register)
            gone = stock.memory.vanished()
            report.vanished += [f"{register}/{kind}:{key}" for kind, key in gone]
    for work in works:
        report.tally.counts += work.book.tally.counts
    progress(total, total, "")
    return report


@contextmanager
def _told_of(file: str) -> Iterator[None]:
    """A refusal while writing is told of the file that caused it."""
    try:
        yield
    except ImportRefused:
        raise
    except Refused as refusal:
        fault = Fault(Place(file), Words(str(refusal)))
        raise ImportRefused([fault]) from refusal


def _put_directory(work: _Work, ledgers: dict[str, Ledger]) -> None:
    plan = plan_directory(work.reading)
    ledger = open_ledger(work.actor, plan.register)
    work.ledger = ledgers[plan.register.key] = ledger
    put_units(work.actor, ledger, plan.unit_patterns, plan.units)
    put_posts(work.actor, ledger, plan.post_patterns, plan.posts)
    put_people(work.actor, ledger, plan.partners, plan.people)
    put_handovers(work.actor, ledger, plan.handovers)
    put_notes(work.actor, ledger, plan.notes)
    put_documents(work.actor, ledger, plan.documents)


def _put_bodies(work: _Work, _ledgers: dict[str, Ledger]) -> None:
    book = open_councils(work.actor, work.book, bodies_alone=True)
    put_bodies(work.actor, book, plan_bodies(work.reading))


def _put_meetings(work: _Work, ledgers: dict[str, Ledger]) -> None:
    def find(reference: str) -> Ref:
        return _find(reference, work.reading.book.register, ledgers)

    book = open_councils(work.actor, work.book)
    put_meetings(work.actor, book, plan_meetings(work.reading, find))
    put_actions(work.actor, book, plan_actions(work.reading), work.source.contents)


_TARGETS: Mapping[str, tuple[str, type[Unit] | type[Body] | type[Document]]] = {
    "unit": (UNIT, Unit),
    "body": (BODY, Body),
    "document": (DOCUMENT, Document),
}


def _find(reference: str, here: str, ledgers: Mapping[str, Ledger]) -> Ref:
    register, name, key = parts_of(reference)
    kind, model = _TARGETS[name]
    ledger = ledgers.get(register or here)
    if ledger is not None:
        return Ref(kind, ledger.keys(model)[key])
    rows: QuerySet[Any] = model._default_manager.filter(register__key=register, key=key)  # noqa: SLF001 # Django's documented name
    return Ref(kind, rows.values_list("pk", flat=True).get())
