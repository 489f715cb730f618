"""What befalls one case: how long each desk takes, what is missing, how it ends, how it is judged.

A unit's mood makes the difference between one that answers in half of its time and one that keeps
people waiting; a few of the good ones have a bad month now, behind a good rate of two years.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast
from uuid import UUID

from diwan.services.actions.ratings import rating_secret
from diwan.services.models import Rating, RatingLink
from diwan.services.rules.answers import merged, named
from diwan.services.rules.codes import digest
from diwan.services.rules.definition import State, StepAction

from .dice import Dice
from .parts import Hand, UnitPlan, hand_of
from .services import ServicePlan
from .services_ledger import CaseLedger
from .services_parts import HOUSE, Request, Running, Said
from .table import Store
from .wording import read

if TYPE_CHECKING:
    from diwan.services.models import Case

DAY = timedelta(days=1)
HOURS_A_DAY = 7
BAD_MONTH = timedelta(days=34)
OPENING, CLOSING = 4, 380
"""Minutes after eight between which offices act."""
GIVEN = ("note", "said", "file", "output")
WAYS = {"short": 0.0, "renew": 0.1, "raise": 0.12, "substitute": 0.2, "lost": 0.1, "cancel": 0.06}
"""How likely a way is that is neither the plain one nor a refusal; 0: only where it must be."""


class Over(Exception):
    """The next thing would happen after the end of the story."""


@dataclass(frozen=True)
class _Keyed:
    """As much of a case as the secret of its rating is made of; a whole one takes its time."""

    pk: UUID


@dataclass(frozen=True)
class Mood:
    """How a unit works: the part of a deadline it takes, now and in its bad month; who judges."""

    pace: float
    this_month: float
    answers: float


def mood_of(unit: UnitPlan, stream: Dice) -> Mood:
    """The mood of a unit; slow ones are as slow as ever, and some good ones have a bad month."""
    pace = 0.6 * unit.pace
    bad = stream.chance(0.1)
    if bad:
        pace = min(pace, 0.42)
    return Mood(pace, pace * 5 if bad else pace, 0.16 + 0.2 * stream.random())


class CaseTeller:
    """Tells the lives of a register's cases."""

    def __init__(
        self, ledger: CaseLedger, store: Store, stream: Dice, moods: dict[UUID, Mood], now: datetime
    ) -> None:
        self.ledger, self.store, self.stream = ledger, store, stream
        self.moods, self.now = moods, now
        self.count = 0

    def tell(self, plan: ServicePlan, asked: Request) -> Running:
        """Live a case to its end or to the present, and write it."""
        self.count += 1
        life = _Life(self, plan, asked)
        try:
            life.live()
        except Over:
            life.rest()
        self.ledger.close(life.case)
        return life.case


class _Life:
    """One case."""

    def __init__(self, teller: CaseTeller, plan: ServicePlan, asked: Request) -> None:
        self.teller, self.plan, self._dice = teller, plan, teller.stream
        self._ledger, self._office = teller.ledger, plan.register.office
        self._words = read("cases")[plan.register.language]
        self.at = asked.at
        self._gives_up = self._dice.chance(0.012)
        self.case = self._ledger.file(asked, self._lies(plan.definition.start, asked.unit))

    def live(self) -> None:
        """From the filing to the judgement."""
        self._round()
        if self._dice.chance(plan_reopens(self.plan, self.case)):
            self._reopen()
        self._judge()

    def _reopen(self) -> None:
        """The applicant has it looked at again, if the days that are left for it are past."""
        until = min(20, self.plan.definition.reopen_days)
        at = self.at + timedelta(days=self._dice.between(1, until), minutes=17)
        if at >= self.teller.now:
            return
        self.at, self._gives_up = at, False
        lies = self._lies(self.plan.definition.start, self.case.asked.unit)
        self._ledger.reopen(self.case, lies, at, self._say("reopened"))
        self._round()

    def rest(self) -> None:
        """The case stands as it is; somebody may have taken it."""
        case = self.case
        if case.phase != "open" or not self._dice.chance(0.4):
            return
        post = case.at_unit.with_role(case.state.role)
        since = case.since_at or self.at
        at = since + timedelta(minutes=self._dice.between(5, 300))
        person = post.holder(at) if post else None
        if post is not None and person is not None and at < self.teller.now:
            self._ledger.take(case, Hand(person.label, person, post), at)

    def _round(self) -> None:
        while self.case.ended_at is None:
            self._step()

    def _step(self) -> None:
        case, state = self.case, self.case.state
        takes = self._takes(state, case.at_unit)
        missing = next((a for a in state.actions if a.pauses), None)
        if self._gives_up and self._dice.chance(0.5):
            self._later(takes * 0.5)
            self._ledger.withdraw(case, self.at, self._say("withdrawn"))
            return
        if missing and self._dice.chance(0.24 / case.number / (1 + case.returned)):
            self._return(missing, takes * 0.4)
            takes *= 0.6
        elif "note" in {r for a in state.actions for r in a.requires} and self._dice.chance(0.07):
            takes = self._inquire(takes)
        theirs = next((a for a in state.actions if a.by == "applicant"), None)
        if theirs and self._dice.chance(0.08):
            self._move_on(timedelta(days=self._dice.between(1, 4)))
            lies = self._lies(case.definition.state(theirs.to), case.asked.unit)
            self._ledger.step_of_theirs(case, theirs, lies, self.at, self._say("objects"))
            return
        self._act(state, takes)

    def _act(self, state: State, takes: float) -> None:
        case = self.case
        itself = next((a for a in state.actions if a.by == "system"), None)
        begun_at = self.at
        leaves_at = self._after(begun_at, takes)
        if itself and case.due_at and leaves_at > case.due_at:
            self._until(max(case.due_at, begun_at) + timedelta(minutes=1))
            self._ledger.move(case, itself, self._to(itself), HOUSE, self.at)
            return
        self._until(leaves_at)
        action = self._way(state)
        self._ledger.move(
            case, action, self._to(action), self._hand(), self.at, self._given(action)
        )

    def _way(self, state: State) -> StepAction:
        ways = [a for a in state.actions if a.by == "office" and not a.pauses]
        judged = self._judged({a.key for a in ways})
        if judged:
            return next(a for a in ways if a.key == judged)
        plain, states = ways[0], [s.key for s in self.plan.definition.states]
        for other in ways[1:]:
            to = self.plan.definition.state(other.to)
            back = states.index(to.key) < states.index(state.key)
            share = 0.05 if to.end == "refused" else 0.03 if back else WAYS.get(other.key, 0.1)
            if self._dice.chance(share):
                return other
        return plain

    def _judged(self, keys: set[str]) -> str:
        """The way that the answers themselves decide; none where the office has a choice."""
        told = self.case.answers
        if "short" in keys:
            return "short" if told["delivery"]["missing"] not in ("0", "") else "accept"
        if "mend" in keys:
            percent, bar = (told["checklist"][name] for name in ("percent", "bar"))
            return "close" if not percent or float(percent) >= float(bar) else "mend"
        return ""

    def _given(self, action: StepAction) -> Said:
        """What the step requires."""
        note = said = ""
        if "note" in action.requires or self._dice.chance(0.15):
            note = self._say("notes")
        if "said" in action.requires:
            said = self._say("said")
        answers: dict[str, object] = {}
        day = self._office.day_of(self.at)
        for wanted in action.requires:
            node = None if wanted in GIVEN else named(self.plan.form, wanted)
            if node is None:
                continue
            value = self.plan.answerer.office(node, day, self.teller.count)
            if node.name == "made_up":
                value = self.case.answers["delivery"]["missing"]
            for name in reversed(node.path.split("/")[2:]):
                value = {name: value}  # type: ignore[assignment] # a tree of names
            answers = merged(answers, value)  # type: ignore[arg-type]
        if answers:
            self.case.answers = merged(self.case.answers, answers)
        return Said(note, said, answers)

    def _return(self, action: StepAction, takes: float) -> None:
        self._later(takes)
        papers = self.plan.definition.papers
        some = self._dice.some(papers, self._dice.between(1, 2)) if papers else []
        asked = [{"paper": p.key, "text": {}, "question": p.question} for p in some]
        self._ledger.stop(self.case, action, self._hand(), self.at, (asked, self._say("asked")))
        if self._dice.chance(0.025):
            raise Over  # they never came again
        self._move_on(
            timedelta(days=self._dice.expovariate(0.2), minutes=self._dice.between(5, 500))
        )
        if self.case.asked.channel == "counter":
            self.case.visits += 1
        self._ledger.go_on(self.case, self.at, self._say("brought"))

    def _inquire(self, takes: float) -> float:
        """Ask a unit beside; what is left of the step's time once it has answered."""
        unit = self.case.at_unit
        beside = unit.parent.children if unit.parent else []
        others = [u for u in beside if u is not unit and u.open_at(self.at) and u.head]
        if not others:
            return takes
        self._later(takes * 0.3)
        asked = self._ledger.ask(
            self.case, self._dice.one(others), self._hand(), self.at, self._say("inquiry")
        )
        at = self._after(self.at, 0.5 + self._dice.expovariate(0.4))
        hand = hand_of(asked.unit.head, at) if at < self.teller.now else None
        opinion = "objects" if self._dice.chance(0.1) else "says"
        self._ledger.answered(self.case, asked, hand, at, (opinion, self._say("answer")))
        if hand is None:
            raise Over
        self.at = at
        return takes * 0.7

    def _judge(self) -> None:
        """Open the rating; a part of the citizens gives one."""
        case, rule = self.case, self.plan.definition.rating
        if not rule.open or case.phase == "withdrawn" or case.ended_at is None:
            return
        way = "sms" if case.asked.applicant["phone"] else "paper"
        closes_at = case.ended_at + timedelta(days=rule.days)
        self.teller.store.add(
            RatingLink,
            id=self._dice.id_at(case.ended_at),
            case_id=case.id,
            key=digest(rating_secret(cast("Case", _Keyed(case.id)))),
            way=way,
            made_at=case.ended_at,
            expires_at=closes_at,
        )
        mood = self.teller.moods[case.asked.unit.id]
        at = case.ended_at + timedelta(days=1, minutes=self._dice.expovariate(0.0004))
        if self._dice.chance(mood.answers) and at < min(closes_at, self.teller.now):
            self._rate(at)

    def _rate(self, at: datetime) -> None:
        case, rule, stream = self.case, self.plan.definition.rating, self._dice
        stars = self._stars()
        counter = case.asked.channel == "counter"
        visits = (1 if counter else 0) + case.visits + (1 if stream.chance(0.25) else 0)
        kept = bool(case.on_time) != stream.chance(0.06) if rule.promise else None
        words = self._say("praise" if stars > 3 else "blame") if stream.chance(0.35) else ""
        self.teller.store.add(
            Rating,
            id=stream.id_at(at),
            case_id=case.id,
            unit_id=case.asked.unit.id,
            service_id=self.plan.id,
            stars=stars,
            promise_kept=kept,
            visits=visits if rule.visits else None,
            papers_once=case.returned < 2 and stream.chance(0.93) if rule.papers else None,
            words=words if rule.words else "",
            answers={
                q.key: stars if q.kind == "stars" else stars > 2
                for q in rule.questions
                if q.kind != "text"
            },
            at=at,
        )
        self._ledger.rated(case, stars, at, kept=kept)

    def _stars(self) -> int:
        case = self.case
        luck = self._dice.random()
        if case.on_time:
            stars = 5 if luck < 0.5 else 4 if luck < 0.83 else 3 if luck < 0.94 else 2
        else:
            stars = 4 if luck < 0.1 else 3 if luck < 0.35 else 2 if luck < 0.65 else 1
        return max(1, stars - (case.phase == "refused") - (case.returned > 1))

    def _takes(self, state: State, unit: UnitPlan) -> float:
        """How many working days a desk takes for a step."""
        deadline = state.deadline
        whole = deadline.amount if deadline else 3.0
        if deadline and deadline.unit == "working_hours":
            whole /= HOURS_A_DAY
        elif deadline and deadline.unit == "calendar_days":
            whole *= 5 / 7
        mood = self.teller.moods[unit.id]
        late = self.teller.now - self.at < BAD_MONTH
        takes = whole * (mood.this_month if late else mood.pace)
        takes *= self._dice.lognormvariate(-0.1, 0.45)
        return takes * 7 if self._dice.chance(0.015) else takes

    def _after(self, at: datetime, days: float) -> datetime:
        """So many working days later, within hours."""
        office = self._office
        day = office.day_of(at)
        minute = (at - office.midnight(day)).total_seconds() / 60 - 480
        first = office.on_or_after(day)
        begun = max(OPENING, minute) if first == day else OPENING
        whole = int(days)
        if whole:
            return office.at(office.later(first, whole), self._dice.between(OPENING, CLOSING))
        minute = begun + 3 + days * CLOSING * self._dice.random()
        if minute > CLOSING:
            return office.at(office.later(first, 1), self._dice.between(OPENING, 120))
        return max(office.at(first, minute), at + timedelta(minutes=1))

    def _later(self, days: float) -> None:
        self._until(self._after(self.at, days))

    def _move_on(self, by: timedelta) -> None:
        self._until(self.at + by)

    def _until(self, at: datetime) -> None:
        if at >= self.teller.now:
            raise Over
        self.at = at

    def _hand(self) -> Hand:
        """Who acts: the holder of the post that owes the step, or the nearest head above."""
        unit = self.case.at_unit
        post = unit.with_role(self.case.state.role) or unit.head
        found = hand_of(post, self.at)
        return found or hand_of(unit.head, self.at) or Hand("administration")

    def _to(self, action: StepAction) -> UnitPlan:
        to = self.plan.definition.state(action.to)
        return self.case.at_unit if to.end else self._lies(to, self.case.asked.unit)

    def _lies(self, state: State, unit: UnitPlan) -> UnitPlan:
        """In which unit a state lies (`services.queries.places.place_of`)."""
        word, _colon, kind = state.where.partition(":")
        if word == "above":
            return unit.above_at(self.at) or unit
        found: UnitPlan | None = unit
        while word == "kind" and found is not None and found.kind != kind:
            found = found.above_at(self.at)
        return found or unit

    def _say(self, what: str) -> str:
        return str(self._dice.one(self._words[what]))


def plan_reopens(plan: ServicePlan, case: Running) -> float:
    """How likely it is that an ended case is opened again."""
    if case.phase == "withdrawn" or not plan.definition.reopen_days:
        return 0.0
    return 0.06 if plan.definition.kind == "complaint" else 0.01
