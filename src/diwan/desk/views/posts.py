"""Choosing the post one acts from."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from diwan.desk.queries import held_posts
from diwan.desk.queries.standing import HeldPost
from diwan.directory import public as directory
from diwan.kernel.errors import NotFound
from diwan.kernel.requests import actor_of
from diwan.ui.components import Card, Step, Tag
from diwan.ui.show import show_day, show_local
from diwan.ui.templatetags.ui import local

from .sentences import sentence, words


@login_required
@require_safe
def posts(request: HttpRequest) -> HttpResponse:
    """The posts one holds.

    Opened by somebody with several posts, who asks: from which do I act, until when, and how do I
    take another? Next: choose one; the audit names it in what is done from then on.
    """
    actor = actor_of(request)
    held = held_posts(actor)
    text = ngettext("You hold %(n)s post", "You hold %(n)s posts", len(held))
    heading = sentence(text % {"n": words(len(held), feminine=True)}) if held else ""
    context = {"heading": heading, "cards": [_card(one, first=False) for one in held]}
    return render(request, "desk/posts.html", context)


@login_required
@require_POST
def choose_post(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Act from this post from now on, then go back to where one was. A post not held is a 404."""
    held = {one.card.post_id: one for one in held_posts(actor_of(request))}
    if pk not in held:
        raise NotFound
    directory.choose_post(request, pk)
    name = show_local(held[pk].card.name)
    messages.success(request, _("You now act from the post “%(post)s”.") % {"post": name})
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=False)
    return redirect(back if safe else reverse("desk:home"))


def _card(held: HeldPost, *, first: bool) -> Card:
    card = held.card
    kinds = {"full": "", "acting": _("acting"), "deputy": _("deputy during leave")}
    until = _("until %(day)s") % {"day": show_day(held.until_at)} if held.until_at else ""
    meta = [local(card.unit_name), kinds.get(held.kind, ""), until]
    step = None
    if not held.chosen:
        step = Step(
            _("Act from this post"),
            reverse("desk:choose_post", args=[card.post_id]),
            filled=first,
            post=True,
        )
    return Card(
        title=local(card.name),
        url=reverse("directory:post", args=[card.post_id]),
        tone="new" if held.chosen else "quiet",
        meta=tuple(part for part in meta if part),
        tag=Tag(_("you act from here"), "new", "check") if held.chosen else None,
        step=step,
    )
