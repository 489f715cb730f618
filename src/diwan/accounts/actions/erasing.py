"""Erasing a user's personal data: nobody can tell any more who it was, and nobody signs in."""

from __future__ import annotations

from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from diwan.accounts.models import Elevation, Invitation, Token, User, Visit
from diwan.accounts.policies import require_elevation
from diwan.kernel import audit, erasing
from diwan.kernel.errors import Conflict, Refused
from diwan.kernel.exchange import Fact, Ref, publish
from diwan.kernel.policies import Actor

from .checks import read_reason, user_ref
from .users import locked, spare_the_last_administrator


@transaction.atomic
def erase_user(actor: Actor, user_id: UUID, *, reason: str) -> User:
    """Erase what the house knows of a user; what they did stays done, without their name.

    Name and sign-in name are replaced, sessions, elevations and tokens end, notices go, and the
    audit forgets the name. Raises NotFound without an elevation, Conflict where it was done before,
    Refused for oneself, for the last administrator, and where a room says that it is not the time.
    """
    through = require_elevation(actor)
    user = locked(user_id)
    why = read_reason(reason)
    if user.erased_at is not None:
        raise Conflict(_("The personal data of this user have been erased already."))
    if user.pk == actor.user_id:
        raise Refused(_("Nobody erases their own account; ask another administrator."))
    spare_the_last_administrator(user)
    ref = user_ref(user)
    erasing.erase_in_rooms(actor, ref)
    before = user.is_active
    _replace(user, actor)
    _end_access(user, actor)
    erasing.erase_user_values(ref, actor.at)
    erase_addresses(actor, Invitation.objects.filter(accepted_by=user))
    audit.record(
        actor, "erase", ref, changes={"is_active": [before, False]}, reason=why, through=through
    )
    publish(Fact("accounts.user_deactivated", ref, actor, actor.at))
    return user


def _replace(user: User, actor: Actor) -> None:
    """Put neutral words in the place of name and sign-in name; nobody signs in with them."""
    user.login = f"erased-{user.pk.hex}"
    user.name = erasing.ERASED_PERSON[user.language or "fa"]
    user.search = ""
    user.is_active = user.may_elevate = False
    user.erased_at = actor.at
    user.set_unusable_password()
    user.save()
    User.objects.filter(pk=user.pk).update(session_round=F("session_round") + 1)
    EmailAddress.objects.filter(user_id=user.pk).delete()


def _end_access(user: User, actor: Actor) -> None:
    Elevation.objects.filter(user=user, ended_at=None, until_at__gt=actor.at).update(
        ended_at=actor.at
    )
    Token.objects.filter(user=user, revoked_at=None).update(revoked_at=actor.at)
    Token.objects.filter(user=user).update(name="—")
    Visit.objects.filter(user=user).delete()


def erase_addresses(actor: Actor, invitations: models.QuerySet[Invitation]) -> None:
    """Erase where invitations were sent to, in their rows and in the audit; open ones end."""
    for row in invitations.exclude(sent_to=""):
        ref = Ref(row.target_kind, row.target_id)
        erasing.erase_values_of(ref, actor.at, fields=("sent_to",))
        erasing.erase_notices_to(row.sent_to)
    invitations.filter(accepted_at=None, withdrawn_at=None).update(withdrawn_at=actor.at)
    invitations.update(sent_to="")


def erase_invitations_to(actor: Actor, ref: Ref) -> None:
    """Erase where invitations to act for a record were sent to."""
    erase_addresses(actor, Invitation.objects.for_target(ref.kind, ref.id))
