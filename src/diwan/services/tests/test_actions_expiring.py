"""A case does not wait for its applicant for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import translation

from diwan.kernel.exchange import Ref
from diwan.kernel.models import AuditEntry, Notice
from diwan.kernel.notices import Telling, kind_of
from diwan.kernel.policies import Actor, ActorKind
from diwan.services.actions.applicants import bring, reopen
from diwan.services.actions.expiring import look_at_waiting
from diwan.services.actions.given import Asked
from diwan.services.actions.steps import return_case
from diwan.services.constants import CASE, TO_APPLICANT
from diwan.services.models import Case, Ending
from diwan.services.provides.notices import declare_notices

from .factories import case, service, variant
from .office import Office, at, make_office

pytestmark = pytest.mark.django_db
SUNDAY = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


def days(number: float) -> datetime:
    """So many days after that Sunday."""
    return SUNDAY + timedelta(days=number)


@pytest.fixture
def office() -> Office:
    return make_office()


def waiting(office: Office, code: str = "waits", **changes: int) -> Case:
    """A case that was returned on that Sunday."""
    of = service(office.unit, variant(code, **changes))
    one = case(of, filed_at=SUNDAY, promised_at=days(6))
    return return_case(office.clerk.actor_at(SUNDAY), one, [Asked(paper="deed")])


def test_who_is_not_heard_of_is_reminded_and_then_it_counts_as_withdrawn(
    office: Office, client: Client
) -> None:
    one = waiting(office)
    assert look_at_waiting(days(165)) == 0
    assert look_at_waiting(days(166)) == 1
    assert look_at_waiting(days(179)) == 0
    declare_notices()
    kind = kind_of(TO_APPLICANT)
    assert kind is not None
    with translation.override("en"):
        words = kind.write(Telling(Ref(CASE, one.pk), {"when": "reminded"}, None))
    assert words is not None
    assert "still waits for: Title deed" in words.subject
    assert "مهلت تکمیل مدارک" in client.get(at("followed", one.code)).content.decode()
    assert "پرونده بسته می‌شود" in client.get(at("bring", one.code)).content.decode()
    page = office.client(office.clerk).get(at("case", one.pk)).content.decode()
    assert "مهلت متقاضی" in page
    assert look_at_waiting(days(180)) == 1
    assert look_at_waiting(days(181)) == 0
    one = Case.objects.get(pk=one.pk)
    assert (one.phase, one.ended_at) == ("withdrawn", days(180))
    assert Ending.objects.get(case=one).outcome == "withdrawn"
    told = Notice.objects.filter(kind=TO_APPLICANT, ref_id=one.pk)
    assert {row.data["when"] for row in told} >= {"returned", "reminded", "withdrawn"}
    verbs = AuditEntry.objects.filter(subject_id=one.pk).values_list("verb", flat=True)
    assert {"remind", "expire"} <= set(verbs)
    nobody = Actor(ActorKind.ANONYMOUS, days(185))
    assert reopen(nobody, one, "در سفر بودم").phase == "open"


def test_who_is_asked_for_more_has_the_whole_time_again(office: Office) -> None:
    one = waiting(office, waiting_days=20)
    assert look_at_waiting(days(15)) == 1
    return_case(office.clerk.actor_at(days(16)), one, [Asked(question="trees")])
    assert look_at_waiting(days(21)) == 0
    assert look_at_waiting(days(27)) == 1  # reminded of both
    assert look_at_waiting(days(37)) == 1
    one.refresh_from_db()
    assert one.phase == "withdrawn"


def test_nothing_ends_that_was_brought_or_of_which_nobody_was_reminded(office: Office) -> None:
    one, two = waiting(office), waiting(office, "soon", waiting_days=10)
    bring(Actor(ActorKind.ANONYMOUS, days(2)), one, {}, words="آوردم")
    # No worker ran for a year: the reminder comes first, with the days that it gives.
    assert look_at_waiting(days(365)) == 1
    assert look_at_waiting(days(369)) == 0
    assert look_at_waiting(days(370)) == 1
    two.refresh_from_db()
    one.refresh_from_db()
    assert (one.phase, two.phase) == ("open", "withdrawn")
