"""Pages for administrators during an elevation."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache

from diwan.kernel.errors import NotFound
from diwan.kernel.requests import actor_of

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def elevated_only(view: View[P]) -> View[P]:
    """Let elevated administrators in, send others of them to elevate first; the rest get a 404."""

    @never_cache
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if actor_of(request).elevated:
            return view(request, *args, **kwargs)
        if not getattr(request.user, "may_elevate", False):
            raise NotFound
        query = urlencode({"next": request.get_full_path()})
        return HttpResponseRedirect(f"{reverse('accounts:elevate')}?{query}")

    return cast("View[P]", guarded)
