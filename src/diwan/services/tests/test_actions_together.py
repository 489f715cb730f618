"""Two at the same moment: one is first, and the other learns it or finds nothing left to do."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections
from django.utils import timezone

from diwan.directory.models import Unit
from diwan.directory.tests.factories import UnitFactory, staff
from diwan.kernel.errors import Conflict, Refused
from diwan.kernel.models import AuditEntry, Notice
from diwan.kernel.policies import Actor
from diwan.services.actions.applicants import bring, reopen
from diwan.services.actions.definitions import publish
from diwan.services.actions.expiring import look_at_waiting
from diwan.services.actions.given import Asked
from diwan.services.actions.inquiries import answer, ask, withdraw_inquiry
from diwan.services.actions.ratings import Judgement, link_of, open_rating, rate, rating_secret
from diwan.services.actions.steps import act, return_case, take
from diwan.services.models import Case, Inquiry, Rating, Service, ServiceVersion

from .factories import case, service, version

pytestmark = pytest.mark.django_db(transaction=True)


def together(*ways: Callable[[], object]) -> list[Exception | None]:
    """Do these at the same moment; what each raised that a person would read."""
    barrier = Barrier(len(ways))

    def one(way: Callable[[], object]) -> Exception | None:
        barrier.wait()
        try:
            way()
        except Refused as refused:
            return refused
        finally:
            connections.close_all()
        return None

    with ThreadPoolExecutor(len(ways)) as pool:
        return list(pool.map(one, ways))


def fresh(one: Case) -> Case:
    """The case as a page reads it."""
    return Case.objects.get(pk=one.pk)


@pytest.fixture
def unit() -> Unit:
    """Where cases lie."""
    return UnitFactory.create(parent=UnitFactory.create())


def test_two_clerks_take_one_case(unit: Unit) -> None:
    one, clerks = case(service(unit)), [staff(unit, "clerk") for _n in range(2)]
    told = together(*(lambda who=who: take(who.actor, fresh(one)) for who in clerks))
    assert [type(each) for each in told if each] == [Conflict]
    assert fresh(one).post in [who.post for who in clerks]
    assert AuditEntry.objects.filter(subject_id=one.pk, verb="take").count() == 1


def test_an_inquiry_is_answered_or_taken_back(unit: Unit) -> None:
    beside = UnitFactory.create(register=unit.register)
    clerk, expert = staff(unit, "clerk"), staff(beside, "officer")
    one = case(service(unit))
    asked = ask(clerk.actor, one, [beside.pk], "مانعی هست؟")[0]
    told = together(
        lambda: answer(expert.actor, Inquiry.objects.get(pk=asked.pk), "agrees", ""),
        lambda: withdraw_inquiry(clerk.actor, Inquiry.objects.get(pk=asked.pk)),
    )
    assert sum(isinstance(each, Conflict) for each in told) == 1
    asked.refresh_from_db()
    assert (asked.answered_at is None) != (asked.withdrawn_at is None)


def test_a_case_is_reopened_while_it_is_judged(unit: Unit) -> None:
    one = case(service(unit))
    act(staff(unit, "clerk").actor, one, "forward")
    act(staff(unit, "officer").actor, one, "grant")
    open_rating(fresh(one), timezone.now())
    link = link_of(rating_secret(fresh(one)))
    told = together(
        lambda: reopen(Actor.anonymous(), fresh(one), "نادرست است"),
        lambda: rate(Actor.anonymous(), link, Judgement(2), staff=False),
    )
    assert told[0] is None
    assert fresh(one).phase == "open"
    # Judged before it was opened again, or not at all; never while it runs.
    assert Rating.objects.count() == (told[1] is None)
    assert list(fresh(one).endings.values_list("stars", flat=True)) == [
        2 if told[1] is None else None
    ]


def test_waiting_is_ended_by_two_at_once_and_brought_at_that_moment(unit: Unit) -> None:
    clerk, one = staff(unit, "clerk"), case(service(unit))
    return_case(clerk.actor, one, [Asked(paper="deed")])
    over = timezone.now() + timedelta(days=400)
    assert look_at_waiting(over - timedelta(days=30)) == 1
    told = together(
        lambda: look_at_waiting(over),
        lambda: look_at_waiting(over),
        lambda: bring(Actor.anonymous(), fresh(one), {}, words="آوردم"),
    )
    ended = fresh(one).phase == "withdrawn"
    assert (told[2] is not None) == ended
    told_of = AuditEntry.objects.filter(subject_id=one.pk)
    assert told_of.filter(verb="expire").count() == ended
    assert told_of.filter(verb="resume").count() == (not ended)
    assert fresh(one).pauses.get().until_at is not None
    assert Notice.objects.filter(ref_id=one.pk, data__when="withdrawn").count() == ended


def test_two_publish_a_service_at_once(unit: Unit) -> None:
    made, head = service(unit), staff(unit, "head")
    draft = version(made)
    told = together(
        *(lambda: publish(head.actor, ServiceVersion.objects.get(pk=draft.pk)) for _n in range(2))
    )
    assert [type(each) for each in told if each] == [Conflict]
    assert Service.objects.get(pk=made.pk).current == draft
    assert made.versions.filter(state="published").count() == 1
    assert AuditEntry.objects.filter(subject_id=made.pk, verb="publish").count() == 1
