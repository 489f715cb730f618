"""The catalogue as citizens look through it: by life event, and by everyday words."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from django.db.models import Q, QuerySet
from django.utils.translation import pgettext_lazy

from diwan.kernel.errors import Sentence
from diwan.kernel.policies import Actor
from diwan.kernel.text import search_tokens
from diwan.services.models import Service
from diwan.services.policies.services import services
from diwan.services.rules.events import EVENTS

EVENT_NAMES: Mapping[str, Sentence] = {
    "home": pgettext_lazy("life event", "Building and dwelling"),
    "property": pgettext_lazy("life event", "Land and property"),
    "business": pgettext_lazy("life event", "Opening a business"),
    "work": pgettext_lazy("life event", "Work and insurance"),
    "family": pgettext_lazy("life event", "Family and children"),
    "education": pgettext_lazy("life event", "School and learning"),
    "health": pgettext_lazy("life event", "Health"),
    "documents": pgettext_lazy("life event", "Papers and certificates"),
    "membership": pgettext_lazy("life event", "Guilds and membership"),
    "complaint": pgettext_lazy("life event", "Complaining"),
}
EVENT_ICONS: Mapping[str, str] = {
    "home": "house",
    "property": "land-plot",
    "business": "store",
    "work": "briefcase",
    "family": "users",
    "education": "graduation-cap",
    "health": "heart-pulse",
    "documents": "file-text",
    "membership": "id-card",
    "complaint": "message-square-warning",
}


@dataclass(frozen=True)
class Event:
    """A life event and how many services it has."""

    key: str
    name: Sentence
    icon: str
    count: int


@dataclass(frozen=True)
class Found:
    """The services that were asked for; `some`: none has all the words, these have some."""

    services: Sequence[Service]
    some: bool = False


def public_services() -> QuerySet[Service]:
    """What citizens may ask for now."""
    offered = Service.objects.open().for_citizens().exclude(kind=Service.Kind.DUTY)
    return offered.defer("search")


def countries_of() -> list[str]:
    """The countries that have services for citizens."""
    return list(public_services().order_by("country").values_list("country", flat=True).distinct())


def events_of(found: Sequence[Service]) -> list[Event]:
    """The life events that have services, in the order of the catalogue."""
    counts = Counter(key for service in found for key in service.events)
    return [
        Event(key, EVENT_NAMES[key], EVENT_ICONS[key], counts[key]) for key in EVENTS if counts[key]
    ]


def searched(among: QuerySet[Service], words: str) -> Found:
    """The services that have all the words, else those that have some of them."""
    tokens = search_tokens(words)
    if not tokens:
        return Found([])
    conditions = [Q(search__contains=token) for token in tokens]
    found = list(among.filter(reduce(operator.and_, conditions)))
    if found or len(tokens) == 1:
        return Found(found)
    return Found(list(among.filter(reduce(operator.or_, conditions))), some=True)


def service_by_code(actor: Actor, code: str, country: str) -> list[Service]:
    """The services of a code that the actor may see; several where countries share it."""
    asked = Service.objects.filter(code=code)
    if country:
        asked = asked.filter(country=country.upper())
    seen = services.which(actor, "see", asked).order_by("country")
    return list(seen.select_related("current").defer("search", "current__form", "current__xform"))
