"""A whole meeting through the pages: from planning it to its signed minutes and the last action.

Each step is one person at their own browser; the secretary's in the room is a tablet.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Locator, expect

from diwan.councils.models import (
    Action,
    Attendance,
    Meeting,
    MinutesVersion,
    Resolution,
    Vote,
)
from diwan.councils.models import Membership as Seat
from diwan.directory.models import Holding
from diwan.kernel.models import Notice
from diwan.kernel.text import to_digits

from .stories import PASSWORD, Scene, player
from .visitors import Visit, Visitor
from .way import Way

TABLET = {"width": 820, "height": 1180}
OK = 200


class Sitting:
    """A meeting of the body of a scene. `texts` are what its people write, in their language."""

    def __init__(self, scene: Scene, visit: Visit, folder: Path, texts: dict[str, str]) -> None:
        body = scene.meeting.body
        chair = Seat.objects.known().get(body=body, role="chair").post
        held = Holding.objects.known().filter(post=chair, until_at=None).select_related("person")
        scene.players["chair"] = player(scene.story, held.earliest("id").person)
        self.scene, self.texts, self.body = scene, texts, body
        self.way = Way(scene, visit, folder, viewport=TABLET)
        self.before = set(Meeting.objects.values_list("pk", flat=True))

    @property
    def meeting(self) -> Meeting:
        """The meeting that was planned here."""
        return Meeting.objects.filter(body=self.body).exclude(pk__in=self.before).get()

    @property
    def secretary(self) -> Visitor:
        """The secretary, in front of the tablet."""
        return self.way.who("secretary")

    def said(self, visitor: Visitor) -> None:
        """What was done is told."""
        assert visitor.page.locator(".messages .success").count() == 1, visitor.content()

    def write(self, visitor: Visitor, name: str, text: str) -> None:
        """Write into a field of one language, or the first of several."""
        language = self.scene.story.language
        place = visitor.page.locator("form:not(.search)")
        both = place.locator(f"[name={name}], [name={name}_{language}]").first
        both.fill(text)

    def plan(self) -> None:
        """The secretary plans a meeting for today; its agenda opens."""
        who = self.secretary
        who.go(self.way.address("councils:plan_meeting", self.body.pk))
        today = self.way.reader.today()
        who.page.locator("[name=date]").fill(self.way.shown(today, "numeric"))
        who.press("Plan the meeting")
        self.said(who)

    def agenda(self) -> None:
        """What the body should look at is offered: one is taken up, one left aside; one is new."""
        who = self.secretary
        who.reads(who.words("What this body should look at"))
        who.press("Put on the agenda")
        who.press("Leave aside")
        who.page.locator("[name=reason]").fill(self.texts["reason"])
        who.page.locator("main form button[type=submit]").last.click()
        who.reads(self.texts["reason"])
        self.write(who, "text", self.texts["item"])
        who.page.locator("[name=minutes]").fill(to_digits(20, who.language))
        who.page.locator("main form button[type=submit]").last.click()
        who.reads(self.texts["item"])
        assert self.meeting.agenda.count() == 2

    def invite(self) -> None:
        """The invitations go out; the chair answers that she comes."""
        who = self.secretary
        who.go(self.way.address("councils:invite", self.meeting.pk))
        who.press("Send them")
        assert Notice.objects.filter(kind="councils.invited").exists()
        chair = self.way.who("chair")
        chair.go(self.way.address("councils:meeting", self.meeting.pk))
        chair.reads(self.texts["item"])
        chair.press("Answer the invitation")
        chair.page.locator("[name=answer][value=yes]").check()
        chair.press("Give this answer")
        self.said(chair)

    def gather(self) -> None:
        """In the room: one is excused, all others are here, the meeting is opened."""
        who = self.secretary
        who.go(self.way.address("councils:room", self.meeting.pk))
        who.press("Call the names")
        excused = Attendance.objects.filter(meeting=self.meeting, votes=True, role="member").first()
        assert excused is not None
        self._tap(who.page.locator(f"#excused-{excused.pk}"))
        self._pressed(who, "All others are present")
        assert not Attendance.objects.filter(meeting=self.meeting, status="expected").exists()
        self._pressed(who, "Open the meeting")
        assert self.meeting.opened_at is not None

    def decide(self) -> None:
        """The new item is taken up; a decision is drafted, voted on by name, and adopted."""
        who = self.secretary
        line = who.page.locator("#agenda li", has_text=self.texts["item"])
        self._pressed(who, "Take it up", within=line)
        who.page.locator("summary", has_text=who.words("Write down what is decided")).click()
        drafting = who.page.locator("form[action$='/draft/']")
        drafting.locator("[name=text]").fill(self.texts["decision"])
        self._pressed(who, "Keep the draft", within=drafting)
        who.reads(self.texts["decision"])
        self._pressed(who, "Begin the vote")
        for choice, seat in self._callers(who):
            self._tap(who.page.locator(f"#{choice}-{seat}"))
        self._pressed(who, "Close the vote and count")
        vote = Vote.objects.get(meeting=self.meeting)
        assert vote.carried
        assert vote.against == 1
        self._pressed(who, "Adopt it")
        assert self.resolution.state == Resolution.State.ADOPTED

    def _callers(self, who: Visitor) -> list[tuple[str, str]]:
        """All are for it but the last one called."""
        rows = who.page.locator("[id^=caller-]").all()
        seats = [str(row.get_attribute("id")).removeprefix("caller-") for row in rows]
        assert len(seats) > 1
        return [(("for" if seat != seats[-1] else "against"), seat) for seat in seats]

    @property
    def resolution(self) -> Resolution:
        """What the meeting decided."""
        return Resolution.objects.get(meeting=self.meeting)

    def end(self) -> None:
        """The meeting is closed, and held by that."""
        who = self.secretary
        self._pressed(who, "Finish this item")
        fold = who.page.locator("details", has_text=who.words("Close the meeting")).last
        if fold.get_attribute("open") is None:
            fold.locator("summary").click()
        self._pressed(who, "Close the meeting", within=fold.locator("form"))
        assert self.meeting.state == Meeting.State.HELD

    def _tap(self, button: Locator) -> None:
        """Press what answers on the spot, and wait until the page shows that it has."""
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")

    def _pressed(self, who: Visitor, text: str, *, within: Locator | None = None) -> None:
        """Press a button of the room by its words; nothing was refused."""
        who.press(text, within=within)
        assert who.page.locator(".error-summary").count() == 0, who.content()

    def seal(self) -> MinutesVersion:
        """The secretary seals what the meeting wrote by itself; two sign it, each by password."""
        who = self.secretary
        who.go(self.way.address("councils:minutes", self.meeting.pk))
        who.reads(self.texts["decision"])
        who.press("Seal the minutes")
        who.press("Seal them")
        self.said(who)
        version = MinutesVersion.objects.get(meeting=self.meeting)
        for role in ("secretary", "chair"):
            self.sign(self.way.who(role), version)
        version.refresh_from_db()
        assert version.state == MinutesVersion.State.SIGNED
        assert self.meeting.signed_at is not None
        return version

    def sign(self, who: Visitor, version: MinutesVersion) -> None:
        """Whoever must sign finds it on the desk, proves who they are, and signs what they read."""
        who.go()
        page = self.way.address("councils:sign_minutes", version.pk)
        link = who.page.locator(f"main a[href^='{page}']")
        if not link.count():
            who.press("Waiting for my word")
        who.follow(link.first)
        who.page.locator("main input[type=password]").fill(PASSWORD)
        who.press("Go on")
        who.reads(self.texts["decision"])
        who.press("Sign the minutes")
        self.said(who)

    def confirmed(self, version: MinutesVersion) -> None:
        """The paper is a PDF, and a stranger learns by its code that it holds, and nothing else."""
        who = self.secretary
        where = self.way.address("councils:minutes_pdf", version.pk)
        paper = who.page.request.get(f"{who.home}{where}")
        assert (paper.status, paper.body()[:5]) == (OK, b"%PDF-")
        stranger = self.way.stranger()
        stranger.go(f"/verify/{version.code}")
        stranger.reads(stranger.words("Genuine, and it holds"))
        assert self.texts["decision"] not in stranger.content()

    def task(self, owner: str) -> None:
        """The decision gets an action, which its owner finds on the desk."""
        who = self.secretary
        who.go(self.way.address("councils:add_action", self.resolution.pk))
        self.write(who, "text", self.texts["action"])
        chosen = who.page.locator("select[name=owner]")
        pk = str(self.scene.action.owner_id)
        if chosen.count():
            chosen.select_option(pk)
        else:
            who.page.locator("[name=owner_q]").fill(owner)
        who.page.locator("[name=due]").fill(self.way.shown(self.way.due, "numeric"))
        who.page.locator("main form:not(.search) button[type=submit]").last.click()
        who.reads(self.texts["action"])
        action = Action.objects.get(resolution=self.resolution)
        assert str(action.owner_id) == pk
        self.way.scene = self.scene = replace(self.scene, action=action)

    def done(self) -> None:
        """The owner works, reports with proof, and the secretary closes: the last action."""
        self.way.begin()
        self.way.report()
        self.way.close()
