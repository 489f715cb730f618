"""The catalogue of services: the citizen's way in, without signing in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from diwan.kernel.countries import country as country_of
from diwan.kernel.errors import NotFound
from diwan.kernel.reader import current
from diwan.services.models import Service
from diwan.services.queries.catalogue import (
    EVENT_NAMES,
    Event,
    countries_of,
    events_of,
    public_services,
    searched,
)
from diwan.ui.components import Choice
from diwan.ui.show import show_local, show_number

FEW = 40
"""So many services are listed on the first page, too."""


@require_safe
def catalogue(request: HttpRequest, event: str = "") -> HttpResponse:
    """What can be asked for, by life event and by everyday words.

    Opened by somebody at home on a telephone, who asks: what do I need for what I have to get done?
    Next: the service's page.
    """
    countries = countries_of()
    chosen = _country(request, countries)
    among = public_services()
    if chosen:
        among = among.filter(country=chosen)
    every = list(among)
    words = request.GET.get("q", "").strip()[:200]
    if event and event not in EVENT_NAMES:
        raise NotFound
    events = events_of(every)
    context: dict[str, Any] = {
        "q": words,
        "event": event,
        "events": _tiles(events, event, chosen),
        "countries": _chips(countries, chosen),
        "country": chosen if len(countries) > 1 else "",
    }
    if words:
        found = searched(among, words)
        rows: Sequence[Service] = found.services
        context |= {"some": found.some, "heading": _answer(words, len(rows), some=found.some)}
    elif event:
        rows = [service for service in every if event in service.events]
        context["heading"] = EVENT_NAMES[event]
    else:
        rows = every if len(every) <= FEW else []
        context["heading"] = _("What do you need to get done?")
    context["services"] = sorted(rows, key=lambda service: show_local(service.name))
    context["empty"] = not every
    return render(request, "services/catalogue.html", context)


def _answer(words: str, n: int, *, some: bool) -> str:
    if not n:
        return _("Nothing found for “%(words)s”") % {"words": words}
    if some:
        return _("No service has all of these words; these have some")
    found = ngettext("One service for “%(words)s”", "%(n)s services for “%(words)s”", n)
    return found % {"n": show_number(n), "words": words}


def _country(request: HttpRequest, countries: Sequence[str]) -> str:
    """The country that was asked for, else the one in which the reader's language is at home."""
    asked = request.GET.get("country", "").upper()
    if asked in countries:
        return asked
    if asked == "ALL":
        return ""
    at_home = [code for code in countries if country_of(code).language == current().language]
    return at_home[0] if len(countries) > 1 and at_home else ""


def _chips(countries: Sequence[str], chosen: str) -> list[Choice]:
    if len(countries) < 2:
        return []
    where = reverse("services:catalogue")
    chips = [Choice(_("everywhere"), f"{where}?country=all", current=not chosen)]
    return chips + [
        Choice(
            show_local(country_of(code).names), f"{where}?country={code}", current=code == chosen
        )
        for code in countries
    ]


def _tiles(events: Sequence[Event], chosen: str, country: str) -> list[dict[str, Any]]:
    more = f"?country={country}" if country else ""
    return [
        {
            "name": event.name,
            "icon": event.icon,
            "count": event.count,
            "url": reverse("services:events", args=[event.key]) + more,
            "current": event.key == chosen,
        }
        for event in events
    ]
