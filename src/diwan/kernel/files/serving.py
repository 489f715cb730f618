"""Evidence as an answer. Whether the reader may have it is the caller's policy, asked before."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

from diwan.kernel.errors import NotFound
from diwan.kernel.models import StoredFile

from .content import opened

SHOWN = frozenset({"application/pdf", "image/png", "image/jpeg", "image/webp"})
"""What a browser shows by itself without running anything of ours; the rest is saved."""


def answer_with(request: HttpRequest, stored: StoredFile) -> HttpResponseBase:
    """Give a file: streamed, under its own name (RFC 6266), with its checksum as the ETag.

    A browser keeps it only if it asks again each time, so that the policy is asked each time.
    Raises NotFound where only name and checksum are known, Unavailable where the content is
    missing, damaged or its store is away.
    """
    if stored.blob is None:
        raise NotFound
    etag = f'"{stored.sha256}"'
    known = get_conditional_response(request, etag=etag, response=_plain())
    if known is not None and known.status_code == 304:
        return _guarded(known, etag)
    media_type = stored.blob.media_type
    charset = "; charset=utf-8" if media_type.startswith("text/") else ""
    answer = FileResponse(
        opened(stored.sha256),
        as_attachment=media_type not in SHOWN,
        filename=stored.name,
        content_type=media_type + charset,
    )
    answer["Content-Length"] = str(stored.blob.size)
    return _guarded(answer, etag)


def _plain() -> HttpResponse:
    return HttpResponse()


def _guarded(answer: Any, etag: str) -> HttpResponseBase:
    answer["ETag"] = etag
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-cache"
    guarded: HttpResponseBase = answer
    return guarded
