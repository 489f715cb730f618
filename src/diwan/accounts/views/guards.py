"""Who is let into a page before it begins."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from uuid import UUID

from allauth.account.utils import get_next_redirect_url
from allauth.decorators import rate_limit
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from diwan.accounts.models import User
from diwan.kernel.errors import NotFound
from diwan.kernel.requests import actor_of

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def elevated_only(view: View[P]) -> View[P]:
    """Let elevated administrators in, send others of them to elevate first; the rest get a 404."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if actor_of(request).elevated:
            return view(request, *args, **kwargs)
        if not user_of(request).may_elevate:
            raise NotFound
        query = urlencode({"next": request.get_full_path()})
        return HttpResponseRedirect(f"{reverse('accounts:elevate')}?{query}")

    return cast("View[P]", guarded)


def limited(action: str) -> Callable[[View[P]], View[P]]:
    """Let so many POSTs through as allauth's limit of `action` says; 429 beyond."""
    return cast("Callable[[View[P]], View[P]]", rate_limit(action=action))


def user_of(request: HttpRequest) -> User:
    """The signed-in user. Raises NotFound where nobody is."""
    if not isinstance(request.user, User):
        raise NotFound
    return request.user


def own_id(request: HttpRequest) -> UUID:
    """The signed-in user's identifier. Raises NotFound where nobody is."""
    return user_of(request).pk


def next_or(request: HttpRequest, url: str) -> str:
    """Where the parameter `next` leads if that is one of our own addresses, else `url`."""
    return cast("str | None", get_next_redirect_url(request)) or url
