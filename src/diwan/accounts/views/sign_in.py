"""Signing in and out. allauth checks the password, limits the attempts and begins the session."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.logout import logout
from allauth.account.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from diwan.accounts.actions import end_elevation
from diwan.accounts.forms import SignInForm
from diwan.kernel.requests import actor_of
from diwan.ui.pages import REFUSED_STATUS


class SignInView(LoginView):  # type: ignore[misc]  # allauth has no types
    """The sign-in page; `next` is followed where it is one of our own addresses."""

    form_class = SignInForm
    template_name = "accounts/sign_in.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Leave out what allauth adds for pages that we do not have."""
        context: dict[str, Any] = super(LoginView, self).get_context_data(**kwargs)
        return context

    def form_invalid(self, form: SignInForm) -> HttpResponse:
        """Show the form again with its sentence."""
        context = self.get_context_data(form=form)
        return render(self.request, self.template_name, context, status=REFUSED_STATUS)


sign_in = SignInView.as_view()


@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, and the elevation that runs in it."""
    actor = actor_of(request)
    if actor.elevation_id is not None:
        end_elevation(actor)
    logout(request)
    return HttpResponseRedirect(reverse("accounts:sign_in"))


def switched_off(request: HttpRequest) -> HttpResponse:
    """Tell somebody who signed in rightly that their account is switched off."""
    return render(request, "accounts/switched_off.html", status=403)
