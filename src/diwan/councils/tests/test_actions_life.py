"""The life of one action, from being added to being closed, and everything in between."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connections
from django.utils import timezone, translation

from diwan.councils.actions.closing import close, drop, reopen, return_
from diwan.councils.actions.dates import answer_date, ask_date, re_date
from diwan.councils.actions.duties import add_action, assign, correct_action
from diwan.councils.actions.fields import Part
from diwan.councils.actions.passing import pass_down
from diwan.councils.actions.reassigning import reassign_duties
from diwan.councils.actions.work import attach_proof, report_done, set_progress, start
from diwan.councils.constants import ACTION, ACTION_EVENT
from diwan.councils.models import Action, DateRequest
from diwan.councils.queries.duties import action_sheet, posts_below, steps_for
from diwan.councils.rules.life import State, Verb
from diwan.directory.tests.factories import (
    PostFactory,
    RegisterFactory,
    UnitFactory,
    staff,
    system,
)
from diwan.kernel import audit, exchange, files
from diwan.kernel.calendars import Calendar, PartialDate, Precision
from diwan.kernel.errors import Conflict, Forbidden, NotFound, Refused
from diwan.kernel.exchange import Fact, Ref
from diwan.kernel.policies import Actor

from .factories import BodyFactory, Council, council, duty, meeting_of, on, proof, resolution_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def made() -> Council:
    return council()


def test_from_adding_to_closing(made: Council) -> None:
    owner = staff(UnitFactory.create(register=made.body.register))
    secretary = made.secretary.actor
    resolution = resolution_of(made.body, meeting=meeting_of(made.body, date=_today()))
    (action,) = add_action(
        secretary,
        resolution,
        {"text": {"fa": "گزارش را بفرستد"}, "owner_id": owner.post.pk, "due": on("2027-01-01")},
    )
    assert action.state == State.OPEN
    action = start(owner.actor, action, revision=1)
    action = set_progress(owner.actor, action, 40, note="Half the data is here.", revision=2)
    with pytest.raises(Refused, match="needs proof"):
        report_done(owner.actor, action, revision=3)
    action = report_done(owner.actor, action, note="Done.", proofs=[proof()], revision=3)
    assert (action.state, action.progress) == (State.DONE, 100)
    action = return_(made.chair.actor, action, reason="The second page is missing.", revision=4)
    assert (action.state, action.progress, action.done_at) == (State.DOING, 40, None)
    # The proof of this round is still there.
    action = report_done(owner.actor, action, revision=5)
    action = close(made.secretary.actor, action, revision=6)
    assert action.state == State.CLOSED
    assert action.closed_by_id == made.secretary.post.pk
    verbs = [event.verb for event in action.events.all()]
    assert verbs == ["add", "start", "progress", "report", "return", "report", "close"]
    trail = audit.trail(Ref(ACTION, action.pk))
    assert [entry.verb for entry in trail] == verbs[::-1]
    assert trail[0].post_id == made.secretary.post.pk
    event_ids = list(action.events.values_list("pk", flat=True))
    (stored,) = files.files_of(ACTION_EVENT, event_ids)
    assert stored.confidentiality == resolution.confidentiality


def _today() -> date:
    return timezone.now().date()


def test_actions_of_old_and_undated_meetings_wait_for_confirmation(made: Council) -> None:
    for day in (None, _today() - timedelta(days=120)):
        resolution = resolution_of(made.body, meeting=meeting_of(made.body, date=day))
        (action,) = add_action(made.secretary.actor, resolution, {"text": {"en": "Do it"}})
        assert action.state == State.UNCONFIRMED


def test_a_span_after_the_meeting_is_counted_in_the_bodys_calendar(made: Council) -> None:
    meeting = meeting_of(made.body, date=date(2026, 10, 23))  # 1 Aban 1405
    resolution = resolution_of(made.body, meeting=meeting)
    (action,) = add_action(
        made.secretary.actor, resolution, {"text": {"en": "Do it"}, "due_after": "2 months"}
    )
    assert action.due == date(2026, 12, 22)  # 1 Dey 1405
    with pytest.raises(Refused, match="not both"):
        add_action(
            made.secretary.actor,
            resolution,
            {"text": {"en": "x"}, "due_after": "2 months", "due": on("2027-01-01")},
        )


def test_a_month_is_due_until_its_last_day(made: Council) -> None:
    resolution = resolution_of(made.body)
    month = PartialDate(date(2027, 3, 25), Precision.MONTH, Calendar.JALALI)
    (action,) = add_action(
        made.secretary.actor, resolution, {"text": {"en": "Do it"}, "due": month}
    )
    assert action.due == date(2027, 4, 20)  # 31 Farvardin 1406
    assert action.due_precision == "month"


def test_a_draft_owes_nothing_yet(made: Council) -> None:
    draft = resolution_of(made.body, state="draft")
    with pytest.raises(Refused, match="Adopt"):
        add_action(made.secretary.actor, draft, {"text": {"en": "Do it"}})


def test_two_writers_the_second_is_told_what_the_first_did(made: Council) -> None:
    owner = staff(UnitFactory.create())
    action = duty(made.body, owner)
    start(owner.actor, action, revision=1)
    with pytest.raises(Conflict) as told:
        re_date(made.secretary.actor, action, on("2027-05-05"), reason="Ramadan", revision=1)
    assert "started the work" in str(told.value)
    action.refresh_from_db()
    assert (action.revision, action.due) == (2, None)


def test_a_step_that_does_not_follow_is_refused_with_what_would_be_right(made: Council) -> None:
    action = duty(made.body, staff(UnitFactory.create()))
    with pytest.raises(Refused) as told:
        close(made.secretary.actor, action)
    assert "open" in str(told.value)
    assert "reported done" in str(told.value)


def test_unowned_actions_cannot_be_started_and_are_assigned(made: Council) -> None:
    owner = staff(UnitFactory.create(register=made.body.register))
    action = duty(made.body, None)
    assert Verb.ASSIGN in steps_for(made.secretary.actor, action)
    with pytest.raises(NotFound):
        start(
            staff(
                UnitFactory.create(register=RegisterFactory.create(country="EG", language="ar"))
            ).actor,
            action,
        )
    assign(made.secretary.actor, action, owner.post.pk)
    assert start(owner.actor, action).state == State.DOING
    with pytest.raises(Refused, match="already"):
        assign(made.secretary.actor, action, owner.post.pk)


def test_dates_are_asked_granted_refused_and_kept(made: Council) -> None:
    owner = staff(UnitFactory.create())
    action = duty(made.body, owner, due=date(2026, 12, 1))
    with pytest.raises(Refused, match="past"):
        ask_date(owner.actor, action, on("2020-01-01"), reason="Late")
    with pytest.raises(Refused, match="reason"):
        ask_date(owner.actor, action, on("2027-01-01"), reason=" ")
    request = ask_date(owner.actor, action, on("2027-01-01"), reason="The data came late.")
    with pytest.raises(Refused, match="waiting"):
        ask_date(owner.actor, action, on("2027-02-01"), reason="Again")
    with pytest.raises(Forbidden):
        answer_date(owner.actor, request, grant=True)
    with pytest.raises(Refused, match="reason"):
        answer_date(made.secretary.actor, request, grant=False)
    answer_date(made.secretary.actor, request, grant=False, note="It is urgent.")
    second = ask_date(owner.actor, action, on("2027-02-01"), reason="Please")
    answer_date(made.chair.actor, second, grant=True)
    action.refresh_from_db()
    assert action.due == date(2027, 2, 1)
    re_date(made.secretary.actor, action, on("2027-03-01"), reason="The council moved it.")
    kept = [(r.from_due, r.to_due, r.state) for r in action.date_requests.all()]
    assert kept == [
        (date(2026, 12, 1), date(2027, 1, 1), "refused"),
        (date(2026, 12, 1), date(2027, 2, 1), "granted"),
        (date(2027, 2, 1), date(2027, 3, 1), "granted"),
    ]
    sheet = action_sheet(made.secretary.actor, action.pk)
    assert sheet.redated == 2
    assert sheet.waiting_request is None


def test_a_secretarys_own_date_answers_the_request_that_waits(made: Council) -> None:
    owner = staff(UnitFactory.create())
    action = duty(made.body, owner)
    ask_date(owner.actor, action, on("2027-01-01"), reason="Late")
    same = re_date(made.secretary.actor, action, on("2027-01-01"), reason="Granted")
    assert same.state == DateRequest.State.GRANTED
    assert action.date_requests.count() == 1


def test_closing_and_dropping_settle_a_waiting_request(made: Council) -> None:
    owner = staff(UnitFactory.create())
    action = duty(made.body, owner)
    ask_date(owner.actor, action, on("2027-01-01"), reason="Late")
    with pytest.raises(Refused, match="reason"):
        drop(made.secretary.actor, action, reason="")
    dropped = drop(made.secretary.actor, action, reason="The law has changed.")
    assert dropped.state == State.DROPPED
    assert action.date_requests.get().state == DateRequest.State.REFUSED


def test_reopening_begins_a_round_and_keeps_the_earlier_one(made: Council) -> None:
    owner = staff(UnitFactory.create())
    action = duty(made.body, owner, due=date(2026, 12, 1))
    action = start(owner.actor, action)
    report_done(owner.actor, action, proofs=[proof()])
    close(made.secretary.actor, action)
    again = reopen(made.secretary.actor, action, reason="It broke.", due=on("2027-06-01"))
    assert (again.state, again.round, again.progress) == (State.OPEN, 2, 0)
    (earlier,) = again.rounds.all()
    assert (earlier.state, earlier.progress, earlier.due) == ("closed", 100, date(2026, 12, 1))
    start(owner.actor, again)
    # The proof of the round before is no proof of this one.
    with pytest.raises(Refused, match="needs proof"):
        report_done(owner.actor, again)
    attach_proof(owner.actor, again, [proof("again.txt")])
    assert report_done(owner.actor, again).state == State.DONE


def test_passing_down_and_following_the_parts(made: Council) -> None:
    unit = UnitFactory.create(register=made.body.register)
    below = UnitFactory.create(parent=unit)
    head = staff(unit, "head")
    north, south = staff(below), staff(below)
    outside = staff(UnitFactory.create(register=made.body.register))
    action = duty(made.body, head, due=date(2027, 1, 1))
    assert {card.post_id for card in posts_below(action, timezone.now())} == {
        north.post.pk,
        south.post.pk,
    }
    with pytest.raises(Refused, match="units below"):
        pass_down(head.actor, action, [Part(outside.post.pk)])
    with pytest.raises(Refused, match="later than the whole"):
        pass_down(head.actor, action, [Part(north.post.pk, due=on("2027-01-02"))])
    one, two = pass_down(head.actor, action, [Part(north.post.pk), Part(south.post.pk)])
    action.refresh_from_db()
    assert action.state == State.DOING
    assert [one.key, two.key] == [f"{action.key}--1", f"{action.key}--2"]
    assert one.due == action.due
    start(north.actor, one)
    set_progress(north.actor, one, 50)
    action.refresh_from_db()
    assert action.progress == 25
    with pytest.raises(Refused, match="still open"):
        report_done(head.actor, action, proofs=[proof()])
    with pytest.raises(Refused, match="follows its parts"):
        set_progress(head.actor, action, 90)
    with pytest.raises(Refused, match="still open"):
        drop(made.secretary.actor, action, reason="No")
    report_done(north.actor, one, proofs=[proof()])
    close(made.secretary.actor, one)
    drop(made.secretary.actor, two, reason="The south has none.")
    # The closed part is proof enough.
    done = report_done(head.actor, action)
    close(made.secretary.actor, done)
    with pytest.raises(Refused, match="Reopen that one first"):
        reopen(made.secretary.actor, one, reason="Again")


def test_parts_of_parts_move_the_whole(made: Council) -> None:
    top = UnitFactory.create(register=made.body.register)
    middle = UnitFactory.create(parent=top)
    bottom = UnitFactory.create(parent=middle)
    people = [staff(top, "head"), staff(middle, "head"), staff(bottom)]
    action = duty(made.body, people[0])
    (part,) = pass_down(people[0].actor, action, [Part(people[1].post.pk)])
    (leaf,) = pass_down(people[1].actor, part, [Part(people[2].post.pk)])
    start(people[2].actor, leaf)
    set_progress(people[2].actor, leaf, 60)
    action.refresh_from_db()
    assert action.progress == 60


def test_heads_above_work_on_what_their_units_owe(made: Council) -> None:
    top = UnitFactory.create(register=made.body.register)
    middle = UnitFactory.create(parent=top)
    action = duty(made.body, staff(middle))
    assert start(staff(top, "head").actor, action).state == State.DOING
    with pytest.raises(Forbidden):
        set_progress(staff(middle).actor, action, 10)


def test_corrections_mend_the_text_and_keep_what_stood(made: Council) -> None:
    action = duty(made.body, staff(UnitFactory.create()))
    before = action.text
    correct_action(made.secretary.actor, action, {"text": {"en": "Right"}}, reason="Misheard")
    entry = audit.trail(Ref(ACTION, action.pk))[0]
    assert entry.changes["text"] == [before, {"en": "Right"}]
    assert entry.reason == "Misheard"


def test_the_end_of_a_post_moves_its_duties_in_one_entry(made: Council) -> None:
    owner = staff(UnitFactory.create())
    heir = PostFactory.create(unit=owner.post.unit)
    open_one = duty(made.body, owner)
    closed = duty(made.body, owner, state="closed")
    assert reassign_duties(system(), owner.post.pk, None) == 0
    exchange.publish(
        Fact(
            "directory.post_ended",
            Ref("directory.post", owner.post.pk),
            system(),
            timezone.now(),
            {"becomes": heir.pk},
        )
    )
    open_one.refresh_from_db()
    closed.refresh_from_db()
    assert (open_one.owner_id, closed.owner_id) == (heir.pk, owner.post.pk)
    assert open_one.events.last().verb == "reassign"  # type: ignore[union-attr]
    entries = audit.trail(Ref("directory.post", owner.post.pk)).filter(verb="pass_on")
    assert entries.count() == 1


def test_facts_tell_each_step(made: Council) -> None:
    told: list[Fact] = []
    exchange.listen("councils.action_start", told.append)
    action = duty(made.body, owner := staff(UnitFactory.create()))
    start(owner.actor, action)
    assert [fact.ref.id for fact in told] == [action.pk]


def test_an_action_that_does_not_exist_is_not_found(made: Council) -> None:
    with pytest.raises(NotFound):
        action_sheet(made.secretary.actor, uuid4())
    gone = Action(pk=uuid4())
    with pytest.raises(NotFound):
        start(made.secretary.actor, gone)


def test_who_held_the_post_then_acts_no_more(made: Council) -> None:
    unit = UnitFactory.create()
    until: datetime = timezone.now() - timedelta(days=1)
    former = staff(unit, until_at=until)
    action = duty(made.body, former)
    with pytest.raises(NotFound):
        start(former.actor, action)
    assert start(former.actor_at(until - timedelta(hours=1)), action).state == State.DOING


@pytest.mark.django_db(transaction=True)
def test_of_two_who_start_at_once_one_is_told_that_the_other_was_quicker() -> None:
    body = BodyFactory.create()
    owner = staff(UnitFactory.create(register=body.register))
    action = duty(body, owner)
    actors = [owner.actor, owner.actor]
    outcomes: list[str] = []
    ready = threading.Barrier(2)

    def begin(actor: Actor) -> None:
        try:
            with translation.override("en"):
                ready.wait(timeout=20)
                start(actor, action, revision=1)
            outcomes.append("started")
        except Conflict:
            outcomes.append("conflict")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=begin, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(outcomes) == ["conflict", "started"]
    assert Action.objects.get(pk=action.pk).events.filter(verb="start").count() == 1
