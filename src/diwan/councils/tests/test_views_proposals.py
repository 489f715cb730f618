"""The pages of proposals, of an agenda's order and papers, and two secretaries at one agenda."""

from __future__ import annotations

import re
from datetime import time, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from diwan.accounts.tests.factories import sign_in
from diwan.councils.actions import agenda, proposals
from diwan.councils.models import AgendaDrop, AgendaItem, AgendaPaper, Bylaws, Meeting, Proposal
from diwan.directory.tests.factories import UnitFactory, staff

from .factories import AgendaItemFactory, Council, council, duty, meeting_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def made() -> Council:
    found = council()
    Bylaws.objects.create(body=found.body, signatures=2)
    return found


@pytest.fixture
def meeting(made: Council) -> Meeting:
    day = timezone.now().date() + timedelta(days=7)
    return meeting_of(made.body, state="planned", date=day, starts=time(10), ends=time(11, 30))


def page(client: Client, name: str, *args: object) -> str:
    return client.get(reverse(f"councils:{name}", args=args)).content.decode()


def sent(client: Client, name: str, *args: object, **data: object) -> int:
    return client.post(reverse(f"councils:{name}", args=args), data).status_code


def carried(text: str) -> dict[str, str]:
    """The revision and marks that the page's form carries."""
    found = re.findall(r'name="(as_seen|shown)" value="([^"]*)"', text)
    return dict(found)


def test_the_way_of_a_proposal(client: Client, made: Council, meeting: Meeting) -> None:
    body = made.body.pk
    sign_in(client, made.member.user)
    assert "No proposal is open" in page(client, "proposals", body)
    assert sent(client, "propose", body, text_en="A bridge", grounds="It floods.") == 302
    shown = page(client, "proposals", body)
    assert "1 proposal of members" in shown
    assert "1 of 2 signatures" in shown
    proposal = Proposal.objects.get()
    sign_in(client, made.chair.user)
    assert sent(client, "endorse", proposal.pk) == 302
    assert sent(client, "endorse", proposal.pk) == 422
    sign_in(client, made.secretary.user)
    assert "1 ready for the agenda" in page(client, "proposals", body)
    assert "2 members propose it" in page(client, "agenda", meeting.pk)
    assert sent(client, "take_proposal", proposal.pk, meeting=str(meeting.pk)) == 302
    assert "A bridge" in page(client, "meeting", meeting.pk)
    assert "on an agenda" in page(client, "proposals", body)
    sign_in(client, made.adviser.user)
    assert client.get(reverse("councils:proposals", args=[body])).status_code == 403


def test_a_secretary_declines_and_a_member_withdraws(client: Client, made: Council) -> None:
    first, second = (
        proposals.propose(made.member.actor, made.body, {"text": {"en": text}})
        for text in ("A bridge", "A road")
    )
    sign_in(client, made.secretary.user)
    assert sent(client, "decline_proposal", first.pk, answer="") == 422
    assert sent(client, "decline_proposal", first.pk, answer="Another council's matter.") == 302
    sign_in(client, made.member.user)
    assert "Another council&#x27;s matter." in page(client, "proposals", made.body.pk)
    assert sent(client, "withdraw_proposal", second.pk) == 302
    states = set(Proposal.objects.values_list("state", flat=True))
    assert states == {"declined", "withdrawn"}


def test_a_members_item_for_a_meeting_becomes_a_proposal(
    client: Client, made: Council, meeting: Meeting
) -> None:
    sign_in(client, made.member.user)
    where = reverse("councils:propose_item", args=[meeting.pk])
    answer = client.post(where, {"text_en": "A bridge"})
    assert answer["Location"] == reverse("councils:proposals", args=[made.body.pk])
    assert (Proposal.objects.count(), AgendaItem.objects.count()) == (1, 0)


def test_order_and_times_in_one_go(client: Client, made: Council, meeting: Meeting) -> None:
    items = [AgendaItemFactory.create(meeting=meeting) for _ in range(3)]
    sign_in(client, made.secretary.user)
    data: dict[str, object] = {f"place_{item.pk.hex}": n for n, item in enumerate(items, start=1)}
    data |= {f"minutes_{item.pk.hex}": n for item, n in zip(items, (30, "۴۵", 20), strict=True)}
    data[f"place_{items[2].pk.hex}"] = 1
    assert sent(client, "order_agenda", meeting.pk, **data) == 302
    order = [items[2], items[0], items[1]]
    assert list(meeting.agenda.all()) == order
    shown = page(client, "agenda", meeting.pk)
    assert "95 minutes of 90 minutes" in shown
    for begins in ("10:00, 20 minutes", "10:20, 30 minutes", "10:50, 45 minutes"):
        assert begins in shown
    assert sent(client, "order_agenda", meeting.pk, **{**data, next(iter(data)): "x"}) == 422
    assert sent(client, "move_item", items[1].pk, "top") == 302
    assert meeting.agenda.first() == items[1]
    # Where the reader does not see all items, a gap between two would tell of the third.
    AgendaItem.objects.filter(pk=items[0].pk).update(confidentiality="named")
    sign_in(client, made.member.user)
    shown = page(client, "meeting", meeting.pk)
    assert "20 minutes" in shown
    assert "10:00, " not in shown


def test_papers_are_laid_and_read(client: Client, made: Council, meeting: Meeting) -> None:
    item = AgendaItemFactory.create(meeting=meeting)
    sign_in(client, made.secretary.user)
    lie = SimpleUploadedFile("plan.pdf", b"It only says that it is one.")
    answer = client.post(reverse("councils:papers", args=[item.pk]), {"papers": lie})
    assert answer.status_code == 422
    assert "not what its name says" in answer.content.decode()
    good = SimpleUploadedFile("plan.txt", b"The plan.")
    assert sent(client, "papers", item.pk, papers=good) == 302
    paper = AgendaPaper.objects.get()
    sign_in(client, made.member.user)
    where = reverse("councils:paper", args=[paper.pk])
    assert where in page(client, "meeting", meeting.pk)
    assert b"".join(client.get(where)) == b"The plan."
    AgendaItem.objects.update(confidentiality="named")
    assert client.get(where).status_code == 404
    sign_in(client, made.secretary.user)
    assert sent(client, "remove_paper", paper.pk, reason="") == 422
    assert sent(client, "remove_paper", paper.pk, reason="A draft.") == 302
    assert client.get(where).status_code == 404


def test_offers_by_why_and_what_is_left_aside(
    client: Client, made: Council, meeting: Meeting
) -> None:
    owner = staff(UnitFactory.create(register=made.body.register))
    late = duty(made.body, owner, due="2026-01-05")
    for _ in range(10):
        duty(made.body, owner)
    sign_in(client, made.secretary.user)
    shown = page(client, "agenda", meeting.pk)
    assert "2 more" in shown
    assert "Still open" in shown
    where = (meeting.pk, "councils.action", late.pk)
    assert sent(client, "drop_point", *where, reason="x" * 501) == 422
    assert sent(client, "drop_point", *where, reason="Next month.") == 302
    shown = page(client, "agenda", meeting.pk)
    assert "left aside: Next month." in shown
    assert "Late" not in re.sub("<[^>]+>", " ", shown).split()
    assert sent(client, "take_back_drop", AgendaDrop.objects.get().pk) == 302
    assert reverse("councils:add_point", args=where) in page(client, "agenda", meeting.pk)


# --- two secretaries at one agenda ---------------------------------------------------------------


def test_who_orders_an_agenda_that_grew_meanwhile_loses_nothing(
    client: Client, made: Council, meeting: Meeting
) -> None:
    one, two = (AgendaItemFactory.create(meeting=meeting) for _ in range(2))
    sign_in(client, made.secretary.user)
    seen = carried(page(client, "order_agenda", meeting.pk))
    new = agenda.add_item(made.chair.actor, meeting, {"text": {"en": "Roads"}})
    data = {
        f"place_{one.pk.hex}": "1", f"minutes_{one.pk.hex}": "25",
        f"place_{two.pk.hex}": "1", f"minutes_{two.pk.hex}": "",
    }  # fmt: skip
    where = reverse("councils:order_agenda", args=[meeting.pk])
    told = client.post(where, {**data, **seen})
    text = told.content.decode()
    assert told.status_code == 409
    assert str(made.chair.user) in text
    assert 'value="25"' in text
    assert f"place_{new.pk.hex}" in text
    assert list(meeting.agenda.all()) == [one, two, new]
    again = {**data, **carried(text), f"place_{new.pk.hex}": "3", f"minutes_{new.pk.hex}": ""}
    assert client.post(where, again).status_code == 302
    assert list(meeting.agenda.all()) == [two, one, new]


def test_who_changes_an_item_that_changed_meanwhile_loses_nothing(
    client: Client, made: Council, meeting: Meeting
) -> None:
    item = AgendaItemFactory.create(meeting=meeting, text={"en": "Roads"})
    sign_in(client, made.secretary.user)
    seen = carried(page(client, "change_item", item.pk))
    agenda.change_item(made.chair.actor, item, {"text": {"en": "Roads and bridges"}})
    data = {"text_en": "Rails", "minutes": "20", "confidentiality": item.confidentiality}
    where = reverse("councils:change_item", args=[item.pk])
    told = client.post(where, {**data, **seen})
    text = told.content.decode()
    assert told.status_code == 409
    for words in ("Rails", "Roads and bridges", 'value="20"'):
        assert words in text
    item.refresh_from_db()
    assert (item.text, item.minutes_planned) == ({"en": "Roads and bridges"}, None)


def test_papers_and_a_change_at_once_are_told(
    client: Client, made: Council, meeting: Meeting
) -> None:
    item = AgendaItemFactory.create(meeting=meeting)
    sign_in(client, made.secretary.user)
    seen = carried(page(client, "papers", item.pk))
    agenda.change_item(made.chair.actor, item, {"confidentiality": "named"})
    good = SimpleUploadedFile("plan.txt", b"The plan.")
    where = reverse("councils:papers", args=[item.pk])
    assert client.post(where, {"papers": good, **seen}).status_code == 409
    assert not AgendaPaper.objects.exists()
