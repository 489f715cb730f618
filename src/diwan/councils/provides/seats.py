"""Named seats and partners' memberships as targets of invitations."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from diwan.councils.actions.members import seat_user
from diwan.councils.models import Membership
from diwan.councils.policies import MEMBERSHIPS
from diwan.councils.queries.titles import in_languages
from diwan.kernel.errors import NotFound
from diwan.kernel.policies import Actor
from diwan.kernel.text import isolate, local


class SeatTarget:
    """A seat is known by its lineage: corrections of its record do not touch an invitation."""

    def label(self, target_id: UUID) -> Mapping[str, str]:
        """The seat and the body. Raises NotFound."""
        row = _seat(target_id)
        seat = row.partner.name if row.partner else row.seat or {}

        def sentence(language: str) -> str:
            name = isolate(local(seat, language)[0])
            return f"{name} · {isolate(local(row.body.name, language)[0])}"

        return in_languages(sentence, {**row.body.name, **seat})

    def may_invite(self, actor: Actor, target_id: UUID) -> bool:
        """True for those who manage the body, where the seat is a named one or a partner's."""
        row = Membership.objects.known().filter(lineage=target_id).first()
        named = row is not None and (row.seat is not None or row.partner_id is not None)
        return row is not None and named and MEMBERSHIPS.may(actor, "manage", row)

    def accept(self, actor: Actor, target_id: UUID, user_id: UUID) -> None:
        """Let the user act through the seat. Raises Refused where nobody can any more."""
        seat_user(actor, target_id, user_id)


def _seat(lineage: UUID) -> Membership:
    rows = Membership.objects.known().select_related("body", "partner")
    row = rows.filter(lineage=lineage).first()
    if row is None:
        raise NotFound
    return row
