"""Taking and ending an elevation."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from diwan.accounts import actions
from diwan.accounts.constants import ELEVATION_SESSION_KEY
from diwan.accounts.forms import ElevateForm
from diwan.accounts.views.guards import limited, next_or, user_of
from diwan.kernel.errors import NotFound
from diwan.kernel.requests import actor_of
from diwan.ui.pages import form_page, refusals_on


@never_cache
@sensitive_post_parameters()
@login_required
@limited("reauthenticate")
def elevate(request: HttpRequest) -> HttpResponse:
    """Ask for password, reason and time; the elevation runs in this session alone."""
    if not user_of(request).may_elevate:
        raise NotFound
    form = ElevateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            elevation = actions.elevate(actor_of(request), **form.cleaned_data)
            request.session.cycle_key()
            request.session[ELEVATION_SESSION_KEY] = str(elevation.pk)
            return HttpResponseRedirect(next_or(request, reverse("accounts:users")))
    return form_page(
        request,
        form,
        heading=_("Act with all rights for a while"),
        lead=_(
            "An administrator has no more rights than others until they say why they need them. "
            "What you do meanwhile is written down with your reason."
        ),
        submit_label=_("Begin"),
        cancel_url=next_or(request, reverse("accounts:profile")),
    )


@require_POST
@login_required
def end_elevation(request: HttpRequest) -> HttpResponse:
    """Give the rights back before their time."""
    actions.end_elevation(actor_of(request))
    request.session.pop(ELEVATION_SESSION_KEY, None)
    messages.success(request, _("You act with your own rights again."))
    return redirect("accounts:profile")
