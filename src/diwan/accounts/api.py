"""Who calls the API, and what the API tells of the caller."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from ninja import Schema

from diwan.accounts.actions.callers import actor_of_token, token_of
from diwan.accounts.models import Token, User
from diwan.accounts.queries import one_user
from diwan.kernel.api.callers import Caller, bearer, is_api, put_caller
from diwan.kernel.api.routes import Routes, Shown
from diwan.kernel.calendars import Calendar
from diwan.kernel.errors import NotFound
from diwan.kernel.policies import Actor
from diwan.kernel.reader import of_language, reading

routes = Routes("me", reads="")


class TokenMiddleware:
    """Under /api/v1/ a token in `Authorization` says who acts; a session beside it counts nothing.

    Runs after ActorMiddleware and before the post is set. A token carries no elevation.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the caller set."""
        secret = bearer(request) if is_api(request) else None
        if secret is None:
            return self.get_response(request)
        token = token_of(secret)
        user = token.user if token else None
        request.user = user or AnonymousUser()
        request.actor = actor_of_token(token) if token else Actor.anonymous()  # type: ignore[attr-defined]
        request.elevation = None  # type: ignore[attr-defined]
        put_caller(request, _caller_of(token))
        reader = of_language(get_language())
        if user is not None and user.calendar:
            reader = replace(reader, calendar=Calendar(user.calendar))
        with reading(reader):
            return self.get_response(request)


def _caller_of(token: Token | None) -> Caller:
    if token is None:
        refusal = _("The token is unknown, has run out or was revoked.")
        return Caller("", frozenset(), refusal=refusal)
    return Caller(f"token:{token.pk}", frozenset(token.scopes), token_id=token.pk)


class Me(Schema):
    """The user who calls, and what the call may."""

    id: UUID
    name: str
    language: Literal["fa", "ar", "en", ""]
    calendar: Literal["jalali", "hijri", "gregorian", ""]
    post_id: UUID | None
    elevated: bool


@routes.one("/me", Me)
def me(actor: Actor) -> Shown:
    """Who calls.

    `post_id` is the post one acts from; `GET /me/posts` lists all that are held.
    """
    user = _user_of(actor)
    return Shown(
        Me.model_validate(
            {
                "id": user.pk,
                "name": str(user),
                "language": user.language,
                "calendar": user.calendar,
                "post_id": actor.post_id,
                "elevated": actor.elevated,
            }
        )
    )


def _user_of(actor: Actor) -> User:
    if actor.user_id is None:
        raise NotFound
    return one_user(actor, actor.user_id)
