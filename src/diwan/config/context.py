"""What the shell of every page shows: the ways through the house, and from which post one acts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from diwan.accounts.context import account
from diwan.directory.public import MANAGERS, authority_of
from diwan.kernel.policies import Actor, ActorKind
from diwan.kernel.reader import current
from diwan.ui.components import Link, Standing
from diwan.ui.show import show_local

# A way's address, and the beginnings of the addresses that lie under it.
_WAYS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("desk:home", ("", "desk", "posts")),
    (
        "services:work",
        ("services/work", "services/cases", "services/counter", "services/figures"),
    ),
    ("services:catalogue", ("services",)),
    (
        "councils:register",
        ("councils/register", "councils/resolutions", "councils/actions", "councils/proofs"),
    ),
    ("councils:meetings", ("councils/meetings",)),
    ("councils:bodies", ("councils/bodies",)),
    ("directory:units", ("directory/units", "directory/posts", "directory/holdings")),
    ("directory:people", ("directory/people", "directory/handovers")),
    ("library:documents", ("library",)),
)
_ADMINISTRATION = (
    "directory",
    "services/manage",
    "exchange",
    "account/users",
    "account/elevate",
    "account/invitations",
    "jobs",
    "outbox",
    "seals",
    "retention",
)


# Pages about any record, and the way under which each kind of record lies.
_ABOUT_RECORDS = ("trail", "numbers", "links")
_WAY_OF_KIND = {
    "services.case": "services:work",
    "councils.resolution": "councils:register",
    "councils.action": "councils:register",
    "councils.proof": "councils:register",
    "councils.meeting": "councils:meetings",
    "councils.body": "councils:bodies",
    "councils.membership": "councils:bodies",
    "directory.unit": "directory:units",
    "directory.post": "directory:units",
    "directory.note": "directory:units",
    "directory.person": "directory:people",
    "directory.handover": "directory:people",
    "library.document": "library:documents",
}


def shell(request: HttpRequest) -> dict[str, Any]:
    """`nav`, `foot`, `search_url`, `standing` with the post; what accounts says of the user too."""
    shown = account(request)
    actor = getattr(request, "actor", None)
    if not isinstance(actor, Actor):  # an answer from before the middleware: no ways to show
        return shown
    signed_in = actor.kind is ActorKind.USER
    shown["nav"] = _nav(request, actor)
    shown["foot"] = [
        Link(_("Services"), reverse("services:catalogue")),
        Link(_("Open tables"), reverse("interop:tables")),
        Link(_("For programs"), reverse("api_reference")),
    ]
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
    if signed_in:  # the directory and the work on cases are for those who are signed in
        labels |= {"directory:units": _("Units"), "directory:people": _("People")}
        labels["services:work"] = _("Cases")
    else:
        labels["services:catalogue"] = _("Services")
    links = [
        Link(labels[name], reverse(name), current=_under(request, beginnings, name))
        for name, beginnings in _WAYS
        if name in labels
    ]
    administration = _administration(request, actor)
    if administration and not any(link.current for link in links):
        here = _under(request, _ADMINISTRATION)
        links.append(Link(_("Administration"), reverse(administration), current=here))
    elif administration:
        links.append(Link(_("Administration"), reverse(administration)))
    return links


def _administration(request: HttpRequest, actor: Actor) -> str:
    """Where administration begins for the actor: its index, or taking an elevation, or nowhere."""
    if actor.elevated or authority_of(actor).units(*MANAGERS):
        return "directory:administration"
    return "accounts:elevate" if getattr(request.user, "may_elevate", False) else ""


def _under(request: HttpRequest, beginnings: tuple[str, ...], way: str = "") -> bool:
    """Say whether the present page's address begins with one of these, after the language.

    A page about a record lies where the record lies, those of other kinds under administration.
    """
    parts = request.path.strip("/").split("/")[1:]
    if parts[:1] and parts[0] in _ABOUT_RECORDS:
        return _WAY_OF_KIND.get("".join(parts[1:2]), "") == way
    return any(parts[: len(b.split("/"))] == b.split("/") if b else not parts for b in beginnings)


def _with_post(standing: Standing, actor: Actor) -> Standing:
    held = authority_of(actor).held
    if not held:
        return standing
    chosen = next((post for post in held if post.post_id == actor.post_id), held[0])
    return replace(
        standing,
        post=show_local(chosen.name),
        until=current().day_of(chosen.until_at) if chosen.until_at else None,
        switch_url=reverse("desk:posts"),
        others=len({post.post_id for post in held}) - 1,
    )
