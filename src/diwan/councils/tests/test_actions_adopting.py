"""When a resolution may be adopted, from when it binds, and what of a meeting is frozen."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import translation

from diwan.councils.actions.agenda import (
    add_item,
    change_item,
    move_item,
    order_items,
    remove_item,
)
from diwan.councils.actions.attending import close_meeting, leave, mark, mark_many, take_attendance
from diwan.councils.actions.fields import ResolutionFields
from diwan.councils.actions.items import close_item, open_item, recuse
from diwan.councils.actions.meetings import cancel_meeting, change_meeting, hold_meeting
from diwan.councils.actions.minutes import seal_minutes
from diwan.councils.actions.papers import add_papers
from diwan.councils.actions.resolutions import (
    adopt_resolution,
    change_draft,
    correct_resolution,
    draft_resolution,
    remove_draft,
)
from diwan.councils.actions.statements import add_statement
from diwan.councils.actions.voting import Count, cast, close_vote, open_vote
from diwan.councils.models import (
    AgendaItem,
    Attendance,
    Bylaws,
    Meeting,
    MinutesVersion,
    Resolution,
)
from diwan.councils.queries.minutes_content import content_of
from diwan.kernel.calendars import PartialDate
from diwan.kernel.errors import Refused

from .conduct import OPENED, Session, session
from .factories import AgendaItemFactory, MeetingFactory, ResolutionFactory, council

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def draft(room: Session, **more: object) -> Resolution:
    return ResolutionFactory.create(meeting=room.meeting, state="draft", **more)


def test_without_quorum_nothing_is_adopted_and_the_reason_names_the_numbers() -> None:
    room = session()
    room.come(*room.members[:2])
    row = draft(room)
    with pytest.raises(Refused, match=r"Quorum is 3 of 5 seats; 2 were in the room\. A resolution"):
        adopt_resolution(room.at(5), row)
    with translation.override("fa"), pytest.raises(Refused, match="۳ کرسی از ۵ کرسی"):
        adopt_resolution(room.at(5), row)
    row.refresh_from_db()
    assert (row.state, row.number) == ("draft", "")
    room.come(room.members[2])
    adopted = adopt_resolution(room.at(6), row)  # while the meeting is open
    assert adopted.number
    assert adopted.binding_date is None


def test_the_quorum_is_that_of_the_moment() -> None:
    room = session()
    room.come(*room.members[:3])
    item = open_item(room.at(1), AgendaItemFactory.create(meeting=room.meeting))
    within, after = draft(room, item=item), draft(room)
    item = close_item(room.at(5), item)
    leave(room.at(8), room.row(room.members[0]))
    close_meeting(room.at(9), room.meeting)
    assert adopt_resolution(room.at(20), within).state == "adopted"
    with pytest.raises(Refused, match="2 were in the room"):
        adopt_resolution(room.at(20), after)


def test_who_stepped_out_lowers_the_quorum_of_what_is_taken_under_the_item() -> None:
    room = session()
    room.come(*room.members[:2])
    item = AgendaItemFactory.create(meeting=room.meeting)
    row = draft_resolution(
        room.at(1),
        room.meeting,
        {"text": {"en": "Buy it."}, "kind": "resolved", "item_id": item.pk},
    )
    for who in room.members[2:]:
        recuse(room.at(1), item, room.row(who), reason="An interest of their own.")
    assert adopt_resolution(room.at(2), row).state == "adopted"
    elsewhere = AgendaItemFactory.create()
    with pytest.raises(Refused, match="another meeting"):
        change_draft(room.at(3), draft(room), {"item_id": elsewhere.pk})


def test_a_vote_decides_whatever_happens_in_the_room_afterwards() -> None:
    room = session()
    room.come(*room.members)
    carried, failed = draft(room), draft(room)
    for row, count in ((carried, Count(3, 1)), (failed, Count(1, 3))):
        vote = open_vote(room.at(1), room.meeting, {"method": "secret", "resolution_id": row.pk})
        with pytest.raises(Refused, match="still being voted on"):
            adopt_resolution(room.at(1), row)
        close_vote(room.at(2), vote, count)
    for who in room.members:
        leave(room.at(3), room.row(who))
    Bylaws.objects.create(body=room.council.body, quorum="number", quorum_number=5)
    assert adopt_resolution(room.at(4), carried).state == "adopted"
    with pytest.raises(Refused, match="1 in favour, and 3 were needed"):
        adopt_resolution(room.at(4), failed)
    with pytest.raises(Refused, match="put to the vote"):
        remove_draft(room.at(4), failed)


def test_what_was_put_to_the_vote_stays_as_it_was_put() -> None:
    room = session()
    room.come(*room.members)
    row = draft(room, text={"en": "Pay ten."})
    vote = open_vote(room.at(1), room.meeting, {"method": "secret", "resolution_id": row.pk})
    item = AgendaItemFactory.create(meeting=room.meeting)
    others: list[ResolutionFields] = [
        {"text": {"en": "Pay a million."}},
        {"kind": "announced"},
        {"item_id": item.pk},
    ]

    def none_is_taken() -> None:
        for fields in others:
            with pytest.raises(Refused, match="put to the vote as it stands"):
                change_draft(room.at(2), row, fields)
            with pytest.raises(Refused, match="put to the vote as it stands"):
                correct_resolution(room.at(2), row, fields, reason="Misheard.")

    none_is_taken()
    close_vote(room.at(2), vote, Count(4, 0))
    none_is_taken()
    same: ResolutionFields = {"text": {"en": "Pay ten."}, "kind": "resolved", "item_id": None}
    change_draft(room.at(3), row, {**same, "confidentiality": "public"})
    adopted = adopt_resolution(room.at(4), row)
    assert (adopted.text, adopted.confidentiality) == ({"en": "Pay ten."}, "public")
    with pytest.raises(Refused, match="under its item"):
        correct_resolution(room.at(5), adopted, {"item_id": item.pk}, reason="Misheard.")


def test_bylaws_may_demand_a_vote_and_give_days_to_object() -> None:
    room = session()
    room.come(*room.members)
    Bylaws.objects.create(body=room.council.body, vote_needed=True, objection_days=14)
    row, told = draft(room), draft(room, kind="announced")
    with pytest.raises(Refused, match="nothing without a vote"):
        adopt_resolution(room.at(1), row)
    adopt_resolution(room.at(1), told)
    vote = open_vote(room.at(1), room.meeting, {"method": "roll_call", "resolution_id": row.pk})
    cast(room.at(2), vote, {room.row(who).pk: "for" for who in room.members})
    close_vote(room.at(2), vote)
    adopted = adopt_resolution(room.at(3), row)
    assert adopted.binding_date == OPENED.date() + timedelta(days=14)


def test_meetings_on_paper_are_adopted_as_before_unless_bylaws_demand_more() -> None:
    made = council()
    actor = made.secretary.actor

    def one(**more: object) -> Resolution:
        meeting = MeetingFactory.create(body=made.body, **more)
        return ResolutionFactory.create(meeting=meeting, state="draft")

    adopt_resolution(actor, one())
    Bylaws.objects.create(body=made.body)
    adopt_resolution(actor, one(imported=True))
    row = one()
    with pytest.raises(Refused, match="nobody has written down who was there"):
        adopt_resolution(actor, row)
    seats = take_attendance(actor, row.meeting)
    mark_many(actor, row.meeting, {seats[0].pk: "present"})
    with pytest.raises(Refused, match="Quorum is 2 of 3 seats; 1 were"):
        adopt_resolution(actor, row)
    mark_many(actor, row.meeting, {seats[1].pk: "present"})
    adopt_resolution(actor, row)


def test_where_nobody_came_nothing_was_resolved() -> None:
    made = council()
    row = ResolutionFactory.create(
        meeting=MeetingFactory.create(body=made.body, imported=False), state="draft"
    )
    seats = take_attendance(made.secretary.actor, row.meeting)
    mark_many(made.secretary.actor, row.meeting, {seat.pk: "absent" for seat in seats})
    with pytest.raises(Refused, match="0 were in the room"):
        adopt_resolution(made.secretary.actor, row)


def test_the_room_it_was_adopted_in_is_written_with_it_and_stands_in_the_minutes() -> None:
    room = session()
    room.come(*room.members)
    item = open_item(room.at(1), AgendaItemFactory.create(meeting=room.meeting))
    recuse(room.at(1), item, room.row(room.members[3]), reason="An interest of their own.")
    adopted = adopt_resolution(room.at(2), draft(room, item=item))
    for who in room.members[:2]:
        leave(room.at(3), room.row(who))
    close_meeting(room.at(5), room.meeting)  # ends the item, too
    stood = (adopted.seats, adopted.present, adopted.recused, adopted.needed)
    assert stood == (5, 3, 1, 3)
    written = content_of(room.meeting)["items"][0]["quorum"]
    assert written == {"seats": 5, "present": 3, "recused": 1, "needed": 3}
    # What was counted stands; that fewer came is not sealed beside it.
    mark(room.at(6), room.row(room.members[2]), "absent")
    rest = Attendance.objects.filter(meeting=room.meeting, status="expected")
    mark_many(room.at(6), room.meeting, dict.fromkeys(rest.values_list("pk", flat=True), "absent"))
    with pytest.raises(Refused, match="with 3 in the room who may vote, but only 2 are marked"):
        seal_minutes(room.at(7), room.meeting)
    mark(room.at(8), room.row(room.members[2]), "present")
    seal_minutes(room.at(9), room.meeting)


def test_a_vote_of_more_than_came_is_not_sealed() -> None:
    room = session()
    room.come(*room.members)
    row = draft(room)
    vote = open_vote(room.at(1), room.meeting, {"method": "secret", "resolution_id": row.pk})
    close_vote(room.at(2), vote, Count(4, 0))
    assert adopt_resolution(room.at(3), row).present == 4
    close_meeting(room.at(4), room.meeting)
    rest = Attendance.objects.filter(meeting=room.meeting).exclude(post=room.members[0].post)
    mark_many(room.at(5), room.meeting, dict.fromkeys(rest.values_list("pk", flat=True), "absent"))
    with pytest.raises(Refused, match="with 4 in the room who may vote, but only 1 are marked"):
        seal_minutes(room.at(6), room.meeting)


def test_what_was_only_announced_becomes_no_decision_by_a_correction() -> None:
    room = session()
    room.come(*room.members)
    Bylaws.objects.create(body=room.council.body, vote_needed=True)
    told = adopt_resolution(room.at(1), draft(room, kind="announced"))
    with pytest.raises(Refused, match="nothing without a vote"):
        correct_resolution(room.at(2), told, {"kind": "resolved"}, reason="Misheard.")
    fields: ResolutionFields = {"kind": "announced", "text": {"en": "It was said."}}
    assert correct_resolution(room.at(2), told, fields, reason="Misheard.").text["en"]


def test_an_agenda_is_not_changed_after_the_meeting() -> None:
    room = session()
    item = add_item(room.at(1), room.meeting, {"text": {"en": "An urgent one"}})
    other = add_item(room.at(1), room.meeting, {"text": {"en": "Another"}})
    close_meeting(room.at(5), room.meeting)
    before = list(AgendaItem.objects.values_list("pk", "position", "text"))
    for change in (
        lambda: add_item(room.at(6), room.meeting, {"text": {"en": "Late"}}),
        lambda: change_item(room.at(6), item, {"text": {"en": "Otherwise"}}),
        lambda: order_items(room.at(6), room.meeting, [other.pk, item.pk]),
        lambda: move_item(room.at(6), other, by=-1),
        lambda: remove_item(room.at(6), item),
    ):
        with pytest.raises(Refused, match="its agenda is what it dealt with"):
            change()
    assert list(AgendaItem.objects.values_list("pk", "position", "text")) == before
    # What was said and decided is still written until the seal.
    fields = {"text": {"en": "Said so."}, "speaker_id": room.members[0].post.pk}
    add_statement(room.at(6), room.meeting, fields)  # type: ignore[arg-type] # built by name


def test_a_correction_of_signed_minutes_mends_the_agendas_words_alone() -> None:
    room = session()
    item = add_item(room.at(1), room.meeting, {"text": {"en": "An urgent one"}})
    other = add_item(room.at(1), room.meeting, {"text": {"en": "Another"}})
    close_meeting(room.at(5), room.meeting)
    before = list(AgendaItem.objects.values_list("pk", "position", "text"))
    MinutesVersion.objects.create(
        meeting=room.meeting,
        number=1,
        language="fa",
        content={},
        sha256="",
        code="c",
        sealed_at=OPENED,
        state="signed",
        reopened_at=OPENED,
        reopened_reason="A wrong word.",
    )
    for change in (
        lambda: add_item(room.at(7), room.meeting, {"text": {"en": "Late"}}),
        lambda: change_item(room.at(7), item, {"minutes_planned": 5}),
        lambda: move_item(room.at(7), other, by=-1),
        lambda: remove_item(room.at(7), item),
        lambda: add_papers(room.at(7), item, []),
    ):
        with pytest.raises(Refused, match="its agenda is what it dealt with"):
            change()
    assert list(AgendaItem.objects.values_list("pk", "position", "text")) == before
    item.refresh_from_db()
    assert change_item(room.at(7), item, {"text": {"en": "Otherwise"}}).text == {"en": "Otherwise"}


def test_a_recorded_meeting_is_mended_until_its_minutes_are_sealed() -> None:
    made = council()
    meeting = MeetingFactory.create(body=made.body, imported=True)
    item = add_item(made.secretary.actor, meeting, {"text": {"en": "Forgotten"}})
    MinutesVersion.objects.create(
        meeting=meeting, number=1, language="fa", content={}, sha256="", code="c", sealed_at=OPENED
    )
    with pytest.raises(Refused, match="sealed and wait"):
        change_item(made.secretary.actor, item, {"text": {"en": "Otherwise"}})


def test_an_item_that_was_decided_stays() -> None:
    room = session()
    room.come(*room.members)
    voted, left = (AgendaItemFactory.create(meeting=room.meeting) for _ in range(2))
    open_vote(room.at(1), room.meeting, {"method": "roll_call", "item_id": voted.pk})
    recuse(room.at(1), left, room.row(room.members[0]), reason="An interest of their own.")
    for item, why in ((voted, "put to the vote and stays"), (left, "has stepped out")):
        with pytest.raises(Refused, match=why):
            remove_item(room.at(2), item)


def test_an_open_meeting_is_no_plan_any_more() -> None:
    room = session()
    actor = room.at(1)
    for step in (
        lambda: change_meeting(actor, room.meeting, {"number": 4}),
        lambda: cancel_meeting(actor, room.meeting, reason="Rain."),
        lambda: hold_meeting(actor, room.meeting, date=PartialDate(date(2026, 11, 22))),
    ):
        with pytest.raises(Refused, match="open in the room"):
            step()
    room.meeting.refresh_from_db()
    assert room.meeting.state == Meeting.State.PLANNED
