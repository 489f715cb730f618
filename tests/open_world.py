"""A house whose open data can be walked: what everybody may see, and beside it what nobody may.

Every word that must not get out is `SECRET`; every person and record that must not is in `hidden`.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.test import Client
from django.utils import timezone

from diwan.councils.models import (
    AgendaItem,
    AgendaPaper,
    Attendance,
    Ballot,
    Body,
    Bylaws,
    Meeting,
    Vote,
)
from diwan.councils.tests.factories import (
    AgendaItemFactory,
    BodyFactory,
    MeetingFactory,
    MembershipFactory,
    ResolutionFactory,
    StatementFactory,
    TermFactory,
)
from diwan.directory.models import Person, Post, Unit
from diwan.directory.tests.factories import (
    HoldingFactory,
    PersonFactory,
    PostFactory,
    RegisterFactory,
    UnitFactory,
    system,
)
from diwan.interop.rules.oparl import OF_BODY
from diwan.kernel import files
from diwan.kernel.exchange import Ref
from diwan.kernel.policies import Confidentiality

SECRET = "نهانی"
PLACE = "http://127.0.0.1:8000"
Json = dict[str, Any]


@dataclass
class World:
    """What was made: records by name, and identifiers that must never be told."""

    records: dict[str, Any] = field(default_factory=dict)
    hidden: set[UUID] = field(default_factory=set)

    def __getitem__(self, name: str) -> Any:
        return self.records[name]


def secret(number: object = "") -> dict[str, str]:
    """A name that must not get out."""
    return {"fa": f"{SECRET} {number}", "en": f"{SECRET} {number}"}


def build() -> World:
    """Make it."""
    world = World()
    register = RegisterFactory.create(key="open")
    top = UnitFactory.create(register=register, name={"fa": "سازمان باز", "en": "Open authority"})
    office = UnitFactory.create(parent=top, name={"fa": "دفتر", "en": "Office"})
    world.records |= {"top": top, "office": office}
    named = BodyFactory.create(unit=office, confidentiality="public", code="P")
    Bylaws.objects.create(body=named, members_public=True)
    TermFactory.create(body=named, number=1)
    world.records["named"] = named
    _people(world, named)
    _meeting(world, named)
    _more_meetings(world, named)
    _silent_body(world, top)
    _hidden_body(world, top)
    return world


def _seat(world: World, body: Body, name: str, person: dict[str, str], **held: Any) -> Post:
    post = PostFactory.create(unit=body.unit, name={"fa": f"پست {name}", "en": f"Post {name}"})
    who = PersonFactory.create(register=body.register, name=person)
    HoldingFactory.create(post=post, person=who, **held)
    MembershipFactory.create(body=body, post=post, role="chair" if name == "chair" else "member")
    world.records |= {f"{name} post": post, f"{name} person": who}
    return post


def _people(world: World, body: Body) -> None:
    _seat(world, body, "chair", {"fa": "سارا نمونه", "en": "Sara Sample"})
    post = _seat(
        world,
        body,
        "former",
        {"fa": "پیشین نمونه", "en": "Former Sample"},
        until_at=datetime(2026, 3, 1, tzinfo=UTC),
    )
    HoldingFactory.create(
        post=post,
        person=PersonFactory.create(register=body.register, name={"fa": "کنونی", "en": "Present"}),
        since_at=datetime(2026, 3, 1, tzinfo=UTC),
    )
    # A deputy during a leave is no member.
    deputy = PersonFactory.create(register=body.register, name=secret("deputy"))
    HoldingFactory.create(
        post=post,
        person=deputy,
        kind="deputy",
        since_at=datetime(2026, 5, 1, tzinfo=UTC),
        until_at=datetime(2027, 5, 1, tzinfo=UTC),
    )
    world.hidden.add(deputy.pk)


def _meeting(world: World, body: Body) -> None:
    """A public meeting with an item for all, one for the members, a vote and a paper."""
    meeting = MeetingFactory.create(
        body=body, number=1, starts=time(9), ends=time(11), place={"fa": "تالار شهر", "en": "Hall"}
    )
    hidden = _item(meeting, 0, secret("item"), confidentiality="body")
    item = _item(meeting, 1, {"fa": "بودجه", "en": "Budget"})
    paper = lay(item, "budget.txt", "Numbers for everybody.")
    unseen = lay(hidden, f"{SECRET}.txt", SECRET)
    resolution = ResolutionFactory.create(
        meeting=meeting, item=item, number="1405/P/1", text={"fa": "تصویب شد", "en": "Approved"}
    )
    # Of an item that is not open, and itself not open.
    kept = ResolutionFactory.create(
        meeting=meeting, item=hidden, text=secret("resolution"), confidentiality="body"
    )
    half = ResolutionFactory.create(meeting=meeting, item=hidden, text={"fa": "باز", "en": "Open"})
    draft = ResolutionFactory.create(meeting=meeting, item=item, state="draft", text=secret("d"))
    StatementFactory.create(meeting=meeting, text=secret("said"))
    guest = Attendance.objects.create(
        meeting=meeting, seat=UUID(int=7), role="guest", name=secret("guest"), status="present"
    )
    chair: Attendance = Attendance.objects.create(
        meeting=meeting,
        seat=world["chair post"].pk,
        post=world["chair post"],
        person=world["chair person"],
        role="chair",
        votes=True,
        status="present",
    )
    vote = _vote(meeting, item, chair)
    secret_vote = _vote(meeting, hidden, chair)
    world.records |= {
        "meeting": meeting, "item": item, "paper": paper, "resolution": resolution,
        "vote": vote, "half": half,
    }  # fmt: skip
    world.hidden |= {hidden.pk, unseen.pk, kept.pk, draft.pk, guest.pk, secret_vote.pk}


def _item(meeting: Meeting, position: int, text: dict[str, str], **more: Any) -> AgendaItem:
    made: AgendaItem = AgendaItemFactory.create(
        meeting=meeting, position=position, text=text, **more
    )
    return made


def _vote(meeting: Meeting, item: AgendaItem, chair: Attendance) -> Vote:
    at = timezone.now()
    vote = Vote.objects.create(
        meeting=meeting, item=item, question=item.text, method="roll_call", majority="simple",
        majority_of="present", opened_at=at, closed_at=at + timedelta(minutes=1), seats=2,
        present=1, needed=1, threshold=1, in_favour=1, carried=True,
    )  # fmt: skip
    Ballot.objects.create(vote=vote, attendance=chair, choice="for")
    return vote


def lay(item: AgendaItem, name: str, text: str) -> AgendaPaper:
    """A paper laid before the meeting with an item."""
    subject, level = Ref("councils.agenda_item", item.pk), Confidentiality(item.confidentiality)
    stored = files.store(system(), subject, io.BytesIO(text.encode()), name, confidentiality=level)
    return AgendaPaper.objects.create(item=item, name=name, file=stored, at=timezone.now())


def _more_meetings(world: World, body: Body) -> None:
    for number in range(2, 5):
        meeting = MeetingFactory.create(body=body, number=number)
        _item(meeting, 0, {"fa": f"دستور {number}", "en": f"Item {number}"})
    planned = MeetingFactory.create(body=body, number=9, state="planned", date=None)
    called_off = MeetingFactory.create(body=body, number=10, state="cancelled")
    for level in ("internal", "body", "named"):
        meeting = MeetingFactory.create(body=body, confidentiality=level, place=secret(level))
        item = _item(meeting, 0, secret(level), confidentiality=level)
        # More open than its meeting; it names the meeting's item nowhere.
        open_item = _item(meeting, 1, secret("open item"), confidentiality="public")
        world.hidden |= {meeting.pk, item.pk, open_item.pk}
        world.records[f"{level} meeting"] = meeting
        if level == "internal":
            stray = ResolutionFactory.create(
                meeting=meeting,
                item=item,
                confidentiality="public",
                text={"fa": "اعلام", "en": "A"},
            )
    world.records |= {"planned": planned, "called_off": called_off, "stray": stray}


def _silent_body(world: World, top: Unit) -> None:
    """A public body that tells nobody's name: neither holders nor named seats nor who came."""
    body = BodyFactory.create(unit=top, confidentiality="public", code="S")
    post = _seat(world, body, "silent", secret("person"))
    MembershipFactory.create(body=body, post=None, seat=secret("seat"))
    meeting = MeetingFactory.create(body=body)
    person: Person = world["silent person"]
    came = Attendance.objects.create(
        meeting=meeting, seat=post.pk, post=post, person=person, name=person.name,
        role="member", votes=True, status="present",
    )  # fmt: skip
    vote = _vote(meeting, _item(meeting, 0, {"fa": "پرسش", "en": "Question"}), came)
    world.records |= {"silent": body, "silent meeting": meeting, "silent vote": vote}
    world.hidden |= {person.pk, came.pk}


def _hidden_body(world: World, top: Unit) -> None:
    """An internal body; one of its meetings would be public by itself."""
    elsewhere = UnitFactory.create(name=secret("unit"))
    for unit in (top, elsewhere):
        body = BodyFactory.create(unit=unit, name=secret("body"), confidentiality="internal")
        Bylaws.objects.create(body=body, members_public=True)
        _seat(world, body, f"hidden {unit.key}", secret("person"))
        meeting = MeetingFactory.create(body=body, confidentiality="public", place=secret())
        resolution = ResolutionFactory.create(meeting=meeting, text=secret("resolution"))
        world.hidden |= {body.pk, meeting.pk, resolution.pk}
        world.records |= {"hidden body": body}
    world.hidden |= {elsewhere.pk}
    world.hidden |= {row.pk for row in Person.objects.filter(name__fa__startswith=SECRET)}


class Walker:
    """A small OParl client: from the system through every list and every address that it meets."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.answers: dict[str, Json] = {}
        self.found: dict[str, Json] = {}

    def get(self, address: str) -> Json:
        """One answer, which must be one that a program can use."""
        answer = self.client.get(address.removeprefix(PLACE))
        assert answer.status_code == 200, (address, answer.status_code)
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert answer["Content-Type"] == "application/json; charset=utf-8"
        told: Json = answer.json()
        self.answers[address] = told
        return told

    def pages(self, address: str) -> Iterator[Json]:
        """The pages of a list."""
        while address:
            page = self.get(address)
            yield page
            address = page["links"].get("next", "")

    def all_of(self, address: str) -> list[Json]:
        """All objects of a list."""
        return [one for page in self.pages(address) for one in page["data"]]

    def lists(self) -> str:
        """Every list of every body, as one text."""
        bodies = self.all_of(f"{PLACE}/oparl/bodies")
        for name in OF_BODY:
            for body in bodies:
                self.all_of(body[name])
        return json.dumps(self.answers, ensure_ascii=False)

    def walk(self) -> None:
        """Find everything there is, by its identifier; the answers themselves are kept, too."""
        waiting = [f"{PLACE}/oparl/"]
        while waiting:
            address = waiting.pop()
            if address in self.answers or not address.startswith(f"{PLACE}/oparl/"):
                continue
            if address.endswith("/content"):
                continue
            told = self.get(address)
            if "id" in told:
                self.found[told["id"]] = told
            waiting += list(_addresses(told))


def _addresses(value: object) -> Iterator[str]:
    if isinstance(value, str):
        if value.startswith("http"):
            yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _addresses(one)
    elif isinstance(value, list):
        for one in value:
            yield from _addresses(one)
