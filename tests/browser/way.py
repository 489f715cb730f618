"""The way from an imported meeting to a closed action, step by step through the pages.

Each step is one person at their own browser, who reads before they press.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from django.urls import reverse
from django.utils.translation import override

from diwan.directory.models import Handover
from diwan.kernel.calendars import show_date
from diwan.kernel.reader import of_language
from diwan.kernel.text import to_digits

from .stories import PASSWORD, Scene
from .visitors import Visit, Visitor

DAYS = 30
"""The secretary gives the duty so many days."""
MISSING = 404
RESERVED = {"owner": "کلید نزد حراست است", "successor": "فهرست اموال نرسیده است"}
"""What each side of a handover writes beside the own signature."""


class Way:
    """A scene being played. `options` are those of everybody's browser."""

    def __init__(self, scene: Scene, visit: Visit, folder: Path, **options: Any) -> None:
        self.scene = scene
        self.language = scene.story.language
        self.reader = of_language(self.language)
        self.due = self.reader.today() + timedelta(days=DAYS)
        self.proof = folder / "proof.txt"
        self.proof.write_text("گزارش پایان کار\n", encoding="utf-8")
        self._visit = visit
        self._options = options
        self._here: dict[str, Visitor] = {}

    def who(self, role: str) -> Visitor:
        """Whoever plays a role, signed in by the form; one person has one browser."""
        login = (
            self.scene.administrator if role == "administrator" else self.scene.players[role].login
        )
        if login not in self._here:
            self._here[login] = self._visit(self.language, **self._options)
            self._here[login].sign_in(login, PASSWORD)
        return self._here[login]

    def stranger(self) -> Visitor:
        """Somebody who has not signed in."""
        return self._visit(self.language, **self._options, locale=self.language)

    def shown(self, day: date, style: Literal["long", "numeric"] = "long") -> str:
        """A day as the story's people see it."""
        return show_date(day, self.reader.calendar, self.language, style=style)

    def address(self, name: str, *args: object) -> str:
        """The address of a page in the story's language."""
        with override(self.language):
            return reverse(name, args=args)

    def waiting(self) -> Visitor:
        """The secretary, at what waits for their word."""
        secretary = self.who("secretary")
        secretary.go()
        secretary.press("Waiting for my word")
        return secretary

    def card(self, visitor: Visitor) -> Any:
        """The card of our action on the desk that is open."""
        return visitor.page.locator(".card", has_text=self.scene.text).first

    def confirm(self) -> None:
        """One item stands for the whole old record; the secretary confirms it in one go."""
        secretary, story = self.waiting(), self.scene.story
        secretary.reads(story.waiting)
        item = secretary.page.locator(".card", has_text=story.waiting)
        assert item.count() == 1
        secretary.press("Confirm them in one go", within=item)
        secretary.reads(self.scene.text)
        secretary.page.locator("[name=all-due]").fill(self.shown(self.due, "numeric"))
        secretary.press("Confirm in one go")
        assert secretary.page.locator(".messages .success").count() == 1, secretary.content()
        assert self.scene.state() == "open"
        secretary.reads(self.scene.text)
        assert story.waiting not in self.waiting().content()

    def begin(self) -> None:
        """The owner finds the duty on the desk, with its date, and starts."""
        owner = self.who("owner")
        owner.go()
        owner.reads(self.scene.text)
        owner.follow(self.card(owner).locator(".card-title a"))
        owner.reads(self.scene.text, self.shown(self.due))
        owner.press("Start the work")
        assert self.scene.state() == "doing"

    def progress(self) -> None:
        """Half-way the owner says how far it is, in their own digits."""
        owner = self.who("owner")
        owner.go(self.address("councils:action", self.scene.action.pk))
        owner.press("Say how far it is")
        owner.page.locator("[name=progress]").fill(to_digits(40, self.language))
        owner.press("Save the progress")
        owner.reads(to_digits(40, self.language))

    def report(self, role: str = "owner") -> None:
        """Whoever holds the post reports it done, with a file that proves it."""
        visitor = self.who(role)
        visitor.go()
        visitor.follow(self.card(visitor).locator(".card-step a").first)
        visitor.page.locator("[name=proofs]").set_input_files(self.proof)
        visitor.page.locator("[name=note]").fill("گزارش پیوست است")
        visitor.press("Send the report")
        visitor.reads(self.proof.name)
        assert self.scene.state() == "done"

    def close(self, role: str = "secretary") -> None:
        """The secretary finds the report, looks at the proof and closes."""
        visitor = self.who(role)
        visitor.go()
        visitor.press("Waiting for my word")
        visitor.follow(self.card(visitor).locator(".card-step a").first)
        visitor.reads(self.scene.text, self.proof.name)
        visitor.press("Close the action")
        visitor.reads(visitor.words("The action is closed."))
        assert self.scene.state() == "closed"

    def hand_over(self, at: datetime | None = None) -> Handover:
        """Whoever is above hands the owner's post over; the page shows the sheet beforehand."""
        giver = self._giver()
        giver.go(self.address("directory:post", self.scene.action.owner_id))
        giver.press("Hand it over")
        successor = self.scene.players["successor"].shown
        person = giver.page.locator("select[name=to_person]")
        value = person.locator("option", has_text=successor).first.get_attribute("value")
        person.select_option(value)
        if at is not None:
            local = at.astimezone(self.reader.zone)
            giver.page.locator("[name=at_day]").fill(self.shown(local.date(), "numeric"))
            giver.page.locator("[name=at_time]").fill(to_digits(f"{local:%H:%M}", self.language))
        giver.page.locator("[name=needs]").fill("دسترسی به سامانه")
        giver.press("See what will come of it")
        giver.reads(successor, self.scene.text)
        giver.press("Hand the post over")
        giver.reads(successor, self.scene.text, "دسترسی به سامانه")
        return Handover.objects.get(from_post=self.scene.action.owner_id, event=None)

    def _giver(self) -> Visitor:
        if "giver" in self.scene.players:
            return self.who("giver")
        visitor = self.who("administrator")
        visitor.go("account/elevate/")
        visitor.page.locator("[name=reason]").fill("تسليم الوظيفة")
        visitor.page.locator("[name=password]").fill(PASSWORD)
        visitor.press("Begin")
        return visitor

    def is_gone(self, role: str = "owner") -> None:
        """Whoever held the post has neither its desk nor its rights any more."""
        visitor = self.who(role)
        visitor.go()
        assert self.scene.text not in visitor.content()
        page = self.address("councils:action", self.scene.action.pk)
        assert visitor.go(page) == MISSING
        assert visitor.go(self.address("councils:action_step", self.scene.action.pk, "report")) == (
            MISSING
        )

    def both_sign(self, handover: Handover) -> None:
        """Whoever left signs the sheet, whoever came after them; then nothing is added to it."""
        for role in ("owner", "successor"):
            visitor = self.who(role)
            visitor.go(self.address("directory:handover", handover.pk))
            visitor.press("Sign the sheet")
            visitor.page.locator("main [name=password]").fill(PASSWORD)
            visitor.press("Go on")
            visitor.reads(self.scene.text)
            visitor.page.locator("[name=note]").fill(RESERVED[role])
            visitor.press("Sign")
            visitor.reads(RESERVED[role])
            assert visitor.fits(360) == []
        visitor.reads(*RESERVED.values())
        visitor.reads(visitor.words("Everybody concerned has signed: the sheet is closed."))
        assert not visitor.button("Sign the sheet").count()
        assert not visitor.button("Add what is still needed").count()

    def remains(self, handover: Handover) -> None:
        """The sheet stays as it was at the instant, and the register tells how it ended."""
        successor = self.who("successor")
        successor.go(self.address("directory:handover", handover.pk))
        people = self.scene.players
        successor.reads(people["owner"].shown, people["successor"].shown, self.scene.text)
        successor.go(self.address("councils:resolution", self.scene.action.resolution_id))
        successor.reads(self.scene.text)
