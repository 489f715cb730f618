"""The page that asks for the password once more."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from diwan.accounts.actions.again import note_signed_in_again
from diwan.accounts.forms import SignInAgainForm
from diwan.accounts.views.guards import limited, next_or, user_of
from diwan.ui.pages import form_page


@never_cache
@sensitive_post_parameters()
@login_required
@limited("reauthenticate")
def sign_in_again(request: HttpRequest) -> HttpResponse:
    """Ask for the password once more.

    Opened on the way to a signature by who signs, who asks: why again? Next: what is to be signed.
    """
    user = user_of(request)
    form = SignInAgainForm(request.POST or None, user=user)
    back = next_or(request, reverse("accounts:profile"))
    if request.method == "POST" and form.is_valid():
        note_signed_in_again(request)
        return HttpResponseRedirect(back)
    return form_page(
        request,
        form,
        heading=_("Sign in again to go on"),
        lead=_(
            "A signature counts as yours. That is why your password is asked for right before it, "
            "however long you have been signed in."
        ),
        submit_label=_("Go on"),
        cancel_url=reverse("desk:home"),
    )
