"""What cases put on desks, and how few things that is however many cases there are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from diwan.directory.tests.factories import Staff, UnitFactory, staff
from diwan.kernel.exchange import DeskItem, DeskQuestion, Waiting
from diwan.services.models import Inquiry
from diwan.services.provides import desk

from .factories import case, service

pytestmark = pytest.mark.django_db
PROVIDERS = (desk.cases_at_hand, desk.late_below, desk.vacant_below)


def desk_of(who: Staff, **more: Any) -> list[DeskItem]:
    """What the room puts on somebody's own desk."""
    actor = who.actor
    asked = {"post_ids": frozenset({who.post.pk}), **more}
    question = DeskQuestion(actor=actor, at=actor.at, **asked)
    return [item for provider in PROVIDERS for item in provider(question)]


def test_a_case_stands_on_the_desks_of_those_who_may_take_it() -> None:
    unit = UnitFactory.create()
    made, clerk, other = service(unit), staff(unit, "clerk"), staff(unit, "clerk")
    late = case(made, due_at=timezone.now() - timedelta(days=9))
    later, taken = case(made), case(made, post=other.post)
    case(made, role="officer")
    items = desk_of(clerk)
    assert [item.ref.id for item in items] == [late.pk, later.pk]
    assert items[0].late_days > 0
    assert (items[1].late_days, items[1].waiting) == (0, Waiting.DO)
    assert "بهاری" not in str(items)
    assert taken.pk in {item.ref.id for item in desk_of(other)}


def test_thousands_are_the_most_urgent_and_one_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "SHOWN", 3)
    unit = UnitFactory.create()
    made, clerk = service(unit), staff(unit, "clerk")
    for days in range(5):
        case(made, due_at=timezone.now() + timedelta(days=days + 1))
    items = desk_of(clerk)
    assert [item.count for item in items] == [1, 1, 1, 2]
    assert items[-1].ref.id == desk.REST


def test_what_a_unit_is_asked_stands_on_the_desks_there() -> None:
    unit = UnitFactory.create()
    one, asked = case(service(unit)), staff(UnitFactory.create(), "officer")
    inquiry = Inquiry.objects.create(
        case=one,
        step=one.steps.get(),
        unit=asked.post.unit,
        question="؟",
        asked_at=timezone.now(),
    )
    assert [item.waiting for item in desk_of(asked)] == [Waiting.DECIDE]
    inquiry.withdrawn_at = timezone.now()
    inquiry.save()
    assert desk_of(asked) == []


def test_a_head_sees_one_thing_a_unit() -> None:
    top = UnitFactory.create()
    unit = UnitFactory.create(parent=top)
    made, head, own = service(unit), staff(top, "head"), staff(unit, "head")
    for _n in range(3):
        case(made, due_at=timezone.now() - timedelta(days=3))
    late = [item for item in desk_of(head) if item.waiting is Waiting.LOOK]
    assert [(item.unit_id, item.count) for item in late] == [(unit.pk, 3)]
    assert late[0].late_days > 0
    vacant = [item for item in desk_of(own) if item.waiting is Waiting.VACANT]
    assert [(item.unit_id, item.count) for item in vacant] == [(unit.pk, 3)]
    staff(unit, "clerk")
    assert not [item for item in desk_of(own) if item.waiting is Waiting.VACANT]
    under = desk_of(head, post_ids=frozenset(), under_ids=frozenset({unit.pk}))
    assert [item.waiting for item in under] == [Waiting.LOOK]


def test_who_handles_no_cases_costs_no_question(django_assert_num_queries: Any) -> None:
    administrator = staff(UnitFactory.create(), "administrator")
    actor = administrator.actor
    question = DeskQuestion(actor=actor, at=actor.at, post_ids=frozenset({administrator.post.pk}))
    list(desk.late_below(question))
    with django_assert_num_queries(0):
        assert [item for provider in PROVIDERS for item in provider(question)] == []


def test_of_what_others_owe_one_is_told_what_one_may_see() -> None:
    unit = UnitFactory.create()
    clerk, stranger = staff(unit, "clerk"), staff(UnitFactory.create(), "clerk")
    one = case(service(unit))
    assert [item.ref.id for item in desk_of(clerk)] == [one.pk]
    asked = {"post_ids": frozenset({clerk.post.pk})}
    assert desk_of(stranger, **asked) == []
    head = staff(unit, "head")
    theirs = desk_of(head, **asked)
    assert [(item.ref.id, item.readable) for item in theirs] == [(one.pk, True)]
