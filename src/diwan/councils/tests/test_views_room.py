"""The room's page: called, opened, item after item, voted, adopted, closed; on two tablets."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from diwan.accounts.tests.factories import sign_in
from diwan.councils.models import (
    AgendaItem,
    Attendance,
    Ballot,
    Dissent,
    Meeting,
    Recusal,
    Resolution,
    Vote,
)
from diwan.councils.tests.factories import (
    AgendaItemFactory,
    Council,
    MeetingFactory,
    council,
    meeting_of,
    seat,
)
from diwan.directory.tests.factories import staff
from diwan.kernel.models import AuditEntry
from diwan.kernel.working import today_in

pytestmark = pytest.mark.django_db
S = Meeting.State
A = Attendance.Status


def text(answer: Any) -> str:
    return re.sub("[\u2066-\u2069]", "", str(answer.content.decode()))


def heading(answer: Any) -> str:
    found = re.search(r'<span id="room-answer">(.*?)</span>', text(answer))
    assert found
    return found[1]


class Tablet:
    """Somebody who runs a meeting, with its page in hand."""

    def __init__(self, meeting: Meeting, client: Client) -> None:
        self.meeting, self.client = meeting, client
        self.url = f"/en/councils/meetings/{meeting.pk}/room/"

    def page(self) -> Any:
        return self.client.get(self.url)

    def step(self, step: str, **sent: Any) -> Any:
        answer = self.client.post(f"{self.url}{step}/", {key: str(v) for key, v in sent.items()})
        assert answer.status_code in (302, 422), answer.status_code
        return answer

    def taken(self, step: str, **sent: Any) -> None:
        answer = self.step(step, **sent)
        assert answer.status_code == 302, text(answer)

    def row(self, who: Any) -> Attendance:
        return Attendance.objects.get(meeting=self.meeting, post=who.post)

    def mark(self, who: Any, status: str, was: str = "expected") -> Any:
        return self.step("mark", of=self.row(who).pk, was=was, status=status)


@pytest.fixture
def made() -> Council:
    return council(name={"fa": "شورای مدرسه", "en": "School council"})


@pytest.fixture
def meeting(made: Council) -> Meeting:
    today = today_in("IR", timezone.now())
    found = MeetingFactory.create(body=made.body, number=5, state=S.PLANNED, date=today)
    for words in ("The roof", "The budget"):
        AgendaItemFactory.create(meeting=found, text={"en": words}, minutes_planned=15)
    return found


@pytest.fixture
def tablet(client: Client, made: Council, meeting: Meeting) -> Tablet:
    sign_in(client, made.secretary.user)
    return Tablet(meeting, client)


@pytest.fixture
def opened(tablet: Tablet, made: Council) -> Tablet:
    """All three who vote are in the room."""
    tablet.taken("begin")
    tablet.taken("everybody")
    tablet.taken("open")
    return tablet


def test_from_the_first_name_to_the_end(tablet: Tablet, made: Council) -> None:
    assert heading(tablet.page()) == "Nobody has been called yet"
    assert "Call the names" in text(tablet.page())
    tablet.taken("begin")
    assert heading(tablet.page()) == "0 of 3 are here; 2 are wanting to a quorum"
    tablet.mark(made.chair, "present")
    assert heading(tablet.page()) == "1 of 3 are here; 1 is wanting to a quorum"
    tablet.mark(made.secretary, "present")
    assert heading(tablet.page()) == "2 of 3 are here; there is a quorum"
    tablet.mark(made.member, "excused")
    tablet.taken("open")
    roof, budget = AgendaItem.objects.filter(meeting=tablet.meeting)
    tablet.taken("item", of=roof.pk)
    assert "0 of 15 minutes" in text(tablet.page())
    tablet.taken("come", of=tablet.row(made.member).pk)
    assert heading(tablet.page()) == "3 of 3 are here; there is a quorum"
    tablet.taken("recuse", of=roof.pk, seat=tablet.row(made.member).pk, reason="Owns the firm")
    assert "On this item 2 of 2 decide; quorum is 2" in text(tablet.page())
    tablet.taken("draft", of=roof.pk, text="Mend the roof.", kind="resolved")
    draft = Resolution.objects.get(meeting=tablet.meeting)
    assert (draft.item_id, draft.text) == (roof.pk, {"en": "Mend the roof."})
    rule = {"majority": "simple", "majority_of": "present"}
    tablet.taken("vote", of=draft.pk, method="roll_call", **rule)
    vote = Vote.objects.get()
    assert (vote.resolution_id, vote.item_id) == (draft.pk, roof.pk)
    for who, choice in ((made.chair, "for"), (made.secretary, "for")):
        tablet.taken("cast", vote=vote.pk, of=tablet.row(who).pk, was="", choice=choice)
    assert "Close the vote and count" in text(tablet.page())
    tablet.taken("count", vote=vote.pk)
    shown = text(tablet.page())
    assert "2 in favour, 0 against, 0 abstained" in shown
    assert "carried" in shown
    tablet.taken("adopt", of=draft.pk)
    draft.refresh_from_db()
    assert draft.state == Resolution.State.ADOPTED
    for step in ("item", "end-item"):
        tablet.taken(step, of=budget.pk)
    tablet.taken("close")
    assert heading(tablet.page()) == "3 of 3 were here; there was a quorum"
    assert "Next: the minutes" in text(tablet.page())


def test_who_is_recused_or_out_has_no_buttons_and_is_told(opened: Tablet, made: Council) -> None:
    (roof, _budget) = AgendaItem.objects.filter(meeting=opened.meeting)
    opened.taken("item", of=roof.pk)
    opened.taken("leave", of=opened.row(made.chair).pk)
    opened.taken("vote", of=roof.pk, question="Mend it?", method="roll_call",
                 majority="simple", majority_of="present")  # fmt: skip
    vote, gone = Vote.objects.get(), opened.row(made.chair)
    shown = text(opened.page())
    assert f'id="caller-{gone.pk}"' not in shown
    answer = opened.step("cast", vote=vote.pk, of=gone.pk, was="", choice="for")
    assert answer.status_code == 422
    assert "is not in the room and cannot vote" in text(answer)
    assert not Ballot.objects.exists()


def test_a_second_tablet_is_told_what_the_first_wrote(opened: Tablet, made: Council) -> None:
    """Each button carries what its row showed; the same again is no conflict."""
    row = opened.row(made.member)
    Attendance.objects.filter(pk=row.pk).update(status=A.EXPECTED)
    assert opened.mark(made.member, "absent").status_code == 302
    answer = opened.mark(made.member, "excused")
    assert answer.status_code == 422
    assert "Meanwhile somebody wrote of" in text(answer)
    assert opened.row(made.member).status == A.ABSENT
    assert opened.mark(made.member, "absent").status_code == 302
    assert opened.mark(made.member, "excused", was="absent").status_code == 302


def test_a_ballot_is_changed_on_top_of_what_was_seen(opened: Tablet, made: Council) -> None:
    opened.taken("vote", question="All agreed?", method="roll_call",
                 majority="simple", majority_of="present")  # fmt: skip
    vote, row = Vote.objects.get(), opened.row(made.member)
    opened.taken("cast", vote=vote.pk, of=row.pk, was="", choice="for")
    answer = opened.step("cast", vote=vote.pk, of=row.pk, was="", choice="against")
    assert answer.status_code == 422
    assert "has already voted" in text(answer)
    opened.taken("cast", vote=vote.pk, of=row.pk, was="for", choice="against")
    assert Ballot.objects.get().choice == "against"
    opened.taken("cast", vote=vote.pk, of=row.pk, was="against", choice="")
    assert not Ballot.objects.exists()
    opened.taken("no-vote", vote=vote.pk)
    assert not Vote.objects.exists()


def test_nothing_typed_is_lost(opened: Tablet, made: Council) -> None:
    (roof, _budget) = AgendaItem.objects.filter(meeting=opened.meeting)
    opened.taken("item", of=roof.pk)
    written = AuditEntry.objects.count()
    answer = opened.step("draft", of=roof.pk, text="", kind="resolved")
    assert "Write what the meeting decides." in text(answer)
    answer = opened.step("recuse", of=roof.pk, seat="", reason="Sold the land in spring")
    assert "Choose who it is." in text(answer)
    assert "Sold the land in spring" in text(answer)
    opened.taken("vote", of=roof.pk, question="Mend it?", method="secret",
                 majority="simple", majority_of="present")  # fmt: skip
    vote = Vote.objects.get()
    answer = opened.step("count", vote=vote.pk, of=vote.pk, in_favour=7, against=1, abstained=0)
    assert "8 votes were counted, but only 3 of those in the room may vote" in text(answer)
    assert 'value="7"' in text(answer)
    assert Vote.objects.get().closed_at is None
    opened.taken("count", vote=vote.pk, of=vote.pk, in_favour=1, against=2, abstained=0)
    assert Vote.objects.get().carried is False
    assert AuditEntry.objects.count() == written + 2
    assert not Recusal.objects.exists()


def test_a_meeting_on_paper_is_written_down_without_clocks(client: Client, made: Council) -> None:
    held = meeting_of(made.body)
    item = AgendaItemFactory.create(meeting=held, text={"en": "The roof"})
    sign_in(client, made.secretary.user)
    paper = Tablet(held, client)
    assert "Call the names" in text(paper.page())
    paper.taken("begin")
    paper.taken("everybody")
    paper.taken("guest", name="A neighbour")
    assert heading(paper.page()) == "3 of 3 were here; there was a quorum"
    shown = text(client.get(f"{paper.url}?item={item.pk}"))
    assert "Goes out" not in shown
    assert "A neighbour" in shown
    paper.taken("recuse", item=item.pk, of=item.pk, seat=paper.row(made.chair).pk, reason="Kin")
    paper.taken("vote", item=item.pk, of=item.pk, question="Mend it?", method="show_of_hands",
                majority="simple", majority_of="present")  # fmt: skip
    vote = Vote.objects.get()
    assert vote.item_id == item.pk
    paper.taken("count", item=item.pk, vote=vote.pk, of=vote.pk, in_favour=2, against=0,
                abstained=0)  # fmt: skip
    assert "2 in favour" in text(client.get(f"{paper.url}?item={item.pk}"))
    guest = Attendance.objects.get(role="guest", lineage=None)
    paper.taken("no-guest", of=guest.pk)


def test_a_deputy_is_named_on_a_page_of_its_own(opened: Tablet, made: Council) -> None:
    row = opened.row(made.member)
    url = f"/en/councils/meetings/attendance/{row.pk}/"
    shown = text(opened.client.get(f"{url}?status=deputy"))
    assert 'value="deputy"' in shown
    answer = opened.client.post(url, {"status": "deputy", "note": ""})
    assert answer.status_code == 422
    assert "Say which deputy came" in text(answer)
    answer = opened.client.post(url, {"status": "deputy", "deputy_name_en": "Sara", "note": "Ill"})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.status, row.deputy_name, row.note) == (A.DEPUTY, {"en": "Sara"}, "Ill")
    assert "Sara" in text(opened.page())


def test_a_note_of_dissent(opened: Tablet, made: Council) -> None:
    opened.taken("draft", text="Sell the yard.", kind="resolved")
    draft = Resolution.objects.get()
    opened.taken("vote", of=draft.pk, method="show_of_hands",
                 majority="simple", majority_of="present")  # fmt: skip
    vote = Vote.objects.get()
    opened.taken("count", vote=vote.pk, of=vote.pk, in_favour=2, against=1, abstained=0)
    answer = opened.step("dissent", of=draft.pk, seat=opened.row(made.chair).pk, text="")
    assert "Write what is to stand in the minutes." in text(answer)
    opened.taken("dissent", of=draft.pk, seat=opened.row(made.chair).pk, text="It is the only one.")
    assert Dissent.objects.get().text == "It is the only one."
    assert "It is the only one." in text(opened.page())


def test_who_does_not_run_it_does_not_open_the_room(opened: Tablet, made: Council) -> None:
    row = opened.row(made.member)
    outsider = staff(made.body.unit)
    seat(made.body, outsider, "guest")
    for who in (made.member, made.adviser):
        sign_in(opened.client, who.user)
        assert opened.page().status_code == 403
        assert opened.client.post(f"{opened.url}close/").status_code == 403
        assert opened.client.get(f"/en/councils/meetings/attendance/{row.pk}/").status_code == 403
    sign_in(opened.client, made.secretary.user)
    assert opened.client.post(f"{opened.url}fly/").status_code == 404
    assert opened.client.post(f"{opened.url}mark/", {"of": "x"}).status_code == 404


def test_another_tablet_hears_that_something_was_written(opened: Tablet, made: Council) -> None:
    found = re.search(r"seen=([0-9a-f-]+)", text(opened.page()))
    assert found
    seen = f"{opened.url}?seen={found[1]}"
    assert "on another device" not in text(opened.client.get(seen))
    opened.taken("leave", of=opened.row(made.member).pk)
    assert "on another device" in text(opened.client.get(seen))
