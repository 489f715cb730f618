"""Complaining: about a case by its code, about a service, or about neither."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from diwan.kernel.countries import country as country_of
from diwan.kernel.errors import NotFound
from diwan.kernel.reader import current
from diwan.kernel.requests import actor_of
from diwan.services.actions.tries import TooManyTries
from diwan.services.forms.citizen import CodeForm
from diwan.services.models import Case, Service
from diwan.services.queries.catalogue import service_by_code
from diwan.services.queries.complaints import taker_of, takers_in
from diwan.services.queries.following import followed
from diwan.services.rules.codes import written_code
from diwan.ui.components import Step
from diwan.ui.show import show_local

from .codes import ABSENT, TOO_MANY, find, no_such_code


@never_cache
@require_safe
def complain(request: HttpRequest) -> HttpResponse:
    """How to complain, with the complaint's form one step away.

    Opened by a citizen to whom something was done wrongly, or not at all. Next: the form, which
    knows the case where the code was given. Whose case is ended may have it opened again instead.
    """
    typed = request.GET.get("case", "")
    if not typed:
        return render(request, "services/complain.html", _about_service(request))
    form = CodeForm({"code": typed})
    try:
        case = find(request, typed)
    except TooManyTries as refusal:
        form.add_error(None, str(refusal))
        return _asked(request, form, TOO_MANY)
    if case is None:
        form.add_error("code", no_such_code())
        return _asked(request, form, ABSENT)
    return render(request, "services/complain.html", _about_case(request, case))


def _asked(request: HttpRequest, form: CodeForm, status: int) -> HttpResponse:
    context = {"form": form, "takers": _steps(takers_in(""), {})}
    return render(request, "services/complain.html", context, status=status)


def _about_case(request: HttpRequest, case: Case) -> dict[str, Any]:
    service = Service.objects.select_related("current").get(pk=case.service_id)
    taker = taker_of(service)
    shown = followed(case, actor_of(request).at)
    given = {"about": case.code, "unit": str(case.unit_id)}
    return {
        "case": case,
        "code": written_code(case.code),
        "heading": _("Complain about this case"),
        "head": show_local(shown.head) or show_local(shown.unit_name),
        "may_reopen": shown.may_reopen(actor_of(request).at),
        "takers": _steps([taker] if taker else [], given),
    }


def _about_service(request: HttpRequest) -> dict[str, Any]:
    code, country = request.GET.get("service", ""), request.GET.get("country", "")
    if not code:
        return {"form": CodeForm(), "takers": _steps(takers_in(country.upper()), {})}
    found = service_by_code(actor_of(request), code, country)
    if not found:
        raise NotFound
    taker = taker_of(found[0])
    return {
        "service": found[0],
        "form": CodeForm(),
        "heading": _("Complain about “%(service)s”") % {"service": show_local(found[0].name)},
        "takers": _steps([taker] if taker else [], {}),
    }


def _steps(takers: list[Service], given: dict[str, str]) -> list[dict[str, Any]]:
    """Where the complaint is written, by service; one alone is the next step.

    Of several countries each is named, as their services may be called the same; where the
    reader's language is at home comes first.
    """
    alone = len(takers) == 1
    apart = len({taker.country for taker in takers}) > 1
    found = []
    at_home = current().language
    for taker in sorted(takers, key=lambda one: country_of(one.country).language != at_home):
        query = urlencode({"country": taker.country, **given})
        address = f"{reverse('services:file', args=[taker.code])}?{query}"
        label = _("Write the complaint") if alone else show_local(taker.name)
        step = Step(label, address, filled=alone, icon="pencil-line")
        place = show_local(country_of(taker.country).names) if apart else ""
        found.append({"service": taker, "step": step, "place": place})
    return found
