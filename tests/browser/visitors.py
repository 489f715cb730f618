"""People in front of a browser: what they read, press and write, found by the words they see."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.utils.translation import gettext, override
from playwright.sync_api import ConsoleMessage, Locator, Page

AXE: str = Axe().axe_script
LATIN_DIGIT = re.compile(r"[0-9]")
# Addresses, file names, fingerprints, codes and how they begin are Latin in every language.
NOT_WORDS = re.compile(
    r"\S+@\S+|\S+\.(?:txt|pdf|yaml|zip)|\b[0-9a-f]{12,}\b|SHA-256|\b\w{4}(?:-\w{4}){2}\b|\b\w{4}…"
)
WIDTHS = """() => ({
  page: document.documentElement.clientWidth,
  content: document.documentElement.scrollWidth,
  wide: [...document.querySelectorAll("body *")].filter((one) => {
    for (let up = one.parentElement; up; up = up.parentElement) {
      if (up !== document.body && getComputedStyle(up).overflowX !== "visible") return false;
    }
    const box = one.getBoundingClientRect();
    return box.width && (box.left < -1 || box.right > document.documentElement.clientWidth + 1);
  }).slice(0, 5).map((one) => `${one.tagName}.${one.className}`),
})"""


@dataclass
class Visitor:
    """One person's browser, in one language.

    `complaints` are the console's; `deaf` while axe tries styles of its own on the page.
    """

    page: Page
    home: str
    language: str
    complaints: list[str] = field(default_factory=list)
    deaf: bool = False

    def __post_init__(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        # A page that is refused on purpose is no fault of the page's.
        heard = message.type in ("error", "warning") and "status of 4" not in message.text
        if heard and not self.deaf:
            self.complaints.append(f"{urlsplit(self.page.url).path}: {message.text}")

    def words(self, text: str, context: str = "") -> str:
        """The interface's words for an English sentence; fails where they are not translated."""
        with override(self.language):
            said = gettext(text)
        assert said != text or self.language == "en", f"not translated: {text!r}"
        return said

    def go(self, path: str = "") -> int:
        """Open an address of one's language, or a whole path; gives its status."""
        where = path if path.startswith("/") else f"/{self.language}/{path}"
        answer = self.page.goto(f"{self.home}{where}")
        assert answer is not None
        return answer.status

    def sign_in(self, login: str, password: str) -> None:
        """By the form, as people do; ends at the desk."""
        self.go("account/sign-in/")
        self.page.locator("input[autocomplete=username]").fill(login)
        self.page.locator("input[type=password]").fill(password)
        self.press("Sign in")
        assert urlsplit(self.page.url).path == f"/{self.language}/"

    def axe(self, rules: Sequence[str] = ()) -> list[str]:
        """What axe finds on the page, each in a line; of some rules only, or of all."""
        options = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
        self.deaf = True
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(AXE)
        found = self.page.evaluate("(options) => axe.run(options)", options)
        self.page.evaluate("() => null")  # what the console had to say of axe has arrived by now
        self.deaf = False
        return [
            f"{one['id']} ({one['help']}): {[node['html'][:160] for node in one['nodes'][:3]]}"
            for one in found["violations"]
        ]

    def carry(self, client: Client) -> None:
        """Be signed in as a test client is."""
        name = settings.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": client.cookies[name].value, "url": self.home}
        self.page.context.add_cookies([cookie])  # type: ignore[list-item] # a plain dict will do

    def press(self, text: str, *, within: Locator | None = None) -> None:
        """Press the button or follow the link of these (English) words, in the page's content."""
        self.follow(self.button(text, within=within))

    def follow(self, what: Locator) -> None:
        """Click on something and wait until the page that it leads to is there."""
        with self.page.expect_navigation():
            what.click()

    def button(self, text: str, *, within: Locator | None = None) -> Locator:
        """The first button or link whose words begin with these (English) ones."""
        place = within or self.page.locator("main")
        name = re.compile(f"^{re.escape(self.words(text))}")
        link = place.get_by_role("link", name=name)
        return place.get_by_role("button", name=name).or_(link).first

    def write(self, label: str, text: str) -> None:
        """Write into the field of that (English) label."""
        self.field(label).fill(text)

    def field(self, label: str) -> Locator:
        """The field of the main form that has this (English) label."""
        return self.page.locator("form:not(.search)").get_by_label(self.words(label)).first

    @property
    def heading(self) -> str:
        """What the page answers."""
        return bare(self.page.locator("h1").inner_text())

    @property
    def path(self) -> str:
        """Where we are."""
        return urlsplit(self.page.url).path

    def content(self) -> str:
        """The words of the page's main part."""
        return bare(self.page.locator("main").inner_text())

    def reads(self, *texts: str) -> None:
        """These words stand in the page's main part, and its digits are the language's own."""
        content = self.content()
        missing = [text for text in texts if text not in content]
        assert not missing, f"{self.path}: {missing} not in {content}"
        if self.language != "en":
            odd = [line for line in content.splitlines() if LATIN_DIGIT.search(_speech(line))]
            assert odd == [], f"{self.path}: {odd}"

    def fits(self, width: int) -> list[str]:
        """Whatever sticks out of a page of that width; nothing if all is well."""
        self.page.set_viewport_size({"width": width, "height": 900})
        found: dict[str, Any] = self.page.evaluate(WIDTHS)
        if found["content"] <= found["page"]:
            return []
        return [f"{found['content']} px wide: {', '.join(found['wide'])}"]


def bare(text: str) -> str:
    """A text without the invisible signs that keep its directions apart."""
    return re.sub("[\u2066-\u2069\u200e\u200f]", "", text)


def _speech(line: str) -> str:
    return NOT_WORDS.sub("", line)


Visit = Callable[..., Visitor]
