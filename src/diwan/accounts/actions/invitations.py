"""Invitations: a one-time link that joins a user to a person or a seat."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from diwan.accounts.constants import DEFAULT_INVITATION_DAYS, LANGUAGES, USER_KIND
from diwan.accounts.models import Invitation, User
from diwan.accounts.policies import may_invite, target_of
from diwan.kernel import audit
from diwan.kernel.errors import Conflict, Forbidden, NotFound, Refused
from diwan.kernel.exchange import Ref, cards
from diwan.kernel.policies import Actor

from .checks import NewUser, read_login
from .links import NewLink, claim, issue
from .notices import tell_invitation
from .users import locked, make_guest

LONGEST_DAYS = 90


@transaction.atomic
def invite(
    actor: Actor,
    kind: str,
    target_id: UUID,
    *,
    sent_to: str = "",
    days: int = DEFAULT_INVITATION_DAYS,
) -> NewLink:
    """Make a link by which somebody may act for a record; an open one before it is withdrawn.

    Where an address was given it is sent there, too.

    `kind` is the target's subject kind. Raises NotFound or Forbidden where the actor may not
    invite, Refused for a wrong address or a life beyond 1–90 days.
    """
    label = target_of(kind).label(target_id)
    require_may_invite(actor, kind, target_id)
    if not 1 <= days <= LONGEST_DAYS:
        raise Refused(_("An invitation lasts between one and ninety days."), field="days")
    address = _read_address(sent_to)
    link = issue(actor, kind, target_id, life=timedelta(days=days), sent_to=address)
    audit.record(
        actor,
        "invite",
        Ref(kind, target_id),
        changes={"expires_at": [None, link.invitation.expires_at]},
        personal={"sent_to": [None, address]} if address else {},
    )
    if address:
        tell_invitation(address, link, label)
    return link


@transaction.atomic
def withdraw(actor: Actor, invitation_id: UUID) -> Invitation:
    """Make a link useless. Raises NotFound where the actor may not invite to its target."""
    invitation = Invitation.objects.select_for_update().filter(pk=invitation_id).first()
    if invitation is None:
        raise NotFound
    require_may_invite(actor, invitation.target_kind, invitation.target_id)
    if not invitation.is_open(actor.at):
        raise Conflict(_("This invitation is over already."))
    invitation.withdrawn_at = actor.at
    invitation.save(update_fields=["withdrawn_at"])
    audit.record(
        actor,
        "withdraw_invitation",
        Ref(invitation.target_kind, invitation.target_id),
        changes={"withdrawn_at": [None, actor.at]},
    )
    return invitation


@transaction.atomic
def accept_as_user(actor: Actor, token: str) -> User:
    """Accept as the signed-in user. Raises Refused where the link is over, or the record taken."""
    if actor.user_id is None:
        raise NotFound
    invitation = claim(token, actor.at)
    user = locked(actor.user_id)
    _join(actor, invitation, user)
    return user


@transaction.atomic
def accept_as_new(actor: Actor, token: str, new: NewUser) -> User:
    """Accept as somebody who gets an account by it. Raises Refused as `make_user` does, too."""
    invitation = claim(token, actor.at)
    language = (get_language() or "")[:2]
    user, guest = make_guest(actor, new, language=language if language in LANGUAGES else "")
    _join(guest, invitation, user)
    return user


def _join(guest: Actor, invitation: Invitation, user: User) -> None:
    invitation.accepted_at, invitation.accepted_by = guest.at, user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    target_of(invitation.target_kind).accept(guest, invitation.target_id, user.pk)
    # Who accepted is the entry's actor.
    audit.record(guest, "accept_invitation", Ref(invitation.target_kind, invitation.target_id))


def require_may_invite(actor: Actor, kind: str, target_id: UUID) -> None:
    """Raise NotFound where the target may not be seen, Forbidden where nobody may be invited."""
    if kind == USER_KIND and not actor.elevated:
        raise NotFound
    if may_invite(actor, kind, target_id):
        return
    ref = Ref(kind, target_id)
    if ref in cards([ref], actor):
        raise Forbidden
    raise NotFound


def _read_address(typed: str) -> str:
    """Where the link goes, if that was said. Raises Refused at the field ``sent_to``."""
    if not typed.strip():
        return ""
    try:
        return read_login(typed)
    except Refused as refusal:
        raise Refused(refusal.sentence, field="sent_to") from refusal
