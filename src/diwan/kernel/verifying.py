"""Verifying: walk all seals and entries and say what does not fit, the first bad entry by name.

Memory stays small whatever the size: a block of seals at a time. What is not sealed yet is counted
and not proved. `docs/audit.md` says what can be found and what cannot.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
from .damaged import (
    Personal,
    Row,
    last_number,
    leaf_or_none,
    odd_claims,
    personal_of,
    rows_of,
    seals_of,
    unreadable_of,
)
from .findings import Finding, What
from .models import AuditEntry, Seal, Verification
from .sealing import (
    BATCH,
    UNREADABLE,
    chunks,
    floor_of,
    in_halves,
    last_seal,
    readable_ids,
    unsealed,
)
from .seals import SealFacts

BLOCK_ENTRIES = 8_000
BLOCK_SEALS = 400
VERIFY_JOB = "kernel.verify_seals"
SWAPS_LOOKED_AT = 50
KEPT = 100
"""Findings kept, the first ones; the others are counted."""

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
    last = _last_seal()
    report = Report(waiting=unsealed(last, at).count())
    walk = _Walk(report, last_number(), {s.number: s.digest for s in against}, told)
    for block in _blocks(walk.last):
        walk.block(block)
    walk.end()
    _look_for_claims(walk)
    late = AuditEntry.objects.filter(seal=None, id__lt=floor_of(last, at))
    _name(report, What.INSERTED_LATE, readable_ids(late))
    # What the sealer passed over stands before all else that waits.
    for identifier in unreadable_of(islice(readable_ids(unsealed(last, at)), BATCH)):
        report.add(Finding(What.UNREADABLE, entry=identifier))
    report.cut()
    return report


def _last_seal() -> Seal | None:
    """The end of the chain; None where it cannot be read, which the walk will tell."""
    try:
        return last_seal()
    except UNREADABLE:
        return None


def _name(report: Report, what: What, ids: Iterable[UUID], *, seal: int | None = None) -> None:
    """Add a finding for each of these entries, with what can be read of it."""
    for some in chunks(ids):
        rows, broken = in_halves(some, rows_of)
        for identifier in some:
            if identifier in rows:
                report.add(Finding.of(what, rows[identifier], seal=seal))
            elif identifier in broken:
                told = What.UNREADABLE if seal is None else what
                report.add(Finding(told, seal=seal, entry=identifier))


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
    stated: Any  # whatever somebody may have put there
    for number, stated in counts:
        count = stated if isinstance(stated, int) else 0
        if block and (entries + count > BLOCK_ENTRIES or len(block) == BLOCK_SEALS):
            yield seals_of(block)
            block, entries = [], 0
        block.append(number)
        entries += count
    if block:
        yield seals_of(block)


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
        self.newest = UUID(int=0)
        self.held: Counter[int] = Counter()  # seal → entries found with its mark
        self.elsewhere: set[UUID] = set()  # entries of a seal that name another
        if last:
            stated: Iterable[Any] = Seal.objects.values_list("count", flat=True).iterator()
            self.total = sum(count for count in stated if isinstance(count, int))

    def block(self, block: Sequence[Seal]) -> None:
        """Check some seals and the entries they hold."""
        leaves = {seal.number: self._link(seal) for seal in block}
        ids = [identifier for held in leaves.values() for identifier, _ in held]
        held = _held(ids)
        for seal in block:
            self._entries(seal, leaves[seal.number], held)
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
        torn = _torn(seal, leaves)
        newest = self._newest(seal, leaves, sure=not gap and not torn)
        if not _fits(facts) or torn or seal.newest != newest:
            self.report.add(Finding(What.SEAL_CHANGED, seal=seal.number))
        elif published != seal.digest:
            self.report.add(Finding(What.SEAL_DIFFERS_PUBLISHED, seal=seal.number))
        elif seal.previous != self.digest and not gap:
            self.report.add(Finding(What.CHAIN_BROKEN, seal=seal.number))
        self.number, self.digest, self.newest = seal.number, seal.digest, newest
        return leaves

    def _newest(self, seal: Seal, leaves: Sequence[seals.Leaf], *, sure: bool) -> UUID:
        """The highest identifier so far, by which late entries are told from inserted ones.

        Not `sure`: seals or leaves that are gone may have held a higher one than those there.
        """
        here = max([self.newest, *(identifier for identifier, _ in leaves)])
        return here if sure else max(here, seal.newest)

    def _entries(self, seal: Seal, leaves: Sequence[seals.Leaf], held: _Held) -> None:
        """Check the entries that a seal holds."""
        changed: dict[UUID, bytes] = {}
        for identifier, digest in leaves:
            self.report.entries += 1
            row = held.rows.get(identifier)
            if identifier in held.broken:
                self.report.add(Finding(What.CHANGED, seal=seal.number, entry=identifier))
                continue
            if row is None:
                self.report.add(Finding(What.DELETED, seal=seal.number, entry=identifier))
                continue
            if row["seal"] == seal.number:
                self.held[seal.number] += 1
            else:
                self.elsewhere.add(identifier)
                self.report.add(Finding.of(What.MARK_CHANGED, row, seal=seal.number))
            if leaf_or_none(row) != digest:
                changed[identifier] = digest
                continue
            for what, name in held.personal_faults(row):
                self.report.add(Finding.of(what, row, seal=seal.number, name=name))
        self._changed(seal, changed, held.rows)

    def _changed(self, seal: Seal, changed: Mapping[UUID, bytes], rows: Mapping[UUID, Row]) -> None:
        """Say of entries that do not fit their leaves: two of them swapped, or changed."""
        looked_at = dict(islice(changed.items(), SWAPS_LOOKED_AT))
        for identifier in changed:
            contents = rows[identifier]
            swapped = any(
                leaf_or_none({**contents, "id": other}) == digest
                for other, digest in looked_at.items()
            )
            what = What.SWAPPED if swapped else What.CHANGED
            self.report.add(Finding.of(what, contents, seal=seal.number))


def _leaves(seal: Seal) -> list[seals.Leaf]:
    """The leaves of a seal; none where its bytes were damaged, which `_torn` tells."""
    try:
        return seals.unpack_leaves(bytes(seal.leaves))
    except UNREADABLE:
        return []


def _torn(seal: Seal, leaves: Sequence[seals.Leaf]) -> bool:
    """True if the leaves do not make the root, are too few or many, or stand in another order."""
    ids = [identifier for identifier, _ in leaves]
    root = seals.tree_root([digest for _, digest in leaves]).hex()
    return root != seal.root or len(leaves) != seal.count or ids != sorted(set(ids))


def _fits(facts: SealFacts) -> bool:
    """True if a seal's digest follows from what else it says."""
    try:
        return facts.expected() == facts.digest
    except UNREADABLE:
        return False


@dataclass
class _Held:
    """The entries of some seals: what could be read of them, and which could not."""

    rows: dict[UUID, Row] = field(default_factory=dict)
    broken: set[UUID] = field(default_factory=set)
    personal: dict[UUID, Mapping[str, Personal]] = field(default_factory=dict)
    personal_broken: set[UUID] = field(default_factory=set)

    def personal_faults(self, row: Row) -> Iterator[tuple[What, str]]:
        """What is wrong with the personal values of an entry, and with which."""
        if row["id"] in self.personal_broken:
            yield What.PERSONAL_CHANGED, ""
        else:
            yield from _personal_faults(row, self.personal.get(row["id"], {}))


def _held(ids: Sequence[UUID]) -> _Held:
    held = _Held()
    for some in chunks(ids):
        rows, broken = in_halves(some, rows_of)
        personal, personal_broken = in_halves(some, personal_of)
        held.rows |= rows
        held.broken |= broken
        held.personal |= personal
        held.personal_broken |= personal_broken
    return held


def _personal_faults(row: Row, values: Mapping[str, Personal]) -> Iterator[tuple[What, str]]:
    """Personal values of an entry that do not fit the hashes in it; erased ones fit."""
    changes = row["changes"] if isinstance(row["changes"], dict) else {}
    hashed = changes.get("personal", {})
    for name, kept in hashed.items():
        value = values.get(name)
        if value is None:
            yield What.PERSONAL_REMOVED, name
        elif value.erased_at is None:
            if _digest_of(value) != kept.get("sha256"):
                yield What.PERSONAL_CHANGED, name
        elif value.value is not None:
            yield What.PERSONAL_CHANGED, name
    for name in values.keys() - hashed.keys():
        yield What.PERSONAL_ADDED, name


def _digest_of(value: Personal) -> str | None:
    try:
        return personal_digest(value.salt, value.value)
    except UNREADABLE:
        return None


def _look_for_claims(walk: _Walk) -> None:
    """Find entries that name a seal which does not hold them."""
    claims = AuditEntry.objects.exclude(seal=None).values_list("seal").annotate(n=Count("id"))
    beyond, odd = set(), False
    for number, claimed in claims.order_by("seal").iterator():
        if not isinstance(number, int):
            odd = odd or number is not None
        elif number > walk.last:
            beyond.add(number)
        elif claimed != walk.held[number]:
            _name_claims(walk, number)
    # Seals that were made while we walked hold what claims them.
    beyond -= set(Seal.objects.filter(number__gt=walk.last).values_list("number", flat=True))
    for number in sorted(beyond)[:KEPT]:
        _name_claims(walk, number)
    if odd:
        claimants = (each for each in odd_claims() if each not in walk.elsewhere)
        _name(walk.report, What.INSERTED, claimants)


def _name_claims(walk: _Walk, number: int) -> None:
    found = seals_of([number])
    known = walk.elsewhere | {identifier for seal in found for identifier, _ in _leaves(seal)}
    claimants = AuditEntry.objects.filter(seal=number).values_list("id", flat=True)
    try:
        _name(walk.report, What.INSERTED, (i for i in claimants if i not in known), seal=number)
    except UNREADABLE:  # an identifier that is none: no entry of ours, and none that can be named
        walk.report.add(Finding(What.INSERTED, seal=number))
