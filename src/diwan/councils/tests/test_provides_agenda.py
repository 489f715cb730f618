"""What councils offers to a meeting's agenda, and how it gets there."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from diwan.accounts.tests.factories import sign_in
from diwan.councils.actions.agenda import add_point, remove_item
from diwan.councils.actions.dates import ask_date
from diwan.councils.actions.work import report_done, start
from diwan.councils.constants import AGENDA_ITEM
from diwan.councils.models import ActionEvent, AgendaItem, Meeting, Oversight
from diwan.councils.policies import ACTIONS
from diwan.councils.queries.offers import last_met, offered
from diwan.directory.tests.factories import Staff, UnitFactory, staff
from diwan.kernel.errors import Forbidden, Refused
from diwan.kernel.exchange import Ref, Weight
from diwan.kernel.links import Verb, targets
from diwan.kernel.models import Link

from .factories import (
    AgendaItemFactory,
    Council,
    council,
    duty,
    meeting_of,
    on,
    proof,
    resolution_of,
    seat,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def made() -> Council:
    return council()


@pytest.fixture
def owner(made: Council) -> Staff:
    return staff(UnitFactory.create(register=made.body.register))


def planned(made: Council) -> Meeting:
    day = timezone.now().date() + timedelta(days=7)
    return meeting_of(made.body, state="planned", date=day)


def test_late_comes_before_what_waits_before_what_is_open(made: Council, owner: Staff) -> None:
    open_ = duty(made.body, owner)
    doing = duty(made.body, owner, state="doing")
    reported = report_done(owner.actor, doing, note="Done.", proofs=[proof()])
    late = duty(made.body, owner, due=date(2026, 1, 5))
    for settled in ("closed", "dropped", "unconfirmed"):
        duty(made.body, owner, state=settled, reason="No longer needed.")
    duty(council().body, owner)
    points = offered(made.secretary.actor, planned(made), [])
    assert [(point.ref.id, point.weight) for point in points] == [
        (late.pk, Weight.LATE),
        (reported.pk, Weight.WAITING),
        (open_.pk, Weight.OPEN),
    ]
    assert "late by" in str(points[0].why)
    assert late.resolution.number in points[0].text["en"]


def test_what_moved_since_the_body_last_met_is_said(made: Council, owner: Staff) -> None:
    yesterday = timezone.now() - timedelta(days=1)
    held = meeting_of(made.body, date=yesterday.date())
    resolution = resolution_of(made.body, meeting=held)
    before = datetime(2026, 1, 1, tzinfo=UTC)
    still = duty(made.body, owner, resolution=resolution, arrived_at=before)
    ActionEvent.objects.create(
        action=still, verb="add", after="open", progress=0, at=timezone.now()
    )
    started = duty(made.body, owner, resolution=resolution, arrived_at=before)
    start(owner.actor, started)
    asked = duty(made.body, owner, resolution=resolution, due=date(2027, 5, 1), arrived_at=before)
    ask_date(owner.actor, asked, on("2027-08-01"), reason="The data came late.")
    meeting = planned(made)
    points = {p.ref.id: p for p in offered(made.secretary.actor, meeting, [])}
    assert points[still.pk].moved == "Nothing has moved since the last meeting."
    assert points[started.pk].moved == "Since the last meeting: from “open” to “in progress”."
    assert points[asked.pk].why == "A new date was asked for."
    since = last_met(meeting)
    assert since is not None
    assert since.date() <= yesterday.date()


def test_a_point_goes_onto_the_agenda_once_with_its_link(made: Council, owner: Staff) -> None:
    action, meeting = duty(made.body, owner), planned(made)
    actor = made.secretary.actor
    (point,) = offered(actor, meeting, [])
    item = add_point(actor, meeting, point)
    assert targets(Ref(AGENDA_ITEM, item.pk), Verb.ABOUT) == [Ref("councils.action", action.pk)]
    assert offered(actor, meeting, [item]) == []
    with pytest.raises(Refused):
        add_point(actor, meeting, point)
    with pytest.raises(Forbidden):
        add_point(owner.actor, meeting, point)
    remove_item(actor, item)
    assert not Link.objects.exists()
    assert len(offered(actor, meeting, [])) == 1


def test_an_item_is_as_confidential_as_what_it_speaks_of(made: Council, owner: Staff) -> None:
    resolution = resolution_of(made.body, confidentiality="named")
    resolution.named_posts.set([made.secretary.post])
    duty(made.body, owner, resolution=resolution)
    actor, meeting = made.secretary.actor, planned(made)
    (point,) = offered(actor, meeting, [])
    item = add_point(actor, meeting, point)
    assert item.confidentiality == "named"
    assert list(item.named_posts.all()) == [made.secretary.post]
    # A member does not learn of it by the agenda of the next meeting.
    assert offered(made.member.actor, meeting, []) == []


def test_what_a_cancelled_meeting_left_over_is_offered(made: Council) -> None:
    cancelled = meeting_of(made.body, state="cancelled", date=timezone.now().date())
    item = AgendaItemFactory.create(meeting=cancelled)
    (point,) = offered(made.secretary.actor, planned(made), [])
    assert (point.ref, point.weight) == (Ref(AGENDA_ITEM, item.pk), Weight.UNDECIDED)
    assert point.text == item.text


def test_the_secretary_takes_a_point_with_one_button(
    made: Council, owner: Staff, client: Client
) -> None:
    action, meeting = duty(made.body, owner, due=date(2026, 1, 5)), planned(made)
    sign_in(client, made.secretary.user)
    page = reverse("councils:agenda", args=[meeting.pk])
    shown = client.get(page).content.decode()
    button = reverse("councils:add_point", args=[meeting.pk, "councils.action", action.pk])
    assert button in shown
    answer = client.post(button, follow=True)
    assert answer.redirect_chain[-1][0] == page
    item = AgendaItem.objects.get(meeting=meeting)
    assert action.resolution.number in str(item.text)
    assert button not in answer.content.decode()
    assert reverse("councils:action", args=[action.pk]) in answer.content.decode()


def test_what_another_body_keeps_to_itself_is_not_offered(made: Council, owner: Staff) -> None:
    Oversight.objects.create(body=made.body, unit=owner.post.unit)
    other = council(made.body.unit)
    seat(other.body, made.secretary, "secretary")
    late = {
        level: duty(
            other.body,
            owner,
            resolution=resolution_of(other.body, confidentiality=level),
            due=date(2026, 1, 5),
        )
        for level in ("public", "internal", "body", "named")
    }
    actor = made.secretary.actor
    assert all(ACTIONS.may(actor, "see", action) for action in late.values())
    points = offered(actor, planned(made), [])
    assert {point.ref.id for point in points} == {late["public"].pk, late["internal"].pk}
