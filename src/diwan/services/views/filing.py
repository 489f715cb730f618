"""Asking for a service online: the form, from its first page on."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from diwan.directory.public import Unit
from diwan.kernel.errors import NotFound
from diwan.kernel.requests import actor_of, address_of
from diwan.services.actions.drafts import Beginning, begin_draft
from diwan.services.actions.limits import asker_of
from diwan.services.models import Case, Draft, Service
from diwan.services.queries.catalogue import service_by_code
from diwan.services.queries.drafts import may_begin

from .codes import find
from .files import in_country
from .filling import Desk, places_for, serve


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def file(request: HttpRequest, code: str) -> HttpResponse:
    """The first page of a service's form.

    Opened by a citizen from the service's page, who asks: what do they want to know of me? Nothing
    is stored before the first page is sent. Next: the following page, under a link of its own.
    """
    service = _service(request, code)
    if service is None or service.current is None:
        return redirect(_page_of(request, code))
    if not may_begin(service, Case.Channel.ONLINE):
        return redirect(_page_of(request, code))
    with in_country(service.country):
        return serve(_desk(request, service))


def _service(request: HttpRequest, code: str) -> Service | None:
    """The service meant, None where several countries have one of this code. Raises NotFound."""
    found = service_by_code(actor_of(request), code, request.GET.get("country", ""))
    if not found:
        raise NotFound
    return found[0] if len(found) == 1 else None


def _page_of(request: HttpRequest, code: str) -> str:
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    return reverse("services:service", args=[code]) + query


def _desk(request: HttpRequest, service: Service) -> Desk:
    version = service.current
    if version is None:
        raise NotFound
    actor = actor_of(request)

    def begin(unit: Unit | None) -> tuple[Draft, str]:
        complains = service.kind == Service.Kind.COMPLAINT
        asked = request.GET.get("about", "") if complains else ""
        about = find(request, asked) if asked else None
        asker = asker_of(actor, address_of(request))
        how = Beginning(Case.Channel.ONLINE, unit=unit, about=about, asker=asker)
        draft, secret = begin_draft(actor, version, how)
        return draft, reverse("services:draft", args=[secret])

    return Desk(
        request,
        version,
        "online",
        request.get_full_path(),
        begin,
        filed_online,
        units=places_for(service, actor.at),
    )


def filed_online(_draft: Draft, case: Case) -> str:
    """Where a citizen goes when it is filed: to the receipt."""
    return reverse("services:receipt", args=[case.code])


def receipt_or(draft: Draft, otherwise: Any) -> str:
    """The receipt of a draft that was filed already."""
    return filed_online(draft, draft.case) if draft.case is not None else otherwise
