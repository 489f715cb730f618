"""Planning and writing those who meet: which unit hosts what, how often, who sits there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from diwan.councils.constants import BODY
from diwan.councils.models import Body, Membership, Oversight
from diwan.kernel.text import search_key

from .dice import Mint, dice
from .parts import Hand, PostPlan, RegisterPlan, UnitPlan
from .story import Era
from .table import Store
from .trail import Trail
from .wording import FieldOfWork, Texts, read

SPANS = (("2 weeks", 14), ("1 month", 30), ("2 months", 61), ("3 months", 91), ("6 months", 182))
PER_MEETING = 8.5
"""Actions that one meeting leads to, on average."""


@dataclass(eq=False)
class BodyPlan:
    """A body: who runs it, whom it may ask, what it is about, and how much it resolves."""

    id: UUID
    key: str
    code: str
    register: RegisterPlan
    unit: UnitPlan
    told: dict[str, Any]
    name: Texts
    weight: float
    parent: BodyPlan | None = None
    every: str = "1 month"
    days: int = 30
    chair: PostPlan | None = None
    secretary: PostPlan | None = None
    owners: list[PostPlan] = field(default_factory=list)
    groups: list[tuple[str, list[UnitPlan]]] = field(default_factory=list)
    fields: list[FieldOfWork] = field(default_factory=list)

    @property
    def runner(self) -> PostPlan | None:
        """The post that keeps the minutes: the secretary's, else the chair's."""
        return self.secretary or self.chair


class BodyMaker:
    """Makes the bodies of all registers and writes them."""

    def __init__(self, era: Era, store: Store, *, seed: int) -> None:
        self.era = era
        self.store = store
        self._seed = seed
        self._dice = dice(seed, "bodies")
        self._mint = Mint(self._dice, era.opens_at + timedelta(minutes=5))
        self._trail = Trail(store, dice(seed, "bodies trail"))
        self._codes: dict[str, Counter[str]] = {}
        self._keys: Counter[tuple[str, str]] = Counter()

    def plan(self, registers: Sequence[RegisterPlan], *, wanted: int) -> list[BodyPlan]:
        """The bodies that the pack names, and of the other units as many as make `wanted`."""
        named = [
            self._plan(unit, spec)
            for register in registers
            for unit in register.units
            for spec in unit.bodies
        ]
        for body in named:
            above = body.unit.parent
            hosts = [one for one in named if one.unit is above]
            body.parent = hosts[0] if hosts else None
        rest = [
            unit
            for register in registers
            for unit in register.units
            if not unit.bodies and unit.posts and not unit.merged
        ]
        missing = max(0, min(wanted - len(named), len(rest)))
        chosen = sorted(self._dice.sample(range(len(rest)), missing))
        return named + [self._plan(rest[n], "council-of-unit") for n in chosen]

    def _plan(self, unit: UnitPlan, spec: str) -> BodyPlan:
        register, told = unit.register, read("registers")["bodies"][spec]
        languages = (register.language, "en")
        unit_name = {**unit.name}
        name = {
            language: text.replace("{unit}", unit_name.get(language, ""))
            for language, text in told["name"].items()
            if language in languages and ("{unit}" not in text or unit_name.get(language))
        }
        self._keys[register.key, spec] += 1
        fields = register.wording.fields
        body = BodyPlan(
            id=self._mint(),
            key=f"{spec}-{self._keys[register.key, spec]}",
            code=self._code(register, name[register.language]),
            register=register,
            unit=unit,
            told=told,
            name=name,
            weight=float(told["weight"]) * (0.7 + 0.6 * self._dice.random()),
            fields=[fields[which] for which in told["fields"] if which in fields],
        )
        self._seats(body)
        return body

    def _code(self, register: RegisterPlan, name: str) -> str:
        initials = "".join(word.removeprefix("ال")[0] for word in name.split() if word[0].isalpha())
        counts = self._codes.setdefault(register.key, Counter())
        counts[initials[:2]] += 1
        count = counts[initials[:2]]
        return initials[:2] if count == 1 else f"{initials[:2]}{count}"

    def _seats(self, body: BodyPlan) -> None:
        unit = body.unit
        body.chair = unit.head
        above: UnitPlan | None = unit
        while above is not None and body.secretary is None:
            post = above.with_role("secretary")
            body.secretary = post if post is not None and post.tenures else None
            above = above.parent if above.parent is not None and above is unit else None
        below = [one for one in unit.children if one.posts and not one.merged]
        staff = [post for post in unit.posts if post not in (body.chair, body.secretary)]
        some = self._dice.some(below, 9)
        owners = [post for one in some for post in one.posts] + staff
        owners += [post for one in some for two in one.children[:4] for post in two.posts]
        heads = [body.chair] if body.chair else []
        body.owners = owners or heads
        patterns: dict[str, list[UnitPlan]] = {}
        for one in unit.children:
            if one.posts and not one.merged and not one.founded:
                patterns.setdefault(one.spec, []).append(one)
        body.groups = [(spec, units) for spec, units in patterns.items() if len(units) > 1]

    def pace(self, bodies: Sequence[BodyPlan], *, actions: int) -> None:
        """How often each body meets, so that about so many actions come of all meetings."""
        total = sum(body.weight for body in bodies)
        days = (self.era.last - self.era.first).days
        for body in bodies:
            meetings = max(1.0, actions * body.weight / total / PER_MEETING)
            wanted = days / meetings
            body.every, body.days = min(SPANS, key=lambda span: abs(span[1] - wanted))

    def write(self, body: BodyPlan) -> None:
        """Write a body with its seats, as they came in at the opening."""
        told, register = body.told, body.register
        self.store.add(
            Body,
            id=body.id,
            register_id=register.id,
            key=body.key,
            unit_id=body.unit.id,
            parent_id=body.parent.id if body.parent else None,
            kind=told["kind"],
            name=body.name,
            every=body.every,
            calendar=register.office.calendar.value,
            code=body.code,
            confidentiality=told["confidentiality"],
            search=search_key(*body.name.values(), body.code),
        )
        changes = {"name": [None, body.name], "kind": [None, told["kind"]]}
        hand = Hand(f"import {register.key}.yaml")
        at = self.era.opens_at
        self._trail.note(hand, "import", (BODY, body.id), at=at, changes=changes)
        for position, (role, seat) in enumerate(self._members(body)):
            self.store.add(
                Membership,
                id=self._mint(),
                lineage=self._dice.id_at(at),
                recorded_at=at,
                body_id=body.id,
                role=role,
                position=position,
                **seat,
            )
        if body.parent is None and body.unit.parent is None:
            for unit in body.unit.children[:6]:
                self.store.add(Oversight, id=self._mint(), body_id=body.id, unit_id=unit.id)

    def _members(self, body: BodyPlan) -> Iterator[tuple[str, dict[str, Any]]]:
        """Role and seat: posts, heads of units, all instances of a pattern, partners, others."""
        register = body.register
        if body.chair:
            yield "chair", {"post_id": body.chair.id}
        if body.secretary and body.secretary is not body.chair:
            yield "secretary", {"post_id": body.secretary.id}
        pattern = next(
            (pk for (spec, _post), pk in register.post_patterns.items() if spec == self._of(body)),
            None,
        )
        if pattern:
            yield "member", {"post_pattern_id": pattern}
        for post in body.owners[:8]:
            patterned = pattern and post.unit.spec == self._of(body)
            if post not in (body.chair, body.secretary) and not patterned:
                head = post is post.unit.head and self._dice.chance(0.4)
                yield "member", {"unit_id": post.unit.id} if head else {"post_id": post.id}
        if body.unit.parent is None and register.partners:
            yield "adviser", {"partner_id": register.partners[0][0]}
            seat = {"fa": "نماینده شهروندان", "ar": "ممثل المواطنين"}[register.language]
            yield "observer", {"seat": {register.language: seat}}

    @staticmethod
    def _of(body: BodyPlan) -> str:
        """The kind of unit below whose posts all have a seat."""
        return next((spec for spec, _u in body.groups if spec in body.register.unit_patterns), "")
