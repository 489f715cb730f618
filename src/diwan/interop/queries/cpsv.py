"""The catalogue of services for the open standards: what everybody may ask for, as plain data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from diwan.directory.public import tops_of, unit_names
from diwan.interop.rules.cpsv import (
    Catalogue,
    Named,
    OpenService,
    Organisation,
    Price,
    duration_of,
)
from diwan.services.public import (
    Definition,
    Offer,
    Service,
    definition_of,
    main_way,
    promised,
)

LANGUAGES = ("fa", "ar", "en")


def address() -> str:
    """Under which the catalogue and everything in it is named."""
    return f"{settings.DIWAN_ADDRESS}/cpsv"


def open_services(country: str = "") -> list[Service]:
    """The services that everybody may ask for now, of one country or of all."""
    rows = Service.objects.open().for_citizens().select_related("current", "owner")
    rows = rows.exclude(kind=Service.Kind.DUTY)
    if country:
        rows = rows.filter(country=country.upper())
    return list(rows.order_by("country", "code"))


def catalogue(services: Sequence[Service]) -> Catalogue:
    """The graph of those services, published by the unit at the top of the first one's owner."""
    day = timezone.now().date()
    made = Catalogue(address(), _in_all(), settings.DIWAN_OPEN_LICENSE)
    offers = _offers(services)
    tops = tops_of(service.owner_id for service in services)
    units = {service.owner_id: service.owner.country for service in services}
    units |= {offer.unit_id: offer.unit.country for of in offers.values() for offer in of}
    countries = {service.owner_id: service.country for service in services}
    units |= {top: countries[unit_id] for unit_id, top in tops.items()}
    known = _organisations(units, day)
    if services:
        first = services[0].owner_id
        made.published_by(known[tops.get(first, first)])
    for service in services:
        if service.current is not None:
            told = definition_of(service.current)
            made.add(_open(service, told, known, offers[service.pk]))
    return made


def _open(
    service: Service, told: Definition, known: dict[UUID, Organisation], offers: Iterable[Offer]
) -> OpenService:
    target = promised(told)
    return OpenService(
        key=f"{service.country}-{service.code}",
        code=service.code,
        name=told.name,
        description=told.description or told.summary,
        owner=known[service.owner_id],
        page=_page("services:service", service.code),
        kind=told.kind,
        offered=tuple(known[offer.unit_id] for offer in offers if not offer.unit_kind),
        keywords=told.synonyms,
        audience=told.audience_text,
        channels=told.channels,
        papers=tuple(Named(paper.key, paper.name, paper.note) for paper in told.papers),
        laws=tuple(
            Named(str(place), law.name, url=law.url) for place, law in enumerate(told.laws, 1)
        ),
        events=tuple(Named(event, _event(event)) for event in told.events),
        output=told.output,
        prices=tuple(Price(cost.name, cost.amount, cost.currency) for cost in told.costs),
        steps=_steps(told),
        duration=duration_of(target[0].amount, target[0].unit) if len(target) == 1 else "",
    )


def _steps(told: Definition) -> tuple[dict[str, str], ...]:
    return tuple(dict(state.public or state.name) for state in main_way(told) if not state.end)


def _offers(services: Sequence[Service]) -> dict[UUID, list[Offer]]:
    found: dict[UUID, list[Offer]] = defaultdict(list)
    rows = Offer.objects.filter(service__in=[service.pk for service in services])
    for offer in rows.select_related("unit").order_by("pk"):
        found[offer.service_id].append(offer)
    return found


def _organisations(units: dict[UUID, str], day: date) -> dict[UUID, Organisation]:
    names = unit_names(units, day)
    return {
        pk: Organisation(str(pk), names.get(pk, {"en": str(pk)}), code, _page("directory:unit", pk))
        for pk, code in units.items()
    }


def _page(name: str, *args: object) -> str:
    with translation.override(LANGUAGES[0]):
        return f"{settings.DIWAN_ADDRESS}{reverse(name, args=args)}"


def _in_all() -> dict[str, str]:
    found = {}
    for language in LANGUAGES:
        with translation.override(language):
            found[language] = _("Services")
    return found


def _event(key: str) -> dict[str, str]:
    return {"en": key}
