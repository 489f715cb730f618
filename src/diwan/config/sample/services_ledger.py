"""Cases as rows: what `services.actions` would write of the same steps, but many and long ago.

`CaseLedger` mirrors `services.actions.flowing` (enter, leave, stop, go on, finish) on plain data;
what happens and when is told by `services_life`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from diwan.kernel.text import search_key
from diwan.kernel.worktime import WorkCalendar
from diwan.services.constants import CASE, WITHDRAWN
from diwan.services.models import (
    Applicant,
    Case,
    CaseAnswers,
    CaseNote,
    CasePause,
    CaseStep,
    Ending,
    Inquiry,
)
from diwan.services.queries.working import owed_by
from diwan.services.rules.codes import code_of
from diwan.services.rules.deadlines import due, due_of_all
from diwan.services.rules.definition import Deadline, State, StepAction
from diwan.services.rules.flow import promised
from diwan.services.rules.waiting import last_day

from .dice import Dice
from .parts import Hand, UnitPlan
from .services_endings import ending_of
from .services_parts import CITIZEN, NOTHING, Missing, Question, Request, Running, Said
from .table import Store
from .trail import Trail

Changes = dict[str, list[Any]]
ANSWERED_IN = Deadline(5, "working_days")
"""What a department that is asked is given in the sample."""


class CaseLedger:
    """Writes one case after another; a case's own row comes last, when it is known how it stands.

    `where` says in which unit a state lies (`services.queries.places`).
    """

    def __init__(
        self, store: Store, trail: Trail, stream: Dice, calendar: WorkCalendar, now: datetime
    ) -> None:
        self.store, self.trail, self._dice = store, trail, stream
        self.calendar, self.now = calendar, now
        self.trail_since: datetime | None = None
        """If set, older cases leave no trail: where there are millions of entries otherwise."""

    def file(self, asked: Request, lies: UnitPlan) -> Running:
        """File a case; its first step lies at a unit."""
        definition = asked.definition
        start = definition.start
        case = Running(self._dice.id_at(asked.at), asked, start, lies, answers=asked.answers)
        self._enter(case, start, lies, asked.at)
        case.round_at = asked.at
        case.promised_at = due_of_all(asked.at, promised(definition), self.calendar)
        who = asked.applicant
        facts = {name: who[name] for name in ("name", "phone", "email", "identity") if who[name]}
        self.store.add(
            Applicant,
            id=self._dice.id_at(asked.at),
            case_id=case.id,
            on_behalf=who["on_behalf"],
            unit_id=asked.unit.id if definition.kind == "duty" else None,
            search=search_key(who["name"], who["on_behalf"]),
            **facts,
        )
        changes: Changes = {
            "service": [None, asked.service],
            "unit": [None, asked.unit.id],
            "channel": [None, asked.channel],
            "state": [None, dict(start.name)],
            "promised_at": [None, case.promised_at],
        }
        personal = {name: [None, value] for name, value in facts.items()}
        self._note(case, asked.filed_by or CITIZEN, "file", asked.at, changes, personal)
        return case

    def move(
        self,
        case: Running,
        action: StepAction,
        lies: UnitPlan,
        hand: Hand,
        at: datetime,
        told: Said = NOTHING,
    ) -> None:
        """A step out of the state; the state it leads to lies at a unit."""
        changes: Changes = {"action": [None, dict(action.name)]}
        personal = {k: [None, v] for k, v in (("note", told.note), ("said", told.said)) if v}
        self._leave(case, action.key, hand, at, told)
        to = case.definition.state(action.to)
        if to.end:
            self._finish(case, to.end, to, at, changes)
        else:
            self._let_in(case, to, lies, at, changes)
        self._note(case, hand, "step", at, changes, personal)

    def withdraw(self, case: Running, at: datetime, words: str) -> None:
        """The applicant takes the case back."""
        changes: Changes = {}
        self._say(case, words, at)
        self._leave(case, WITHDRAWN, CITIZEN, at, NOTHING)
        self._finish(case, "withdrawn", case.state, at, changes)
        self._note(case, CITIZEN, "withdraw", at, changes, {"words": [None, words]})

    def reopen(self, case: Running, lies: UnitPlan, at: datetime, words: str) -> None:
        """The applicant has it looked at again."""
        changes: Changes = {"phase": [case.phase, "open"]}
        self._say(case, words, at)
        case.phase, case.ended_at, case.on_time, case.round_at = "open", None, None, at
        case.reopened += 1
        case.promised_at = due_of_all(at, promised(case.definition), self.calendar)
        self._let_in(case, case.definition.start, lies, at, changes, before="")
        self._note(case, CITIZEN, "reopen", at, changes, {"words": [None, words]})

    def step_of_theirs(
        self, case: Running, action: StepAction, lies: UnitPlan, at: datetime, words: str
    ) -> None:
        """A step that the workbook leaves to the applicant."""
        changes: Changes = {"action": [None, dict(action.name)]}
        self._say(case, words, at)
        self._leave(case, action.key, CITIZEN, at, NOTHING)
        self._let_in(case, case.definition.state(action.to), lies, at, changes)
        self._note(case, CITIZEN, "step", at, changes, {"words": [None, words]})

    def stop(
        self, case: Running, action: StepAction, hand: Hand, at: datetime, missing: Missing
    ) -> None:
        """The applicant is asked for what is missing."""
        asked, words = missing
        changes: Changes = {"action": [None, dict(action.name)], "phase": ["open", "waiting"]}
        case.phase, case.asked_at, case.since_at = "waiting", at, at
        case.asked_by, case.missing = hand.post_id, missing
        case.returned += 1
        personal = {"said": [None, words], "asked": [None, asked]}
        self._note(case, hand, "return", at, changes, personal)

    def go_on(self, case: Running, at: datetime, words: str) -> None:
        """The applicant brought it: what step and promise have left counts from now."""
        assert case.asked_at is not None  # noqa: S101 - the case waits
        assert case.step is not None  # noqa: S101 - and stands in a step
        case.pauses.append((case.step, case.asked_at, at))
        self._pause(case, at)
        case.phase, case.since_at, case.asked_at = "open", at, None
        held = [(since, until) for step, since, until in case.pauses if step == case.step]
        case.due_at = case.step_due_at = self._due(case.state, case.entered_at or at, held)
        if case.promised_at is not None and case.round_at is not None:
            held = [(since, until) for _step, since, until in case.pauses]
            wanted = promised(case.definition)
            case.promised_at = due_of_all(case.round_at, wanted, self.calendar, held)
        self._say(case, words, at)
        changes: Changes = {"phase": ["waiting", "open"]}
        self._note(case, CITIZEN, "resume", at, changes, {"words": [None, words]})

    def ask(self, case: Running, unit: UnitPlan, hand: Hand, at: datetime, text: str) -> Question:
        """Another unit is asked; `answered` writes the row."""
        changes: Changes = {"asked_units": [None, [unit.id]]}
        self._note(case, hand, "ask", at, changes, {"question": [None, text]})
        due_at = due(at, ANSWERED_IN, self.calendar)
        return Question(unit, case.step, at, hand.post_id, due_at, text)

    def answered(
        self,
        case: Running,
        asked: Question,
        hand: Hand | None,
        at: datetime,
        told: tuple[str, str],
    ) -> None:
        """The row of an inquiry: opinion and words of somebody, or of nobody yet (no hand)."""
        opinion, words = told if hand else ("", "")
        self.store.add(
            Inquiry,
            id=self._dice.id_at(asked.at),
            case_id=case.id,
            step_id=asked.step,
            unit_id=asked.unit.id,
            question=asked.text,
            asked_at=asked.at,
            asked_by_id=asked.by,
            due_at=asked.due_at,
            opinion=opinion,
            answer=words,
            answered_at=at if hand else None,
            by_post_id=hand.post_id if hand else None,
        )
        if hand is not None:
            changes: Changes = {
                "answering_unit": [None, asked.unit.id],
                "opinion": [None, opinion],
            }
            self._note(case, hand, "answer", at, changes, {"answer": [None, words]})

    def take(self, case: Running, hand: Hand, at: datetime) -> None:
        """Somebody took the open step."""
        case.post = hand.post
        self._note(case, hand, "take", at, {"post_id": [None, hand.post_id]})

    def rated(self, case: Running, stars: int, at: datetime, *, kept: bool | None) -> None:
        """The entry of a judgement, and what it says of the round that it is about."""
        case.endings[-1] |= {"stars": stars, "promise_kept": kept}
        self._note(case, CITIZEN, "rate", at, {"stars": [None, stars]})

    def close(self, case: Running) -> None:
        """Write how the case stands in the end."""
        asked = case.asked
        if case.step is not None:
            self._step(case)
            if case.asked_at is not None:
                self._pause(case, None)
        self.store.add(
            CaseAnswers,
            id=self._dice.id_at(asked.at),
            case_id=case.id,
            answers=case.answers,
            changed_at=asked.at,
        )
        for row in case.endings:
            self.store.add(Ending, **row)
        self._row(case)

    def _row(self, case: Running) -> None:
        """The case itself; one that is late counts as told of."""
        asked = case.asked
        ended = case.ended_at is not None
        due_at = None if ended else owed_by(case.due_at, case.promised_at)
        late = case.phase == "open" and due_at is not None and due_at < self.now
        self.store.add(
            Case,
            id=case.id,
            code=code_of(self._dice.getrandbits(55)),
            service_id=asked.service,
            version_id=asked.version,
            unit_id=asked.unit.id,
            filed_unit_id=asked.unit.id,
            unit_since_at=case.round_at,
            round_at=case.round_at,
            at_unit_id=case.at_unit.id,
            post_id=case.post.id if case.post else None,
            channel=asked.channel,
            language=asked.language,
            state=case.state.key,
            role="" if ended else case.state.role,
            phase=case.phase,
            title=asked.title,
            filed_at=asked.at,
            filed_by_id=asked.filed_by.post_id if asked.filed_by else None,
            promised_at=case.promised_at,
            due_at=due_at,
            state_since_at=case.since_at,
            ended_at=case.ended_at,
            on_time=case.on_time,
            returned=case.returned,
            reopened=case.reopened,
            visits=case.visits,
            told_late=late,
            about_id=asked.about,
        )

    def _enter(self, case: Running, state: State, lies: UnitPlan, at: datetime) -> None:
        case.state, case.at_unit, case.entered_at, case.since_at = state, lies, at, at
        case.number += 1
        case.step = self._dice.id_at(at)
        case.due_at = case.step_due_at = self._due(state, at, [])

    def _let_in(
        self,
        case: Running,
        to: State,
        lies: UnitPlan,
        at: datetime,
        changes: Changes,
        before: str | None = None,
    ) -> None:
        role = case.state.role if before is None else before
        self._differs(changes, "state", dict(case.state.name), dict(to.name))
        self._differs(changes, "role", role, to.role)
        self._differs(changes, "at_unit_id", case.at_unit.id, lies.id)
        if (lies.id, to.role) != (case.at_unit.id, role):
            self._differs(changes, "post_id", case.post.id if case.post else None, None)
            case.post = None
        self._enter(case, to, lies, at)

    def _finish(self, case: Running, phase: str, to: State, at: datetime, changes: Changes) -> None:
        self._differs(changes, "phase", case.phase, phase)
        self._differs(changes, "state", dict(case.state.name), dict(to.name))
        self._differs(changes, "post_id", case.post.id if case.post else None, None)
        case.phase, case.state, case.post = phase, to, None
        case.due_at, case.ended_at, case.since_at = None, at, at
        case.on_time = None if case.promised_at is None else at <= case.promised_at
        case.endings.append(ending_of(case, self._dice.id_at(at), at, self.calendar))

    @staticmethod
    def _differs(changes: Changes, name: str, before: Any, after: Any) -> None:
        if before != after:
            changes[name] = [before, after]

    def _leave(self, case: Running, action: str, hand: Hand, at: datetime, told: Said) -> None:
        self._step(
            case,
            left_at=at,
            action=action,
            by_post_id=hand.post_id,
            note=told.note,
            said=told.said,
            answers=dict(told.answers),
        )
        case.step = None

    def _step(self, case: Running, **left: Any) -> None:
        self.store.add(
            CaseStep,
            id=case.step,
            case_id=case.id,
            number=case.number,
            state=case.state.key,
            role=case.state.role,
            unit_id=case.at_unit.id,
            post_id=case.post.id if case.post else None,
            entered_at=case.entered_at,
            due_at=case.step_due_at,
            **left,
        )

    def _pause(self, case: Running, until: datetime | None) -> None:
        asked, words = case.missing
        since = case.asked_at or self.now
        remind_at, ends_at = last_day(since, case.definition.waiting_days)
        self.store.add(
            CasePause,
            id=self._dice.id_at(case.asked_at or self.now),
            case_id=case.id,
            step_id=case.step,
            asked=asked,
            words=words,
            since_at=case.asked_at,
            until_at=until,
            remind_at=remind_at,
            ends_at=ends_at,
            by_post_id=case.asked_by,
        )

    def _say(self, case: Running, words: str, at: datetime) -> None:
        pk = self._dice.id_at(at)
        self.store.add(CaseNote, id=pk, case_id=case.id, text=words, by_applicant=True, at=at)

    def _due(
        self, state: State, at: datetime, held: list[tuple[datetime, datetime]]
    ) -> datetime | None:
        return due(at, state.deadline, self.calendar, held) if state.deadline else None

    def _note(
        self,
        case: Running,
        hand: Hand,
        verb: str,
        at: datetime,
        changes: Changes,
        personal: Mapping[str, Any] | None = None,
    ) -> None:
        if self.trail_since is not None and case.asked.at < self.trail_since:
            return
        self.trail.note(hand, verb, (CASE, case.id), at=at, changes=changes, personal=personal)
