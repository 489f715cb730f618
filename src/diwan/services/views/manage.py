"""The services somebody writes workbooks of: the list, and one service with its versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from diwan.directory.public import UNIT, authority_of, unit_names
from diwan.kernel.errors import Forbidden, NotFound
from diwan.kernel.exchange import Ref, cards
from diwan.kernel.policies import Actor
from diwan.kernel.requests import actor_of
from diwan.services.models import Service, ServiceVersion
from diwan.services.policies.services import owned_units, services
from diwan.services.queries.definitions import definition_of, light
from diwan.services.queries.services import CONTENT, drafts_of, managed
from diwan.ui.components import Link, Pair
from diwan.ui.pages import page_of
from diwan.ui.show import show_day, show_local, show_number

from .managewords import channels_of, coded, offered_of, service_tag, version_tag, version_words


def may_manage(actor: Actor) -> None:
    """Raise unless the actor may write workbooks of some unit, or of those to come."""
    if not actor.elevated and not owned_units(actor).exists():
        raise Forbidden if authority_of(actor).countries else NotFound


@login_required
@require_safe
def manage(request: HttpRequest) -> HttpResponse:
    """The services of the units somebody heads or administers.

    They ask: which are mine, which version holds, which draft waits? Next: open a draft, or upload
    a workbook.
    """
    actor = actor_of(request)
    may_manage(actor)
    page = page_of(managed(actor), request)
    rows = list(page.object_list)
    drafts = drafts_of(rows)
    names = unit_names([row.owner_id for row in rows], authority_of(actor).day)
    context = {
        "page": page,
        "rows": [_row(row, drafts.get(row.pk), names) for row in rows],
        "heading": _heading(page.paginator.count, len(drafts)),
        "many_units": len({row.owner_id for row in rows}) > 1,
    }
    return render(request, "services/manage.html", context)


def _heading(count: int, drafts: int) -> str:
    words = ngettext("%(n)s service is yours", "%(n)s services are yours", count)
    told = words % {"n": show_number(count)}
    if not drafts:
        return told
    waiting = ngettext("%(n)s draft waits", "%(n)s drafts wait", drafts)
    waits = waiting % {"n": show_number(drafts)}
    return _("%(services)s; %(drafts)s") % {"services": told, "drafts": waits}


def _row(
    service: Service, draft: ServiceVersion | None, names: Mapping[UUID, Mapping[str, str]]
) -> dict[str, Any]:
    return {
        "service": service,
        "url": reverse("services:manage_service", args=[service.pk]),
        "tag": service_tag(service),
        "unit": show_local(names.get(service.owner_id, {})),
        "version": version_words(service.current) if service.current else "",
        "draft": version_words(draft) if draft else "",
        "draft_url": reverse("services:version", args=[draft.pk]) if draft else "",
        "running": show_number(getattr(service, "running", 0)),
    }


@login_required
@require_safe
def manage_service(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One service as who writes its workbook sees it: what holds, what waits, what was before.

    They ask: what may citizens ask for now, and since when? Next: the draft, or a new workbook.
    """
    actor = actor_of(request)
    service = managed_service(actor, pk)
    versions = list(light(service.versions.all()).order_by("-number")[:100])
    draft = next((one for one in versions if one.state == ServiceVersion.State.DRAFT), None)
    context = {
        "service": service,
        "heading": _service_heading(service, draft),
        "tag": service_tag(service),
        "draft": draft,
        "rows": [_version_row(one) for one in versions],
        "pairs": _facts(actor, service),
        "crumbs": [Link(_("Services you look after"), reverse("services:manage"))],
        "open": service.state == Service.State.OPEN,
        "closed": service.state == Service.State.CLOSED,
    }
    return render(request, "services/manage_service.html", context)


def managed_service(actor: Actor, pk: UUID) -> Service:
    """A service that the actor may manage, with its version. Raises NotFound, Forbidden."""
    rows = Service.objects.select_related("current", "owner").defer(*CONTENT)
    service = rows.filter(pk=pk).first()
    if service is None:
        raise NotFound
    services.demand(actor, "manage", service)
    return service


def _service_heading(service: Service, draft: ServiceVersion | None) -> str:
    parts = {"service": show_local(service.name)}
    if service.current is None:
        return _("“%(service)s” is not published yet") % parts
    parts |= {"version": version_words(service.current)}
    if draft is not None:
        return _("“%(service)s”: %(version)s holds, %(draft)s waits") % {
            **parts,
            "draft": version_words(draft),
        }
    return _("“%(service)s”: %(version)s holds") % parts


def _version_row(version: ServiceVersion) -> dict[str, Any]:
    at = version.published_at
    return {
        "words": version_words(version),
        "url": reverse("services:version", args=[version.pk]),
        "tag": version_tag(version),
        "made": show_day(version.made_at),
        "published": show_day(at) if at else "",
        "note": version.note,
    }


def _facts(actor: Actor, service: Service) -> list[Pair]:
    offers = dict(service.offers.values_list("unit__key", "unit_id"))
    names = unit_names([service.owner_id, *offers.values()], authority_of(actor).day)
    name = names.get(service.owner_id, {})
    card = cards([Ref(UNIT, service.owner_id)], actor).get(Ref(UNIT, service.owner_id))
    pairs = [
        Pair(_("Code"), coded(service.code)),
        Pair(_("Who answers for it"), show_local(name), card.url if card else ""),
    ]
    if service.current is not None:
        definition = definition_of(service.current)
        pairs.append(Pair(_("Ways to file"), channels_of(definition)))
        shown = {key: show_local(names.get(pk, {})) for key, pk in offers.items()}
        pairs.append(Pair(_("Offered"), offered_of(definition, shown)))
    return pairs
