"""Tokens with which programs act for a user."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from diwan.accounts.constants import LONGEST_TOKEN_DAYS, TOKEN_PREFIX, TOKENS_IN_FORCE
from diwan.accounts.models import Token, User
from diwan.accounts.policies import posts_for_tokens, users
from diwan.kernel import audit
from diwan.kernel.api.callers import SCOPES
from diwan.kernel.errors import Conflict, NotFound, Refused
from diwan.kernel.policies import Actor
from diwan.kernel.text import clean

from .checks import user_ref
from .users import locked

SECRET_BYTES = 32
HINT = 12


@dataclass(frozen=True)
class TokenFields:
    """What a token is made with; `post_id` None: all posts of its user."""

    name: str
    scopes: Sequence[str]
    days: int
    post_id: UUID | None = None


class NewToken(NamedTuple):
    """A token that was just made; `secret` is shown once and kept nowhere."""

    token: Token
    secret: str


@transaction.atomic
def make_token(actor: Actor, fields: TokenFields) -> NewToken:
    """Make a token of the actor's own. Raises NotFound, Refused."""
    user = _own(actor)
    through = users.require(actor, "change", user)
    name = " ".join(clean(fields.name).split())
    _check(actor, user, fields, name)
    secret = TOKEN_PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    scopes = [scope for scope in SCOPES if scope in set(fields.scopes)]
    token = Token.objects.create(
        user=user,
        name=name,
        token_sha256=digest_of(secret),
        hint=secret[:HINT],
        scopes=scopes,
        post_id=fields.post_id,
        made_at=actor.at,
        expires_at=actor.at + timedelta(days=fields.days),
    )
    changes: dict[str, list[Any]] = {
        "token": [None, name],
        "scopes": [[], scopes],
        "until_at": [None, token.expires_at],
    }
    audit.record(actor, "make_token", user_ref(user), changes=changes, through=through)
    return NewToken(token, secret)


@transaction.atomic
def revoke_token(actor: Actor, token_id: UUID) -> Token:
    """End a token of the actor's own at once. Raises NotFound, Conflict."""
    user = _own(actor)
    through = users.require(actor, "change", user)
    token = Token.objects.select_for_update().filter(pk=token_id, user=user).first()
    if token is None:
        raise NotFound
    if token.revoked_at is not None:
        raise Conflict(_("This token has been revoked already."))
    token.revoked_at = actor.at
    token.save(update_fields=["revoked_at"])
    changes = {"token": [token.name, None]}
    audit.record(actor, "revoke_token", user_ref(user), changes=changes, through=through)
    return token


def note_use(token: Token, day: date) -> None:
    """Remember the last day of a token's use: one write a day, nothing finer is kept."""
    if token.used_date != day:
        stale = Q(used_date__isnull=True) | Q(used_date__lt=day)
        Token.objects.filter(stale, pk=token.pk).update(used_date=day)


def digest_of(secret: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def _own(actor: Actor) -> User:
    if actor.user_id is None:
        raise NotFound
    return locked(actor.user_id)


def _check(actor: Actor, user: User, fields: TokenFields, name: str) -> None:
    """Raise Refused where a token of these fields cannot be made."""
    if not name:
        raise Refused(_("Say what the token is for, so that you know it again."), field="name")
    if not fields.scopes or not set(fields.scopes) <= set(SCOPES):
        raise Refused(_("Choose what the token may be used for."), field="scopes")
    if not 1 <= fields.days <= LONGEST_TOKEN_DAYS:
        raise Refused(_("A token lasts from a day to a year."), field="days")
    if fields.post_id is not None and fields.post_id not in dict(posts_for_tokens(actor)):
        raise Refused(_("Choose a post that you hold."), field="post_id")
    if Token.objects.in_force(actor.at).filter(user=user).count() >= TOKENS_IN_FORCE:
        raise Refused(_("You have very many tokens. Revoke those that nothing uses any more."))
