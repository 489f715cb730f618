"""One's own tokens: what programs may do in one's name."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from diwan.accounts import actions
from diwan.accounts.forms import TokenForm
from diwan.accounts.policies import posts_for_tokens
from diwan.accounts.queries import own_token, own_tokens
from diwan.kernel.requests import actor_of
from diwan.ui.pages import confirm_page, form_page, refusals_on


@login_required
@require_safe
def tokens(request: HttpRequest) -> HttpResponse:
    """List one's tokens.

    Opened by somebody whose program is to read or write here, who asks: which programs act in my
    name, and until when? Next: make a token, or revoke one that nothing uses.
    """
    lines = own_tokens(actor_of(request))
    in_force = sum(line.state == "in_force" for line in lines)
    return render(request, "accounts/tokens.html", {"lines": lines, "in_force": in_force})


@never_cache
@login_required
def make_token(request: HttpRequest) -> HttpResponse:
    """Ask what a token is for, make it and show it once."""
    actor = actor_of(request)
    form = TokenForm(request.POST or None, posts=posts_for_tokens(actor))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            new = actions.make_token(actor, actions.TokenFields(**form.cleaned_data))
            context = {"token": new.token, "secret": new.secret}
            answer = render(request, "accounts/token.html", context, status=201)
            answer["Cache-Control"] = "no-store"
            return answer
    return form_page(
        request,
        form,
        heading=_("A token for a program"),
        lead=_("With it a program acts in your name, within what you allow here."),
        submit_label=_("Make the token"),
        cancel_url=reverse("accounts:tokens"),
    )


@login_required
def revoke_token(request: HttpRequest, token_id: UUID) -> HttpResponse:
    """Ask once more, then end a token."""
    actor = actor_of(request)
    token = own_token(actor, token_id)
    if request.method == "POST":
        actions.revoke_token(actor, token_id)
        messages.success(request, _("The token was revoked; it gives nothing any more."))
        return redirect("accounts:tokens")
    return confirm_page(
        request,
        heading=_("Revoke the token “%(name)s”?") % {"name": token.name},
        consequences=[_("The program that uses it is refused from now on.")],
        submit_label=_("Revoke"),
        cancel_url=reverse("accounts:tokens"),
        danger=True,
    )
