"""The index of administration: what can be done where."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from diwan.directory.constants import MANAGERS
from diwan.directory.models import Register
from diwan.directory.policies import authority_of, may_set_working_time, register_policy
from diwan.directory.queries.names import unit_names
from diwan.kernel.errors import Forbidden
from diwan.kernel.policies import Actor
from diwan.kernel.requests import actor_of
from diwan.ui.components import Card
from diwan.ui.show import show_local

from .shared import countries_of, country_name


@login_required
@require_safe
def administration(request: HttpRequest) -> HttpResponse:
    """What somebody may administer, and where.

    Opened by an elevated administrator, or by whoever holds a head's or an administrator's post,
    who asks: where do I found, appoint, invite, set holidays? Next: one of these places.
    """
    actor = actor_of(request)
    managed = authority_of(actor).units(*MANAGERS)
    if not actor.elevated and not managed:
        raise Forbidden(
            _(
                "Administration belongs to heads, administrators' posts, and elevated "
                "administrators."
            )
        )
    day = authority_of(actor).day
    names = unit_names(managed, day)
    context = {
        "places": [
            Card(
                title=show_local(names.get(pk, {})),
                url=reverse("directory:unit", args=[pk]),
                note=_("Here and below you make posts and appoint."),
            )
            for pk in sorted(managed)
        ],
        "groups": _groups(actor),
        "registers": register_policy.which(actor, "see", Register.objects.order_by("key")),
        "elevated": actor.elevated,
    }
    return render(request, "directory/administration.html", context)


def _groups(actor: Actor) -> list[dict[str, Any]]:
    """What can be done, in the order in which a new body is set up."""
    groups = [
        {"title": _("Units and posts"), "cards": _structure(actor)},
        {"title": _("People"), "cards": _people()},
        {"title": _("Services"), "cards": _services()},
        {"title": _("Working time"), "cards": _countries(actor)},
    ]
    if actor.elevated:
        note = _("Who can sign in, and who may elevate.")
        groups.append({"title": _("Access"), "cards": [_card(_("Users"), "accounts:users", note)]})
        groups.append({"title": _("The house at work"), "cards": _at_work()})
    return groups


def _card(title: str, name: str, note: str, *, query: str = "") -> Card:
    return Card(title=title, url=reverse(name) + query, note=note)


def _services() -> list[Card]:
    note = _("What citizens ask your units for: upload a workbook, try it out, publish it.")
    return [_card(_("Services you look after"), "services:manage", note)]


def _at_work() -> list[Card]:
    return [
        _card(
            _("Registers in and out"),
            "interop:registers",
            _("Take in the file of a register, or write one out with its proofs."),
        ),
        _card(
            _("Open tables"), "interop:tables", _("Open a table to the public, or close it again.")
        ),
        _card(_("Jobs"), "ui:jobs", _("What the worker does; what gave up is tried anew there.")),
        _card(_("Outbox"), "ui:outbox", _("Notices that wait, and those that need a word.")),
        _card(
            _("Is the record whole?"),
            "ui:seals",
            _("Seals over the trail: verify them, and take them to somebody outside."),
        ),
        _card(
            _("Retention periods"), "ui:retention", _("How long what is kept that need not stay.")
        ),
    ]


def _structure(actor: Actor) -> list[Card]:
    note = _("A ministry, a guild, a municipality: it begins a register.")
    top = [_card(_("Found a unit at the top"), "directory:found_top", note)]
    return [
        *(top if actor.elevated else []),
        _card(
            _("Units"),
            "directory:units",
            _("Found, rename, move, close, merge and split on the page of each unit."),
        ),
        _card(
            _("Posts"),
            "directory:posts",
            _("Change, end and hand over on the page of each post."),
        ),
        _card(
            _("Vacant posts"),
            "directory:posts",
            _("Appoint somebody to each of them."),
            query="?state=vacant",
        ),
    ]


def _people() -> list[Card]:
    return [
        _card(_("People"), "directory:people", _("Add, correct and invite them.")),
        _card(_("Handovers"), "directory:handovers", _("Sheets of the posts that passed on.")),
        _card(_("Partners"), "directory:partners", _("Organisations outside the tree.")),
        _card(_("Invitations"), "accounts:invitations", _("Links that wait for an answer.")),
    ]


def _countries(actor: Actor) -> list[Card]:
    may, only_see = _("Declare holidays, set weekend and office hours."), _("Holidays by year.")
    return [
        Card(
            title=_("Working time of %(country)s") % {"country": country_name(code)},
            url=reverse("directory:working_time", args=[code]),
            note=may if may_set_working_time(actor, code) else only_see,
        )
        for code in countries_of(actor)
    ]
