"""One-time links: made, found by their token, refused in one sentence once they are over."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from diwan.accounts.models import Invitation
from diwan.accounts.queries import require_open_invitation
from diwan.kernel.policies import Actor

TOKEN_BYTES = 32


class NewLink(NamedTuple):
    """A link that was just made; `token` is shown once and kept nowhere."""

    invitation: Invitation
    token: str


def issue(
    actor: Actor, kind: str, target_id: UUID, *, life: timedelta, sent_to: str = ""
) -> NewLink:
    """Store a new link for a target and withdraw the open ones before it. Part of an action."""
    earlier = Invitation.objects.for_target(kind, target_id).open_at(actor.at)
    earlier.update(withdrawn_at=actor.at)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    invitation = Invitation.objects.create(
        target_kind=kind,
        target_id=target_id,
        token_sha256=hashlib.sha256(token.encode()).hexdigest(),
        sent_to=sent_to,
        made_at=actor.at,
        made_by=actor.user_id,
        expires_at=actor.at + life,
    )
    return NewLink(invitation, token)


def claim(token: str, at: datetime, *, password: bool = False) -> Invitation:
    """The open link of a token, its row locked. Raises Refused where it is over or unknown."""
    return require_open_invitation(token, at, password=password, lock=True)
