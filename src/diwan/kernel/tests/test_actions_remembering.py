"""While a page is made, what was read is not read again; a writing request remembers nothing."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest

from diwan.kernel.errors import Forbidden, NotFound
from diwan.kernel.ids import new_id
from diwan.kernel.models import DeclaredHoliday
from diwan.kernel.policies import Actor
from diwan.kernel.remembering import memory, remembering
from diwan.kernel.tests.factories import HolidayPolicy, a_user
from diwan.kernel.working import work_calendar, work_calendars

pytestmark = pytest.mark.django_db
Queries = Callable[[int], AbstractContextManager[object]]
TEHRAN, CAIRO = new_id(), new_id()


@pytest.fixture
def policy() -> HolidayPolicy:
    return HolidayPolicy({TEHRAN: "IR", CAIRO: "EG"}, {CAIRO: "EG"})


def holiday(code: str) -> DeclaredHoliday:
    return DeclaredHoliday.objects.create(country=code, day=date(2026, 1, 1), status="declared")


def test_a_memory_ends_with_its_block_and_there_is_none_outside() -> None:
    assert memory("names") is None
    with remembering():
        first = memory("names")
        assert first is not None
        first["a"] = 1
        assert memory("names") == {"a": 1}
        assert memory("others") == {}
    assert memory("names") is None


def test_the_first_question_about_a_record_answers_for_all_verbs(
    policy: HolidayPolicy, django_assert_num_queries: Queries
) -> None:
    actor, records = a_user(), [holiday("IR"), holiday("EG"), holiday("TR")]
    want = {(r.country, v): policy.may(actor, v, r) for r in records for v in ("see", "change")}
    with remembering(), django_assert_num_queries(3):
        got = {(r.country, v): policy.may(actor, v, r) for r in records for v in ("see", "change")}
        assert got == want
        policy.demand(actor, "change", records[1])
        with pytest.raises(Forbidden):
            policy.demand(actor, "change", records[0])
        with pytest.raises(NotFound):
            policy.demand(actor, "change", records[2])


def test_finding_a_record_tells_what_may_be_done_with_it(
    policy: HolidayPolicy, django_assert_num_queries: Queries
) -> None:
    for code in ("IR", "EG", "TR"):
        holiday(code)
    actor, every = a_user(), DeclaredHoliday.objects.order_by("country")
    assert [row.country for row in policy.find(actor, every)] == ["EG", "IR"]
    with remembering(), django_assert_num_queries(1):
        egypt, iran = policy.find(actor, every)
        assert policy.may(actor, "change", egypt)
        assert not policy.may(actor, "change", iran)


def test_each_actor_has_rights_of_their_own_in_the_memory(policy: HolidayPolicy) -> None:
    egypt, somebody = holiday("EG"), a_user(post_id=CAIRO)
    with remembering():
        assert policy.may(somebody, "change", egypt)
        assert not policy.may(somebody.narrowed(TEHRAN), "change", egypt)
        assert not policy.may(Actor.anonymous(), "see", egypt)
        assert policy.may(Actor.system("a job"), "change", egypt)


def test_a_country_is_asked_for_once(django_assert_num_queries: Queries) -> None:
    holiday("IR")
    with remembering(), django_assert_num_queries(1):
        first = work_calendar("IR")
        assert work_calendars(["IR", "EG"])["IR"] is first
        work_calendar("EG")
