"""What one was told, and how one wants to be told."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from diwan.accounts.actions.telling import choose_notices
from diwan.accounts.forms import NoticeChoicesForm
from diwan.accounts.queries import notices_to
from diwan.accounts.views.guards import own_id, user_of
from diwan.kernel import notices
from diwan.kernel.requests import actor_of
from diwan.ui.components import Link
from diwan.ui.pages import form_page, page_of, refusals_on
from diwan.ui.states import notice_tag

NOTICES_A_PAGE = 30


@login_required
def told(request: HttpRequest) -> HttpResponse:
    """Show what was sent to oneself, the newest first.

    Opened from a collected message, or to see whether something arrived. Next: the record itself.
    """
    page = page_of(notices_to(actor_of(request)), request, size=NOTICES_A_PAGE)
    lines = [(row, notice_tag(row)) for row in page]
    crumbs = [Link(_("Your account"), reverse("accounts:profile"))]
    context = {"page": page, "lines": lines, "crumbs": crumbs}
    return render(request, "accounts/notices.html", context)


@login_required
def choices(request: HttpRequest) -> HttpResponse:
    """Choose how, when and where one is told."""
    user = user_of(request)
    wishes, chosen = notices.wishes_of(user.pk), notices.choices_of(user.pk)
    form = NoticeChoicesForm(request.POST or None, user=user, wishes=wishes, chosen=chosen)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            choose_notices(actor_of(request), own_id(request), form.wishes())
            messages.success(request, _("From now on you are told as you chose."))
            return redirect("accounts:notices")
    return form_page(
        request,
        form,
        heading=_("How and when you are told"),
        lead=_("Links to sign in and news of your password come at once, whatever you choose."),
        submit_label=_("Save"),
        cancel_url=reverse("accounts:notices"),
    )
