"""Making the sample country: planned in plain Python, written in bulk, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from diwan.accounts.public import User
from diwan.councils import models as councils
from diwan.directory import public as directory
from diwan.kernel import files
from diwan.kernel.exchange import Ref
from diwan.kernel.models import AuditEntry, Link, PersonalValue, StoredFile
from diwan.kernel.policies import Actor
from diwan.kernel.statistics import gather_now
from diwan.kernel.text import search_key
from diwan.kernel.working import fill_holidays
from diwan.library.public import DOCUMENT, Document
from diwan.services import models as services
from diwan.services.actions.keeping import forget_months

from .bodies import BodyMaker, BodyPlan
from .dice import Mint, dice
from .duties import Proof
from .handing import HandoverWriter
from .indexes import roomy, set_aside
from .lives import LifeTeller
from .meetings import MeetingTeller
from .office import Office
from .parts import Hand, RegisterPlan
from .services import ServicePlan, ServiceWriter
from .services_cases import CaseMaker
from .story import Era, Teller
from .structure import StructureWriter
from .table import Store
from .trail import Trail
from .tree import NATURAL, Grower
from .wording import proofs, read, wording

YEARS = 2
MORNING = time(5)
"""The hour (UTC) of the last day at which the story stops: offices have just opened."""
NATURAL_ACTIONS = 6000
STEPS = 4.7
"""Audit entries that a duty leaves without any report of progress, with its share of meetings."""
WRITTEN = 0.71
"""The share of actions that meetings write themselves; the others are passed down by owners."""
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Size:
    """How large the country is; what is left None follows from the number of units."""

    units: int = 700
    actions: int | None = None
    audit: int | None = None
    bodies: int | None = None
    cases: int | None = None

    @property
    def all_cases(self) -> int:
        """About how many cases of services."""
        return 4 * self.units if self.cases is None else self.cases

    @property
    def all_actions(self) -> int:
        """About how many actions there are."""
        return self.actions or max(60, NATURAL_ACTIONS * self.units // NATURAL)

    @property
    def all_bodies(self) -> int:
        """About how many bodies."""
        return self.bodies or max(20, self.units // 5)

    @property
    def chatter(self) -> float:
        """Reports of progress an action, so that the audit has about as many entries as asked."""
        if self.audit is None:
            return 1.2
        return max(0.0, self.audit / self.all_actions - STEPS)


@dataclass
class Loaded:
    """What was made."""

    counts: dict[str, int] = field(default_factory=dict)
    registers: list[str] = field(default_factory=list)


ORDER = (
    directory.Register,
    User,
    directory.Partner,
    directory.UnitPattern,
    directory.PostPattern,
    directory.Unit,
    directory.UnitVersion,
    directory.UnitSuccession,
    directory.Person,
    directory.Post,
    directory.PostVersion,
    directory.Holding,
    Document,
    councils.Body,
    councils.Oversight,
    councils.Membership,
    councils.Meeting,
    councils.AgendaItem,
    councils.Statement,
    councils.Resolution,
    councils.Resolution.named_posts.through,
    Link,
    councils.Action,
    councils.ActionEvent,
    councils.DateRequest,
    councils.Round,
    StoredFile,
    directory.Handover,
    directory.Need,
    services.Service,
    services.ServiceVersion,
    services.Offer,
    services.Case,
    services.Applicant,
    services.CaseAnswers,
    services.CaseFile,
    services.CaseStep,
    services.CasePause,
    services.CaseNote,
    services.Ending,
    services.Inquiry,
    services.RatingLink,
    services.Rating,
    AuditEntry,
    PersonalValue,
)


LARGE = [
    model._meta.db_table  # noqa: SLF001 # Django's documented way to a table's name
    for model in ORDER[ORDER.index(councils.Meeting) :]
]


def load_country(
    *, size: Size, seed: int, until: date, password: str = "", progress: Progress
) -> Loaded:
    """Make the country's five registers, up to eight o'clock of `until`; everything or nothing.

    The same seed, size and day give the same rows but for what hides `password`, with which all
    its people sign in; without one nobody of them can. Whether the home may take the country is
    the caller's question.
    """
    with roomy(), transaction.atomic():
        return _load(size, seed, until, make_password(password) if password else "", progress)


def _load(size: Size, seed: int, until: date, password: str, progress: Progress) -> Loaded:
    era = _era(until)
    for code in ("EG", "IR"):
        actor = Actor.system("sample", at=era.opens_at)
        first, last = era.first.year - 1, until.year + 1
        fill_holidays(actor, code, first_year=first, last_year=last)
    _constraints("DEFERRED")  # a pattern may name a unit that is written after it
    store = Store(*ORDER)
    registers = list(_registers(era, size, seed))
    offered: list[ServicePlan] = []
    for n, register in enumerate(registers):
        progress(n, len(registers), register.key)
        Teller(register, era, seed=seed).tell()
        StructureWriter(register, era, store, seed=seed, password=password).write()
        _documents(register, era, store, seed)
        offered += ServiceWriter(register, era, store, seed=seed).write()
        store.write()
    directory.rebuild_paths([unit.id for register in registers for unit in register.units])
    maker = BodyMaker(era, store, seed=seed)
    bodies = maker.plan(registers, wanted=size.all_bodies)
    maker.pace(bodies, actions=size.all_actions)
    for body in bodies:
        maker.write(body)
    store.write()
    # From here on PostgreSQL looks at foreign keys with each batch: its memory stays small.
    _constraints("IMMEDIATE")
    with set_aside(LARGE, rows=max(size.all_actions, size.all_cases)):
        _meet(bodies, era, store, size, seed, progress)
        _serve(CaseMaker(era, store, offered, seed=seed), store, size.all_cases, progress)
        store.write()
    forget_months()
    gather_now()
    return Loaded(dict(store.counts()), [register.key for register in registers])


def _constraints(when: Literal["DEFERRED", "IMMEDIATE"]) -> None:
    """Have PostgreSQL look at foreign keys at the end, or with each batch."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET CONSTRAINTS ALL {when}")


def _era(until: date) -> Era:
    first = until - timedelta(days=365 * YEARS)
    opens_at = datetime.combine(first - timedelta(days=5), time(6), tzinfo=UTC)
    return Era(opens_at, first, until, datetime.combine(until, MORNING, tzinfo=UTC))


def _registers(era: Era, size: Size, seed: int) -> Iterator[RegisterPlan]:
    mint = Mint(dice(seed, "registers"), era.opens_at)
    offices = {
        code: Office(code, era.first - timedelta(days=1900), era.last + timedelta(days=200))
        for code in ("EG", "IR")
    }
    for told in read("registers")["registers"]:
        language = told["language"]
        register = RegisterPlan(
            id=mint(),
            key=told["key"],
            language=language,
            country=told["country"],
            told=told,
            office=offices[told["country"]],
            wording=wording(language),
        )
        for partner in read("registers")["partners"][language]:
            register.partners.append((mint(), partner["key"], dict(partner["name"])))
        own = Mint(dice(seed, "units", register.key), era.opens_at)
        Grower(register, dice(seed, "paces", register.key), own, total=size.units).grow()
        yield register


def _documents(register: RegisterPlan, era: Era, store: Store, seed: int) -> None:
    mint = Mint(dice(seed, "documents", register.key), era.opens_at)
    trail = Trail(store, dice(seed, "documents trail", register.key))
    for n, told in enumerate(register.wording.documents, start=1):
        pk, name = mint(), {register.language: told["name"]}
        register.documents.append(pk)
        store.add(
            Document,
            id=pk,
            register_id=register.id,
            key=f"document-{n}",
            unit_id=register.units[0].id,
            kind=told["kind"],
            name=name,
            confidentiality="internal",
            search=search_key(*name.values()),
        )
        hand = Hand(f"import {register.key}.yaml")
        changes = {"name": [None, name], "kind": [None, told["kind"]]}
        trail.note(hand, "import", (DOCUMENT, pk), at=era.opens_at, changes=changes)


def _meet(
    bodies: list[BodyPlan],
    era: Era,
    store: Store,
    size: Size,
    seed: int,
    progress: Progress,
) -> None:
    kept: dict[str, list[Proof]] = {}
    for register in dict.fromkeys(body.register for body in bodies):
        if register.language not in kept:
            document = register.documents[0]
            kept[register.language] = _keep_proofs(document, register.language, era)
    teller = LifeTeller(era, store, kept, seed=seed, chatter=size.chatter)
    days = (era.last - era.first).days
    total = sum(body.weight for body in bodies)
    for n, body in enumerate(bodies):
        if n % 20 == 0:
            progress(n, len(bodies), body.register.key)
        wanted = WRITTEN * size.all_actions * body.weight / total
        density = wanted / max(1.0, days / body.days)
        for decision in MeetingTeller(body, era, store, seed=seed).tell(density=density):
            teller.tell(decision)
            store.write_if_many()
    for register in dict.fromkeys(body.register for body in bodies):
        writer = HandoverWriter(register, store, seed=seed)
        writer.write(teller.handed)
        writer.pass_on(teller.moved, era.now)
        store.write_if_many()


def _serve(maker: CaseMaker, store: Store, cases: int, progress: Progress) -> None:
    for n in maker.make(cases):
        if n % 500 == 0:
            progress(n, cases, "cases")
        store.write_if_many()


def _keep_proofs(document: UUID, language: str, era: Era) -> list[Proof]:
    """Store the proof files once; every use of them is a row of its own."""
    found = []
    actor = Actor.system("sample", at=era.opens_at)
    for path in proofs(language):
        with path.open("rb") as upload:
            stored = files.store(actor, Ref(DOCUMENT, document), upload, path.name)
        found.append((path.name, stored.sha256))
        stored.delete()  # what is kept is the content; its uses are written with the reports
    return found
