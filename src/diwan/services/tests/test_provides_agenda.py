"""What bodies should look at of services, and when they are left in peace."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override

from diwan.directory.tests.factories import Staff, UnitFactory, staff
from diwan.kernel.exchange import AgendaPoint, AgendaQuestion, Weight
from diwan.kernel.ids import new_id
from diwan.services.models import Case, Ending, Service
from diwan.services.provides.agenda import services_behind

from .factories import case, service, variant
from .office import Office, make_office

pytestmark = pytest.mark.django_db


def asked(office: Office, who: Staff, **more: Any) -> list[AgendaPoint]:
    """What a body of the top unit is offered."""
    given = {"unit_id": office.top.pk, **more}
    question = AgendaQuestion(who.actor, new_id(), timezone.now().date(), **given)
    with override("fa"):
        return list(services_behind(question))


def judged(office: Office, stars: int, days: int, count: int = 5) -> None:
    """Some cases of the office that ended so many days ago, judged so."""
    at = timezone.now() - timedelta(days=days)
    for _n in range(count):
        one = case(office.service, filed_at=at)
        Case.objects.filter(pk=one.pk).update(phase="done", ended_at=at)
        Ending.objects.create(
            case=one,
            service=office.service,
            unit=office.unit,
            channel=one.channel,
            number=1,
            outcome="done",
            round_at=at,
            began_at=at,
            ended_at=at,
            asked=True,
            stars=stars,
        )


def test_nothing_is_offered_where_nothing_is_wanting(django_assert_num_queries: Any) -> None:
    office = make_office()
    case(office.service)
    judged(office, 4, 120)
    judged(office, 4, 10)
    question = AgendaQuestion(office.head.actor, new_id(), timezone.now().date())
    assert list(services_behind(question)) == []
    assert asked(office, office.head) == []
    with django_assert_num_queries(2):  # one of them asks who the actor is
        assert asked(office, office.head) == []


def test_late_cases_are_one_point_a_service_with_its_figures() -> None:
    office = make_office()
    past = timezone.now() - timedelta(days=9)
    for _n in range(3):
        case(office.service, due_at=past)
    case(office.service, due_at=None, promised_at=past)
    case(service(UnitFactory.create(), variant("elsewhere")), due_at=past)
    (point,) = asked(office, office.head)
    assert (point.ref.id, point.weight) == (office.service.pk, Weight.SERVED)
    assert point.text["fa"] == "خدمت «\u2068مجوز هرس درخت\u2069»: ۴ پرونده عقب‌افتاده"
    assert point.text["ar"].endswith("٤ طلبات متأخرة")
    assert "سارا" not in str(point)
    beside = UnitFactory.create(parent=office.top)
    assert asked(office, office.head, unit_id=beside.pk) == []
    overseen = frozenset({office.unit.pk})
    assert asked(office, office.head, unit_id=beside.pk, overseen=overseen) == [point]


def test_a_complaint_that_went_up_counts_for_the_service_complained_of() -> None:
    office = make_office()
    complaints: Service = service(office.unit, variant("complaint", kind="complaint"))
    about = case(office.service)
    up = case(complaints, about=about)
    case(complaints, about=about)
    Case.objects.filter(pk=up.pk).update(at_unit=office.top)
    (point,) = asked(office, staff(office.top, "secretary"))
    assert point.ref.id == office.service.pk
    assert "۱ شکایت" in point.text["fa"]


def test_judgements_that_fell_are_told_where_enough_judged() -> None:
    office = make_office()
    judged(office, 5, 120)
    judged(office, 3, 10, count=4)
    assert asked(office, office.head) == []
    judged(office, 3, 9, count=1)
    (point,) = asked(office, office.head)
    assert "از ۵٫۰ به ۳٫۰" in point.text["fa"]
