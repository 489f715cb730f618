"""Dates of running cases are counted anew when the working time changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from diwan.directory.models import Unit, UnitDay
from diwan.directory.tests.factories import UnitFactory, staff, system
from diwan.kernel import jobs
from diwan.kernel.models import AuditEntry, DeclaredHoliday, Job, Notice
from diwan.kernel.policies import Actor
from diwan.kernel.working import tell_working_changed
from diwan.services.actions import recounting
from diwan.services.actions.applicants import bring
from diwan.services.actions.given import Asked
from diwan.services.actions.recounting import RECOUNT, recount
from diwan.services.actions.steps import return_case
from diwan.services.models import Case, CasePause, CaseStep, Service
from diwan.services.rules.definition import Deadline

from .factories import SIMPLE, case, service

pytestmark = pytest.mark.django_db
# A Sunday; the step has two working days, the promise five.
FILED = datetime(2026, 11, 22, 6, tzinfo=UTC)
DUE = datetime(2026, 11, 24, 11, tzinfo=UTC)
PROMISED = datetime(2026, 11, 28, 11, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(FILED + timedelta(hours=2), tick=False):
        yield


@pytest.fixture
def unit() -> Unit:
    return UnitFactory.create(parent=UnitFactory.create())


@pytest.fixture
def permit(unit: Unit) -> Service:
    return service(unit, replace(SIMPLE, target=Deadline(5, "working_days")))


def running(of: Service, **more: Any) -> Case:
    dates = {"filed_at": FILED, "due_at": DUE, "promised_at": PROMISED}
    return case(of, **{**dates, **more})


def tell(name: str = "عزای عمومی", day: date = date(2026, 11, 23)) -> None:
    told = {"name": {"fa": name}, "status": "declared"}
    DeclaredHoliday.objects.update_or_create(country="IR", day=day, defaults=told)
    tell_working_changed(system(), "IR")


def work_off() -> None:
    jobs.work_off()


def test_a_holiday_moves_what_is_due_and_says_so(permit: Service) -> None:
    one = running(permit)
    tell()
    work_off()
    one.refresh_from_db()
    assert (one.due_at, one.promised_at) == (DUE + DAY, PROMISED + DAY)
    assert CaseStep.objects.get(case=one).due_at == DUE + DAY
    entry = AuditEntry.objects.get(subject_id=one.pk, verb="recount")
    assert {"due_at", "promised_at"} <= set(entry.changes)
    notice = Notice.objects.get(ref_id=one.pk)
    assert notice.data == {"when": "later"}
    assert notice.address == "+989120000000"


def test_counting_again_changes_and_tells_nothing(permit: Service) -> None:
    one = running(permit)
    tell()
    work_off()
    entries = AuditEntry.objects.count()
    assert recount("IR", None) == {"cases": 1, "moved": 0}
    assert AuditEntry.objects.count() == entries
    assert Notice.objects.filter(ref_id=one.pk).count() == 1


def test_pauses_that_are_over_count_and_ended_cases_rest(permit: Service) -> None:
    paused = running(permit, phase="waiting")
    step = CaseStep.objects.get(case=paused)
    since = datetime(2026, 11, 22, 8, tzinfo=UTC)
    CasePause.objects.create(case=paused, step=step, since_at=since, until_at=since + DAY)
    over = running(permit, phase="done", ended_at=FILED + DAY)
    recount("IR", None)
    paused.refresh_from_db()
    over.refresh_from_db()
    # Sunday's closing hour lay in the pause, but the day of the start counts for nothing anyway.
    assert paused.due_at == DUE
    assert over.due_at == DUE
    CasePause.objects.update(until_at=since + 2 * DAY)
    recount("IR", None)
    paused.refresh_from_db()
    assert paused.due_at == DUE + DAY


def test_a_closing_of_one_unit_touches_what_lies_there_and_below(
    permit: Service, unit: Unit
) -> None:
    above = unit.versions.get().parent
    assert above is not None
    here, elsewhere = running(permit), running(permit, unit=UnitFactory.create())
    UnitDay.objects.create(unit=above, day=date(2026, 11, 23), name={"fa": "آلودگی هوا"})
    tell_working_changed(system(), "IR", above.pk)
    assert Job.objects.get(name=RECOUNT).args["unit"] == str(above.pk)
    work_off()
    here.refresh_from_db()
    elsewhere.refresh_from_db()
    assert here.due_at == DUE + DAY
    assert elsewhere.due_at == DUE


def test_nothing_runs_and_nothing_is_asked_for(permit: Service) -> None:
    tell()
    assert not Job.objects.filter(name=RECOUNT).exists()
    running(permit)
    tell("یک نام دیگر")
    tell("نام سوم")
    assert Job.objects.filter(name=RECOUNT).count() == 1


def test_a_job_that_was_killed_goes_on_where_it_was(
    permit: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [running(permit) for _ in range(5)]
    tell()
    monkeypatch.setattr(recounting, "BATCH", 2)
    count_anew, turns = recounting.count_anew, []

    def dies(*args: Any) -> int:
        turns.append(args)
        if len(turns) == 2:
            raise ConnectionError
        return count_anew(*args)

    monkeypatch.setattr(recounting, "count_anew", dies)
    with pytest.raises(ConnectionError):
        recount("IR", None)
    assert Case.objects.filter(due_at=DUE + DAY).count() == 2
    assert recount("IR", None) == {"cases": 5, "moved": 3}
    assert AuditEntry.objects.filter(verb="recount").count() == len(cases)


def test_a_day_declared_afterwards_makes_no_broken_promise_whole(
    permit: Service, unit: Unit
) -> None:
    broken = running(permit)
    with time_machine.travel(PROMISED + 10 * DAY, tick=False):
        fresh = {"filed_at": PROMISED + 9 * DAY, "due_at": None, "promised_at": None}
        young = running(permit, **fresh)
        recount("IR", None)
        young.refresh_from_db()
        due_at = young.due_at
        for day in (date(2026, 11, 28), date(2026, 12, 9)):
            UnitDay.objects.create(unit=unit, day=day, name={"fa": "تعطیل"})
        tell_working_changed(system(), "IR", unit.pk)
        work_off()
    broken.refresh_from_db()
    young.refresh_from_db()
    assert (broken.due_at, broken.promised_at) == (DUE, PROMISED)
    assert young.due_at is not None
    assert due_at is not None
    assert young.due_at > due_at


def test_a_pause_after_the_promise_mends_it_neither(permit: Service, unit: Unit) -> None:
    one = running(permit)
    clerk = staff(unit, "clerk")
    late = PROMISED + DAY
    return_case(clerk.actor_at(late), one, [Asked(paper="deed")])
    UnitDay.objects.create(unit=unit, day=date(2026, 11, 28), name={"fa": "تعطیل"})
    with time_machine.travel(late + DAY, tick=False):
        recount("IR", None)
        bring(Actor.anonymous(), one, {}, words="آوردم")
    one.refresh_from_db()
    assert (one.due_at, one.promised_at) == (DUE, PROMISED)
