"""The clock of a case is not stopped by the office alone."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from diwan.directory.models import Unit
from diwan.directory.tests.factories import Staff, UnitFactory, staff
from diwan.kernel.errors import Refused
from diwan.kernel.models import Notice
from diwan.kernel.policies import Actor
from diwan.services.actions.applicants import bring
from diwan.services.actions.given import Asked, GivenFile
from diwan.services.actions.moving import look_for_late
from diwan.services.actions.steps import act, add_visit, return_case
from diwan.services.models import Case, CasePause, Ending
from diwan.services.rules.definition import Deadline, StepAction

from .factories import SIMPLE, case, service, variant

pytestmark = pytest.mark.django_db
# A Sunday; the step has two working days, the promise five.
FILED = datetime(2026, 11, 22, 6, tzinfo=UTC)
DUE = datetime(2026, 11, 24, 11, tzinfo=UTC)
PROMISED = datetime(2026, 11, 28, 11, tzinfo=UTC)
RETURNED = DUE - timedelta(hours=1)
MUCH_LATER = RETURNED + timedelta(days=28)
DEED = [Asked(paper="deed")]


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(RETURNED, tick=False):
        yield


@pytest.fixture
def unit() -> Unit:
    return UnitFactory.create()


@pytest.fixture
def clerk(unit: Unit) -> Staff:
    return staff(unit, "clerk", "officer")


@pytest.fixture
def one(unit: Unit, clerk: Staff) -> Case:
    """A case that was returned for papers an hour before it was due."""
    permit = service(unit, replace(SIMPLE, target=Deadline(5, "working_days")))
    made = case(permit, filed_at=FILED, due_at=DUE, promised_at=PROMISED)
    return return_case(clerk.actor_at(RETURNED), made, DEED)


def dates(one: Case) -> tuple[datetime | None, datetime | None]:
    one.refresh_from_db()
    return one.due_at, one.promised_at


@pytest.mark.parametrize("visits", [0, 1])
def test_what_the_office_says_was_brought_stops_nothing(
    one: Case, clerk: Staff, visits: int
) -> None:
    with time_machine.travel(MUCH_LATER, tick=False):
        for _n in range(visits):
            add_visit(clerk.actor_at(MUCH_LATER), one)
        bring(clerk.actor_at(MUCH_LATER), one, {}, words="آورد")
        assert dates(one) == (DUE, PROMISED)
        assert CasePause.objects.get().counts is False
        assert look_for_late(MUCH_LATER) == 1


@pytest.mark.parametrize("how", ["citizen", "file"])
def test_what_the_applicant_did_counts(one: Case, clerk: Staff, how: str) -> None:
    actor = Actor.anonymous() if how == "citizen" else clerk.actor_at(MUCH_LATER)
    paper = GivenFile("deed.pdf", io.BytesIO(b"%PDF-1.4\n%%EOF\n"))
    files = [paper] if how == "file" else []
    with time_machine.travel(MUCH_LATER, tick=False):
        bring(replace(actor, at=MUCH_LATER), one, {}, files, words="آوردم")
    due_at, promised_at = dates(one)
    assert due_at is not None
    assert promised_at is not None
    assert due_at > MUCH_LATER
    assert promised_at > MUCH_LATER


def test_one_is_asked_once_and_for_more_in_the_same_pause(one: Case, clerk: Staff) -> None:
    actor = clerk.actor_at(RETURNED + timedelta(hours=2))
    with pytest.raises(Refused):
        return_case(actor, one, DEED)
    return_case(actor, one, [Asked(text={"fa": "نقشه"})], "نقشه هم بیاورید")
    pause = CasePause.objects.get()
    assert len(pause.asked) == 2
    assert pause.words == "نقشه هم بیاورید"
    one.refresh_from_db()
    assert (one.phase, one.returned) == ("waiting", 2)


def test_who_goes_on_without_waiting_says_so_and_wins_no_time(one: Case, clerk: Staff) -> None:
    Notice.objects.all().delete()
    act(clerk.actor_at(MUCH_LATER), one, "forward")
    assert CasePause.objects.get().counts is False
    assert dates(one)[1] == PROMISED
    told = Notice.objects.get(address="+989120000000")
    assert told.data == {"when": "went_on"}
    act(clerk.actor_at(MUCH_LATER), one, "grant")
    ending = Ending.objects.get()
    assert (ending.on_time, ending.returned, ending.waited_seconds) == (False, 1, 0)


def test_a_complaint_goes_up_though_its_applicant_is_asked(unit: Unit, clerk: Staff) -> None:
    up = StepAction("up", {"fa": "ارجاع به بالا"}, "review", by="system")
    first = replace(SIMPLE.states[0], actions=(*SIMPLE.states[0].actions, up))
    states = (first, *SIMPLE.states[1:])
    complain = service(unit, variant("complaints", kind="complaint", states=states))
    made = case(complain, filed_at=FILED, due_at=DUE, promised_at=PROMISED)
    made.steps.update(due_at=DUE)
    return_case(clerk.actor_at(RETURNED), made, DEED)
    assert look_for_late(RETURNED) == 0
    with time_machine.travel(MUCH_LATER, tick=False):
        assert look_for_late(MUCH_LATER) == 1
    made.refresh_from_db()
    assert (made.phase, made.state) == ("open", "review")
