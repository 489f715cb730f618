"""A clerk's day by the keyboard: the list, a case, a step, the next case; and without script.

Keys are taken by their place, so that they are the same on a Persian and an Arabic keyboard.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from diwan.accounts.tests.factories import sign_in
from diwan.directory.tests.factories import UnitFactory, staff
from diwan.services.models import Case
from diwan.services.tests.factories import case, service
from tests.house import called

from .visitors import Visit, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FOCUSED = "() => document.activeElement.getAttribute('href') || document.activeElement.tagName"
OTHER_LAYOUT = """([key, code]) => document.activeElement.dispatchEvent(
  new KeyboardEvent("keydown", { key, code, bubbles: true, cancelable: true }))"""


def at_work(visit: Visit, language: str, **options: object) -> tuple[Visitor, list[Case]]:
    """A clerk in front of two cases, the more urgent one first, and the list open."""
    unit = UnitFactory.create(name=called("دفتر شهرستان", "مكتب المركز"))
    clerk = staff(unit, "clerk")
    of, now = service(unit), timezone.now()
    cases = [
        case(of, name=called("سارا", "سارة")[language], due_at=now + timedelta(days=days))
        for days in (1, 5)
    ]
    client = Client()
    sign_in(client, clerk.user)
    visitor = visit(language, **options)
    visitor.carry(client)
    assert visitor.go("services/work/?whose=mine") == 200
    return visitor, cases


def pressed(visitor: Visitor, *keys: str) -> None:
    """Press keys; the last one leads to another page."""
    for key in keys[:-1]:
        visitor.page.keyboard.press(key)
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press(keys[-1])


@pytest.mark.parametrize("language", ["fa", "ar"])
def test_through_the_list_by_keys(language: str, visit: Visit) -> None:
    clerk, (first, second) = at_work(visit, language)
    pressed(clerk, "j", "Enter")
    assert str(first.pk) in clerk.path
    clerk.page.keyboard.press("1")  # a step is never taken by one key: the button waits for Enter
    first.refresh_from_db()
    assert first.state == "new"
    pressed(clerk, "Enter")
    first.refresh_from_db()
    assert first.state == "review"
    assert str(first.pk) in clerk.path
    pressed(clerk, "n")
    assert str(second.pk) in clerk.path
    pressed(clerk, "t")
    second.refresh_from_db()
    assert second.post_id is not None
    pressed(clerk, "l")
    assert clerk.path == f"/{language}/services/work/"


def test_keys_are_taken_by_their_place_and_can_be_switched_off(visit: Visit) -> None:
    clerk, (first, _second) = at_work(visit, "fa")
    clerk.page.evaluate(OTHER_LAYOUT, ["ت", "KeyJ"])
    assert str(first.pk) in clerk.page.evaluate(FOCUSED)
    clerk.page.evaluate(OTHER_LAYOUT, ["؟", "Slash"])
    assert clerk.page.locator("#keys").get_attribute("open") is not None
    clerk.page.get_by_role("button", name=clerk.words("Switch the keys off")).click()
    clerk.page.reload()
    clerk.page.keyboard.press("j")
    assert clerk.page.evaluate(FOCUSED) == "BODY"
    clerk.page.evaluate("() => window.localStorage.clear()")


def test_a_letter_that_is_typed_is_no_key(visit: Visit) -> None:
    clerk, (first, _second) = at_work(visit, "fa")
    clerk.go(f"services/cases/{first.pk}/note/")
    box = clerk.page.locator("textarea")
    expect(box).to_be_focused()  # given a moment after the page is there
    clerk.page.keyboard.type("n t 1 l")
    assert box.input_value() == "n t 1 l"
    assert clerk.path.endswith("/note/")


@pytest.mark.parametrize("language", ["fa", "ar"])
def test_pages_fit_a_telephone_and_satisfy_axe(language: str, visit: Visit) -> None:
    clerk, (first, _second) = at_work(visit, language)
    wrong = []
    for page in ("work/?whose=mine", f"cases/{first.pk}/", f"cases/{first.pk}/act/return/"):
        clerk.go(f"services/{page}")
        clerk.page.set_viewport_size({"width": 1280, "height": 900})
        wrong += [f"{page}: {fault}" for fault in clerk.axe()]
        wrong += [f"{page}: {fault}" for fault in clerk.fits(320)]
    assert wrong == []


def test_without_script_everything_is_a_press(visit: Visit) -> None:
    clerk, (first, second) = at_work(visit, "fa", java_script_enabled=False)
    clerk.follow(clerk.page.locator("[data-open]").first)
    clerk.follow(clerk.page.get_by_role("button", name="ارسال به کارشناس"))
    first.refresh_from_db()
    assert first.state == "review"
    clerk.press("Next case")
    assert str(second.pk) in clerk.path
    assert not clerk.page.locator("[data-keys-off]").is_visible()
