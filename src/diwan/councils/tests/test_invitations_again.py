"""What moves an invitation's SEQUENCE, and what is no reason to wait before it is told again."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from diwan.councils.actions.agenda import add_item, change_item, order_items, remove_item
from diwan.councils.actions.attending import close_meeting
from diwan.councils.actions.invitations import invite, invite_when_due
from diwan.councils.actions.meetings import change_meeting
from diwan.councils.actions.replying import reply
from diwan.councils.models import Invitation, Meeting
from diwan.councils.queries.calendar import stamps_of

from .conduct import session
from .factories import council, meeting_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

NOON = datetime(2027, 3, 22, 8, 30, tzinfo=UTC)


def test_every_change_of_what_is_told_moves_the_sequence() -> None:
    made = council()
    actor = made.secretary.actor
    meeting = meeting_of(made.body, state="planned", date=date(2027, 3, 25), imported=False)
    seen = [0]

    def moved() -> bool:
        seen.append(stamps_of([meeting.pk])[meeting.pk][1])
        return seen[-1] > seen[-2]

    one = add_item(actor, meeting, {"text": {"en": "Roads"}})
    assert moved()
    two = add_item(actor, meeting, {"text": {"en": "Bridges"}})
    assert moved()
    invite(actor, meeting)
    assert not moved()
    change_item(actor, one, {"text": {"en": "Roads and paths"}})
    assert moved()
    order_items(actor, meeting, [two.pk, one.pk])
    assert moved()
    remove_item(actor, two)
    assert moved()


def test_closing_a_meeting_moves_it_in_calendars() -> None:
    room = session()
    before = stamps_of([room.meeting.pk]).get(room.meeting.pk, (None, 0))
    close_meeting(room.at(20), room.meeting)
    stamp, sequence = stamps_of([room.meeting.pk])[room.meeting.pk]
    assert (stamp, sequence) == (room.at(20).at, before[1] + 1)


def test_answers_do_not_delay_the_word_of_a_change() -> None:
    made = council()
    meeting = meeting_of(
        made.body, state="planned", date=date(2027, 3, 25), starts=time(10), imported=False
    )
    invite(made.secretary.actor_at(NOON), meeting)
    change_meeting(made.secretary.actor_at(NOON), meeting, {"starts": time(11)})
    member = made.member
    for minute in (4, 8, 12):
        at = NOON + timedelta(minutes=minute)
        reply(member.actor_at(at), Meeting.objects.get(pk=meeting.pk), member.post.pk, "yes")
    invite_when_due(NOON + timedelta(minutes=9))
    assert Invitation.objects.count() == 1  # its writer may still be at it
    invite_when_due(NOON + timedelta(minutes=13))
    assert Invitation.objects.count() == 2
