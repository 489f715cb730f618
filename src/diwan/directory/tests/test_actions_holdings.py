"""Posts and who holds them: seats, deputies, ends, corrections; and how it is told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from diwan.directory.actions.holdings import (
    HoldingCorrection,
    appoint,
    correct_holding,
    depute,
    end_holding,
    withdraw_holding,
)
from diwan.directory.actions.posts import (
    NewPost,
    PostChange,
    PostCorrection,
    change_post,
    correct_post,
    create_post,
    end_post,
)
from diwan.directory.constants import POST
from diwan.directory.models import Holding, Person, Post
from diwan.directory.policies import authority_of
from diwan.directory.queries.posts import head_above, heads_of, post_cards, staffing, vacant_posts
from diwan.kernel import audit
from diwan.kernel.errors import Conflict, Forbidden, Refused
from diwan.kernel.exchange import Fact, Ref

from .factories import (
    HoldingFactory,
    PersonFactory,
    PostFactory,
    RegisterFactory,
    UnitFactory,
    staff,
    system,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

DAY = date(2020, 1, 1)
AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
LATER = datetime(2026, 9, 1, 8, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def person_of(post: Post, name: str = "Somebody") -> Person:
    return PersonFactory.create(register=post.register, name={"en": name})


def test_a_post_is_made_by_a_head_for_his_unit() -> None:
    unit = UnitFactory.create()
    head = staff(unit, "head")
    new = NewPost(unit, {"en": "Treasurer"}, ("treasurer",), seats=2)
    post = create_post(head.actor, new)
    version = post.versions.get()
    assert version.role_set == {"treasurer"}
    assert (version.seats, version.since) == (2, None)
    with pytest.raises(Refused, match="no role"):
        create_post(head.actor, NewPost(unit, {"en": "X"}, ("king",)))
    with pytest.raises(Refused, match="at least one seat"):
        create_post(head.actor, NewPost(unit, {"en": "X"}, seats=0))
    with pytest.raises(Forbidden):
        create_post(staff(unit).actor, new)


def test_a_post_does_not_begin_before_its_unit() -> None:
    unit = UnitFactory.create(since=DAY)
    with pytest.raises(Refused, match="did not exist"):
        create_post(system(), NewPost(unit, {"en": "X"}, on=date(2019, 1, 1)))


def test_a_post_changes_from_a_day_on() -> None:
    post = PostFactory.create(roles=("officer",), name={"en": "Old"})
    change_post(system(), post, PostChange(name={"en": "New"}, roles=("head",)), on=DAY)
    rows = sorted(post.versions.known(), key=lambda row: row.since or date.min)
    assert [(row.since, row.name["en"], row.roles) for row in rows] == [
        (None, "Old", " officer "),
        (DAY, "New", " head "),
    ]


def test_one_seat_is_taken_by_one() -> None:
    post = PostFactory.create(name={"en": "Director"})
    first = person_of(post, "First")
    appoint(system(), first, post, since_at=AT)
    with pytest.raises(Refused, match="First") as refused:
        appoint(system(), person_of(post, "Second"), post, since_at=LATER)
    assert "Director" in str(refused.value)
    assert "1 seat" in str(refused.value)
    assert Holding.objects.count() == 1
    appoint(system(), person_of(post), post, since_at=LATER, kind="acting")
    appoint(system(), person_of(post), post, since_at=None, until_at=AT)
    with pytest.raises(Refused, match="already"):
        appoint(system(), first, post, since_at=LATER, kind="acting")


def test_two_seats_are_taken_by_two() -> None:
    post = PostFactory.create(seats=2)
    for _ in range(2):
        appoint(system(), person_of(post), post, since_at=AT)
    with pytest.raises(Refused, match="2 seats"):
        appoint(system(), person_of(post), post, since_at=LATER)
    with pytest.raises(Refused, match="1 seat"):
        change_post(system(), post, PostChange(seats=1), on=date(2026, 10, 1))
    many = PostFactory.create(seats=None)
    for _ in range(5):
        appoint(system(), person_of(many), many, since_at=AT)


def test_fewer_seats_are_repeated_on_the_holdings() -> None:
    post = PostFactory.create(seats=2)
    holding = appoint(system(), person_of(post), post, since_at=AT)
    assert not holding.single
    change_post(system(), post, PostChange(seats=1), on=date(2026, 10, 1))
    holding.refresh_from_db()
    assert holding.single


def test_nobody_holds_a_post_that_is_not_there() -> None:
    post = PostFactory.create(since=DAY, until=date(2025, 1, 1))
    with pytest.raises(Refused, match="did not exist"):
        appoint(system(), person_of(post), post, since_at=AT)
    with pytest.raises(Refused, match="ends on"):
        appoint(
            system(),
            person_of(post),
            post,
            since_at=datetime(2024, 1, 1, tzinfo=UTC),
            until_at=AT,
        )
    held = appoint(system(), person_of(post), post, since_at=datetime(2024, 1, 1, tzinfo=UTC))
    assert held.until_at == datetime(2024, 12, 31, 20, 30, tzinfo=UTC)
    foreign = PersonFactory.create(register=RegisterFactory.create(country="EG", language="ar"))
    with pytest.raises(Refused, match="another country"):
        appoint(system(), foreign, PostFactory.create(), since_at=AT)


def test_the_holder_names_a_deputy_for_a_leave() -> None:
    unit = UnitFactory.create()
    holder, other = staff(unit, "clerk"), staff(unit)
    now = timezone.now()
    leave = {"since_at": now, "until_at": now + timedelta(days=10)}
    with pytest.raises(Forbidden):
        depute(other.actor, holder.holding, other.person, **leave, reason="leave")
    with pytest.raises(Refused, match="reason"):
        depute(holder.actor, holder.holding, other.person, **leave, reason="")
    with pytest.raises(Refused, match="somebody else"):
        depute(holder.actor, holder.holding, holder.person, **leave, reason="leave")
    deputy = depute(holder.actor, holder.holding, other.person, **leave, reason="leave")
    assert holder.post.pk in authority_of(other.actor_at(now + timedelta(days=1))).post_ids
    assert holder.post.pk in authority_of(holder.actor_at(now + timedelta(days=1))).post_ids
    with pytest.raises(Forbidden):
        depute(other.actor_at(now), deputy, staff(unit).person, **leave, reason="leave")
    entry = audit.trail(Ref(POST, holder.post.pk)).first()
    assert entry is not None
    assert (entry.verb, entry.reason, entry.post_id) == ("depute", "leave", holder.post.pk)


def test_a_leave_lies_within_the_holding() -> None:
    holder = staff(UnitFactory.create(), until_at=LATER)
    with pytest.raises(Refused, match="within the holding"):
        depute(
            system(),
            holder.holding,
            person_of(holder.post),
            since_at=AT,
            until_at=LATER + TICK,
            reason="leave",
        )


def test_two_deputies_at_one_time_are_refused_by_name() -> None:
    holder = staff(UnitFactory.create())
    one, two = person_of(holder.post, "Sara"), person_of(holder.post)

    def leave(person: Person, days: int, until: int) -> Holding:
        since, end = AT + timedelta(days=days), AT + timedelta(days=until)
        actor, row = system(), holder.holding
        return depute(actor, row, person, since_at=since, until_at=end, reason="leave")

    leave(one, 0, 10)
    with pytest.raises(Refused, match=r"Sara.* stands in from .* already"):
        leave(two, 9, 20)
    with pytest.raises(Refused, match="end before it begins"):
        leave(two, 20, 15)
    leave(two, 10, 20)
    assert Holding.objects.known().filter(kind="deputy").count() == 2


def test_each_holder_of_several_seats_may_have_a_deputy() -> None:
    unit = UnitFactory.create()
    post = PostFactory.create(unit=unit, seats=2)
    rows = [HoldingFactory.create(post=post) for _ in range(2)]

    def leave(row: Holding) -> Holding:
        who = person_of(post)
        return depute(system(), row, who, since_at=AT, until_at=LATER, reason="leave")

    for row in rows:
        leave(row)
    with pytest.raises(Refused, match="already"):
        leave(rows[0])


def test_deputies_end_with_the_holding() -> None:
    holder = staff(UnitFactory.create())
    one, two = person_of(holder.post), person_of(holder.post)
    depute(system(), holder.holding, one, since_at=AT, until_at=LATER, reason="leave")
    later = LATER + timedelta(days=9)
    depute(system(), holder.holding, two, since_at=LATER, until_at=later, reason="leave")
    middle = AT + timedelta(days=30)
    end_holding(system(), holder.holding, at=middle)
    rows = {row.person_id: row for row in Holding.objects.known()}
    assert rows[holder.person.pk].until_at == middle
    assert rows[one.pk].until_at == middle
    assert two.pk not in rows


def test_an_end_is_checked() -> None:
    holder = staff(UnitFactory.create(), since_at=AT)
    with pytest.raises(Refused, match="begins only"):
        end_holding(system(), holder.holding, at=AT)
    end_holding(system(), holder.holding, at=LATER)
    with pytest.raises(Conflict):
        end_holding(system(), holder.holding, at=LATER)


def test_a_correction_keeps_who_was_believed() -> None:
    post = PostFactory.create()
    wrong, right = person_of(post), person_of(post)
    holding = appoint(system(), wrong, post, since_at=AT)
    before = timezone.now()
    change = HoldingCorrection(person=right, since_at=AT - timedelta(days=1))
    correct_holding(system(), holding, change, reason="two of one name")
    assert Holding.objects.at(AT).get().person == right
    assert Holding.objects.at(AT, known_at=before).get().person == wrong
    with pytest.raises(Refused, match="Nothing would change"):
        correct_holding(system(), Holding.objects.known().get(), change, reason="again")
    withdraw_holding(system(), Holding.objects.known().get(), reason="never was")
    assert not Holding.objects.known().exists()


def test_a_correction_may_not_take_a_taken_seat() -> None:
    post = PostFactory.create()
    first = appoint(system(), person_of(post), post, since_at=None, until_at=AT)
    appoint(system(), person_of(post), post, since_at=AT)
    with pytest.raises(Refused, match="seat"):
        correct_holding(system(), first, HoldingCorrection(until_at=LATER), reason="the decree")


def test_an_ended_post_passes_its_duties_once(ended: list[Fact]) -> None:
    unit = UnitFactory.create()
    head = PostFactory.create(unit=unit, roles=("head",))
    post, heir = PostFactory.create(unit=unit), PostFactory.create(unit=unit)
    appoint(system(), person_of(post), post, since_at=None)
    end_post(system(), post, on=DAY, becomes=heir)
    end_post(system(), heir, on=date(2021, 1, 1))
    assert [(fact.ref.id, fact.data["becomes"]) for fact in ended] == [
        (post.pk, heir.pk),
        (heir.pk, head.pk),
    ]
    assert Holding.objects.known().get().until_at == datetime(2019, 12, 31, 20, 30, tzinfo=UTC)
    again = PostFactory.create(unit=unit, becomes=post)
    end_post(system(), again, on=DAY)
    assert ended[-1].data["becomes"] == head.pk  # both that were named have ended, too


def test_a_corrected_end_of_a_post_moves_its_holdings() -> None:
    post = PostFactory.create()
    appoint(system(), person_of(post), post, since_at=None)
    end_post(system(), post, on=DAY)
    version = post.versions.known().get()
    correct_post(system(), version, PostCorrection(until=None), reason="it goes on")
    assert Holding.objects.known().get().until_at is None
    with pytest.raises(Conflict):
        correct_post(system(), version, PostCorrection(seats=2), reason="late")


def test_cards_tell_name_unit_roles_and_holders() -> None:
    unit = UnitFactory.create(name={"en": "Office"})
    post = PostFactory.create(unit=unit, roles=("head",), name={"en": "Head"})
    person = PersonFactory.create(register=unit.register, name={"en": "Name"}, honorific="Dr")
    appoint(system(), person, post, since_at=AT)
    gone = PostFactory.create(unit=unit, until=DAY, name={"en": "Gone"})
    cards = post_cards([post.pk, gone.pk], LATER)
    card = cards[post.pk]
    assert (card.name, card.unit_name) == ({"en": "Head"}, {"en": "Office"})
    assert card.roles == {"head"}
    assert [(h.name, h.kind) for h in card.holders] == [({"en": "Dr Name"}, "full")]
    assert not card.ended
    assert cards[gone.pk].ended
    assert cards[gone.pk].name == {"en": "Gone"}
    assert post_cards([post.pk], AT - TICK)[post.pk].vacant


def test_cards_of_many_posts_need_few_questions(
    django_assert_max_num_queries: object,
) -> None:
    unit = UnitFactory.create()
    posts = [staff(unit).post.pk for _ in range(12)]
    with django_assert_max_num_queries(6):  # type: ignore[operator] # pytest-django's fixture
        assert len(post_cards(posts, timezone.now())) == 12


def test_heads_vacancies_and_seats() -> None:
    top = UnitFactory.create()
    unit = UnitFactory.create(parent=top)
    highest = staff(top, "head")
    vacant = PostFactory.create(unit=unit, seats=2)
    now = timezone.now()
    today = now.date()
    assert heads_of([top.pk, unit.pk], now) == {top.pk: [highest.post.pk]}
    assert head_above(unit.pk, now) == highest.post.pk
    assert [card.post_id for card in vacant_posts([top.pk], now, today)] == [vacant.pk]
    told = staffing([unit.pk], now, today)
    assert (told.posts, told.seats, told.filled, told.vacant) == (1, 2, 0, 1)
