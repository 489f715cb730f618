"""Home tells what others did, since the last visit, to what concerns the reader; and only that."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from diwan.accounts.models import Visit
from diwan.accounts.tests.factories import sign_in
from diwan.councils.constants import ACTION, MEETING
from diwan.councils.models import Action
from diwan.councils.tests.factories import Council, council, duty
from diwan.desk.queries import Changes, changes_since, since
from diwan.desk.rules.visits import since_of
from diwan.directory.constants import POST
from diwan.directory.tests.factories import Staff, UnitFactory, staff
from diwan.kernel import audit
from diwan.kernel.exchange import Ref
from diwan.kernel.models import AuditEntry
from diwan.kernel.policies import Actor

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MOST_QUESTIONS = 22


class House:
    """A unit with a head and two officers, a body elsewhere, and an action of each officer."""

    def __init__(self) -> None:
        self.made: Council = council()
        register = self.made.body.register
        self.unit = UnitFactory.create(register=register)
        self.below = UnitFactory.create(register=register, parent=self.unit)
        self.head = staff(self.unit, "head")
        self.officer, self.other = staff(self.below), staff(self.made.body.unit)
        self.mine = duty(self.made.body, self.officer)
        self.others = duty(self.made.body, self.other)


def did(who: Staff, verb: str, kind: str, record: Any, *, ago: timedelta) -> None:
    """Somebody did something a while ago."""
    actor = Actor.user(who.user.pk, "Somebody", at=timezone.now() - ago, post_id=who.post.pk)
    with transaction.atomic():
        audit.record(actor, verb, Ref(kind, record.pk))


def changes(who: Staff, *, last: timedelta = DAY) -> Changes:
    """What somebody is told who was here `last` ago."""
    actor = who.actor
    return changes_since(actor, since_of(actor.at - last, actor.at, actor.at - 9 * DAY))


def plainly(who: Staff, wanted: set[Any]) -> dict[str, int]:
    """The same counted slowly: every entry of the last day looked at, one after the other."""
    found: dict[str, set[Any]] = {}
    meanings = {"grant_date": "answer", "re_date": "moved", "report": "report", "assign": "new"}
    for entry in AuditEntry.objects.all():
        fresh = entry.at > timezone.now() - DAY
        if fresh and entry.actor_id != who.user.pk and entry.subject_id in wanted:
            found.setdefault(meanings.get(entry.verb, "other"), set()).add(entry.subject_id)
    return {meaning: len(records) for meaning, records in found.items()}


def happen(house: House) -> None:
    """An ordinary day."""
    secretary = house.made.secretary
    hour = timedelta(hours=1)
    did(secretary, "grant_date", ACTION, house.mine, ago=hour)
    did(secretary, "re_date", ACTION, house.mine, ago=2 * hour)
    did(secretary, "close", ACTION, house.mine, ago=40 * hour)
    did(secretary, "grant_date", ACTION, house.others, ago=hour)
    did(house.officer, "report", ACTION, house.mine, ago=3 * hour)
    did(secretary, "change", MEETING, house.mine.resolution.meeting, ago=hour)
    did(secretary, "appoint", POST, house.officer.post, ago=hour)


def test_each_is_told_what_concerns_them_as_a_slow_count_says() -> None:
    house = House()
    happen(house)
    meetings = {house.mine.resolution.meeting_id, house.others.resolution.meeting_id}
    own = {house.mine.pk, house.officer.post.pk}
    concerned = {
        house.officer: own,
        house.head: own,
        house.other: {house.others.pk},
        house.made.secretary: {house.mine.pk, house.others.pk, *meetings},
    }
    for who, records in concerned.items():
        assert changes(who).counts == plainly(who, records)
    told = changes(house.officer)
    assert [(each.newest.entry.verb, each.others) for each in told.told] == [
        ("appoint", 0),
        ("grant_date", 1),
    ]
    assert told.records == 2
    assert not told.beyond


def test_a_busy_house_is_looked_through_so_far_and_says_so(monkeypatch: Any) -> None:
    house = House()
    happen(house)
    monkeypatch.setattr(since, "LOOKED", 2)
    told = changes(house.head)
    assert told.beyond
    assert told.records < changes(house.officer).records + 1
    monkeypatch.setattr(since, "ENTRIES", 1)
    assert changes(house.officer).beyond


@pytest.mark.parametrize(
    ("language", "line", "answer"),
    [
        ("fa", "از آخرین بازدید شما، ", "یک پاسخ، یک مهلت جابه‌جاشده، یک تغییر دیگر"),
        ("ar", "منذ زيارتك الأخيرة، ", "رد واحد، موعد واحد معدَّل، تغيير واحد آخر"),
        ("en", "since your last visit, ", "one answer, one date moved, one other change"),
    ],
)
def test_home_says_so_under_its_heading(
    client: Client, language: str, line: str, answer: str
) -> None:
    house = House()
    happen(house)
    cache.clear()
    sign_in(client, house.officer.user)
    first = client.get(f"/{language}/").content.decode()
    assert line not in first
    assert 'id="since"' in first
    Visit.objects.update(last_at=timezone.now() - DAY)
    cache.clear()
    with CaptureQueriesContext(connection) as asked:
        page = client.get(f"/{language}/").content.decode()
    assert line in page
    assert answer in " ".join(page.split())
    assert f'href="/{language}/councils/actions/{house.mine.pk}/"' in page
    assert str(house.others.pk) not in page
    assert len(asked) <= MOST_QUESTIONS, "\n".join(q["sql"][:150] for q in asked)


def test_on_the_first_visit_what_a_file_brought_is_where_one_begins() -> None:
    house = House()
    hour = timedelta(hours=1)
    for record in (house.mine, house.others):
        did(house.made.secretary, "import", ACTION, record, ago=hour)
    did(house.made.secretary, "grant_date", ACTION, house.mine, ago=hour)

    def first_visit(who: Staff) -> dict[str, int]:
        actor = who.actor
        told = changes_since(actor, since_of(None, actor.at, actor.at - DAY))
        assert {each.newest.entry.verb for each in told.told} <= {"grant_date"}
        return dict(told.counts or {})

    assert first_visit(house.officer) == first_visit(house.head) == {"answer": 1}
    assert first_visit(house.other) == {}
    # On a later visit an import is what happened meanwhile.
    assert changes(house.officer).counts == {"answer": 1, "other": 1}
    assert changes(house.other).counts == {"other": 1}


def test_a_record_that_may_not_be_seen_any_more_is_not_listed(client: Client) -> None:
    house = House()
    happen(house)
    Action.objects.filter(pk=house.mine.pk).update(owner=house.other.post)
    assert changes(house.officer).counts == {"other": 1}
