"""The catalogue of services as CPSV-AP 3.2 at /cpsv, for programs and without signing in."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import quote_etag
from django.utils.translation import gettext as _

from diwan.interop.queries.cpsv import catalogue, open_services
from diwan.interop.rules.cpsv import context

from .oparl import open_to_programs, told

FORMS = {"ttl": ("turtle", "text/turtle"), "jsonld": ("json-ld", "application/ld+json")}
COUNTRY_LETTERS = 2


@open_to_programs
def cpsv(request: HttpRequest, form: str = "") -> HttpResponseBase:
    """All open services, as `.ttl` or `.jsonld`, or as the header Accept prefers; `?country=EG`.

    Read by catalogues of services that gather from many houses.
    """
    country = request.GET.get("country", "")
    if country and not (country.isalpha() and len(country) == COUNTRY_LETTERS):
        return told(400, _("A country is written with its two letters, such as IR or EG."))
    syntax, mime = FORMS[form or _preferred(request)]
    graph = catalogue(open_services(country)).graph
    more: dict[str, Any] = {}
    if syntax == "json-ld":
        more = {"context": context(), "auto_compact": True}
    text = graph.serialize(format=syntax, encoding="utf-8", **more)
    etag = quote_etag(hashlib.sha256(text).hexdigest())
    answer = HttpResponse(text, content_type=f"{mime}; charset=utf-8")
    answer["ETag"] = etag
    answer["Cache-Control"] = "public, max-age=300"
    patch_vary_headers(answer, ["Accept"])
    return get_conditional_response(request, etag=etag, response=answer) or answer


def _preferred(request: HttpRequest) -> str:
    wanted = request.get_preferred_type([mime for _syntax, mime in FORMS.values()])
    return "ttl" if wanted == "text/turtle" else "jsonld"
