"""Whether one comes to a meeting: said beforehand, for the own seats, and summed up."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from diwan.accounts.models import User
from diwan.accounts.tests.factories import sign_in
from diwan.councils.actions.attending import mark, take_attendance
from diwan.councils.actions.replying import forget_replies, reply
from diwan.councils.models import Bylaws, Meeting, Reply
from diwan.councils.queries.replies import expected
from diwan.councils.tests.factories import Council, council, meeting_of
from diwan.kernel.errors import Forbidden, NotFound, Refused
from diwan.kernel.models import AuditEntry, PersonalValue

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def days(ahead: int) -> date:
    """So many days from today."""
    return timezone.now().date() + timedelta(days=ahead)


@pytest.fixture
def made() -> Council:
    return council()


@pytest.fixture
def meeting(made: Council) -> Meeting:
    return meeting_of(made.body, date=days(10), state="planned", imported=False)


def test_a_member_answers_and_thinks_again(made: Council, meeting: Meeting) -> None:
    seat = made.member.post.pk
    reply(made.member.actor, meeting, seat, "yes")
    told = reply(made.member.actor, meeting, seat, "deputy", deputy=" The vice dean ", note="ill")
    assert (told.answer, told.deputy, told.note) == ("deputy", "The vice dean", "ill")
    assert Reply.objects.count() == 1
    entry = AuditEntry.objects.filter(verb="reply").latest("id")
    assert entry.changes["answer"] == ["yes", "deputy"]
    kept = PersonalValue.objects.filter(entry=entry).values_list("field", flat=True)
    assert {"deputy", "note"} <= set(kept)  # apart, so that they can be erased


def test_only_for_ones_own_seat_unless_one_runs_it(made: Council, meeting: Meeting) -> None:
    others = made.chair.post.pk
    with pytest.raises(Forbidden):
        reply(made.member.actor, meeting, others, "no")
    reply(made.secretary.actor, meeting, others, "no", note="telephoned")
    with pytest.raises(Forbidden):
        reply(made.secretary.actor, meeting, uuid4(), "no")
    assert Reply.objects.get().seat == others


@pytest.mark.parametrize(
    ("answer", "field", "words"),
    [("deputy", "deputy", "Say who comes"), ("perhaps", "answer", "Choose one")],
)
def test_an_answer_says_enough(
    made: Council, meeting: Meeting, answer: str, field: str, words: str
) -> None:
    with pytest.raises(Refused, match=words) as refused:
        reply(made.member.actor, meeting, made.member.post.pk, answer, deputy="  ")
    assert refused.value.field == field
    assert not Reply.objects.exists()


@pytest.mark.parametrize("changed", [{"state": "held"}, {"state": "cancelled"}, {"date": days(-2)}])
def test_answers_come_before(made: Council, meeting: Meeting, changed: dict[str, Any]) -> None:
    Meeting.objects.filter(pk=meeting.pk).update(**changed)
    meeting.refresh_from_db()
    with pytest.raises(Refused):
        reply(made.member.actor, meeting, made.member.post.pk, "yes")


def test_a_stranger_hears_nothing_of_it(made: Council, meeting: Meeting) -> None:
    stranger = council().member.actor
    Meeting.objects.filter(pk=meeting.pk).update(confidentiality="body")
    meeting.refresh_from_db()
    with pytest.raises(NotFound):
        reply(stranger, meeting, made.member.post.pk, "no")


def test_whether_there_will_be_enough(made: Council, meeting: Meeting) -> None:
    before = expected(meeting)
    voting = [draft for draft in before.seats if draft.votes]
    assert before.needed == len(voting) // 2 + 1
    assert (before.come, before.silent, before.missing) == (0, len(voting), before.needed)
    for draft in voting[: before.needed]:
        reply(made.secretary.actor, meeting, draft.seat, "deputy", deputy="somebody")
    assert expected(meeting).missing == 0
    Bylaws.objects.create(body=made.body, deputies_vote=False)
    after = expected(meeting)
    assert (after.come, after.missing) == (0, after.needed)  # deputies are heard, and do not count


def test_who_cannot_come_is_excused_when_attendance_is_taken(
    made: Council, meeting: Meeting
) -> None:
    reply(made.member.actor, meeting, made.member.post.pk, "no", note="ill")
    reply(made.chair.actor, meeting, made.chair.post.pk, "yes")
    rows = {row.post_id: row for row in take_attendance(made.secretary.actor, meeting)}
    excused = rows[made.member.post.pk]
    assert (excused.status, excused.note) == ("excused", "ill")
    assert rows[made.chair.post.pk].status == "expected"  # a promise is no presence


def test_the_pages(client: Client, made: Council, meeting: Meeting) -> None:
    User.objects.update(language="en")
    sign_in(client, made.member.user)
    url = reverse("councils:reply", args=[meeting.pk])
    page = client.get(url).content.decode()
    assert "Will you come?" in page
    sent = {"seat": str(made.member.post.pk), "answer": "no", "note": "in Isfahan that day"}
    assert client.post(url, sent).status_code == 302
    sign_in(client, made.secretary.user)
    told = client.get(reverse("councils:replies", args=[meeting.pk])).content.decode()
    assert "I cannot come" in told
    assert "in Isfahan that day" in told
    assert "no answer yet" in told


def test_a_wrong_answer_stays_on_the_form(client: Client, made: Council, meeting: Meeting) -> None:
    sign_in(client, made.member.user)
    url = reverse("councils:reply", args=[meeting.pk])
    sent = {"seat": str(made.member.post.pk), "answer": "deputy", "deputy": "", "note": "typed"}
    answer = client.post(url, sent)
    assert answer.status_code == 422
    assert "typed" in answer.content.decode()


def test_whom_a_seat_sends_is_shown_in_the_room_and_need_not_be_typed_again(
    client: Client, made: Council, meeting: Meeting
) -> None:
    seat = made.member.post.pk
    reply(made.member.actor, meeting, seat, "deputy", deputy="Engineer Rad")
    take_attendance(made.secretary.actor, meeting)
    sign_in(client, made.secretary.user)
    page = client.get(reverse("councils:room", args=[meeting.pk])).content.decode()
    assert "Engineer Rad" in page
    row = meeting.attendance.get(seat=seat)
    address = reverse("councils:attendance", args=[row.pk])
    assert 'value="Engineer Rad"' in client.get(f"{address}?status=deputy").content.decode()
    mark(made.secretary.actor, row, "present")
    assert "Engineer Rad" not in client.get(address).content.decode()


def test_old_answers_are_forgotten(made: Council, meeting: Meeting) -> None:
    reply(made.member.actor, meeting, made.member.post.pk, "no", note="ill")
    assert forget_replies(timezone.now() - timedelta(days=1)) == 0
    assert forget_replies(timezone.now() + timedelta(minutes=1)) == 1
    assert not Reply.objects.exists()
