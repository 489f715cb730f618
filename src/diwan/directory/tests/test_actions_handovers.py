"""Handing over, the sheet that remains, and undated events that take their date."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from diwan.directory.actions.events import state_event
from diwan.directory.actions.handovers import (
    HandoverPlan,
    add_need,
    hand_over,
    settle_handovers,
)
from diwan.directory.actions.holdings import (
    appoint,
)
from diwan.directory.models import Handover, Holding, Person, Post, UnitVersion
from diwan.directory.policies import authority_of, handover_policy
from diwan.kernel import exchange
from diwan.kernel.calendars import PartialDate
from diwan.kernel.errors import Forbidden, Refused
from diwan.kernel.exchange import DeskItem, DeskQuestion, Ref, Waiting

from .factories import (
    HandoverFactory,
    HoldingFactory,
    PersonFactory,
    PostFactory,
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


def test_a_handover_passes_rights_at_the_instant() -> None:
    unit = UnitFactory.create()
    old, new = staff(unit, "head"), staff(unit)
    above = staff(unit, "administrator")
    at = timezone.now() + timedelta(days=3)
    hand_over(above.actor, HandoverPlan(old.post, at, old.person, new.person))
    for moment, holder, other in ((at - TICK, old, new), (at, new, old)):
        assert old.post.pk in authority_of(holder.actor_at(moment)).post_ids
        assert old.post.pk not in authority_of(other.actor_at(moment)).post_ids


def desk_item(question: DeskQuestion, post: Post) -> list[DeskItem]:
    """What a strange room would put on the post's desk."""
    if post.pk not in question.post_ids:
        return []
    return [
        DeskItem(
            ref=Ref("councils.action", post.pk),
            post_id=post.pk,
            unit_id=None,
            waiting=Waiting.DO,
            title={"fa": "گزارش"},
            url="/x/",
            step="Do it",
            step_url="/x/",
            due=date(2026, 1, 1),
            late_days=(question.at - AT).days,
            redated=2,
        )
    ]


def test_the_sheet_keeps_what_was_open(monkeypatch: pytest.MonkeyPatch) -> None:
    unit = UnitFactory.create()
    old, new = staff(unit, "head"), staff(unit)
    monkeypatch.setattr(exchange.desk, "_desk", [lambda question: desk_item(question, old.post)])
    plan = HandoverPlan(
        old.post, AT + timedelta(days=5), old.person, new.person, needs=[{"en": "Two more staff"}]
    )
    handover = hand_over(system(), plan)
    (item,) = handover.sheet["items"]
    assert (item["due"], item["late_days"], item["redated"]) == ("2026-01-01", 5, 2)
    assert item["title"] == {"fa": "گزارش"}
    assert set(item["state"]) == {"fa", "ar", "en"}
    assert [need.text for need in handover.needs.all()] == [{"en": "Two more staff"}]
    assert handover.settled_at is not None


def test_the_sheet_of_a_handover_to_come_is_written_when_it_has_come(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    unit = UnitFactory.create()
    old, new = staff(unit, "head"), staff(unit)
    at = timezone.now() + timedelta(days=3)
    handover = hand_over(system(), HandoverPlan(old.post, at, old.person, new.person))
    assert handover.sheet["items"] == []
    monkeypatch.setattr(exchange.desk, "_desk", [lambda question: desk_item(question, old.post)])
    settle_handovers(at - TICK)
    handover.refresh_from_db()
    assert handover.settled_at is None
    settle_handovers(at)
    settle_handovers(at + timedelta(days=1))
    handover.refresh_from_db()
    assert handover.settled_at == at
    assert len(handover.sheet["items"]) == 1


def test_a_handover_is_refused_where_it_cannot_be() -> None:
    unit = UnitFactory.create()
    old, new = staff(unit, "head"), staff(unit)
    stranger = PersonFactory.create(register=unit.register, name={"en": "Stranger"})
    with pytest.raises(Refused, match="Stranger"):
        hand_over(system(), HandoverPlan(old.post, AT, stranger, new.person))
    with pytest.raises(Refused, match="somebody else"):
        hand_over(system(), HandoverPlan(old.post, AT, old.person, old.person))
    with pytest.raises(Refused, match="Name who"):
        hand_over(system(), HandoverPlan(old.post, AT))
    with pytest.raises(Forbidden):
        hand_over(new.actor, HandoverPlan(old.post, AT, old.person, new.person))
    other = staff(unit, "clerk")
    with pytest.raises(Refused, match="seat"):
        hand_over(system(), HandoverPlan(old.post, AT, old.person, new.person, other.post))
    assert Holding.objects.at(AT).get(post=old.post).person == old.person
    assert not Handover.objects.exists()


def test_who_was_acting_becomes_the_holder() -> None:
    unit = UnitFactory.create()
    post = PostFactory.create(unit=unit)
    person = person_of(post)
    appoint(system(), person, post, since_at=AT, kind="acting")
    hand_over(system(), HandoverPlan(post, LATER, None, person))
    assert [row.kind for row in Holding.objects.at(LATER).filter(post=post)] == ["full"]
    assert [row.kind for row in Holding.objects.at(AT).filter(post=post)] == ["acting"]


def test_the_sheet_is_not_for_administrators() -> None:
    unit = UnitFactory.create()
    holder, head, administrator = staff(unit), staff(unit, "head"), staff(unit, "administrator")
    handover = HandoverFactory.create(from_post=holder.post)
    for who in (holder, head):
        assert handover_policy.may(who.actor, "read", handover)
    assert handover_policy.may(administrator.actor, "see", handover)
    assert not handover_policy.may(administrator.actor, "read", handover)
    assert not handover_policy.may(staff(unit).actor, "see", handover)
    add_need(holder.actor, handover, {"en": "A printer"})
    assert handover.needs.count() == 1


def test_an_event_takes_its_date_everywhere() -> None:
    event = uuid4()
    recorded = date(2026, 11, 21)
    hung = {"since_event": event, "since": recorded, "since_precision": "unknown"}
    unit = UnitFactory.create()
    UnitVersion.objects.filter(unit=unit).update(**hung)
    post = PostFactory.create(unit=unit)
    person = person_of(post)
    HoldingFactory.create(
        post=post,
        person=person,
        since_event=event,
        since_at=datetime(2026, 11, 21, tzinfo=UTC),
        since_precision="unknown",
    )
    handover = HandoverFactory.create(from_post=post, event=event, at_precision="unknown")
    day = date(2015, 6, 1)
    assert state_event(system(), event, PartialDate(day)) == 3
    version = UnitVersion.objects.known().get(unit=unit)
    assert (version.since, version.since_precision, version.since_event) == (day, "day", event)
    midnight = datetime(2015, 5, 31, 19, 30, tzinfo=UTC)  # Tehran kept summer time then
    assert Holding.objects.known().get().since_at == midnight
    handover.refresh_from_db()
    assert handover.at == midnight
    assert state_event(system(), event, PartialDate(day)) == 0


def test_an_event_that_cannot_have_that_date_changes_nothing() -> None:
    event = uuid4()
    unit = UnitFactory.create(since=DAY, until=date(2026, 11, 21))
    UnitVersion.objects.filter(unit=unit).update(until_event=event)
    with pytest.raises(Refused, match="cannot be right"):
        state_event(system(), event, PartialDate(date(2019, 1, 1)))
    assert UnitVersion.objects.get(unit=unit).until == date(2026, 11, 21)
