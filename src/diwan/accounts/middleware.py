"""Who acts and who reads, for each request."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language

from diwan.accounts.constants import ELEVATION_SESSION_KEY
from diwan.accounts.models import Elevation, User
from diwan.accounts.queries import running_elevation
from diwan.kernel.calendars import Calendar
from diwan.kernel.policies import Actor
from diwan.kernel.reader import Reader, of_language, reading
from diwan.kernel.remembering import remembering

READING = ("GET", "HEAD")


class ActorMiddleware:
    """Set ``request.actor`` from user and elevation, and the reader from language and calendar.

    A request that only reads keeps what it read until it is answered (`kernel.remembering`).
    The language is the page's own (LocaleMiddleware), the calendar the user's choice. The post
    one acts from is set after this, by the directory.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request with its actor and reader set."""
        user = request.user if isinstance(request.user, User) else None
        elevation = elevation_of(request, user)
        # Every view reads it by kernel.requests.actor_of, which knows its type.
        request.actor = actor_of_user(user, elevation)  # type: ignore[attr-defined]
        request.elevation = elevation  # type: ignore[attr-defined]
        memory = remembering() if request.method in READING else nullcontext()
        with reading(reader_of_user(user)), memory:
            return self.get_response(request)


def actor_of_user(user: User | None, elevation: Elevation | None) -> Actor:
    """The actor of a signed-in user, or of somebody who has not signed in."""
    if user is None:
        return Actor.anonymous()
    return Actor.user(user.pk, str(user), elevation_id=elevation.pk if elevation else None)


def elevation_of(request: HttpRequest, user: User | None) -> Elevation | None:
    """The elevation that runs in this session: one begun elsewhere gives no rights here."""
    known = request.session.get(ELEVATION_SESSION_KEY)
    if user is None or known is None:
        return None
    return running_elevation(user.pk, known, timezone.now())


def reader_of_user(user: User | None) -> Reader:
    """The reader of the active language, with the calendar the user chose."""
    reader = of_language(get_language())
    if user is None or not user.calendar:
        return reader
    return replace(reader, calendar=Calendar(user.calendar))
