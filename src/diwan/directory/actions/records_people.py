"""Putting a register's partners, people, handovers and notes into the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from diwan.directory.constants import HANDOVER, NOTE, PARTNER, PERSON
from diwan.directory.models import (
    Handover,
    Holding,
    Need,
    Note,
    Partner,
    Person,
    Post,
    Unit,
    UnitPattern,
)
from diwan.directory.queries.records import (
    HandoverRecord,
    HoldingRecord,
    NoteRecord,
    PartnerRecord,
    PersonRecord,
    same,
)
from diwan.directory.queries.records_reading import holding_record
from diwan.kernel import audit
from diwan.kernel.errors import Refused
from diwan.kernel.exchange import Ref
from diwan.kernel.policies import Actor

from .base import day_start, search_of
from .records import (
    ADDED,
    CHANGED,
    IMPORT,
    LEFT,
    Ledger,
    changed,
    moments,
    require_elevated,
    require_order,
    rewrite,
    told,
)
from .revise import revise
from .seats import check_seats, is_single, locked_post

Kind = Holding.Kind


@transaction.atomic
def put_people(
    actor: Actor,
    ledger: Ledger,
    partners: Sequence[PartnerRecord],
    people: Sequence[PersonRecord],
) -> None:
    """Add and correct partners, people and what they hold.

    Raises Refused where more would hold a post at once than it has seats.
    """
    require_elevated(actor)
    for partner in partners:
        _put_partner(actor, ledger, partner)
    touched: set[UUID] = set()
    for person in people:
        touched |= _put_person(actor, ledger, person)
    for post_id in sorted(touched):
        check_seats(locked_post(post_id))


def _put_partner(actor: Actor, ledger: Ledger, wanted: PartnerRecord) -> None:
    before = ledger.before.partners.get(wanted.key)
    pk = ledger.name(Partner, wanted.key)
    if before is None:
        Partner.objects.create(pk=pk, register=ledger.register, key=wanted.key, name=wanted.name)
        audit.record(actor, IMPORT, Ref(PARTNER, pk), changes=told({"name": wanted.name}))
        ledger.tally.note("partner", ADDED)
        return
    new = changed(before, wanted)
    if new:
        rewrite(actor, Partner.objects.get(pk=pk), new, Ref(PARTNER, pk))
    ledger.tally.note("partner", CHANGED if new else LEFT)


PERSONAL = ("name", "honorific", "search")


def _put_person(actor: Actor, ledger: Ledger, wanted: PersonRecord) -> set[UUID]:
    """Returns the posts whose holdings changed."""
    before = ledger.before.people.get(wanted.key)
    pk = ledger.name(Person, wanted.key)
    if before is None:
        Person.objects.create(
            pk=pk,
            register=ledger.register,
            key=wanted.key,
            name=wanted.name,
            honorific=wanted.honorific,
            search=search_of(wanted.name),
        )
        personal = told({"name": wanted.name, "honorific": wanted.honorific})
        audit.record(actor, IMPORT, Ref(PERSON, pk), personal=personal)
        ledger.tally.note("person", ADDED)
        return _put_holdings(actor, ledger, pk, wanted.holds)
    new = changed(before, wanted)
    holds = new.pop("holds", None)
    if new:
        row = Person.objects.get(pk=pk)
        if row.erased_at is not None:  # an older file must not bring back what was erased
            new = {name: value for name, value in new.items() if name not in PERSONAL}
        elif "name" in new:
            new["search"] = search_of(new["name"])
        rewrite(actor, row, new, Ref(PERSON, pk), personal=PERSONAL)
    touched = _put_holdings(actor, ledger, pk, wanted.holds) if holds is not None else set()
    ledger.tally.note("person", CHANGED if new or touched else LEFT)
    return touched


def _put_holdings(
    actor: Actor, ledger: Ledger, person: UUID, wanted: Sequence[HoldingRecord]
) -> set[UUID]:
    """Each wanted holding is matched with one of the same post that is there, or added."""
    rows = Holding.objects.known().filter(person=person, kind__in=(Kind.FULL, Kind.ACTING))
    free = list(rows.order_by("since_at", "id"))
    touched: set[UUID] = set()
    for holding in wanted:
        post = ledger.keys(Post)[holding.post]
        row = _match(ledger, [r for r in free if r.post_id == post], holding)
        if row is None:
            _hold(actor, ledger, person, holding)
        else:
            free.remove(row)
            if not _correct_holding(actor, ledger, row, holding):
                continue
        touched.add(post)
    return touched


def _match(ledger: Ledger, rows: list[Holding], wanted: HoldingRecord) -> Holding | None:
    for row in rows:
        if same(holding_record(row, wanted.post, ledger.country).since, wanted.since):
            return row
    return rows[0] if rows else None


def _hold(actor: Actor, ledger: Ledger, person: UUID, wanted: HoldingRecord) -> None:
    post = locked_post(ledger.keys(Post)[wanted.post])
    since = moments("since", wanted.since, ledger.country)
    until = moments("until", wanted.until, ledger.country)
    holding = Holding(
        person_id=person,
        post=post,
        kind=Kind.ACTING if wanted.acting else Kind.FULL,
        single=is_single(post, since["since_at"], until["until_at"]),
        recorded_at=actor.at,
        **since,
        **until,
    )
    try:
        with transaction.atomic():
            holding.save(force_insert=True)
    except IntegrityError as error:
        raise _seat_taken(wanted.post) from error
    changes = told({"post": post.pk, "since": wanted.since, "until": wanted.until})
    audit.record(actor, "hold", Ref(PERSON, person), changes=changes, reason=IMPORT)


def _correct_holding(actor: Actor, ledger: Ledger, row: Holding, wanted: HoldingRecord) -> bool:
    """Correct what the file says otherwise; what it doesn't say stays. True if anything changed."""
    before = holding_record(row, wanted.post, ledger.country)
    values: dict[str, Any] = {}
    for side in ("since", "until"):
        new = getattr(wanted, side)
        if new is not None and not same(getattr(before, side), new):
            values |= moments(side, new, ledger.country)
    if wanted.acting != before.acting:
        values["kind"] = Kind.ACTING if wanted.acting else Kind.FULL
    if not values:
        return False
    require_order(row, values)
    changes = audit.differences(audit.values_of(row, list(values)), values)
    try:
        with transaction.atomic():
            revise(row, actor.at, reason=IMPORT, **values)
    except IntegrityError as error:
        raise _seat_taken(wanted.post) from error
    audit.record(actor, "hold", Ref(PERSON, row.person_id), changes=changes, reason=IMPORT)
    return True


def _seat_taken(post: str) -> Refused:
    return Refused(
        _(
            "More people would hold the post %(post)s at once than it has seats. End the earlier "
            "holding here or in the file."
        )
        % {"post": post}
    )


@transaction.atomic
def put_handovers(actor: Actor, ledger: Ledger, handovers: Sequence[HandoverRecord]) -> None:
    """Add and correct handovers and what was needed at them. Holdings come with the people."""
    require_elevated(actor)
    for wanted in handovers:
        before = ledger.before.handovers.get(wanted.key)
        pk = ledger.name(Handover, wanted.key)
        values = _handover_columns(ledger, wanted)
        if before is None:
            at = values["at"]
            values["settled_at"] = actor.at if at is None or at <= actor.at else None
            Handover.objects.create(
                pk=pk, register=ledger.register, key=wanted.key, made_at=actor.at, **values
            )
            changes = told({"on": wanted.at, "to_post": values["to_post_id"]})
            audit.record(actor, IMPORT, Ref(HANDOVER, pk), changes=changes)
            _put_needs(ledger, pk, wanted)
            ledger.tally.note("handover", ADDED)
            continue
        new = changed(before, wanted)
        if new:
            kept = {k: v for k, v in values.items() if _column_changed(k, new)}
            rewrite(actor, Handover.objects.get(pk=pk), kept, Ref(HANDOVER, pk))
            _put_needs(ledger, pk, wanted)
        ledger.tally.note("handover", CHANGED if new else LEFT)


def _handover_columns(ledger: Ledger, wanted: HandoverRecord) -> dict[str, Any]:
    values: dict[str, Any] = {
        "from_person_id": ledger.id_of(Person, wanted.from_person),
        "from_post_id": ledger.id_of(Post, wanted.from_post),
        "to_person_id": ledger.id_of(Person, wanted.to_person),
        "to_post_id": ledger.id_of(Post, wanted.to_post),
        "at": None,
    }
    if wanted.at is not None:
        values |= {
            "at": day_start(wanted.at.on.first_day, ledger.country),
            "at_precision": wanted.at.on.precision.value,
            "at_calendar": wanted.at.on.calendar.value,
            "event": wanted.at.event,
        }
    return values


def _column_changed(column: str, new: dict[str, Any]) -> bool:
    if column in ("at", "at_precision", "at_calendar", "event"):
        return "at" in new
    return column.removesuffix("_id") in new


def _put_needs(ledger: Ledger, handover: UUID, wanted: HandoverRecord) -> None:
    """Part of its handover's entry: a need is never without it."""
    known = {need.key: need for need in Need.objects.filter(handover=handover)}
    for position, need in enumerate(wanted.needs):
        row = known.get(need.key)
        if row is None:
            Need.objects.create(
                pk=ledger.name(Need, need.key),
                register=ledger.register,
                key=need.key,
                handover_id=handover,
                text=need.text,
                position=position,
            )
        elif row.text != row.text | need.text:
            row.text = row.text | need.text
            row.save(update_fields=["text"])


@transaction.atomic
def put_notes(actor: Actor, ledger: Ledger, notes: Sequence[NoteRecord]) -> None:
    """Add and correct notes on units."""
    require_elevated(actor)
    for position, wanted in enumerate(notes):
        before = ledger.before.notes.get(wanted.key)
        pk = ledger.name(Note, wanted.key)
        if before is None:
            Note.objects.create(
                pk=pk,
                register=ledger.register,
                key=wanted.key,
                kind=wanted.kind,
                text=wanted.text,
                position=position,
                **_note_place(ledger, wanted.unit),
            )
            changes = told({"kind": wanted.kind, "text": wanted.text})
            audit.record(actor, IMPORT, Ref(NOTE, pk), changes=changes)
            ledger.tally.note("note", ADDED)
            continue
        new = changed(before, wanted)
        if "unit" in new:
            new |= _note_place(ledger, new.pop("unit"))
        if new:
            rewrite(actor, Note.objects.get(pk=pk), new, Ref(NOTE, pk))
        ledger.tally.note("note", CHANGED if new else LEFT)


def _note_place(ledger: Ledger, unit: str) -> dict[str, UUID | None]:
    if unit in ledger.keys(UnitPattern):
        return {"unit_id": None, "unit_pattern_id": ledger.keys(UnitPattern)[unit]}
    return {"unit_id": ledger.id_of(Unit, unit), "unit_pattern_id": None}
