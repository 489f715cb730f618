"""Who asks for what, when and where: the requests of two years, told one after another.

Busy months, growing numbers, large and small places. With few cases only the largest places take
part, so that each of them has enough to be looked at.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Any
from uuid import UUID

from diwan.services.rules.answers import at_path, named

from .dice import Dice, dice
from .parts import RegisterPlan, UnitPlan, hand_of
from .services import ServicePlan
from .services_answers import Filled, applicant, name
from .services_ledger import CaseLedger
from .services_life import CaseTeller, Mood, mood_of
from .services_papers import Papers
from .services_parts import Request, Running
from .story import Era
from .table import Store
from .trail import Trail

FILLS = 24
FEW = 25
"""Cases of a service for each place that takes part, where there are few."""
FIRST = frozenset({"EG-SHR", "IR-10"})
"""Provinces that come first."""
GROWTH = 0.5
"""How much more is asked for at the end of the two years than at their beginning."""
PHONE = 0.06
ABOUT = 0.35
"""The part of complaints that complain of a case."""
MANY = 100_000
TRAILED = timedelta(days=90)
"""From so many cases on only those filed within these days have a trail."""
LATELY = timedelta(days=120)
REMEMBERED = 30
"""Late or refused cases of a place that somebody may complain of."""


@dataclass(frozen=True)
class _Days:
    """The working days of the two years, each as likely as the service is busy then."""

    days: list[date]
    sums: list[float]

    def one(self, stream: Dice) -> date:
        return self.days[bisect_left(self.sums, stream.random() * self.sums[-1])]


class CaseMaker:
    """Makes the cases of the country's services."""

    def __init__(self, era: Era, store: Store, plans: list[ServicePlan], *, seed: int) -> None:
        self.era, self.store, self.plans, self._seed = era, store, plans, seed
        self._moods: dict[UUID, Mood] = {}
        self._many = False
        self.sore: dict[UUID, deque[tuple[datetime, UUID]]] = {}
        self._whole = sum(plan.share for plan in plans)

    def make(self, cases: int) -> Iterator[int]:
        """Write about so many cases; says after each how many there are."""
        done = 0
        self._many = cases > MANY
        papers = Papers(self.store, dice(self._seed, "papers"), self.era)
        for plan in sorted(self.plans, key=lambda plan: plan.definition.kind == "complaint"):
            self._mood(plan.register)
            wanted = round(cases * plan.share / self._whole)
            for case in _Requests(self, plan).make(wanted):
                self._remember(case)
                papers.give(case, plan.form)
                done += 1
                yield done

    def teller(self, plan: ServicePlan, stream: Dice) -> CaseTeller:
        """What tells the lives of a service's cases."""
        trail = Trail(self.store, dice(self._seed, "case trail", plan.register.key, plan.code))
        work = plan.register.office.work
        ledger = CaseLedger(self.store, trail, stream, work, self.era.now)
        if self._many:
            ledger.trail_since = self.era.now - TRAILED
        return CaseTeller(ledger, self.store, stream, self._moods, self.era.now)

    def stream(self, plan: ServicePlan, purpose: str) -> Dice:
        """A stream of chance of a service."""
        return dice(self._seed, purpose, plan.register.key, plan.code)

    def weight(self, unit: UnitPlan) -> float:
        """What a place is drawn by: first those of the provinces that come first."""
        drawn = dice(self._seed, "busy", unit.register.key, unit.key).random()
        return drawn - 1 if unit.province in FIRST else drawn

    def _remember(self, case: Running) -> None:
        """What people may complain of."""
        if case.on_time is False or case.phase == "refused":
            told = self.sore.setdefault(case.asked.unit.id, deque(maxlen=REMEMBERED))
            told.append((case.asked.at, case.id))

    def _mood(self, register: RegisterPlan) -> None:
        for unit in register.units:
            if unit.id not in self._moods:
                stream = dice(self._seed, "mood", register.key, unit.key)
                self._moods[unit.id] = mood_of(unit, stream)


class _Requests:
    """The requests of one service."""

    def __init__(self, maker: CaseMaker, plan: ServicePlan) -> None:
        self.maker, self.plan = maker, plan
        self._era, self._office = maker.era, plan.register.office
        self._dice = maker.stream(plan, "cases")
        self._teller = maker.teller(plan, self._dice)
        self._days = self._busy()
        self._title = plan.definition.cased
        self._titled = named(plan.form, self._title) if self._title else None

    def make(self, wanted: int) -> Iterator[Running]:
        """So many cases, and none for a service that nobody asks for."""
        if not wanted:
            return
        plan = self.plan
        plan.fills = [plan.answerer.fill() for _ in range(min(FILLS, 4 + wanted // 20))]
        units = sorted(plan.units, key=self.maker.weight)[: max(3, wanted // FEW)]
        sums = list(accumulate(1 / (n + 3) ** 0.55 for n in range(len(units))))
        made = 0
        while made < wanted:
            unit = units[bisect_left(sums, self._dice.random() * sums[-1])]
            asked = self._request(unit)
            if asked is None:
                continue
            made += 1
            yield self._teller.tell(plan, asked)

    def _busy(self) -> _Days:
        first, last = self._era.first, self._era.last
        days = [day for day in self._office.days if first <= day <= last]
        months = self.plan.months
        span = (last - first).days
        weights = (months[day.month - 1] * (1 + GROWTH * (day - first).days / span) for day in days)
        return _Days(days, list(accumulate(weights)))

    def _request(self, unit: UnitPlan) -> Request | None:
        stream, plan = self._dice, self.plan
        way = self._channel()
        minute = stream.between(-90, 900) if way == "online" else stream.between(5, 350)
        at = self._office.at(self._days.one(stream), minute)
        if at >= self._era.now or not unit.open_at(at):
            return None
        register, about = plan.register, self._about(unit, at)
        who = self._applicant()
        answers = self._told(self._filled(about), who, at)
        by = hand_of(unit.with_role("clerk") or unit.head, at) if way != "online" else None
        return Request(
            service=plan.id,
            version=plan.version_id,
            definition=plan.definition,
            unit=unit,
            at=at,
            channel=way,
            language=register.language,
            applicant=who,
            answers=answers,
            title=self._called(answers),
            filed_by=by,
            about=about,
        )

    def _applicant(self) -> dict[str, str]:
        stream, register = self._dice, self.plan.register
        who = applicant(stream, register.country, name(stream, register.language))
        who["on_behalf"] = name(stream, register.language)
        if not stream.chance(0.3):
            who["email"] = ""
        return who

    def _about(self, unit: UnitPlan, at: datetime) -> UUID | None:
        """A case of the place of which somebody may complain at that time."""
        if self.plan.definition.kind != "complaint" or not self._dice.chance(ABOUT):
            return None
        sore = self.maker.sore.get(unit.id, ())
        told = [pk for filed_at, pk in sore if timedelta(days=9) < at - filed_at < LATELY]
        return told[0] if told else None

    def _filled(self, about: UUID | None) -> Filled:
        fills = self.plan.fills
        if about:
            of_service = [f for f in fills if f.answers["what"]["subject_kind"] == "service"]
            fills = of_service or fills
        return self._dice.one(fills)

    def _told(self, filled: Filled, who: dict[str, str], at: datetime) -> dict[str, Any]:
        """The answers; what the form does not ask of the applicant is not known."""
        for fact in who:
            if fact not in filled.facts:
                who[fact] = ""
        return filled.of(who, self._office.day_of(at))

    def _channel(self) -> str:
        channels, stream = self.plan.definition.channels, self._dice
        if "online" in channels and stream.chance(self.plan.online):
            return "online"
        return "phone" if "phone" in channels and stream.chance(PHONE) else "counter"

    def _called(self, answers: dict[str, Any]) -> str:
        """The case's title, as `services.actions.filing` makes it."""
        node = self._titled
        value = at_path(answers, node.path) if node else ""
        if node is None or not value:
            return ""
        labels = {c.name: c.label for c in self.plan.form.lists.get(node.list, ())}
        language = self.plan.register.language
        return str(labels[value].get(language, value) if value in labels else value)[:200]
