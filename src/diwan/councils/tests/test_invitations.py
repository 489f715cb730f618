"""Invitations: at their hour, again when something changed, and for calendars that never double."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from icalendar import Calendar

from diwan.accounts.models import User
from diwan.accounts.tests.factories import sign_in
from diwan.councils.actions.agenda import add_item, change_item, remove_item
from diwan.councils.actions.invitations import invite, invite_when_due
from diwan.councils.actions.meetings import cancel_meeting, change_meeting
from diwan.councils.actions.papers import add_papers
from diwan.councils.models import AgendaItem, Invitation, Meeting
from diwan.councils.tests.factories import (
    Council,
    MembershipFactory,
    council,
    meeting_of,
    on,
    proof,
    seat,
)
from diwan.directory.tests.factories import staff
from diwan.kernel.errors import Forbidden, NotFound, Refused
from diwan.kernel.models import AuditEntry, Notice
from diwan.kernel.notices import deliver
from diwan.kernel.notices.sending import message_of
from diwan.kernel.policies import Actor

pytestmark = pytest.mark.django_db

DAY = date(2027, 3, 25)
BEGINS = datetime(2027, 3, 25, 6, 30, tzinfo=UTC)  # 10:00 in Tehran
HOUR = BEGINS - timedelta(hours=72)
LATER = timedelta(minutes=11)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def made() -> Council:
    found = council(name={"en": "River council", "fa": "شورای رود"})
    User.objects.update(language="en")
    return found


@pytest.fixture
def meeting(made: Council, time_machine: Any) -> Meeting:
    time_machine.move_to(HOUR - timedelta(days=4), tick=False)
    return meeting_of(
        made.body, date=DAY, starts=time(10, 0), ends=time(12, 0), state="planned", imported=False
    )


def rounds(meeting: Meeting) -> list[tuple[int, str]]:
    rows = Invitation.objects.filter(meeting=meeting)
    return list(rows.values_list("number", "method"))


def letters(at: datetime, number: int = 1) -> list[EmailMessage]:
    """What goes out at `at` of a round, as the mail programs of the invited get it."""
    deliver(at)
    rows = Notice.objects.filter(kind="councils.invited", data__number=number).exclude(text="")
    return [
        message_from_bytes(message_of(row).as_email().as_bytes(), policy=policy.default)
        for row in rows.order_by("address")
    ]


def event_in(letter: EmailMessage) -> tuple[str, Any]:
    """The method and the event of the calendar part."""
    (part,) = [one for one in letter.walk() if one.get_content_type() == "text/calendar"]
    calendar = Calendar.from_ical(part.get_content())
    assert part.get_param("method") == calendar["METHOD"]
    (event,) = calendar.events
    return str(calendar["METHOD"]), event


# --- when ----------------------------------------------------------------------------------------


def test_invitations_go_out_once_at_the_demanded_hour(meeting: Meeting) -> None:
    invite_when_due(HOUR - timedelta(minutes=1))
    assert rounds(meeting) == []
    invite_when_due(HOUR)
    invite_when_due(HOUR + LATER)
    assert rounds(meeting) == [(1, "REQUEST")]
    entry = AuditEntry.objects.get(subject_id=meeting.pk, verb="invite")
    assert entry.changes["people"] == [None, 4]  # secretary, chair, member, adviser; no guest


def test_a_body_may_demand_another_time(made: Council, meeting: Meeting) -> None:
    made.body.notice_hours = 24
    made.body.save()
    invite_when_due(HOUR)
    assert rounds(meeting) == []
    invite_when_due(BEGINS - timedelta(hours=24))
    assert rounds(meeting) == [(1, "REQUEST")]


def test_what_a_file_brought_invites_nobody_by_itself(meeting: Meeting) -> None:
    Meeting.objects.update(imported=True)
    invite_when_due(HOUR)
    assert rounds(meeting) == []


def test_a_change_is_told_once_its_writer_is_done(
    made: Council, meeting: Meeting, time_machine: Any
) -> None:
    invite_when_due(HOUR)
    time_machine.move_to(HOUR + timedelta(hours=1), tick=False)
    change_meeting(made.secretary.actor, meeting, {"date": on(DAY + timedelta(days=1))})
    written = AuditEntry.objects.filter(subject_id=meeting.pk).latest("at").at
    invite_when_due(written + timedelta(minutes=5))
    assert len(rounds(meeting)) == 1
    invite_when_due(written + LATER)
    invite_when_due(written + LATER + LATER)
    assert rounds(meeting) == [(1, "REQUEST"), (2, "REQUEST")]
    assert Notice.objects.filter(data__changed=["date"]).count() == 4


def test_what_was_called_off_is_told_to_the_invited_alone(made: Council, meeting: Meeting) -> None:
    other = meeting_of(made.body, date=DAY, state="planned", imported=False)
    invite_when_due(HOUR)
    assert len(rounds(other)) == 0 or rounds(other) == [(1, "REQUEST")]
    Invitation.objects.filter(meeting=other).delete()
    for one in (meeting, other):
        cancel_meeting(made.secretary.actor, one, reason="no quorum")
    invite_when_due(HOUR + LATER)
    invite_when_due(HOUR + LATER + LATER)
    assert rounds(meeting) == [(1, "REQUEST"), (2, "CANCEL")]
    assert rounds(other) == []


def test_the_secretary_sends_them_earlier_and_twice_only_after_a_change(
    made: Council, meeting: Meeting
) -> None:
    with pytest.raises(Forbidden):
        invite(made.member.actor, meeting)
    with pytest.raises(NotFound):
        invite(Actor.anonymous(), meeting)
    invite(made.secretary.actor, meeting)
    with pytest.raises(Refused, match="told of this already"):
        invite(made.secretary.actor, meeting)
    add_item(made.secretary.actor, meeting, {"text": {"en": "The budget"}})
    meeting = Meeting.objects.get(pk=meeting.pk)
    assert invite(made.secretary.actor, meeting).number == 2


@pytest.mark.parametrize("state", ["held", "cancelled"])
def test_nobody_is_invited_to_what_is_over(made: Council, meeting: Meeting, state: str) -> None:
    Meeting.objects.update(state=state)
    with pytest.raises(Refused, match="nobody is invited"):
        invite(made.secretary.actor, meeting)
    Meeting.objects.update(state="planned", date=date(2020, 1, 1))
    with pytest.raises(Refused, match="has passed"):
        invite(made.secretary.actor, Meeting.objects.get())


# --- what ----------------------------------------------------------------------------------------


def test_the_letter_says_when_where_and_what_about(made: Council, meeting: Meeting) -> None:
    change_meeting(made.secretary.actor, meeting, {"place": {"en": "Hall 2"}})
    add_item(made.secretary.actor, meeting, {"text": {"en": "The budget"}})
    invite(made.secretary.actor, Meeting.objects.get(pk=meeting.pk))
    found = letters(HOUR)
    assert len(found) == 4
    text = found[0].get_body(("plain",)).get_content()  # type: ignore[union-attr] # it has one
    assert found[0]["Subject"].startswith("Invitation: ")
    for words in ("Thursday", "25 March 2027", "10:00 to 12:00", "Hall 2", "The budget"):
        assert words in text


def test_who_may_not_see_an_item_is_not_told_of_it(made: Council, meeting: Meeting) -> None:
    fields: Any = {"text": {"en": "A staff matter"}, "confidentiality": "body"}
    add_item(made.secretary.actor, meeting, fields)
    invite(made.secretary.actor, meeting)
    told = {letter["To"]: letter.as_string() for letter in letters(HOUR)}
    adviser = told.pop(made.adviser.user.login)
    bodies = {
        to: message_from_bytes(text.encode(), policy=policy.default) for to, text in told.items()
    }
    plain = [one.get_body(("plain",)).get_content() for one in bodies.values()]  # type: ignore[union-attr]
    assert all("A staff matter" in text for text in plain)
    letter = message_from_bytes(adviser.encode(), policy=policy.default)
    assert "A staff matter" not in letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "A staff matter" not in str(event_in(letter)[1])


def test_calendars_change_the_event_and_take_it_out_again(made: Council, meeting: Meeting) -> None:
    """RFC 5546: one UID, a SEQUENCE that only grows, REQUEST, REQUEST, CANCEL."""
    secretary = made.secretary.actor
    invite(secretary, meeting)
    change_meeting(secretary, meeting, {"starts": time(11, 0)})
    invite(secretary, Meeting.objects.get(pk=meeting.pk))
    deliver(HOUR)
    cancel_meeting(secretary, Meeting.objects.get(pk=meeting.pk), reason="no quorum")
    invite_when_due(HOUR + LATER)
    # Each round was sent before the next thing happened; the first is older than the change.
    told = [event_in(letter) for number in (2, 3) for letter in letters(HOUR + LATER, number)[:1]]
    assert [method for method, _event in told] == ["REQUEST", "CANCEL"]
    changed, off = (event for _method, event in told)
    assert changed["UID"] == off["UID"] == str(meeting.pk)
    assert 0 < int(changed["SEQUENCE"]) < int(off["SEQUENCE"])
    assert changed.decoded("DTSTART") == BEGINS + timedelta(hours=1)
    assert (str(changed["STATUS"]), str(off["STATUS"])) == ("CONFIRMED", "CANCELLED")
    assert str(changed["ATTENDEE"]).startswith("mailto:")
    assert str(changed["ORGANIZER"]).startswith("mailto:")


def test_every_try_is_the_same_bytes(made: Council, meeting: Meeting) -> None:
    invite(made.secretary.actor, meeting)
    deliver(HOUR)
    row = Notice.objects.filter(kind="councils.invited").exclude(files=[]).first()
    assert row is not None
    again = Notice.objects.get(pk=row.pk)
    assert message_of(row).as_email().as_bytes() == message_of(again).as_email().as_bytes()


def test_the_page_says_when_they_went_out(client: Client, made: Council, meeting: Meeting) -> None:
    sign_in(client, made.secretary.user)
    page = reverse("councils:meeting", args=[meeting.pk])
    assert "go out by themselves on" in client.get(page).content.decode()
    address = reverse("councils:invite", args=[meeting.pk])
    assert "4 people are told" in client.get(address).content.decode()
    client.post(address)
    assert "went out on" in client.get(page).content.decode()
    assert len(rounds(meeting)) == 1


# --- who is told, and who is not -----------------------------------------------------------------


def plain(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_who_may_not_see_an_item_is_not_told_that_the_agenda_changed(
    made: Council, meeting: Meeting
) -> None:
    secretary = made.secretary.actor
    add_item(secretary, meeting, {"text": {"en": "The budget"}})
    secret: Any = {"text": {"en": "A dismissal"}, "confidentiality": "named"}
    item = add_item(secretary, meeting, secret)
    invite(secretary, Meeting.objects.get(pk=meeting.pk))
    change_item(secretary, item, {"text": {"en": "Two dismissals"}})
    invite(secretary, Meeting.objects.get(pk=meeting.pk))
    runs = {made.secretary.user.login, made.chair.user.login}
    assert {letter["To"] for letter in letters(HOUR, 2)} == runs
    remove_item(secretary, item)
    invite(secretary, Meeting.objects.get(pk=meeting.pk))
    assert {letter["To"] for letter in letters(HOUR, 3)} == runs
    add_item(secretary, meeting, {"text": {"en": "Roads"}})
    change_meeting(secretary, meeting, {"place": {"en": "Hall 2"}})
    invite(secretary, Meeting.objects.get(pk=meeting.pk))
    found = letters(HOUR, 4)
    assert len(found) == 4
    assert all("the place, the agenda" in plain(letter) for letter in found)


def test_what_changes_for_a_reader_alone_is_told_to_that_reader(
    made: Council, meeting: Meeting
) -> None:
    secretary = made.secretary.actor
    add_item(secretary, meeting, {"text": {"en": "For the body"}, "confidentiality": "body"})
    invite(secretary, Meeting.objects.get(pk=meeting.pk))
    item = AgendaItem.objects.get()
    change_item(secretary, item, {"text": {"en": "For the body, again"}})
    change_meeting(secretary, meeting, {"starts": time(11, 0)})
    invite(secretary, Meeting.objects.get(pk=meeting.pk))
    told = {letter["To"]: plain(letter) for letter in letters(HOUR, 2)}
    adviser = told.pop(made.adviser.user.login)
    assert "Changed since the last invitation: the beginning." in adviser
    assert all("the beginning, the agenda" in text for text in told.values())


def test_a_guest_who_is_invited_later_gets_a_plain_invitation(
    made: Council, meeting: Meeting, time_machine: Any
) -> None:
    add_item(made.secretary.actor, meeting, {"text": {"en": "The budget"}})
    invite_when_due(HOUR)
    item, guest = AgendaItem.objects.get(), made.body.memberships.get(role="guest")
    time_machine.move_to(HOUR + timedelta(hours=1), tick=False)
    change_item(made.secretary.actor, item, {"guest_ids": [guest.pk]})
    invite_when_due(HOUR + timedelta(hours=1) + LATER)
    (letter,) = letters(HOUR + timedelta(hours=2), 2)
    assert letter["To"] == made.guest.user.login
    assert letter["Subject"].startswith("Invitation: ")
    assert rounds(meeting) == [(1, "REQUEST"), (2, "REQUEST")]
    invite_when_due(HOUR + timedelta(hours=3))
    assert len(rounds(meeting)) == 2


def test_papers_and_times_make_no_new_round_and_papers_are_linked(
    made: Council, meeting: Meeting
) -> None:
    secretary = made.secretary.actor
    item = add_item(secretary, meeting, {"text": {"en": "The budget"}})
    (paper,) = add_papers(secretary, item, [proof("plan.txt")])
    invite(secretary, Meeting.objects.get(pk=meeting.pk))
    letter = letters(HOUR)[0]
    assert "plan.txt" in plain(letter)
    assert reverse("councils:paper", args=[paper.pk]) in plain(letter)
    add_papers(secretary, item, [proof("more.txt", "More.")])
    change_item(secretary, item, {"minutes_planned": 20})
    with pytest.raises(Refused, match="told of this already"):
        invite(secretary, Meeting.objects.get(pk=meeting.pk))


def test_the_page_says_whom_to_phone(client: Client, made: Council, meeting: Meeting) -> None:
    made.chair.person.user = None
    made.chair.person.save()
    User.objects.filter(pk=made.member.user.pk).update(login="+989121234567")
    made.adviser.holding.delete()
    MembershipFactory.create(
        body=made.body, post=None, role="member", seat={"en": "The people's delegate"}
    )
    sign_in(client, made.secretary.user)
    text = client.get(reverse("councils:invite", args=[meeting.pk])).content.decode()
    for words in ("4 of those asked", "has no account", "has no e-mail address", "nobody holds"):
        assert words in text
    assert "The people&#x27;s delegate" in text


def test_a_day_moved_far_is_told_at_once(made: Council, meeting: Meeting) -> None:
    invite_when_due(HOUR)
    later = {"date": DAY + timedelta(days=40)}
    change_meeting(made.secretary.actor, meeting, {"date": on(later["date"])})
    invite_when_due(HOUR + LATER)
    assert rounds(meeting) == [(1, "REQUEST"), (2, "REQUEST")]


def test_calling_off_is_told_at_any_distance(
    made: Council, meeting: Meeting, time_machine: Any
) -> None:
    time_machine.move_to(HOUR - timedelta(days=20), tick=False)
    invite(made.secretary.actor, meeting)
    cancel_meeting(made.secretary.actor, meeting, reason="The hall is closed.")
    invite_when_due(HOUR - timedelta(days=20) + LATER)
    assert rounds(meeting) == [(1, "REQUEST"), (2, "CANCEL")]


def test_who_joins_the_body_later_is_invited_alone(made: Council, meeting: Meeting) -> None:
    invite_when_due(HOUR)
    joined = staff(made.body.unit)
    seat(made.body, joined, "member")
    its_own = timedelta(minutes=meeting.pk.int % 60)  # of the hour: not all in one minute
    invite_when_due(HOUR.replace(minute=0) + timedelta(hours=1) + its_own)
    assert rounds(meeting) == [(1, "REQUEST"), (2, "REQUEST")]
    second = Notice.objects.filter(kind="councils.invited", data__number=2)
    assert [notice.user_id for notice in second] == [joined.user.pk]


def test_nobody_is_told_of_what_is_written_in_the_room(made: Council, meeting: Meeting) -> None:
    invite_when_due(HOUR)
    Meeting.objects.filter(pk=meeting.pk).update(opened_at=BEGINS)
    add_item(made.secretary.actor, meeting, {"text": {"en": "Any other business"}})
    invite_when_due(BEGINS + LATER)
    assert len(rounds(meeting)) == 1
    meeting.refresh_from_db()
    with pytest.raises(Refused, match="has begun"):
        invite(made.secretary.actor, meeting)
