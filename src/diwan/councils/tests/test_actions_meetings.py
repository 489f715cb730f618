"""What a meeting's day and record bear: dissolved bodies, open rooms, plans and frozen agendas."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from diwan.councils.actions.agenda import add_item, change_item, order_items, remove_item
from diwan.councils.actions.bodies import dissolve_body
from diwan.councils.actions.duties import assign, correct_action
from diwan.councils.actions.invitations import invite
from diwan.councils.actions.meetings import (
    change_meeting,
    correct_meeting,
    hold_meeting,
    plan_meeting,
    record_meeting,
)
from diwan.councils.actions.minutes import seal_minutes
from diwan.councils.constants import MEETING
from diwan.councils.models import Action, Body, Meeting
from diwan.councils.queries.calendar import stamps_of
from diwan.kernel import audit
from diwan.kernel.errors import Refused
from diwan.kernel.exchange import Ref

from .conduct import OPENED, session
from .conducted import conducted
from .factories import AgendaItemFactory, ResolutionFactory, council, meeting_of, on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def test_a_body_does_not_meet_after_the_day_on_which_it_ends() -> None:
    made = council()
    actor = made.secretary.actor
    today = timezone.now().date()
    late = meeting_of(made.body, state="planned", date=today - timedelta(days=1), imported=False)
    early = meeting_of(made.body, state="planned", date=today - timedelta(days=9), imported=False)
    kept = meeting_of(made.body, date=today - timedelta(days=9))
    Body.objects.update(until=today - timedelta(days=5))
    late, early, kept = (Meeting.objects.get(pk=one.pk) for one in (late, early, kept))
    for write in (
        lambda: hold_meeting(actor, late, date=on(today - timedelta(days=1))),
        lambda: change_meeting(actor, early, {"date": on(today + timedelta(days=3))}),
        lambda: correct_meeting(actor, kept, {"date": on(today)}, reason="A slip."),
        lambda: invite(actor, late),
    ):
        with pytest.raises(Refused, match="dissolved"):
            write()
    assert hold_meeting(actor, early, date=on(today - timedelta(days=9))).state == "held"
    # Also where the end is still to come.
    Body.objects.update(until=today + timedelta(days=5))
    with pytest.raises(Refused, match="dissolved"):
        plan_meeting(actor, Body.objects.get(), {"date": on(today + timedelta(days=6))})


def test_dissolving_calls_off_what_is_planned_each_with_its_own_entry() -> None:
    made = council()
    chair = made.chair.actor
    day = timezone.now().date()
    rows = [meeting_of(made.body, state="planned", date=day + timedelta(days=n)) for n in (3, 9)]
    dissolve_body(chair, made.body, on=on(day + timedelta(days=5)), reason="Its work is done.")
    before, off = (Meeting.objects.get(pk=row.pk) for row in rows)
    assert (before.state, off.state) == ("planned", "cancelled")
    entry = audit.trail(Ref(MEETING, off.pk)).get()
    assert (entry.verb, entry.reason) == ("cancel", "Its work is done.")
    assert stamps_of([off.pk])[off.pk][1] == 1  # calendars take it out


def test_a_body_is_not_dissolved_over_an_open_meeting() -> None:
    room = session()
    chair = room.council.chair.actor
    with pytest.raises(Refused, match="open in the room"):
        dissolve_body(chair, room.council.body, on=on(OPENED.date()), reason="Enough.")
    room.meeting.refresh_from_db()
    assert room.meeting.state == "planned"
    dissolve_body(
        chair, room.council.body, on=on(OPENED.date() + timedelta(days=1)), reason="After it."
    )


def test_a_record_is_corrected_when_there_is_one_and_keeps_the_day_of_its_opening() -> None:
    room = session()
    actor = room.at(5)
    plan = meeting_of(room.council.body, state="planned", date=date(2027, 1, 1))
    for meeting, why in ((room.meeting, "open in the room"), (plan, "still a plan")):
        with pytest.raises(Refused, match=why):
            correct_meeting(actor, meeting, {"date": on("2026-10-01")}, reason="A slip.")
    Meeting.objects.filter(pk=room.meeting.pk).update(state="held", closed_at=room.at(4).at)
    with pytest.raises(Refused, match="was opened in the room on"):
        correct_meeting(actor, room.meeting, {"date": on("2026-10-01")}, reason="A slip.")
    mended = correct_meeting(actor, room.meeting, {"number": 7}, reason="A slip.")
    assert (mended.number, mended.date) == (7, OPENED.date())


def test_the_agenda_of_a_plan_that_was_held_stays_as_it_was_told() -> None:
    made = council()
    actor, today = made.secretary.actor, timezone.now().date()
    plan = meeting_of(made.body, state="planned", date=today, imported=False)
    item = add_item(actor, plan, {"text": {"en": "Roads"}})
    plan = hold_meeting(actor, plan, date=on(today))
    for write in (
        lambda: add_item(actor, plan, {"text": {"en": "Bridges"}}),
        lambda: change_item(actor, item, {"text": {"en": "Bridges"}}),
        lambda: order_items(actor, plan, [item.pk], {item.pk: 20}),
        lambda: remove_item(actor, item),
    ):
        with pytest.raises(Refused, match="its agenda is what people were asked to"):
            write()
    # What was written down from paper afterwards was no plan.
    paper = record_meeting(actor, made.body, {"date": on(today)})
    mended = change_item(
        actor, add_item(actor, paper, {"text": {"en": "A"}}), {"text": {"en": "B"}}
    )
    assert mended.text == {"en": "B"}


def test_an_item_stays_under_which_something_was_adopted() -> None:
    made = council()
    item = AgendaItemFactory.create(meeting=meeting_of(made.body))
    resolution = ResolutionFactory.create(meeting=item.meeting, item=item)
    with pytest.raises(Refused, match="was adopted under this item"):
        remove_item(made.secretary.actor, item)
    resolution.refresh_from_db()
    assert resolution.item_id == item.pk


def test_an_action_that_stands_in_sealed_minutes_is_re_dated_but_not_rewritten() -> None:
    made = conducted()
    actor = made.secretary.actor
    action = Action.objects.get()
    seal_minutes(actor, made.meeting)
    with pytest.raises(Refused, match="sealed and wait for signatures"):
        correct_action(actor, action, {"text": {"en": "Other"}}, reason="A slip.")
    assert assign(actor, action, made.chair.post.pk).owner_id == made.chair.post.pk
