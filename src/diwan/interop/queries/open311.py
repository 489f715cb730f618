"""What Open311 shows: services that take reports, and their cases as far as everybody may know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from diwan.directory.public import Unit, post_cards, unit_names
from diwan.interop.rules.open311 import MOST, Asked, fits, place_in
from diwan.kernel.countries import country
from diwan.kernel.policies import Actor
from diwan.kernel.text import local
from diwan.kernel.working import today_in
from diwan.services.public import (
    Case,
    CaseAnswers,
    Definition,
    Service,
    definition_of,
    form_of,
    offering_units,
)

CHANNEL = Case.Channel.OPEN311.value


@dataclass(frozen=True)
class Reportable:
    """A service that takes reports, and what its published version says."""

    service: Service
    told: Definition


def reportable(jurisdiction: str = "") -> dict[str, Reportable]:
    """The open services whose workbook names this channel, by code; of one country or of all.

    Where two countries have a service of one code, the country must be named: the first holds.
    """
    rows = Service.objects.open().for_citizens().select_related("current", "owner")
    if jurisdiction:
        rows = rows.filter(country=jurisdiction.upper())
    found: dict[str, Reportable] = {}
    for service in rows.order_by("code", "country"):
        if service.current is None or service.code in found:
            continue
        told = definition_of(service.current)
        if CHANNEL in told.channels and fits(form_of(service.current)):
            found[service.code] = Reportable(service, told)
    return found


def shown_service(one: Reportable, language: str) -> dict[str, Any]:
    """A service as the list shows it."""
    return {
        "service_code": one.service.code,
        "service_name": local(one.service.name, language)[0],
        "description": local(one.told.summary or one.told.description, language)[0] or None,
        "metadata": True,
        "type": "realtime",
        "keywords": local(one.told.synonyms, language)[0].replace("،", ",") or None,
        "group": ", ".join(one.told.events) or None,
    }


def shown_requests(known: Iterable[Reportable], wanted: Asked, language: str) -> list[Any]:
    """The newest requests that fit, at most a thousand."""
    services = {one.service.pk: one for one in known}
    rows = Case.objects.filter(service__in=list(services), channel=CHANNEL).select_related(
        "version"
    )
    if wanted.ids:
        rows = rows.filter(pk__in=_identifiers(wanted.ids))
    else:
        rows = rows.filter(filed_at__gte=wanted.since, filed_at__lte=wanted.until)
    if len(wanted.statuses) == 1:
        running = wanted.statuses == {"open"}
        rows = rows.filter(ended_at__isnull=running)
    cases = list(rows.order_by("-filed_at", "-pk")[:MOST])
    answers = CaseAnswers.objects.filter(case__in=[case.pk for case in cases])
    by_case = dict(answers.values_list("case_id", "answers"))
    units = {case.unit_id for case in cases}
    names = unit_names(units, cases[0].filed_at.date()) if cases else {}
    return [
        _shown(case, services[case.service_id], by_case.get(case.pk, {}), names, language)
        for case in cases
    ]


def _shown(
    case: Case,
    one: Reportable,
    answers: dict[str, Any],
    names: dict[UUID, Any],
    language: str,
) -> dict[str, Any]:
    told = definition_of(case.version)
    zone = ZoneInfo(country(one.service.country).timezone)
    try:
        state = told.state(case.state)
        notes = local(state.public or state.name, language)[0]
    except KeyError:
        notes = ""
    place = place_in(form_of(case.version), answers)
    return {
        "service_request_id": str(case.pk),
        "status": "open" if case.ended_at is None else "closed",
        "status_notes": notes or None,
        "service_name": local(one.service.name, language)[0],
        "service_code": one.service.code,
        "description": None,
        "agency_responsible": local(names.get(case.unit_id, {}), language)[0] or None,
        "service_notice": None,
        "requested_datetime": _written(case.filed_at, zone),
        "updated_datetime": _written(case.ended_at or case.state_since_at, zone),
        "expected_datetime": _written(case.promised_at, zone),
        "address": None,
        "address_id": None,
        "zipcode": None,
        "lat": place[0] if place else None,
        "long": place[1] if place else None,
        "media_url": None,
    }


def followed_at(code: str, language: str) -> str:
    """Where whoever reported follows the case."""
    with translation.override(language):
        return f"{settings.DIWAN_ADDRESS}{reverse('services:followed', args=[code])}"


def unit_for(actor: Actor, service: Service) -> Unit:
    """Where an app's report is filed: at the unit of the post it acts from, else at the owner's.

    An office that stands far away from the offering units gets the service's first one.
    """
    day = today_in(service.country, actor.at)
    at = offering_units(service, day)
    posts = post_cards([actor.post_id], actor.at) if actor.post_id else {}
    own = next((card.unit_id for card in posts.values()), None)
    for unit_id in (own, service.owner_id, min(at, default=service.owner_id)):
        if unit_id in at:
            return Unit.objects.get(pk=unit_id)
    return service.owner


def _identifiers(texts: Iterable[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def _written(at: datetime | None, zone: ZoneInfo) -> str | None:
    return at.astimezone(zone).isoformat(timespec="seconds") if at else None
