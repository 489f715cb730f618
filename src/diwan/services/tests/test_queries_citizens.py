"""What citizens read: the catalogue, where, how long it took, what others said, where a case is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from diwan.directory.models import Unit
from diwan.directory.tests.factories import UnitFactory
from diwan.kernel.policies import Actor
from diwan.services.actions.ratings import Judgement, open_rating, rate
from diwan.services.models import Case, CasePause, Service
from diwan.services.queries.catalogue import events_of, public_services, searched
from diwan.services.queries.complaints import taker_of
from diwan.services.queries.following import (
    case_by_code,
    followed,
    initials,
    missing_of,
    onward,
    papers_of,
)
from diwan.services.queries.ratings import judged
from diwan.services.queries.regions import regions_of
from diwan.services.queries.waits import LEAST, quantile, waits_of
from diwan.services.rules.codes import written_code
from diwan.services.rules.definition import Paper

from .factories import SIMPLE, case, service, variant
from .test_actions_ratings import ended

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.fixture
def unit(db: None) -> Unit:
    return UnitFactory.create()


def test_the_catalogue_holds_what_citizens_may_ask_for(unit: Unit) -> None:
    tree = service(unit, variant("tree", name={"fa": "هرس درخت"}), events=["home", "property"])
    service(unit, variant("inner", audience="staff"))
    service(unit, variant("milk", kind="duty"))
    service(unit, variant("closed"), events=["home"])
    Service.objects.filter(code="closed").update(state="closed")
    assert list(public_services()) == [tree]
    assert [(event.key, event.count) for event in events_of([tree])] == [
        ("home", 1),
        ("property", 1),
    ]


def test_numbered_places_stand_as_they_are_counted(unit: Unit) -> None:
    for number in ("۱۰", "۲", "۱"):
        UnitFactory.create(parent=unit, kind="desk", name={"fa": f"پیشخوان منطقه {number}"})
    made = service(unit)
    made.offers.update(unit_kind="desk")
    with translation.override("fa"):
        (found,) = regions_of(made, timezone.now().date())
    told = [place.name["fa"].rpartition(" ")[2] for place in found.places]
    assert told == ["۱", "۲", "۱۰"]


def test_everyday_words_find_a_service_and_some_of_them_too(unit: Unit) -> None:
    tree = service(unit, search="هرس درخت شاخه مزاحم")
    shop = service(unit, variant("shop"), search="پروانه کسب مغازه")
    assert searched(public_services(), "درخت‌ها شاخه").services == [tree]
    assert searched(public_services(), "مغا").services == [shop]
    some = searched(public_services(), "مغازه خرید")
    assert (some.services, some.some) == ([shop], True)
    assert searched(public_services(), "؟!").services == []


def test_places_stand_under_their_province(unit: Unit) -> None:
    with translation.override("fa"):
        of_province = UnitFactory.create(parent=unit, name={"fa": "مرکز یزد"}, province="IR-21")
        below = UnitFactory.create(parent=of_province, name={"fa": "دفتر بافق"})
        made = service(unit)
        for one in (of_province, below):
            made.offers.create(unit=one)
        found = regions_of(made, timezone.now().date())
        assert [region.name.get("fa", "") for region in found] == ["یزد", ""]
        assert {place.unit_id for place in found[0].places} == {of_province.pk, below.pk}


def test_how_long_it_took_is_said_of_ten_or_more(unit: Unit) -> None:
    made = service(unit)
    other = UnitFactory.create(parent=unit)

    def answered(days: int, at: Unit = unit) -> None:
        filed = NOW - timedelta(days=days)
        fields = {"phase": "done", "state": "done", "role": "", "ended_at": NOW}
        case(made, at, filed_at=filed, **fields)

    for days in range(1, LEAST):
        answered(days)
    assert waits_of(made, NOW).half is None
    answered(28, other)
    found = waits_of(made, NOW)
    assert found.cases == LEAST
    assert found.half is not None
    assert found.most is not None
    assert found.half < found.most <= 9  # nine days with a weekend in between
    assert waits_of(made, NOW, unit_id=other.pk).half is None
    assert waits_of(made, NOW + timedelta(days=91)).cases == 0
    assert quantile({5: 1}, 90) == 5


def test_the_mean_stands_beside_how_many_answered(unit: Unit) -> None:
    made = service(unit)
    now = timezone.now()
    for number in range(8):
        one = ended(made)
        link = open_rating(one, now)
        assert link is not None
        if number < 5:
            rate(Actor.anonymous(), link, Judgement(stars=number + 1), staff=False)
        if number == 3:
            few = judged(service_id=made.pk, since=now - timedelta(days=9), until=now)
            assert (few.given, few.mean) == (4, None)
    found = judged(unit_ids=[unit.pk], since=now - timedelta(days=9), until=now)
    assert (found.asked, found.given, found.mean, found.rate) == (8, 5, 3.0, 62)
    assert judged(service_id=made.pk, since=now, until=now).rate is None


def test_a_case_is_found_by_its_code_alone(unit: Unit) -> None:
    one = case(service(unit))
    assert case_by_code(written_code(one.code).lower()) == one
    assert case_by_code("0000-0000-0000") is None
    assert case_by_code("no code") is None


def test_what_lies_behind_and_ahead_without_anybody_s_name(unit: Unit) -> None:
    one = case(service(unit))
    shown = followed(one, timezone.now())
    assert [stage.place for stage in shown.stages] == ["here", "ahead", "ahead"]
    one.steps.update(left_at=timezone.now(), action="forward", said="رسید")
    Case.objects.filter(pk=one.pk).update(state="review", role="officer")
    one.refresh_from_db()
    shown = followed(one, timezone.now())
    assert [stage.place for stage in shown.stages] == ["behind", "here", "ahead"]
    assert shown.stages[0].said == "رسید"
    assert shown.reopen_until is None
    assert not shown.may_rate(timezone.now())
    done = ended(one.service)
    open_rating(done, timezone.now())
    shown = followed(done, timezone.now())
    assert shown.stages[-1].place == "here"
    assert shown.may_rate(timezone.now())
    assert shown.may_reopen(timezone.now())
    assert not shown.may_reopen(timezone.now() + timedelta(days=30))


def test_everything_missing_is_named_at_once(unit: Unit) -> None:
    one = case(service(unit), phase="waiting")
    asked: list[Any] = [
        {"paper": "deed", "text": {}, "question": ""},
        {"paper": "", "text": {"fa": "امضا"}, "question": "/data/sign"},
        {"paper": "", "text": {}, "question": "trees"},
    ]
    pause = CasePause.objects.create(
        case=one, step=one.steps.get(), asked=asked, since_at=timezone.now()
    )
    found = missing_of(pause, one, SIMPLE)
    assert [row.text["fa"] for row in found] == ["سند ملک", "امضا", "شمار درختان"]
    assert [row.question for row in found] == ["", "/data/sign", "/data/trees"]
    assert missing_of(None, one, SIMPLE) == []


def test_papers_say_whether_they_were_given(unit: Unit) -> None:
    papers = (Paper("deed", {"fa": "سند"}), Paper("plan", {"fa": "نقشه"}, question="plan"))
    one = case(service(unit, variant("papers", papers=papers)))
    assert [stand.given for stand in papers_of(one, variant("x", papers=papers))] == [None, False]


def test_small_things() -> None:
    assert initials("سارا بهاری") == "س. ب."
    assert initials("") == ""
    assert [state.key for state in onward(SIMPLE, SIMPLE.start)] == ["review", "done"]


def test_complaints_go_to_the_service_that_is_named_else_to_the_nearest_above(unit: Unit) -> None:
    of = service(unit, variant("shop", complaints="hear"))
    assert taker_of(of) is None
    below = UnitFactory.create(parent=unit)
    service(below, variant("aaa", kind="complaint"))
    assert taker_of(of) is None, "a unit below hears no complaints about others"
    any_one = service(unit, variant("grumble", kind="complaint"))
    assert taker_of(of) == any_one
    nearest = service(below, variant("tree", complaints=""))
    assert getattr(taker_of(nearest), "code", "") == "aaa"
    named = service(unit, variant("hear", kind="complaint"))
    assert taker_of(of) == named
