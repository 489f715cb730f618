"""What the shell of every page shows: the ways through the house, and from which post one acts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from diwan.accounts.context import account
from diwan.directory.public import authority_of, post_cards
from diwan.kernel.policies import Actor, ActorKind
from diwan.kernel.reader import current
from diwan.ui.components import Link, Standing
from diwan.ui.show import show_local

# label, url name, and the url names of the same namespace that lie under it
_WAYS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("desk:home", ("home", "unit", "word", "posts")),
    ("councils:register", ("register", "resolution", "action", "draft", "adopt", "proof")),
    ("councils:meetings", ("meeting", "agenda", "statement", "confirm")),
    ("councils:bodies", ("bod", "member", "term", "seat", "number")),
    ("directory:units", ("unit", "found", "note")),
    ("directory:people", ("people", "person", "post", "holding", "handover", "appoint")),
    ("library:documents", ("document",)),
)


def shell(request: HttpRequest) -> dict[str, Any]:
    """`nav`, `search_url`, and `standing` with the post; what accounts says of the user besides."""
    shown = account(request)
    actor = getattr(request, "actor", None)
    if not isinstance(actor, Actor):  # an answer from before the middleware: no ways to show
        return shown
    signed_in = actor.kind is ActorKind.USER
    shown["nav"] = _nav(request, actor)
    shown["search_url"] = reverse("desk:search")
    if signed_in and isinstance(shown.get("standing"), Standing):
        shown["standing"] = _with_post(shown["standing"], actor)
    return shown


def _nav(request: HttpRequest, actor: Actor) -> list[Link]:
    signed_in = actor.kind is ActorKind.USER
    labels = {
        "desk:home": _("Desk") if signed_in else _("Home"),
        "councils:register": _("Resolutions"),
        "councils:meetings": _("Meetings"),
        "councils:bodies": _("Bodies"),
        "library:documents": _("Documents"),
    }
    if signed_in:  # the directory is for those who are signed in
        labels |= {"directory:units": _("Units"), "directory:people": _("People")}
    here = _here(request)
    links = [
        Link(labels[name], reverse(name), current=name == here)
        for name, _under in _WAYS
        if name in labels
    ]
    if actor.elevated:
        name = "directory:administration"
        links.append(Link(_("Administration"), reverse(name), current=here == name))
    elif getattr(request.user, "may_elevate", False):
        name = "accounts:elevate"
        links.append(Link(_("Administration"), reverse(name), current=here == name))
    return links


def _here(request: HttpRequest) -> str:
    """The way that the present page lies under, by the beginning of its url name."""
    match = request.resolver_match
    if match is None or match.url_name is None:
        return ""
    room = match.namespace
    full = f"{room}:{match.url_name}"
    if full in ("directory:administration", "accounts:elevate"):
        return full
    ways = [(name, under) for name, under in _WAYS if name.startswith(f"{room}:")]
    for name, under in ways:
        if match.url_name.startswith(under):
            return name
    return ""


def _with_post(standing: Standing, actor: Actor) -> Standing:
    held = authority_of(actor).post_ids
    if not held:
        return standing
    chosen = actor.post_id if actor.post_id in held else held[0]
    card = post_cards([chosen], actor.at).get(chosen)
    if card is None:
        return standing
    person = authority_of(actor).person_id
    mine = next((holder for holder in card.holders if holder.person_id == person), None)
    return replace(
        standing,
        post=show_local(card.name),
        until=current().day_of(mine.until_at) if mine and mine.until_at else None,
        switch_url=reverse("desk:posts"),
        others=len(held) - 1,
    )
