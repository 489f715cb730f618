"""Who calls the API: with a token and its scopes, or with a session of the pages.

The middleware of `accounts` finds the caller and puts it on the request; nothing here knows how a
token is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja.utils import check_csrf

from diwan.kernel.errors import Sentence
from diwan.kernel.policies import ActorKind
from diwan.kernel.requests import actor_of
from diwan.kernel.text import isolate

from . import problems
from .problems import Problem

PREFIX = "/api/v1/"
WINDOW = 60
SAFE = ("GET", "HEAD", "OPTIONS")

SCOPES: Mapping[str, Sentence] = {
    "directory:read": gettext_lazy("read units, posts, people and who holds what"),
    "councils:read": gettext_lazy("read bodies, meetings, resolutions and actions"),
    "councils:write": gettext_lazy("write meetings, resolutions and actions"),
    "services:read": gettext_lazy("read services and the cases on the own desks"),
    "services:write": gettext_lazy("file cases and work on them"),
    "library:read": gettext_lazy("read documents"),
    "library:write": gettext_lazy("add and correct documents"),
    "files:read": gettext_lazy("read files"),
    "files:write": gettext_lazy("attach files"),
    "desk:read": gettext_lazy("read the desk and search"),
    "audit:read": gettext_lazy("read what was done with a record"),
    "webhooks:write": gettext_lazy("read and write webhooks, which tell what you may see"),
}
"""Every scope and what it allows; never more than its user may."""


@dataclass(frozen=True)
class Caller:
    """Who calls. `scopes` None: a session, which may all that its user may.

    `key` counts requests; `refusal` is why a token that was sent gives nothing.
    """

    key: str
    scopes: frozenset[str] | None = None
    token_id: UUID | None = None
    refusal: Sentence = ""


def is_api(request: HttpRequest) -> bool:
    """True for addresses of the API."""
    return request.path.startswith(PREFIX)


def bearer(request: HttpRequest) -> str | None:
    """The token that was sent, None where none was; empty where it is no bearer's."""
    sent = request.headers.get("Authorization")
    if sent is None:
        return None
    word, _space, token = sent.partition(" ")
    return token.strip() if word.lower() == "bearer" else ""


def refuse_post(request: HttpRequest) -> None:
    """Say that the header Diwan-Post names a post that is not held; the middleware's."""
    request.api_post_refused = True  # type: ignore[attr-defined] # read by require_caller alone


def put_caller(request: HttpRequest, caller: Caller) -> None:
    """Say who calls; the middleware's."""
    request.api_caller = caller  # type: ignore[attr-defined] # read by caller_of alone


def caller_of(request: HttpRequest) -> Caller | None:
    """Who calls by token, None for everybody else."""
    found = getattr(request, "api_caller", None)
    return found if isinstance(found, Caller) else None


def let_anybody_in(request: HttpRequest) -> Caller:
    """The caller of what is open: nobody in particular, unless a token or a session is shown.

    Raises Problem for a token that gives nothing.
    """
    nobody = caller_of(request) is None and actor_of(request).kind is not ActorKind.USER
    return Caller("") if nobody else require_caller(request, "")


def require_caller(request: HttpRequest, scope: str) -> Caller:
    """The caller, let in: signed in, proven, in time, holding the post, with `scope` ("" for none).

    Raises Problem.
    """
    caller = caller_of(request) or _of_session(request)
    _count(caller)
    if getattr(request, "api_post_refused", False):
        raise Problem(problems.POST_NOT_HELD, faults=_post_fault())
    if scope and caller.scopes is not None and scope not in caller.scopes:
        raise Problem(
            problems.SCOPE_MISSING,
            _("This needs the scope %(scope)s.") % {"scope": isolate(scope)},
            headers={
                "WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"',
            },
            more={"scope": scope},
        )
    return caller


def _of_session(request: HttpRequest) -> Caller:
    actor = actor_of(request)
    if actor.kind is not ActorKind.USER:
        raise Problem(problems.NOT_SIGNED_IN, headers={"WWW-Authenticate": "Bearer"})
    if request.method not in SAFE and check_csrf(request) is not None:
        raise Problem(problems.CSRF)
    return Caller(f"session:{actor.user_id}")


def _post_fault() -> list[problems.Fault]:
    return [problems.Fault(problems.POST_NOT_HELD.advice, header="Diwan-Post")]


def _count(caller: Caller) -> None:
    """Count a request. Raises Problem for a token that gives nothing, and beyond the limit."""
    if caller.refusal:
        raise Problem(
            problems.NOT_SIGNED_IN,
            caller.refusal,
            headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
        )
    now = int(timezone.now().timestamp())
    name = f"api:{caller.key}:{now // WINDOW}"
    cache.add(name, 0, WINDOW * 2)
    if cache.incr(name) > settings.DIWAN_API_RATE:
        raise Problem(problems.TOO_MANY, headers={"Retry-After": str(WINDOW - now % WINDOW)})
