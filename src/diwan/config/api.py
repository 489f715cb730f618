"""The API: every room's operations under /api/v1/, its document and its reference."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI

from diwan.accounts.api import routes as accounts
from diwan.councils.api import files_routes as files
from diwan.councils.api import routes as councils
from diwan.desk.api import routes as desk
from diwan.directory.api import routes as directory
from diwan.interop.api import routes as webhooks
from diwan.kernel.api import described, handlers, problems
from diwan.kernel.api.problems import Problem
from diwan.kernel.exchange import Ref, subject_of
from diwan.kernel.models import AuditEntry
from diwan.kernel.policies import Actor
from diwan.library.api import routes as library
from diwan.services.api import routes as services
from diwan.ui.trails import lines_of

ROOMS = (accounts, directory, councils, files, services, library, desk, webhooks)

api = NinjaAPI(
    title="Diwan",
    version="1",
    urls_namespace="api",
    docs_url=None,
    openapi_url=None,
)


def _tell(ref: Ref, entries: Sequence[AuditEntry], actor: Actor) -> list[str]:
    """What the audit says was done, as sentences of the reader's language."""
    subject = subject_of(ref.kind)
    if subject is None:
        return [entry.verb for entry in entries]
    return [line.sentence for line in lines_of(entries, subject, actor)]


handlers.install(api, _tell)
for room in ROOMS:
    api.add_router("", room.router)


def document() -> dict[str, Any]:
    """The OpenAPI document. Whoever gets it changes nothing in it: it is made once a language."""
    return _document(get_language() or "en")


@cache
def _document(_language: str) -> dict[str, Any]:
    return described.finished(dict(api.get_openapi_schema(path_prefix="/api/v1/")))


@cache
def _written(language: str) -> bytes:
    return json.dumps(_document(language), ensure_ascii=False, cls=DjangoJSONEncoder).encode()


def openapi(_request: HttpRequest) -> HttpResponse:
    """The OpenAPI document, open to everybody: it tells what there is, not what is in it."""
    return HttpResponse(_written(get_language() or "en"), content_type="application/json")


@csrf_exempt
def nothing_here(_request: HttpRequest, path: str = "") -> HttpResponseBase:
    """Every other address under /api/v1/."""
    del path
    return Problem(problems.NOT_FOUND).response()
