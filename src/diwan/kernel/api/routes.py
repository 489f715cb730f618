"""Declaring a room's operations: what they read and write, under which scope, and how they answer.

An operation is a plain function: `actor` first, then by name what it takes: identifiers and words
of the address, `asked` (a Schema of query parameters), `body` (JSON), `form` and `files`. It
returns a `Page`, a `Shown` record, or a `Raw` answer; everything else about HTTP is done here, the
same for every room.
"""

from __future__ import annotations

import inspect
import json
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import Body, File, Form, Query, Router, Schema

from diwan.kernel import once
from diwan.kernel.exchange import Ref
from diwan.kernel.requests import actor_of
from diwan.kernel.revisions import revision_of

from . import asking, described, problems
from .callers import PREFIX, SAFE, Caller, let_anybody_in, require_caller
from .paging import Page
from .problems import Fault, Problem

JSON = "application/json"
FORM = "multipart/form-data"
Operation = Callable[..., Any]


@dataclass(frozen=True)
class Shown:
    """One record as it is answered: `ref` has a revision, `at` is the address of a new one."""

    body: Schema
    ref: Ref | None = None
    at: str = ""


@dataclass(frozen=True)
class Raw:
    """An answer that is no JSON (a file)."""

    response: HttpResponseBase


@dataclass(frozen=True)
class _Plan:
    """How one operation is carried out."""

    function: Operation
    scope: str
    status: int = 200
    answers: str = JSON  # the type of the answer; "" where only the answer itself tells (a file)
    parameters: frozenset[str] = frozenset()
    sends: str = ""  # the type of the body
    once: bool = False  # takes an Idempotency-Key
    key_required: bool = False
    wants_request: bool = False
    record: Callable[..., Ref] | None = None  # demands If-Match of this record
    anybody: bool = False  # asks for no caller


class Routes:
    """The operations of one room, mounted by `diwan.config.api`."""

    def __init__(self, tag: str, *, reads: str, writes: str = "") -> None:
        self.router = Router(tags=[tag])
        self.reads = reads
        self.writes = writes

    def many(
        self, path: str, answer: type[Schema], *, scope: str | None = None, anybody: bool = False
    ) -> Callable[[Operation], Operation]:
        """A list: the function returns a Page of `answer`; `anybody`: it asks for no token."""

        def declare(function: Operation) -> Operation:
            scoped = "" if anybody else self._scope(scope, self.reads)
            plan = _Plan(function, scoped, anybody=anybody)
            self._add("GET", path, plan, described.page(answer))
            return function

        return declare

    def one(
        self,
        path: str,
        answer: type[Schema] | None,
        *,
        scope: str | None = None,
        anybody: bool = False,
    ) -> Callable[[Operation], Operation]:
        """One record: the function returns Shown, or Raw where `answer` is None."""

        def declare(function: Operation) -> Operation:
            answers = "" if answer is None else JSON
            scoped = "" if anybody else self._scope(scope, self.reads)
            plan = _Plan(function, scoped, answers=answers, anybody=anybody)
            self._add("GET", path, plan, answer)
            return function

        return declare

    def make(
        self, path: str, answer: type[Schema], *, scope: str | None = None
    ) -> Callable[[Operation], Operation]:
        """Something new: demands an Idempotency-Key, answers 201."""

        def declare(function: Operation) -> Operation:
            plan = _Plan(
                function, self._scope(scope, self.writes), status=201, once=True, key_required=True
            )
            self._add("POST", path, plan, answer)
            return function

        return declare

    def say(self, path: str, answer: type[Schema]) -> Callable[[Operation], Operation]:
        """What anybody may write who holds a secret that can be used once; answers 201."""

        def declare(function: Operation) -> Operation:
            self._add("POST", path, _Plan(function, "", status=201, anybody=True), answer)
            return function

        return declare

    def step(
        self,
        path: str,
        answer: type[Schema],
        kind: str,
        *,
        method: str = "POST",
        scope: str | None = None,
    ) -> Callable[[Operation], Operation]:
        """A write on the record `id` of `kind`: demands If-Match.

        The function gets `actor` and a `Guard`; it finds the record (so that what may not be seen
        is a 404), then writes within `with guard:`.
        """

        def declare(function: Operation) -> Operation:
            plan = _Plan(
                function,
                self._scope(scope, self.writes),
                once=method == "POST",
                record=lambda id, **_rest: Ref(kind, id),  # noqa: A006 - the address's own word
            )
            self._add(method, path, plan, answer)
            return function

        return declare

    def _scope(self, given: str | None, usual: str) -> str:
        return usual if given is None else given

    def _add(self, method: str, path: str, plan: _Plan, answer: type[Schema] | None) -> None:
        hints = typing.get_type_hints(plan.function, include_extras=True)
        signature, parameters, sends = _signature(plan.function, hints)
        wants_request = "request" in hints
        plan = replace(plan, parameters=parameters, sends=sends, wants_request=wants_request)

        def view(request: HttpRequest, **values: Any) -> HttpResponseBase:
            return _carry_out(request, plan, values)

        view.__name__ = plan.function.__name__
        view.__doc__ = plan.function.__doc__
        view.__signature__ = signature  # type: ignore[attr-defined] # what ninja reads
        # What can be read can be asked for its headers alone; the document leaves that unsaid.
        for each in ("GET", "HEAD") if method == "GET" else (method,):
            self.router.add_api_operation(
                path,
                [each],
                view,
                auth=[Token(plan)],
                response=described.responses(plan.status, answer, writes=method != "GET"),
                operation_id=plan.function.__name__,
                url_name=plan.function.__name__,
                summary=(plan.function.__doc__ or "").split("\n")[0],
                description=described.description(plan.function, plan.scope),
                openapi_extra=described.extra(
                    writes=method != "GET",
                    once=plan.once,
                    key_required=plan.key_required,
                    guarded=plan.record is not None,
                    scope=plan.scope,
                    anybody=plan.anybody,
                ),
                include_in_schema=each != "HEAD",
            )


def _signature(
    function: Operation, hints: Mapping[str, Any]
) -> tuple[inspect.Signature, frozenset[str], str]:
    """What ninja is to read of the request, the query's names, and the body's type."""
    kind = inspect.Parameter.KEYWORD_ONLY
    first = inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    parameters = [first]
    known: frozenset[str] = frozenset()
    sends = ""
    sources: dict[str, Any] = {"asked": Query, "body": Body, "form": Form, "files": File}
    for name in list(inspect.signature(function).parameters):
        if name in ("actor", "guard", "request"):
            continue
        default = inspect.Parameter.empty
        if name in sources:
            default = sources[name](...)
        if name == "asked":
            known = frozenset(cast("type[Schema]", hints[name]).model_fields)
        if name in ("body", "form", "files"):
            sends = JSON if name == "body" else FORM
        parameters.append(inspect.Parameter(name, kind, default=default, annotation=hints[name]))
    return inspect.Signature(parameters), known, sends


def _carry_out(request: HttpRequest, plan: _Plan, values: Mapping[str, Any]) -> HttpResponseBase:
    """Answer one request that `Token` let in."""
    key = asking.key_of(request, required=plan.key_required) if plan.once else ""
    if not key:
        return _answer(request, plan, values)
    actor = actor_of(request)
    try:
        with once.claim(actor, key, asking.fingerprint(request)) as claimed:
            if claimed.repeated:
                return _again(claimed.answer)
            answer = _answer(request, plan, values)
            claimed.keep(_kept(answer))
            return answer
    except once.AnotherRequest as error:
        fault = Fault(problems.KEY_REUSED.advice, header="Idempotency-Key")
        raise Problem(problems.KEY_REUSED, faults=[fault]) from error


def _answer(request: HttpRequest, plan: _Plan, values: Mapping[str, Any]) -> HttpResponseBase:
    given = dict(values) | ({"request": request} if plan.wants_request else {})
    if plan.record is None:
        result = plan.function(actor_of(request), **given)
    else:
        guard = asking.Guard(request, plan.record(**values))
        with transaction.atomic():
            result = plan.function(actor_of(request), guard, **given)
    if isinstance(result, Raw):
        asking.require_accepted(request, result.response["Content-Type"])
        return result.response
    if isinstance(result, Page):
        return _page(request, result)
    return _shown(request, plan, cast("Shown", result))


def _page(request: HttpRequest, page: Page[Any]) -> HttpResponse:
    items = [item.model_dump(mode="json") for item in page.items]
    answer = _json(json.dumps({"items": items, "next": page.next}, ensure_ascii=False).encode())
    if page.next:
        asked = request.GET.copy()
        asked["cursor"] = page.next
        address = request.build_absolute_uri(f"{request.path}?{asked.urlencode()}")
        answer["Link"] = f'<{address}>; rel="next"'
    return answer


def _shown(request: HttpRequest, plan: _Plan, shown: Shown) -> HttpResponse:
    body = shown.body.model_dump_json().encode()
    etag = asking.etag_of(revision_of(shown.ref), body) if shown.ref else ""
    if etag and request.method in SAFE and asking.not_modified(request, etag):
        answer = HttpResponse(status=304)
    else:
        answer = _json(body, plan.status)
    if etag:
        answer["ETag"] = etag
    if shown.at:
        answer["Location"] = request.build_absolute_uri(f"{PREFIX}{shown.at}")
    return answer


def _json(body: bytes, status: int = 200) -> HttpResponse:
    answer = HttpResponse(body, status=status, content_type=JSON)
    answer["Cache-Control"] = "private, no-cache"
    return answer


KEPT_HEADERS = ("ETag", "Location")


def _kept(answer: HttpResponseBase) -> dict[str, Any]:
    """An answer as it is kept for repeats."""
    body = cast("HttpResponse", answer).content.decode()
    headers = {name: answer[name] for name in KEPT_HEADERS if name in answer}
    return {"status": answer.status_code, "body": body, "headers": headers}


def _again(kept: Mapping[str, Any]) -> HttpResponse:
    """The answer of the first time, marked as such."""
    answer = _json(kept["body"].encode(), kept["status"])
    for name, value in kept["headers"].items():
        answer[name] = value
    answer["Idempotent-Replayed"] = "true"
    return answer


class Token:
    """Lets a request in before anything of it is read: caller, scope, parameters, type, headers.

    Its name is the security scheme's in the OpenAPI document.
    """

    openapi_security_schema: ClassVar[dict[str, str]] = {"type": "http", "scheme": "bearer"}

    def __init__(self, plan: _Plan) -> None:
        self.plan = plan

    def __call__(self, request: HttpRequest) -> Caller:
        """The caller. Raises Problem."""
        if self.plan.anybody:
            caller = let_anybody_in(request)
        else:
            caller = require_caller(request, self.plan.scope)
        asking.refuse_unknown_parameters(request, self.plan.parameters)
        if self.plan.answers:
            asking.require_accepted(request, self.plan.answers)
        if self.plan.sends:
            asking.require_type(request, self.plan.sends)
        if self.plan.once:
            asking.key_of(request, required=self.plan.key_required)
        if self.plan.record is not None:
            asking.expected_revisions(request)
        return caller
