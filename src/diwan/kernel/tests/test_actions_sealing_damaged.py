"""Values that no type can hold: SQLite keeps them, and a verification names whom they are of."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from diwan.kernel import sealing, seals
from diwan.kernel.findings import What
from diwan.kernel.models import AuditEntry, PersonalValue, Seal
from diwan.kernel.tests.sealed import write
from diwan.kernel.verifying import Report, keep, verify

NOT_TEXT = "CAST(x'ff' AS TEXT)"


@pytest.fixture
def chain(db: None) -> list[AuditEntry]:
    """Nine entries under three seals."""
    written = write(9)
    for _ in range(3):
        assert sealing.seal_batch(timezone.now(), limit=3) is not None
    return written


def typed() -> bool:
    """True where the database keeps no value that is not of its column's type."""
    return connection.vendor != "sqlite"


def by_hand(table: str, damage: str, column: str, value: Any) -> None:
    """Write it whatever the table's constraints say."""
    told = value.hex if isinstance(value, UUID) else value
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        cursor.execute(f"UPDATE {table} SET {damage} WHERE {column} = %s", [told])  # noqa: S608 - the tests' own words
        assert cursor.rowcount >= 1
        cursor.execute("PRAGMA ignore_check_constraints = OFF")


def checked() -> Report:
    """A verification, told and kept as the command and the page do it."""
    report = verify(timezone.now())
    assert not report.whole
    assert all(found.sentence() for found in report.findings)
    keep(report, timezone.now())
    return report


@pytest.mark.parametrize(
    "damage",
    [
        """changes = '{"a": 1e999}'""",
        f"changes = '{'[' * 5000}{']' * 5000}'",
        "at = '2026-13-45 00:00:00'",
        "at = 'never'",
        "actor_id = 'zz'",
        "verb = x'ff'",
        f"reason = {NOT_TEXT}",
        "subject_id = 'zz'",
    ],
)
def test_an_entry_with_a_value_that_cannot_be_read_is_named(
    chain: list[AuditEntry], damage: str
) -> None:
    if typed():
        return
    by_hand("kernel_auditentry", damage, "id", chain[4].pk)
    report = checked()
    assert [(found.what, found.seal, found.entry) for found in report.findings] == [
        (What.CHANGED, 2, chain[4].pk)
    ]


@pytest.mark.parametrize(
    "damage",
    [
        "sealed_at = 'x'",
        "newest = 'zz'",
        "leaves = 'x'",
        "leaves = 5",
        "count = 'x'",
        f"root = {NOT_TEXT}",
        "previous = 'é'",
    ],
)
def test_a_seal_with_a_value_that_cannot_be_read_is_named(
    chain: list[AuditEntry], damage: str
) -> None:
    if typed():
        return
    for number in (3, 2):
        by_hand("kernel_seal", damage, "number", number)
        first = checked().findings[0]
        assert (first.what, first.seal) == (What.SEAL_CHANGED, number)


def test_identifiers_and_marks_that_are_none_are_found(chain: list[AuditEntry]) -> None:
    if typed():
        return
    by_hand("kernel_personalvalue", "entry_id = 'zz'", "entry_id", chain[4].pk)
    by_hand("kernel_auditentry", "id = 'zz'", "id", chain[4].pk)
    first = checked().findings[0]
    assert (first.what, first.entry) == (What.DELETED, chain[4].pk)
    by_hand("kernel_auditentry", "seal = 'x'", "id", chain[2].pk)
    first = checked().findings[0]
    assert (first.what, first.entry) == (What.MARK_CHANGED, chain[2].pk)


def test_an_inserted_entry_that_names_a_seal_by_a_word_is_found(chain: list[AuditEntry]) -> None:
    if typed():
        return
    late = write(1)[0]
    by_hand("kernel_auditentry", "seal = 'x'", "id", late.pk)
    found = [(each.what, each.entry) for each in checked().findings]
    assert found == [(What.INSERTED, late.pk)]


@pytest.mark.parametrize(
    "damage", [f"salt = {NOT_TEXT}", "erased_at = '2026-13-45 00:00:00'", "salt = 5"]
)
def test_a_personal_value_that_cannot_be_read_is_its_entry_s(
    chain: list[AuditEntry], damage: str
) -> None:
    if typed():
        return
    value = PersonalValue.objects.filter(entry=chain[4]).first()
    assert value is not None
    by_hand("kernel_personalvalue", damage, "id", value.pk)
    first = checked().findings[0]
    assert (first.what, first.entry) == (What.PERSONAL_CHANGED, chain[4].pk)


def test_the_mark_by_which_late_entries_are_told_is_watched(chain: list[AuditEntry]) -> None:
    low: Any = seals.lowest_id(timezone.now().replace(year=2001))
    Seal.objects.filter(number=3).update(newest=low)
    first = checked().findings[0]
    assert (first.what, first.seal) == (What.SEAL_CHANGED, 3)


@pytest.mark.parametrize("limit", [2, sealing.BATCH])
@pytest.mark.parametrize(
    "damage",
    [
        """changes = '{"a": 1e999}'""",
        "at = 'never'",
        f"verb = {NOT_TEXT}",
        "actor_id = 'nobody'",
        "post_id = x'00ff'",
    ],
)
def test_an_unreadable_entry_keeps_no_other_from_its_seal(
    damage: str, limit: int, chain: list[AuditEntry]
) -> None:
    if typed():
        return  # there the database refuses the damage itself
    waiting = write(5)
    by_hand("kernel_auditentry", damage, "id", waiting[1].pk)

    while sealing.seal_batch(timezone.now(), limit=limit) is not None:
        pass
    assert not AuditEntry.objects.filter(seal=None).exclude(pk=waiting[1].pk).exists()
    standing = sealing.standing(timezone.now())
    assert (standing.waiting, standing.waiting_since is not None) == (1, True)

    report = checked()
    assert [(found.what, found.entry) for found in report.findings] == [
        (What.UNREADABLE, waiting[1].pk)
    ]


def test_an_identifier_that_is_none_keeps_no_other_from_its_seal(
    chain: list[AuditEntry],
) -> None:
    if typed():
        return
    other = AuditEntry.objects.create(verb="see", subject_kind="a.b", subject_id=chain[0].pk)
    waiting = write(1)
    by_hand("kernel_auditentry", "id = 'zebra'", "id", other.pk)
    assert sealing.seal_batch(timezone.now()) is not None
    assert sealing.seal_batch(timezone.now()) is None
    assert sealing.standing(timezone.now()).waiting == 1
    assert AuditEntry.objects.get(pk=waiting[0].pk).seal == 4
