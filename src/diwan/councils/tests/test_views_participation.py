"""How members took part, against counting by hand; and what one may not read is not counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from diwan.accounts.tests.factories import sign_in
from diwan.councils.models import Attendance, Endorsement, Proposal
from diwan.councils.queries.bodies import terms_of
from diwan.councils.queries.participation import Participation, participation, periods_of
from diwan.councils.rules.participation import Share
from diwan.directory.tests.factories import Staff, UnitFactory, staff
from diwan.kernel.policies import Actor

from .factories import Council, TermFactory, council, duty, meeting_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

TODAY = date(2026, 12, 1)  # 10 Azar 1405
NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)


@pytest.fixture
def made() -> Iterator[Council]:
    with time_machine.travel(NOW, tick=False):
        yield council()


def took(meeting: Any, who: Staff, status: str) -> None:
    Attendance.objects.create(
        meeting=meeting, seat=who.post.pk, post=who.post, role="member", status=status
    )


def found(made: Council, actor: Actor, key: str = "year-1405") -> Participation:
    periods = {one.key: one for one in periods_of(made.body, terms_of(made.body), TODAY)}
    return participation(actor, made.body, periods[key], TODAY)


def of(seen: Participation, who: Staff) -> Any:
    return next(seat for seat in seen.seats if seat.card and seat.card.post_id == who.post.pk)


def test_what_a_member_did_in_a_year(made: Council) -> None:
    member, chair = made.member, made.chair
    for month, status in ((4, "present"), (6, "deputy"), (8, "absent"), (10, "excused")):
        meeting = meeting_of(made.body, date=date(2026, month, 5))
        took(meeting, member, status)
        took(meeting, chair, "present")
    took(meeting_of(made.body, date=date(2025, 4, 5)), member, "absent")  # the year before
    took(meeting_of(made.body, date=date(2026, 11, 5), confidentiality="named"), member, "absent")
    proposal = Proposal.objects.create(
        body=made.body, seat=member.post.pk, post=member.post, text={"fa": "راه"}, made_at=NOW
    )
    for who in (member, chair):
        Endorsement.objects.create(proposal=proposal, seat=who.post.pk, post=who.post, at=NOW)
    done = datetime(2026, 10, 1, 9, tzinfo=UTC)
    duty(made.body, member, due=date(2026, 10, 2), state="closed", done_at=done)
    duty(made.body, member, due=date(2026, 9, 20), state="done", done_at=done)
    duty(made.body, member, due=date(2027, 1, 2))  # not due yet
    duty(made.body, member, due=TODAY)  # the day is not over
    seen = found(made, member.actor)
    mine, theirs = of(seen, member), of(seen, chair)
    assert mine.attended.share == Share(2, 3)
    assert (mine.attended.deputy, mine.attended.excused) == (1, 1)
    assert (mine.proposals, mine.endorsed, mine.in_time) == (1, 0, Share(1, 2))
    assert (theirs.attended.share, theirs.endorsed) == (Share(4, 4), 1)
    assert (seen.meetings, seen.attendance) == (4, Share(6, 7))
    assert of(found(made, member.actor, "year-1404"), member).attended.share == Share(0, 1)
    # The secretary reads the meeting for named posts, too.
    assert found(made, made.secretary.actor).meetings == 5
    # Guests come when asked: nobody counts how often.
    assert made.guest.post.pk not in {seat.card.post_id for seat in seen.seats if seat.card}


def test_the_running_term_stands_first_and_the_page_shows_it(made: Council, client: Client) -> None:
    TermFactory.create(body=made.body, number=2, since=date(2026, 10, 1))
    for month in (7, 11):
        took(meeting_of(made.body, date=date(2026, month, 5)), made.member, "present")
    url = reverse("councils:participation", args=[made.body.pk])
    sign_in(client, made.member.user)
    shown = client.get(url).content.decode()
    assert "Attendance of 1 meeting was written down" in shown
    assert "1 of 1" in shown
    assert "100%" not in shown
    assert "Attendance of 2 meetings" in client.get(f"{url}?period=year-1405").content.decode()
    assert client.get(f"{url}?period=year-9").status_code == 404
    assert url in client.get(reverse("councils:body", args=[made.body.pk])).content.decode()


def test_after_the_last_term_this_year_is_shown(made: Council, client: Client) -> None:
    TermFactory.create(body=made.body, number=1, since=date(2020, 10, 1), until=date(2024, 10, 1))
    took(meeting_of(made.body, date=date(2026, 7, 5)), made.member, "present")
    sign_in(client, made.member.user)
    page = client.get(reverse("councils:participation", args=[made.body.pk]))
    assert page.context["period"] == "Year 1405"
    assert page.context["found"].meetings == 1


def test_it_is_not_read_from_abroad(client: Client) -> None:
    with time_machine.travel(NOW, tick=False):
        made = council(confidentiality="public")
        sign_in(client, staff(UnitFactory.create(country="EG")).user)
        body = client.get(reverse("councils:body", args=[made.body.pk]))
        url = reverse("councils:participation", args=[made.body.pk])
        assert body.status_code == 200
        assert url not in body.content.decode()
        assert client.get(url).status_code == 404
