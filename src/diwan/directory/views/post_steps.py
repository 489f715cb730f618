"""Making, changing, ending and correcting posts."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from diwan.directory.actions.base import stated
from diwan.directory.actions.posts import NewPost, change_post, correct_post, create_post, end_post
from diwan.directory.constants import POST
from diwan.directory.forms.posts import (
    ChangePostForm,
    CorrectPostForm,
    EndPostForm,
    NewPostForm,
    told,
)
from diwan.directory.models import Post, PostVersion
from diwan.directory.policies import post_policy
from diwan.directory.queries.names import post_names
from diwan.kernel.errors import NotFound, Refused
from diwan.kernel.policies import Actor
from diwan.kernel.requests import actor_of
from diwan.ui.components import Link
from diwan.ui.pages import form_page, refusals_on
from diwan.ui.sending import as_seen
from diwan.ui.show import show_local

from .endings import gone_sentence
from .passing_on import passing_on
from .shared import seen, today_of, way_to
from .two_steps import two_steps
from .unit_steps import unit_for, unit_name, unit_url


def post_for(request: HttpRequest, pk: UUID, verb: str) -> tuple[Actor, Post]:
    """The actor and the post on which they may `verb`. Raises NotFound or Forbidden."""
    actor = actor_of(request)
    post = seen(post_policy, actor, Post.objects.select_related("unit", "register"), pk)
    post_policy.demand(actor, verb, post)
    return actor, post


def post_name(actor: Actor, post: Post) -> str:
    """The post's name today, in the reader's language."""
    names = post_names([post.pk], today_of(actor, post.unit.country))
    return show_local(names.get(post.pk, {}))


def post_url(pk: UUID) -> str:
    """The post's page."""
    return reverse("directory:post", args=[pk])


def way_to_post(actor: Actor, post: Post) -> list[Link]:
    """The units above the post, its own, and the post."""
    day = today_of(actor, post.unit.country)
    way = way_to(post.unit_id, day, itself=True)
    return [*way, Link(post_name(actor, post), post_url(post.pk))]


def version_now(actor: Actor, post: Post) -> PostVersion:
    """What the post is today. Raises Refused for one that is no more."""
    day = today_of(actor, post.unit.country)
    version = PostVersion.objects.as_of(day).filter(post=post).first()
    if version is None:
        raise Refused(_("This post does not exist today; correct its history instead."))
    return version


@login_required
def create(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make a post in a unit.

    Opened by a head or an administrator, who asks: which seat of duty does this unit need? Next:
    the post's page, where somebody is appointed to it.
    """
    actor, unit = unit_for(request, pk, "manage_posts")
    form = NewPostForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            new = NewPost(unit=unit, on=form.cleaned_data["on"], **form.values())
            post = create_post(actor, new)
            messages.success(request, _("The post was made; it is vacant until somebody holds it."))
            return redirect(post_url(post.pk))
    return form_page(
        request,
        form,
        heading=_("Make a post in %(unit)s") % {"unit": unit_name(actor, unit)},
        lead=_("Duties belong to the post; whoever holds it owes them."),
        submit_label=_("Make the post"),
        cancel_url=unit_url(pk),
        crumbs=way_to(pk, today_of(actor, unit.country), itself=True),
    )


@login_required
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change a post from a day on.

    Opened by a head or an administrator when a post is renamed or gets other roles or seats, who
    asks: from when? Next: the post's page.
    """
    edits = as_seen(POST, pk)
    actor, post = post_for(request, pk, "change")
    version = version_now(actor, post)
    form = ChangePostForm(request.POST or None, initial=told(version))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            change_post(actor, post, form.change(version), on=form.cleaned_data["on"])
            messages.success(request, _("The change was written down with its date."))
            return redirect(post_url(pk))
    return form_page(
        request,
        form,
        edits=edits,
        heading=_("Change %(post)s") % {"post": post_name(actor, post)},
        lead=_(
            "A change has its date. What was written wrongly is corrected in the "
            "history below the post."
        ),
        submit_label=_("Change the post"),
        cancel_url=post_url(pk),
        crumbs=way_to_post(actor, post),
    )


@dataclass(frozen=True)
class PostEnd:
    """The end of one post, as it is filled in."""

    actor: Actor
    post: Post
    form: EndPostForm

    def run(self) -> None:
        """End the post."""
        data = self.form.cleaned_data
        end_post(self.actor, self.post, on=data["on"], becomes=data["becomes"])

    def preview(self) -> list[str]:
        """What will come of it."""
        on = stated(self.form.cleaned_data["on"]).first_day
        gone = gone_sentence(post_name(self.actor, self.post), on)
        return [gone, *passing_on(self.actor, [self.post.pk], on, self.run)]


@login_required
def end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End a post.

    Opened by a head or an administrator when a post is struck off, who asks: who takes over what it
    owes? The page answers that before anything is done. Next: the unit's page.
    """
    edits = as_seen(POST, pk)
    actor, post = post_for(request, pk, "end")
    day = today_of(actor, post.unit.country)
    others = Post.objects.filter(unit__country=post.unit.country).exclude(pk=pk)
    form = EndPostForm(
        request.POST or None,
        others=post_policy.which(actor, "see", others),
        at=actor.at,
        day=day,
    )
    ending = PostEnd(actor, post, form)

    def act() -> str:
        ending.run()
        messages.success(request, _("The end of the post was written down."))
        return unit_url(post.unit_id)

    return two_steps(
        request,
        form,
        edits=edits,
        preview=ending.preview,
        act=act,
        danger=True,
        heading=_("End %(post)s") % {"post": post_name(actor, post)},
        lead=_("Whoever holds it then holds it no longer; its duties pass on."),
        submit_label=_("End the post"),
        cancel_url=post_url(pk),
        crumbs=way_to_post(actor, post),
    )


@login_required
def correct(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Correct what a version of a post says.

    Opened by whoever found a mistake in the record, and asks: what should it have said? Next: the
    post's page; what was believed before stays readable with the reason.
    """
    actor = actor_of(request)
    version = (
        PostVersion.objects.select_related("post__unit", "post__register").filter(pk=pk)
    ).first()
    if version is None:
        raise NotFound
    post_policy.demand(actor, "correct", version.post)
    edits = as_seen(POST, version.post_id)
    form = CorrectPostForm(request.POST or None, version=version)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            correct_post(actor, version, form.correction(), reason=form.cleaned_data["reason"])
            messages.success(request, _("The record was corrected."))
            return redirect(post_url(version.post_id))
    return form_page(
        request,
        form,
        edits=edits,
        heading=_("Correct the record of %(name)s") % {"name": show_local(version.name)},
        lead=_(
            "A correction says that the record was wrong. What was believed before "
            "stays readable, with the reason."
        ),
        submit_label=_("Correct the record"),
        cancel_url=post_url(version.post_id),
        crumbs=way_to_post(actor, version.post),
    )
