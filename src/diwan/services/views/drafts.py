"""A form under its own link: going on with it, keeping it for later, throwing it away."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from diwan.directory.public import Unit
from diwan.kernel.errors import NotFound
from diwan.kernel.requests import actor_of
from diwan.services.actions import drafts
from diwan.services.forms.contact import LaterForm
from diwan.services.models import Case, Draft, Service, ServiceVersion
from diwan.services.policies import counter_units
from diwan.services.queries.drafts import draft_of
from diwan.ui.pages import REFUSED_STATUS, refusals_on

from .citizenwords import absolute
from .files import in_country
from .filing import filed_online
from .filling import Desk, places_for, serve

OVER_STATUS = 404


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest, secret: str) -> HttpResponse:
    """A form that was begun, at the page that was reached.

    Opened by whoever fills it in, also days later and on another telephone. Next: the following
    page, at the end the receipt.
    """
    try:
        found = draft_of(actor_of(request), secret)
    except NotFound:
        return over(request)
    if found.case is not None:
        return redirect(_filed(found, found.case))
    if found.version.state == ServiceVersion.State.DISCARDED:
        return over(request)
    with in_country(found.version.service.country):
        return serve(desk_of(request, found, secret))


def desk_of(request: HttpRequest, found: Draft, secret: str) -> Desk:
    """Where a draft is filled in: at home, or by a clerk at a counter."""
    actor = actor_of(request)
    counter = found.by_post_id is not None
    service: Service = found.version.service

    def begin(_unit: Unit | None) -> tuple[Draft, str]:
        raise NotFound  # it was begun

    return Desk(
        request,
        found.version,
        "counter" if counter else "online",
        reverse("services:draft", args=[secret]),
        begin,
        _filed,
        draft=found,
        units=places_for(service, actor.at, counter_units(actor) if counter else None),
        later="" if counter else reverse("services:later", args=[secret]),
    )


def _filed(found: Draft, case: Case) -> str:
    if found.by_post_id is not None:
        return reverse("services:counter_filed", args=[case.pk])
    return filed_online(found, case)


def over(request: HttpRequest) -> HttpResponse:
    """The same answer for a wrong link, one that is over and one that was thrown away."""
    return render(request, "services/draft_over.html", status=OVER_STATUS)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def later(request: HttpRequest, secret: str) -> HttpResponse:
    """How to come back to a form: its link, until when, and a way to have it sent.

    Opened by a citizen who lacks a paper or the time. Next: closing the page, or going on.
    """
    try:
        found = draft_of(actor_of(request), secret)
    except NotFound:
        return over(request)
    if found.case is not None:
        return redirect(_filed(found, found.case))
    typed = found.contact.get("phone") or found.contact.get("email") or ""
    form = LaterForm(request.POST or None, initial={"address": typed})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            drafts.send_link(actor_of(request), found, form.cleaned_data["address"], secret)
            messages.success(request, _("The link is on its way."))
            return redirect("services:later", secret)
    status = REFUSED_STATUS if form.is_bound and form.errors else 200
    context = {
        "service": found.version.service,
        "form": form,
        "url": reverse("services:draft", args=[secret]),
        "link": absolute(request, "services:draft", secret),
        "until": found.expires_at,
        "secret": secret,
    }
    return render(request, "services/draft_later.html", context, status=status)


@never_cache
@require_POST
def throw_away(request: HttpRequest, secret: str) -> HttpResponse:
    """Forget what was typed: a button of the page for later. Next: the catalogue."""
    try:
        found = draft_of(actor_of(request), secret)
    except NotFound:
        return over(request)
    drafts.throw_away(actor_of(request), found)
    messages.success(request, _("What you wrote was deleted. Nothing of it was filed."))
    return redirect("services:catalogue")
