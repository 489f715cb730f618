"""What befalls units and posts in the two years: founded, renamed, moved, merged, handed over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .dice import Dice, Mint, dice
from .parts import PersonPlan, PostPlan, RegisterPlan, Tenure, UnitPlan
from .wording import Texts, read

LEAVES = frozenset({"centre", "office", "school", "more-school", "village", "ward", "window"})
"""Kinds of units that stand alone: these are founded, renamed, moved and merged."""


@dataclass(frozen=True)
class Era:
    """The two years: the instant of the opening, the last day, and the instant that is now."""

    opens_at: datetime
    first: date
    last: date
    now: datetime


class Teller:
    """Tells the story of one register's units and posts."""

    def __init__(self, register: RegisterPlan, era: Era, *, seed: int) -> None:
        self.register = register
        self.era = era
        self._seed = seed
        self._dice = dice(seed, "story", register.key)
        self._mint = Mint(self._dice, era.opens_at + timedelta(minutes=2))
        self._names = read("people")[register.language]
        self._count = 0

    def tell(self) -> None:
        """Give units their changes and posts their holders."""
        for unit in self.register.units:
            if unit.spec in LEAVES and not unit.merged:
                self._change(unit, dice(self._seed, "unit", self.register.key, unit.key))
        for unit in self.register.units:
            for post in unit.posts:
                self._hold(post, dice(self._seed, "post", self.register.key, post.key))

    def _change(self, unit: UnitPlan, stream: Dice) -> None:
        fate = stream.random()
        beside = unit.parent.children if unit.parent else []
        sisters = [one for one in beside if one.spec == unit.spec and one is not unit]
        if fate < 0.04:
            unit.founded = self._day(stream, 0.1, 0.9)
        elif fate < 0.07:
            unit.renamed = (self._day(stream, 0.1, 0.95), self._new_name(unit))
        elif fate < 0.09:
            self._move(unit, stream)
        elif fate < 0.11 and sisters and not any(one.merged or one.founded for one in sisters):
            heir = stream.one(sisters)
            unit.merged = (self._day(stream, 0.2, 0.95), heir)

    def _move(self, unit: UnitPlan, stream: Dice) -> None:
        parent = unit.parent
        if parent is None:
            return
        beside = [
            one
            for one in self.register.units
            if one.spec == parent.spec and one is not parent and one.province == parent.province
        ]
        if beside:
            unit.moved = (self._day(stream, 0.1, 0.95), stream.one(beside))

    def _new_name(self, unit: UnitPlan) -> Texts:
        added = {"fa": " (نمونه)", "ar": " (المطور)", "en": " (renewed)"}
        return {language: text + added[language] for language, text in unit.name.items()}

    def _day(self, stream: Dice, low: float, high: float) -> date:
        days = (self.era.last - self.era.first).days
        day = self.era.first + timedelta(days=int(days * (low + (high - low) * stream.random())))
        return self.register.office.on_or_after(day)

    def _hold(self, post: PostPlan, stream: Dice) -> None:
        unit, office = post.unit, self.register.office
        since = None
        if unit.founded:
            since = office.midnight(unit.founded)
        elif stream.chance(0.6):
            before = self.era.first - timedelta(days=stream.between(30, 1800))
            since = office.midnight(before)
        key = f"{'head' if 'head' in post.roles else 'staff'}"
        if stream.chance(0.03) and unit.parent is not None and key == "staff":
            return  # nobody was ever found for it
        post.tenures.append(Tenure(self._person(stream, post.key.lower()), since))
        if unit.parent is not None and not unit.merged:
            self._pass_on(post, stream)
            self._leave(post, stream)
        if unit.merged:
            post.tenures[-1].until_at = office.midnight(unit.merged[0])

    def _pass_on(self, post: PostPlan, stream: Dice) -> None:
        """Handovers, the last of which may leave the post vacant or somebody acting in it."""
        office = self.register.office
        begin = post.unit.founded or self.era.first
        times = 1 if stream.chance(0.16) else 2 if stream.chance(0.04) else 0
        span = (self.era.last - begin).days
        for n in range(times):
            at_day = begin + timedelta(days=int(span * (n + 0.15 + 0.7 * stream.random()) / times))
            at = office.at(office.on_or_after(at_day), 60)
            last = post.tenures[-1]
            if at >= self.era.now or (last.since_at and last.since_at >= at):
                continue
            last.until_at = at
            post.handed_at.append(at)
            if n == times - 1 and stream.chance(0.16) and not post.unit.children:
                return
            kind = "acting" if stream.chance(0.15) else "full"
            post.tenures.append(Tenure(self._person(stream), at, kind=kind))

    def _leave(self, post: PostPlan, stream: Dice) -> None:
        """A leave for which somebody of the office above, or a new hand, stands in."""
        above = post.unit.parent
        if not stream.chance(0.07) or post.handed_at or above is None or not above.posts:
            return
        held = post.tenures[-1]
        office = self.register.office
        day = self._day(stream, 0.3, 0.93)
        since = office.midnight(day)
        until = office.midnight(office.later(day, stream.between(5, 20)))
        others = [t.person for p in post.unit.posts if p is not post for t in p.tenures[-1:]]
        others += [t.person for p in above.posts for t in p.tenures[-1:]]
        others = [person for person in others if person is not held.person]
        if others and (held.since_at is None or held.since_at < since) and until < self.era.now:
            post.tenures.append(Tenure(others[0], since, until, kind="deputy"))

    def _person(self, stream: Dice, key: str = "") -> PersonPlan:
        self._count += 1
        key = key or f"p{self._count}"
        names = self._names
        given = stream.one(names["women"] if stream.chance(0.45) else names["men"])
        if self.register.language == "fa":
            family = stream.one(names["first"]) + stream.one(names["second"])
        else:
            family = stream.one(names["families"])
        name = f"{given} {family}"
        person = PersonPlan(
            id=self._mint(),
            key=f"p{self._count}",
            user_id=self._mint(),
            login=f"{key}@{self.register.key}.example",
            label=name,
            name={self.register.language: name},
            honorific=stream.one(names["honorifics"]),
        )
        self.register.people.append(person)
        return person
