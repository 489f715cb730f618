"""The rows of registers, units, posts, people, holdings and handovers, with their audit."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from diwan.accounts.public import USER_KIND, User
from diwan.directory import public as directory
from diwan.directory.public import (
    PERSON,
    POST,
    REGISTER,
    UNIT,
    Holding,
    Person,
    Post,
    PostVersion,
    Unit,
    UnitVersion,
)
from diwan.kernel.text import search_key

from .dice import Mint, dice
from .parts import Hand, PostPlan, RegisterPlan, Tenure, UnitPlan, hand_of
from .story import Era
from .table import Store
from .trail import Trail

IMPORT = "import"


class StructureWriter:
    """Writes one register's structure: as it came in at the opening, then each change."""

    def __init__(
        self, register: RegisterPlan, era: Era, store: Store, *, seed: int, password: str = ""
    ) -> None:
        self.register = register
        self._password = password
        self.era = era
        self.store = store
        stream = dice(seed, "structure", register.key)
        self.trail = Trail(store, dice(seed, "structure trail", register.key))
        self._dice = stream
        self._mint = Mint(stream, era.opens_at + timedelta(minutes=1))
        self._house = Hand(f"import {register.key}.yaml")
        self._calendar = register.office.calendar.value
        self._known: dict[UUID, datetime] = {}

    def write(self) -> None:
        """Write everything but the sheets of handovers."""
        self._register()
        for unit in self.register.units:
            self._unit(unit)
        for person in self.register.people:
            self._person(person)
        for unit in self.register.units:
            for post in unit.posts:
                self._post(post)

    def _came_in(self, kind_: str, pk: UUID, **told: Any) -> None:
        changes = {name: [None, value] for name, value in told.items() if value}
        at = self.era.opens_at
        self.trail.note(self._house, IMPORT, (kind_, pk), at=at, changes=changes)

    def _register(self) -> None:
        register = self.register
        self.store.add(
            directory.Register,
            id=register.id,
            key=register.key,
            language=register.language,
            country=register.country,
            source="Invented for trying things out; no person or office of it exists.",
            recorded=register.office.day_of(self.era.opens_at),
        )
        self._came_in(REGISTER, register.id, language=register.language, country=register.country)
        for pk, key, name in register.partners:
            self.store.add(directory.Partner, id=pk, register_id=register.id, key=key, name=name)
            self._came_in(directory.PARTNER, pk, name=name)
        for told in register.told["grow"]:
            if told["key"] in register.unit_patterns:
                self._patterns(told)

    def _patterns(self, told: dict[str, Any]) -> None:
        register = self.register
        above = register.unit_patterns.get(told["parent"])
        parent = next((u.id for u in register.units if u.key == told["parent"]), None)
        pk = register.unit_patterns[told["key"]]
        self.store.add(
            directory.UnitPattern,
            id=pk,
            register_id=register.id,
            key=told["key"],
            name=dict(told["name"]),
            kind=told["kind"],
            per=told["per"],
            parent_id=None if above else parent,
            parent_pattern_id=above,
        )
        self._came_in("directory.unit_pattern", pk, name=dict(told["name"]), kind=told["kind"])
        unit = next(u for u in register.units if u.spec == told["key"])
        for spec, post in zip(told["posts"], unit.posts, strict=True):
            self.store.add(
                directory.PostPattern,
                id=register.post_patterns[told["key"], spec],
                register_id=register.id,
                key=f"{told['key']}-{spec}",
                unit_pattern_id=pk,
                name=post.name,
                roles=directory.roles_text(post.roles),
            )

    def _unit(self, unit: UnitPlan) -> None:
        founded = unit.founded
        made_at = self._before(founded) if founded else self.era.opens_at
        heir = unit.merged[1] if unit.merged else None
        self.store.add(
            Unit,
            id=unit.id,
            register_id=self.register.id,
            key=unit.key,
            country=self.register.country,
            province=unit.province,
            pattern_id=unit.pattern,
            becomes_id=heir.id if heir else None,
            founded_at=made_at,
        )
        first = {
            "unit_id": unit.id,
            "name": unit.name,
            "kind": unit.kind,
            "parent_id": unit.parent.id if unit.parent else None,
            "search": search_key(*unit.name.values()),
            "since": founded,
            "since_calendar": self._calendar if founded else "gregorian",
        }
        if founded:
            changes = {"name": [None, unit.name], "kind": [None, unit.kind]}
            changes |= {"parent": [None, first["parent_id"]], "since": [None, founded]}
            changes["province"] = [None, unit.province or None]
            self._note(unit.parent, "found", (UNIT, unit.id), made_at, changes)
        else:
            self._came_in(UNIT, unit.id, name=unit.name, kind=unit.kind)
        self._versions(unit, first, made_at)

    def _note(
        self,
        unit: UnitPlan | None,
        verb: str,
        subject: tuple[str, UUID],
        at: datetime,
        changes: dict[str, Any],
        reason: str = "",
    ) -> None:
        """An entry by the head of a unit, or above."""
        hand = hand_of(unit.head, at) if unit else None
        self.trail.note(
            hand or Hand("administration"), verb, subject, at=at, changes=changes, reason=reason
        )

    def _ends_known(self, unit: UnitPlan) -> datetime:
        """When it became known that a merged unit would end; the same for all that ends with it."""
        known = self._known.get(unit.id)
        if known is None and unit.merged:
            known = self._known[unit.id] = self._before(unit.merged[0])
        return known or self.era.now

    def _before(self, day: date) -> datetime:
        """When a change that holds from a day was written down: a few days before."""
        office = self.register.office
        return office.at(office.later(day, -self._dice.between(2, 8)), self._dice.between(20, 300))

    def _versions(self, unit: UnitPlan, first: dict[str, Any], made_at: datetime) -> None:
        change: tuple[date, dict[str, Any], str] | None = None
        if unit.renamed:
            day, name = unit.renamed
            change = (day, {"name": name, "search": search_key(*name.values())}, "rename")
        elif unit.moved:
            day, parent = unit.moved
            change = (day, {"parent_id": parent.id}, "move")
        elif unit.merged:
            change = (unit.merged[0], {}, "merge")
        if change is None:
            self._row(UnitVersion, first, made_at)
            return
        day, values, _verb = change
        known_at = self._ends_known(unit) if unit.merged else self._before(day)
        self._row(UnitVersion, first, made_at, until=known_at, ends=day)
        if values:
            begun = {"since": day, "since_calendar": self._calendar}
            self._row(UnitVersion, {**first, **values, **begun}, known_at)
        self._tell_change(unit, change, known_at)

    def _tell_change(
        self, unit: UnitPlan, change: tuple[date, dict[str, Any], str], at: datetime
    ) -> None:
        day, values, verb = change
        if verb == "merge" and unit.merged:
            heir = unit.merged[1]
            self.store.add(
                directory.UnitSuccession,
                id=self._dice.id_at(at),
                kind="merged",
                predecessor_id=unit.id,
                successor_id=heir.id,
                on_date=day,
            )
            told = {"on": [None, day], "into": [None, [str(heir.id)]]}
        elif verb == "rename":
            told = {"name": [unit.name, values["name"]], "on": [None, day]}
        else:
            before = unit.parent.id if unit.parent else None
            told = {"parent": [before, values["parent_id"]], "on": [None, day]}
        self._note(unit.parent, verb, (UNIT, unit.id), at, told)

    def _row(
        self,
        model: Any,
        values: dict[str, Any],
        at: datetime,
        *,
        until: datetime | None = None,
        ends: Any = None,
    ) -> None:
        """A version believed from `at`; where its end became known, a second one that has it.

        `until` is when the end became known, `ends` the end (a day, or an instant of a holding).
        """
        lineage = self._dice.id_at(at)
        pk = self._dice.id_at(at)
        common = {**values, "lineage": lineage}
        self.store.add(model, **common, id=pk, recorded_at=at, superseded_at=until)
        if until is None:
            return
        side = "until_at" if model is Holding else "until"
        common |= {side: ends, "until_calendar": self._calendar}
        self.store.add(model, **common, id=self._dice.id_at(until), recorded_at=until)

    def _person(self, person: Any) -> None:
        name, at = person.name, self.era.opens_at
        self.store.add(
            User,
            id=person.user_id,
            login=person.login,
            name=person.label,
            password=self._password or f"!{self._dice.getrandbits(160):040x}",
            language=self.register.language,
            search=search_key(person.label, person.login),
            made_at=at,
        )
        personal = {"name": [None, person.label], "login": [None, person.login]}
        self.trail.note(self._house, "make", (USER_KIND, person.user_id), at=at, personal=personal)
        self.store.add(
            Person,
            id=person.id,
            register_id=self.register.id,
            key=person.key,
            name=name,
            honorific=person.honorific,
            user_id=person.user_id,
            search=search_key(*name.values()),
        )
        personal = {"name": [None, name], "honorific": [None, person.honorific]}
        self.trail.note(self._house, IMPORT, (PERSON, person.id), at=at, personal=personal)

    def _post(self, post: PostPlan) -> None:
        unit, register = post.unit, self.register
        made_at = self._before(unit.founded) if unit.founded else self.era.opens_at
        passed = unit.merged and register.office.midnight(unit.merged[0]) + timedelta(minutes=1)
        self.store.add(
            Post,
            id=post.id,
            register_id=register.id,
            key=post.key,
            unit_id=unit.id,
            pattern_id=post.pattern,
            passed_at=passed if passed and passed <= self.era.now else None,
        )
        first = {
            "post_id": post.id,
            "name": post.name,
            "roles": directory.roles_text(post.roles),
            "search": search_key(*post.name.values()),
        }
        if unit.merged:
            known_at = self._ends_known(unit)
            self._row(PostVersion, first, made_at, until=known_at, ends=unit.merged[0])
        else:
            self._row(PostVersion, first, made_at)
        if unit.founded:
            changes = {"name": [None, post.name], "roles": [None, list(post.roles)]}
            changes |= {"seats": [None, 1], "unit": [None, unit.id], "since": [None, None]}
            self._note(unit.parent, "make", (POST, post.id), made_at, changes)
        else:
            self._came_in(POST, post.id, name=post.name, roles=list(post.roles))
        for n, tenure in enumerate(post.tenures):
            self._tenure(post, n, tenure, made_at)

    def _tenure(self, post: PostPlan, n: int, tenure: Tenure, made_at: datetime) -> None:
        values: dict[str, Any] = {
            "person_id": tenure.person.id,
            "post_id": post.id,
            "kind": tenure.kind,
            "since_at": tenure.since_at,
            "since_calendar": self._calendar,
            "until_calendar": self._calendar,
        }
        if tenure.kind == "deputy":
            self._deputy(post, tenure, values)
            return
        begun = made_at if n == 0 or tenure.since_at is None else tenure.since_at
        ended = tenure.until_at
        if ended is None:
            self._row(Holding, values, begun)
        elif post.unit.merged:
            known_at = self._ends_known(post.unit)
            self._row(Holding, values, begun, until=known_at, ends=ended)
        else:
            self._row(Holding, values, begun, until=ended, ends=ended)

    def _deputy(self, post: PostPlan, tenure: Tenure, values: dict[str, Any]) -> None:
        at = self._before(self.register.office.day_of(tenure.since_at or self.era.opens_at))
        values["until_at"] = tenure.until_at
        self._row(Holding, values, at)
        reason = self._dice.one(self.register.wording.said["leave"])
        changes = {
            "person": [None, tenure.person.id],
            "kind": [None, "deputy"],
            "since": [None, tenure.since_at],
            "until": [None, tenure.until_at],
        }
        self._note(post.unit, "depute", (POST, post.id), at, changes, reason)
