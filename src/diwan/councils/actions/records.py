"""Taking a register in: bodies. Meetings and actions follow in modules of their own.

As with the directory's ledger: what is there and says the same is left alone, what says otherwise
is corrected with the reason "import", and nothing is removed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from diwan.councils.constants import BODY, MEMBERSHIP
from diwan.councils.models import Body, Membership, Oversight
from diwan.councils.queries.records import BodyRecord, CouncilRecords, MemberRecord
from diwan.councils.queries.records_reading import (
    council_records_of,
    member_record,
    memberships_of,
    names_of,
)
from diwan.directory.public import (
    Keyed,
    Ledger,
    Partner,
    Post,
    PostPattern,
    Unit,
    When,
    differing,
    require_elevated,
)
from diwan.kernel import audit
from diwan.kernel.calendars import Span
from diwan.kernel.countries import country
from diwan.kernel.exchange import Ref
from diwan.kernel.numbering import initials_code
from diwan.kernel.policies import Actor, Confidentiality
from diwan.kernel.text import local, search_key
from diwan.kernel.working import today_in

from .writing import columns, require_period, supersede, write

BATCH = 500
AT_ONCE = 2_000
"""New records that are built and written together: what bounds the memory of a large register."""
IMPORT = "import"
ADDED, CHANGED, LEFT = "added", "changed", "left"


@dataclass
class CouncilBook:
    """A register being written, as councils see it: its ledger and what was there before."""

    ledger: Ledger
    before: CouncilRecords
    today: date


def open_councils(actor: Actor, ledger: Ledger, *, bodies_alone: bool = False) -> CouncilBook:
    """What councils hold of the ledger's register, before anything is put. Raises Forbidden.

    `bodies_alone` is enough for `put_bodies`.
    """
    require_elevated(actor)
    before = council_records_of(ledger.register, bodies_alone=bodies_alone)
    return CouncilBook(ledger, before, today_in(ledger.country, actor.at))


def changed(before: Keyed | None, wanted: Keyed) -> dict[str, Any]:
    """What is to be written of a record that was there; nothing of a new one."""
    return {} if before is None else differing(before, wanted)


def told(values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """A new record's values as the audit's changes; empty ones are left out."""
    return {name: [None, value] for name, value in values.items() if value}


def entry(actor: Actor, kind: str, pk: UUID, changes: Mapping[str, list[Any]]) -> None:
    """The audit entry of a record that was taken in."""
    audit.record(actor, IMPORT, Ref(kind, pk), changes=changes, reason=IMPORT)


def entries(
    actor: Actor, kind: str, told_of: Sequence[tuple[UUID, Mapping[str, list[Any]]]]
) -> None:
    """The audit entries of many records that were taken in."""
    told = [(Ref(kind, pk), changes) for pk, changes in told_of]
    audit.record_all(actor, IMPORT, told, reason=IMPORT)


def bounds(side: str, when: When | None) -> dict[str, Any]:
    """The four columns of one end of a period."""
    values = columns(side, when.on if when else None)
    return {**values, f"{side}_event": when.event if when else None}


@transaction.atomic
def put_bodies(actor: Actor, book: CouncilBook, bodies: Sequence[BodyRecord]) -> None:
    """Add and correct bodies, who has a seat in them and what they oversee."""
    require_elevated(actor)
    for wanted in bodies:
        book.ledger.name(Body, wanted.key)
    for wanted in bodies:
        before = book.before.bodies.get(wanted.key)
        if before is None:
            _add(actor, book, wanted)
            book.ledger.tally.note("body", ADDED)
            continue
        new = changed(before, wanted)
        found = _correct(actor, book, wanted, new) if new else False
        book.ledger.tally.note("body", CHANGED if found else LEFT)


def _add(actor: Actor, book: CouncilBook, wanted: BodyRecord) -> None:
    ledger = book.ledger
    register = ledger.register
    taken = Body.objects.filter(register=register).values_list("code", flat=True)
    name, _language = local(wanted.name, register.language)
    body = Body(
        pk=ledger.keys(Body)[wanted.key],
        register=register,
        key=wanted.key,
        unit_id=ledger.keys(Unit)[wanted.unit],
        parent_id=ledger.id_of(Body, wanted.parent),
        kind=wanted.kind,
        name=wanted.name,
        mandate=wanted.mandate,
        term_years=wanted.term,
        every=wanted.every,
        calendar=country(register.country).calendar.value,
        code=initials_code(name, taken)[:12],
        confidentiality=Confidentiality.INTERNAL,
        search=_search_of(wanted.name, wanted.kind),
        **bounds("since", wanted.since),
        **bounds("until", wanted.until),
    )
    body.save(force_insert=True)
    changes = told({"name": wanted.name, "kind": wanted.kind, "code": body.code})
    entry(actor, BODY, body.pk, changes)
    for position, member in enumerate(wanted.members):
        _seat(actor, book, body.pk, member, position)
    _oversee(book, body.pk, wanted.oversees)


def _search_of(name: Mapping[str, str], kind: str) -> str:
    return search_key(*name.values(), kind)


def _correct(actor: Actor, book: CouncilBook, wanted: BodyRecord, new: dict[str, Any]) -> bool:
    ledger = book.ledger
    pk = ledger.keys(Body)[wanted.key]
    body = Body.objects.select_for_update().get(pk=pk)
    values: dict[str, Any] = {k: new[k] for k in ("kind", "name", "mandate", "every") if k in new}
    if "every" in values and Span.parse(values["every"] or "1 day").unit != _unit_of(body.every):
        values["every_on"] = ""  # a day of the month is none of a week
    if "term" in new:
        values["term_years"] = new["term"]
    if "unit" in new:
        values["unit_id"] = ledger.keys(Unit)[new["unit"]]
    if "parent" in new:
        values["parent_id"] = ledger.id_of(Body, new["parent"])
    for side in ("since", "until"):
        if side in new:
            values |= bounds(side, new[side])
    require_period(values.get("since", body.since), values.get("until", body.until))
    if "name" in values or "kind" in values:
        values["search"] = _search_of(values.get("name", body.name), values.get("kind", body.kind))
    changes = write(body, values)
    changes.pop("search", None)
    if changes:
        entry(actor, BODY, pk, changes)
    seated = _members(actor, book, wanted) if "members" in new else False
    overseen = _oversee(book, pk, wanted.oversees) if "oversees" in new else False
    if overseen:
        entry(actor, BODY, pk, {"oversees": [None, list(wanted.oversees)]})
    return bool(changes) or seated or overseen


def _unit_of(every: str) -> str:
    return Span.parse(every).unit if every else ""


def _members(actor: Actor, book: CouncilBook, wanted: BodyRecord) -> bool:
    """Each wanted member is found among those who have a seat, or given one."""
    pk = book.ledger.keys(Body)[wanted.key]
    names = names_of(book.ledger.register)
    rows = list(memberships_of(book.ledger.register).filter(body=pk))
    found = False
    for member in wanted.members:
        row = next((r for r in rows if _is(member_record(r, names), member)), None)
        if row is None:
            _seat(actor, book, pk, member, len(rows))
            found = True
            continue
        rows.remove(row)
        if row.role != member.role:
            supersede(actor, row, {"role": member.role}, reason=IMPORT)
            entry(actor, MEMBERSHIP, row.lineage, {"role": [row.role, member.role]})
            found = True
    return found


def _is(held: MemberRecord | None, wanted: MemberRecord) -> bool:
    return held is not None and held.who == wanted.who


def _seat(actor: Actor, book: CouncilBook, body: UUID, member: MemberRecord, position: int) -> None:
    ledger = book.ledger
    patterned = member.post in ledger.keys(PostPattern)
    row = Membership(
        body_id=body,
        role=member.role,
        post_id=None if patterned else ledger.id_of(Post, member.post),
        post_pattern_id=ledger.id_of(PostPattern, member.post) if patterned else None,
        unit_id=ledger.id_of(Unit, member.unit),
        partner_id=ledger.id_of(Partner, member.partner),
        seat=member.seat,
        position=position,
        recorded_at=actor.at,
    )
    row.save(force_insert=True)
    entry(actor, MEMBERSHIP, row.lineage, {"role": [None, member.role], "body": [None, body]})


def _oversee(book: CouncilBook, body: UUID, units: Sequence[str]) -> bool:
    """Add the units that are not overseen yet; True if there was one."""
    known = set(Oversight.objects.filter(body=body).values_list("unit_id", flat=True))
    ids = [book.ledger.keys(Unit)[key] for key in units]
    fresh = [pk for pk in dict.fromkeys(ids) if pk not in known]
    Oversight.objects.bulk_create(Oversight(body_id=body, unit_id=pk) for pk in fresh)
    return bool(fresh)
