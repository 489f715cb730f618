"""Errors as `application/problem+json` (RFC 9457), in the asked language.

Every kind of problem has a lasting address, `/api/problems/<slug>`, where a page explains it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MEDIA_TYPE = "application/problem+json"
PAGES = "/api/problems/"
Sentence = str | Promise


@dataclass(frozen=True)
class Kind:
    """A kind of problem: its status, what it is called, and what to do about it."""

    slug: str
    status: int
    title: Sentence
    advice: Sentence

    @property
    def type(self) -> str:
        """Its lasting address."""
        return f"{PAGES}{self.slug}"


BAD_REQUEST = Kind(
    "bad-request",
    400,
    _("The request cannot be read"),
    _("Send JSON in UTF-8, or a form with files where files are asked for."),
)
BAD_CURSOR = Kind(
    "bad-cursor",
    400,
    _("This cursor leads nowhere"),
    _("Take the cursor from the answer before, with the same filters, or begin without one."),
)
KEY_MISSING = Kind(
    "idempotency-key-missing",
    400,
    _("The request needs an Idempotency-Key"),
    _("Send a fresh Idempotency-Key, such as a UUID, and the same one when you repeat a request."),
)
NOT_SIGNED_IN = Kind(
    "not-signed-in",
    401,
    _("Nobody has signed in"),
    _("Send “Authorization: Bearer” with a token that is in force, or sign in on the pages."),
)
FORBIDDEN = Kind(
    "forbidden",
    403,
    _("This step belongs to somebody else"),
    _("You may see the record; the step is for another post or another role."),
)
SCOPE_MISSING = Kind(
    "scope-missing",
    403,
    _("The token lacks a scope"),
    _("Make a token with the scope that the answer names; a token's scopes never grow."),
)
CSRF = Kind(
    "csrf",
    403,
    _("The request does not prove that it comes from the pages"),
    _("With a session send the header X-CSRFToken; programs use a token instead."),
)
POST_NOT_HELD = Kind(
    "post-not-held",
    403,
    _("You do not hold this post"),
    _("Name in Diwan-Post a post that you hold now; leave it out for the first of yours."),
)
NOT_FOUND = Kind(
    "not-found",
    404,
    _("There is nothing here"),
    _("The record is not there, or it is not for you; the answer is the same."),
)
METHOD = Kind(
    "method-not-allowed",
    405,
    _("This address does not take that method"),
    _("The header Allow says which methods it takes."),
)
NOT_ACCEPTABLE = Kind(
    "not-acceptable",
    406,
    _("There is no answer of the type that is asked for"),
    _("Let Accept name the type of the answer, or leave it out."),
)
CONFLICT = Kind(
    "conflict",
    409,
    _("Somebody else was quicker"),
    _("Read the record again and repeat the step if it is still right."),
)
CHANGED = Kind(
    "changed-meanwhile",
    412,
    _("The record was changed meanwhile"),
    _("See what was changed, read the record again and repeat the step if it is still right."),
)
TOO_LARGE = Kind(
    "too-large",
    413,
    _("The request is too large"),
    _("Send a smaller body; files may have 25 MB each."),
)
WRONG_TYPE = Kind(
    "unsupported-media-type",
    415,
    _("The body is of a type that is not taken here"),
    _("The reference says which types a body may have."),
)
INVALID = Kind(
    "invalid",
    422,
    _("Something in the request is not right"),
    _("Each of the errors says where, and what would be right."),
)
REFUSED = Kind(
    "refused",
    422,
    _("The step was refused"),
    _("The detail says why; nothing was stored."),
)
KEY_REUSED = Kind(
    "idempotency-key-reused",
    422,
    _("This Idempotency-Key was used for another request"),
    _("A key belongs to one request. Send a fresh one for a new request."),
)
REVISION_MISSING = Kind(
    "if-match-missing",
    428,
    _("The request does not say which revision it changes"),
    _("Read the record and send its ETag in If-Match."),
)
TOO_MANY = Kind(
    "too-many-requests",
    429,
    _("Too many requests"),
    _("Wait as long as Retry-After says."),
)
SERVER_ERROR = Kind(
    "server-error",
    500,
    _("Something went wrong on our side"),
    _("It was written down. Try again later; with the same Idempotency-Key nothing happens twice."),
)

KINDS: Mapping[str, Kind] = {
    kind.slug: kind for kind in list(globals().values()) if isinstance(kind, Kind)
}
BY_STATUS: Mapping[int, Kind] = {
    400: BAD_REQUEST,
    401: NOT_SIGNED_IN,
    403: FORBIDDEN,
    404: NOT_FOUND,
    405: METHOD,
    406: NOT_ACCEPTABLE,
    413: TOO_LARGE,
    415: WRONG_TYPE,
    429: TOO_MANY,
    500: SERVER_ERROR,
}
"""What an answer of Django itself becomes."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: where (`pointer` into the body, or a parameter) and why.

    `code` is a word for programs, where the same thing may be wrong in several ways.
    """

    detail: Sentence
    pointer: str = ""
    parameter: str = ""
    header: str = ""
    code: str = ""

    def told(self) -> dict[str, str]:
        """The fault for the answer, without what is empty."""
        found = {
            "detail": str(self.detail),
            "pointer": self.pointer,
            "parameter": self.parameter,
            "header": self.header,
            "code": self.code,
        }
        return {name: value for name, value in found.items() if value}


class Problem(Exception):
    """Raised to answer with a problem; `more` are members beside the common ones."""

    def __init__(
        self,
        kind: Kind,
        detail: Sentence = "",
        *,
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(kind.slug)
        self.kind = kind
        self.detail = detail
        self.faults = faults
        self.headers = dict(headers or {})
        self.more = dict(more or {})

    def response(self) -> HttpResponse:
        """The answer."""
        told: dict[str, Any] = {
            "type": self.kind.type,
            "title": str(self.kind.title),
            "status": self.kind.status,
            "detail": str(self.detail or self.kind.advice),
        }
        if self.faults:
            told["errors"] = [fault.told() for fault in self.faults]
        text = json.dumps(told | self.more, ensure_ascii=False)
        answer = HttpResponse(text, status=self.kind.status, content_type=MEDIA_TYPE)
        for name, value in self.headers.items():
            answer[name] = value
        answer["Cache-Control"] = "no-store"
        return answer
