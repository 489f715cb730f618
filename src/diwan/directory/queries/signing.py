"""How the sheet of a handover stands: what is signed, who has signed, who still has to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from diwan.directory.models import Handover, HandoverSignature, Need
from diwan.directory.policies import authority_of
from diwan.directory.rules.sheets import STANDS, checksum, is_closed
from diwan.kernel.policies import Actor, ActorKind
from diwan.kernel.seals import instant

Side = HandoverSignature.Side
FORMAT = "diwan-handover/1"


@dataclass(frozen=True)
class Standing:
    """Who stands on which side, and what was signed.

    `sides` names the sides on which there is somebody, with the person. `sha256` is the checksum of
    the sheet as it stands now.
    """

    sides: dict[str, UUID]
    signatures: Sequence[HandoverSignature]
    needs: Sequence[Need]
    sha256: str

    @property
    def signed(self) -> set[str]:
        """The sides that have signed."""
        return {one.side for one in self.signatures}

    @property
    def closed(self) -> bool:
        """True once everybody concerned has signed."""
        return is_closed(self.sides, self.signed)

    def open_to(self, person_id: UUID | None) -> list[str]:
        """The sides on which that person stands and has not signed."""
        return [
            side
            for side, person in self.sides.items()
            if person == person_id and side not in self.signed
        ]

    def of(self, side: str) -> HandoverSignature | None:
        """The signature of a side."""
        return next((one for one in self.signatures if one.side == side), None)

    def added_after(self, signature: HandoverSignature) -> list[Need]:
        """What was added as still needed after that side had signed.

        Identifiers sort by the time they were made.
        """
        return [need for need in self.needs if need.pk > signature.pk]


def standing_of(handover: Handover) -> Standing:
    """How a handover's sheet stands, in two questions."""
    needs = list(handover.needs.all())
    sides = {Side.OUTGOING.value: handover.from_person_id, Side.INCOMING: handover.to_person_id}
    return Standing(
        sides={str(side): person for side, person in sides.items() if person is not None},
        signatures=list(handover.signatures.all()),
        needs=needs,
        sha256=checksum(content_of(handover, needs)),
    )


def content_of(handover: Handover, needs: Iterable[Need]) -> dict[str, Any]:
    """What is signed: who hands what over to whom and when, the sheet, and what is needed.

    People stand there by identifier, so that erasing a name leaves every signature whole.
    """
    return {
        "format": FORMAT,
        "handover": str(handover.pk),
        "from_post": str(handover.from_post_id),
        "from_person": _text(handover.from_person_id),
        "to_post": str(handover.to_post_id),
        "to_person": _text(handover.to_person_id),
        "at": instant(handover.at) if handover.at else None,
        "sheet": handover.sheet,
        "needs": [{"id": str(need.pk), "text": need.text} for need in needs],
    }


def _text(pk: UUID | None) -> str | None:
    return str(pk) if pk else None


def holds(handover: Handover, standing: Standing, signature: HandoverSignature) -> bool:
    """True if the sheet still says what that side signed, but for what was added since."""
    known = [need for need in standing.needs if need.pk < signature.pk]
    return checksum(content_of(handover, known)) == signature.sha256


def own_person(actor: Actor) -> UUID | None:
    """Whom the actor is in the register; nobody for programs and jobs."""
    return authority_of(actor).person_id if actor.kind is ActorKind.USER else None


def waits_for_signature(person_id: UUID, at: datetime) -> Q:
    """Handovers whose sheet is written and waits for that person, for thirty days."""
    given = HandoverSignature.objects.filter(handover=OuterRef("pk"))
    written = Q(settled_at__isnull=False, at__gt=at - STANDS, at__lte=at) & ~Q(sheet={})
    return written & (
        Q(from_person=person_id) & ~Q(Exists(given.filter(side=Side.OUTGOING)))
        | Q(to_person=person_id) & ~Q(Exists(given.filter(side=Side.INCOMING)))
    )


def to_sign(person_id: UUID, at: datetime) -> QuerySet[Handover]:
    """The sheets that wait for that person's signature."""
    return Handover.objects.filter(waits_for_signature(person_id, at))
