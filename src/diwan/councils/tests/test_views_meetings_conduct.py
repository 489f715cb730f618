"""A meeting's page and its sheet say how it went, as far as their reader may know it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from diwan.accounts.tests.factories import sign_in
from diwan.councils.actions.attending import add_guest, mark, mark_many, take_attendance
from diwan.councils.actions.dissents import note_dissent
from diwan.councils.actions.items import recuse
from diwan.councils.actions.voting import Count, cast, close_vote, open_vote
from diwan.councils.models import Attendance, Meeting
from diwan.councils.tests.factories import (
    AgendaItemFactory,
    Council,
    MeetingFactory,
    ResolutionFactory,
    StatementFactory,
    council,
    duty,
    meeting_of,
)
from diwan.kernel.policies import Actor, Confidentiality
from diwan.kernel.working import today_in

pytestmark = pytest.mark.django_db
SYSTEM = "test"
NAMED = Confidentiality.NAMED.value


def text(answer: Any) -> str:
    return re.sub(r"[\u2066-\u2069]|\s+(?=\s)", "", str(answer.content.decode()))


@pytest.fixture
def made() -> Council:
    return council(name={"fa": "شورای مدرسه", "en": "School council"})


@pytest.fixture
def held(made: Council) -> Meeting:
    """Chair and secretary came, a deputy for the member; one secret item, one open one."""
    actor = Actor.system(SYSTEM)
    meeting = meeting_of(made.body)
    roof = AgendaItemFactory.create(meeting=meeting, text={"en": "The roof"})
    apart = AgendaItemFactory.create(
        meeting=meeting, text={"en": "A secret"}, confidentiality=NAMED
    )
    take_attendance(actor, meeting)
    rows = {row.post_id: row for row in Attendance.objects.filter(meeting=meeting)}
    chair, secretary, member = (
        rows[who.post.pk] for who in (made.chair, made.secretary, made.member)
    )
    mark_many(actor, meeting, {chair.pk: "present", secretary.pk: "present"})
    mark(actor, member, "deputy", deputy_name={"en": "Sara Stand-in"}, note="Is ill")
    add_guest(actor, meeting, {"en": "Gita Guest"})
    recuse(actor, roof, chair, reason="Owns the firm")
    draft = ResolutionFactory.create(
        meeting=meeting, item=roof, text={"en": "Mend it"}, state="draft"
    )
    vote = open_vote(actor, meeting, {"resolution_id": draft.pk, "method": "roll_call"})
    cast(actor, vote, {secretary.pk: "for", member.pk: "against"})
    close_vote(actor, vote)
    note_dissent(actor, draft, member, "It leaks no more.")
    hidden = open_vote(actor, meeting, {"item_id": apart.pk, "method": "secret",
                                        "question": {"en": "Hush?"}})  # fmt: skip
    close_vote(actor, hidden, Count(2, 1, 0))
    return meeting


def shown_to(client: Client, who: Any, meeting: Meeting, page: str = "") -> str:
    sign_in(client, who.user)
    return text(client.get(f"/en/councils/meetings/{meeting.pk}/{page}"))


@pytest.mark.parametrize("page", ["", "sheet/"])
def test_the_page_says_how_it_went(client: Client, made: Council, held: Meeting, page: str) -> None:
    shown = shown_to(client, made.secretary, held, page)
    for words in (
        "2 present", "1 by a deputy", "by Sara Stand-in, Is ill", "1 guest", "Gita Guest",
        "Stepped out:", "(Owns the firm)", "1 in favour, 1 against, 0 abstained", "not carried",
        "Who voted how", "It leaks no more.", "Hush?",
    ):  # fmt: skip
        assert words in shown, words
    assert ('<details class="vote-names" open>' in shown) is (page == "sheet/")


def test_a_member_reads_it_without_reasons_and_without_what_is_set_apart(
    client: Client, made: Council, held: Meeting
) -> None:
    shown = shown_to(client, made.member, held)
    assert "1 in favour, 1 against" in shown
    assert "Stepped out:" in shown
    for hidden in ("Owns the firm", "Is ill", "Hush?", "A secret"):
        assert hidden not in shown


def test_what_was_voted_on_at_large_is_for_who_reads_all_of_the_meeting(
    client: Client, made: Council, held: Meeting
) -> None:
    vote = open_vote(
        Actor.system(SYSTEM), held, {"method": "secret", "question": {"en": "Dismiss Mr Y?"}}
    )
    close_vote(Actor.system(SYSTEM), vote, Count(2, 1, 0))
    assert "Dismiss Mr Y?" in shown_to(client, made.secretary, held)
    assert "Dismiss Mr Y?" not in shown_to(client, made.member, held)
    held.agenda.update(confidentiality=held.confidentiality)
    assert "Dismiss Mr Y?" in shown_to(client, made.member, held)


def test_who_may_not_read_the_minutes_learns_nothing_of_it(
    client: Client, made: Council, held: Meeting
) -> None:
    Meeting.objects.update(confidentiality=Confidentiality.BODY)
    owner = made.adviser
    duty(made.body, owner, resolution=held.resolutions.get())
    shown = shown_to(client, owner, held)
    assert "present" not in shown
    assert "Sara" not in shown


def test_the_public_reads_posts_and_no_names(client: Client, made: Council, held: Meeting) -> None:
    Meeting.objects.update(confidentiality=Confidentiality.PUBLIC)
    made.body.confidentiality = Confidentiality.PUBLIC
    made.body.save()
    shown = text(client.get(f"/en/councils/meetings/{held.pk}/"))
    assert "2 present" in shown
    assert "a deputy" in shown
    for hidden in ("Gita Guest", "Sara Stand-in", "Is ill", "Owns the firm"):
        assert hidden not in shown


def test_it_takes_two_questions_more_however_many_came(
    client: Client, made: Council, held: Meeting
) -> None:
    StatementFactory.create(meeting=held)
    sign_in(client, made.secretary.user)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/en/councils/meetings/{held.pk}/")
        return len(queries)

    with_conduct = asked()
    before = Attendance.objects.count()
    for _ in range(3):
        add_guest(Actor.system(SYSTEM), held, {"en": "One more"})
    assert asked() == with_conduct
    assert Attendance.objects.count() == before + 3


def test_the_step_into_the_room_stands_there_on_its_day(client: Client, made: Council) -> None:
    today = today_in("IR", timezone.now())
    planned = MeetingFactory.create(body=made.body, state="planned", date=today)
    way = f'href="/en/councils/meetings/{planned.pk}/room/"'
    filled = re.compile(
        r'<a class="button filled"[^>]*' + way + "|" + way + r'[^>]*class="button filled'
    )
    assert filled.search(shown_to(client, made.secretary, planned))
    assert way not in shown_to(client, made.member, planned)
    planned.date = today + timedelta(days=3)
    planned.save()
    assert not filled.search(shown_to(client, made.secretary, planned))
