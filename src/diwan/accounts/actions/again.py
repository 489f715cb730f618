"""Signing in again: who signs a sheet or minutes proves once more who they are.

A session may have stood open for weeks, on a screen that others reach. What is signed asks for the
password again, and counts as proved for a few minutes in this session alone. The proof is kept as
allauth keeps it, so that a passkey or a code counts as well where a server offers them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from diwan.accounts.models import User

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

OPENS_SECONDS = 5 * 60  # so long after it a page that asks for it may be opened
SENDS_SECONDS = 15 * 60  # and so long what was filled in on it may be sent
TYPED_SESSION_KEY = "accounts.typed"
MOST_TYPED = 8_000  # characters that are kept over signing in again
SECRET = ("password", "csrfmiddlewaretoken")


def recently_signed_in(request: HttpRequest, *, within: int = OPENS_SECONDS) -> bool:
    """True if the user proved once more who they are, in this session, in so many seconds.

    The sign-in that began the session does not count: who leaves the screen has not signed.
    """
    if not isinstance(request.user, User):
        return False
    proofs = get_authentication_records(request, request.user)
    last = max((one["at"] for one in proofs if one.get("reauthenticated")), default=0.0)
    return bool(0 <= time.time() - last < within)


def signed_in_again(view: View[P]) -> View[P]:
    """Open a page only after signing in again; on the way there one comes back to it.

    A form sent too late is kept over it: `typed_before` gives it back to the page.
    """

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        sends = request.method == "POST"
        if recently_signed_in(request, within=SENDS_SECONDS if sends else OPENS_SECONDS):
            return view(request, *args, **kwargs)
        if sends:
            _keep_typed(request)
        query = urlencode({"next": request.get_full_path()})
        return HttpResponseRedirect(f"{reverse('accounts:sign_in_again')}?{query}")

    return cast("View[P]", guarded)


def note_signed_in_again(request: HttpRequest) -> None:
    """Keep in the session that the password was right just now."""
    reauthenticate_by_password(request)
    request.session.cycle_key()


def _keep_typed(request: HttpRequest) -> None:
    typed = {name: value for name, value in request.POST.items() if name not in SECRET}
    if sum(len(value) for value in typed.values()) <= MOST_TYPED:
        request.session[TYPED_SESSION_KEY] = {"path": request.path, "typed": typed}


def typed_before(request: HttpRequest) -> dict[str, Any]:
    """What was typed on this page before one had to sign in again, once; else nothing.

    Give it to the form as `initial`.
    """
    kept = request.session.get(TYPED_SESSION_KEY)
    if request.method == "POST" or not kept or kept["path"] != request.path:
        return {}
    del request.session[TYPED_SESSION_KEY]
    return dict(kept["typed"])
