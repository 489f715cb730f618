"""Who is told of a step and of a due date: holders of posts as they are when the worker looks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from diwan.councils.actions.closing import return_
from diwan.councils.actions.dates import ask_date
from diwan.councils.actions.duties import add_action
from diwan.councils.actions.fields import ActionFields
from diwan.councils.actions.work import report_done, start
from diwan.councils.models import Action, Membership
from diwan.councils.provides.reminders import dues_on, look
from diwan.councils.queries.recipients import servers_of
from diwan.directory.models import Holding
from diwan.directory.tests.factories import HoldingFactory, UnitFactory, staff, system
from diwan.kernel import jobs, notices
from diwan.kernel.models import Notice, NoticeState
from diwan.kernel.worktime import DEFAULTS

from .factories import Council, council, duty, meeting_of, on, proof, resolution_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def made() -> Council:
    return council()


def told() -> list[tuple[str, UUID | None]]:
    """Kind and recipient of what was told since the last look, in order."""
    jobs.work_off()
    rows = list(Notice.objects.order_by("told_at", "id").values_list("kind", "user_id"))
    Notice.objects.all().delete()
    return rows


def test_each_step_reaches_who_is_concerned(made: Council) -> None:
    owner = staff(UnitFactory.create(register=made.body.register))
    secretary, mine = made.secretary.user.pk, owner.user.pk
    resolution = resolution_of(made.body, meeting=meeting_of(made.body))
    later = timezone.now().date() + timedelta(days=90)
    facts: ActionFields = {
        "text": {"fa": "گزارش را بفرستد"},
        "owner_id": owner.post.pk,
        "due": on(later),
    }
    (action,) = add_action(made.secretary.actor, resolution, facts)
    assert told() == [("councils.assigned", mine)]
    action = start(owner.actor, action)
    assert told() == []
    ask_date(owner.actor, action, on(later + timedelta(days=9)), reason="Data come late.")
    assert told() == [("councils.date_asked", secretary)]
    action = report_done(owner.actor, action, proofs=[proof()])
    assert told() == [("councils.reported", secretary)]
    return_(made.secretary.actor, action, reason="A page is missing.")
    jobs.work_off()
    notices.look(timezone.now())  # callbacks after a commit don't run within a test's transaction
    jobs.work_off()
    row = Notice.objects.get()
    assert (row.kind, row.user_id, row.state) == ("councils.returned", mine, NoticeState.SENT)
    assert "گزارش را بفرستد" in row.subject
    assert "A page is missing." in row.text
    assert f"/councils/actions/{action.pk}/" in row.text


def test_a_successor_is_told_and_an_import_is_nobodys_news(made: Council) -> None:
    unit = UnitFactory.create(register=made.body.register)
    owner, successor = staff(unit), staff(unit)
    resolution = resolution_of(made.body, meeting=meeting_of(made.body))
    facts: ActionFields = {"text": {"fa": "کار"}, "owner_id": owner.post.pk}
    add_action(system(), resolution, facts)
    assert told() == []
    add_action(made.secretary.actor, resolution, facts)
    Holding.objects.filter(post=owner.post).update(until_at=timezone.now() - timedelta(minutes=1))
    since = timezone.now() - timedelta(minutes=1)
    HoldingFactory.create(post=owner.post, person=successor.person, since_at=since)
    assert told() == [("councils.assigned", successor.user.pk)]


def test_without_a_secretary_the_chair_serves(made: Council) -> None:
    now = timezone.now()
    assert servers_of(made.body, now) == [made.secretary.user.pk]
    Membership.objects.filter(body=made.body, role="secretary").delete()
    assert made.chair.user.pk in servers_of(made.body, now)


def test_reminders_come_once_in_the_morning_of_a_working_day(made: Council) -> None:
    country = made.body.unit.country
    zone = ZoneInfo(DEFAULTS[country].timezone)
    owner = staff(UnitFactory.create(register=made.body.register))
    monday = date(2026, 11, 23)
    which = dues_on(monday, DEFAULTS[country])
    assert which[monday] == "on"
    for due in which:
        duty(made.body, owner, due=due)
    Action.objects.update(state="open")
    with time_machine.travel(datetime(2026, 11, 23, 5, tzinfo=zone), tick=False):
        look(datetime.now(UTC))
        assert told() == []
    with time_machine.travel(datetime(2026, 11, 23, 8, tzinfo=zone), tick=False):
        for _minute in range(2):
            look(datetime.now(UTC))
        jobs.work_off()
        kinds = sorted(Notice.objects.values_list("kind", flat=True))
        assert kinds == sorted(f"councils.due_{how}" for how in which.values())
        count = len(kinds)
        jobs.enqueue("councils.remind", {"country": country, "day": monday})
        jobs.work_off()
        assert Notice.objects.count() == count


def test_every_kind_has_its_words() -> None:
    assert {"councils.duties", "councils.serving", "councils.reminders"} <= set(notices.groups())
