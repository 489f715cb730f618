"""What the framework itself answers under /api/ becomes a problem, too."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from . import problems
from .callers import is_api
from .problems import MEDIA_TYPE, Problem

REFUSALS = 400


class ProblemsMiddleware:
    """Outermost: under /api/ an error page of the framework becomes a problem; HEAD has no body."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer; put an error into the API's own form, and leave the body out for HEAD."""
        answer = self.get_response(request)
        if not is_api(request):
            return answer
        answer = _as_problem(answer)
        if request.method == "HEAD":
            _drop_body(answer)
        return answer


def _as_problem(answer: HttpResponseBase) -> HttpResponseBase:
    if answer.status_code < REFUSALS or answer.get("Content-Type", "").startswith(MEDIA_TYPE):
        return answer
    kind = problems.BY_STATUS.get(answer.status_code, problems.BAD_REQUEST)
    headers = {"Allow": answer["Allow"]} if "Allow" in answer else {}
    return Problem(kind, headers=headers).response()


def _drop_body(answer: HttpResponseBase) -> None:
    """Only the headers are sent; Content-Length stays that of the whole answer."""
    if isinstance(answer, StreamingHttpResponse):
        answer.streaming_content = iter(())
    elif isinstance(answer, HttpResponse):
        answer.setdefault("Content-Length", str(len(answer.content)))
        answer.content = b""
