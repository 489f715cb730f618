"""The audit: inside the transaction or not at all, personal values apart, differences."""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from diwan.kernel import audit
from diwan.kernel.ids import new_id
from diwan.kernel.models import AuditEntry, PersonalValue
from diwan.kernel.policies import Actor, Through
from diwan.kernel.tests.factories import a_ref, a_user

AT = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_nothing_is_written_outside_a_transaction() -> None:
    assert not connection.in_atomic_block
    with pytest.raises(transaction.TransactionManagementError):
        audit.record(a_user(), "rename", a_ref())
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_entry_goes_with_the_transaction_that_fails() -> None:
    def fail() -> None:
        with transaction.atomic():
            audit.record(a_user(), "rename", a_ref(), personal={"name": [None, "Sara"]})
            raise ValueError("after the entry")

    with pytest.raises(ValueError, match="after the entry"):
        fail()
    assert not AuditEntry.objects.exists()
    assert not PersonalValue.objects.exists()


@pytest.mark.django_db
def test_an_entry_tells_who_through_which_post_when_and_why() -> None:
    post, elevation, subject = new_id(), new_id(), a_ref("directory.unit")
    actor = a_user(post_id=post, elevation_id=elevation, at=AT)
    entry = audit.record(
        actor, "rename", subject, changes={"name": [{"fa": "الف"}, {"fa": "ب"}]}, reason="decree"
    )
    entry.refresh_from_db()
    assert (entry.actor_kind, entry.actor_id, entry.at) == ("user", actor.user_id, AT)
    assert (entry.post_id, entry.elevation_id) == (post, elevation)
    assert (entry.verb, entry.subject_kind, entry.subject_id) == (
        "rename",
        "directory.unit",
        subject.id,
    )
    assert entry.changes["name"] == [{"fa": "الف"}, {"fa": "ب"}]
    assert entry.reason == "decree"


@pytest.mark.django_db
def test_what_gave_the_right_stands_before_the_chosen_post() -> None:
    chosen, gave = new_id(), new_id()
    actor = a_user(post_id=chosen, elevation_id=new_id())
    entry = audit.record(actor, "close", a_ref(), through=Through(post_id=gave))
    assert (entry.post_id, entry.elevation_id) == (gave, None)


@pytest.mark.django_db
def test_personal_values_are_kept_apart_salted_and_hashed() -> None:
    actor = a_user()
    personal: dict[str, list[Any]] = {"name": ["Sara", "Sara R."], "phone": [None, "+989123456789"]}
    entry = audit.record(actor, "correct", a_ref(), personal=personal)
    text = json.dumps(entry.changes)
    assert "Sara" not in text
    assert "+98912" not in text
    rows = {row.field: row for row in entry.personal.all()}
    assert set(rows) == {"name", "phone", "actor"}
    assert rows["actor"].value == "Sara"
    for field, value in personal.items():
        row = rows[field]
        told = json.dumps(value, ensure_ascii=False, sort_keys=True)
        digest = hashlib.sha256(f"{row.salt}:{told}".encode()).hexdigest()
        assert entry.changes["personal"][field] == {"sha256": digest}
    assert len({row.salt for row in rows.values()}) == 3


@pytest.mark.django_db
def test_erasing_a_personal_value_leaves_the_entry_as_it_was() -> None:
    entry = audit.record(a_user(), "correct", a_ref(), personal={"name": ["a", "b"]})
    before = AuditEntry.objects.values().get()
    entry.personal.update(value=None, salt="", erased_at=AT)
    assert AuditEntry.objects.values().get() == before


@pytest.mark.django_db
def test_system_and_anonymous_are_named_as_such() -> None:
    system = audit.record(Actor.system("import file.yaml"), "import", a_ref())
    assert (system.actor_kind, system.actor_id) == ("system", None)
    assert system.personal.get().value == "import file.yaml"
    nobody = audit.record(Actor.anonymous(), "ask", a_ref())
    assert (nobody.actor_kind, nobody.personal.count()) == ("anonymous", 0)


@pytest.mark.django_db
def test_values_that_json_does_not_know_are_written_plainly() -> None:
    unit = new_id()
    changes: dict[str, list[Any]] = {
        "since": [None, date(2026, 3, 21)],
        "at": [None, AT],
        "unit": [None, unit],
    }
    entry = audit.record(a_user(), "move", a_ref(), changes=changes)
    entry.refresh_from_db()
    assert entry.changes["since"] == [None, "2026-03-21"]
    assert entry.changes["at"][1].startswith("2026-11-21T08:30")
    assert entry.changes["unit"] == [None, str(unit)]


@pytest.mark.django_db
def test_the_trail_is_of_one_record_the_newest_first() -> None:
    subject, other = a_ref(), a_ref()
    for minute, verb in enumerate(["make", "rename", "close"]):
        audit.record(a_user(at=AT + timedelta(minutes=minute)), verb, subject)
    audit.record(a_user(), "make", other)
    assert [entry.verb for entry in audit.trail(subject)] == ["close", "rename", "make"]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({"a": 1, "b": 2}, {"a": 1, "b": 3}, {"b": [2, 3]}),
        ({"a": 1}, {"a": 1}, {}),
        ({"a": 1}, {"b": 2}, {"a": [1, None], "b": [None, 2]}),
        ({}, {"a": None}, {}),
    ],
)
def test_differences(before: dict[str, Any], after: dict[str, Any], told: dict[str, Any]) -> None:
    assert audit.differences(before, after) == told
