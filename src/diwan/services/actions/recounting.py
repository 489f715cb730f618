"""When the working time changes, what running cases owe by when is counted anew.

A holiday declared, a Ramadan's hours, a day on which a province is closed: each is told as a fact,
and a job goes over the running cases of the units that it touches. It may be cut off at any point
and begun again: what was counted anew already no longer differs, so nothing is written twice.
What was over when the change was told stays as it was: no day that is declared afterwards makes a
broken promise whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from diwan.directory.public import below, calendars_of
from diwan.kernel import audit, jobs, notices
from diwan.kernel.exchange import Fact, Ref
from diwan.kernel.policies import Actor
from diwan.kernel.working import today_in
from diwan.kernel.worktime import WorkCalendar
from diwan.services.constants import CASE, TO_APPLICANT
from diwan.services.models import Applicant, Case, CasePause, CaseStep
from diwan.services.models.cases import CaseQuerySet
from diwan.services.queries.definitions import definition_of
from diwan.services.queries.working import owed_by, promised_by, round_begun, spans, step_due

from .telling import address_of

RECOUNT = "services.recount"
BATCH = 1000
WORTH_TELLING = timedelta(days=1)
"""A promise that moves by less is not worth a message."""


def ask_for_recount(fact: Fact) -> None:
    """Put the counting on its way, in the transaction of the change; one job waits at a time."""
    country, unit = str(fact.data["country"]), fact.data["unit"]
    if touched(country, unit, fact.at).exists():
        args = {"country": country, "unit": unit, "told_at": fact.at.isoformat()}
        jobs.enqueue(RECOUNT, args, key=f"{RECOUNT}:{country}:{unit or ''}", label=country)


def touched(country: str, unit: UUID | str | None, at: datetime) -> CaseQuerySet:
    """Running cases whose working time is a country's, or that of a unit or one below it."""
    cases = Case.objects.running().filter(service__country=country)
    if unit is None:
        return cases
    units = below([UUID(str(unit))], today_in(country, at))
    return cases.filter(Q(unit__in=units) | Q(at_unit__in=units))


@jobs.job(RECOUNT, label=gettext_lazy("Counting dates of cases anew"))
def recount(country: str, unit: str | None, told_at: str = "") -> dict[str, int]:
    """Count the dates of running cases anew; returns how many were looked at and moved.

    `told_at` is when the change was told: what was over by then stays.
    """
    actor = Actor.system(RECOUNT, at=timezone.now())
    since = datetime.fromisoformat(told_at) if told_at else actor.at
    rows = touched(country, unit, actor.at).order_by("pk")
    total = rows.count()
    seen = moved = 0
    last: UUID | None = None
    while True:
        with transaction.atomic():
            page = rows.filter(pk__gt=last) if last else rows
            cases = list(
                page.select_for_update(of=("self",))
                .select_related("version")
                .defer("version__definition", "version__form", "version__xform")[:BATCH]
            )
            moved += count_anew(actor, cases, since)
        if not cases:
            return {"cases": seen, "moved": moved}
        seen, last = seen + len(cases), cases[-1].pk
        jobs.report(min(seen, total), total)


@dataclass
class _Moved:
    """What changed, to be written at once."""

    cases: list[Case] = field(default_factory=list)
    steps: list[CaseStep] = field(default_factory=list)
    entries: list[tuple[Ref, Mapping[str, list[Any]]]] = field(default_factory=list)
    later: list[Case] = field(default_factory=list)


def count_anew(actor: Actor, cases: Sequence[Case], told_at: datetime | None = None) -> int:
    """Count the dates of these locked cases anew; returns how many moved.

    What was over at `told_at` (now, if nothing is said) stays. Each that moved has an entry in its
    trail; an applicant whose promise moved by a day or more is told.
    """
    ids = [case.pk for case in cases]
    steps: dict[UUID, list[CaseStep]] = defaultdict(list)
    for step in CaseStep.objects.filter(case__in=ids).order_by("case", "number"):
        steps[step.case_id].append(step)
    pauses: dict[UUID, list[CasePause]] = defaultdict(list)
    for pause in CasePause.objects.filter(case__in=ids).order_by("since_at"):
        pauses[pause.case_id].append(pause)
    units = {unit for case in cases for unit in (case.unit_id, case.at_unit_id)}
    calendars = calendars_of(units, at=actor.at)
    found = _Moved()
    for case in cases:
        told = _Told(case, steps[case.pk], pauses[case.pk], told_at or actor.at)
        _one(told, calendars, found)
    _write(actor, found)
    return len(found.cases)


@dataclass(frozen=True)
class _Told:
    """A case with its steps and pauses, and when the change was told."""

    case: Case
    steps: Sequence[CaseStep]
    pauses: Sequence[CasePause]
    at: datetime

    def over(self, instant: datetime | None) -> bool:
        """Whether an instant had passed by then, by the clock of the case."""
        stands = next((one.since_at for one in self.pauses if one.until_at is None), self.at)
        return instant is not None and instant < min(stands, self.at)


def _one(told: _Told, calendars: Mapping[UUID, WorkCalendar], found: _Moved) -> None:
    case, steps, pauses = told.case, told.steps, told.pauses
    definition = definition_of(case.version)
    step = steps[-1]
    held = spans(pauses, step=step.pk)
    due_at, here = step.due_at, calendars[case.at_unit_id]
    if not told.over(due_at):
        due_at = step_due(definition, step.state, step.entered_at, here, held)
    promised_at = case.promised_at
    if promised_at is not None and not told.over(promised_at):
        begun = round_begun(steps, definition)
        promised_at = promised_by(definition, begun, calendars[case.unit_id], spans(pauses))
    step_due_at, due_at = due_at, owed_by(due_at, promised_at)
    before = {"due_at": case.due_at, "promised_at": case.promised_at}
    changes = audit.differences(before, {"due_at": due_at, "promised_at": promised_at})
    if not changes:
        return
    if case.promised_at and promised_at and promised_at - case.promised_at >= WORTH_TELLING:
        found.later.append(case)
    if step_due_at != step.due_at:
        step.due_at = step_due_at
        found.steps.append(step)
    if due_at != case.due_at:
        case.told_late = False
    case.due_at, case.promised_at = due_at, promised_at
    found.cases.append(case)
    found.entries.append((Ref(CASE, case.pk), changes))


def _write(actor: Actor, found: _Moved) -> None:
    if not found.cases:
        return
    Case.objects.bulk_update(found.cases, ["due_at", "promised_at", "told_late"], BATCH)
    CaseStep.objects.bulk_update(found.steps, ["due_at"], BATCH)
    audit.record_all(actor, "recount", found.entries)
    _tell(found.later)


def _tell(cases: Iterable[Case]) -> None:
    by_id = {case.pk: case for case in cases}
    for applicant in Applicant.objects.filter(case__in=by_id, erased_at=None):
        address = address_of(applicant)
        if address:
            case = by_id[applicant.case_id]
            ref, data = Ref(CASE, case.pk), {"when": "later"}
            notices.tell_address(TO_APPLICANT, address, ref, data, language=case.language)
