"""Who is complained of learns nothing of the complaint: from no post, desk, sheet or program."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from diwan.accounts.actions import TokenFields, make_token
from diwan.directory.actions.sheets import sheet_at
from diwan.directory.models import Unit
from diwan.directory.tests.factories import Staff, UnitFactory, staff
from diwan.kernel.exchange import DeskItem, DeskQuestion, Fact, Ref
from diwan.kernel.models import Notice
from diwan.kernel.policies import Actor
from diwan.services.actions.inquiries import ask
from diwan.services.constants import CASE, FEW_STARS, RATED
from diwan.services.models import Case
from diwan.services.policies import CASES
from diwan.services.provides.desk import cases_at_hand
from diwan.services.provides.ratings import _tell_head, low_ratings
from diwan.services.queries.worklist import WorkFilter, worklist
from diwan.services.rules.codes import first_signs, written_code
from diwan.services.tests.factories import case, judge, service, variant

from .api_house import API

pytestmark = pytest.mark.django_db


@dataclass
class Place:
    """A unit complained of with who did it, and the office beside it that hears complaints."""

    unit: Unit
    office: Unit
    blamed: Staff
    hearing: Staff
    before: Case
    complaint: Case


@pytest.fixture
def place(db: None) -> Place:
    top = UnitFactory.create()
    unit = UnitFactory.create(parent=top)
    office = UnitFactory.create(parent=top, register=top.register)
    blamed, hearing = staff(unit, "clerk"), staff(office, "clerk")
    before = case(service(unit))
    before.steps.update(by_post=blamed.post)
    hear = service(top, variant("hear", kind="complaint"))
    return Place(
        unit, office, blamed, hearing, before, case(hear, unit, about=before, at_unit=office)
    )


def verbs(actor: Actor, of: Case) -> set[str]:
    """What somebody may do with a case."""
    return {verb for verb in CASES.verbs if CASES.may(actor, verb, of)}


def read(who: Staff, path: str, **token: Any) -> Any:
    """What a program reads in somebody's name."""
    fields = TokenFields(name="x", scopes=["services:read"], days=30, **token)
    secret = make_token(Actor.user(who.user.pk, "x"), fields).secret
    return Client().get(f"{API}{path}", headers={"authorization": f"Bearer {secret}"})


def test_another_post_of_the_same_person_gives_nothing(place: Place) -> None:
    second = staff(place.office, "clerk", user=place.blamed.user)
    narrowed = second.actor.narrowed(second.post.pk)
    for actor in (second.actor, narrowed):
        assert verbs(actor, place.complaint) == set()
        assert not worklist(actor, WorkFilter()).filter(pk=place.complaint.pk).exists()
    desk = DeskQuestion(narrowed, timezone.now(), frozenset({second.post.pk}))
    assert list(cases_at_hand(desk)) == []
    assert read(second, f"/cases/{place.complaint.pk}", post_id=second.post.pk).status_code == 404
    # Who did nothing of it works on it from the same unit, narrowed or not.
    mine = place.hearing.actor.narrowed(place.hearing.post.pk)
    assert {"see", "work"} <= verbs(mine, place.complaint)


def test_the_counter_that_typed_a_complaint_in_has_its_receipt_alone(place: Place) -> None:
    counter = staff(place.unit, "clerk")
    Case.objects.filter(pk__in=[place.complaint.pk, place.before.pk]).update(filed_by=counter.post)
    assert verbs(counter.actor, place.complaint) == set()
    far = UnitFactory.create(parent=place.office)
    Case.objects.filter(pk=place.before.pk).update(unit=far, at_unit=far)
    assert {"see", "help"} <= verbs(counter.actor, place.before)


def test_what_is_asked_about_a_complaint_is_not_told_to_who_is_complained_of(place: Place) -> None:
    colleague, now = staff(place.unit, "clerk"), timezone.now()
    ask(place.hearing.actor, place.complaint, [place.unit.pk], "آیا رشوه گرفت؟")

    def sections(who: Staff) -> set[str]:
        return {one["key"] for one in sheet_at(who.post.pk, now, made_at=now)["sections"]}

    for who, count in ((place.blamed, 0), (colleague, 1)):
        assert len(read(who, "/inquiries").json()["items"]) == count
        assert ("services.case.inquiries" in sections(who)) == bool(count)


def few_stars(who: Staff) -> list[DeskItem]:
    """What somebody's desk says of judgements with few stars."""
    asked = DeskQuestion(who.actor, timezone.now(), frozenset({who.post.pk}))
    return list(low_ratings(asked))


def test_few_stars_for_a_complaint_come_to_who_heard_it(place: Place) -> None:
    now, complaint = timezone.now(), place.complaint
    blamed, heard = staff(place.unit, "head"), staff(place.office, "head")
    Case.objects.filter(pk=complaint.pk).update(
        phase="refused", ended_at=now, filed_at=now - timedelta(days=3), on_time=True
    )
    judge(complaint, 1)
    assert few_stars(blamed) == []
    (item,) = few_stars(heard)
    assert (item.ref.id, item.unit_id) == (complaint.pk, place.office.pk)
    assert written_code(complaint.code) in str(item.source)
    fact = Fact(RATED, Ref(CASE, complaint.pk), Actor.anonymous(), now, {"stars": 1})
    _tell_head(fact)
    told = Notice.objects.filter(kind=FEW_STARS).values_list("user_id", flat=True)
    assert list(told) == [heard.user.pk]
    # Nor to the head of the office that heard it, where the head did what is complained of.
    place.before.steps.update(by_post=heard.post)
    assert few_stars(heard) == []


def test_a_sheet_keeps_the_first_signs_of_a_code_alone(place: Place) -> None:
    head, now, before = staff(place.unit, "head"), timezone.now(), place.before
    judge(before, 2)
    sheet = sheet_at(head.post.pk, now + timedelta(seconds=1), made_at=now)
    (item,) = (one for one in sheet["items"] if one["id"] == str(before.pk))
    assert first_signs(before.code) in item["source"]["fa"]
    assert written_code(before.code) not in str(sheet)
