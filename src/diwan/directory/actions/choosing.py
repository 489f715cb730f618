"""Choosing the post one acts from: kept in the session, the register knows nothing of it."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest

from diwan.directory.policies import authority_of
from diwan.kernel.errors import NotFound
from diwan.kernel.policies import Actor
from diwan.kernel.requests import actor_of

SESSION_KEY = "post"


def choose_post(request: HttpRequest, post_id: UUID) -> None:
    """Act from this post from now on in this session. Raises NotFound if it is not held."""
    if post_id not in authority_of(actor_of(request)).post_ids:
        raise NotFound
    request.session[SESSION_KEY] = str(post_id)


def with_post(actor: Actor, chosen: object) -> Actor:
    """The actor acting from the chosen post if it is held, else from the first of those held."""
    held = authority_of(actor).post_ids
    post_id = next((pk for pk in held if str(pk) == chosen), held[0] if held else None)
    return replace(actor, post_id=post_id)
