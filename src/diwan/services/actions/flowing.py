"""How a case moves: locked, let into a state, let out of it, stopped, and written.

Every action on a case goes through `turn` (lock, right, open step) and `written` (row, audit,
fact), so that none can leave one of them out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diwan.directory.public import Unit, calendar_of
from diwan.kernel import audit
from diwan.kernel.errors import Conflict, NotFound, Refused
from diwan.kernel.exchange import Fact, Ref, publish
from diwan.kernel.policies import Actor, ActorKind, Through
from diwan.kernel.text import isolate
from diwan.services.constants import CASE
from diwan.services.models import Case, CasePause, CaseStep, Inquiry, Service
from diwan.services.models.cases import RUNNING
from diwan.services.policies import CASES
from diwan.services.queries.definitions import definition_of
from diwan.services.queries.places import place_of
from diwan.services.queries.working import (
    broken_before,
    owed_by,
    promised_by,
    round_begun,
    spans,
    step_due,
)
from diwan.services.rules.definition import Definition, State
from diwan.services.rules.waiting import last_day
from diwan.ui.show import show_local

from .endings import end_round

NOT_RUNNING = gettext_lazy("This case is ended. It can be reopened, if something is still open.")


@dataclass
class Turn:
    """A case that is locked for one action: who acts, by which right, and where it stands.

    `step` is the open one, None where the case is ended. `changes` and `personal` go to the audit.
    """

    actor: Actor
    case: Case
    definition: Definition
    through: Through
    step: CaseStep | None
    changes: dict[str, list[Any]] = field(default_factory=dict)
    personal: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """When it is done; two who are quick at once are done one after the other.

        After the move to another unit, too: a request that began before may come after it.
        """
        case = self.case
        return max(self.actor.at, case.state_since_at, case.unit_since_at)

    @property
    def state(self) -> State:
        """The state in which the case is."""
        return self.definition.state(self.case.state)

    @property
    def open_step(self) -> CaseStep:
        """The open step. Raises Refused where the case is ended."""
        if self.step is None:
            raise Refused(NOT_RUNNING)
        return self.step

    def set(self, **values: Any) -> None:
        """Set columns of the case, remembering what they were."""
        before = audit.values_of(self.case, list(values))
        for name, pair in audit.differences(before, values).items():
            self.changes[name] = pair
            setattr(self.case, name, pair[1])


def turn(actor: Actor, case: Case, verb: str, *, expected_state: str = "") -> Turn:
    """Lock a case for somebody of the house.

    Raises NotFound; Conflict where it is no longer in the state that the actor was looking at;
    Forbidden.
    """
    row = locked(case)
    if expected_state and (row.state != expected_state or row.phase not in RUNNING):
        CASES.demand(actor, "see", row)
        raise Conflict(_moved_on(row))
    return _turn(actor, row, CASES.require(actor, verb, row))


def applicants_turn(actor: Actor, case: Case) -> Turn:
    """Lock a case for its applicant, who showed the code, or for somebody who acts for them.

    Whoever is signed in as somebody of the house needs the right to help the applicant.
    """
    row = locked(case)
    anonymous = actor.kind is ActorKind.ANONYMOUS
    return _turn(actor, row, Through() if anonymous else CASES.require(actor, "help", row))


def locked(case: Case) -> Case:
    """The case as it stands now, locked until the transaction ends. Raises NotFound."""
    rows = Case.objects.select_for_update(of=("self",)).select_related(
        "service", "version", "unit", "at_unit"
    )
    light = rows.defer("version__definition", "version__form", "version__xform")
    found = light.filter(pk=case.pk).first()
    if found is None:
        raise NotFound
    return found


def _turn(actor: Actor, row: Case, through: Through) -> Turn:
    running = row.phase in RUNNING
    step = row.steps.filter(left_at__isnull=True).first() if running else None
    return Turn(actor, row, definition_of(row.version), through, step)


def runs_on(case: Case) -> bool:
    """Whether the time of the office runs: a complaint goes up though its applicant is asked."""
    complaint = case.service.kind == Service.Kind.COMPLAINT
    return case.phase == Case.Phase.OPEN or (complaint and case.phase == Case.Phase.WAITING)


def require_running(at: Turn) -> None:
    """Raise Refused where the case is ended."""
    if at.case.phase not in RUNNING:
        raise Refused(NOT_RUNNING)


def leave(at: Turn, action: str, *, note: str = "", said: str = "", answers: Any = None) -> None:
    """Let the case out of its open step."""
    step = at.open_step
    step.left_at, step.action, step.by_post_id = at.now, action, at.through.post_id
    step.note, step.said, step.answers = note, said, answers or {}
    step.save(update_fields=["left_at", "action", "by_post", "note", "said", "answers"])
    at.step = None


def enter(at: Turn, state: State, number: int) -> None:
    """Let the case into a state that is no end: a new step, where it lies and by when it is due.

    Who took the step before goes on with it if it lies with the same role of the same unit.
    """
    case, now = at.case, at.now
    unit_id = place_of(state.where, case.unit, now, owner_id=case.service.owner_id)
    same = (unit_id, state.role) == (case.at_unit_id, case.role)
    unit = case.at_unit if unit_id == case.at_unit_id else Unit.objects.get(pk=unit_id)
    due_at = step_due(at.definition, state.key, now, calendar_of(unit.pk, at=now))
    at.set(
        state=state.key,
        role=state.role,
        at_unit_id=unit_id,
        post_id=case.post_id if same else None,
    )
    case.at_unit = unit
    # A broken promise is told once, not at each of the steps that go by it.
    by_promise = due_at is None and case.due_at == case.promised_at
    case.told_late = case.told_late and by_promise
    case.due_at, case.state_since_at = owed_by(due_at, case.promised_at), now
    at.step = CaseStep.objects.create(
        case=case,
        number=number,
        state=state.key,
        role=state.role,
        unit=unit,
        post_id=case.post_id,
        entered_at=now,
        due_at=due_at,
    )


def finish(at: Turn, phase: Case.Phase, state: str) -> None:
    """The case is ended: in a state that is an end, or withdrawn where it stood."""
    case, now = at.case, at.now
    on_time = None if case.promised_at is None else now <= case.promised_at
    at.set(phase=phase.value, state=state, post_id=None)
    case.role, case.due_at, case.told_late = "", None, False
    case.ended_at, case.state_since_at, case.on_time = now, now, on_time
    end_round(case, now)
    Inquiry.objects.filter(case=case, answered_at=None, withdrawn_at=None).update(withdrawn_at=now)


def stop(at: Turn, why: CasePause.Why, asked: Sequence[Mapping[str, Any]], words: str) -> None:
    """The clock of the open step stands still: the applicant is to bring something."""
    at.set(phase=Case.Phase.WAITING.value)
    at.case.returned += 1
    at.case.state_since_at = now = at.now
    remind_at, ends_at = last_day(now, at.definition.waiting_days)
    CasePause.objects.create(
        case=at.case,
        step=at.open_step,
        why=why,
        asked=asked,
        words=words,
        since_at=now,
        remind_at=remind_at,
        ends_at=ends_at,
        by_post_id=at.through.post_id,
    )


def go_on(at: Turn, *, brought: bool) -> None:
    """The clock runs again: what the step and the promise have left is counted from now.

    Where nothing was brought it never stood still, whatever visits were noted: the office alone
    does not stop it.
    """
    case, now = at.case, at.now
    pause = CasePause.objects.filter(case=case, until_at=None).first()
    if pause is not None:
        pause.until_at, pause.counts = now, brought
        pause.save(update_fields=["until_at", "counts"])
    at.set(phase=Case.Phase.OPEN.value)
    case.state_since_at, case.told_late = now, False
    work_out(at)


def work_out(at: Turn) -> None:
    """Work out anew by when the open step and the promise are due.

    What was over when the last pause began stays: no day that was declared since makes it whole.
    """
    case, step = at.case, at.open_step
    pauses = list(case.pauses.order_by("since_at"))
    here, now = calendar_of(case.at_unit_id, at=at.now), at.now
    held = spans(pauses, step=step.pk)
    due_at = step.due_at
    if not broken_before(due_at, pauses):
        due_at = step_due(at.definition, step.state, step.entered_at, here, held)
    if due_at != step.due_at:
        step.due_at = due_at
        step.save(update_fields=["due_at"])
    if case.promised_at is not None and not broken_before(case.promised_at, pauses):
        steps = list(case.steps.order_by("number"))
        there = calendar_of(case.unit_id, at=now)
        begun = round_begun(steps, at.definition)
        case.promised_at = promised_by(at.definition, begun, there, spans(pauses))
    case.due_at = owed_by(due_at, case.promised_at)


def written(at: Turn, verb: str, fact: str = "", *, more: Mapping[str, Any] | None = None) -> None:
    """Write the case and its audit entry, and tell the fact, if there is one."""
    case = at.case
    case.save()
    if "state" in at.changes:  # by name: the trail is read without the workbook
        at.changes["state"] = [dict(at.definition.state(key).name) for key in at.changes["state"]]
    ref = Ref(CASE, case.pk)
    audit.record(at.actor, verb, ref, changes=at.changes, personal=at.personal, through=at.through)
    if fact:
        publish(Fact(fact, ref, at.actor, at.now, {**facts_of(case), **(more or {})}))


def facts_of(case: Case) -> dict[str, Any]:
    """What every fact of a case names; nothing of the applicant, and not the code."""
    return {
        "service": case.service_id,
        "unit": case.unit_id,
        "version": case.version_id,
        "at_unit": case.at_unit_id,
        "channel": case.channel,
        "state": case.state,
        "phase": case.phase,
    }


def _moved_on(case: Case) -> str:
    """What happened meanwhile: the last step that was taken, and where the case is now."""
    definition = definition_of(case.version)
    last = case.steps.filter(left_at__isnull=False).order_by("-number").first()
    action = definition.state(last.state).action(last.action) if last else None
    return _(
        "Somebody else was quicker: %(step)s. The case is now at “%(state)s”. Look at it as it "
        "stands, and repeat your step if it is still right."
    ) % {
        "step": shown(action.name) if action else Case.Phase(case.phase).label,
        "state": shown(definition.state(case.state).name),
    }


def shown(name: Mapping[str, str]) -> str:
    """A name of the workbook within a sentence."""
    return isolate(show_local(name))
