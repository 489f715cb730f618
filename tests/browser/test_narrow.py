"""On a small phone, 320 px wide: the whole way can be gone there, and no page sticks out of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house import build
from tests.test_permissions import address

from .stories import MEHREGAN, stage
from .test_axe import of_room, reader_of
from .test_way_fa import whole
from .visitors import Visit
from .way import Way

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 320, "height": 640}
# Lists, sheets and long forms: what could be too wide. Forms of one column are like one another.
ROOMS = ("directory", "councils", "")


def test_the_whole_way(visit: Visit, tmp_path: Path) -> None:
    whole(Way(stage(MEHREGAN, tmp_path, None), visit, tmp_path, viewport=PHONE))


@pytest.mark.parametrize("language", ["fa", "en"])
def test_no_page_sticks_out(language: str, visit: Visit) -> None:
    house = build()
    wide = {}
    visitors = {}
    for row in (row for room in ROOMS for row in of_room(room) if row.how == "page"):
        who = reader_of(row)
        if who not in visitors:
            visitors[who] = visit(language, viewport=PHONE)
            if who != "anonymous":
                visitors[who].carry(house.client(who))
        visitors[who].go(address(row, house, language))
        if found := visitors[who].fits(320):
            wide[str(row)] = found
    assert wide == {}
