"""A meeting in the room, in Persian on a tablet: without a script, and quicker with one."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Locator, expect

from diwan.accounts.tests.factories import sign_in
from diwan.councils.models import Attendance, Meeting, Resolution, Vote
from diwan.councils.tests.factories import AgendaItemFactory, Council, MeetingFactory, council
from diwan.directory.models import Person
from diwan.kernel.working import today_in

from .visitors import Visit, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TABLET = {"width": 820, "height": 1180}
ENOUGH = "۳ نفر از ۳ نفر حاضرند؛ جلسه رسمیت دارد"
NAMES = ("مهتاب رستگارنیا", "سامان دادگرزاد", "شیرین آذرمهرگان")


@pytest.fixture
def made() -> Council:
    found = council(name={"fa": "شورای نمونه"})
    people = (found.secretary, found.chair, found.member)
    for who, name in zip(people, NAMES, strict=True):
        Person.objects.filter(pk=who.person.pk).update(name={"fa": name})
    return found


@pytest.fixture
def meeting(made: Council) -> Meeting:
    today = today_in("IR", timezone.now())
    found = MeetingFactory.create(body=made.body, state=Meeting.State.PLANNED, date=today)
    AgendaItemFactory.create(meeting=found, text={"fa": "بام مدرسه"}, minutes_planned=15)
    return found


def seat(visitor: Visitor, meeting: Meeting, who: object) -> Locator:
    row = Attendance.objects.get(meeting=meeting, post=who.post)  # type: ignore[attr-defined] # Staff
    return visitor.page.locator(f"#seat-{row.pk}")


def whole(visitor: Visitor, made: Council, meeting: Meeting, *, script: bool) -> None:
    """From the first name to the adopted resolution; a quick button reloads no page by script."""

    def tap(what: Locator) -> None:
        what.click() if script else visitor.follow(what)

    client = Client()
    sign_in(client, made.secretary.user)
    visitor.carry(client)
    visitor.go(f"councils/meetings/{meeting.pk}/")
    visitor.press("In the room")
    visitor.press("Call the names")
    for who in (made.secretary, made.chair, made.member):
        tap(seat(visitor, meeting, who).locator("button.present"))
    expect(visitor.page.locator("#room button.chosen")).to_have_count(3)
    expect(visitor.page.locator("h1")).to_have_text(ENOUGH)
    assert visitor.fits(TABLET["width"]) == []
    if script:
        assert visitor.axe() == []
    visitor.page.set_viewport_size(TABLET)  # type: ignore[arg-type] # a plain dict will do
    visitor.press("Open the meeting")
    visitor.press("Take it up")
    assert "۰ از ۱۵ دقیقه" in visitor.content()
    visitor.page.locator("summary", has_text=visitor.words("Write down what is decided")).click()
    visitor.write("Text of the resolution", "بام مدرسه تا پایان سال تعمیر شود.")
    visitor.press("Keep the draft")
    visitor.press("Begin the vote")
    vote = Vote.objects.get()
    for number, who in enumerate((made.secretary, made.chair, made.member)):
        row = Attendance.objects.get(meeting=meeting, post=who.post)
        said = "against" if number == 2 else "for"
        tap(visitor.page.locator(f"#caller-{row.pk} button.{said}"))
    expect(visitor.page.locator("#vote button.chosen")).to_have_count(3)
    if script:
        assert visitor.axe() == []
    adopt(visitor, vote)
    close(visitor, meeting)


def adopt(visitor: Visitor, vote: Vote) -> None:
    """The vote is counted, and what it carried is adopted."""
    visitor.press("Close the vote and count")
    assert "۲ موافق، ۱ مخالف، ۰ ممتنع" in visitor.content()
    visitor.press("Adopt it")
    vote.refresh_from_db()
    assert (vote.in_favour, vote.against, vote.carried) == (2, 1, True)
    assert Resolution.objects.get().state == Resolution.State.ADOPTED


def close(visitor: Visitor, meeting: Meeting) -> None:
    """The meeting ends, and was held."""
    visitor.page.locator("summary", has_text=visitor.words("Close the meeting")).click()
    visitor.press("Close the meeting")
    meeting.refresh_from_db()
    assert meeting.state == Meeting.State.HELD
    assert visitor.heading == "۳ نفر از ۳ نفر حاضر بودند؛ جلسه رسمیت داشت"


@pytest.mark.parametrize("how", ["script", "without"])
def test_a_meeting_on_a_tablet(visit: Visit, made: Council, meeting: Meeting, how: str) -> None:
    script = how == "script"
    visitor = visit("fa", viewport=TABLET, java_script_enabled=script)
    whole(visitor, made, meeting, script=script)
