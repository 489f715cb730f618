"""OParl 1.1 at /oparl/: read by programs, without signing in and without a language.

Answers are JSON in UTF-8 that every page of the web may read (CORS); times have the offset of the
country. Nobody's rights matter here: everything is asked as by somebody who has not signed in.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import wraps
from typing import Any
from uuid import UUID

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from diwan.interop.actions import publishing
from diwan.interop.models import PublishedObject
from diwan.interop.queries import oparl, oparl_meetings
from diwan.interop.queries.oparl_shown import list_url, root
from diwan.interop.rules.oparl import (
    OF_BODY,
    OF_ORGANIZATION,
    PATHS,
    Asked,
    BadFilter,
    Kind,
    Object,
    as_parameters,
    asked,
    stamped,
    without_internal,
)
from diwan.kernel import files

logger = logging.getLogger(__name__)
KINDS = {word: kind for kind, word in PATHS.items()}
READ = ("GET", "HEAD")
METHODS = "GET, HEAD, OPTIONS"
RETRY_SECONDS = 60

View = Callable[..., HttpResponseBase]


def open_to_programs(view: View) -> View:
    """GET, HEAD and OPTIONS alone, for every origin; errors are JSON with a sentence."""

    @csrf_exempt
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "OPTIONS":
            answer: HttpResponseBase = HttpResponse(status=204)
        elif request.method not in READ:
            answer = told(405, _("Nothing can be written here. Ask with GET or HEAD."))
            answer["Allow"] = METHODS
        else:
            answer = _answered(view, request, *args, **kwargs)
        answer["Access-Control-Allow-Origin"] = "*"
        answer["Access-Control-Allow-Methods"] = METHODS
        answer["Access-Control-Expose-Headers"] = "ETag"
        return answer

    return wrapped


def _answered(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    try:
        return view(request, *args, **kwargs)
    except BadFilter as bad:
        return told(400, _sentence(bad))
    except publishing.NotYet:
        answer = told(503, _("The open data are being gathered. Ask again in a minute."))
        answer["Retry-After"] = str(RETRY_SECONDS)
        return answer


def told(status: int, sentence: str) -> HttpResponse:
    """An error: what is wrong and how to mend it."""
    content = json.dumps({"status": status, "message": sentence}, ensure_ascii=False)
    return HttpResponse(content, status=status, content_type="application/json; charset=utf-8")


def _answer(request: HttpRequest, content: Object) -> HttpResponseBase:
    """An object or a page of a list; not sent again to who has it already."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    etag = quote_etag(hashlib.sha256(text).hexdigest())
    answer = HttpResponse(text, content_type="application/json; charset=utf-8")
    answer["ETag"] = etag
    answer["Cache-Control"] = "public, no-cache"
    patch_vary_headers(answer, ["Accept-Encoding"])
    return get_conditional_response(request, etag=etag, response=answer) or answer


def _missing() -> HttpResponse:
    return told(404, _("There is nothing at this address. Begin at %(url)s.") % {"url": root()})


@open_to_programs
def system(request: HttpRequest) -> HttpResponseBase:
    """The entrance: what speaks here, under which licence, and where its bodies are."""
    return _answer(request, oparl.system())


@open_to_programs
def bodies(request: HttpRequest) -> HttpResponseBase:
    """The list of OParl's Bodies: units at the top with something that is open to all."""
    return _list(request, oparl.listed(Kind.BODY), f"{root()}bodies")


@open_to_programs
def one(request: HttpRequest, word: str, record: UUID) -> HttpResponseBase:
    """One object. What was published and is no more says so, and nothing else."""
    kind = KINDS.get(word)
    if kind is None:
        return _missing()
    with suppress(publishing.NotYet):  # whoever knows an address may ask for it at any time
        _catch_up()
    row = oparl.row_of(kind, record)
    if row is None:
        return _missing()
    return _answer(request, _objects([row])[0])


@open_to_programs
def several(request: HttpRequest, word: str, record: UUID, name: str) -> HttpResponseBase:
    """An external list of a Body or of an Organization."""
    lists = {"body": OF_BODY, "organization": OF_ORGANIZATION}.get(word, {})
    kind = lists.get(name)
    if kind is None or (owner := oparl.row_of(KINDS[word], record)) is None:
        return _missing()
    if owner.kind == Kind.BODY:
        rows = oparl.listed(kind, top=record)
    else:
        rows = oparl.listed(kind, organization=record)
    return _list(request, rows, list_url(Kind(owner.kind), record, name))


@open_to_programs
def content(request: HttpRequest, record: UUID) -> HttpResponseBase:
    """The content of a paper's file, for as long as everybody may read it."""
    row = oparl.row_of(Kind.FILE, record)
    stored = oparl_meetings.paper_file(record, row.source) if row is not None else None
    return files.answer_with(request, stored) if stored is not None else _missing()


def _catch_up() -> None:
    """Look at what was just written; where the database is busy writing, the tick will."""
    try:
        publishing.catch_up()
    except OperationalError:
        logger.warning("the index of the open standards is left to the tick", exc_info=True)


def _list(request: HttpRequest, rows: oparl.Rows, address: str) -> HttpResponseBase:
    wanted = asked(request.GET.dict())
    _catch_up()
    page = oparl.page_of(rows, wanted)
    data = _objects(page.rows)
    if wanted.omit_internal:
        data = [without_internal(each) for each in data]
    return _answer(request, {"data": data, **_around(page, wanted, address)})


def _around(page: oparl.Page, wanted: Asked, address: str) -> Object:
    """How long the list is, and where its pages are."""
    links = {
        "first": f"{address}{as_parameters(wanted)}",
        "self": f"{address}{as_parameters(wanted, after=wanted.after)}",
    }
    if page.following is not None:
        links["next"] = f"{address}{as_parameters(wanted, after=page.following)}"
    pages = {"totalElements": page.total, "elementsPerPage": wanted.limit}
    return {"pagination": pages, "links": links}


def _objects(rows: Sequence[PublishedObject]) -> list[Object]:
    """What the rows stand for, as it is now; where the index said otherwise it is mended first."""
    shown = oparl.worked_out(rows)
    if publishing.look_again(rows, shown, timezone.now()):
        rows = list(PublishedObject.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk"))
        shown = oparl.worked_out(rows)
    contents = [
        each.content if (each := shown.get((row.kind, row.record))) else oparl.gone(row)
        for row in rows
    ]
    stamps = oparl.stamps_of(rows, contents)
    return [stamped(each, stamps) for each in contents]


def _sentence(bad: BadFilter) -> str:
    named = {"name": bad.name, "value": bad.value[:80]}
    if bad.name in {"limit", "after"}:
        return _("%(name)s=%(value)s is no whole number above 0. Write for example 50.") % named
    if bad.name == "omit_internal":
        return _("%(name)s=%(value)s is neither true nor false. Write one of them.") % named
    return (
        _(
            "%(name)s=%(value)s is no instant with an offset. Write for example "
            "2026-01-01T00:00:00+03:30, with the plus sign as %%2B."
        )
        % named
    )
