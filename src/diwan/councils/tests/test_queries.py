"""The register, the minutes, one action's sheet: what somebody may see, and how it is counted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from diwan.councils.actions.closing import close, reopen
from diwan.councils.actions.dates import ask_date
from diwan.councils.actions.fields import Part
from diwan.councils.actions.passing import pass_down
from diwan.councils.actions.work import report_done, start
from diwan.councils.models import Resolution
from diwan.councils.queries import register as register_queries
from diwan.councils.queries.bodies import BodyFilter, bodies_for
from diwan.councils.queries.duties import action_sheet, late_days, proof_file, steps_for
from diwan.councils.queries.meetings import (
    MeetingFilter,
    meetings_for,
    minutes,
    resolution_counts,
)
from diwan.councils.queries.register import (
    Progress,
    RegisterFilter,
    Standing,
    progress_by_body,
    progress_of,
    register,
    totals,
)
from diwan.councils.rules.life import Verb
from diwan.directory.models import Unit
from diwan.directory.tests.factories import RegisterFactory, UnitFactory, staff, system
from diwan.kernel.errors import NotFound
from diwan.ui.show import AtLeast

from .factories import (
    AgendaItemFactory,
    BodyFactory,
    StatementFactory,
    council,
    duty,
    meeting_of,
    on,
    proof,
    resolution_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
LONG_AGO = date(2026, 1, 5)


def keys(rows: object) -> set[str]:
    return {row.key for row in rows}  # type: ignore[attr-defined]


def test_the_register_is_filtered_by_what_stands() -> None:
    made = council()
    owner = staff(UnitFactory.create())
    late = duty(made.body, owner, due=LONG_AGO).resolution
    unowned = duty(made.body, None).resolution
    done = duty(made.body, owner, state="closed").resolution
    waiting = duty(made.body, owner, state="unconfirmed", due=LONG_AGO).resolution
    nothing = resolution_of(made.body)
    resolution_of(made.body, state="draft")
    actor = made.secretary.actor

    def found(standing: Standing) -> set[str]:
        return keys(register(actor, RegisterFilter(standing=standing)))

    assert found(Standing.LATE) == {late.key}
    assert found(Standing.OPEN) == {late.key, unowned.key, waiting.key}
    assert found(Standing.UNOWNED) == {unowned.key}
    assert found(Standing.DONE) == {done.key}
    assert found(Standing.UNCONFIRMED) == {waiting.key}
    assert found(Standing.NOTHING) == {nothing.key}
    assert register(actor).count() == 5
    by_owner = RegisterFilter(owner_id=owner.post.pk)
    assert keys(register(actor, by_owner)) == {late.key, done.key, waiting.key}


def test_the_register_is_filtered_by_body_unit_kind_and_days() -> None:
    top = UnitFactory.create()
    below = UnitFactory.create(parent=top)
    here, there = BodyFactory.create(unit=below), BodyFactory.create()
    one = resolution_of(here, meeting=meeting_of(here, date=date(2026, 5, 5)), kind="tasked")
    two = resolution_of(there, meeting=meeting_of(there, date=None))
    actor = system()
    assert keys(register(actor, RegisterFilter(body_id=here.pk))) == {one.key}
    assert keys(register(actor, RegisterFilter(unit_id=top.pk))) == {one.key}
    assert keys(register(actor, RegisterFilter(kind="tasked"))) == {one.key}
    may = RegisterFilter(since=date(2026, 5, 1), until=date(2026, 5, 5))
    assert keys(register(actor, may)) == {one.key}
    assert [row.key for row in register(actor)] == [one.key, two.key]


def test_the_register_is_searched_in_texts_bodies_and_visible_actions() -> None:
    made = council(search="شورای مرکزی")
    resolution = resolution_of(made.body, number="1390/ش/12", search="1390 ش 12 کتاب کتابخانه")
    duty(made.body, None, resolution=resolution, search="گزارش ماهانه")

    def finds(text: str) -> bool:
        return register(made.secretary.actor, RegisterFilter(text=text)).exists()

    assert finds("كتاب")
    assert finds("۱۲ مرکزی")
    assert finds("گزارش‌های شورای")
    assert not finds("کتاب نان")


def test_progress_is_counted_in_one_question_and_only_what_is_seen() -> None:
    made = council(confidentiality="body")
    owner = staff(UnitFactory.create(register=made.body.register))
    resolution = resolution_of(made.body)
    for state, due in [("closed", None), ("dropped", None), ("open", LONG_AGO), ("done", LONG_AGO)]:
        duty(made.body, owner, resolution=resolution, state=state, due=due, reason="x")
    duty(made.body, None, resolution=resolution, state="unconfirmed")
    actor = made.secretary.actor
    list(register(actor))
    told = totals(actor, register(actor)).actions
    assert told is not None
    assert told.total == 5
    with CaptureQueriesContext(connection) as asked:
        found = progress_of(actor, [resolution.pk])[resolution.pk]
    assert len(asked) == 1
    assert found == Progress(
        total=5, closed=1, dropped=1, done=1, owed=1, late=1, unconfirmed=1, unowned=1
    )
    assert (found.settled, found.standing) == (2, Standing.LATE)
    # The owner sees his four, a stranger none: there is nothing to count.
    assert progress_of(owner.actor, [resolution.pk])[resolution.pk].total == 4
    stranger = staff(UnitFactory.create(register=made.body.register)).actor
    assert progress_of(stranger, [resolution.pk])[resolution.pk] == Progress()
    assert totals(stranger, register(stranger)).resolutions == 0


def test_a_heading_counts_only_as_far_as_is_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    made = council()
    owner = staff(UnitFactory.create(register=made.body.register))
    for _ in range(3):
        duty(made.body, owner, due=LONG_AGO)
    actor = made.secretary.actor
    monkeypatch.setattr(register_queries, "TOLD", 2)
    found = totals(actor, register(actor))
    assert (found.resolutions, found.bodies, found.actions) == (3, 1, None)
    monkeypatch.setattr(register_queries, "MOST", 2)
    found = totals(actor, register(actor))
    assert (found.resolutions, isinstance(found.resolutions, AtLeast)) == (2, True)


def test_parts_are_not_counted_beside_their_whole() -> None:
    made = council()
    unit = UnitFactory.create(register=made.body.register)
    head, below = staff(unit, "head"), staff(UnitFactory.create(parent=unit))
    action = duty(made.body, head)
    pass_down(head.actor, action, [Part(below.post.pk)])
    actor = made.secretary.actor
    assert progress_of(actor, [action.resolution_id])[action.resolution_id].total == 1
    assert progress_by_body(actor, [made.body.pk])[made.body.pk].total == 1


def test_lateness_is_laid_out_by_province() -> None:
    made = council()
    qom = UnitFactory.create(register=made.body.register, province="IR-25")
    owner = staff(qom)
    duty(made.body, owner, due=LONG_AGO)
    Unit.objects.filter(pk=made.body.unit_id).update(province="IR-23")
    duty(made.body, None, unit=made.body.unit)
    found = totals(made.secretary.actor, register(made.secretary.actor)).by_province
    assert {code: (p.total, p.late) for code, p in found.items()} == {
        "IR-25": (1, 1),
        "IR-23": (1, 0),
    }


def test_lateness_keeps_each_countrys_days_off() -> None:
    # Saturday is a working day in Iran and none in Egypt.
    saturday = datetime(2026, 11, 21, 12, tzinfo=UTC)
    found = {}
    for code in ("IR", "EG"):
        unit = UnitFactory.create(register=RegisterFactory.create(country=code))
        action = duty(BodyFactory.create(unit=unit), None, due=date(2026, 11, 20))
        found[code] = late_days(action, saturday)
    assert found == {"IR": 1, "EG": 0}


def test_minutes_are_whole_for_readers_and_an_owner_sees_the_own_resolution() -> None:
    made = council(confidentiality="body")
    meeting = meeting_of(made.body)
    AgendaItemFactory.create(meeting=meeting)
    StatementFactory.create(meeting=meeting)
    owner = staff(UnitFactory.create(register=made.body.register))
    mine = duty(made.body, owner, resolution=resolution_of(made.body, meeting=meeting))
    other = duty(made.body, None, resolution=resolution_of(made.body, meeting=meeting))
    full = minutes(made.member.actor, meeting)
    assert (full.full, len(full.agenda), len(full.statements)) == (True, 1, 1)
    assert keys(full.resolutions) == {mine.resolution.key, other.resolution.key}
    assert (full.may_run, full.may_propose) == (False, True)
    part = minutes(owner.actor, meeting)
    assert (part.full, list(part.agenda), list(part.statements)) == (False, [], [])
    assert keys(part.resolutions) == {mine.resolution.key}
    with pytest.raises(NotFound):
        minutes(staff(UnitFactory.create(register=made.body.register)).actor, meeting)


def test_meetings_and_bodies_are_listed_as_far_as_they_are_seen() -> None:
    made = council(confidentiality="body", kind="commission")
    meeting = meeting_of(made.body, number=7)
    resolution_of(made.body, meeting=meeting)
    resolution_of(made.body, meeting=meeting, state="draft")
    (row,) = meetings_for(made.member.actor, MeetingFilter(body_id=made.body.pk, state="held"))
    assert resolution_counts(made.member.actor, [row]) == {row.pk: 1}
    assert list(bodies_for(made.member.actor, BodyFilter(kind="commission"))) == [made.body]
    stranger = staff(UnitFactory.create(register=made.body.register)).actor
    assert not meetings_for(stranger).exists()
    assert not bodies_for(stranger).exists()
    gone = BodyFactory.create(until=date(2020, 1, 1))
    assert gone not in bodies_for(system())
    assert gone in bodies_for(system(), BodyFilter(day=date(2019, 1, 1)))


def test_the_sheet_of_an_action_offers_what_this_reader_may_do() -> None:
    made = council()
    owner = staff(UnitFactory.create(register=made.body.register))
    action = duty(made.body, owner, due=LONG_AGO)
    mine = action_sheet(owner.actor, action.pk)
    assert list(mine.steps) == [Verb.START, Verb.ASK_DATE, Verb.PASS_DOWN]
    assert mine.next_step is Verb.START
    assert mine.late_days > 200
    assert mine.owner is not None
    assert mine.owner.holders[0].person_id == owner.person.pk
    start(owner.actor, action)
    ask_date(owner.actor, action, on(timezone.now().date() + timedelta(days=9)), reason="x")
    theirs = action_sheet(made.secretary.actor, action.pk)
    assert theirs.next_step is Verb.GRANT_DATE
    assert theirs.waiting_request is not None
    assert set(theirs.steps) == {
        Verb.ASSIGN,
        Verb.DROP,
        Verb.GRANT_DATE,
        Verb.REFUSE_DATE,
        Verb.RE_DATE,
        Verb.CORRECT,
    }
    assert action_sheet(made.member.actor, action.pk).steps == []
    with pytest.raises(NotFound):
        action_sheet(staff(UnitFactory.create(register=_abroad())).actor, action.pk)


def _abroad() -> object:
    return RegisterFactory.create(country="EG")


def test_offered_steps_are_exactly_those_that_are_taken() -> None:
    made = council()
    owner = staff(UnitFactory.create(register=made.body.register))
    action = duty(made.body, None)
    assert Verb.RE_DATE in steps_for(made.secretary.actor, action)
    action.owner = owner.post
    action.save()
    start(owner.actor, action)
    report_done(owner.actor, action, proofs=[proof()])
    action.refresh_from_db()
    assert steps_for(owner.actor, action) == []
    close(made.secretary.actor, action)
    action.refresh_from_db()
    assert set(steps_for(made.secretary.actor, action)) == {Verb.REOPEN, Verb.CORRECT}
    reopen(made.secretary.actor, action, reason="It broke")
    action.refresh_from_db()
    assert Verb.START in steps_for(owner.actor, action)


def test_proof_is_read_by_those_who_work_or_judge_and_foreign_files_are_not_found() -> None:
    made = council(confidentiality="body")
    owner = staff(UnitFactory.create(register=made.body.register))
    action = duty(made.body, owner)
    start(owner.actor, action)
    report_done(owner.actor, action, proofs=[proof()])
    sheet = action_sheet(made.secretary.actor, action.pk)
    ((stored,),) = sheet.proofs.values()
    assert proof_file(made.secretary.actor, stored.pk) == stored
    stranger = staff(UnitFactory.create(register=made.body.register)).actor
    for file_id in (stored.pk, action.pk):
        with pytest.raises(NotFound):
            proof_file(stranger, file_id)
    # Opened to the country's staff, the action is seen by all; its proof was kept for the body.
    Resolution.objects.update(confidentiality="internal")
    stranger = staff(UnitFactory.create(register=made.body.register)).actor
    opened = action_sheet(stranger, action.pk)
    assert (dict(opened.proofs), opened.proofs_hidden) == ({}, True)
    with pytest.raises(NotFound):
        proof_file(stranger, stored.pk)


def test_the_sheet_asks_few_questions_however_long_the_history() -> None:
    made = council()
    owner = staff(UnitFactory.create(register=made.body.register))
    action = duty(made.body, owner)
    actor = made.secretary.actor
    action_sheet(actor, action.pk)
    with CaptureQueriesContext(connection) as few:
        action_sheet(made.secretary.actor, action.pk)
    start(owner.actor, action)
    for n in range(10):
        action.events.create(verb="progress", at=timezone.now(), after="doing", progress=n)
    with CaptureQueriesContext(connection) as many:
        action_sheet(made.secretary.actor, action.pk)
    assert len(many) <= len(few) + 2
