"""Who a token speaks for: for the API, and for standards that carry a secret in their own way."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from diwan.accounts.constants import TOKEN_PREFIX
from diwan.accounts.models import Token
from diwan.kernel.policies import Actor

from .tokens import digest_of, note_use


@dataclass(frozen=True)
class TokenCaller:
    """Somebody who showed a token: who acts, and the scopes that the token was given."""

    actor: Actor
    scopes: frozenset[str]
    language: str


def caller_by_secret(secret: str) -> TokenCaller | None:
    """Whoever holds that secret, its use noted; None where no token in force has it."""
    token = token_of(secret)
    if token is None:
        return None
    return TokenCaller(actor_of_token(token), frozenset(token.scopes), token.user.language)


def token_of(secret: str) -> Token | None:
    """The token in force with that secret, its use noted."""
    if not secret.startswith(TOKEN_PREFIX):
        return None
    now = timezone.now()
    found = Token.objects.in_force(now).select_related("user")
    token = found.filter(token_sha256=digest_of(secret)).first()
    if token is not None:
        note_use(token, now.date())
    return token


def actor_of_token(token: Token) -> Actor:
    """The token's user, from its post alone where it names one; never elevated."""
    actor = Actor.user(token.user_id, str(token.user))
    return actor.narrowed(token.post_id) if token.post_id else actor
