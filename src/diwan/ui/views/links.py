"""Joining a record with another, and taking a link back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from diwan.kernel import links
from diwan.kernel.errors import Forbidden
from diwan.kernel.exchange import Ref
from diwan.kernel.requests import actor_of
from diwan.ui.components import Link
from diwan.ui.linking import JoinForm, not_theirs, record_to_join
from diwan.ui.pages import form_page, refusals_on
from diwan.ui.show import show_local


@login_required
def join(request: HttpRequest, kind: str, record_id: UUID) -> HttpResponse:
    """Join a record with another.

    Opened from the record's page by who may write it, who asks: what carries this out, what does it
    answer? Next: the record's page, where both stand with their states.
    """
    actor, ref = actor_of(request), Ref(kind, record_id)
    card = record_to_join(actor, kind, record_id)
    form = JoinForm(request.POST or None, actor=actor, ref=ref)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            try:
                links.join(actor, *form.ends(ref))
            except Forbidden:
                raise not_theirs(form.cleaned_data["card"]) from None
            told = {"title": show_local(form.cleaned_data["card"].title)}
            messages.success(request, _("It is linked with “%(title)s” now.") % told)
            return redirect(card.url)
    return form_page(
        request,
        form,
        heading=_("Link “%(title)s” with another record") % {"title": show_local(card.title)},
        lead=_("The link stands on both pages and in the trail of both."),
        submit_label=_("Link them"),
        cancel_url=card.url,
        crumbs=[Link(show_local(card.title), card.url)],
    )


@require_POST
@login_required
def part(request: HttpRequest, kind: str, record_id: UUID, link_id: UUID) -> HttpResponse:
    """Take a link back: a button beside it on a record's page. Next: that page."""
    actor = actor_of(request)
    card = record_to_join(actor, kind, record_id)
    links.part(actor, link_id)
    messages.success(request, _("The link was taken back; the trail of both records keeps it."))
    return redirect(card.url)
