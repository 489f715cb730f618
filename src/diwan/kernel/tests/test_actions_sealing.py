"""Sealing and verifying: the chain grows by what was committed; what was touched is named."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone, translation

from diwan.kernel import ids, proofs, sealing, seals
from diwan.kernel.errors import Refused
from diwan.kernel.findings import WORDS, What
from diwan.kernel.models import AuditEntry, PersonalValue, Seal, Verification
from diwan.kernel.tests.sealed import write
from diwan.kernel.verifying import facts_of_seal, keep, verify

SCRIPT = Path(__file__).parents[4] / "docs" / "verify_seals.py"


def seal(limit: int = sealing.BATCH) -> Seal:
    made = sealing.seal_batch(timezone.now(), limit=limit)
    assert made is not None
    return made


@pytest.fixture
def chain(db: None) -> list[AuditEntry]:
    """Nine entries under three seals, and one that waits."""
    written = write(9)
    for _ in range(3):
        seal(limit=3)
    return [*written, *write(1)]


def raw(statement: str, *values: Any) -> None:
    """Change the database by hand, as somebody with its password could."""
    told = [v.hex if isinstance(v, UUID) and connection.vendor == "sqlite" else v for v in values]
    with connection.cursor() as cursor:
        cursor.execute(statement, told)


def first(what: What) -> Any:
    """The first finding, which must be `what`."""
    report = verify(timezone.now())
    assert not report.whole
    found = report.findings[0]
    assert found.what is what, report.findings
    return found


def test_a_chain_is_whole_and_says_what_waits(chain: list[AuditEntry]) -> None:
    heard: list[tuple[int, int]] = []
    report = verify(timezone.now(), told=lambda done, total: heard.append((done, total)))
    assert (report.whole, report.seals, report.entries, report.waiting) == (True, 3, 9, 1)
    assert heard[-1] == (9, 9)
    first_seal, second = Seal.objects.order_by("number")[:2]
    assert (first_seal.previous, second.previous) == (seals.START, first_seal.digest)
    assert AuditEntry.objects.get(pk=chain[4].pk).seal == 2
    kept = keep(report, timezone.now())
    assert kept.whole
    assert kept.first == {}


@pytest.mark.django_db
def test_nothing_to_seal_makes_no_seal() -> None:
    assert sealing.seal_batch(timezone.now()) is None
    assert verify(timezone.now()).whole
    write(2)
    sealing.seal_waiting(timezone.now())
    sealing.seal_waiting(timezone.now())
    assert Seal.objects.count() == 1
    standing = sealing.standing(timezone.now())
    assert (standing.waiting, standing.waiting_since) == (0, None)


@pytest.mark.django_db
def test_an_entry_that_commits_late_goes_into_the_next_seal() -> None:
    early = AuditEntry(verb="rename", subject_kind="a.b", subject_id=ids.new_id(), actor_kind="x")
    write(2)
    seal()
    early.save(force_insert=True)
    assert seal().count == 1
    assert verify(timezone.now()).whole


@pytest.mark.django_db
def test_a_clock_that_ran_ahead_does_not_stop_sealing() -> None:
    write(1)
    ahead = timezone.now() + timedelta(days=900)
    entry = AuditEntry(verb="rename", subject_kind="a.b", subject_id=ids.new_id(), actor_kind="x")
    entry.pk = UUID(int=seals.lowest_id(ahead).int | (7 << 76) | (2 << 62))
    entry.save(force_insert=True)
    assert sealing.seal_batch(ahead) is not None
    write(1)
    assert seal().sealed_at == ahead
    assert verify(timezone.now()).whole


def swap(chain: list[AuditEntry]) -> None:
    """The contents of two rows change places; identifiers and personal values stay."""
    one, two = (AuditEntry.objects.filter(pk=chain[n].pk) for n in (3, 4))
    columns = [name for name in sealing.FIELDS if name != "id"]
    first_, second = one.values(*columns).get(), two.values(*columns).get()
    one.update(**second)
    two.update(**first_)


def forge_seal(number: int, **changes: Any) -> None:
    """A seal is made anew so that it fits in itself."""
    made = Seal.objects.get(number=number)
    for name, value in changes.items():
        setattr(made, name, value)
    made.digest = facts_of_seal(made).expected()
    made.save()


def reorder_leaves(_chain: list[AuditEntry]) -> None:
    held = seals.unpack_leaves(bytes(Seal.objects.get(number=2).leaves))[::-1]
    root = seals.tree_root([digest for _, digest in held]).hex()
    forge_seal(2, leaves=seals.pack_leaves(held), root=root)


def insert(chain: list[AuditEntry], **more: Any) -> None:
    values = {"verb": "forge", "subject_kind": "a.b", "subject_id": ids.new_id()}
    AuditEntry.objects.create(actor_kind="user", **values, **more)


def delete(pk: UUID) -> None:
    raw("DELETE FROM kernel_personalvalue WHERE entry_id = %s", pk)
    raw("DELETE FROM kernel_auditentry WHERE id = %s", pk)


def add_value(chain: list[AuditEntry]) -> None:
    PersonalValue.objects.create(entry=chain[4], field="x", value=1)


def tear_seal(_chain: list[AuditEntry]) -> None:
    forge_seal(2, sealed_at=timezone.now())
    raw("UPDATE kernel_seal SET digest = 'x' WHERE number = 2")


Tamper = Callable[[list[AuditEntry]], None]
ENTRY_FAULTS: dict[What, tuple[int, Tamper]] = {
    What.CHANGED: (
        4,
        lambda chain: raw(
            "UPDATE kernel_auditentry SET reason = 'other' WHERE id = %s", chain[4].pk
        ),
    ),
    What.DELETED: (3, lambda chain: delete(chain[3].pk)),
    What.SWAPPED: (3, swap),
    What.MARK_CHANGED: (
        5,
        lambda chain: raw("UPDATE kernel_auditentry SET seal = 1 WHERE id = %s", chain[5].pk),
    ),
    What.PERSONAL_CHANGED: (
        4,
        lambda chain: raw(
            "UPDATE kernel_personalvalue SET value = '\"Ali\"' WHERE entry_id = %s AND field = %s",
            chain[4].pk,
            "name",
        ),
    ),
    What.PERSONAL_REMOVED: (
        4,
        lambda chain: raw(
            "DELETE FROM kernel_personalvalue WHERE entry_id = %s AND field = %s",
            chain[4].pk,
            "actor",
        ),
    ),
    What.PERSONAL_ADDED: (
        4,
        add_value,
    ),
}


@pytest.mark.parametrize("what", list(ENTRY_FAULTS))
def test_the_entry_that_was_touched_is_named(chain: list[AuditEntry], what: What) -> None:
    index, tamper = ENTRY_FAULTS[what]
    tamper(chain)
    found = first(what)
    assert (found.entry, found.seal) == (chain[index].pk, 2)
    assert str(found.entry) in found.sentence()
    if what is not What.DELETED:
        assert found.subject_kind == chain[index].subject_kind


SEAL_FAULTS: dict[What, Tamper] = {
    What.SEAL_MISSING: lambda chain: raw("DELETE FROM kernel_seal WHERE number = 2"),
    What.SEAL_CHANGED: lambda chain: raw("UPDATE kernel_seal SET count = 2 WHERE number = 2"),
    What.CHAIN_BROKEN: lambda chain: forge_seal(2, previous="ab" * 32),
}


@pytest.mark.parametrize("what", list(SEAL_FAULTS))
def test_the_seal_that_was_touched_is_named(chain: list[AuditEntry], what: What) -> None:
    SEAL_FAULTS[what](chain)
    assert first(what).seal == 2


@pytest.mark.parametrize(
    "damage",
    [
        reorder_leaves,
        lambda chain: forge_seal(2, leaves=bytes(Seal.objects.get(number=2).leaves)[:-1]),
        tear_seal,
    ],
)
def test_reordered_and_damaged_leaves_are_the_seal_s(
    chain: list[AuditEntry], damage: Tamper
) -> None:
    damage(chain)
    assert first(What.SEAL_CHANGED).seal == 2


def test_two_seals_that_changed_places_are_named(chain: list[AuditEntry]) -> None:
    raw("UPDATE kernel_seal SET number = 9 WHERE number = 2")
    raw("UPDATE kernel_seal SET number = 2 WHERE number = 3")
    raw("UPDATE kernel_seal SET number = 3 WHERE number = 9")
    assert first(What.SEAL_CHANGED).seal == 2


@pytest.mark.parametrize("number", [2, 77])
def test_an_inserted_entry_that_claims_a_seal_is_named(
    chain: list[AuditEntry], number: int
) -> None:
    insert(chain, seal=number)
    found = first(What.INSERTED)
    assert (found.verb, found.seal) == ("forge", number)


def test_an_entry_inserted_into_the_past_is_never_sealed(chain: list[AuditEntry]) -> None:
    long_ago = seals.lowest_id(timezone.now() - timedelta(days=30)).int
    insert(chain, id=UUID(int=long_ago | (7 << 76) | (2 << 62)))
    assert seal().count == 1
    assert sealing.seal_batch(timezone.now()) is None
    assert first(What.INSERTED_LATE).verb == "forge"
    assert sealing.standing(timezone.now()).waiting == 0


def test_the_first_of_several_is_named_first(chain: list[AuditEntry]) -> None:
    for entry in (chain[7], chain[1], chain[5]):
        raw("UPDATE kernel_auditentry SET verb = 'x' WHERE id = %s", entry.pk)
    assert first(What.CHANGED).entry == chain[1].pk
    report = verify(timezone.now())
    assert report.bad == 3
    assert keep(report, timezone.now()).first["entry"] == str(chain[1].pk)
    assert not Verification.objects.get(bad=3).whole


def test_a_chain_made_anew_is_found_by_what_was_published(chain: list[AuditEntry]) -> None:
    text = "".join(proofs.chain_as_json(timezone.now()))
    published = proofs.read_chain(text)
    assert verify(timezone.now(), against=published).whole
    # Somebody takes the last seal and its entries away, and it fits in itself again.
    for entry in chain[6:9]:
        delete(entry.pk)
    Seal.objects.filter(number=3).delete()
    assert verify(timezone.now()).whole
    report = verify(timezone.now(), against=published)
    assert [f.what for f in report.findings] == [What.SEAL_MISSING_PUBLISHED]
    # And makes another one in its place.
    write(1)
    seal()
    report = verify(timezone.now(), against=published)
    assert [f.what for f in report.findings] == [What.SEAL_DIFFERS_PUBLISHED]


@pytest.mark.parametrize("text", ["", "[]", '{"seals": [{}]}', '{"format": "x", "seals": []}'])
def test_a_file_that_is_no_chain_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        proofs.read_chain(text)


def test_erased_values_leave_the_seals_whole(chain: list[AuditEntry]) -> None:
    values = PersonalValue.objects.filter(entry=chain[4])
    values.update(value=None, salt="", erased_at=timezone.now())
    assert verify(timezone.now()).whole
    raw("UPDATE kernel_personalvalue SET value = '\"x\"' WHERE entry_id = %s", chain[4].pk)
    assert first(What.PERSONAL_CHANGED).entry == chain[4].pk


def check(*arguments: Path | str) -> subprocess.CompletedProcess[str]:
    """Run the outsider's script, without our packages."""
    command = [sys.executable, "-I", "-S", str(SCRIPT), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


def test_an_outsider_checks_the_chain_and_a_proof(chain: list[AuditEntry], tmp_path: Path) -> None:
    published, proof, earlier = (tmp_path / name for name in ("s.json", "p.json", "e.json"))
    earlier.write_text("".join(proofs.chain_as_json(timezone.now())))
    seal()
    published.write_text("".join(proofs.chain_as_json(timezone.now())))
    given = dict(proofs.proof_of(chain[4].pk))
    proof.write_text(json.dumps(given))
    done = check(published, "--proof", proof, "--earlier", earlier)
    assert done.returncode == 0, done.stderr
    assert f"{chain[4].pk} lies under seal 2" in done.stdout

    proof.write_text(json.dumps({**given, "entry": {**given["entry"], "reason": "other"}}))
    assert "was changed" in check(published, "--proof", proof).stderr
    assert "is gone" in check(earlier, "--earlier", published).stderr
    published.write_text(published.read_text().replace('"count": 3', '"count": 2', 1))
    assert "seal 1 was changed" in check(published).stderr
    assert check(tmp_path / "none.json").returncode == 1


def test_no_proof_for_what_is_not_there_not_sealed_or_changed(chain: list[AuditEntry]) -> None:
    raw("UPDATE kernel_auditentry SET verb = 'x' WHERE id = %s", chain[4].pk)
    refused = {ids.new_id(): "no entry", chain[9].pk: "not sealed yet", chain[4].pk: "was changed"}
    for entry, why in refused.items():
        with translation.override("en"), pytest.raises(Refused, match=why):
            proofs.proof_of(entry)


def test_every_fault_is_said_in_the_reader_s_words() -> None:
    assert set(WORDS) == set(What)
    with translation.override("en"):
        english = {str(words) for words in WORDS.values()}
    for language in ("fa", "ar"):
        with translation.override(language):
            assert not english & {str(words) for words in WORDS.values()}
