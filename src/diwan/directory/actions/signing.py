"""Signing the sheet of a handover: each side once, and what it saw."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from diwan.directory.constants import HANDOVER, TO_SIGN
from diwan.directory.models import Handover, HandoverSignature
from diwan.directory.policies import handover_policy
from diwan.directory.queries.names import shown_instant
from diwan.directory.queries.signing import own_person, standing_of
from diwan.directory.queries.users import users_of_people
from diwan.kernel import audit, notices
from diwan.kernel.errors import Conflict, Forbidden, Refused
from diwan.kernel.policies import Actor
from diwan.kernel.text import clean
from diwan.ui.show import show_number

from .base import ref

LONGEST_NOTE = 500


@transaction.atomic
def sign_handover(
    actor: Actor, handover: Handover, sha256: str, *, note: str = ""
) -> list[HandoverSignature]:
    """Put the actor's name to the sheet that they saw, on the side (or sides) where they stand.

    For who hands over and who takes over, themselves; no elevation signs for them. `sha256` is the
    checksum of the sheet that was shown, `note` a reservation. Rights have passed at the instant,
    signed or not. Raises Refused before the instant, for a second signature and a note too long,
    Conflict where the sheet says something else by now.
    """
    rows = Handover.objects.select_for_update(of=("self",)).select_related("from_post__unit")
    row = rows.get(pk=handover.pk)
    person_id, user_id, sides = require_to_sign(actor, row)
    reservation = _clean_note(note)
    if standing_of(row).sha256 != sha256:
        raise Conflict(
            _("The sheet says something else than when you opened it. Read it again, then sign.")
        )
    made = [
        HandoverSignature(
            handover=row,
            side=side,
            person_id=person_id,
            user=user_id,
            sha256=sha256,
            note=reservation,
            at=actor.at,
        )
        for side in sides
    ]
    HandoverSignature.objects.bulk_create(made)
    changes: dict[str, list[Any]] = {"sides": [None, sides], "sha256": [None, sha256]}
    if reservation:
        changes["reservation"] = [None, reservation]
    through = handover_policy.through(actor, "see", row)
    audit.record(actor, "sign", ref(HANDOVER, row.pk), changes=changes, through=through)
    ask_to_sign(row, other_has=True)
    return made


def ask_to_sign(row: Handover, *, other_has: bool = False) -> None:
    """Tell those whose signature a written sheet waits for; `other_has`: the other side signed."""
    standing = standing_of(row)
    wanted = [pk for side, pk in standing.sides.items() if side not in standing.signed]
    data = {"post": row.from_post_id, "country": row.from_post.unit.country, "at": row.at}
    once = f"sign:{row.pk}:{'other' if other_has else 'both'}"
    told = users_of_people(wanted).values()
    notices.tell(TO_SIGN, told, ref(HANDOVER, row.pk), data | {"other": other_has}, once=once)


def require_to_sign(actor: Actor, row: Handover) -> tuple[UUID, UUID, list[str]]:
    """The actor's person and user, and the sides that wait for their own signature.

    Raises NotFound, Forbidden for everybody but the two persons, Refused while the sheet is a
    foretaste and where the actor has signed.
    """
    handover_policy.demand(actor, "see", row)
    standing, person_id = standing_of(row), own_person(actor)
    user_id = actor.user_id
    if person_id is None or user_id is None or person_id not in standing.sides.values():
        raise Forbidden(_("Only those who hand over and take over sign this sheet, themselves."))
    if row.settled_at is None:
        raise Refused(_not_written(row))
    if not row.sheet:
        raise Refused(
            _("This handover came out of an older record, without a sheet; it was signed on paper.")
        )
    sides = standing.open_to(person_id)
    if not sides:
        raise Refused(_("You have signed this sheet already; each side signs once."))
    return person_id, user_id, sides


def _not_written(row: Handover) -> str:
    if row.at is None:
        return _("Nobody knows when this handover was; state its date first.")
    return _("The sheet is written at %(when)s, when the post passes. Sign it after that.") % {
        "when": shown_instant(row.at, row.from_post.unit.country)
    }


def _clean_note(note: str) -> str:
    text = clean(note)
    if len(text) > LONGEST_NOTE:
        raise Refused(
            _("The reservation is too long; %(most)s characters at most.")
            % {"most": show_number(LONGEST_NOTE)},
            field="note",
        )
    return text
