"""Passwords: changed by their owner, or anew by a one-time link that an administrator hands out."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from diwan.accounts.constants import PASSWORD_LINK_HOURS, USER_KIND
from diwan.accounts.models import User
from diwan.accounts.policies import require_elevation, users
from diwan.kernel import audit
from diwan.kernel.errors import NotFound, Refused
from diwan.kernel.policies import Actor

from .checks import check_password, read_reason, user_ref
from .links import NewLink, claim, issue
from .notices import tell_password_changed, tell_password_link
from .users import locked


@transaction.atomic
def change_password(actor: Actor, *, old: str, new: str) -> User:
    """Change one's own password; every other session of the user ends.

    Raises Refused where `old` is wrong or `new` is weak.
    """
    if actor.user_id is None:
        raise NotFound
    user = locked(actor.user_id)
    through = users.require(actor, "change", user)
    if not user.check_password(old):
        raise Refused(_("This is not your present password."), field="old")
    check_password(new, user)
    user.set_password(new)
    user.save(update_fields=["password"])
    audit.record(actor, "change_password", user_ref(user), through=through)
    tell_password_changed(user)
    return user


@transaction.atomic
def make_password_link(actor: Actor, user_id: UUID, *, reason: str) -> NewLink:
    """Make a link by which a user chooses a new password; earlier ones stop working."""
    through = require_elevation(actor)
    user = locked(user_id)
    why = read_reason(reason)
    if not user.is_active:
        raise Refused(_("This account is switched off; switch it on first."))
    life = timedelta(hours=PASSWORD_LINK_HOURS)
    link = issue(actor, USER_KIND, user.pk, life=life, sent_to=user.login)
    audit.record(actor, "make_password_link", user_ref(user), reason=why, through=through)
    tell_password_link(user, link)
    return link


@transaction.atomic
def use_password_link(actor: Actor, token: str, *, new: str) -> User:
    """Choose a new password by a link; every session of the user ends.

    Raises Refused where the link is used, withdrawn, too old or unknown, and for a weak password.
    """
    link = claim(token, actor.at, password=True)
    user = locked(link.target_id)
    if not user.is_active:
        raise Refused(_("This account is switched off; ask your administrator."))
    check_password(new, user)
    user.set_password(new)
    user.session_round = F("session_round") + 1
    user.save(update_fields=["password", "session_round"])
    link.accepted_at, link.accepted_by = actor.at, user
    link.save(update_fields=["accepted_at", "accepted_by"])
    themself = Actor.user(user.pk, user.name, at=actor.at)
    audit.record(themself, "use_password_link", user_ref(user))
    tell_password_changed(user)
    return locked(user.pk)
