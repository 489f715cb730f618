"""The services of the sample country: workbooks of `packs/services` as its registers publish them.

A workbook names no unit of a country; here its owner and where it is offered are written into its
Markdown, and the room's own check reads it as it reads any upload.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from diwan import __file__ as package_file
from diwan.kernel import files
from diwan.kernel.exchange import Ref
from diwan.kernel.models import StoredFile
from diwan.kernel.policies import Actor
from diwan.kernel.seals import canonical_json
from diwan.kernel.text import search_key
from diwan.services.constants import SERVICE, VERSION
from diwan.services.models import Offer, Service, ServiceVersion
from diwan.services.rules.checking import Anything
from diwan.services.rules.definition import Definition
from diwan.services.rules.formtree import Form
from diwan.services.rules.reading import read_workbook
from diwan.services.rules.workbook import check

from .dice import Mint, dice
from .parts import Hand, RegisterPlan, UnitPlan
from .services_answers import Answerer, Filled
from .story import Era
from .table import Store
from .trail import Trail
from .wording import read

PACKS = Path(package_file).resolve().parents[2] / "packs" / "services"
PUBLISHED_AFTER = timedelta(minutes=30)


@dataclass(eq=False)
class ServicePlan:
    """A service of one register: what it says, where it is offered, how people come to it."""

    id: UUID
    version_id: UUID
    register: RegisterPlan
    definition: Definition
    form: Form
    units: list[UnitPlan]
    share: float
    online: float
    months: list[float]
    answerer: Answerer
    fills: list[Filled] = field(default_factory=list)

    @property
    def code(self) -> str:
        """The service's code."""
        return self.definition.code


@dataclass(frozen=True)
class Workbook:
    """A workbook as a register publishes it."""

    content: bytes
    definition: Definition
    form: Form
    xform: str


Rows = tuple[tuple[str, ...], ...]
"""Rows of the sheet `service`: a property, its value and its labels."""


@cache
def workbook(pack: str, rows: Rows, steps: Rows = ()) -> Workbook:
    """A workbook of the packs with some of its properties told anew. Raises ValueError.

    `steps` says which cells of `steps` are others here (who acts, and where): before and after.
    """
    name = f"{pack}.md"
    text = told_anew((PACKS / name).read_text(encoding="utf-8"), rows)
    for before, after in steps:
        text = text.replace(f"| {before} |", f"| {after} |")
    found = check(read_workbook(text.encode(), name), Anything(), name=name)
    if found.definition is None or found.form is None:
        raise ValueError(f"{name}: {found.faults}")
    return Workbook(text.encode(), found.definition, found.form, found.xform)


def told_anew(text: str, rows: Rows) -> str:
    """The Markdown with these rows in its sheet `service` in place of those of the same names."""
    head, heading, rest = text.partition("## service\n\n")
    table, _blank, after = rest.partition("\n\n")
    lines = table.split("\n")
    width = lines[0].count("|") - 1
    names = {row[0] for row in rows}
    kept = [line for line in lines[2:] if line.split("|")[1].strip() not in names]
    new = [f"| {' | '.join((*row, *[''] * (width - len(row))))} |" for row in rows]
    return head + heading + "\n".join([*lines[:2], *new, *kept]) + "\n\n" + after


class ServiceWriter:
    """Writes the services of one register, published as the two years begin."""

    def __init__(self, register: RegisterPlan, era: Era, store: Store, *, seed: int) -> None:
        self.register, self.era, self.store, self._seed = register, era, store, seed
        self.at = era.opens_at + PUBLISHED_AFTER
        self._mint = Mint(dice(seed, "services", register.key), self.at)
        self.trail = Trail(store, dice(seed, "services trail", register.key))
        self._by_key = {unit.key: unit for unit in register.units}

    def write(self) -> list[ServicePlan]:
        """Write what the pack says of this register."""
        return [self._service(told) for told in read("services").get(self.register.key, [])]

    def _service(self, told: dict[str, Any]) -> ServicePlan:
        owner, wheres = self._by_key[told["owner"]], self._offered(told)
        offers = tuple(
            ("offered_by", f"{unit.key} kind:{kind}" if kind else unit.key) for unit, kind in wheres
        )
        rows = tuple(tuple(row) for row in told.get("rows", []))
        steps = tuple(tuple(pair) for pair in told.get("steps", []))
        book = workbook(told["pack"], (("owner", owner.key), *offers, *rows), steps)
        plan = ServicePlan(
            id=self._mint(),
            version_id=self._mint(),
            register=self.register,
            definition=book.definition,
            form=book.form,
            units=self._units(told),
            share=told["share"],
            online=told["online"],
            months=told.get("months", [1] * 12),
            answerer=Answerer(
                book.form,
                self.register.country,
                self.register.language,
                dice(self._seed, "answers", self.register.key, told["pack"]),
                self.era.now,
            ),
        )
        self._rows(plan, book, owner, told)
        for unit, kind in wheres:
            pk = self._mint()
            self.store.add(Offer, id=pk, service_id=plan.id, unit_id=unit.id, unit_kind=kind)
        self._told(plan, owner)
        return plan

    def _offered(self, told: dict[str, Any]) -> list[tuple[UnitPlan, str]]:
        """Where it is offered: at all units of some kinds below one, or at units by their keys."""
        if "units" in told:
            return [(self._by_key[key], "") for key in told["units"]]
        return [(self._by_key[told["below"]], kind) for kind in told["kinds"]]

    def _units(self, told: dict[str, Any]) -> list[UnitPlan]:
        named, kinds = told.get("units", ()), told.get("kinds", ())
        units = self.register.units
        return [u for u in units if (u.key in named or u.kind in kinds) and not u.merged]

    def _rows(
        self, plan: ServicePlan, book: Workbook, owner: UnitPlan, told: dict[str, Any]
    ) -> None:
        said = book.definition
        words = (said.name, said.summary, said.synonyms, said.description)
        content = [said.to_json(), book.form.to_json(), book.xform]
        self.store.add(
            Service,
            id=plan.id,
            country=self.register.country,
            code=said.code,
            owner_id=owner.id,
            kind=said.kind,
            audience=said.audience,
            state="open",
            name=dict(said.name),
            summary=dict(said.summary),
            events=list(said.events),
            search=search_key(*(text for each in words for text in each.values())),
            current_id=plan.version_id,
            made_at=self.at,
        )
        name = f"{told['pack']}.md"
        self.store.add(
            ServiceVersion,
            id=plan.version_id,
            service_id=plan.id,
            number=1,
            state="published",
            definition=content[0],
            form=content[1],
            xform=book.xform,
            checksum=hashlib.sha256(canonical_json(content).encode()).hexdigest(),
            file_id=self._file(plan, book.content, name),
            file_name=name,
            made_at=self.at,
            published_at=self.at,
        )

    def _file(self, plan: ServicePlan, content: bytes, name: str) -> UUID:
        """Keep the workbook's content; its row is ours."""
        sha = kept(Ref(VERSION, plan.version_id), content, name, self.era)
        pk = self._mint()
        self.store.add(
            StoredFile,
            id=pk,
            blob_id=sha,
            sha256=sha,
            given_sha256=sha,
            name=name,
            subject_kind=VERSION,
            subject_id=plan.version_id,
            confidentiality="internal",
            added_at=self.at,
        )
        return pk

    def _told(self, plan: ServicePlan, owner: UnitPlan) -> None:
        head = owner.head
        person = head.holder(self.at) if head else None
        hand = Hand(person.label, person, head) if person else Hand("administration")
        changes = {"version": [None, 1]}
        for verb in ("prepare", "publish"):
            self.trail.note(hand, verb, (SERVICE, plan.id), at=self.at, changes=changes)


def kept(ref: Ref, content: bytes, name: str, era: Era) -> str:
    """Keep a content once and say its checksum; the row that used it for that is gone again."""
    actor = Actor.system("sample", at=era.opens_at)
    stored = files.store(actor, ref, io.BytesIO(content), name)
    sha = stored.sha256
    stored.delete()
    return sha
