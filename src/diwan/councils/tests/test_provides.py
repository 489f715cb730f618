"""What councils gives the exchange: desks, cards, searches, invitations."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone, translation

from diwan.accounts.tests.factories import UserFactory
from diwan.councils.actions.dates import ask_date, re_date
from diwan.councils.actions.fields import Part
from diwan.councils.actions.passing import pass_down
from diwan.councils.constants import ACTION, BODY, MEETING, MEMBERSHIP, RESOLUTION
from diwan.councils.models import BodySeatUser
from diwan.councils.provides.desk import duties, word_items
from diwan.councils.provides.seats import SeatTarget
from diwan.councils.queries.titles import meeting_title
from diwan.directory.tests.factories import Staff, UnitFactory, staff
from diwan.kernel import exchange
from diwan.kernel.errors import NotFound
from diwan.kernel.exchange import DeskItem, DeskQuestion, Ref, Waiting
from diwan.kernel.policies import Actor
from diwan.kernel.tests.factories import found

from .factories import (
    BodyFactory,
    Council,
    MembershipFactory,
    council,
    duty,
    meeting_of,
    on,
    resolution_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def made() -> Council:
    return council()


def desk_of(who: Staff) -> list[DeskItem]:
    actor = who.actor
    posts = frozenset({who.post.pk})
    return list(duties(DeskQuestion(actor=actor, at=actor.at, post_ids=posts)))


def waiting_for(who: Staff, *kinds: Waiting) -> list[DeskItem]:
    actor = who.actor
    found = word_items(DeskQuestion(actor=actor, at=actor.at, as_secretary=True))
    return [item for item in found if not kinds or item.waiting in kinds]


def test_the_owners_desk_has_what_is_owed_and_nothing_else(made: Council) -> None:
    owner = staff(UnitFactory.create(register=made.body.register))
    late = duty(made.body, owner, due=date(2026, 1, 5))
    doing = duty(made.body, owner, state="doing", progress=30)
    for state in ("unconfirmed", "done", "closed", "dropped"):
        duty(made.body, owner, state=state, reason="x")
    duty(made.body, staff(owner.post.unit))
    with translation.override("en"):
        items = {item.ref.id: item for item in desk_of(owner)}
        assert set(items) == {late.pk, doing.pk}
        assert items[late.pk].late_days > 200
        assert str(items[late.pk].step) == "Start"
        assert items[late.pk].step_url.endswith(f"{late.pk}/start/")
        assert str(items[doing.pk].step) == "Attach proof and report done"
        assert items[doing.pk].progress == 30
        assert made.body.name["en"] in str(items[late.pk].source)


def test_a_passed_down_duty_waits_for_its_parts(made: Council) -> None:
    unit = UnitFactory.create(register=made.body.register)
    head, below = staff(unit, "head"), staff(UnitFactory.create(parent=unit))
    action = duty(made.body, head, due=date(2027, 5, 5))
    pass_down(head.actor, action, [Part(below.post.pk)])
    (whole,) = desk_of(head)
    assert str(whole.step) == "See how the parts stand"
    assert whole.step_url == whole.url
    (part,) = desk_of(below)
    assert part.due == date(2027, 5, 5)


def test_a_head_asks_for_the_desk_of_units(made: Council) -> None:
    top = UnitFactory.create(register=made.body.register)
    unit = UnitFactory.create(parent=top)
    action = duty(made.body, staff(unit))
    actor = staff(top, "head").actor

    def asked(*units: object) -> list[DeskItem]:
        ids = frozenset(unit.pk for unit in units)  # type: ignore[attr-defined]
        return list(duties(DeskQuestion(actor=actor, at=actor.at, unit_ids=ids)))

    assert [item.ref.id for item in asked(unit)] == [action.pk]
    assert asked(top) == []
    stranger = UnitFactory.create(register=made.body.register)
    duty(council(confidentiality="body").body, staff(stranger))
    assert asked(stranger) == []


def test_a_secretary_confirms_an_old_record_as_one_item(made: Council) -> None:
    meeting = meeting_of(made.body, date=date(2012, 3, 9), number=1)
    resolution = resolution_of(made.body, meeting=meeting)
    for _ in range(31):
        duty(made.body, None, resolution=resolution, state="unconfirmed")
    (item,) = waiting_for(made.secretary)
    assert (item.waiting, item.count, item.ref) == (Waiting.CONFIRM, 31, Ref(MEETING, meeting.pk))
    assert item.title["en"] == "31 actions of an imported record to confirm"
    assert set(item.title) == {"fa", "ar", "en"}
    assert item.step_url.endswith("/confirm/")
    assert waiting_for(made.chair) == waiting_for(made.member) == []


def test_what_else_waits_for_the_secretarys_word(made: Council) -> None:
    owner = staff(UnitFactory.create(register=made.body.register))
    reported = duty(made.body, owner, state="done")
    unowned = duty(made.body, None)
    asked = duty(made.body, owner)
    ask_date(owner.actor, asked, on("2027-06-01"), reason="The data came late.")
    re_date(made.secretary.actor, unowned, on("2027-01-01"), reason="x")
    found = {item.ref.id: item for item in waiting_for(made.secretary)}
    kinds = {id_: item.waiting for id_, item in found.items()}
    assert kinds == {
        reported.pk: Waiting.CLOSE,
        unowned.pk: Waiting.ASSIGN,
        asked.pk: Waiting.DECIDE,
    }
    assert found[unowned.pk].redated == 1
    assert found[asked.pk].step_url.endswith("/answer-date/")
    (own,) = desk_of(owner)
    assert str(own.state) == "new date asked for"


def test_a_bodys_next_meeting_is_to_be_planned_and_then_held(made: Council) -> None:
    made.body.every = "2 months"
    made.body.save()
    today = timezone.now().date()
    assert waiting_for(made.secretary) == []
    meeting_of(made.body, date=today - timedelta(days=10))
    assert waiting_for(made.secretary) == []
    meeting_of(made.body, date=today - timedelta(days=9), state="cancelled")
    made.body.meetings.filter(state="held").update(date=date(2012, 3, 9))
    (item,) = waiting_for(made.secretary, Waiting.PREPARE)
    assert item.ref == Ref(BODY, made.body.pk)
    assert item.due is not None
    assert item.due > today
    planned = meeting_of(made.body, date=today - timedelta(days=7), state="planned")
    items = waiting_for(made.secretary, Waiting.PREPARE)
    held = next(item for item in items if item.ref == Ref(MEETING, planned.pk))
    assert held.late_days > 0


def test_without_a_secretary_the_chair_has_the_desk() -> None:
    body = BodyFactory.create()
    chair = staff(UnitFactory.create(register=body.register))
    MembershipFactory.create(body=body, post=chair.post, role="chair")
    duty(body, None)
    assert [item.waiting for item in waiting_for(chair)] == [Waiting.ASSIGN]


def test_cards_are_given_to_those_who_see_the_record(made: Council) -> None:
    action = duty(made.body, None)
    resolution, meeting = action.resolution, action.resolution.meeting
    seat = made.body.memberships.get(role="chair")
    refs = [
        Ref(ACTION, action.pk),
        Ref(RESOLUTION, resolution.pk),
        Ref(MEETING, meeting.pk),
        Ref(BODY, made.body.pk),
        Ref(MEMBERSHIP, seat.lineage),
    ]
    assert set(exchange.cards(refs, made.member.actor)) == set(refs)
    assert exchange.cards(refs, Actor.anonymous()) == {}
    card = exchange.cards(refs, made.member.actor)[refs[0]]
    assert (card.title, card.number) == (action.text, resolution.number)


def test_every_verb_that_is_written_has_its_words() -> None:
    written = {
        BODY: {"make", "change", "correct", "dissolve", "start_term", "oversee"},
        MEMBERSHIP: {"add", "end", "correct", "join", "leave"},
        MEETING: {"plan", "record", "change", "hold", "cancel", "correct", "confirm_actions"},
        RESOLUTION: {"draft", "change", "remove", "adopt", "correct", "add_actions"},
        ACTION: {"add", "start", "report", "close", "reopen", "reassign", "grant_date"},
    }
    for kind, verbs in written.items():
        subject = exchange.subject_of(kind)
        assert subject is not None
        assert verbs <= set(subject.verbs)


def test_a_meetings_title_says_what_is_known_of_it(made: Council) -> None:
    made.body.name = {"fa": "شورا", "en": "Council"}
    dated = meeting_of(made.body, date=date(2012, 3, 9), date_calendar="jalali", number=3)
    undated = meeting_of(made.body, date=None)
    title = meeting_title(dated)
    assert set(title) == {"fa", "en"}
    assert "۱۳۹۰" in title["fa"]
    assert "1390" in title["en"]
    assert "date unknown" in meeting_title(undated)["en"]


def test_words_find_what_may_be_seen(made: Council) -> None:
    action = duty(made.body, None, text={"fa": "گزارش کتابخانه"})
    assert found("كتابخانه", made.member.actor) == [Ref(ACTION, action.pk)]
    assert found("كتابخانه", Actor.anonymous()) == []


def test_an_invitation_joins_a_user_to_a_named_seat(made: Council) -> None:
    seat = MembershipFactory.create(
        body=made.body, post=None, seat={"fa": "استادان", "en": "Academics"}, role="adviser"
    )
    target = SeatTarget()
    assert "Academics" in target.label(seat.lineage)["en"]
    user = UserFactory.create()
    target.accept(Actor.user(user.pk, "x"), seat.lineage, user.pk)
    assert BodySeatUser.objects.get(lineage=seat.lineage).user_id == user.pk
    with pytest.raises(NotFound):
        target.label(user.pk)


def test_desks_ask_few_questions_however_many_items(
    made: Council, django_assert_max_num_queries: object
) -> None:
    owner = staff(UnitFactory.create(register=made.body.register))
    for _ in range(30):
        duty(made.body, owner, due=date(2026, 1, 5))
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        assert len(desk_of(owner)) == 30
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        waiting_for(made.secretary)
