"""Putting a register's units and their patterns into the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from diwan.directory.constants import UNIT
from diwan.directory.models import Unit, UnitPattern, UnitSuccession, UnitVersion
from diwan.directory.queries.records import UnitPatternRecord, UnitRecord
from diwan.directory.queries.records_reading import lines_of
from diwan.kernel import audit
from diwan.kernel.exchange import Ref
from diwan.kernel.policies import Actor

from .base import search_of
from .records import (
    ADDED,
    BATCH,
    CHANGED,
    IMPORT,
    LEFT,
    Ledger,
    bounds,
    changed,
    require_elevated,
    require_order,
    rewrite,
    shown,
    told,
)
from .revise import revise
from .tree import rebuild_paths

PATTERN = "directory.unit_pattern"


@transaction.atomic
def put_units(
    actor: Actor,
    ledger: Ledger,
    patterns: Sequence[UnitPatternRecord],
    units: Sequence[UnitRecord],
) -> None:
    """Add and correct units; those of a pattern come with the others, each by its own key.

    Raises Refused where units would stand under one another, or one would end before it begins.
    """
    require_elevated(actor)
    for unit in units:
        ledger.name(Unit, unit.key)
    for pattern in patterns:
        _put_pattern(actor, ledger, pattern)
    known = ledger.before.units
    fresh = [unit for unit in units if unit.key not in known]
    touched = _add(actor, ledger, fresh)
    for unit in units:
        if unit.key in known:
            touched |= _correct(actor, ledger, unit)
    _succeed(ledger, [unit for unit in units if ledger.id_of(Unit, unit.key) in touched])
    if touched:
        rebuild_paths(touched)


def _put_pattern(actor: Actor, ledger: Ledger, wanted: UnitPatternRecord) -> None:
    before = ledger.before.unit_patterns.get(wanted.key)
    pk = ledger.name(UnitPattern, wanted.key)
    values: dict[str, Any] = {"name": wanted.name, "kind": wanted.kind, "per": wanted.per}
    above: dict[str, UUID | None] = {"parent_id": None, "parent_pattern_id": None}
    if wanted.parent:
        patterned = wanted.parent in ledger.keys(UnitPattern)
        above["parent_pattern_id" if patterned else "parent_id"] = ledger.id_of(
            UnitPattern if patterned else Unit, wanted.parent
        )
    if before is None:
        UnitPattern.objects.create(
            pk=pk, register=ledger.register, key=wanted.key, **values, **above
        )
        audit.record(actor, IMPORT, Ref(PATTERN, pk), changes=told(values))
        ledger.tally.note("unit", ADDED)
        return
    new = changed(before, wanted)
    if "parent" in new:
        new |= above
    new.pop("parent", None)
    row = UnitPattern.objects.get(pk=pk)
    found = rewrite(actor, row, new, Ref(PATTERN, pk)) if new else {}
    ledger.tally.note("unit", CHANGED if found else LEFT)


def _add(actor: Actor, ledger: Ledger, units: Sequence[UnitRecord]) -> set[UUID]:
    rows, versions = [], []
    for unit in units:
        pk = ledger.keys(Unit)[unit.key]
        rows.append(
            Unit(
                pk=pk,
                register=ledger.register,
                key=unit.key,
                country=ledger.country,
                province=unit.province,
                pattern_id=ledger.id_of(UnitPattern, unit.pattern),
                becomes_id=ledger.id_of(Unit, unit.becomes),
                founded_at=actor.at,
            )
        )
        versions.append(
            UnitVersion(
                unit_id=pk,
                name=unit.name,
                kind=unit.kind,
                parent_id=ledger.id_of(Unit, unit.parent),
                search=search_of(unit.name),
                recorded_at=actor.at,
                **bounds("since", unit.since),
                **bounds("until", unit.until),
            )
        )
    Unit.objects.bulk_create(rows, batch_size=BATCH)
    UnitVersion.objects.bulk_create(versions, batch_size=BATCH)
    for unit in units:
        changes = told(
            {"name": unit.name, "kind": unit.kind, "since": unit.since, "until": unit.until}
        )
        audit.record(actor, IMPORT, Ref(UNIT, ledger.keys(Unit)[unit.key]), changes=changes)
        ledger.tally.note("unit", ADDED)
    return {row.pk for row in rows}


def _correct(actor: Actor, ledger: Ledger, wanted: UnitRecord) -> set[UUID]:
    before = ledger.before.units[wanted.key]
    new = changed(before, wanted)
    new.pop("pattern", None)
    if not new:
        ledger.tally.note("unit", LEFT)
        return set()
    pk = ledger.keys(Unit)[wanted.key]
    own: dict[str, Any] = {}
    if "province" in new:
        own["province"] = new["province"]
    if "becomes" in new:
        own["becomes_id"] = ledger.id_of(Unit, new["becomes"])
    if own:
        Unit.objects.filter(pk=pk).update(**own)
    _correct_versions(actor, ledger, pk, new)
    changes = {name: [shown(getattr(before, name)), shown(value)] for name, value in new.items()}
    audit.record(actor, IMPORT, Ref(UNIT, pk), changes=changes, reason=IMPORT)
    ledger.tally.note("unit", CHANGED)
    return {pk}


def _correct_versions(actor: Actor, ledger: Ledger, pk: UUID, new: dict[str, Any]) -> None:
    """The last version takes name, kind, parent and end; the first takes the beginning."""
    line = lines_of(UnitVersion.objects.filter(unit=pk), "unit_id")[pk]
    last: dict[str, Any] = {k: new[k] for k in ("name", "kind") if k in new}
    if "name" in new:
        last["search"] = search_of(new["name"])
    if "parent" in new:
        last["parent_id"] = ledger.id_of(Unit, new["parent"])
    last |= bounds("until", new["until"]) if "until" in new else {}
    first = bounds("since", new["since"]) if "since" in new else {}
    if len(line) == 1:
        last, first = last | first, {}
    for row, values in ((line[0], first), (line[-1], last)):
        if values:
            require_order(row, values)
            revise(row, actor.at, reason=IMPORT, **values)


def _succeed(ledger: Ledger, units: Sequence[UnitRecord]) -> None:
    """What a unit with an end becomes is told as a succession, too."""
    known = {
        (s.predecessor_id, s.successor_id): s
        for s in UnitSuccession.objects.filter(predecessor__register=ledger.register)
    }
    for unit in units:
        if not unit.becomes or unit.until is None:
            continue
        pair = (ledger.keys(Unit)[unit.key], ledger.keys(Unit)[unit.becomes])
        day = unit.until.on.first_day
        row = known.get(pair)
        if row is None:
            UnitSuccession.objects.create(
                kind=UnitSuccession.Kind.BECAME,
                predecessor_id=pair[0],
                successor_id=pair[1],
                on_date=day,
            )
        elif row.on_date != day:
            UnitSuccession.objects.filter(pk=row.pk).update(on_date=day)
