"""Who was there: opening, attendance, coming and going, closing, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
from django.utils import timezone

from diwan.councils.actions.attending import (
    add_guest,
    close_meeting,
    come_back,
    leave,
    mark,
    mark_many,
    open_meeting,
    remove_guest,
    take_attendance,
)
from diwan.councils.actions.items import close_item, open_item, recuse, take_back_recusal
from diwan.councils.actions.meetings import plan_meeting, record_meeting
from diwan.councils.constants import MEETING
from diwan.councils.models import Attendance, Bylaws, Meeting, Membership, MinutesVersion, Presence
from diwan.councils.queries.attendance import in_room, seats_for, standing_of
from diwan.directory.tests.factories import PostFactory, PostPatternFactory, staff
from diwan.kernel import audit
from diwan.kernel.errors import Forbidden, NotFound, Refused
from diwan.kernel.exchange import Ref
from diwan.kernel.models import AuditEntry, PersonalValue

from .conduct import OPENED, Session, session
from .factories import AgendaItemFactory, MeetingFactory, MembershipFactory, council, on, seat

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def sealed(meeting: Meeting) -> None:
    MinutesVersion.objects.create(
        meeting=meeting, number=1, language="fa", content={}, sha256="", code="c", sealed_at=OPENED
    )


def test_a_seat_stands_once_by_its_higher_role_and_a_vacant_one_stands_too() -> None:
    made = council()
    pattern = PostPatternFactory.create(register=made.body.register)
    vacant = PostFactory.create(unit=made.body.unit, pattern=pattern)
    seat(made.body, made.chair, "member")
    MembershipFactory.create(body=made.body, post=None, post_pattern=pattern)
    MembershipFactory.create(body=made.body, post=None, seat={"en": "The mayor"})
    MembershipFactory.create(body=made.body, until=date(2026, 1, 1))
    meeting = MeetingFactory.create(body=made.body, date=OPENED.date())

    drafts = seats_for(meeting)

    assert [(d.role, d.votes) for d in drafts] == [
        ("chair", True), ("secretary", True), *[("member", True)] * 3, ("adviser", False),
    ]  # fmt: skip
    assert drafts[0].person_id == made.chair.person.pk
    assert {d.seat for d in drafts} >= {vacant.pk}
    assert next(d for d in drafts if d.post_id == vacant.pk).name == {}
    named = next(d for d in drafts if d.name == {"en": "The mayor"})
    assert named.seat == named.lineage


def test_opening_takes_attendance_once_and_closing_writes_the_hours() -> None:
    room = session()
    assert Attendance.objects.filter(meeting=room.meeting, votes=True).count() == 5
    assert take_attendance(room.at(), room.meeting) == []
    item = open_item(room.at(1), AgendaItemFactory.create(meeting=room.meeting))
    after = open_item(room.at(5), AgendaItemFactory.create(meeting=room.meeting))
    item.refresh_from_db()
    assert item.closed_at == room.at(5).at
    close_meeting(room.at(20), room.meeting)
    room.meeting.refresh_from_db()
    after.refresh_from_db()
    assert (room.meeting.state, room.meeting.starts, room.meeting.ends) == (
        Meeting.State.HELD, time(10, 0), time(10, 20),
    )  # fmt: skip
    assert after.closed_at == room.meeting.closed_at == room.at(20).at
    verbs = {entry.verb for entry in audit.trail(Ref(MEETING, room.meeting.pk))}
    assert verbs == {"open", "open_item", "close"}
    with pytest.raises(Refused, match="already been closed"):
        close_meeting(room.at(21), room.meeting)


def test_who_is_in_the_room_is_known_for_each_minute() -> None:
    room = session()
    chair, member, late, _absent = room.members
    room.come(chair, member)
    leave(room.at(10), room.row(member))
    leave(room.at(11), room.row(member))  # a second tap
    come_back(room.at(20), room.row(member))
    come_back(room.at(15), room.row(late))
    come_back(room.at(16), room.row(late))

    def there(minute: int) -> int:
        return standing_of(room.meeting, None, room.at(minute).at).present

    assert [there(minute) for minute in (0, 9, 10, 15, 20, 29)] == [2, 2, 1, 2, 3, 3]
    assert in_room(room.meeting, room.at(10).at) == {room.row(chair).pk}
    assert Presence.objects.filter(attendance__post=late.post).count() == 1
    # Whoever was marked absent after all was never there.
    mark(room.at(25), room.row(late), "absent", note="Only looked in.")
    assert [there(minute) for minute in (15, 20)] == [1, 2]


def test_who_is_marked_present_after_something_was_dealt_with_came_then() -> None:
    room = session()
    chair, member, late, later = room.members
    room.come(chair, member)
    item = open_item(room.at(1), AgendaItemFactory.create(meeting=room.meeting))
    close_item(room.at(5), item)
    mark_many(room.at(20), room.meeting, {room.row(late).pk: "present"})
    mark(room.at(21), room.row(later), "deputy", deputy_name={"en": "Somebody"})

    def there(minute: int) -> int:
        return standing_of(room.meeting, item, room.at(minute).at).present

    assert [there(minute) for minute in (0, 5, 20, 21)] == [2, 2, 3, 4]
    # Once it is closed, attendance is mended for the whole of it again.
    close_meeting(room.at(25), room.meeting)
    mark(room.at(26), room.row(late), "absent")
    mark(room.at(26), room.row(late), "present")
    assert there(5) == 3


def test_a_deputy_fills_a_seat_and_votes_where_the_body_says_so() -> None:
    room = session()
    chair, member, other, _ = room.members
    outside = staff(member.post.unit)
    mark(room.at(), room.row(member), "deputy", deputy_post_id=outside.post.pk)
    mark(room.at(), room.row(other), "deputy", deputy_name={"en": "Somebody"})
    assert standing_of(room.meeting, None, room.at(1).at).present == 2
    Bylaws.objects.create(body=room.council.body, deputies_vote=False)
    assert standing_of(room.meeting, None, room.at(1).at).present == 0
    assert len(in_room(room.meeting, room.at(1).at)) == 2
    for why, post in (("sits at this meeting itself", chair), ("Nobody sits in two", outside)):
        with pytest.raises(Refused, match=why):
            mark(room.at(), room.row(chair), "deputy", deputy_post_id=post.post.pk)
    with pytest.raises(Refused, match="Say which deputy"):
        mark(room.at(), room.row(chair), "deputy")
    with pytest.raises(Refused, match="Say which deputy"):
        mark_many(room.at(), room.meeting, {room.row(chair).pk: "deputy"})
    mark(room.at(), room.row(member), "present")
    assert room.row(member).deputy_post is None


def test_a_recusal_lowers_seats_and_quorum_of_its_item_alone() -> None:
    room = session(6)  # seven voting seats with the secretary's
    room.come(*room.members[:3])
    item = AgendaItemFactory.create(meeting=room.meeting)
    recusals = [
        recuse(room.at(), item, room.row(who), reason="An interest of their own.")
        for who in room.members[2:6]
    ]
    whole, of_item = (standing_of(room.meeting, one, room.at(1).at) for one in (None, item))
    assert (whole.seats, whole.present, whole.needed, whole.met) == (7, 3, 4, False)
    assert (of_item.deciding, of_item.present, of_item.recused, of_item.needed) == (3, 2, 4, 2)
    assert of_item.met
    with pytest.raises(Refused, match="already stepped out"):
        recuse(room.at(), item, room.row(room.members[2]), reason="Again.")
    take_back_recusal(room.at(), recusals[0])
    assert standing_of(room.meeting, item, room.at(1).at).present == 3
    with pytest.raises(Refused, match="reason is missing"):
        recuse(room.at(), item, room.row(room.members[2]), reason=" ")
    with pytest.raises(Refused, match="not been begun"):
        close_item(room.at(), item)


def test_a_guest_is_written_down_and_has_no_vote() -> None:
    room = session()
    guest = add_guest(room.at(3), room.meeting, {"en": "A guest"})
    expert = staff(room.council.member.post.unit)
    by_post = add_guest(room.at(3), room.meeting, {}, post_id=expert.post.pk)
    assert by_post.person_id == expert.person.pk
    assert guest.pk not in in_room(room.meeting, room.at(2).at)
    assert {guest.pk, by_post.pk} <= in_room(room.meeting, room.at(3).at)
    assert standing_of(room.meeting, None, room.at(4).at).present == 0
    with pytest.raises(Refused, match="has a seat at this meeting"):
        add_guest(room.at(), room.meeting, {}, post_id=room.members[0].post.pk)
    with pytest.raises(Refused, match="text is missing"):
        add_guest(room.at(), room.meeting, {"en": " "})
    with pytest.raises(Refused, match="Only a guest"):
        remove_guest(room.at(), room.row(room.members[0]))
    remove_guest(room.at(), guest)
    # The name stands apart from the entries, where it can be erased.
    entry = audit.trail(Ref(MEETING, room.meeting.pk)).get(verb="remove_guest")
    assert entry.personal.filter(field="seat", value=[None, {"en": "A guest"}]).exists()


def test_a_meeting_on_paper_takes_attendance_without_an_opening() -> None:
    made = council()
    meeting = MeetingFactory.create(body=made.body)
    rows = take_attendance(made.secretary.actor, meeting)
    mark_many(made.secretary.actor, meeting, {row.pk: "present" for row in rows})
    assert standing_of(meeting, None, timezone.now()).met
    with pytest.raises(Refused, match="while the meeting is open"):
        leave(made.secretary.actor, rows[0])


OFF: list[tuple[str, Callable[[Session], object]]] = [
    ("called off", lambda room: Meeting.objects.update(state=Meeting.State.CANCELLED)),
    ("already been held", lambda room: Meeting.objects.update(state=Meeting.State.HELD)),
    ("dissolved", lambda room: type(room.council.body).objects.update(until=OPENED.date())),
    ("is planned for", lambda room: Meeting.objects.update(date=OPENED.date() + timedelta(1))),
    ("sealed and wait", lambda room: sealed(room.meeting)),
    ("are signed", lambda room: Meeting.objects.update(signed_at=OPENED)),
]


@pytest.mark.parametrize(("why", "happen"), OFF)
def test_a_meeting_that_cannot_be_opened(why: str, happen: Callable[[Session], object]) -> None:
    room = session(opened=False)
    happen(room)
    with pytest.raises(Refused, match=why):
        open_meeting(room.at(), room.meeting)
    assert not Attendance.objects.exists()


def test_what_the_minutes_say_is_marked_no_more() -> None:
    room = session()
    row = room.row(room.members[0])
    close_meeting(room.at(9), room.meeting)
    mark(room.at(10), row, "present")  # still mended before the seal
    for freeze in (sealed, lambda m: Meeting.objects.update(signed_at=OPENED)):
        freeze(room.meeting)
        for write in (
            lambda: mark(room.at(), row, "absent"),
            lambda: mark_many(room.at(), room.meeting, {row.pk: "absent"}),
            lambda: add_guest(room.at(), room.meeting, {"en": "Late"}),
            lambda: take_attendance(room.at(), room.meeting),
        ):
            with pytest.raises(Refused, match="The minutes of this meeting are"):
                write()
    assert room.row(room.members[0]).status == "present"


def test_a_dissolved_body_neither_plans_nor_records_a_meeting() -> None:
    made = council(until=date(2026, 1, 1))
    before = Meeting.objects.count()
    for make in (plan_meeting, record_meeting):
        with pytest.raises(Refused, match="dissolved"):
            make(made.chair.actor, made.body, {"date": on("2025-12-01")})
    assert Meeting.objects.count() == before


def test_only_who_runs_the_body_writes_in_its_room() -> None:
    room = session(confidentiality="body")
    row = room.row(room.members[0])
    with pytest.raises(Forbidden):
        mark(room.council.member.actor, row, "present")
    stranger = session().council.secretary.actor
    with pytest.raises(NotFound):
        close_meeting(stranger, room.meeting)
    other = session()
    with pytest.raises(NotFound):
        mark_many(room.at(), room.meeting, {other.row(other.members[0]).pk: "present"})


def test_who_left_the_body_before_the_day_is_expected_no_more() -> None:
    room = session(opened=False)
    take_attendance(room.at(), room.meeting)
    item = AgendaItemFactory.create(meeting=room.meeting)
    gone, recused = room.members[2:]
    recuse(room.at(), item, room.row(recused), reason="An interest of their own.")
    rows = Membership.objects.filter(post__in=[gone.post, recused.post])
    rows.update(until=date(2026, 11, 21), until_precision="day")
    open_meeting(room.at(), room.meeting)
    seats = Attendance.objects.filter(meeting=room.meeting, votes=True)
    # Of whom something was said stays: what it means is the secretary's to say.
    assert seats.count() == 4
    assert seats.filter(post=recused.post).exists()
    assert not seats.filter(post=gone.post).exists()


def test_the_trail_of_a_seat_says_what_stood_there_before() -> None:
    room = session()
    row, other = room.row(room.members[0]), PostFactory.create()
    mark(room.at(1), row, "deputy", deputy_post_id=other.pk, note="Comes late.")
    mark(room.at(2), row, "present", note="Came after all.")
    mark(room.at(3), row, "present")
    entries = AuditEntry.objects.filter(verb="mark").order_by("at")
    assert [one.changes.get("deputy_post") for one in entries] == [
        [None, str(other.pk)], [str(other.pk), None], None,
    ]  # fmt: skip
    notes = PersonalValue.objects.filter(field="note").order_by("entry__at")
    assert [one.value for one in notes] == [
        [None, "Comes late."], ["Comes late.", "Came after all."], ["Came after all.", None],
    ]  # fmt: skip
