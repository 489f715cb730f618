"""The post one acts from is set at every request, and the clock is read as its country does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.http import HttpRequest, HttpResponse

from diwan.kernel.countries import country
from diwan.kernel.policies import Actor, ActorKind
from diwan.kernel.reader import current, reading
from diwan.kernel.requests import actor_of, mark_device

from .actions.choosing import SESSION_KEY, with_post
from .policies import authority_of


class PostMiddleware:
    """Set the actor's post and the reader's time zone; runs after ActorMiddleware.

    The chosen post counts only while it is held; else the first of those held is taken.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the post set."""
        actor = actor_of(request)
        if actor.kind is not ActorKind.USER:
            return self.get_response(request)
        actor = with_post(actor, request.session.get(SESSION_KEY))
        request.actor = actor  # type: ignore[attr-defined] # read by kernel.requests.actor_of
        with reading(replace(current(), timezone=_timezone(actor))):
            response = self.get_response(request)
        if actor.post_id is not None:
            mark_device(request, response)
        return response


def _timezone(actor: Actor) -> str:
    """The time zone of the post's country; without a post that of the page's language."""
    held = next((post for post in authority_of(actor).held if post.post_id == actor.post_id), None)
    return country(held.country).timezone if held else current().timezone
