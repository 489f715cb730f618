"""From what was raised to the problem that is answered."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from django.core.exceptions import RequestDataTooBig
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError
from pydantic import ValidationError as PydanticError

from diwan.kernel import revisions
from diwan.kernel.calendars import ImpossibleDate
from diwan.kernel.errors import Conflict, Forbidden, NotFound, Refused, Sentence
from diwan.kernel.exchange import Ref
from diwan.kernel.models import AuditEntry
from diwan.kernel.policies import Actor
from diwan.kernel.requests import actor_of
from diwan.kernel.revisions import Overtaken
from diwan.kernel.text import isolate

from . import problems
from .asking import etag_of
from .problems import Fault, Problem
from .shapes import date_sentence

logger = logging.getLogger(__name__)

Teller = Callable[[Ref, Sequence[AuditEntry], Actor], list[str]]
TOLD = 20


def install(api: NinjaAPI, tell: Teller) -> None:
    """Let `api` answer with problems; `tell` puts entries of the audit into sentences."""
    answers: Mapping[type[Exception], Callable[[Any], Problem]] = {
        Problem: lambda error: error,
        ValidationError: lambda error: Problem(problems.INVALID, faults=_faults(error.errors)),
        HttpError: _of_status,
        NotFound: lambda _error: Problem(problems.NOT_FOUND),
        Http404: lambda _error: Problem(problems.NOT_FOUND),
        Forbidden: lambda error: Problem(problems.FORBIDDEN, error.sentence),
        Conflict: lambda error: Problem(problems.CONFLICT, error.sentence),
        Refused: _refused,
        ImpossibleDate: _impossible,
        RequestDataTooBig: lambda _error: Problem(problems.TOO_LARGE),
        DataError: _beyond,
        OverflowError: _beyond,
    }
    for raised, make in answers.items():
        api.add_exception_handler(raised, _handler(make))
    api.add_exception_handler(Exception, _unforeseen)

    def overtaken(request: HttpRequest, error: Any) -> HttpResponse:
        return _overtaken(request, error, tell).response()

    api.add_exception_handler(Overtaken, overtaken)


def _handler(make: Callable[[Any], Problem]) -> Callable[[HttpRequest, Any], HttpResponse]:
    def handle(request: HttpRequest, error: Any) -> HttpResponse:  # noqa: ARG001 - ninja's shape
        return make(error).response()

    return handle


def _unforeseen(request: HttpRequest, error: Any) -> HttpResponse:
    logger.error("%s %s failed", request.method, request.path, exc_info=error)
    return Problem(problems.SERVER_ERROR).response()


def _of_status(error: HttpError) -> Problem:
    return Problem(problems.BY_STATUS.get(error.status_code, problems.BAD_REQUEST))


def _refused(error: Refused) -> Problem:
    faults = [Fault(error.sentence, pointer=f"/{error.field}")] if error.field else []
    return Problem(problems.REFUSED, error.sentence, faults=faults)


def _impossible(error: ImpossibleDate) -> Problem:
    return Problem(problems.INVALID, faults=[Fault(date_sentence(error))])


def _beyond(_error: Exception) -> Problem:
    return Problem(problems.INVALID, _("A number or a text goes beyond what can be stored."))


def _overtaken(request: HttpRequest, error: Overtaken, tell: Teller) -> Problem:
    entries = list(revisions.since(error.ref, error.expected)[:TOLD])
    sentences = tell(error.ref, entries, actor_of(request))
    changes = [
        {"at": entry.at.isoformat(), "sentence": sentence}
        for entry, sentence in zip(entries, sentences, strict=True)
    ]
    return Problem(
        problems.CHANGED,
        headers={"ETag": etag_of(revisions.revision_of(error.ref))},
        more={"changes": changes},
    )


S = TypeVar("S", bound=Schema)


def read_part(shape: type[S], text: str, name: str) -> S:
    """The JSON in the field `name` of a form. Raises Problem as for a body."""
    try:
        return shape.model_validate(json.loads(text))
    except PydanticError as error:
        raise Problem(problems.INVALID, faults=_faults(_within(name, error))) from error
    except (ValueError, RecursionError) as error:
        fault = Fault(_("This should be JSON."), pointer=f"/{name}")
        raise Problem(problems.INVALID, faults=[fault]) from error


def _within(name: str, error: PydanticError) -> list[dict[str, Any]]:
    return [{**each, "loc": (name, *each["loc"])} for each in error.errors()]


def _faults(errors: Sequence[Mapping[str, Any]]) -> list[Fault]:
    return [_fault(error) for error in errors]


def _fault(error: Mapping[str, Any]) -> Fault:
    source, *where = [str(part) for part in error.get("loc", ("body",))]
    where = [part for part in where if part not in ("asked", "body", "form", "files")]
    detail = sentence_of(str(error.get("type", "")), error.get("ctx") or {})
    if source in ("query", "path", "header"):
        return Fault(detail, parameter=".".join(where))
    pointer = "/" + "/".join(part.replace("~", "~0").replace("/", "~1") for part in where)
    return Fault(detail, pointer=pointer if where else "")


SENTENCES: Mapping[str, Sentence] = {
    "missing": gettext_lazy("This is missing."),
    "extra_forbidden": gettext_lazy("There is no such field here."),
    "string_type": gettext_lazy("This should be text."),
    "int_type": gettext_lazy("This should be a whole number."),
    "int_parsing": gettext_lazy("This should be a whole number."),
    "int_from_float": gettext_lazy("This should be a whole number."),
    "bool_type": gettext_lazy("This should be true or false."),
    "bool_parsing": gettext_lazy("This should be true or false."),
    "uuid_parsing": gettext_lazy("This is no identifier; identifiers look like %(example)s."),
    "day": gettext_lazy("This is no day; write it like %(example)s."),
    "instant": gettext_lazy("This is no instant; write it like %(example)s."),
    "string_pattern_mismatch": gettext_lazy("This is not written as it should be."),
    "nul": gettext_lazy("A text cannot hold the character NUL or half a letter."),
    "list_type": gettext_lazy("This should be a list."),
    "model_attributes_type": gettext_lazy("This should be an object with fields."),
    "model_type": gettext_lazy("This should be an object with fields."),
    "dict_type": gettext_lazy("This should be an object with fields."),
    "literal_error": gettext_lazy("Choose one of: %(choices)s."),
    "enum": gettext_lazy("Choose one of: %(choices)s."),
    "greater_than_equal": gettext_lazy("This should be at least %(n)s."),
    "less_than_equal": gettext_lazy("This should be at most %(n)s."),
    "string_too_long": gettext_lazy("This is too long."),
    "too_long": gettext_lazy("This is too long."),
    "string_too_short": gettext_lazy("This is too short."),
    "too_short": gettext_lazy("This is too short."),
}
"""What is wrong with a value, by pydantic's kind of error."""
EXAMPLES: Mapping[str, str] = {
    "uuid_parsing": "01890a5d-ac96-774b-bcce-b302099a8057",
    "day": "2026-03-21",
    "instant": "2026-03-21T08:00:00+03:30",
}


def sentence_of(kind: str, context: Mapping[str, Any]) -> str:
    """What is wrong with a value, from pydantic's kind of error."""
    text = SENTENCES.get(kind)
    if text is None:
        return _("This value is not understood.")
    parts = {
        "example": isolate(EXAMPLES.get(kind, "")),
        "choices": context.get("expected", ""),
        "n": context.get("ge", context.get("le", "")),
    }
    return str(text) % parts
