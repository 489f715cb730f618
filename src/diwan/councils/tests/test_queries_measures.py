"""What councils counts, against counting by hand; and what the actor may not see is not counted."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from diwan.councils.constants import BODY
from diwan.councils.models import Action, Attendance, Proposal
from diwan.directory.public import UNIT, UnitVersion, rebuild_paths
from diwan.directory.tests.factories import UnitFactory, UnitVersionFactory, staff, system
from diwan.kernel import exchange
from diwan.kernel.calendars import Calendar
from diwan.kernel.exchange import MeasureQuestion, Value
from diwan.kernel.periods import Kind, Period
from diwan.kernel.policies import Actor
from diwan.kernel.remembering import remembering

from .factories import DateRequestFactory, council, duty, meeting_of, resolution_of

pytestmark = pytest.mark.django_db

JANUARY, FEBRUARY = (
    Period.of(day, Kind.MONTH, Calendar.GREGORIAN) for day in (date(2026, 1, 9), date(2026, 2, 9))
)


def values(key: str, actor: Actor, kind: str, *ids: UUID) -> dict[tuple[UUID, str], Value]:
    measure = exchange.measure(key)
    assert measure is not None
    question = MeasureQuestion(actor, kind, ids, [JANUARY, FEBRUARY])
    return dict(measure.values(question))


def at(day: int, month: int = 1) -> datetime:
    return datetime(2026, month, day, 9, tzinfo=UTC)


def test_actions_are_done_in_time_by_the_day_they_were_due() -> None:
    made = council()
    branch = UnitFactory.create(parent=made.body.unit)
    owner = staff(branch)
    due = date(2026, 1, 10)
    duty(made.body, owner, due=due, state="closed", done_at=at(10), closed_at=at(3, 2))
    duty(made.body, owner, due=due, state="done", done_at=at(11))
    duty(made.body, owner, due=due)
    duty(made.body, owner, due=due, state="dropped", reason="x")
    duty(made.body, owner, due=date(2026, 2, 1))
    key = "councils.done_in_time"
    body, unit, host = made.body.pk, branch.pk, made.body.unit_id
    january, february = JANUARY.key(), FEBRUARY.key()
    assert values(key, system(), BODY, body) == {
        (body, january): Value(1, of=3),
        (body, february): Value(0, of=1),
    }
    # A unit counts what it owes itself and what those below it owe.
    found = values(key, system(), UNIT, unit, host)
    assert found[unit, january] == found[host, january] == Value(1, of=3)
    assert values("councils.closed", system(), UNIT, host) == {(host, february): Value(1)}


def test_a_unit_that_moved_counts_where_it_stood_when_the_period_ended() -> None:
    made = council()
    branch = UnitFactory.create(parent=made.body.unit)
    other = UnitFactory.create(register=made.body.register)
    duty(made.body, staff(branch), due=date(2026, 1, 10))
    duty(made.body, staff(branch), due=date(2026, 2, 10))
    moved = date(2026, 2, 15)
    UnitVersion.objects.filter(unit=branch).update(until=moved)
    UnitVersionFactory.create(unit=branch, since=moved, parent=other)
    rebuild_paths([branch.pk])
    found = values("councils.done_in_time", system(), UNIT, made.body.unit_id, other.pk)
    assert set(found) == {(made.body.unit_id, JANUARY.key()), (other.pk, FEBRUARY.key())}


def test_resolutions_and_moved_dates_are_counted_by_their_day() -> None:
    made = council()
    for day, state in ((9, "adopted"), (20, "adopted"), (21, "draft")):
        meeting = meeting_of(made.body, date=date(2026, 1, day))
        number = {} if state == "adopted" else {"number": ""}
        resolution_of(made.body, meeting=meeting, state=state, **number)
    action = duty(made.body, None)
    DateRequestFactory.create(action=action, state="granted", answered_at=at(5, 2))
    DateRequestFactory.create(action=action, state="refused", answered_at=at(5, 2))
    body = made.body.pk
    assert values("councils.adopted", system(), BODY, body) == {(body, JANUARY.key()): Value(2)}
    assert values("councils.moved", system(), BODY, body) == {(body, FEBRUARY.key()): Value(1)}


def test_what_the_actor_may_not_see_is_not_counted() -> None:
    made = council()
    hidden = resolution_of(made.body, confidentiality="named")
    duty(made.body, None, resolution=hidden, due=date(2026, 1, 10))
    assert Action.objects.count() == 1
    assert values("councils.done_in_time", made.member.actor, BODY, made.body.pk) == {}


def test_seats_filled_proposals_and_decisions_done() -> None:
    made = council()
    body, host, january = made.body.pk, made.body.unit_id, JANUARY.key()
    meeting = meeting_of(made.body, date=date(2026, 1, 9))
    secret = meeting_of(made.body, date=date(2026, 1, 10), confidentiality="named")
    told = [
        (made.chair, "present", "chair", meeting),
        (made.member, "deputy", "member", meeting),
        (made.secretary, "absent", "secretary", meeting),
        (made.adviser, "excused", "adviser", meeting),
        (made.guest, "absent", "guest", meeting),
        (made.chair, "absent", "chair", secret),
    ]
    for who, status, role, at_which in told:
        Attendance.objects.create(
            meeting=at_which, seat=who.post.pk, post=who.post, role=role, status=status
        )
    Proposal.objects.create(
        body=made.body, seat=made.chair.post.pk, text={"fa": "x"}, made_at=at(9)
    )
    done, open_ = (resolution_of(made.body, meeting=meeting) for _ in range(2))
    resolution_of(made.body, meeting=meeting)  # it asks for nothing
    duty(made.body, made.member, resolution=done, state="closed")
    duty(made.body, made.member, resolution=done, state="dropped", reason="x")
    duty(made.body, made.member, resolution=open_, state="closed")
    duty(made.body, made.member, resolution=open_)
    member = made.member.actor
    for kind, pk in ((BODY, body), (UNIT, host)):
        seats = values("councils.attendance", member, kind, pk)
        assert seats == {(pk, january): Value(2, of=3)}
        assert values("councils.proposals", member, kind, pk) == {(pk, january): Value(1)}
        found = values("councils.decisions_done", member, kind, pk)
        assert found == {(pk, january): Value(1, of=2)}
    assert values("councils.attendance", system(), BODY, body)[body, january] == Value(2, of=4)
    stranger = staff(UnitFactory.create(register=made.body.register)).actor
    made.body.confidentiality = "body"
    made.body.save()
    assert values("councils.proposals", stranger, BODY, body) == {}


def test_a_page_asks_for_all_that_is_counted_at_once() -> None:
    made = council()
    owner = staff(made.body.unit)
    one = duty(
        made.body, owner, due=date(2026, 1, 10), state="closed", done_at=at(9), closed_at=at(12)
    )
    DateRequestFactory.create(action=one, state="granted", answered_at=at(8, 2))
    resolution_of(made.body, meeting=meeting_of(made.body, date=date(2026, 2, 3)))
    keys = [one.key for one in exchange.measures_for(BODY) if one.key.startswith("councils.")]
    body, actor = made.body.pk, owner.actor
    each = {key: values(key, actor, BODY, body) for key in keys}
    assert sum(map(len, each.values())) >= 4
    with remembering(), CaptureQueriesContext(connection) as asked:
        assert {key: values(key, actor, BODY, body) for key in keys} == each
    assert len(asked) == 1
    with remembering():
        assert values(keys[1], owner.actor, UNIT, made.body.unit_id)
