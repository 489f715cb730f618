"""No page asks the database more than fifteen questions, however much stands on it.

Every address that can be read is opened by two who may, in a house with a busy body. What needs
more stands in `MORE`, each with a cap of its own and the reason.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from diwan.councils.models import Body, Meeting
from diwan.councils.tests.factories import (
    ActionFactory,
    AgendaItemFactory,
    MembershipFactory,
    ResolutionFactory,
    StatementFactory,
)
from diwan.directory.tests.factories import HoldingFactory, PostFactory, UnitFactory

from .house import LETTERS, House, build, called
from .permission_table import Row, rows
from .test_permissions import address

CAP = 15
ASKED = ("secretary", "officer", "head", "elevated")
READ = [row for row in rows() if row.how != "post" and "200" in row.answers.values()]
FORM = "a form beside what it is about: every list to choose from is a question or two of its own"
MORE: dict[str, tuple[int, str]] = {
    "desk:home": (
        27,
        "own duties and cases, what waits for a word, what changed, pictures; four note the visit",
    ),
    "councils:body": (18, "members, terms, meetings, how all stands; who manages it: its number"),
    "councils:agenda": (19, FORM),
    "councils:drop_point": (18, "what is offered is gathered anew from every room"),
    "councils:minutes": (27, "a record not sealed yet, gathered anew from all its tables"),
    "councils:minutes_draft": (27, "the same on paper"),
    "interop:export": (90, "a whole register, written table by table"),
    "interop:export_archive": (95, "the same with its files"),
}


def crowd(house: House) -> None:
    """Fill the house: a second post for some, units, members, meetings, resolutions, actions."""
    body = Body.objects.get(pk=house.ids["body"])
    meeting = Meeting.objects.get(pk=house.ids["meeting"])
    for who in ("secretary", "officer"):
        staff = house.staff[who]
        second = PostFactory.create(unit=staff.post.unit, name=called("پست دوم", "وظيفة ثانية"))
        HoldingFactory.create(post=second, person=staff.person)
    for number, letter in enumerate(LETTERS):
        name = called(f"واحد {letter}", f"وحدة {letter}")
        unit = UnitFactory.create(parent=body.unit, name=name)
        post = PostFactory.create(unit=unit, roles=("head",), name=name)
        MembershipFactory.create(body=body, post=post, role="member")
        MembershipFactory.create(body=body, post=None, unit=unit, role="member")
        AgendaItemFactory.create(meeting=meeting, text=name)
        StatementFactory.create(meeting=meeting, speaker=post, text=name)
        resolution = ResolutionFactory.create(meeting=meeting, number=f"۱۴۰۴/ش/{number}", text=name)
        for state in ("open", "doing", "done", "closed"):
            ActionFactory.create(
                resolution=resolution, owner=post, unit=unit, state=state, text=name
            )


@pytest.fixture
def house(db: None) -> House:
    made = build()
    crowd(made)
    return made


def asked_by(row: Row, house: House) -> Iterator[tuple[str, int]]:
    """How many questions the page asks when the first two of `ASKED` open it who may."""
    where = address(row, house)
    allowed = [who for who in ASKED if row.answers[who] == "200"]
    for who in allowed[:2]:
        client = house.client(who)
        with CaptureQueriesContext(connection) as queries:
            client.get(where)
        yield who, len(queries)


def test_no_page_asks_more_than_fifteen_questions(house: House) -> None:
    too_many = {}
    for row in READ:
        cap, _reason = MORE.get(row.name, (CAP, ""))
        counts = dict(asked_by(row, house))
        if max(counts.values(), default=0) > cap:
            too_many[str(row)] = counts
    assert too_many == {}
