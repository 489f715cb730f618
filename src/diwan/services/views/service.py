"""The page of one service: what it is, what to bring, how long it really takes, where."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from diwan.kernel.countries import country as country_of
from diwan.kernel.errors import NotFound
from diwan.kernel.requests import actor_of
from diwan.kernel.text import isolate
from diwan.kernel.working import today_in
from diwan.services.models import Service
from diwan.services.queries import ratings
from diwan.services.queries.catalogue import service_by_code
from diwan.services.queries.definitions import definition_of
from diwan.services.queries.following import public_name
from diwan.services.queries.regions import Region, regions_of
from diwan.services.queries.waits import LEAST, Waits, waits_of
from diwan.services.rules.definition import Definition
from diwan.services.rules.flow import main_way
from diwan.ui.components import Link, Step
from diwan.ui.show import show_local, show_number, show_percent

from .citizenwords import channel_words, costs_words, days_words, promise_words


@require_safe
def service(request: HttpRequest, code: str) -> HttpResponse:
    """One service, for somebody who wants it: before they set out or begin to fill in.

    They ask: what must I bring, how long does it really take, where? Next: file it online, or go.
    """
    found = service_by_code(actor_of(request), code, request.GET.get("country", ""))
    if not found:
        raise NotFound
    if len(found) > 1:
        return _which(request, found)
    return render(request, "services/service.html", _told(request, found[0]))


def _which(request: HttpRequest, found: Sequence[Service]) -> HttpResponse:
    """Several countries have a service of this code: which one is meant?"""
    places = [
        Link(show_local(country_of(one.country).names), f"?country={one.country}") for one in found
    ]
    context = {"heading": show_local(found[0].name), "places": places}
    return render(request, "services/service_which.html", context)


def _told(request: HttpRequest, service: Service) -> dict[str, Any]:
    if service.current is None:
        raise NotFound
    at = actor_of(request).at
    definition = definition_of(service.current)
    regions = regions_of(service, today_in(service.country, at))
    unit = _unit(request, regions)
    return {
        "service": service,
        "definition": definition,
        "closed": service.state != Service.State.OPEN,
        "step": _step(service, definition, unit),
        "promise": promise_words(definition),
        "waits": waits_words(waits_of(service, at, unit_id=unit[0] if unit else None)),
        "judged": judged_words(service, at, unit[0] if unit else None),
        "unit": unit,
        "channels": channel_words(definition.channels),
        "costs": costs_words(definition),
        "steps": [public_name(state) for state in main_way(definition)],
        "regions": regions,
        "places": sum(len(region.places) for region in regions),
        "one_open": sum(len(region.places) for region in regions) <= 12,
        "country": service.country,
        "crumbs": [Link(_("Services"), reverse("services:catalogue"))],
        "complain_url": _complain_url(service),
    }


def _unit(request: HttpRequest, regions: Sequence[Region]) -> tuple[UUID, dict[str, str]] | None:
    """The unit whose numbers are asked for; the only one where there is no other."""
    places = [place for region in regions for place in region.places]
    asked = request.GET.get("unit", "")
    chosen = [place for place in places if str(place.unit_id) == asked]
    if not chosen and len(places) == 1:
        chosen = places
    return (chosen[0].unit_id, dict(chosen[0].name)) if chosen else None


def _step(
    service: Service, definition: Definition, unit: tuple[UUID, dict[str, str]] | None
) -> Step | None:
    """The one next thing: file it online where that can be; else where to go."""
    if service.state != Service.State.OPEN:
        return None
    if "online" in definition.channels and definition.audience == "public":
        where = reverse("services:file", args=[service.code])
        more = f"&unit={unit[0]}" if unit else ""
        address = f"{where}?country={service.country}{more}"
        return Step(_("Ask for it online"), address, filled=True, icon="pencil-line")
    return Step(_("Where to go"), "#where", filled=True, icon="map-pin")


def _complain_url(service: Service) -> str:
    if service.kind == Service.Kind.COMPLAINT or service.audience != Service.Audience.PUBLIC:
        return ""
    return f"{reverse('services:complain')}?service={service.code}&country={service.country}"


def waits_words(waits: Waits) -> dict[str, str]:
    """How long it really took others, in words; why it is not said where it is not."""
    if waits.half is None or waits.most is None:
        short = _("Fewer than %(n)s cases were answered in the last 90 days: too few to tell.")
        return {"half": "", "most": "", "note": short % {"n": show_number(LEAST)}}
    note = ngettext(
        "%(n)s case answered in the last 90 days",
        "%(n)s cases answered in the last 90 days",
        waits.cases,
    )
    return {
        "half": _("half of them within %(days)s") % {"days": days_words(waits.half)},
        "most": _("nine in ten within %(days)s") % {"days": days_words(waits.most)},
        "note": note % {"n": show_number(waits.cases)},
    }


def judged_words(service: Service, at: datetime, unit_id: UUID | None) -> dict[str, str]:
    """What citizens judged, with how many answered always beside it."""
    units = None if unit_id is None else [unit_id]
    found = ratings.judged(
        service_id=service.pk, unit_ids=units, since=at - ratings.LATELY, until=at
    )
    if found.mean is None or found.rate is None:
        return {"mean": "", "note": _("Too few have judged it yet.")}
    mean = _("%(mean)s of %(most)s") % {
        "mean": isolate(show_number(round(found.mean, 1))),
        "most": show_number(5),
    }
    told = {
        "given": show_number(found.given),
        "asked": show_number(found.asked),
        "rate": show_percent(found.rate),
    }
    note = _("%(given)s of %(asked)s answered (%(rate)s), in the last year") % told
    return {"mean": mean, "note": note}
