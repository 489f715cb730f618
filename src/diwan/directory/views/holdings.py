"""Who holds a post: appointing, deputising during a leave, ending, correcting."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from diwan.directory.actions.holdings import (
    appoint as appoint_action,
)
from diwan.directory.actions.holdings import (
    correct_holding,
    end_holding,
    withdraw_holding,
)
from diwan.directory.actions.holdings import (
    depute as depute_action,
)
from diwan.directory.constants import POST
from diwan.directory.forms.holdings import (
    AppointForm,
    CorrectHoldingForm,
    DeputeForm,
    EndHoldingForm,
)
from diwan.directory.models import Holding, Person, Post
from diwan.directory.policies import holding_policy, person_policy
from diwan.directory.queries.names import person_names
from diwan.kernel.errors import NotFound
from diwan.kernel.policies import Actor
from diwan.kernel.requests import actor_of
from diwan.ui.pages import form_page, refusals_on
from diwan.ui.sending import as_seen
from diwan.ui.show import show_local

from .post_steps import post_for, post_name, post_url, way_to_post


def people_for(actor: Actor, post: Post) -> QuerySet[Person]:
    """People of the post's country whom the actor may see."""
    people = Person.objects.filter(register__country=post.unit.country)
    return person_policy.which(actor, "see", people)


def person_shown(pk: UUID) -> str:
    """Somebody's name with the honorific, in the reader's language."""
    return show_local(person_names([pk]).get(pk, {}))


def holding_for(request: HttpRequest, pk: UUID, verb: str) -> tuple[Actor, Holding]:
    """The actor and the holding on which they may `verb`. Raises NotFound or Forbidden."""
    actor = actor_of(request)
    rows = Holding.objects.select_related("post__unit", "post__register", "person")
    holding = rows.filter(pk=pk).first()
    if holding is None:
        raise NotFound
    holding_policy.demand(actor, verb, holding)
    return actor, holding


@login_required
def appoint(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Appoint somebody to a post.

    Opened by a head or an administrator for a vacant post or a free seat, who asks: who holds it
    from when? Next: the post's page; its duties are on the new holder's desk from that instant.
    """
    edits = as_seen(POST, pk, compares=False)
    actor, post = post_for(request, pk, "appoint")
    form = AppointForm(
        request.POST or None,
        people=people_for(actor, post),
        at=actor.at,
        initial={"since_at": actor.at, "person": _proposed(request, actor, post)},
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            data = form.cleaned_data
            appoint_action(
                actor,
                data["person"],
                post,
                since_at=data["since_at"],
                until_at=data["until_at"],
                kind=data["kind"],
            )
            told = {"person": person_shown(data["person"].pk), "post": post_name(actor, post)}
            messages.success(request, _("%(person)s was appointed to “%(post)s”.") % told)
            return redirect(post_url(pk))
    return form_page(
        request,
        form,
        edits=edits,
        template="directory/appoint.html",
        heading=_("Who holds %(post)s?") % {"post": post_name(actor, post)},
        lead=_("From that instant the post's duties and rights are theirs."),
        submit_label=_("Appoint"),
        cancel_url=post_url(pk),
        crumbs=way_to_post(actor, post),
    )


def _proposed(request: HttpRequest, actor: Actor, post: Post) -> Person | None:
    """Somebody who was just added to the register for this post."""
    asked = request.GET.get("person", "")
    try:
        return people_for(actor, post).filter(pk=UUID(asked)).first() if asked else None
    except ValueError:
        return None


@login_required
def depute(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Name a deputy during a leave.

    Opened by the holder before a leave, or by a head above, who asks: who stands in, from when to
    when? Next: the post's page. The holder keeps the post.
    """
    actor, holding = holding_for(request, pk, "depute")
    post = holding.post
    edits = as_seen(POST, holding.post_id, compares=False)
    people = people_for(actor, post).exclude(pk=holding.person_id)
    form = DeputeForm(request.POST or None, people=people, at=actor.at)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            data = form.cleaned_data
            depute_action(
                actor,
                holding,
                data["person"],
                since_at=data["since_at"],
                until_at=data["until_at"],
                reason=data["reason"],
            )
            told = {"person": person_shown(data["person"].pk)}
            messages.success(request, _("%(person)s stands in during the leave.") % told)
            return redirect(post_url(post.pk))
    told = {"person": person_shown(holding.person_id), "post": post_name(actor, post)}
    return form_page(
        request,
        form,
        edits=edits,
        heading=_("Who stands in for %(person)s?") % told,
        lead=_(
            "The deputy has the rights of “%(post)s” during the leave; the holder keeps them, too."
        )
        % told,
        submit_label=_("Name the deputy"),
        cancel_url=post_url(post.pk),
        crumbs=way_to_post(actor, post),
    )


@login_required
def end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End a holding without a successor.

    Opened by a head when somebody leaves and nobody follows yet, who asks: until when did they hold
    it? Next: the post's page, which says that the post is vacant and offers to appoint.
    """
    actor, holding = holding_for(request, pk, "end")
    edits = as_seen(POST, holding.post_id, compares=False)
    form = EndHoldingForm(request.POST or None, initial={"at": actor.at})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            end_holding(actor, holding, at=form.cleaned_data["at"])
            messages.success(request, _("The end was written down."))
            return redirect(post_url(holding.post_id))
    told = {"person": person_shown(holding.person_id), "post": post_name(actor, holding.post)}
    return form_page(
        request,
        form,
        edits=edits,
        heading=_("When does %(person)s leave “%(post)s”?") % told,
        lead=_(
            "Without a successor the post is vacant from then on and its head sees "
            "what it owes. If somebody follows, hand it over instead."
        ),
        submit_label=_("End the holding"),
        cancel_url=post_url(holding.post_id),
        danger=True,
        crumbs=way_to_post(actor, holding.post),
    )


@login_required
def correct(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Correct who held a post.

    Opened by a head who found a mistake in the record, and asks: who really held it, from when to
    when? Next: the post's page; the mistake stays readable with the reason.
    """
    actor, holding = holding_for(request, pk, "correct")
    edits = as_seen(POST, holding.post_id)
    people = people_for(actor, holding.post)
    form = CorrectHoldingForm(request.POST or None, holding=holding, people=people, at=actor.at)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            data = form.cleaned_data
            if data["never"]:
                withdraw_holding(actor, holding, reason=data["reason"])
            else:
                correct_holding(actor, holding, form.correction(), reason=data["reason"])
            messages.success(request, _("The record was corrected."))
            return redirect(post_url(holding.post_id))
    told = {"person": person_shown(holding.person_id), "post": post_name(actor, holding.post)}
    return form_page(
        request,
        form,
        edits=edits,
        heading=_("Correct the entry of %(person)s in “%(post)s”") % told,
        lead=_(
            "A correction says that the record was wrong. What was believed before "
            "stays readable, with the reason."
        ),
        submit_label=_("Correct the record"),
        cancel_url=post_url(holding.post_id),
        crumbs=way_to_post(actor, holding.post),
    )
