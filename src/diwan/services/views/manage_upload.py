"""Uploading a workbook: it becomes a draft, or everything that is wrong with it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from diwan.directory.public import MANAGERS, Unit, UnitPath, authority_of, unit_names
from diwan.kernel.policies import Actor
from diwan.kernel.requests import actor_of
from diwan.services.actions.definitions import upload as upload_workbook
from diwan.services.constants import SERVICE
from diwan.services.errors import WorkbookFaults
from diwan.services.forms.definitions import UploadForm
from diwan.services.models import Service, ServiceVersion
from diwan.services.queries.faults import what_of, where_of
from diwan.services.rules.reading import MOST_BYTES
from diwan.ui.components import Link
from diwan.ui.pages import form_page, refusals_on
from diwan.ui.sending import Seen, as_seen
from diwan.ui.show import show_local

from .manage import managed_service, may_manage

MOST_UNITS = 100
MOST_FAULTS = 200


@dataclass(frozen=True)
class Line:
    """A fault as the page shows it."""

    where: str
    what: str


@login_required
def upload(request: HttpRequest) -> HttpResponse:
    """A workbook of a new service, or of one that its code names.

    Opened by a head or an administrator who asks: is what I wrote a service? Next: look at the
    draft and try it, or mend what is wrong.
    """
    actor = actor_of(request)
    may_manage(actor)
    return _page(request, actor, None, None)


@login_required
def upload_version(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The next workbook of a service.

    Opened by who writes it and asks: is it right, and what does it change? Next: the draft.
    """
    edits = as_seen(SERVICE, pk, compares=False)
    actor = actor_of(request)
    return _page(request, actor, managed_service(actor, pk), edits)


def _page(
    request: HttpRequest, actor: Actor, service: Service | None, edits: Seen | None
) -> HttpResponse:
    units = {} if service is not None else _units(actor)
    names = unit_names(units, authority_of(actor).day)
    choices = [(pk, show_local(names.get(pk, {}))) for pk in units]
    form = UploadForm(request.POST or None, request.FILES or None, units=choices)
    faults: list[Line] = []
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            try:
                owner = service.owner if service is not None else _owner(form, units)
                version = _taken(actor, form.cleaned_data["file"], owner, service)
            except WorkbookFaults as refusal:
                shown = refusal.faults[:MOST_FAULTS]
                faults = [Line(where_of(fault), what_of(fault)) for fault in shown]
                raise
            _say(request, version)
            return redirect("services:version", version.pk)
    url = "services:manage" if service is None else "services:manage_service"
    back = reverse(url, args=[service.pk] if service is not None else [])
    return form_page(
        request,
        form,
        template="services/manage_upload.html",
        edits=edits,
        heading=_heading(service, faults),
        lead=_("It becomes a draft, which you try out before anybody can ask for it."),
        submit_label=_("Check it and take it in"),
        cancel_url=back,
        faults=faults,
        crumbs=[Link(_("Services you look after"), reverse("services:manage"))],
    )


def _heading(service: Service | None, faults: list[Line]) -> str:
    if faults:
        return _("The workbook is not right yet")
    if service is None:
        return _("Upload a workbook")
    return _("The next workbook of “%(service)s”") % {"service": show_local(service.name)}


def _units(actor: Actor) -> dict[UUID, Unit]:
    """The units that the actor runs; the tops of the trees for who runs none but is elevated."""
    authority = authority_of(actor)
    existing = Unit.objects.existing(authority.day)
    own = authority.units(*MANAGERS)
    if not own:
        paths = UnitPath.objects.on(authority.day).filter(depth__gt=0)
        existing = existing.exclude(pk__in=paths.values("descendant_id"))
    else:
        existing = existing.filter(pk__in=list(own))
    return {unit.pk: unit for unit in existing.order_by("key")[:MOST_UNITS]}


def _owner(form: UploadForm, units: dict[UUID, Unit]) -> Unit:
    chosen = form.cleaned_data.get("owner")
    return units[UUID(chosen)] if chosen else next(iter(units.values()))


def _taken(
    actor: Actor, file: UploadedFile[Any], owner: Unit, service: Service | None
) -> ServiceVersion:
    content = file.read(MOST_BYTES + 1)
    return upload_workbook(actor, content, file.name or "", owner=owner, service=service)


def _say(request: HttpRequest, version: ServiceVersion) -> None:
    if version.state == ServiceVersion.State.PUBLISHED:
        messages.info(request, _("Nothing is new: this is the version that holds already."))
    else:
        messages.success(request, _("The workbook is right. Try it out, then publish it."))
