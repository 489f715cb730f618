"""Administrators' pages: users, each step with its reason. All of them need an elevation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.cache import never_cache

from diwan.accounts import actions
from diwan.accounts.constants import USER_KIND
from diwan.accounts.forms import EraseForm, ReasonForm, UserForm, UserSearchForm
from diwan.accounts.models import User
from diwan.accounts.queries import listed_users, one_user, user_counts
from diwan.accounts.views.guards import elevated_only
from diwan.accounts.views.invitations import link_page
from diwan.kernel.policies import Actor
from diwan.kernel.requests import actor_of
from diwan.ui.components import Pair, Step, Tag
from diwan.ui.pages import confirm_page, form_page, page_of, refusals_on
from diwan.ui.sending import as_seen
from diwan.ui.show import show_moment


@elevated_only
def users(request: HttpRequest) -> HttpResponse:
    """List and search users."""
    actor = actor_of(request)
    form = UserSearchForm(request.GET or None)
    found = listed_users(actor, form.terms(), state=str(form.given().get("state", "")))
    context = {"form": form, "page": page_of(found, request), "counts": user_counts(actor)}
    return render(request, "accounts/users.html", context)


@login_required
def user(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Show one user: oneself, or anyone while elevated."""
    actor = actor_of(request)
    shown = one_user(actor, user_id)
    context = {
        "account": shown,
        "pairs": _facts(shown),
        "steps": _steps(shown) if actor.elevated else [],
        "tag": Tag(_("in use"), "done") if shown.is_active else Tag(_("switched off"), "late"),
        "trail_url": reverse("ui:trail", args=[USER_KIND, shown.pk]),
    }
    return render(request, "accounts/user.html", context)


def _facts(shown: User) -> list[Pair]:
    last = show_moment(shown.last_login) if shown.last_login else _("never")
    may = pgettext("may elevate", "yes") if shown.may_elevate else pgettext("may elevate", "no")
    return [
        Pair(_("E-mail or mobile number"), shown.login),
        Pair(_("Last sign-in"), last),
        Pair(_("Account made"), show_moment(shown.made_at)),
        Pair(_("Administrator"), may),
    ]


def _steps(shown: User) -> list[Step]:
    def step(label: str, name: str, *, danger: bool = False) -> Step:
        return Step(label, reverse(f"accounts:{name}", args=[shown.pk]), danger=danger)

    if shown.erased_at is not None:
        return []
    if not shown.is_active:
        erase = step(_("Erase the personal data"), "erase", danger=True)
        return [step(_("Switch on again"), "reactivate"), erase]
    elevation = (
        step(_("Take the right to elevate back"), "withdraw_elevation", danger=True)
        if shown.may_elevate
        else step(_("Make an administrator"), "give_elevation")
    )
    link = step(_("Link for a new password"), "password_link")
    return [link, elevation, step(_("Switch off"), "deactivate", danger=True)]


@never_cache
@elevated_only
def make_user(request: HttpRequest) -> HttpResponse:
    """Make a user and show the link by which they choose their password."""
    form = UserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actor = actor_of(request)
        with refusals_on(form):
            made = actions.make_user(actor, **form.cleaned_data)
            link = actions.make_password_link(actor, made.pk, reason=_("a new account"))
            return link_page(request, link, "accounts:new_password", label=str(made))
    return form_page(
        request,
        form,
        heading=_("A new user"),
        lead=_(
            "Whoever holds a post is better invited from their page in the directory: that joins "
            "the account to the person."
        ),
        submit_label=_("Make the account"),
        cancel_url=reverse("accounts:users"),
    )


@dataclass(frozen=True)
class Verb:
    """A step on a user that asks for a reason and no more."""

    act: Callable[..., User]
    heading: Any
    submit: Any
    done: Any
    consequences: tuple[Any, ...] = ()
    danger: bool = False
    typed: bool = False


VERBS = {
    "deactivate": Verb(
        actions.deactivate,
        gettext_lazy("Switch the account of %(name)s off?"),
        gettext_lazy("Switch off"),
        gettext_lazy("%(name)s cannot sign in any more."),
        (
            gettext_lazy("They are signed out everywhere, at once."),
            gettext_lazy("The posts they hold stay theirs until a handover ends that."),
        ),
        danger=True,
    ),
    "reactivate": Verb(
        actions.reactivate,
        gettext_lazy("Switch the account of %(name)s on again?"),
        gettext_lazy("Switch on"),
        gettext_lazy("%(name)s can sign in again."),
    ),
    "give_elevation": Verb(
        actions.give_elevation,
        gettext_lazy("Make %(name)s an administrator?"),
        gettext_lazy("Make an administrator"),
        gettext_lazy("%(name)s is an administrator now."),
        (
            gettext_lazy("They may act with all rights for up to an hour at a time."),
            gettext_lazy("Each time they give a reason, and it is written down."),
        ),
    ),
    "withdraw_elevation": Verb(
        actions.withdraw_elevation,
        gettext_lazy("Should %(name)s be no administrator any more?"),
        gettext_lazy("Take the right back"),
        gettext_lazy("%(name)s is no administrator any more."),
        (gettext_lazy("An elevation that runs ends at once."),),
        danger=True,
    ),
    "erase": Verb(
        actions.erase_user,
        gettext_lazy("Erase the personal data of %(name)s?"),
        gettext_lazy("Erase for ever"),
        gettext_lazy("The personal data of %(name)s were erased."),
        (
            gettext_lazy("This cannot be taken back."),
            gettext_lazy("Name and sign-in name go, from the account and from the trail."),
            gettext_lazy("What they did stays, without the name."),
        ),
        danger=True,
        typed=True,
    ),
}


def _reason_form(request: HttpRequest, step: Verb, shown: User) -> ReasonForm:
    """Ask why; and for what cannot be taken back, the sign-in name once more."""
    if step.typed:
        return EraseForm(request.POST or None, expected=shown.login)
    return ReasonForm(request.POST or None)


@elevated_only
def change(request: HttpRequest, user_id: UUID, *, verb: str) -> HttpResponse:
    """Ask for the reason of one of VERBS, and do it."""
    edits = as_seen(USER_KIND, user_id)
    actor, step = actor_of(request), VERBS[verb]
    shown = one_user(actor, user_id)
    form = _reason_form(request, step, shown)
    name = {"name": str(shown)}
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            step.act(actor, shown.pk, reason=form.cleaned_data["reason"])
            messages.success(request, str(step.done) % name)
            return redirect("accounts:user", shown.pk)
    return confirm_page(
        request,
        edits=edits,
        heading=str(step.heading) % name,
        submit_label=str(step.submit),
        cancel_url=reverse("accounts:user", args=[shown.pk]),
        form=form,
        consequences=step.consequences,
        danger=step.danger,
    )


@never_cache
@elevated_only
def password_link(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Ask for the reason, make a link for a new password and show it once."""
    edits = as_seen(USER_KIND, user_id)
    actor: Actor = actor_of(request)
    shown = one_user(actor, user_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            link = actions.make_password_link(actor, shown.pk, **form.cleaned_data)
            return link_page(request, link, "accounts:new_password", label=str(shown))
    return confirm_page(
        request,
        edits=edits,
        heading=_("A link by which %(name)s chooses a new password") % {"name": shown},
        submit_label=_("Make the link"),
        cancel_url=reverse("accounts:user", args=[shown.pk]),
        form=form,
        consequences=[
            _("Make sure that it is they who ask: whoever has the link gets the account."),
            _("It works once, for a day; links made before it work no more."),
        ],
    )
