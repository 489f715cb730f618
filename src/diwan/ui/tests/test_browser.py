"""The styleguide in Chromium: axe finds nothing, nothing overflows, the keyboard suffices."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders

from diwan.ui.tests.styleguide import LANGUAGES
from diwan.ui.tests.styleguide import page as styleguide

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

ORIGIN = "http://styleguide.test"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self';"
    " img-src 'self' data:; connect-src 'self'; form-action 'self'"
)


def _answer(route: Route) -> None:
    """Serve the styleguide and the static files without a server."""
    path = unquote(urlsplit(route.request.url).path)
    if path.startswith("/static/"):
        found = finders.find(path.removeprefix("/static/"))
        if isinstance(found, str):
            route.fulfill(path=Path(found))
        else:
            route.fulfill(status=404, body="")
        return
    html = styleguide(path.strip("/").split("/")[0])
    route.fulfill(
        body=html,
        content_type="text/html; charset=utf-8",
        headers={"Content-Security-Policy": POLICY},
    )


def _open(browser_page: Page, language: str, width: int) -> list[str]:
    """Open the styleguide at a width; what the console complains of is collected."""
    complaints: list[str] = []
    browser_page.on("console", lambda message: complaints.append(message.text))
    browser_page.on("pageerror", lambda error: complaints.append(str(error)))
    browser_page.set_viewport_size({"width": width, "height": 900})
    browser_page.route(f"{ORIGIN}/**", _answer)
    browser_page.goto(f"{ORIGIN}/{language}/styleguide")
    return complaints


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 360, 320])
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_overflows_and_axe_is_content(page: Page, language: str, width: int) -> None:
    complaints = _open(page, language, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.fonts.check('16px Vazirmatn')")
    assert complaints == []
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.browser
def test_the_first_key_leads_past_the_shell(page: Page) -> None:
    _open(page, "fa", 1280)
    page.keyboard.press("Shift+Tab")
    while page.evaluate("document.activeElement.tagName") != "BODY":
        page.locator(":focus").press("Shift+Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"


@pytest.mark.browser
def test_the_reader_starts_at_what_is_to_be_mended(page: Page) -> None:
    _open(page, "ar", 1280)
    assert page.evaluate("document.activeElement.className") == "error-summary"


@pytest.mark.browser
def test_geography_does_not_flip(page: Page) -> None:
    lefts = {}
    for language in ("fa", "en"):
        _open(page, language, 1280)
        box = page.locator(".tile.row-1.column-1").bounding_box()
        other = page.locator(".tile.row-1.column-6").bounding_box()
        assert box
        assert other
        lefts[language] = box["x"] < other["x"]
    assert lefts == {"fa": True, "en": True}
