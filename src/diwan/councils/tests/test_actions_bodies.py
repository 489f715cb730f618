"""Founding and changing bodies, their seats and terms; meetings and what hangs on their dates."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import timezone

from diwan.accounts.public import may_invite
from diwan.accounts.tests.factories import UserFactory
from diwan.councils.actions import agenda, proposals, statements
from diwan.councils.actions.bodies import (
    change_body,
    correct_body,
    dissolve_body,
    make_body,
    oversee,
    start_term,
)
from diwan.councils.actions.fields import Somebody
from diwan.councils.actions.meetings import (
    cancel_meeting,
    change_meeting,
    correct_meeting,
    hold_meeting,
    plan_meeting,
    record_meeting,
)
from diwan.councils.actions.members import (
    add_member,
    correct_membership,
    end_membership,
    seat_user,
    unseat_user,
)
from diwan.councils.constants import BODY, MEETING, MEMBERSHIP
from diwan.councils.models import Action, AgendaItem, Body, Meeting, Membership, Oversight, Term
from diwan.councils.queries.bodies import members_of, next_meeting
from diwan.directory.models import UnitVersion
from diwan.directory.tests.factories import (
    PartnerFactory,
    PostFactory,
    UnitFactory,
    staff,
    system,
)
from diwan.kernel import audit, exchange
from diwan.kernel.calendars import Calendar, PartialDate, Precision, to_calendar
from diwan.kernel.errors import Forbidden, NotFound, Refused
from diwan.kernel.exchange import Fact, Ref
from diwan.kernel.policies import Actor

from .factories import (
    AgendaItemFactory,
    BodyFactory,
    MeetingFactory,
    MembershipFactory,
    council,
    duty,
    on,
    resolution_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def test_a_body_is_founded_with_the_countrys_calendar_and_a_code_of_its_initials() -> None:
    unit = UnitFactory.create()
    head = staff(unit, "head")
    body = make_body(
        head.actor, unit.pk, {"name": {"fa": "شورای مرکزی"}, "kind": "council", "every": "۲ ماه"}
    )
    assert (body.calendar, body.code, body.every) == ("jalali", "ش", "2 months")
    assert (body.pattern, body.reset) == ("{year}/{code}/{n}", "year")
    second = make_body(head.actor, unit.pk, {"name": {"fa": "شورای شهر"}, "kind": "council"})
    assert second.code != body.code
    entry = audit.trail(Ref(BODY, body.pk)).get()
    assert (entry.verb, entry.post_id) == ("make", head.post.pk)
    assert body.search


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": {}}, "name"),
        ({"every": "now and then"}, "every"),
        ({"every": "2 weeks", "every_on": "19"}, "every_on"),
        ({"pattern": "{n}"}, "pattern"),
        ({"pattern": "{jahr}/{n}"}, "pattern"),
        ({"code": "a/b"}, "code"),
        ({"reset": "never", "pattern": "{year}"}, "pattern"),
        ({"confidentiality": "secret"}, "confidentiality"),
    ],
)
def test_what_is_wrong_is_refused_at_its_field(fields: dict[str, object], field: str) -> None:
    made = council()
    before = Body.objects.values().get(pk=made.body.pk)
    with pytest.raises(Refused) as told:
        change_body(made.secretary.actor, made.body, fields)  # type: ignore[arg-type]
    assert told.value.field == field
    assert Body.objects.values().get(pk=made.body.pk) == before


def test_two_bodies_never_share_a_code_or_stand_below_each_other() -> None:
    made = council()
    other = BodyFactory.create(unit=made.body.unit, parent=made.body, code="Ω")
    with pytest.raises(Refused, match="Another body"):
        change_body(made.secretary.actor, made.body, {"code": "ω"})
    with pytest.raises(Refused, match="below itself"):
        change_body(made.secretary.actor, made.body, {"parent_id": other.pk})


def test_a_correction_of_a_body_needs_its_reason() -> None:
    made = council()
    with pytest.raises(Refused, match="reason"):
        correct_body(made.secretary.actor, made.body, {"kind": "team"}, reason="")
    correct_body(made.secretary.actor, made.body, {"kind": "team"}, reason="Mistyped")
    entry = audit.trail(Ref(BODY, made.body.pk)).get()
    assert (entry.verb, entry.changes["kind"]) == ("correct", ["council", "team"])
    with pytest.raises(Forbidden):
        change_body(made.member.actor, made.body, {"kind": "x"})


def test_a_dissolved_body_keeps_its_duties_and_meets_no_more() -> None:
    made = council()
    action = duty(made.body, staff(UnitFactory.create()))
    tomorrow = timezone.now().date() + timedelta(days=1)
    planned = MeetingFactory.create(body=made.body, state="planned", date=tomorrow)
    term = Term.objects.create(body=made.body, number=1)
    today = PartialDate(timezone.now().date())
    dissolve_body(made.secretary.actor, made.body, on=today, reason="The law has changed.")
    planned.refresh_from_db()
    assert planned.state == Meeting.State.CANCELLED
    assert not Membership.objects.as_of(tomorrow).filter(body=made.body).exists()
    assert Membership.objects.as_of(tomorrow - timedelta(days=2)).filter(body=made.body).exists()
    assert Term.objects.known().get(lineage=term.lineage).until == today.first_day
    action.refresh_from_db()
    assert action.state == Action.State.OPEN
    with pytest.raises(Refused, match="dissolved"):
        plan_meeting(system(), Body.objects.get(pk=made.body.pk), {"date": on(tomorrow)})


def test_terms_follow_one_another() -> None:
    made = council()
    start_term(made.secretary.actor, made.body, since=on("2020-01-01"))
    second = start_term(made.secretary.actor, made.body, since=on("2024-01-01"))
    assert second.number == 2
    assert Term.objects.as_of(date(2023, 12, 31)).get(body=made.body).number == 1
    assert Term.objects.as_of(date(2024, 1, 1)).get(body=made.body).number == 2
    with pytest.raises(Refused, match="already been"):
        start_term(made.secretary.actor, made.body, since=on("2025-01-01"), number=2)


def test_what_a_body_oversees() -> None:
    made = council()
    unit = UnitFactory.create()
    oversee(made.secretary.actor, made.body, [unit.pk])
    oversee(made.secretary.actor, made.body, [unit.pk])
    assert Oversight.objects.get(body=made.body).unit_id == unit.pk
    assert audit.trail(Ref(BODY, made.body.pk)).filter(verb="oversee").count() == 1


# --- seats -----------------------------------------------------------------------------------


def test_seats_are_given_ended_and_corrected_and_both_dates_kept() -> None:
    made = council()
    post = PostFactory.create()
    secretary = made.secretary
    first = add_member(
        secretary.actor, made.body, Somebody(post_id=post.pk), "member", since=on("2020-01-01")
    )
    item = AgendaItemFactory.create(meeting__body=made.body)
    item.guests.add(first)
    known_then = timezone.now()
    ended = end_membership(secretary.actor, first, on=on("2024-01-01"))
    assert not Membership.objects.as_of(date(2025, 1, 1)).filter(lineage=first.lineage).exists()
    # As it was known then, it had not ended.
    then = Membership.objects.as_of(date(2025, 1, 1), known_at=known_then)
    assert then.filter(lineage=first.lineage).exists()
    mended = correct_membership(
        secretary.actor, ended, {"role": "treasurer", "until": on("2024-06-01")}, reason="Wrong"
    )
    assert (mended.role, mended.until) == ("treasurer", date(2024, 6, 1))
    old = Membership.objects.get(pk=ended.pk)
    assert old.superseded_reason == "Wrong"
    assert [guest.pk for guest in item.guests.all()] == [mended.pk]
    verbs = [e.verb for e in audit.trail(Ref(MEMBERSHIP, first.lineage))]
    assert verbs == ["correct", "end", "add"]


def test_a_body_has_one_chair_and_nobody_twice() -> None:
    made = council()
    with pytest.raises(Refused, match="has a chair"):
        add_member(
            made.secretary.actor, made.body, Somebody(post_id=PostFactory.create().pk), "chair"
        )
    with pytest.raises(Refused, match="has a seat"):
        add_member(
            made.secretary.actor, made.body, Somebody(post_id=made.member.post.pk), "adviser"
        )
    with pytest.raises(Refused, match="Name one member"):
        add_member(made.secretary.actor, made.body, Somebody(), "member")
    with pytest.raises(Refused, match="before the beginning"):
        add_member(
            made.secretary.actor,
            made.body,
            Somebody(seat={"fa": "استادان"}),
            "adviser",
            since=on("2024-01-01"),
            until=on("2023-01-01"),
        )


def test_a_user_acts_through_a_named_seat_by_invitation() -> None:
    made = council(confidentiality="body")
    partner = PartnerFactory.create()
    row = add_member(made.secretary.actor, made.body, Somebody(partner_id=partner.pk), "observer")
    user = UserFactory.create()
    guest = Actor.user(user.pk, "guest")
    assert may_invite(made.secretary.actor, MEMBERSHIP, row.lineage)
    assert not may_invite(made.member.actor, MEMBERSHIP, row.lineage)
    by_post = made.body.memberships.get(role="member")
    assert not may_invite(made.secretary.actor, MEMBERSHIP, by_post.lineage)
    seated = seat_user(guest, row.lineage, user.pk)
    (member,) = [
        m
        for m in members_of(made.body, timezone.now().date(), at=timezone.now())
        if m.membership.partner_id
    ]
    assert member.name == partner.name
    assert [u.user_id for u in member.users] == [user.pk]
    unseat_user(made.secretary.actor, seated)
    with pytest.raises(Refused, match="needs no invitation"):
        seat_user(guest, by_post.lineage, user.pk)


def test_members_are_shown_with_who_holds_the_post_now() -> None:
    made = council()
    day = timezone.now().date()
    found = {m.membership.role: m for m in members_of(made.body, day, at=timezone.now())}
    (card,) = found["chair"].posts
    assert [holder.person_id for holder in card.holders] == [made.chair.person.pk]


# --- meetings --------------------------------------------------------------------------------


def test_a_meeting_is_planned_changed_held_and_told() -> None:
    made = council()
    actor = made.secretary.actor
    told: list[Fact] = []
    exchange.listen("councils.meeting_held", told.append)
    with pytest.raises(Refused, match="day"):
        plan_meeting(actor, made.body, {"date": None})
    future = timezone.now().date() + timedelta(days=9)
    meeting = plan_meeting(
        actor, made.body, {"date": on(future), "starts": time(9), "ends": time(11)}
    )
    assert meeting.confidentiality == made.body.confidentiality
    with pytest.raises(Refused, match="ends before"):
        change_meeting(actor, meeting, {"ends": time(8)})
    with pytest.raises(Refused, match="still to come"):
        hold_meeting(actor, meeting, date=on(future))
    today = timezone.now().date()
    meeting = hold_meeting(actor, meeting, date=on(today), fields={"number": 4})
    assert (meeting.state, meeting.number, meeting.date) == ("held", 4, today)
    assert [fact.ref.id for fact in told] == [meeting.pk]
    with pytest.raises(Refused, match="held"):
        cancel_meeting(actor, meeting, reason="No")
    verbs = [entry.verb for entry in audit.trail(Ref(MEETING, meeting.pk))]
    assert verbs == ["hold", "plan"]


def test_a_cancelled_meeting_resolves_nothing() -> None:
    made = council()
    meeting = MeetingFactory.create(body=made.body, state="planned", date=date(2027, 1, 1))
    with pytest.raises(Refused, match="reason"):
        cancel_meeting(made.chair.actor, meeting, reason="")
    cancelled = cancel_meeting(made.chair.actor, meeting, reason="Snow")
    with pytest.raises(Refused, match="cancelled"):
        agenda.add_item(made.chair.actor, cancelled, {"text": {"en": "Roads"}})


def test_an_undated_meeting_takes_its_date_and_everything_with_it() -> None:
    made = council(unit := UnitFactory.create())
    meeting = record_meeting(made.secretary.actor, made.body, {"date": None})
    recorded = date(2026, 11, 21)
    unknown = {"since": recorded, "since_precision": "unknown", "since_event": meeting.pk}
    team = BodyFactory.create(unit=unit, **unknown)
    seat = MembershipFactory.create(body=team, **unknown)
    version = UnitVersion.objects.known().get(unit=unit)
    UnitVersion.objects.filter(pk=version.pk).update(**unknown)
    action = duty(
        made.body,
        None,
        resolution=resolution_of(made.body, meeting=meeting),
        due_after="2 months",
        state="unconfirmed",
    )
    when = PartialDate(date(2012, 3, 9), Precision.DAY, Calendar.JALALI)
    correct_meeting(made.secretary.actor, meeting, {"date": when}, reason="Found in the archive")
    team.refresh_from_db()
    assert (team.since, team.since_precision) == (when.first_day, "day")
    row = Membership.objects.known().get(lineage=seat.lineage)
    assert (row.since, row.since_event) == (when.first_day, meeting.pk)
    assert Membership.objects.get(pk=seat.pk).superseded_reason == "Found in the archive"
    told = UnitVersion.objects.known().get(unit=unit)
    assert (told.since, told.since_precision) == (when.first_day, "day")
    action.refresh_from_db()
    assert action.due == date(2012, 5, 8)
    entry = audit.trail(Ref(MEETING, meeting.pk))[0]
    assert entry.changes["follows"] == [0, 4]


def test_a_date_that_would_turn_a_period_round_is_refused_and_nothing_stored() -> None:
    made = council()
    meeting = MeetingFactory.create(body=made.body, date=None)
    seat = MembershipFactory.create(
        body=made.body,
        since=date(2020, 1, 1),
        until=date(2026, 11, 21),
        until_precision="unknown",
        until_event=meeting.pk,
    )
    with pytest.raises(Refused):
        correct_meeting(made.secretary.actor, meeting, {"date": on("2019-01-01")}, reason="x")
    assert Meeting.objects.get(pk=meeting.pk).date is None
    assert Membership.objects.known().get(lineage=seat.lineage).until == date(2026, 11, 21)


def test_the_next_meeting_is_counted_in_the_bodys_own_calendar() -> None:
    body = BodyFactory.create(every="2 months")
    at = datetime(2012, 4, 1, tzinfo=UTC)
    assert next_meeting(body, at).rule is None
    MeetingFactory.create(body=body, date=date(2012, 3, 9))
    found = next_meeting(body, at)
    assert found.rule is not None
    assert to_calendar(found.rule.rule, Calendar.JALALI) == to_calendar(
        date(2012, 5, 8), Calendar.JALALI
    )
    now = next_meeting(body, timezone.now())
    assert now.rule is not None
    assert now.rule.missed
    assert now.day is not None
    assert now.day > timezone.now().date()
    planned = MeetingFactory.create(
        body=body, state="planned", date=timezone.now().date() + timedelta(days=3)
    )
    assert next_meeting(body, timezone.now()).day == planned.date


# --- agenda and statements -------------------------------------------------------------------


def test_an_agenda_is_added_ordered_and_cut() -> None:
    made = council()
    meeting = MeetingFactory.create(body=made.body, state="planned", date=date(2027, 1, 1))
    actor = made.secretary.actor
    one = agenda.add_item(actor, meeting, {"text": {"fa": "بودجه"}})
    two = proposals.propose_item(made.member.actor, meeting, {"fa": "راه‌ها"})
    assert isinstance(two, AgendaItem)
    agenda.move_item(actor, two, by=-1)
    assert list(AgendaItem.objects.filter(meeting=meeting)) == [two, one]
    guest = made.body.memberships.get(role="guest")
    agenda.change_item(actor, one, {"guest_ids": [guest.pk]})
    member = made.body.memberships.get(role="member")
    with pytest.raises(Refused, match="guests"):
        agenda.change_item(actor, one, {"guest_ids": [member.pk]})
    with pytest.raises(Refused, match="changed meanwhile"):
        agenda.order_items(actor, meeting, [one.pk])
    agenda.remove_item(made.secretary.actor, one)
    entry = audit.trail(Ref(MEETING, meeting.pk))[0]
    assert entry.changes["text"] == [{"fa": "بودجه"}, None]
    with pytest.raises(NotFound):
        proposals.propose_item(Actor.anonymous(), meeting, {"fa": "x"})
    with pytest.raises(Forbidden):
        proposals.propose_item(made.adviser.actor, meeting, {"fa": "x"})


def test_statements_are_written_corrected_and_taken_out() -> None:
    made = council()
    meeting = MeetingFactory.create(body=made.body)
    actor = made.secretary.actor
    with pytest.raises(Refused, match="which post"):
        statements.add_statement(actor, meeting, {"text": {"en": "Roads!"}})
    said = statements.add_statement(
        actor,
        meeting,
        {
            "text": {"en": "Roads!"},
            "speaker_id": made.member.post.pk,
            "about": [Ref("directory.unit", made.body.unit_id)],
        },
    )
    statements.correct_statement(actor, said, {"text": {"en": "Rails!"}}, reason="Misheard")
    statements.remove_statement(actor, said, reason="Never said")
    verbs = [entry.verb for entry in audit.trail(Ref(MEETING, meeting.pk))]
    assert verbs == ["remove_statement", "correct_statement", "add_statement"]
