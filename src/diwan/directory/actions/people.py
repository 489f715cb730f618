"""People, partners and notes. What speaks of a person goes to the audit's personal values."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from diwan.accounts.public import User
from diwan.directory.constants import NOTE, PARTNER, PERSON
from diwan.directory.models import Note, Partner, Person, Register, Unit
from diwan.directory.policies import (
    note_policy,
    partner_policy,
    person_policy,
    register_policy,
    unit_policy,
)
from diwan.directory.queries.names import TextMap, shown_person
from diwan.kernel import audit
from diwan.kernel.errors import Refused
from diwan.kernel.policies import Actor
from diwan.kernel.text import clean

from .base import clean_reason, clean_text_map, made_key, ref, search_of
from .erasing import require_not_erased


@transaction.atomic
def add_person(actor: Actor, register: Register, *, name: TextMap, honorific: str = "") -> Person:
    """Add a person without a user to a register. Raises Refused where the name is empty."""
    through = register_policy.require(actor, "add_person", register)
    person = Person(register=register, name=clean_text_map(name))
    person.honorific = _honorific(honorific, register)
    person.key = made_key("person", person.pk)
    person.search = search_of(person.name)
    person.save(force_insert=True)
    audit.record(
        actor,
        "add",
        ref(PERSON, person.pk),
        personal={"name": [None, person.name], "honorific": [None, person.honorific]},
        through=through,
    )
    return person


def _honorific(text: str, register: Register) -> str:
    honorific = clean(text, register.language)
    if len(honorific) > 100:
        raise Refused(_("An honorific has at most 100 letters."), field="honorific")
    return honorific


@transaction.atomic
def correct_person(
    actor: Actor, person: Person, *, name: TextMap, honorific: str, reason: str
) -> None:
    """Put right a person's name or honorific; the audit keeps what stood before."""
    through = person_policy.require(actor, "correct", person)
    why = clean_reason(reason)
    row = (
        Person.objects.select_for_update(of=("self",)).select_related("register").get(pk=person.pk)
    )
    require_not_erased(row)
    before = {"name": row.name, "honorific": row.honorific}
    row.name = clean_text_map(name)
    row.honorific = _honorific(honorific, row.register)
    row.search = search_of(row.name)
    changes = audit.differences(before, {"name": row.name, "honorific": row.honorific})
    if not changes:
        raise Refused(_("Nothing would change: this is what it says already."))
    row.save(update_fields=["name", "honorific", "search"])
    audit.record(
        actor, "correct", ref(PERSON, row.pk), personal=changes, reason=why, through=through
    )


@transaction.atomic
def link_user(actor: Actor, person: Person, user_id: UUID) -> None:
    """Join a user to a person, so that the person's posts give the user rights.

    For administrators; guests come by `join_by_invitation`. Raises Refused where either is joined.
    """
    through = person_policy.require(actor, "link", person)
    join(person.pk, user_id)
    changes = {"user": [None, user_id]}
    audit.record(actor, "link", ref(PERSON, person.pk), changes=changes, through=through)


def join(person_id: UUID, user_id: UUID) -> None:
    """Join a user to a person. Raises Refused where one of them is joined to another already."""
    row = Person.objects.select_for_update(of=("self",)).get(pk=person_id)
    require_not_erased(row)
    if row.user_id == user_id:
        return
    if row.user_id is not None:
        raise Refused(
            _("%(person)s has a user already. An administrator can part them first.")
            % {"person": shown_person(row.pk)}
        )
    other = Person.objects.filter(user=user_id).first()
    if other is not None:
        raise Refused(
            _("This user is %(person)s of the register already; one user is one person.")
            % {"person": shown_person(other.pk)}
        )
    if not User.objects.filter(pk=user_id, is_active=True).exists():
        raise Refused(_("There is no such active user."), field="user")
    row.user_id = user_id
    row.save(update_fields=["user"])


@transaction.atomic
def unlink_user(actor: Actor, person: Person, *, reason: str) -> None:
    """Part a user from a person: the user loses the rights of the person's posts at once."""
    through = person_policy.require(actor, "link", person)
    why = clean_reason(reason)
    row = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if row.user_id is None:
        raise Refused(_("This person has no user."))
    changes = {"user": [row.user_id, None]}
    row.user = None
    row.save(update_fields=["user"])
    audit.record(actor, "unlink", ref(PERSON, row.pk), changes=changes, reason=why, through=through)


@transaction.atomic
def add_partner(actor: Actor, register: Register, *, name: TextMap) -> Partner:
    """Add an organisation outside the tree that takes part."""
    through = register_policy.require(actor, "add_partner", register)
    partner = Partner(register=register, name=clean_text_map(name))
    partner.key = made_key("partner", partner.pk)
    partner.save(force_insert=True)
    changes = {"name": [None, partner.name]}
    audit.record(actor, "add", ref(PARTNER, partner.pk), changes=changes, through=through)
    return partner


@transaction.atomic
def correct_partner(actor: Actor, partner: Partner, *, name: TextMap, reason: str) -> None:
    """Put right a partner's name."""
    through = partner_policy.require(actor, "correct", partner)
    why = clean_reason(reason)
    row = Partner.objects.select_for_update(of=("self",)).get(pk=partner.pk)
    changes = audit.differences({"name": row.name}, {"name": clean_text_map(name)})
    if not changes:
        raise Refused(_("Nothing would change: this is what it says already."))
    row.name = clean_text_map(name)
    row.save(update_fields=["name"])
    audit.record(
        actor, "correct", ref(PARTNER, row.pk), changes=changes, reason=why, through=through
    )


@transaction.atomic
def add_note(actor: Actor, unit: Unit, *, kind: str, text: TextMap) -> Note:
    """Write down what a report says of a unit: a finding, a programme, an indicator's name."""
    through = unit_policy.require(actor, "note", unit)
    last = Note.objects.filter(unit=unit).aggregate(last=Max("position"))["last"]
    note = Note(register=unit.register, unit=unit, kind=_note_kind(kind))
    note.text = clean_text_map(text, field="text")
    note.key = made_key("note", note.pk)
    note.position = 0 if last is None else last + 1
    note.save(force_insert=True)
    changes: dict[str, list[Any]] = {
        "unit": [None, unit.pk],
        "kind": [None, note.kind],
        "text": [None, note.text],
    }
    audit.record(actor, "add", ref(NOTE, note.pk), changes=changes, through=through)
    return note


def _note_kind(kind: str) -> str:
    text = clean(kind)
    if not text or len(text) > 60:
        raise Refused(_("Write what kind of note it is, in at most 60 letters."), field="kind")
    return text


@transaction.atomic
def correct_note(actor: Actor, note: Note, *, kind: str, text: TextMap, reason: str) -> None:
    """Put right what a note says."""
    through = note_policy.require(actor, "correct", note)
    why = clean_reason(reason)
    row = Note.objects.select_for_update(of=("self",)).get(pk=note.pk)
    before = {"kind": row.kind, "text": row.text}
    row.kind, row.text = _note_kind(kind), clean_text_map(text, field="text")
    changes = audit.differences(before, {"kind": row.kind, "text": row.text})
    if not changes:
        raise Refused(_("Nothing would change: this is what it says already."))
    row.save(update_fields=["kind", "text"])
    audit.record(actor, "correct", ref(NOTE, row.pk), changes=changes, reason=why, through=through)


@transaction.atomic
def remove_note(actor: Actor, note: Note, *, reason: str) -> None:
    """Take a note away; the audit keeps what it said."""
    through = note_policy.require(actor, "remove", note)
    why = clean_reason(reason)
    row = Note.objects.select_for_update(of=("self",)).get(pk=note.pk)
    changes = {"kind": [row.kind, None], "text": [row.text, None], "unit": [row.unit_id, None]}
    audit.record(actor, "remove", ref(NOTE, row.pk), changes=changes, reason=why, through=through)
    row.delete()
