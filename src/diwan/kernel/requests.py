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
    """The network's address of who asks, without a port.

    Each proxy adds to the header whoever asked it. From the last on backwards they are believed as
    long as they are ours (``DIWAN_TRUSTED_PROXIES``): what stands before came from outside.
    """
    found = plain_address(request.META.get("REMOTE_ADDR", ""))
    said = request.headers.get("x-forwarded-for", "").split(",")
    hops = [plain_address(hop) for hop in said if hop.strip()]
    while hops and _is_ours(found):
        found = hops.pop()
    return found


def plain_address(text: str) -> str:
    """An address as it is compared: no port, no brackets, IPv4 within IPv6 as IPv4.

    >>> plain_address("203.0.113.7:50312"), plain_address("[2001:db8::7]:443")
    ('203.0.113.7', '2001:db8::7')
    >>> plain_address("::ffff:203.0.113.7")
    '203.0.113.7'
    """
    plain = text.strip()[:LONGEST_ADDRESS]
    if plain.startswith("["):
        plain = plain[1:].partition("]")[0]
    elif plain.count(":") == 1:
        plain = plain.partition(":")[0]
    try:
        known = ipaddress.ip_address(plain)
    except ValueError:
        return plain
    return str(getattr(known, "ipv4_mapped", None) or known)


def _is_ours(address: str) -> bool:
    """Whether a proxy of ours stands there; a socket of this machine has no address."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return not address
    return any(known in network for network in settings.DIWAN_TRUSTED_PROXIES)


LONGEST_ADDRESS = 100
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
