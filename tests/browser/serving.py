"""A case through the pages: filed, returned, granted, judged, complained of and opened again.

Each step is one person at their own browser: a citizen on a telephone without an account, a clerk
and an officer at their desks, the head who writes the service.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import translation
from openpyxl import Workbook
from playwright.sync_api import Locator, Page

from diwan.accounts.tests.factories import sign_in
from diwan.directory.models import Unit
from diwan.directory.tests.factories import Staff
from diwan.services.models import Case, CasePause, Rating, Service
from diwan.services.rules.codes import written_code

from .visitors import Visit, Visitor

PHONE = {"width": 360, "height": 760}
PICTURE = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f"
    b"\x15\xc4\x89\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND"
    b"\xaeB`\x82"
)


@dataclass(frozen=True)
class Office:
    """The unit and its people."""

    unit: Unit
    head: Staff
    clerk: Staff
    officer: Staff


class Serving:
    """One citizen's case of a service that is written in `sheets`; `texts` are what people type."""

    def __init__(self, office: Office, visit: Visit, language: str, texts: dict[str, str]) -> None:
        self.office, self.visit, self.language, self.texts = office, visit, language, texts
        self.citizen = visit(language, viewport=PHONE)
        self.known: dict[str, Visitor] = {}

    def at_desk(self, role: str) -> Visitor:
        """The holder of that role, signed in, at a desk of their own."""
        if role not in self.known:
            client = Client()
            sign_in(client, getattr(self.office, role).user)
            self.known[role] = self.visit(self.language)
            self.known[role].carry(client)
        return self.known[role]

    def address(self, name: str, *args: Any) -> str:
        """The address of a page in this language."""
        with translation.override(self.language):
            return reverse(f"services:{name}", args=args)

    @property
    def case(self) -> Case:
        """The citizen's first case."""
        return Case.objects.filter(service__code=self.texts["code"]).get()

    def write_service(self, sheets: dict[str, list[list[str]]], *, spoil: str = "") -> None:
        """The head uploads a workbook with a fault, mends it, and publishes it."""
        who = self.at_desk("head")
        who.go(self.address("upload"))
        broken = {
            **sheets,
            "steps": [[cell.replace("clerk", spoil) for cell in row] for row in sheets["steps"]],
        }
        if spoil:
            self._upload(who, broken)
            who.reads(spoil)
            assert not Service.objects.filter(code=self.texts["code"]).exists()
        self._upload(who, sheets)
        who.reads(self.texts["service"])
        self._named(who.page, who.words("Try it out")).wait_for()
        with who.page.expect_navigation():
            self._named(who.page, who.words("Publish it")).click()
        self._send(who.page)
        assert Service.objects.get(code=self.texts["code"]).state == Service.State.OPEN

    def _upload(self, who: Visitor, sheets: dict[str, list[list[str]]]) -> None:
        form = who.page.locator("main form[enctype]").first
        name = f"{self.texts['code']}.xlsx"
        form.locator("input[type=file]").set_input_files(
            {"name": name, "mimeType": "application/octet-stream", "buffer": workbook(sheets)}
        )
        with who.page.expect_navigation():
            form.locator("button[type=submit]").last.click()

    def file(self) -> None:
        """The citizen finds the service by an everyday word and files; the receipt has the code."""
        who = self.citizen
        who.go(self.address("catalogue"))
        who.page.locator("main input[name=q]").fill(self.texts["everyday"])
        who.page.locator("main input[name=q]").press("Enter")
        who.page.wait_for_url(re.compile(r"q="))
        who.follow(who.page.get_by_role("link", name=self.texts["service"]).first)
        who.press("Ask for it online")
        who.page.get_by_label(self.texts["name_label"]).fill(self.texts["name"])
        who.page.get_by_label(self.texts["count_label"]).fill(self.texts["none"])
        self._go_on()
        who.reads(self.texts["too_few"])
        who.page.get_by_label(self.texts["count_label"]).fill(self.texts["two"])
        self._to_the_receipt()
        assert written_code(self.case.code) in who.content()

    def _go_on(self) -> None:
        """Press the filled button of the form."""
        page = self.citizen.page
        with page.expect_navigation():
            page.locator("form#filling .form-steps button.filled").click()

    def _to_the_receipt(self) -> None:
        """Go on through the last pages, telling how to be reached, until the receipt is there."""
        who = self.citizen
        for _page in range(6):
            self._go_on()
            if "/receipt/" in who.path:
                return
            telephone = who.page.locator("main input[name$=phone]")
            if telephone.count():
                telephone.first.fill("09120000000")
        raise AssertionError(f"no receipt: {who.content()}")

    def returned(self) -> None:
        """The clerk takes the case from the list and asks for everything that is missing."""
        who = self.at_desk("clerk")
        who.go(self.address("work"))
        who.follow(who.page.locator("main a[href*='/cases/']").first)
        who.press("Take it")
        who.follow(who.page.get_by_role("link", name=self.texts["return"]).first)
        for box in who.page.locator("main form input[type=checkbox]").all():
            box.check()
        self._send(who.page)
        assert self.case.phase == Case.Phase.WAITING
        assert len(CasePause.objects.get().asked) == 1

    def brought(self) -> None:
        """The citizen follows by the code, reads what is missing, and brings it."""
        who = self.citizen
        who.go(self.address("follow"))
        who.page.locator("[name=code]").fill(written_code(self.case.code).lower())
        self._send(who.page)
        who.reads(self.texts["paper"])
        assert self.texts["clerk"] not in who.page.content()
        who.follow(who.page.locator(f"main a[href$='/{self.case.code}/bring/']").first)
        for place in who.page.locator("main input[type=file]").all():
            place.set_input_files({"name": "deed.png", "mimeType": "image/png", "buffer": PICTURE})
        self._send(who.page)
        assert self.case.phase == Case.Phase.OPEN
        assert self.case.files.count() == 1

    def granted(self) -> None:
        """The clerk passes it on, the officer grants it with words for the citizen."""
        self._step("clerk", self.texts["forward"])
        self._step("officer", self.texts["grant"], said=self.texts["said"])
        assert self.case.phase == Case.Phase.DONE
        assert self.case.on_time

    def _step(self, role: str, name: str, *, said: str = "") -> None:
        who = self.at_desk(role)
        who.go(self.address("case", self.case.pk))
        button = self._named(who.page, name)
        with who.page.expect_navigation():
            button.click()
        if "/act/" in who.page.url:
            if said:
                who.page.locator("[name=said]").fill(said)
            self._send(who.page)

    def judged(self, stars: int) -> None:
        """The citizen judges, once."""
        who = self.citizen
        who.go(self.address("followed", self.case.code))
        who.reads(self.texts["said"])
        who.follow(who.page.locator("main a[href*='/rate/']").first)
        rating = who.page.url
        who.page.locator(f"[name=stars][value='{stars}']").check(force=True)
        who.page.locator("[name=words]").fill(self.texts["judgement"])
        self._send(who.page)
        assert (Rating.objects.get().stars, Rating.objects.get().words) == (
            stars,
            self.texts["judgement"],
        )
        who.page.goto(rating)
        assert who.page.locator("[name=stars]").count() == 0
        staff = self.at_desk("clerk")
        staff.page.goto(rating)
        assert staff.page.locator("[name=stars]").count() == 0

    def complained(self) -> Case:
        """The citizen complains of the case; the complaint is a case of its own."""
        who = self.citizen
        who.go(self.address("followed", self.case.code))
        who.follow(who.page.locator("main a[href*='complain']").last)
        with who.page.expect_navigation():
            self._named(who.page.locator("main"), who.words("Write the complaint")).click()
        who.page.get_by_label(self.texts["what_label"]).fill(self.texts["complaint"])
        self._to_the_receipt()
        made = Case.objects.filter(service__kind="complaint").get()
        assert made.about_id == self.case.pk
        return made

    def reopened(self, complaint: Case) -> None:
        """The head answers the complaint; the citizen is not content and opens it again."""
        who = self.at_desk("head")
        who.go(self.address("case", complaint.pk))
        with who.page.expect_navigation():
            self._named(who.page, self.texts["answer"]).click()
        if "/act/" in who.page.url:
            who.page.locator("[name=said]").fill(self.texts["answered"])
            self._send(who.page)
        complaint.refresh_from_db()
        assert complaint.phase == Case.Phase.DONE
        citizen = self.citizen
        citizen.go(self.address("followed", complaint.code))
        citizen.reads(self.texts["answered"])
        citizen.follow(citizen.page.locator("main a[href$='/reopen/']").first)
        citizen.page.locator("main textarea").first.fill(self.texts["again"])
        self._send(citizen.page)
        complaint.refresh_from_db()
        assert (complaint.phase, complaint.reopened) == (Case.Phase.OPEN, 1)

    @staticmethod
    def _named(place: Page | Locator, name: str) -> Locator:
        """The first button or link that begins with these words."""
        words = re.compile(re.escape(name))
        found = place.get_by_role("button", name=words).or_(place.get_by_role("link", name=words))
        return found.first

    @staticmethod
    def _send(page: Page) -> None:
        with page.expect_navigation():
            page.locator("main form button[type=submit].filled").last.click()


def workbook(sheets: dict[str, list[list[str]]]) -> bytes:
    """An .xlsx file of these sheets."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()
