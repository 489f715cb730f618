"""What the desk asks of councils: how duties stand, one's seats, one's next meeting."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from diwan.councils.models import Action, Meeting
from diwan.councils.queries.standing import (
    duty_standing,
    has_seat,
    month_ends,
    runs_bodies,
    seat_meeting,
)
from diwan.councils.tests.factories import BodyFactory, council, duty, meeting_of, seat
from diwan.directory.tests.factories import UnitFactory, staff
from diwan.kernel.calendars import Calendar

pytestmark = pytest.mark.django_db


def test_the_ends_of_months_are_the_readers_calendars() -> None:
    ends = month_ends(date(2026, 11, 21), Calendar.JALALI, "Asia/Tehran", months=2)
    # 1 Aban and 1 Azar 1405, as midnight in Tehran.
    assert [end.date() for end in ends] == [date(2026, 10, 23), date(2026, 11, 22)]
    ends = month_ends(date(2026, 1, 31), Calendar.GREGORIAN, "Africa/Cairo", months=12)
    assert (ends[0].date(), ends[-1].date()) == (date(2025, 3, 1), date(2026, 2, 1))
    assert ends[-1].astimezone(UTC) == datetime(2026, 1, 31, 22, tzinfo=UTC)


def test_how_duties_stand_counts_what_was_confirmed_and_not_dropped() -> None:
    body = BodyFactory.create()
    me, other = staff(body.unit), staff(UnitFactory.create())
    closed = duty(body, me, state="closed")
    at = datetime(2026, 9, 1, tzinfo=UTC)
    Action.objects.filter(pk=closed.pk).update(closed_at=at)
    for state in ("open", "unconfirmed", "doing"):
        duty(body, me, state=state)
    duty(body, me, state="dropped", reason="no more")
    duty(body, other)
    ends = [at - timedelta(days=1), at + timedelta(days=1)]
    mine = duty_standing(post_ids=[me.post.pk], month_ends=ends)
    assert (mine.total, mine.closed, mine.closed_by_month) == (3, 1, (0, 1))
    assert duty_standing(unit_ids=[other.post.unit_id], month_ends=ends).total == 1
    assert duty_standing(month_ends=ends).total == 0


def test_who_has_a_seat_and_who_runs_a_body() -> None:
    made = council()
    stranger = staff(made.body.unit)
    assert has_seat(made.member.actor)
    assert not has_seat(stranger.actor)
    assert runs_bodies(made.secretary.actor)
    assert not runs_bodies(made.member.actor)
    assert not runs_bodies(made.chair.actor)  # the secretary has these duties


def test_the_next_meeting_is_the_soonest_planned_or_by_rule() -> None:
    me = staff(UnitFactory.create())
    today = timezone.now().date()
    recurring = BodyFactory.create(every="2 months")
    seat(recurring, me, "member")
    assert seat_meeting(me.actor) is None
    meeting_of(recurring, date=today - timedelta(days=30))
    by_rule = seat_meeting(me.actor)
    assert by_rule is not None
    assert by_rule.meeting_id is None
    assert by_rule.day > today
    other = BodyFactory.create()
    seat(other, me, "observer")
    day = today + timedelta(days=3)
    planned = meeting_of(other, date=day, state=Meeting.State.PLANNED)
    meeting_of(BodyFactory.create(), date=today, state=Meeting.State.PLANNED)
    found = seat_meeting(me.actor)
    assert found is not None
    assert (found.meeting_id, found.day, found.body_id) == (planned.pk, day, other.pk)
