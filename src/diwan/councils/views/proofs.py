"""Proof files, given to whoever may read them."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from diwan.councils.queries.duties import proof_file
from diwan.kernel.errors import NotFound
from diwan.kernel.files import blob_path
from diwan.kernel.requests import actor_of

# What a browser shows by itself without running anything; the rest is saved.
SHOWN = ("application/pdf", "image/png", "image/jpeg", "image/webp")


@require_safe
def proof(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """A proof file.

    Opened from an action's page by the secretary or the owner, who asks: does it show what was
    resolved? Next: back to the action, to close or return it. Whoever may not read it gets a 404.
    """
    stored = proof_file(actor_of(request), pk)
    if stored.blob is None:
        raise NotFound
    try:
        content = blob_path(stored.sha256).open("rb")
    except FileNotFoundError as error:
        raise NotFound from error
    media_type = stored.blob.media_type
    charset = "; charset=utf-8" if media_type.startswith("text/") else ""
    answer = FileResponse(
        content,
        as_attachment=media_type not in SHOWN,
        filename=stored.name,
        content_type=media_type + charset,
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
