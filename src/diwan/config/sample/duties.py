"""The life of what is owed, step by step as the actions of `councils` would have written it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from diwan.councils.constants import ACTION, ACTION_EVENT
from diwan.councils.models import Action, ActionEvent, DateRequest, Round
from diwan.councils.rules.life import State, Verb, after
from diwan.kernel.models import StoredFile
from diwan.kernel.text import search_key

from .dice import Dice
from .meetings import Decision
from .parts import Hand, PostPlan, UnitPlan
from .table import Store
from .trail import Trail
from .wording import Texts

Proof = tuple[str, str]  # name and SHA-256 of a stored file


@dataclass(eq=False)
class Duty:
    """One action as it stands after the steps so far."""

    id: UUID
    decision: Decision
    text: Texts
    owner: PostPlan | None
    unit: UnitPlan | None
    due: date | None
    arrived_at: datetime
    position: int = 0
    key: str = ""
    group: str = ""
    group_pattern: UUID | None = None
    due_after: str = ""
    parent: Duty | None = None
    parts: list[Duty] = field(default_factory=list)
    state: State = State.OPEN
    progress: int = 0
    round: int = 1
    revision: int = 1
    done_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: UUID | None = None
    reason: str = ""
    granted: int = 0
    asked: dict[str, Any] | None = None
    last_progress: int = 0


class Ledger:
    """Takes steps on duties and writes their rows. Nobody takes a step after `now`."""

    def __init__(self, store: Store, stream: Dice, now: datetime, proofs: list[Proof]) -> None:
        self.store = store
        self.trail = Trail(store, stream)
        self._dice = stream
        self._now = now
        self._proofs = proofs

    def add(self, duty: Duty, hand: Hand, at: datetime) -> None:
        """The event with which a duty begins; its audit entry is its resolution's or its own."""
        self._event(duty, Verb.ADD, hand, at, before="", note="", progress=0)

    def step(
        self,
        duty: Duty,
        verb: Verb,
        hand: Hand,
        at: datetime,
        *,
        note: str = "",
        changes: dict[str, list[Any]] | None = None,
    ) -> UUID:
        """Write one step: state, revision, event, audit entry; the caller set the other columns."""
        before = duty.state
        duty.state = after(before, verb)
        duty.revision += 1
        told = dict(changes or {})
        if duty.state is not before:
            told["state"] = [before.value, duty.state.value]
        event = self._event(duty, verb, hand, at, before=before.value, note=note)
        self.trail.note(hand, verb.value, (ACTION, duty.id), at=at, changes=told, reason=note)
        self._follow(duty.parent)
        if verb is not Verb.REPORT:
            duty.last_progress = duty.progress
        return event

    def _event(  # noqa: PLR0913 # the sides of an event, named but for the first four
        self,
        duty: Duty,
        verb: Verb,
        hand: Hand,
        at: datetime,
        *,
        before: str,
        note: str,
        progress: int | None = None,
    ) -> UUID:
        pk = self._dice.id_at(at)
        self.store.add(
            ActionEvent,
            id=pk,
            action_id=duty.id,
            round=duty.round,
            verb=verb.value,
            at=at,
            post_id=hand.post_id,
            user_id=hand.user_id,
            before=before,
            after=duty.state.value,
            progress=duty.progress if progress is None else progress,
            note=note,
        )
        return pk

    def _follow(self, parent: Duty | None) -> None:
        """What was passed down follows its parts, without an event of its own."""
        while parent is not None and parent.state is State.DOING:
            counted = [
                100 if part.state in (State.DONE, State.CLOSED) else part.progress
                for part in parent.parts
                if part.state is not State.DROPPED
            ]
            if not counted or sum(counted) // len(counted) == parent.progress:
                return
            parent.progress = sum(counted) // len(counted)
            parent = parent.parent

    def start(self, duty: Duty, hand: Hand, at: datetime, note: str) -> None:
        """The work has begun."""
        self.step(duty, Verb.START, hand, at, note=note)

    def tell(self, duty: Duty, hand: Hand, at: datetime, progress: int, note: str) -> None:
        """How far it is."""
        changes = {} if progress == duty.progress else {"progress": [duty.progress, progress]}
        duty.progress = progress
        self.step(duty, Verb.PROGRESS, hand, at, note=note, changes=changes)

    def report(self, duty: Duty, hand: Hand, at: datetime, note: str) -> None:
        """Done, with a proof."""
        changes: dict[str, list[Any]] = {}
        if duty.progress != 100:
            changes["progress"] = [duty.progress, 100]
        changes["done_at"] = [None, at]
        duty.progress, duty.done_at = 100, at
        event = self.step(duty, Verb.REPORT, hand, at, note=note, changes=changes)
        name, digest = self._dice.one(self._proofs)
        self.store.add(
            StoredFile,
            id=self._dice.id_at(at),
            blob_id=digest,
            sha256=digest,
            given_sha256=digest,
            name=name,
            subject_kind=ACTION_EVENT,
            subject_id=event,
            confidentiality=duty.decision.confidentiality,
            added_at=at,
            added_by=hand.user_id,
        )

    def send_back(self, duty: Duty, hand: Hand, at: datetime, reason: str) -> None:
        """The secretary returns a report."""
        changes: dict[str, list[Any]] = {"done_at": [duty.done_at, None]}
        if duty.last_progress != duty.progress:
            changes["progress"] = [duty.progress, duty.last_progress]
        duty.done_at, duty.progress = None, duty.last_progress
        self.step(duty, Verb.RETURN, hand, at, note=reason, changes=changes)

    def settle(self, duty: Duty, verb: Verb, hand: Hand, at: datetime, note: str) -> None:
        """Close or drop (`note` is the reason then)."""
        changes: dict[str, list[Any]] = {"closed_at": [None, at]}
        if hand.post_id:
            changes["closed_by_id"] = [None, hand.post_id]
        duty.closed_at, duty.closed_by = at, hand.post_id
        if verb in (Verb.DROP, Verb.DISMISS, Verb.SETTLE):
            changes["reason"], duty.reason = ["", note], note
        if verb is Verb.SETTLE:
            changes["progress"], duty.progress = [duty.progress, 100], 100
        if duty.asked:
            self._answer_row(duty, hand, at, state="refused", answer="")
        self.step(duty, verb, hand, at, note=note, changes=changes)

    def reopen(self, duty: Duty, hand: Hand, at: datetime, reason: str, due: date) -> None:
        """A new round; the earlier one is kept."""
        self.store.add(
            Round,
            id=self._dice.id_at(at),
            action_id=duty.id,
            number=duty.round,
            state=duty.state.value,
            progress=duty.progress,
            due=duty.due,
            done_at=duty.done_at,
            closed_at=duty.closed_at,
            closed_by=duty.closed_by,
            reason=duty.reason,
            reopened_at=at,
            reopened_reason=reason,
        )
        before: dict[str, Any] = {
            "progress": duty.progress,
            "done_at": duty.done_at,
            "closed_at": duty.closed_at,
        }
        before |= {"closed_by_id": duty.closed_by, "reason": duty.reason, "round": duty.round}
        before["due"] = duty.due
        duty.progress, duty.done_at, duty.closed_at, duty.closed_by = 0, None, None, None
        duty.reason, duty.round, duty.arrived_at, duty.due = "", duty.round + 1, at, due
        now: dict[str, Any] = {
            "progress": 0,
            "done_at": None,
            "closed_at": None,
            "closed_by_id": None,
        }
        now |= {"reason": "", "round": duty.round, "due": due}
        changes = {name: [before[name], now[name]] for name in now if before[name] != now[name]}
        self.step(duty, Verb.REOPEN, hand, at, note=reason, changes=changes)

    def ask(self, duty: Duty, hand: Hand, at: datetime, to: date, reason: str) -> None:
        """The owner asks for a new date."""
        duty.asked = {"from_due": duty.due, "to_due": to, "reason": reason}
        duty.asked |= {"asked_at": at, "asked_post_id": hand.post_id, "id": self._dice.id_at(at)}
        changes = {"asked": [duty.due, to]}
        self.step(duty, Verb.ASK_DATE, hand, at, note=reason, changes=changes)

    def answer(self, duty: Duty, hand: Hand, at: datetime, note: str, *, grant: bool) -> None:
        """The secretary grants the date that was asked for, or refuses it."""
        to = duty.asked["to_due"] if duty.asked else duty.due
        self._answer_row(duty, hand, at, state="granted" if grant else "refused", answer=note)
        changes = {"due": [duty.due, to]} if grant else {}
        if grant:
            duty.due, duty.granted = to, duty.granted + 1
        verb = Verb.GRANT_DATE if grant else Verb.REFUSE_DATE
        self.step(duty, verb, hand, at, note=note, changes=changes)

    def re_date(self, duty: Duty, hand: Hand, at: datetime, to: date, reason: str) -> None:
        """The secretary gives a new date unasked."""
        pk = self._dice.id_at(at)
        duty.asked = {"from_due": duty.due, "to_due": to, "reason": reason, "id": pk}
        duty.asked |= {"asked_at": at, "asked_post_id": hand.post_id}
        self._answer_row(duty, hand, at, state="granted", answer="")
        changes = {"due": [duty.due, to]}
        duty.due, duty.granted = to, duty.granted + 1
        self.step(duty, Verb.RE_DATE, hand, at, note=reason, changes=changes)

    def _answer_row(
        self, duty: Duty, hand: Hand | None, at: datetime | None, *, state: str, answer: str
    ) -> None:
        request, duty.asked = duty.asked or {}, None
        calendar = duty.decision.body.register.office.calendar.value
        self.store.add(
            DateRequest,
            action_id=duty.id,
            from_calendar=calendar,
            to_calendar=calendar,
            state=state,
            answered_at=at,
            answered_post_id=hand.post_id if hand else None,
            answer=answer,
            **request,
        )

    def assign(self, duty: Duty, hand: Hand, at: datetime, owner: PostPlan) -> None:
        """A post is named that owes it."""
        changes = {"owner": [duty.owner.id if duty.owner else None, owner.id]}
        duty.owner, duty.arrived_at = owner, at
        self.step(duty, Verb.ASSIGN, hand, at, changes=changes)

    def pass_down(self, duty: Duty, hand: Hand, at: datetime, parts: list[Duty]) -> None:
        """Parts for posts below; the whole stays owed."""
        changes: dict[str, list[Any]] = {"parts": [0, len(parts)]}
        duty.parts = parts
        self.step(duty, Verb.PASS_DOWN, hand, at, changes=changes)
        for part in parts:
            self.add(part, hand, at)
        self._follow(duty)

    def move(self, duty: Duty, owner: PostPlan, at: datetime) -> None:
        """The owner's post has ended: it passes to another, without an entry of its own."""
        duty.owner, duty.arrived_at, duty.revision = owner, at, duty.revision + 1
        hand = Hand("ended posts")
        self._event(duty, Verb.REASSIGN, hand, at, before=duty.state.value, note="")

    def write(self, duty: Duty) -> None:
        """The row as it stands now, and the request that still waits."""
        decision = duty.decision
        self.store.add(
            Action,
            id=duty.id,
            register_id=decision.body.register.id,
            resolution_id=decision.id,
            key=duty.key or f"a-{duty.id.hex[-12:]}",
            position=duty.position,
            group=duty.group,
            group_pattern_id=duty.group_pattern,
            parent_id=duty.parent.id if duty.parent else None,
            text=duty.text,
            owner_id=duty.owner.id if duty.owner else None,
            unit_id=duty.unit.id if duty.unit else None,
            due=duty.due,
            due_calendar=decision.body.register.office.calendar.value if duty.due else "gregorian",
            due_after=duty.due_after,
            state=duty.state.value,
            progress=duty.progress,
            round=duty.round,
            arrived_at=duty.arrived_at,
            done_at=duty.done_at,
            closed_at=duty.closed_at,
            closed_by_id=duty.closed_by,
            reason=duty.reason,
            search=search_key(*duty.text.values()),
            revision=duty.revision,
        )
        if duty.asked:
            self._answer_row(duty, None, None, state="asked", answer="")
