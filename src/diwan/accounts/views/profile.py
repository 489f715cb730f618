"""One's own account: name, language, calendar, password."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse, translate_url
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.debug import sensitive_post_parameters

from diwan.accounts import actions
from diwan.accounts.constants import USER_KIND
from diwan.accounts.forms import ChangePasswordForm, ProfileForm
from diwan.accounts.views.guards import limited, user_of
from diwan.kernel.requests import actor_of
from diwan.ui.pages import form_page, refusals_on
from diwan.ui.sending import as_seen


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """Show and change how one is called and how one reads."""
    user = user_of(request)
    edits = as_seen(USER_KIND, user.pk)
    initial = {"name": user.name, "language": user.language, "calendar": user.calendar}
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            changed = actions.change_profile(actor_of(request), user.pk, **form.cleaned_data)
            return _saved(request, changed.language)
    return form_page(
        request,
        form,
        edits=edits,
        template="accounts/profile.html",
        heading=_("Your account"),
        submit_label=_("Save"),
        account=user,
    )


def _saved(request: HttpRequest, language: str) -> HttpResponse:
    """Back to the page, in the language that was chosen."""
    here = reverse("accounts:profile")
    with override(language or None):
        messages.success(request, _("Your account has been changed."))
    return HttpResponseRedirect(translate_url(here, language) if language else here)


@sensitive_post_parameters()
@login_required
@limited("change_password")
def password(request: HttpRequest) -> HttpResponse:
    """Change one's password; other sessions end, this one goes on."""
    form = ChangePasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with refusals_on(form):
            user = actions.change_password(actor_of(request), old=data["old"], new=data["password"])
            update_session_auth_hash(request, user)
            messages.success(request, _("Your password has been changed."))
            return redirect("accounts:profile")
    return form_page(
        request,
        form,
        heading=_("A new password for your account"),
        lead=_("You stay signed in here; everywhere else you sign in again."),
        submit_label=_("Change the password"),
        cancel_url=reverse("accounts:profile"),
    )
