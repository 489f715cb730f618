"""What a request carries for every view: who acts."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest

from .policies import Actor


def actor_of(request: HttpRequest) -> Actor:
    """The actor that the middleware put on the request."""
    return cast("Actor", request.actor)  # type: ignore[attr-defined]
