"""Every page of the permission table in the three languages, on a desk's screen and on phones.

Each page is opened once a language, full of data and, where it is a list, in an empty house. At
every width nothing sticks out; there is one heading of the first rank, the page says its language
and direction, and the console keeps quiet. Axe looks at it on the desk's screen in Persian with all
its rules, on the phone in Arabic with those that depend on the width. English, whose marks are the
same the other way round, is looked at where there is something to fill in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from diwan.accounts.tests.factories import UserFactory
from tests.house import House, build
from tests.permission_table import Row, rows
from tests.test_pages_whole import PAGES, READERS
from tests.test_permissions import address

from .visitors import Visit, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LANGUAGES = ("fa", "ar", "en")
ROOMS = ("accounts", "directory", "councils", "services", "")
# Files, and a part of a page that htmx asks for.
NO_PAGES = (
    "calendar_feed",
    "councils:minutes_draft",
    "councils:minutes_pdf",
    "councils:paper",
    "councils:proof",
    "directory:unit_children",
    "interop:data_package",
    "interop:export",
    "interop:export_archive",
    "cpsv",
    "cpsv_json",
    "cpsv_turtle",
    "interop:bpmn",
    "interop:popolo",
    "interop:roster",
    "interop:table_csv",
    "interop:table_json",
    "oparl",
    "oparl_bodies",
    "open311_requests",
    "open311_services",
    "openapi",
    "services:case_file",
    "services:closing_slip",
    "services:draft_file",
    "services:figures_file",
    "services:late_file",
    "services:output",
    "services:print_closing",
    "services:receipt_a4",
    "services:receipt_slip",
    "services:try_file",
    "services:workbook",
    "services:workbook_sheet",
    "services:workbook_twin",
    "ui:seals_file",
)
# What depends on the width; the rest of a page's marks is the same on the phone.
NARROW_RULES = ("color-contrast", "target-size", "scrollable-region-focusable")
WIDE, PHONE, SMALL_PHONE = 1280, 360, 320
# The widths at which axe looks, with its rules (none named: all).
LOOKS: dict[str, dict[int, tuple[str, ...]]] = {
    "fa": {WIDE: ()},
    "ar": {PHONE: NARROW_RULES},
    "en": {},
}
LOOKS_AT_FORMS = {**LOOKS, "en": {WIDE: (), PHONE: NARROW_RULES}}


def of_room(room: str) -> list[Row]:
    """The table's pages of a room; the small rooms together."""
    named = [one for one in ROOMS if one]
    return [
        row
        for row in PAGES
        if row.name not in NO_PAGES
        and (row.name.startswith(f"{room}:") if room else row.name.split(":")[0] not in named)
    ]


def faults(visitor: Visitor, row: Row) -> Iterator[str]:
    """What is wrong with the page that is open, which is the row's."""
    html = visitor.page.locator("html")
    direction = "ltr" if visitor.language == "en" else "rtl"
    said = (html.get_attribute("lang"), html.get_attribute("dir"))
    if said != (visitor.language, direction):
        yield f"is {said}"
    if visitor.page.locator("h1").count() != 1 or not visitor.heading.strip():
        yield "has no single heading"
    looks = (LOOKS_AT_FORMS if row.how == "form" else LOOKS)[visitor.language]
    for width in (WIDE, PHONE, SMALL_PHONE):
        found = visitor.fits(width)
        if width in looks:
            found += visitor.axe(looks[width])
        yield from (f"{width} px: {fault}" for fault in found)


def reader_of(row: Row) -> str:
    """Whoever sees the most of a page."""
    return next((who for who in READERS if row.answers[who] == "200"), "anonymous")


def walked(visit: Visit, house: House, found: Sequence[Row], language: str) -> dict[str, list[str]]:
    """The faults of each page, as whoever sees the most of it gets it."""
    wrong: dict[str, list[str]] = {}
    visitors: dict[str, Visitor] = {}
    for row in found:
        who = reader_of(row)
        if who not in visitors:
            # A page without a language in its address follows the browser.
            visitors[who] = visit(language, locale=language)
            if who != "anonymous":
                visitors[who].carry(house.client(who))
        status = visitors[who].go(address(row, house, language))
        told = [] if status == 200 else [f"answers {status}"]
        told += faults(visitors[who], row)
        if told:
            wrong[str(row)] = told
    return wrong


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("room", ROOMS)
def test_pages_full_of_data(room: str, language: str, visit: Visit) -> None:
    assert walked(visit, build(), of_room(room), language) == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_of_an_empty_house(language: str, visit: Visit) -> None:
    lists = [row for row in PAGES if not row.records and row.how == "page"]
    people = {"elevated": UserFactory.create(name="راهبر", may_elevate=True)}
    house = House(people={**dict.fromkeys(READERS, people["elevated"]), **people})
    seen = [row for row in lists if row.answers["elevated"] == "200" and row.name not in NO_PAGES]
    assert walked(visit, house, seen, language) == {}


def test_nobody_is_left_out() -> None:
    listed = {row.name for room in ROOMS for row in of_room(room)}
    assert {row.name for row in rows() if "200" in row.answers.values()} - listed == set(NO_PAGES)
