"""Resolutions, their numbers, one action for each unit, and confirming an imported record."""

from __future__ import annotations

import threading
from datetime import date
from uuid import UUID

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from diwan.councils.actions.confirming import confirm, confirm_many
from diwan.councils.actions.duties import add_action
from diwan.councils.actions.fields import Answer, Choice
from diwan.councils.actions.resolutions import (
    Counter,
    adopt_resolution,
    change_draft,
    correct_resolution,
    draft_resolution,
    remove_draft,
)
from diwan.councils.actions.work import start
from diwan.councils.constants import MEETING, RESOLUTION
from diwan.councils.models import Action, ActionEvent, Body, Meeting, Resolution, Term
from diwan.councils.rules.life import State
from diwan.directory.models import Post, Unit
from diwan.directory.public import provinces, rebuild_paths
from diwan.directory.tests.factories import (
    PostFactory,
    PostPatternFactory,
    RegisterFactory,
    UnitFactory,
    UnitPatternFactory,
    staff,
    system,
)
from diwan.kernel import audit, exchange, links
from diwan.kernel.errors import Conflict, Forbidden, Refused
from diwan.kernel.exchange import Fact, Ref

from .factories import (
    ActionFactory,
    BodyFactory,
    MeetingFactory,
    ResolutionFactory,
    council,
    meeting_of,
    on,
    resolution_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def test_from_draft_to_number() -> None:
    made = council(code="ش")
    meeting = meeting_of(made.body, date=date(2012, 3, 9))
    actor = made.secretary.actor
    about = Ref("directory.unit", made.body.unit_id)
    draft = draft_resolution(
        actor,
        meeting,
        {"kind": "tasked", "text": {"fa": "کمیسیون‌ها تشکیل شود."}, "about": [about]},
    )
    assert (draft.state, draft.number) == ("draft", "")
    assert links.targets(Ref(RESOLUTION, draft.pk), links.Verb.ABOUT) == [about]
    with pytest.raises(Refused, match="2 months"):
        change_draft(actor, draft, {"every": "often"})
    change_draft(actor, draft, {"every": "2 months", "confidentiality": "public"})
    told: list[Fact] = []
    exchange.listen("councils.resolution_adopted", told.append)
    adopted = adopt_resolution(actor, draft)
    assert adopted.number == "1390/ش/1"
    assert (adopted.number_year, adopted.number_n) == (1390, 1)
    assert [fact.data["number"] for fact in told] == ["1390/ش/1"]
    assert "1390" in adopted.search
    with pytest.raises(Refused, match="has been adopted"):
        adopt_resolution(actor, adopted)
    with pytest.raises(Refused, match="has been adopted"):
        change_draft(actor, adopted, {"kind": "resolved"})
    corrected = correct_resolution(actor, adopted, {"kind": "resolved"}, reason="Misheard")
    assert (corrected.kind, corrected.number) == ("resolved", "1390/ش/1")
    with pytest.raises(Forbidden):
        correct_resolution(made.member.actor, adopted, {"kind": "tasked"}, reason="x")


def test_a_draft_may_be_thrown_away_and_leaves_no_gap() -> None:
    made = council(code="ش")
    meeting = meeting_of(made.body, date=date(2012, 3, 9))
    actor = made.secretary.actor
    first, second = (
        draft_resolution(actor, meeting, {"kind": "resolved", "text": {"fa": text}})
        for text in ("یکم", "دوم")
    )
    remove_draft(actor, first)
    assert adopt_resolution(actor, second).number == "1390/ش/1"
    assert audit.trail(Ref(RESOLUTION, first.pk))[0].changes["text"] == [{"fa": "یکم"}, None]


def test_a_planned_meeting_adopts_nothing() -> None:
    made = council()
    planned = meeting_of(made.body, state="planned", date=date(2027, 1, 1))
    draft = draft_resolution(made.secretary.actor, planned, {"text": {"en": "Roads"}})
    with pytest.raises(Refused, match="was held"):
        adopt_resolution(made.secretary.actor, draft)


def _adopt(body: Body, day: date | None, meeting: Meeting | None = None) -> str:
    meeting = meeting or MeetingFactory.create(body=body, date=day)
    draft = ResolutionFactory.create(meeting=meeting, state="draft", number_stated=False)
    return adopt_resolution(system(), draft).number


def test_numbers_count_within_the_bodys_year_and_undated_ones_by_themselves() -> None:
    body = BodyFactory.create(code="ش")
    days = [date(2012, 3, 9), date(2012, 3, 19), date(2012, 3, 20), None, date(2012, 3, 18), None]
    numbers = [_adopt(body, day) for day in days]
    assert numbers == [
        "1390/ش/1",
        "1390/ش/2",
        "1391/ش/1",
        "بی‌تا/ش/1",
        "1390/ش/3",
        "بی‌تا/ش/2",
    ]


def test_city_councils_count_on_for_ever() -> None:
    body = BodyFactory.create(code="ش", reset="never", pattern="{n}")
    assert [_adopt(body, date(year, 5, 5)) for year in (2024, 2025, 2026)] == ["1", "2", "3"]


def test_terms_count_each_from_one() -> None:
    body = BodyFactory.create(code="ش", reset="term")
    Term.objects.create(body=body, number=5, since=date(2021, 1, 1), until=date(2025, 8, 1))
    Term.objects.create(body=body, number=6, since=date(2025, 8, 1))
    numbers = [_adopt(body, date(2025, month, 10)) for month in (5, 6, 9)]
    assert numbers == ["1404/ش5/1", "1404/ش5/2", "1404/ش6/1"]


def test_counting_goes_on_after_the_highest_that_was_stated() -> None:
    body = BodyFactory.create(code="ش")
    meeting = MeetingFactory.create(body=body, date=date(2012, 3, 9))
    counter = Counter.of(body)
    stated = [("1390/ش/41", 41), ("الف/7", None), ("1390/ش/42 مکرر", None)]
    for number, n in stated:
        row = ResolutionFactory.build(meeting=meeting, body=body)
        counter.state(row, number, on=date(2026, 1, 1))
        row.save()
        assert (row.number_stated, row.number_n) == (True, n)
    assert _adopt(body, None, meeting) == "1390/ش/42"


def test_a_stated_number_of_another_shape_is_passed_over() -> None:
    body = BodyFactory.create(code="ش", reset="never", pattern="{n}/x")
    ResolutionFactory.create(meeting=MeetingFactory.create(body=body), number="1/x", number_n=None)
    assert _adopt(body, date(2026, 1, 1)) == "2/x"


@pytest.mark.django_db(transaction=True)
def test_adoptions_at_once_get_numbers_in_a_row_without_a_gap() -> None:
    body = BodyFactory.create(code="ش")
    meeting = MeetingFactory.create(body=body, date=date(2012, 3, 9))
    drafts = [ResolutionFactory.create(meeting=meeting, state="draft") for _ in range(12)]
    failed: list[BaseException] = []
    ready = threading.Barrier(4)

    def adopt(mine: list[Resolution]) -> None:
        try:
            ready.wait(timeout=20)
            for draft in mine:
                adopt_resolution(system(), draft)
        except BaseException as error:  # noqa: BLE001 – told in the main thread
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=adopt, args=(drafts[i::4],)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failed == []
    counts = Resolution.objects.filter(body=body).order_by("number_n")
    assert list(counts.values_list("number_n", flat=True)) == list(range(1, 13))


# --- one action for each unit ----------------------------------------------------------------


@pytest.mark.parametrize(("country", "count"), [("IR", 31), ("EG", 27)])
def test_each_unit_makes_one_action_for_each_province(country: str, count: int) -> None:
    register = RegisterFactory.create(country=country)
    made = council(UnitFactory.create(register=register))
    pattern = UnitPatternFactory.create(register=register, key="guild-provinces")
    secretary = PostPatternFactory.create(unit_pattern=pattern)
    units = []
    for place in provinces(country):
        unit = UnitFactory.create(
            register=register,
            pattern=pattern,
            province=place.code,
            key=f"guild-provinces-{place.code}",
        )
        PostFactory.create(unit=unit, pattern=secretary, key=f"secretary-{place.code}")
        units.append(unit)
    rebuild_paths([unit.pk for unit in units])
    resolution = resolution_of(made.body, meeting=meeting_of(made.body, date=_today()))
    actions = add_action(
        made.secretary.actor,
        resolution,
        {
            "text": {"en": "Form the commissions"},
            "owner_pattern_id": secretary.pk,
            "each_pattern_id": pattern.pk,
            "due_after": "2 months",
        },
    )
    assert len(actions) == count
    assert {action.unit_id for action in actions} == {unit.pk for unit in units}
    for action in actions:
        assert action.owner is not None
        assert action.owner.unit_id == action.unit_id
        assert action.group_pattern_id == pattern.pk
        unit = Unit.objects.get(pk=action.unit_id)
        assert action.key == f"{action.group}-{unit.province}"
    entry = audit.trail(Ref(RESOLUTION, resolution.pk)).get()
    assert entry.changes["actions"] == [0, count]


def _today() -> date:
    return timezone.now().date()


def test_each_of_some_units_by_its_head_or_by_one_owner() -> None:
    made = council()
    units = [UnitFactory.create(register=made.body.register) for _ in range(3)]
    heads = [PostFactory.create(unit=unit, roles=("head",)) for unit in units[:2]]
    resolution = resolution_of(made.body)
    ids = [unit.pk for unit in units]
    by_head = add_action(
        made.secretary.actor,
        resolution,
        {"text": {"en": "Report"}, "owner_heads": True, "each_unit_ids": ids},
    )
    owners: dict[UUID | None, UUID | None] = {a.unit_id: a.owner_id for a in by_head}
    assert owners == {ids[0]: heads[0].pk, ids[1]: heads[1].pk, ids[2]: None}
    one = add_action(
        made.secretary.actor,
        resolution,
        {"text": {"en": "Visit"}, "owner_id": heads[0].pk, "each_unit_ids": ids},
    )
    assert {action.owner_id for action in one} == {heads[0].pk}
    assert len({action.key for action in [*by_head, *one]}) == 6


# --- confirming ------------------------------------------------------------------------------


def _imported(count: int) -> tuple[Meeting, list[Action], Post]:
    made = council()
    meeting = meeting_of(made.body, date=date(2012, 3, 9), imported=True)
    resolution = resolution_of(made.body, meeting=meeting)
    owner = PostFactory.create(unit=made.body.unit)
    rows = [
        ActionFactory.build(
            resolution=resolution, register=made.body.register, owner=owner, state="unconfirmed"
        )
        for _ in range(count)
    ]
    return meeting, Action.objects.bulk_create(rows), owner


def test_an_imported_record_is_confirmed_in_one_go() -> None:
    meeting, actions, _owner = _imported(500)
    answers = {
        action.pk: (
            Answer(Choice.DONE, reason="Done long ago")
            if n % 3 == 0
            else Answer(Choice.DROP, reason="The law has changed")
            if n % 3 == 1
            else Answer(Choice.OPEN, due=on("2027-02-01"))
        )
        for n, action in enumerate(actions)
    }
    with CaptureQueriesContext(
        connection,
    ) as asked:
        counts = confirm_many(system(), meeting, answers)
    assert len(asked) < 25
    assert counts == {Choice.DONE: 167, Choice.DROP: 167, Choice.OPEN: 166}
    states = list(Action.objects.order_by("key").values_list("state", flat=True))
    assert states.count("closed") == states.count("dropped") == 167
    opened = Action.objects.filter(state=State.OPEN)
    assert set(opened.values_list("due", flat=True)) == {date(2027, 2, 1)}
    closed = Action.objects.filter(state=State.CLOSED)
    assert set(closed.values_list("reason", "progress")) == {("Done long ago", 100)}
    entry = audit.trail(Ref(MEETING, meeting.pk)).get()
    assert len(entry.changes["actions"][1].split("; ")) == 500
    assert ActionEvent.objects.filter(verb__in=["confirm", "settle", "dismiss"]).count() == 500


def test_confirming_is_all_or_nothing() -> None:
    meeting, (one, two), owner = _imported(2)
    wrong = {one.pk: Answer(Choice.OPEN), two.pk: Answer(Choice.DROP)}
    with pytest.raises(Refused, match="reason"):
        confirm_many(system(), meeting, wrong)
    assert set(Action.objects.values_list("state", flat=True)) == {"unconfirmed"}
    confirm(system(), one, Answer(Choice.OPEN, owner_id=owner.pk), revision=1)
    with pytest.raises(Conflict, match="1 of these"):
        confirm_many(system(), meeting, {one.pk: Answer(Choice.OPEN), two.pk: Answer(Choice.OPEN)})
    two.refresh_from_db()
    assert two.state == State.UNCONFIRMED
    with pytest.raises(Refused, match="at least one"):
        confirm_many(system(), meeting, {})


def test_only_those_who_run_the_body_confirm_and_owners_wait() -> None:
    meeting, (action,), owner_post = _imported(1)
    member = staff(meeting.body.unit)
    with pytest.raises(Forbidden):
        confirm_many(member.actor, meeting, {action.pk: Answer(Choice.OPEN)})
    with pytest.raises(Refused, match="unconfirmed"):
        start(system(), action)
    settled = confirm(system(), action, Answer(Choice.DONE, reason="Seen it"))
    assert (settled.state, settled.progress, settled.owner_id) == ("closed", 100, owner_post.pk)
