"""The base of every policy: nobody, anonymous, several posts, narrowed, elevated, the system."""

from datetime import date

import pytest

from diwan.kernel.errors import Forbidden, NotFound, Refused
from diwan.kernel.ids import new_id
from diwan.kernel.models import DeclaredHoliday
from diwan.kernel.policies import Actor, Through
from diwan.kernel.tests.factories import HolidayPolicy, a_user

pytestmark = pytest.mark.django_db
TEHRAN, CAIRO, BOTH = new_id(), new_id(), new_id()


@pytest.fixture
def days() -> dict[str, DeclaredHoliday]:
    return {
        code: DeclaredHoliday.objects.create(country=code, day=date(2026, 1, 1), status="declared")
        for code in ("IR", "EG")
    }


@pytest.fixture
def policy() -> HolidayPolicy:
    return HolidayPolicy({TEHRAN: "IR", CAIRO: "EG"}, {CAIRO: "EG"})


def test_which_and_may_give_one_answer(
    policy: HolidayPolicy, days: dict[str, DeclaredHoliday]
) -> None:
    actor = a_user()
    for verb in ("see", "change"):
        allowed = set(policy.which(actor, verb, DeclaredHoliday.objects.all()))
        for record in days.values():
            assert policy.may(actor, verb, record) == (record in allowed)


def test_anonymous_gets_what_is_public_and_here_nothing_is(
    policy: HolidayPolicy, days: dict[str, DeclaredHoliday]
) -> None:
    nobody = Actor.anonymous()
    assert not policy.which(nobody, "see", DeclaredHoliday.objects.all()).exists()
    with pytest.raises(NotFound):
        policy.require(nobody, "see", days["IR"])
    with pytest.raises(NotFound):
        policy.require(nobody, "change", days["IR"])


def test_without_an_actor_there_is_no_answer(
    policy: HolidayPolicy, days: dict[str, DeclaredHoliday]
) -> None:
    with pytest.raises((AttributeError, TypeError)):
        policy.may(None, "see", days["IR"])  # type: ignore[arg-type]  # what must not work


def test_a_verb_without_a_rule_is_an_error_and_no_leave(
    policy: HolidayPolicy, days: dict[str, DeclaredHoliday]
) -> None:
    with pytest.raises(KeyError, match="HolidayPolicy has no rule for erase"):
        policy.may(a_user(), "erase", days["IR"])


def test_seen_but_not_allowed_is_forbidden_and_unseen_is_not_found(
    days: dict[str, DeclaredHoliday],
) -> None:
    policy = HolidayPolicy({TEHRAN: "IR"}, {})
    with pytest.raises(Forbidden) as refusal:
        policy.require(a_user(), "change", days["IR"])
    assert isinstance(refusal.value, Refused)
    assert str(refusal.value)
    with pytest.raises(NotFound):
        policy.require(a_user(), "change", days["EG"])


def test_the_post_that_gave_the_right_is_named(
    policy: HolidayPolicy, days: dict[str, DeclaredHoliday]
) -> None:
    from_tehran = a_user(post_id=TEHRAN)
    assert policy.require(from_tehran, "change", days["EG"]) == Through(post_id=CAIRO)
    assert policy.require(from_tehran, "see", days["IR"]) == Through(post_id=TEHRAN)
    assert policy.require(from_tehran, "see", days["EG"]) == Through(post_id=CAIRO)


def test_the_chosen_post_comes_before_others_that_give_the_right_too(
    days: dict[str, DeclaredHoliday],
) -> None:
    policy = HolidayPolicy({TEHRAN: "IR", BOTH: "IR"}, {})
    assert policy.require(a_user(post_id=BOTH), "see", days["IR"]) == Through(post_id=BOTH)


def test_a_narrowed_actor_has_one_post_and_no_elevation(
    policy: HolidayPolicy, days: dict[str, DeclaredHoliday]
) -> None:
    actor = a_user(elevation_id=new_id())
    assert policy.may(actor, "change", days["IR"])
    actor.memo["authority"] = "of all posts"
    narrow = actor.narrowed(TEHRAN)
    assert not narrow.elevated
    assert narrow.memo == {}
    assert policy.may(narrow, "see", days["IR"])
    assert not policy.may(narrow, "see", days["EG"])


def test_an_elevation_gives_what_no_post_gives_and_is_named(
    policy: HolidayPolicy, days: dict[str, DeclaredHoliday]
) -> None:
    elevation = new_id()
    actor = a_user(elevation_id=elevation)
    assert policy.require(actor, "change", days["IR"]) == Through(elevation_id=elevation)
    # Where a post gives it anyway the elevation is not needed and not named.
    assert policy.require(actor, "change", days["EG"]) == Through(post_id=CAIRO)


def test_the_system_may_and_stands_for_nobody(
    policy: HolidayPolicy, days: dict[str, DeclaredHoliday]
) -> None:
    system = Actor.system("import")
    assert policy.require(system, "change", days["IR"]) == Through()
    assert policy.which(system, "see", DeclaredHoliday.objects.all()).count() == 2
