"""What becomes of each duty: done in time or late, re-dated, returned, dropped, never begun.

A duty's steps are drawn one after another and stop at now, so that what was resolved last month is
mostly under way and what was resolved two years ago mostly closed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from uuid import UUID

from diwan.councils.constants import ACTION, RESOLUTION
from diwan.councils.rules.dates import due_after
from diwan.councils.rules.keys import derived_key, part_key
from diwan.councils.rules.life import SETTLED, State, Verb
from diwan.kernel.calendars import PartialDate, Precision, Span

from .dice import Dice, dice
from .duties import Duty, Ledger, Proof
from .handing import OpenDuty, heir_of
from .meetings import Decision
from .parts import Hand, PostPlan, hand_of
from .story import Era
from .table import Store


class Over(Exception):
    """The next step would lie ahead of now, or nobody is there to take it."""


class LifeTeller:
    """Tells the lives of the duties of one decision after another."""

    def __init__(
        self, era: Era, store: Store, proofs: dict[str, list[Proof]], *, seed: int, chatter: float
    ) -> None:
        self.era = era
        self.store = store
        self._proofs = proofs
        self._seed = seed
        self._chatter = chatter
        self.moved: Counter[UUID] = Counter()
        self.handed: dict[UUID, list[OpenDuty]] = defaultdict(list)
        self.told = 0
        self.entries = 0

    def tell(self, decision: Decision) -> None:
        """The duties of a decision, from the day they were added until now."""
        stream = dice(self._seed, "lives", decision.id.hex)
        language = decision.body.register.language
        ledger = Ledger(self.store, stream, self.era.now, self._proofs[language])
        duties = self._begin(decision, ledger, stream)
        for duty in duties:
            life = _Life(duty, ledger, stream, self)
            life.live()
            for one in (duty, *duty.parts):
                ledger.write(one)
                self.told += 1
        self.entries += ledger.trail.count

    def _begin(self, decision: Decision, ledger: Ledger, stream: Dice) -> list[Duty]:
        at = decision.at + timedelta(seconds=20)
        due, span = self._due(decision, stream)
        duties = []
        group, pattern = self._group(decision, stream, at)
        for position, (text, owner, unit) in enumerate(decision.duties):
            if owner is not None and not owner.unit.open_at(at):
                owner = None  # noqa: PLW2901 # the unit was not there any more: it waits for another
            duty = Duty(
                id=stream.id_at(at + timedelta(milliseconds=position)),
                decision=decision,
                text={decision.body.register.language: text},
                owner=owner,
                unit=unit,
                due=due,
                due_after=span,
                arrived_at=at,
                position=position,
                state=State.UNCONFIRMED if decision.imported else State.OPEN,
                group=group,
                group_pattern=pattern,
            )
            if group and unit:
                suffix = unit.province if pattern else unit.key
                duty.key = derived_key(group, suffix, duty.id)
            ledger.add(duty, decision.hand, at)
            duties.append(duty)
        self._note(decision, duties, ledger, at)
        return duties

    def _group(self, decision: Decision, stream: Dice, at: datetime) -> tuple[str, UUID | None]:
        units = [unit for _text, _owner, unit in decision.duties if unit]
        if not units:
            return "", None
        pattern = units[0].pattern
        return f"a-{stream.id_at(at).hex[-12:]}", pattern

    def _due(self, decision: Decision, stream: Dice) -> tuple[date | None, str]:
        office = decision.body.register.office
        if stream.chance(0.03):
            return None, ""
        if stream.chance(0.2):
            span = stream.one(("2 weeks", "1 month", "2 months", "3 months"))
            stated = PartialDate(decision.day, Precision.DAY, office.calendar)
            found = due_after(stated, Span.parse(span), office.calendar)
            return (found.last_day if found else None), span
        days = stream.one((14, 21, 30, 30, 45, 60, 60, 90, 120))
        return office.on_or_after(decision.day + timedelta(days=days)), ""

    def _note(self, decision: Decision, duties: list[Duty], ledger: Ledger, at: datetime) -> None:
        """One audit entry for what was added, on the action or, for many, on the resolution."""
        if decision.imported:
            for duty in duties:
                changes = {"text": [None, duty.text], "state": [None, duty.state.value]}
                ledger.trail.note(
                    decision.hand, "import", (ACTION, duty.id), at=at, changes=changes
                )
            return
        grouped = bool(duties and duties[0].group)
        for duty in duties[:1] if grouped else duties:
            changes = {"text": [None, duty.text], "due": [None, duty.due]}
            if grouped and len(duties) > 1:
                changes["actions"] = [0, len(duties)]
                ref, verb = (RESOLUTION, decision.id), "add_actions"
            else:
                changes["owner"] = [None, duty.owner.id if duty.owner else None]
                ref, verb = (ACTION, duty.id), "add"
            ledger.trail.note(decision.hand, verb, ref, at=at, changes=changes)

    @property
    def chatter(self) -> float:
        """How many reports of progress a duty has, on average."""
        return self._chatter


def _as_open(duty: Duty, at: datetime) -> OpenDuty:
    """The duty as it stands, for the sheet of a handover at that instant."""
    return OpenDuty(
        id=duty.id,
        body=duty.decision.body,
        number=duty.decision.number,
        text=duty.text,
        at=at,
        state=duty.state,
        progress=duty.progress,
        granted=duty.granted,
        due=duty.due,
        asked=duty.asked is not None,
        has_parts=any(part.state not in SETTLED for part in duty.parts),
    )


class _Life:
    """One duty from its beginning until now."""

    def __init__(self, duty: Duty, ledger: Ledger, stream: Dice, teller: LifeTeller) -> None:
        self.duty = duty
        self.ledger = ledger
        self.teller = teller
        self._dice = stream
        self._now = teller.era.now
        self._office = duty.decision.body.register.office
        self._said = duty.decision.body.register.wording.said
        self.at = duty.arrived_at
        self._moved = False

    def live(self) -> None:
        """Take steps until the story is over."""
        try:
            if self.duty.state is State.UNCONFIRMED:
                self._confirm()
            self._own()
            for _round in range(3):
                self._work()
                if not self._judge():
                    break
        except Over:
            pass
        self._follow_post(self._now)
        self._remember(self._now)

    def _go(self, days: float) -> datetime:
        """Move on by working days (parts of one by minutes); a step is never at another's time."""
        whole = int(days)
        day = self._office.later(self._office.day_of(self.at), whole)
        at = self._office.at(day, 10 + 300 * self._dice.random())
        if at <= self.at:
            at = self.at + timedelta(minutes=7 + int(40 * self._dice.random()))
        self._follow_post(at)
        if at >= self._now:
            raise Over
        self._remember(at)
        self.at = at
        return at

    def _remember(self, at: datetime) -> None:
        """Handovers of the owner's post between the last step and this one see it as it stands."""
        duty = self.duty
        if duty.owner is None or not duty.owner.handed_at:
            return
        if duty.state not in (State.OPEN, State.DOING):
            return
        for handed in duty.owner.handed_at:
            if self.at <= handed < at:
                self.teller.handed[duty.owner.id].append(_as_open(duty, handed))

    def _follow_post(self, at: datetime) -> None:
        """Where the owner's unit was merged meanwhile, its duties went to the other's head."""
        duty = self.duty
        owner = duty.owner
        if owner is None or owner.unit.merged is None or duty.state in SETTLED:
            return
        ended = self._office.midnight(owner.unit.merged[0]) + timedelta(minutes=1)
        post = heir_of(owner)
        if self.at <= ended < min(at, self._now) and post is not None:
            self.ledger.move(duty, post, ended)
            self.teller.moved[owner.id] += 1
            self.at = ended

    def _owner(self) -> Hand:
        hand = hand_of(self.duty.owner, self.at)
        if hand is None:
            raise Over
        return hand

    def _secretary(self) -> Hand:
        hand = hand_of(self.duty.decision.body.runner, self.at)
        if hand is None:
            raise Over
        return hand

    def _say(self, name: str) -> str:
        return self._dice.one(self._said[name])

    def _confirm(self) -> None:
        """What came in with an old record waits; some of it the secretary has answered since."""
        fate = self._dice.random()
        if fate < 0.5:
            raise Over
        at = self._go(self._dice.between(10, 300))
        if fate < 0.7:
            self.ledger.settle(self.duty, Verb.SETTLE, self._secretary(), at, self._say("settled"))
            raise Over
        if fate < 0.85:
            hand = self._secretary()
            self.ledger.settle(self.duty, Verb.DISMISS, hand, at, self._say("dismissed"))
            raise Over
        due = self._office.on_or_after(self._office.day_of(at) + timedelta(days=60))
        changes = {"due": [self.duty.due, due]}
        self.duty.due, self.duty.arrived_at, self.duty.due_after = due, at, ""
        self.ledger.step(self.duty, Verb.CONFIRM, self._secretary(), at, changes=changes)

    def _own(self) -> None:
        """A duty without an owner waits until the secretary names one."""
        if self.duty.owner is not None:
            return
        if self._dice.chance(0.35):
            raise Over
        at = self._go(self._dice.between(3, 30))
        owners = [p for p in self.duty.decision.body.owners if p.unit.open_at(at)]
        if not owners:
            raise Over
        self.ledger.assign(self.duty, self._secretary(), at, self._dice.one(owners))

    def _work(self) -> None:
        """From the beginning to the report."""
        duty, stream = self.duty, self._dice
        if stream.chance(0.025):
            raise Over  # nobody ever took it up
        days = self._working_days()
        parts = self._parts()
        at = self._go(days * (0.05 + 0.25 * stream.random()))
        if duty.state is State.OPEN and not parts:
            self.ledger.start(duty, self._owner(), at, self._say("starts"))
        if parts:
            self._pass_down(parts, at)
        if stream.chance(0.04):
            at = self._go(days * 0.4)
            self.ledger.settle(duty, Verb.DROP, self._secretary(), at, self._say("drops"))
            raise Over
        self._progress(days * 0.7)
        self._perhaps_later()
        if parts:
            self._wait_for(parts)
        if stream.chance(0.025):
            raise Over  # begun, and left lying
        at = self._go(days * 0.1)
        self.ledger.report(duty, self._owner(), at, self._say("reports"))

    def _working_days(self) -> float:
        """How many working days it takes in this office."""
        due = self.duty.due or self._office.day_of(self.at) + timedelta(days=45)
        room = max(8, (due - self._office.day_of(self.at)).days * 5 / 7)
        pace = self.duty.owner.unit.pace if self.duty.owner else 1.0
        return room * pace * (0.45 + 0.75 * self._dice.random())

    def _progress(self, days: float) -> None:
        if self.duty.parts:
            return
        times = int(self.teller.chatter)
        times += self._dice.chance(self.teller.chatter - times)
        if times and self._dice.chance(0.5):
            times += self._dice.one((-1, 1))
        for n in range(times):
            at = self._go(days / times * (0.6 + 0.7 * self._dice.random()))
            room = 95 - self.duty.progress
            progress = self.duty.progress + max(1, room * (n + 1) // (times + 1)) // 5 * 5
            self.ledger.tell(self.duty, self._owner(), at, progress, self._say("progress"))

    def _perhaps_later(self) -> None:
        """Near or after the due day a new date is asked for, or given unasked."""
        duty, stream = self.duty, self._dice
        if duty.due is None or stream.chance(0.35):
            return
        left = (duty.due - self._office.day_of(self.at)).days
        if left > 6:
            return
        at = self._go(stream.between(0, 2))
        base = max(duty.due, self._office.day_of(at))
        to = self._office.on_or_after(base + timedelta(days=stream.one((10, 14, 20, 30, 45))))
        if stream.chance(0.15):
            self.ledger.re_date(duty, self._secretary(), at, to, self._say("dates"))
            return
        self.ledger.ask(duty, self._owner(), at, to, self._say("dates"))
        grant = stream.chance(0.78)
        at = self._go(stream.between(1, 6))
        note = self._say("granted" if grant else "refused")
        self.ledger.answer(duty, self._secretary(), at, note, grant=grant)
        if grant:
            self._go(stream.between(2, 18))

    def _parts(self) -> list[PostPlan]:
        """Posts below to which it is passed down; mostly none."""
        duty = self.duty
        if duty.owner is None or duty.parent or duty.round > 1 or duty.state is not State.OPEN:
            return []
        below = [
            unit.head
            for unit in duty.owner.unit.children
            if unit.head and not unit.merged and not unit.moved and unit.open_at(self.at)
        ]
        if not below or not self._dice.chance(0.22):
            return []
        return self._dice.some(below, self._dice.between(2, 5))

    def _pass_down(self, posts: list[PostPlan], at: datetime) -> None:
        duty = self.duty
        parts = []
        for n, post in enumerate(posts):
            pk = self._dice.id_at(at + timedelta(milliseconds=n))
            part = Duty(
                id=pk,
                decision=duty.decision,
                text=duty.text,
                owner=post,
                unit=post.unit,
                due=duty.due,
                arrived_at=at,
                position=n,
                key=part_key(duty.key or f"a-{duty.id.hex[-12:]}", n + 1, pk),
                parent=duty,
            )
            parts.append(part)
        self.ledger.pass_down(duty, self._owner(), at, parts)

    def _wait_for(self, _posts: list[PostPlan]) -> None:
        """The parts live their own lives; the whole is reported when all are settled."""
        latest = self.at
        for part in self.duty.parts:
            life = _Life(part, self.ledger, self._dice, self.teller)
            life.live()
            latest = max(latest, life.at)
        if any(part.state not in SETTLED for part in self.duty.parts):
            raise Over
        if not any(part.state is State.CLOSED for part in self.duty.parts):
            raise Over
        self._remember(latest)
        self.at = latest

    def _judge(self) -> bool:
        """The secretary's word on the report; True where the work goes on."""
        duty, stream = self.duty, self._dice
        if stream.chance(0.03):
            raise Over
        at = self._go(stream.between(1, 9))
        if stream.chance(0.14):
            self.ledger.send_back(duty, self._secretary(), at, self._say("returns"))
            at = self._go(stream.between(2, 12))
            self.ledger.report(duty, self._owner(), at, self._say("reports"))
            at = self._go(stream.between(1, 6))
        self.ledger.settle(duty, Verb.CLOSE, self._secretary(), at, self._say("closes"))
        if duty.parent or duty.parts or not stream.chance(0.02):
            return False
        at = self._go(stream.between(20, 70))
        due = self._office.on_or_after(self._office.day_of(at) + timedelta(days=30))
        self.ledger.reopen(duty, self._secretary(), at, self._say("reopens"), due)
        return True
