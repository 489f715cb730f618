"""What the framework itself answers under /api/ becomes a problem, too."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from . import problems
from .callers import is_api
from .problems import MEDIA_TYPE, Problem

REFUSALS = 400


class ProblemsMiddleware:
    """Outermost: an error page of the framework under /api/ is answered as a problem."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and put an error into the API's own form."""
        answer = self.get_response(request)
        if not is_api(request) or answer.status_code < REFUSALS:
            return answer
        if answer.get("Content-Type", "").startswith(MEDIA_TYPE):
            return answer
        kind = problems.BY_STATUS.get(answer.status_code, problems.BAD_REQUEST)
        headers = {"Allow": answer["Allow"]} if "Allow" in answer else {}
        return Problem(kind, headers=headers).response()
