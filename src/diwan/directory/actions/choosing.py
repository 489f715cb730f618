"""Choosing the post one acts from: kept in the session, the register knows nothing of it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

from diwan.kernel.errors import NotFound
from diwan.kernel.requests import actor_of

from ..policies import authority_of

SESSION_KEY = "post"


def choose_post(request: HttpRequest, post_id: UUID) -> None:
    """Act from this post from now on in this session. Raises NotFound if it is not held."""
    if post_id not in authority_of(actor_of(request)).post_ids:
        raise NotFound
    request.session[SESSION_KEY] = str(post_id)
