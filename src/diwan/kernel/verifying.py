"""Verifying: walk all seals and entries and say what does not fit, the first bad entry by name.

Memory stays small whatever the size: a block of seals at a time. What is not sealed yet is counted
and not proved. `docs/audit.md` says what can be found and what cannot.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from . import jobs, seals
from .audit import personal_digest
from .findings import Finding, What
from .models import AuditEntry, PersonalValue, Seal, Verification
from .sealing import FIELDS, chunks, floor_of, last_seal, leaf_of, unsealed
from .seals import SealFacts

BLOCK_ENTRIES = 8_000
BLOCK_SEALS = 400
VERIFY_JOB = "kernel.verify_seals"
SWAPS_LOOKED_AT = 50
KEPT = 100
"""Findings kept, the first ones; the others are counted."""

Row = dict[str, Any]
Told = Callable[[int, int], None]


@dataclass
class Report:
    """What a verification found; `findings` are the first ones in the order of the chain."""

    seals: int = 0
    entries: int = 0
    waiting: int = 0
    bad: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """True if nothing sealed was touched."""
        return self.bad == 0

    def add(self, found: Finding) -> None:
        """Count a finding, and keep it while it is among the first."""
        self.bad += 1
        self.findings.append(found)
        if len(self.findings) >= 10 * KEPT:
            self.cut()

    def cut(self) -> None:
        """Put the findings in order and keep the first."""
        self.findings = sorted(self.findings, key=Finding.place)[:KEPT]


def facts_of_seal(seal: Seal) -> SealFacts:
    """What a seal says, as it is published."""
    moment = seals.instant(seal.sealed_at)
    return SealFacts(seal.number, seal.previous, seal.root, seal.count, moment, seal.digest)


def verify(
    at: datetime, *, against: Sequence[SealFacts] = (), told: Told = lambda _done, _all: None
) -> Report:
    """Walk everything that is sealed at `at` and say what does not fit.

    `against` are seals published earlier. `told` hears how many entries of how many are done.
    """
    last = last_seal()
    report = Report(waiting=unsealed(last, at).count())
    walk = _Walk(report, last.number if last else 0, {s.number: s.digest for s in against}, told)
    for block in _blocks(walk.last):
        walk.block(block)
    walk.end()
    _look_for_claims(walk)
    floor = floor_of(last, at)
    for row in AuditEntry.objects.filter(seal=None, id__lt=floor).values(*FIELDS).iterator():
        report.add(Finding.of(What.INSERTED_LATE, row))
    report.cut()
    return report


def keep(report: Report, at: datetime) -> Verification:
    """Remember the outcome for the page that administrators read."""
    first = asdict(report.findings[0]) if report.findings else {}
    return Verification.objects.create(
        at=at,
        whole=report.whole,
        seals=report.seals,
        entries=report.entries,
        waiting=report.waiting,
        bad=report.bad,
        first={key: str(value) for key, value in first.items() if value is not None},
    )


def first_of(kept: Verification) -> Finding | None:
    """The first bad entry of a verification that was kept."""
    told = dict(kept.first)
    if not told:
        return None
    return Finding(
        what=What(told["what"]),
        seal=int(told["seal"]) if "seal" in told else None,
        entry=UUID(told["entry"]) if "entry" in told else None,
        at=datetime.fromisoformat(told["at"]) if "at" in told else None,
        verb=told.get("verb", ""),
        subject_kind=told.get("subject_kind", ""),
        subject_id=UUID(told["subject_id"]) if "subject_id" in told else None,
        name=told.get("name", ""),
    )


@jobs.job(VERIFY_JOB, label=gettext_lazy("Verifying the seals"), attempts=2)
def verify_all() -> dict[str, Any]:
    """Verify everything and remember the outcome; the job that administrators ask for."""
    at = timezone.now()
    kept = keep(verify(at, told=jobs.report), at)
    return {"whole": kept.whole, "url": reverse("ui:seals")}


def _blocks(last: int) -> Iterator[list[Seal]]:
    """The seals up to number `last` in order, some at a time, with their leaves."""
    numbers = Seal.objects.filter(number__lte=last).order_by("number")
    counts = numbers.values_list("number", "count").iterator(chunk_size=BLOCK_SEALS)
    block: list[int] = []
    entries = 0
    for number, count in counts:
        if block and (entries + count > BLOCK_ENTRIES or len(block) == BLOCK_SEALS):
            yield list(numbers.filter(number__in=block))
            block, entries = [], 0
        block.append(number)
        entries += count
    if block:
        yield list(numbers.filter(number__in=block))


class _Walk:
    """Goes along the chain and remembers what the next link must name."""

    def __init__(self, report: Report, last: int, against: Mapping[int, str], told: Told) -> None:
        self.report = report
        self.last = last
        self.against = dict(against)
        self.told = told
        self.total = 0
        self.number = 0
        self.digest = seals.START
        self.held: Counter[int] = Counter()  # seal → entries found with its mark
        self.elsewhere: set[UUID] = set()  # entries of a seal that name another
        if last:
            self.total = sum(Seal.objects.values_list("count", flat=True).iterator())

    def block(self, block: Sequence[Seal]) -> None:
        """Check some seals and the entries they hold."""
        leaves = {seal.number: self._link(seal) for seal in block}
        ids = [identifier for held in leaves.values() for identifier, _ in held]
        rows, personal = _rows(ids), _personal(ids)
        for seal in block:
            self._entries(seal, leaves[seal.number], rows, personal)
            self.report.seals += 1
        self.told(min(self.report.entries, self.total), self.total)

    def end(self) -> None:
        """What was published must not reach beyond the end of the chain."""
        for number in sorted(self.against):
            self.report.add(Finding(What.SEAL_MISSING_PUBLISHED, seal=number))

    def _link(self, seal: Seal) -> list[seals.Leaf]:
        """Check a seal by itself and its place in the chain; gives its leaves."""
        for number in range(self.number + 1, min(seal.number, self.number + KEPT)):
            self.report.add(Finding(What.SEAL_MISSING, seal=number))
            self.against.pop(number, None)
        facts, gap = facts_of_seal(seal), seal.number != self.number + 1
        published = self.against.pop(seal.number, seal.digest)
        leaves = _leaves(seal)
        if facts.expected() != seal.digest or _torn(seal, leaves):
            self.report.add(Finding(What.SEAL_CHANGED, seal=seal.number))
        elif published != seal.digest:
            self.report.add(Finding(What.SEAL_DIFFERS_PUBLISHED, seal=seal.number))
        elif seal.previous != self.digest and not gap:
            self.report.add(Finding(What.CHAIN_BROKEN, seal=seal.number))
        self.number, self.digest = seal.number, seal.digest
        return leaves

    def _entries(
        self, seal: Seal, leaves: Sequence[seals.Leaf], rows: Mapping[UUID, Row], personal: Personal
    ) -> None:
        """Check the entries that a seal holds."""
        changed: dict[UUID, bytes] = {}
        for identifier, digest in leaves:
            self.report.entries += 1
            row = rows.get(identifier)
            if row is None:
                self.report.add(Finding(What.DELETED, seal=seal.number, entry=identifier))
                continue
            if row["seal"] == seal.number:
                self.held[seal.number] += 1
            else:
                self.elsewhere.add(identifier)
                self.report.add(Finding.of(What.MARK_CHANGED, row, seal=seal.number))
            if leaf_of(row) != digest:
                changed[identifier] = digest
                continue
            for what, name in _personal_faults(row, personal.get(identifier, {})):
                self.report.add(Finding.of(what, row, seal=seal.number, name=name))
        self._changed(seal, changed, rows)

    def _changed(self, seal: Seal, changed: Mapping[UUID, bytes], rows: Mapping[UUID, Row]) -> None:
        """Say of entries that do not fit their leaves: two of them swapped, or changed."""
        looked_at = dict(islice(changed.items(), SWAPS_LOOKED_AT))
        for identifier in changed:
            contents = rows[identifier]
            swapped = any(
                leaf_of({**contents, "id": other}) == digest for other, digest in looked_at.items()
            )
            what = What.SWAPPED if swapped else What.CHANGED
            self.report.add(Finding.of(what, contents, seal=seal.number))


def _leaves(seal: Seal) -> list[seals.Leaf]:
    """The leaves of a seal; none where its bytes were damaged, which `_torn` tells."""
    try:
        return seals.unpack_leaves(bytes(seal.leaves))
    except ValueError:
        return []


def _torn(seal: Seal, leaves: Sequence[seals.Leaf]) -> bool:
    """True if the leaves do not make the root, are too few or many, or stand in another order."""
    ids = [identifier for identifier, _ in leaves]
    root = seals.tree_root([digest for _, digest in leaves]).hex()
    return root != seal.root or len(leaves) != seal.count or ids != sorted(set(ids))


def _rows(ids: Sequence[UUID]) -> dict[UUID, Row]:
    return {
        row["id"]: row
        for some in chunks(ids)
        for row in AuditEntry.objects.filter(id__in=some).values(*FIELDS, "seal")
    }


Personal = Mapping[UUID, Mapping[str, PersonalValue]]


def _personal(ids: Sequence[UUID]) -> Personal:
    found: dict[UUID, dict[str, PersonalValue]] = defaultdict(dict)
    for some in chunks(ids):
        for value in PersonalValue.objects.filter(entry_id__in=some):
            found[value.entry_id][value.field] = value
    return found


def _personal_faults(row: Row, values: Mapping[str, PersonalValue]) -> Iterator[tuple[What, str]]:
    """Personal values of an entry that do not fit the hashes in it; erased ones fit."""
    changes = row["changes"] if isinstance(row["changes"], dict) else {}
    hashed = changes.get("personal", {})
    for name, kept in hashed.items():
        value = values.get(name)
        if value is None:
            yield What.PERSONAL_REMOVED, name
        elif value.erased_at is None:
            if personal_digest(value.salt, value.value) != kept.get("sha256"):
                yield What.PERSONAL_CHANGED, name
        elif value.value is not None:
            yield What.PERSONAL_CHANGED, name
    for name in values.keys() - hashed.keys():
        yield What.PERSONAL_ADDED, name


def _look_for_claims(walk: _Walk) -> None:
    """Find entries that name a seal which does not hold them."""
    claims = AuditEntry.objects.exclude(seal=None).values_list("seal").annotate(n=Count("id"))
    beyond = set()
    for number, claimed in claims.order_by("seal").iterator():
        if number is None:
            continue
        if number > walk.last:
            beyond.add(number)
        elif claimed != walk.held[number]:
            _name_claims(walk, number)
    # Seals that were made while we walked hold what claims them.
    beyond -= set(Seal.objects.filter(number__gt=walk.last).values_list("number", flat=True))
    for number in sorted(beyond)[:KEPT]:
        _name_claims(walk, number)


def _name_claims(walk: _Walk, number: int) -> None:
    seal = Seal.objects.filter(number=number).first()
    known = walk.elsewhere | ({identifier for identifier, _ in _leaves(seal)} if seal else set())
    for row in AuditEntry.objects.filter(seal=number).values(*FIELDS).iterator():
        if row["id"] not in known:
            walk.report.add(Finding.of(What.INSERTED, row, seal=number))
