"""The kernel's errors as answers: 404 for what one may not see, 403 for what one may not do.

Around it, what is sent from a page acts once and on top of what its sender saw (`ui.sending`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import defaults

from diwan.kernel.errors import (
    Conflict,
    DiwanError,
    Forbidden,
    NoRoom,
    NotFound,
    Refused,
    Unavailable,
    no_room,
)
from diwan.ui.overtaken import story_of
from diwan.ui.pages import CONFLICT_STATUS, REFUSED_STATUS
from diwan.ui.sending import carry_out, sent_from_a_page

UNAVAILABLE_STATUS = 503
NO_ROOM_STATUS = 507


class AnswersMiddleware:
    """Turns errors that a view let through into the page that tells of them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Carry out what was sent from a page; leave every other request to Django."""
        if not sent_from_a_page(request):
            return None
        try:
            response, again = carry_out(request, lambda: view(request, *args, **kwargs))
        except DiwanError as error:
            return self.process_exception(request, error)
        if again is None or again.shown:
            return response
        # A page without a form of its own to show again: a single button.
        context = {"story": story_of(request, again), "back_url": request.path}
        return render(request, "ui/overtaken.html", context, status=CONFLICT_STATUS)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer NotFound, Forbidden, Conflict and Refused; leave everything else to Django.

        A full disk is told as one, whoever met it: system, SQLite or PostgreSQL.
        """
        if isinstance(exception, NotFound):
            return defaults.page_not_found(request, Http404())
        if isinstance(exception, Forbidden):
            return defaults.permission_denied(request, exception)
        if no_room(exception):
            exception = NoRoom()
        if isinstance(exception, Refused):
            status = _status(exception)
            context = {"sentence": exception, "may_mend": status < UNAVAILABLE_STATUS}
            return render(request, "ui/refused.html", context, status=status)
        return None


def _status(refusal: Refused) -> int:
    if isinstance(refusal, NoRoom):
        return NO_ROOM_STATUS
    if isinstance(refusal, Unavailable):
        return UNAVAILABLE_STATUS
    return CONFLICT_STATUS if isinstance(refusal, Conflict) else REFUSED_STATUS
