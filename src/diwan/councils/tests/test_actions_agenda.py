"""An agenda's time, papers and what is left aside; the units in a body's care."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from django.utils import timezone

from diwan.councils.actions import agenda, drops, papers
from diwan.councils.actions.closing import drop
from diwan.councils.actions.fields import MeetingFields, Proof
from diwan.councils.actions.meetings import change_meeting
from diwan.councils.constants import MEETING
from diwan.councils.models import AgendaDrop, AgendaItem, AgendaPaper, Meeting, Oversight
from diwan.councils.queries.agenda import agenda_of, is_whole, paper_file
from diwan.councils.queries.offers import offered, offers_for
from diwan.directory.tests.factories import PostFactory, Staff, UnitFactory, staff
from diwan.kernel import audit
from diwan.kernel.errors import Forbidden, NotFound, Refused
from diwan.kernel.exchange import Ref, Weight, subject_of
from diwan.kernel.models import StoredFile

from .factories import AgendaItemFactory, Council, council, duty, meeting_of, proof

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


def test_an_agenda_is_ordered_and_timed_in_one_go(made: Council) -> None:
    meeting = planned(made)
    one, two = (AgendaItemFactory.create(meeting=meeting) for _ in range(2))
    actor = made.secretary.actor
    agenda.order_items(actor, meeting, [two.pk, one.pk], {two.pk: 20, one.pk: None})
    assert [(i.pk, i.minutes_planned) for i in meeting.agenda.all()] == [
        (two.pk, 20),
        (one.pk, None),
    ]
    entries = audit.trail(Ref(MEETING, meeting.pk))
    assert [entry.verb for entry in entries] == ["order_items"]
    agenda.order_items(actor, meeting, [two.pk, one.pk], {two.pk: 20})
    assert len(audit.trail(Ref(MEETING, meeting.pk))) == 1
    for minutes in (0, 601):
        with pytest.raises(Refused, match="from 1 to 600"):
            agenda.order_items(actor, meeting, [two.pk, one.pk], {one.pk: minutes})
        with pytest.raises(Refused, match="from 1 to 600"):
            agenda.change_item(actor, one, {"minutes_planned": minutes})
    agenda.change_item(actor, one, {"minutes_planned": 15})
    assert AgendaItem.objects.get(pk=one.pk).minutes_planned == 15
    agenda.move_item(actor, one, by=-1000)
    assert meeting.agenda.first() == one


def test_what_is_left_aside_is_offered_to_the_next_meeting(made: Council, owner: Staff) -> None:
    action, meeting, actor = duty(made.body, owner), planned(made), made.secretary.actor
    (point,) = offered(actor, meeting, [])
    with pytest.raises(Refused, match="reason is missing"):
        drops.drop_point(actor, meeting, point, reason=" ")
    with pytest.raises(Refused, match="longer than 500"):
        drops.drop_point(actor, meeting, point, reason="x" * 501)
    with pytest.raises(Forbidden):
        drops.drop_point(made.member.actor, meeting, point, reason="Later.")
    aside = drops.drop_point(actor, meeting, point, reason="The report comes next month.")
    with pytest.raises(Refused, match="already"):
        drops.drop_point(actor, meeting, point, reason="Again.")
    found = offers_for(actor, meeting, [])
    assert (list(found.points), list(found.aside)) == ([], [aside])
    assert len(offered(actor, planned(made), [])) == 1
    drops.take_back_drop(actor, aside)
    assert (len(offered(actor, meeting, [])), AgendaDrop.objects.count()) == (1, 0)
    drops.drop_point(actor, meeting, point, reason="Not now.")
    drop(actor, action, reason="Overtaken by events.")
    assert offered(actor, planned(made), []) == []


def test_the_trail_tells_members_not_what_was_left_aside(made: Council, owner: Staff) -> None:
    duty(made.body, owner)
    meeting, actor = planned(made), made.secretary.actor
    drops.drop_point(actor, meeting, offered(actor, meeting, [])[0], reason="Later.")
    entries = audit.trail(Ref(MEETING, meeting.pk))
    subject = subject_of(MEETING)
    assert subject is not None
    assert subject.veiled(entries, made.member.actor) == {entries[0].pk}  # type: ignore[attr-defined]
    assert subject.veiled(entries, actor) == set()  # type: ignore[attr-defined] # this kind veils


# --- papers --------------------------------------------------------------------------------------


def test_papers_are_read_by_who_sees_the_item(made: Council) -> None:
    meeting = planned(made)
    item = AgendaItemFactory.create(meeting=meeting)
    secret = AgendaItemFactory.create(meeting=meeting, confidentiality="named")
    actor = made.secretary.actor
    (paper,) = papers.add_papers(actor, item, [proof("plan.txt")])
    (hidden,) = papers.add_papers(actor, secret, [proof("salaries.txt")])
    assert paper_file(made.member.actor, paper.pk).name == "plan.txt"
    assert hidden.file.confidentiality == "named"
    with pytest.raises(NotFound):
        paper_file(made.member.actor, hidden.pk)
    mine = agenda_of(made.member.actor, meeting)
    assert (mine, is_whole(mine), is_whole(agenda_of(actor, meeting))) == ([item], False, True)
    agenda.change_item(actor, item, {"confidentiality": "named"})
    paper.file.refresh_from_db()
    assert paper.file.confidentiality == "named"
    with pytest.raises(NotFound):
        paper_file(made.member.actor, paper.pk)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("plan.pdf", b"It only says that it is one.", "not what its name says"),
        ("plan.exe", b"MZ\x00\x01", "type that is not taken"),
        ("plan.txt", b"", "is empty"),
    ],
)
def test_a_file_that_lies_changes_nothing(
    made: Council, name: str, content: bytes, sentence: str
) -> None:
    item = AgendaItemFactory.create(meeting=planned(made))
    good, bad = proof("good.txt"), Proof(name, io.BytesIO(content))
    with pytest.raises(Refused, match=sentence):
        papers.add_papers(made.secretary.actor, item, [good, bad])
    assert not AgendaPaper.objects.exists()
    assert not StoredFile.objects.exists()


def test_a_paper_is_taken_back_with_a_reason(made: Council) -> None:
    item, actor = AgendaItemFactory.create(meeting=planned(made)), made.secretary.actor
    with pytest.raises(Refused, match="at least one"):
        papers.add_papers(actor, item, [])
    with pytest.raises(Forbidden):
        papers.add_papers(made.member.actor, item, [proof()])
    first, _second = papers.add_papers(actor, item, [proof("a.txt", "a"), proof("b.txt", "b")])
    with pytest.raises(Refused, match="reason is missing"):
        papers.remove_paper(actor, first, reason="")
    papers.remove_paper(actor, first, reason="A draft.")
    entry = audit.trail(Ref(MEETING, item.meeting_id))[0]
    assert entry.changes["paper"] == [["a.txt"], None]
    assert entry.changes["reason"] == [None, "A draft."]
    agenda.remove_item(actor, item)
    assert not StoredFile.objects.exists()
    other, many = AgendaItemFactory.create(meeting=planned(made)), [proof()] * 21
    with pytest.raises(Refused, match="at most 20"):
        papers.add_papers(actor, other, many)


def test_papers_of_a_closed_meeting_stay_as_they_were(made: Council) -> None:
    item, actor = AgendaItemFactory.create(meeting=planned(made)), made.secretary.actor
    (paper,) = papers.add_papers(actor, item, [proof()])
    now = timezone.now()
    Meeting.objects.update(state="held", opened_at=now, closed_at=now)
    with pytest.raises(Refused, match="has been closed"):
        papers.add_papers(actor, item, [proof("late.txt", "Late.")])
    with pytest.raises(Refused, match="has been closed"):
        papers.remove_paper(actor, paper, reason="Too late.")
    with pytest.raises(Refused, match="has been closed"):
        agenda.order_items(actor, item.meeting, [item.pk], {item.pk: 5})
    assert AgendaPaper.objects.get().file.name == "report.txt"


def test_papers_go_along_with_what_a_cancelled_meeting_left_over(made: Council) -> None:
    meeting, actor = planned(made), made.secretary.actor
    item = AgendaItemFactory.create(meeting=meeting)
    papers.add_papers(actor, item, [proof("plan.txt", "The plan.")])
    Meeting.objects.filter(pk=meeting.pk).update(state="cancelled")
    later = planned(made)
    moved = agenda.add_point(actor, later, offered(actor, later, [])[0])
    (paper,) = moved.papers.all()
    assert (paper.name, paper.file.blob is None) == ("plan.txt", False)


# --- what the body oversees ----------------------------------------------------------------------


def test_a_body_is_offered_what_is_late_or_unled_in_its_care(made: Council) -> None:
    cared = UnitFactory.create(register=made.body.register)
    below = UnitFactory.create(parent=cared, register=made.body.register)
    Oversight.objects.create(body=made.body, unit=cared)
    elsewhere = council(made.body.unit)
    worker = staff(below)
    late = duty(elsewhere.body, worker, due=date(2026, 1, 5))
    duty(elsewhere.body, worker)  # in time
    duty(elsewhere.body, staff(UnitFactory.create(register=made.body.register)), due=late.due)
    vacant = PostFactory.create(unit=below, roles=("head",))
    staff(cared, "head")
    points = offered(made.secretary.actor, planned(made), [])
    assert {(point.ref.id, point.weight) for point in points} == {
        (late.pk, Weight.OVERSEEN),
        (vacant.pk, Weight.OVERSEEN),
    }
    assert offered(elsewhere.secretary.actor, planned(elsewhere), [])[0].weight == Weight.LATE
    # Whoever may not see the action is not offered it.
    late.resolution.confidentiality = "named"
    late.resolution.save()
    assert [p.ref.id for p in offered(made.secretary.actor, planned(made), [])] == [vacant.pk]


def test_a_meeting_that_closes_takes_its_agenda_and_papers_along(made: Council) -> None:
    meeting, actor = planned(made), made.secretary.actor
    colleague = staff(made.body.unit).actor
    item = AgendaItemFactory.create(meeting=meeting, confidentiality="internal")
    secret = AgendaItemFactory.create(meeting=meeting, confidentiality="named")
    (paper,) = papers.add_papers(actor, item, [proof("plan.txt")])
    assert paper_file(colleague, paper.pk).pk == paper.file_id
    named: MeetingFields = {"confidentiality": "named", "named_post_ids": [made.member.post.pk]}
    change_meeting(actor, meeting, named)
    with pytest.raises(NotFound):
        paper_file(staff(made.body.unit).actor, paper.pk)
    assert paper_file(made.member.actor, paper.pk).pk == paper.file_id
    paper.file.refresh_from_db()
    assert paper.file.confidentiality == "named"
    assert not secret.named_posts.exists()  # what was closed for a reason of its own stays so
    change_meeting(actor, meeting, {"confidentiality": "public"})
    item.refresh_from_db()
    assert item.confidentiality == "named"  # opening the meeting opens no paper
