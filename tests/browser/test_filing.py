"""Filling in a form in a browser: in Persian and Arabic, with and without a script, at 320 px."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import expect

from diwan.accounts.tests.factories import sign_in
from diwan.directory.tests.factories import RegisterFactory, UnitFactory, staff
from diwan.services.models import Case, Draft
from diwan.services.tests.factories import service, variant
from diwan.services.tests.form_of_all import ALL

from .filing import opened, photo
from .visitors import Visit, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS: dict[str, dict[str, str]] = {
    "fa": {
        "date": "۱ مهر ۱۴۰۵",
        "iso": "2026-09-23",
        "province": "خراسان شمالی",
        "city": "شیروان",
        "other": "هرم",
        "first": "۷",
        "second": "۱۱",
        "phone": "۰۹۱۲۰۰۰۰۰۰۰",
    },
    "ar": {
        "date": "٢٣/٩/٢٠٢٦",
        "iso": "2026-09-23",
        "province": "الجيزة",
        "city": "الدقي",
        "other": "شيروان",
        "first": "٧",
        "second": "١١",
        "phone": "٠١٠٠٠٠٠٠٠٠٠",
    },
}


def go(visitor: Visitor, words: str) -> None:
    """Press a button of the form by its (English) words."""
    visitor.press(words)


def looks_well(visitor: Visitor, *, script: bool) -> None:
    """The page fits a small phone, speaks one language, and axe has nothing to say."""
    assert visitor.fits(320) == []
    if script:
        assert visitor.axe() == []


def family(visitor: Visitor, tmp_path: Path, *, script: bool) -> None:
    """The first page: what is missing is said, the city comes with the province."""
    said = WORDS[visitor.language]
    looks_well(visitor, script=script)
    go(visitor, "Go on")
    summary = visitor.page.locator(".error-summary")
    expect(summary.locator("li")).to_have_count(3)
    expect(summary).to_be_focused()
    looks_well(visitor, script=script)
    visitor.page.locator("[name='q/family/parent']").fill("سارا بهاری")
    visitor.page.locator("[name='q/family/moved']").fill(said["date"])
    visitor.page.locator("[name='q/family/proof']").set_input_files(photo(tmp_path))
    visitor.page.get_by_label(said["province"], exact=True).check()
    if not script:
        go(visitor, "Bring the page up to date")
    city = visitor.page.get_by_label(said["city"], exact=True)
    expect(city).to_be_visible()
    assert visitor.page.get_by_label(said["other"], exact=True).count() == 0
    city.check()
    if script:  # what was chosen is still there after the page was brought up to date
        expect(visitor.page.locator(".chosen")).to_contain_text("photo.jpg")
    go(visitor, "Go on")


def kids(visitor: Visitor, *, script: bool) -> None:
    """The second page: a repetition is added, and one more that is taken away again."""
    first, second = (WORDS[visitor.language][name] for name in ("first", "second"))
    visitor.page.locator("[name='q/kids[1]/kid']").fill("نرگس")
    visitor.page.locator("[name='q/kids[1]/age']").fill(first)
    go(visitor, "Add one more")
    visitor.page.locator("[name='q/kids[2]/kid']").fill("خطا")
    go(visitor, "Add one more")
    visitor.page.locator("[name='q/kids[3]/kid']").fill("آرش")
    visitor.page.locator("[name='q/kids[3]/age']").fill(second)
    looks_well(visitor, script=script)
    visitor.follow(visitor.page.locator("button[value='remove:/data/kids[2]']"))
    assert visitor.page.locator("[name='q/kids[2]/kid']").input_value() == "آرش"
    go(visitor, "Go on")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
@pytest.mark.parametrize("language", ["fa", "ar"])
def test_a_citizen_files_on_a_phone(
    language: str, visit: Visit, tmp_path: Path, *, script: bool
) -> None:
    register = RegisterFactory.create(country={"fa": "IR", "ar": "EG"}[language], language=language)
    opened(UnitFactory.create(register=register, name={"fa": "مرکز نمونه", "ar": "مركز النموذج"}))
    phone = {"width": 320, "height": 640}
    visitor = visit(language, viewport=phone, java_script_enabled=script)
    visitor.go("services/school-place/file/")
    family(visitor, tmp_path, script=script)
    kids(visitor, script=script)
    number = {"fa": "۲", "ar": "٢"}[language]
    visitor.reads(number)  # the note names what was worked out
    go(visitor, "Go on")
    visitor.page.locator("[name='phone']").fill(WORDS[language]["phone"])
    looks_well(visitor, script=script)
    go(visitor, "Save and go on later")
    looks_well(visitor, script=script)
    link = visitor.page.locator(".later-link a").get_attribute("href") or ""
    other = visit(language, viewport=phone, java_script_enabled=script)
    other.go(link)
    other.go(f"{link}?page=check")
    looks_well(other, script=script)
    other.reads(WORDS[language]["city"], "نرگس", "آرش")
    go(other, "File the request")
    case = Case.objects.get()
    assert f"/receipt/{case.code}/" in other.page.url
    assert case.answers.answers["family"]["moved"] == WORDS[language]["iso"]
    assert [one["age"] for one in case.answers.answers["kids"]] == ["7", "11"]
    assert [one.name for one in case.files.all()] == ["photo.jpg"]
    assert Draft.objects.get().answers == {}


def test_every_kind_of_question_on_a_phone(visit: Visit) -> None:
    definition = variant("everything", name={"fa": "همه پرسش‌ها"})
    service(UnitFactory.create(name={"fa": "مرکز نمونه"}), definition, ALL)
    visitor = visit("fa", viewport={"width": 320, "height": 640})
    visitor.go("services/everything/file/")
    looks_well(visitor, script=True)
    visitor.page.locator("[name='q/name']").fill("سارا بهاری")
    go(visitor, "Go on")
    for page in ("2", "3", "4", "5"):
        visitor.go(f"{visitor.path}?page={page}")
        looks_well(visitor, script=True)
    number = visitor.page.locator("[name='q/order@yz']")
    number.select_option("1")
    go(visitor, "Go on")
    assert Draft.objects.get().answers["order"] == "yz nk"


def test_a_clerk_files_by_the_keyboard_alone(visit: Visit) -> None:
    unit = UnitFactory.create(name={"fa": "پیشخوان نمونه"})
    opened(unit)
    clerk = staff(unit, "clerk")
    client = Client()
    sign_in(client, clerk.user)
    visitor = visit("fa")
    visitor.carry(client)
    visitor.go("services/counter/")
    assert visitor.axe() == []
    keyboard = visitor.page.keyboard
    keyboard.type("مدرسه")
    with visitor.page.expect_navigation():
        keyboard.press("Enter")
    assert re.search(r"/counter/school-place/", visitor.page.url)
    visitor.page.locator("[name='q/family/parent']").focus()
    keyboard.type("سارا بهاری")
    keyboard.press("Tab")
    keyboard.type("۱ مهر ۱۴۰۵")
    keyboard.press("Tab")
    keyboard.press("Space")
    expect(visitor.page.get_by_label("شیروان")).to_be_visible()
    visitor.page.get_by_label("شیروان").focus()
    keyboard.press("Space")
    with visitor.page.expect_navigation():
        keyboard.press("Enter")
    keyboard.press("Tab")
    assert visitor.axe() == []
