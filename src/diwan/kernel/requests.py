"""What a request carries for every view: who acts, and whether its device is the house's."""

from __future__ import annotations

import ipaddress
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from .policies import Actor


def actor_of(request: HttpRequest) -> Actor:
    """The actor that the middleware put on the request."""
    return cast("Actor", request.actor)  # type: ignore[attr-defined]


def address_of(request: HttpRequest) -> str:
    """The network's address of who asks; behind a proxy on this machine what that says last."""
    peer = request.META.get("REMOTE_ADDR", "")
    passed_on = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    try:
        local = ipaddress.ip_address(peer).is_loopback
    except ValueError:
        local = True  # a socket of this machine
    return passed_on if local and passed_on else peer


HOUSE_COOKIE = "diwan_house"
HOUSE_SECONDS = 365 * 24 * 3600


def mark_device(request: HttpRequest, response: HttpResponse) -> None:
    """Remember on a device that somebody of the house acted from it, for a year.

    What only people outside may do (judging a service) is refused there. It is no secret and gives
    no right, so nobody gains by forging it; who deletes it could as well take another device.
    """
    if HOUSE_COOKIE not in request.COOKIES:
        response.set_cookie(
            HOUSE_COOKIE,
            "1",
            max_age=HOUSE_SECONDS,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


def marked_device(request: HttpRequest) -> bool:
    """True where somebody of the house acts, or acted from this device within a year."""
    actor = actor_of(request)
    acts = actor.post_id is not None or actor.elevated
    return acts or HOUSE_COOKIE in request.COOKIES
