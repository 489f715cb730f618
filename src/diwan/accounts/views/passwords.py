"""The page behind a link for a new password."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from diwan.accounts import actions
from diwan.accounts.forms import TwicePasswordForm
from diwan.accounts.queries import require_open_invitation
from diwan.accounts.views.guards import limited
from diwan.accounts.views.invitations import over_page
from diwan.kernel.errors import Refused
from diwan.kernel.requests import actor_of
from diwan.ui.pages import form_page, refusals_on


@never_cache
@sensitive_post_parameters()
@limited("reset_password_from_key")
def new_password(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a new password; signing in with it is the next step."""
    actor = actor_of(request)
    try:
        require_open_invitation(token, actor.at, password=True)
    except Refused as refusal:
        return over_page(request, refusal)
    form = TwicePasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.use_password_link(actor, token, new=form.cleaned_data["password"])
            messages.success(request, _("Your password has been changed. Sign in with it."))
            return redirect("accounts:sign_in")
    return form_page(
        request,
        form,
        heading=_("Choose a new password"),
        lead=_("The old one stops working, and you are signed out everywhere."),
        submit_label=_("Change the password"),
    )
