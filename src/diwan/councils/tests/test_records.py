"""What councils keep of a register as plain data: read, put, and put again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from diwan.councils.models import Action, DateRequest, Resolution
from diwan.councils.public import (
    ActionRecord,
    BodyRecord,
    CouncilBook,
    MeetingRecord,
    MemberRecord,
    ProofRecord,
    RedatedRecord,
    ResolutionRecord,
    council_records_of,
    open_councils,
    put_actions,
    put_bodies,
    put_meetings,
)
from diwan.directory.public import (
    Ledger,
    PostRecord,
    RegisterRecord,
    UnitRecord,
    open_ledger,
    put_posts,
    put_units,
)
from diwan.directory.tests.factories import system
from diwan.kernel.calendars import PartialDate
from diwan.kernel.errors import Refused
from diwan.kernel.ids import new_id
from diwan.kernel.models import AuditEntry, StoredFile
from diwan.kernel.working import today_in

pytestmark = pytest.mark.django_db
TODAY = timezone.now().date()
BODY = BodyRecord(
    key="board",
    unit="office",
    kind="council",
    name={"fa": "شورای نمونه"},
    every="2 months",
    members=(
        MemberRecord(role="chair", post="chief"),
        MemberRecord(role="adviser", seat={"fa": "کارشناس"}),
    ),
)
RESOLUTION = ResolutionRecord(key="r1", kind="tasked", text={"fa": "انجام شود."})
MEETING = MeetingRecord(
    key="m1",
    body="board",
    date=PartialDate(TODAY - timedelta(days=10)),
    chair="chief",
    resolutions=(RESOLUTION,),
)
ACTION = ActionRecord(key="a1", meeting="m1", resolution="r1", text={"fa": "انجام"}, owner="chief")


@pytest.fixture
def ledger() -> Ledger:
    found = open_ledger(system(), RegisterRecord(key="trial", language="fa", country="IR"))
    office = UnitRecord(key="office", name={"fa": "دفتر"}, kind="office")
    put_units(system(), found, [], [office])
    chief = PostRecord(key="chief", unit="office", name={"fa": "رئیس"}, roles=("head",))
    put_posts(system(), found, [], [chief])
    return found


def put(ledger: Ledger, meeting: MeetingRecord = MEETING, *actions: ActionRecord) -> CouncilBook:
    book = open_councils(system(), ledger)
    put_bodies(system(), book, [BODY])
    put_meetings(system(), book, [meeting])
    put_actions(system(), book, actions, {})
    return book


def test_what_was_put_is_read_as_it_was(ledger: Ledger) -> None:
    put(ledger, MEETING, ACTION)
    found = council_records_of(ledger.register)
    assert found.bodies == {"board": BODY}
    numbered = replace(RESOLUTION, number=Resolution.objects.get().number)
    assert found.meetings == {"m1": replace(MEETING, resolutions=(numbered,))}
    assert found.actions == {"a1": replace(ACTION, state="open", progress=0)}


def test_putting_again_writes_nothing(ledger: Ledger) -> None:
    put(ledger, MEETING, ACTION)
    entries = AuditEntry.objects.count()
    put(ledger, MEETING, ACTION)
    assert AuditEntry.objects.count() == entries


@pytest.mark.parametrize(
    ("days", "state"), [(10, "open"), (90, "open"), (91, "unconfirmed"), (None, "unconfirmed")]
)
def test_old_and_undated_meetings_bring_unconfirmed_actions(
    ledger: Ledger, days: int | None, state: str
) -> None:
    when = (
        None if days is None else PartialDate(today_in("IR", timezone.now()) - timedelta(days=days))
    )
    put(ledger, replace(MEETING, date=when), ACTION)
    assert Action.objects.get().state == state


def test_the_life_that_a_file_tells(ledger: Ledger) -> None:
    day = PartialDate(TODAY)
    told = replace(
        ACTION,
        state="closed",
        due=day,
        redated=(
            RedatedRecord(was=PartialDate(TODAY - timedelta(3)), to=day, reason="دیر", on=day),
        ),
        proof=(ProofRecord(file="گزارش.pdf", sha256="ab" * 32),),
        done_on=day,
        closed_on=day,
        closed_by="chief",
    )
    put(ledger, MEETING, told)
    row = Action.objects.get()
    assert (row.state, row.progress) == ("closed", 100)
    assert list(row.events.order_by("id").values_list("verb", flat=True)) == [
        "add",
        "report",
        "close",
    ]
    assert DateRequest.objects.get().state == "granted"
    assert StoredFile.objects.get().blob is None
    found = council_records_of(ledger.register).actions["a1"]
    assert found == replace(told, progress=100)


def test_a_new_word_in_the_file_is_a_correction_in_the_actions_life(ledger: Ledger) -> None:
    put(ledger, MEETING, ACTION)
    put(ledger, replace(MEETING, said=frozenset()), replace(ACTION, state="doing", progress=30,
        said=frozenset({"state", "progress"})))  # fmt: skip
    row = Action.objects.get()
    assert (row.state, row.progress, row.revision) == ("doing", 30, 2)
    last = row.events.order_by("-id").first()
    assert last is not None
    assert (last.verb, last.before, last.after) == ("correct", "open", "doing")


def test_work_without_an_owner_is_refused(ledger: Ledger) -> None:
    put(ledger, MEETING, replace(ACTION, owner=""))
    with pytest.raises(Refused):
        put(ledger, replace(MEETING, said=frozenset()), replace(ACTION, owner="", state="doing",
            said=frozenset({"state"})))  # fmt: skip


def test_a_number_is_given_once_in_a_body(ledger: Ledger) -> None:
    put(ledger, replace(MEETING, resolutions=(replace(RESOLUTION, number="7"),)))
    other = replace(MEETING, key="m2", resolutions=(replace(RESOLUTION, number="7"),))
    with pytest.raises(Refused):
        put(ledger, other)


def test_an_action_stays_with_its_resolution(ledger: Ledger) -> None:
    put(ledger, MEETING, ACTION)
    more = replace(MEETING, key="m2", id=new_id())
    with pytest.raises(Refused):
        put(ledger, more, replace(ACTION, meeting="m2"))


def test_a_members_role_is_corrected_and_nobody_loses_a_seat(ledger: Ledger) -> None:
    put(ledger)
    book = open_councils(system(), ledger)
    other = replace(BODY, members=(MemberRecord(role="deputy", post="chief"),))
    put_bodies(system(), book, [other])
    found = council_records_of(ledger.register).bodies["board"].members
    assert [(m.role, m.post) for m in found] == [("deputy", "chief"), ("adviser", "")]
