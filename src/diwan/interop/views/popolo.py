"""Popolo 1.0: units, posts, people, memberships, votes as one document, as the reader sees them."""

from __future__ import annotations

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from diwan.interop.queries.popolo import popolo as document
from diwan.kernel.requests import actor_of


@require_safe
def popolo(request: HttpRequest) -> StreamingHttpResponse:
    """The document. Without signing in it holds what is open to all."""
    pieces = document(actor_of(request), get_language() or "en")
    answer = StreamingHttpResponse(pieces, content_type="application/json; charset=utf-8")
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cache-Control"] = "private, no-cache"
    answer["Content-Disposition"] = 'inline; filename="popolo.json"'
    return answer
