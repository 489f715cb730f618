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


@cache
def workbook(pack: str, rows: tuple[tuple[str, str], ...]) -> Workbook:
    """A workbook of the packs with some of its properties said anew. Raises ValueError."""
    name = f"{pack}.md"
    text = told_anew((PACKS / name).read_text(encoding="utf-8"), rows)
    found = check(read_workbook(text.encode(), name), Anything(), name=name)
    if found.definition is None or found.form is None:
        raise ValueError(f"{name}: {found.faults}")
    return Workbook(text.encode(), found.definition, found.form, found.xform)


def told_anew(text: str, rows: tuple[tuple[str, str], ...]) -> str:
    """The Markdown with these rows in its sheet `service` in place of those of the same names."""
    head, heading, rest = text.partition("## service\n\n")
    lines = rest.split("\n")
    width = lines[0].count("|") - 1
    names = {name for name, _value in rows}
    kept = [line for line in lines[2:] if line.split("|")[1:2] not in [[f" {n} "] for n in names]]
    new = [f"| {name} | {value} |{'  |' * (width - 2)}" for name, value in rows]
    return head + heading + "\n".join([*lines[:2], *new, *kept])


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
        below, owner = told["below"], self._by_key[told["owner"]]
        offers = tuple(("offered_by", f"{below} kind:{kind}") for kind in told["kinds"])
        book = workbook(told["pack"], (("owner", owner.key), *offers))
        plan = ServicePlan(
            id=self._mint(),
            version_id=self._mint(),
            register=self.register,
            definition=book.definition,
            form=book.form,
            units=[u for u in self.register.units if u.kind in told["kinds"] and not u.merged],
            share=told["share"],
            online=told["online"],
            months=told["months"],
            answerer=Answerer(
                book.form,
                self.register.country,
                self.register.language,
                dice(self._seed, "answers", self.register.key, told["pack"]),
                self.era.now,
            ),
        )
        self._rows(plan, book, owner, told)
        self._told(plan, owner)
        return plan

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
        for kind in told["kinds"]:
            below = self._by_key[told["below"]].id
            self.store.add(
                Offer, id=self._mint(), service_id=plan.id, unit_id=below, unit_kind=kind
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
