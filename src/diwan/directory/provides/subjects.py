"""The room's records as strangers show them, and what was done to them as sentences say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from diwan.directory.constants import HANDOVER, NOTE, PARTNER, PERSON, POST, REGISTER, UNIT
from diwan.directory.forms.words import NOTE_KINDS, ROLES, UNIT_KINDS
from diwan.directory.models import (
    Handover,
    HandoverSignature,
    Holding,
    Note,
    Partner,
    Person,
    Post,
    Register,
    Unit,
    UnitVersion,
)
from diwan.directory.policies import (
    authority_of,
    handover_policy,
    note_policy,
    partner_policy,
    person_policy,
    post_policy,
    register_policy,
    unit_policy,
)
from diwan.directory.queries.names import person_names, post_names, unit_names
from diwan.directory.queries.posts import PostCard, post_cards
from diwan.kernel.errors import Sentence
from diwan.kernel.exchange import Card, Ref, Subject
from diwan.kernel.models import AuditEntry
from diwan.kernel.policies import Actor
from diwan.kernel.text import local
from diwan.ui.show import show_moment

from .countries import WEEKDAYS, CountrySubject
from .desk import handover_title

Words = Mapping[str, Sentence]
SIDES: Words = {side.value: side.label for side in HandoverSignature.Side}
READERS_ONLY = {"needs", "reservation"}
HELD: Words = {kind.value: kind.label for kind in Holding.Kind}


def _here(name: Mapping[str, str]) -> str:
    return local(name, translation.get_language() or "en")[0]


class UnitSubject:
    """Units, by the name they have today."""

    kind = UNIT
    name: Sentence = gettext_lazy("unit")
    verbs: Words = {
        "found": gettext_lazy("founded the unit"),
        "rename": gettext_lazy("renamed the unit"),
        "move": gettext_lazy("moved the unit"),
        "close": gettext_lazy("closed the unit"),
        "merge": gettext_lazy("merged the unit into another"),
        "split": gettext_lazy("split the unit"),
        "correct": gettext_lazy("corrected what is told of the unit"),
        "state_event": gettext_lazy("stated the date on which the unit's record hangs"),
        "import": gettext_lazy("took the unit over from a file"),
        "declare_day": gettext_lazy("wrote down a day on which the unit works otherwise"),
        "take_back_day": gettext_lazy("took back a day on which the unit works otherwise"),
        "set_unit_hours": gettext_lazy("set the unit's own office hours"),
        "remove_unit_hours": gettext_lazy("removed the unit's own office hours"),
        "set_unit_weekend": gettext_lazy("set the unit's own weekend"),
        "remove_unit_weekend": gettext_lazy("removed the unit's own weekend"),
    }
    fields: Words = {
        "parent": gettext_lazy("Stands under"),
        "province": gettext_lazy("Province"),
        "becomes": gettext_lazy("Passes on to"),
        "into": gettext_lazy("Into"),
        "on": gettext_lazy("From"),
        "children_moved": gettext_lazy("Units below that were moved"),
        "children_to": gettext_lazy("They go under"),
        "event_date": gettext_lazy("Date of the event"),
        "pattern": gettext_lazy("Pattern"),
        "day": gettext_lazy("Day"),
        "works": gettext_lazy("On that day"),
        "hours": gettext_lazy("Hours"),
        "weekday": gettext_lazy("Day of the week"),
        "days": gettext_lazy("Days of the weekend"),
    }
    choices: Mapping[str, Words] = {
        "kind": UNIT_KINDS,
        "works": {
            "True": pgettext_lazy("unit day", "works"),
            "False": pgettext_lazy("unit day", "closed"),
        },
        "days": WEEKDAYS,
        "weekday": WEEKDAYS,
    }
    kinds: Mapping[str, str] = dict.fromkeys(
        ("parent", "becomes", "into", "children_moved", "children_to"), UNIT
    )

    def cards(self, ids: Sequence[UUID], actor: Actor) -> dict[UUID, Card]:
        """Cards of units whom the actor may see; `state` says if one is no more."""
        found = unit_policy.which(actor, "see", Unit.objects.filter(pk__in=ids))
        seen = list(found.values_list("pk", flat=True))
        day = authority_of(actor).day
        names = unit_names(seen, day)
        alive = set(
            UnitVersion.objects.as_of(day).filter(unit__in=seen).values_list("unit_id", flat=True)
        )
        return {
            pk: Card(
                ref=Ref(UNIT, pk),
                title=names.get(pk, {}),
                url=reverse("directory:unit", args=[pk]),
                state="" if pk in alive else gettext_lazy("not there today"),
            )
            for pk in seen
        }


class PostSubject:
    """Posts, with the unit and who holds them now."""

    kind = POST
    name: Sentence = gettext_lazy("post")
    verbs: Words = {
        "make": gettext_lazy("created the post"),
        "change": gettext_lazy("changed the post"),
        "end": gettext_lazy("ended the post"),
        "correct": gettext_lazy("corrected what is told of the post"),
        "pass_on": gettext_lazy("passed the ended post's duties on"),
        "appoint": gettext_lazy("appointed somebody to the post"),
        "depute": gettext_lazy("named a deputy for a leave"),
        "end_holding": gettext_lazy("ended a holding of the post"),
        "correct_holding": gettext_lazy("corrected a holding of the post"),
        "withdraw_holding": gettext_lazy("withdrew a holding of the post"),
        "state_event": gettext_lazy("stated the date on which the post's record hangs"),
        "import": gettext_lazy("took the post over from a file"),
    }
    fields: Words = {
        "unit": gettext_lazy("Unit"),
        "roles": gettext_lazy("Roles"),
        "seats": gettext_lazy("Seats"),
        "on": gettext_lazy("From"),
        "becomes": gettext_lazy("Passes on to"),
        "duties": gettext_lazy("Duties that moved"),
        "person": gettext_lazy("Person"),
        "for": gettext_lazy("Stands in for"),
        "kind": gettext_lazy("Held"),
        "event_date": gettext_lazy("Date of the event"),
    }
    choices: Mapping[str, Words] = {"roles": ROLES, "kind": HELD}
    kinds: Mapping[str, str] = {"unit": UNIT, "becomes": POST, "person": PERSON, "for": PERSON}

    def cards(self, ids: Sequence[UUID], actor: Actor) -> dict[UUID, Card]:
        """Cards of posts whom the actor may see; `state` tells unit and holder."""
        found = post_policy.which(actor, "see", Post.objects.filter(pk__in=ids))
        cards = post_cards(found.values_list("pk", flat=True), actor.at)
        return {
            pk: Card(
                ref=Ref(POST, pk),
                title=card.name,
                url=reverse("directory:post", args=[pk]),
                state=_post_state(card),
            )
            for pk, card in cards.items()
        }


def _post_state(card: PostCard) -> str:
    parts = [_here(card.unit_name)]
    if card.ended:
        parts.append(_("ended"))
    elif card.holders:
        parts += [_here(holder.name) for holder in card.holders[:2]]
    else:
        parts.append(_("vacant"))
    return " · ".join(part for part in parts if part)


class PersonSubject:
    """People, with the post they hold."""

    kind = PERSON
    name: Sentence = gettext_lazy("person")
    verbs: Words = {
        "add": gettext_lazy("wrote the person down"),
        "correct": gettext_lazy("corrected the person's name"),
        "link": gettext_lazy("joined a user to the person"),
        "erase": gettext_lazy("erased the personal data"),
        "unlink": gettext_lazy("parted the user from the person"),
        "invite": gettext_lazy("invited a user to act for the person"),
        "withdraw_invitation": gettext_lazy("withdrew the invitation"),
        "accept_invitation": gettext_lazy("accepted the invitation"),
        "hold": gettext_lazy("took over from a file what the person holds"),
        "import": gettext_lazy("took the person over from a file"),
    }
    fields: Words = {
        "honorific": gettext_lazy("Honorific"),
        "user": gettext_lazy("User"),
        "post": gettext_lazy("Post"),
        "kind": gettext_lazy("Held"),
        "invitation": gettext_lazy("Invitation"),
        "withdrawn_at": gettext_lazy("Withdrawn"),
    }
    choices: Mapping[str, Words] = {"kind": HELD}
    kinds: Mapping[str, str] = {"user": "accounts.user", "post": POST}

    def cards(self, ids: Sequence[UUID], actor: Actor) -> dict[UUID, Card]:
        """Cards of people whom the actor may see; `state` tells one post held now."""
        found = person_policy.which(actor, "see", Person.objects.filter(pk__in=ids))
        seen = list(found.values_list("pk", flat=True))
        # “full” comes last in the alphabet, so it is what stays.
        rows = Holding.objects.at(actor.at).filter(person__in=seen).order_by("kind", "id")
        held = dict(rows.values_list("person_id", "post_id"))
        posts = post_names(held.values(), authority_of(actor).day)
        names = person_names(seen)
        return {
            pk: Card(
                ref=Ref(PERSON, pk),
                title=names[pk],
                url=reverse("directory:person", args=[pk]),
                state=_here(posts.get(held[pk], {})) if pk in held else "",
            )
            for pk in seen
        }


class HandoverSubject:
    """Handovers, by the post that is handed over."""

    kind = HANDOVER
    name: Sentence = gettext_lazy("handover")
    verbs: Words = {
        "hand_over": gettext_lazy("handed the post over"),
        "settle": gettext_lazy("wrote the sheet when the instant had come"),
        "add_need": gettext_lazy("added what is still needed"),
        "sign": gettext_lazy("signed the sheet"),
        "state_event": gettext_lazy("stated the date on which the handover hangs"),
        "import": gettext_lazy("took the handover over from a file"),
    }
    fields: Words = {
        "from_post": gettext_lazy("Post handed over"),
        "to_post": gettext_lazy("Post taken over"),
        "from_person": gettext_lazy("Hands over"),
        "to_person": gettext_lazy("Takes over"),
        "at": gettext_lazy("When"),
        "kind": gettext_lazy("Held"),
        "needs": gettext_lazy("Still needed"),
        "items": gettext_lazy("Open duties on the sheet"),
        "sides": gettext_lazy("Signed as"),
        "sha256": gettext_lazy("Checksum of the sheet"),
        "reservation": gettext_lazy("Reservation"),
        "event_date": gettext_lazy("Date of the event"),
    }
    choices: Mapping[str, Words] = {"kind": HELD, "sides": SIDES}
    kinds: Mapping[str, str] = {
        "from_post": POST,
        "to_post": POST,
        "from_person": PERSON,
        "to_person": PERSON,
    }

    def cards(self, ids: Sequence[UUID], actor: Actor) -> dict[UUID, Card]:
        """Cards of handovers whom the actor may see; `state` says when."""
        rows = list(handover_policy.which(actor, "see", Handover.objects.filter(pk__in=ids)))
        names = post_names({row.from_post_id for row in rows}, authority_of(actor).day)
        return {
            row.pk: Card(
                ref=Ref(HANDOVER, row.pk),
                title=handover_title(names.get(row.from_post_id, {})),
                url=reverse("directory:handover", args=[row.pk]),
                state=show_moment(row.at) if row.at else "",
            )
            for row in rows
        }

    def veiled(self, entries: Sequence[AuditEntry], actor: Actor) -> set[UUID]:
        """What stands on the sheet is for its readers, and not all who see the handover are."""
        rows = Handover.objects.filter(pk=entries[0].subject_id)
        if handover_policy.which(actor, "read", rows).exists():
            return set()
        return {entry.pk for entry in entries if READERS_ONLY & entry.changes.keys()}


class PartnerSubject:
    """Partners; they have no page of their own."""

    kind = PARTNER
    name: Sentence = gettext_lazy("partner")
    verbs: Words = {
        "add": gettext_lazy("wrote the partner down"),
        "correct": gettext_lazy("corrected the partner's name"),
        "import": gettext_lazy("took the partner over from a file"),
    }

    def cards(self, ids: Sequence[UUID], actor: Actor) -> dict[UUID, Card]:
        """Cards of partners whom the actor may see."""
        rows = partner_policy.which(actor, "see", Partner.objects.filter(pk__in=ids))
        url = reverse("directory:partners")
        return {row.pk: Card(ref=Ref(PARTNER, row.pk), title=row.name, url=url) for row in rows}


class NoteSubject:
    """Notes stand on their unit's page."""

    kind = NOTE
    name: Sentence = pgettext_lazy("something told of a unit", "note")
    verbs: Words = {
        "add": gettext_lazy("wrote the note"),
        "correct": gettext_lazy("corrected the note"),
        "remove": gettext_lazy("removed the note"),
        "import": gettext_lazy("took the note over from a file"),
    }
    fields: Words = {"unit": gettext_lazy("Unit")}
    choices: Mapping[str, Words] = {"kind": NOTE_KINDS}
    kinds: Mapping[str, str] = {"unit": UNIT}

    def cards(self, ids: Sequence[UUID], actor: Actor) -> dict[UUID, Card]:
        """Cards of notes whom the actor may see."""
        rows = note_policy.which(actor, "see", Note.objects.filter(pk__in=ids))
        return {
            row.pk: Card(
                ref=Ref(NOTE, row.pk),
                title=row.text,
                url=reverse("directory:unit", args=[row.unit_id])
                if row.unit_id
                else reverse("directory:units"),
            )
            for row in rows
        }


class RegisterSubject:
    """Registers have no page; their units are shown."""

    kind = REGISTER
    name: Sentence = gettext_lazy("register")
    verbs: Words = {
        "make": gettext_lazy("made the register"),
        "import": gettext_lazy("took the register over from a file"),
    }
    fields: Words = {
        "key": gettext_lazy("Key"),
        "country": gettext_lazy("Country"),
        "source": gettext_lazy("Source"),
        "recorded": gettext_lazy("Recorded on"),
    }
    choices: Mapping[str, Words] = {
        "language": {"fa": "فارسی", "ar": "العربية", "en": "English"},
    }

    def cards(self, ids: Sequence[UUID], actor: Actor) -> dict[UUID, Card]:
        """Cards of registers whom the actor may see."""
        rows = register_policy.which(actor, "see", Register.objects.filter(pk__in=ids))
        url = reverse("directory:units")
        return {
            row.pk: Card(ref=Ref(REGISTER, row.pk), title={"en": row.key}, url=url) for row in rows
        }


SUBJECTS: Sequence[Subject] = (
    UnitSubject(),
    PostSubject(),
    PersonSubject(),
    HandoverSubject(),
    PartnerSubject(),
    NoteSubject(),
    RegisterSubject(),
    CountrySubject(),
)
