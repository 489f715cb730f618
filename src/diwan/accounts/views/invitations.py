"""Invitations: the list, a new link, and the page behind the link."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from diwan.accounts import actions
from diwan.accounts.actions.checks import NewUser
from diwan.accounts.actions.links import NewLink
from diwan.accounts.forms import InviteForm, JoinForm
from diwan.accounts.models import Invitation, User
from diwan.accounts.policies import target_of
from diwan.accounts.queries import listed_invitations, require_open_invitation, target_label
from diwan.accounts.views.guards import limited
from diwan.kernel.errors import Refused
from diwan.kernel.exchange import Ref, cards
from diwan.kernel.requests import actor_of
from diwan.ui.pages import REFUSED_STATUS, form_page, refusals_on
from diwan.ui.show import show_local


@login_required
def invitations(request: HttpRequest) -> HttpResponse:
    """Show invitations to whatever the actor may invite to."""
    lines = listed_invitations(actor_of(request))
    waiting = sum(line.open for line in lines)
    return render(request, "accounts/invitations.html", {"lines": lines, "waiting": waiting})


@never_cache
@login_required
def invite(request: HttpRequest, kind: str, target_id: UUID) -> HttpResponse:
    """Ask how long the link should last, make it and show it once."""
    actor = actor_of(request)
    label = target_of(kind).label(target_id)
    actions.require_may_invite(actor, kind, target_id)
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            link = actions.invite(actor, kind, target_id, **form.cleaned_data)
            return link_page(request, link, "accounts:join", label=show_local(label))
    card = cards([Ref(kind, target_id)], actor).get(Ref(kind, target_id))
    return form_page(
        request,
        form,
        heading=_("Invite somebody to act as %(name)s") % {"name": show_local(label)},
        lead=_("You get a link to hand over. It works once."),
        submit_label=_("Make the link"),
        cancel_url=card.url if card else reverse("accounts:invitations"),
    )


def link_page(request: HttpRequest, link: NewLink, name: str, *, label: str) -> HttpResponse:
    """Show a link that was just made; it cannot be shown again."""
    address = request.build_absolute_uri(reverse(name, args=[link.token]))
    context = {"address": address, "invitation": link.invitation, "label": label}
    answer = render(request, "accounts/link.html", context, status=201)
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@login_required
def withdraw(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """Make a link useless."""
    actions.withdraw(actor_of(request), invitation_id)
    messages.success(request, _("The invitation was withdrawn; its link works no more."))
    return redirect("accounts:invitations")


@never_cache
@sensitive_post_parameters()
@limited("reset_password_from_key")
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Accept an invitation: as who is signed in, or with a new account."""
    actor = actor_of(request)
    try:
        invitation = require_open_invitation(token, actor.at)
    except Refused as refusal:
        return over_page(request, refusal)
    label = show_local(target_label(invitation.target_kind, invitation.target_id))
    if isinstance(request.user, User):
        return _join_as_user(request, token, label)
    return _join_as_new(request, token, invitation, label)


def over_page(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """Say in one sentence why a link does not work."""
    context = {"sentence": str(refusal)}
    return render(request, "accounts/link_over.html", context, status=410)


def _join_as_user(request: HttpRequest, token: str, label: str) -> HttpResponse:
    context: dict[str, Any] = {"label": label, "sentence": ""}
    status = 200
    if request.method == "POST":
        try:
            actions.accept_as_user(actor_of(request), token)
        except Refused as refusal:
            context["sentence"], status = str(refusal), REFUSED_STATUS
        else:
            return _joined(request, label)
    return render(request, "accounts/join.html", context, status=status)


def _join_as_new(
    request: HttpRequest, token: str, invitation: Invitation, label: str
) -> HttpResponse:
    form = JoinForm(request.POST or None, initial={"login": invitation.sent_to})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        new = NewUser(data["login"], data["name"], data["password"])
        with refusals_on(form):
            user = actions.accept_as_new(actor_of(request), token, new)
            get_adapter(request).login(request, user)
            return _joined(request, label)
    query = urlencode({"next": request.get_full_path()})
    return form_page(
        request,
        form,
        template="accounts/join_new.html",
        heading=_("You are invited to act as %(name)s") % {"name": label},
        lead=_("Choose how you sign in from now on."),
        submit_label=_("Make my account"),
        sign_in_first=f"{reverse('accounts:sign_in')}?{query}",
    )


def _joined(request: HttpRequest, label: str) -> HttpResponse:
    messages.success(request, _("You act as %(name)s from now on.") % {"name": label})
    return HttpResponseRedirect(get_adapter(request).get_login_redirect_url(request))
