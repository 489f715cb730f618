"""Publishing and discarding a draft; closing a service and opening it again."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from diwan.kernel.errors import NotFound
from diwan.kernel.requests import actor_of
from diwan.services.actions import definitions
from diwan.services.constants import SERVICE
from diwan.services.forms.definitions import CloseForm, PublishForm
from diwan.services.models import ServiceVersion
from diwan.services.queries.services import running_cases
from diwan.ui.pages import confirm_page, form_page, refusals_on
from diwan.ui.sending import Seen, as_seen
from diwan.ui.show import show_local, show_number

from .manage import managed_service
from .manage_version import version_of
from .managewords import version_words


def _as_seen(version_id: UUID) -> Seen:
    """The service of a version as it stands now, asked before any of it is read."""
    rows = ServiceVersion.objects.filter(pk=version_id)
    service_id = rows.values_list("service_id", flat=True).first()
    if service_id is None:
        raise NotFound
    return as_seen(SERVICE, service_id, compares=False)


@login_required
def publish(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let a draft hold from now on.

    Opened by who tried it and asks: what becomes of the cases that run? Next: the service's page
    for citizens.
    """
    edits = _as_seen(pk)
    actor = actor_of(request)
    row = version_of(actor, pk)
    form = PublishForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            definitions.publish(actor, row, note=form.cleaned_data["note"])
            messages.success(request, _("The service is published: it may be asked for now."))
            return redirect("services:manage_service", row.service_id)
    running = running_cases(row.service_id)
    words = ngettext(
        "%(n)s case runs on under the version it was filed under.",
        "%(n)s cases run on under the version they were filed under.",
        running,
    )
    return confirm_page(
        request,
        form=form,
        edits=edits,
        heading=_("Publish %(version)s of “%(service)s”?")
        % {"version": version_words(row), "service": show_local(row.service.name)},
        consequences=[
            _("From now on citizens ask for it as this version says."),
            *([words % {"n": show_number(running)}] if running else []),
            _("A published version never changes. What is wrong is mended by the next one."),
        ],
        submit_label=_("Publish it"),
        cancel_url=reverse("services:version", args=[pk]),
    )


@login_required
def discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put a draft aside.

    Opened by who uploaded the wrong workbook. Next: the service.
    """
    edits = _as_seen(pk)
    actor = actor_of(request)
    row = version_of(actor, pk)
    if request.method == "POST":
        definitions.discard(actor, row)
        messages.success(request, _("The draft is discarded. What was published stands."))
        return redirect("services:manage_service", row.service_id)
    return confirm_page(
        request,
        edits=edits,
        heading=_("Discard %(version)s of “%(service)s”?")
        % {"version": version_words(row), "service": show_local(row.service.name)},
        lead=_("It stays readable in the list of versions and cannot be published any more."),
        submit_label=_("Discard it"),
        cancel_url=reverse("services:version", args=[pk]),
        danger=row.state == ServiceVersion.State.DRAFT,
    )


@login_required
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take no new cases of a service.

    Opened by its unit's head who asks: what becomes of those that run? Next: the service.
    """
    edits = as_seen(SERVICE, pk, compares=False)
    actor = actor_of(request)
    service = managed_service(actor, pk)
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            definitions.close_service(actor, service, reason=form.cleaned_data["reason"])
            messages.success(request, _("The service takes no new cases. Those that run go on."))
            return redirect("services:manage_service", pk)
    return form_page(
        request,
        form,
        edits=edits,
        heading=_("Close “%(service)s” to new cases") % {"service": show_local(service.name)},
        lead=_("Cases that run go on. You may open it again at any time."),
        submit_label=_("Close the service"),
        cancel_url=reverse("services:manage_service", args=[pk]),
        danger=True,
    )


@login_required
@require_POST
def reopen_service(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take new cases of a service again."""
    actor = actor_of(request)
    definitions.open_service(actor, managed_service(actor, pk))
    messages.success(request, _("The service may be asked for again."))
    return redirect("services:manage_service", pk)
