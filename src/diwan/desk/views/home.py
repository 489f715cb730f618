"""One's own desk, the unit's desk, and what waits for a secretary's word."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from diwan.accounts.public import last_visit, note_visit
from diwan.councils.public import has_seat, runs_bodies
from diwan.desk.queries import Desk, changes_since, own_and_word_desk, unit_desk, word_desk
from diwan.desk.queries.desks import SECRETARY_ORDER, home_country
from diwan.desk.rules.visits import Since, since_of
from diwan.desk.rules.week import week_of
from diwan.directory.public import (
    Role,
    authority_of,
    calendars_of,
    post_cards,
    unit_names,
)
from diwan.kernel.countries import country
from diwan.kernel.errors import NotFound
from diwan.kernel.exchange import Waiting
from diwan.kernel.policies import Actor, ActorKind
from diwan.kernel.requests import actor_of
from diwan.kernel.text import isolate
from diwan.kernel.working import today_in, work_calendar
from diwan.ui.components import Link
from diwan.ui.pages import page_of
from diwan.ui.show import show_local

from . import pictures, sentences
from .asked import identifier
from .cards import Dealer
from .since import since_then

OWNERS_A_PAGE = 25
ITEMS_A_PAGE = 12
ITEMS_OF_A_POST = 40


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """One's own desk; the entrance for whoever has not signed in.

    Opened in the morning by the holder of a post, who asks: what is late, what must I do this
    week, and which is the first? Next: the filled button of the first card.
    """
    actor = actor_of(request)
    if actor.kind is ActorKind.ANONYMOUS:
        entrance = {"citizens": _citizens(), "registers": _registers()}
        return render(request, "desk/entrance.html", entrance)
    held = authority_of(actor).held
    post_id = identifier(request.GET.get("post"))
    since = _since(actor)
    desk, word = own_and_word_desk(actor, post_id=post_id, since=since.last)
    if not held and not word.total and not has_seat(actor):
        return render(request, "desk/no_post.html", _no_post(request, actor))
    dealer = Dealer(desk, name_posts=len(held) > 1 and post_id is None)
    changes = since_then(actor, changes_since(actor, since), desk)
    context = {
        # The heading is the answer: a secretary who owes nothing hears first what waits for a word.
        "heading": sentences.word_heading(word)
        if word.total and not desk.total
        else sentences.own_heading(desk),
        "lead": sentences.day(desk),
        "since": changes,
        "sections": list(dealer.sections()),
        "posts": _post_choices(actor, post_id),
        "tabs": _tabs(actor, "home", word=word, own=desk),
        "pictures": pictures.beside_own(actor, desk),
        "empty": _empty(word, desk),
    }
    answer = render(request, "desk/home.html", context)
    if actor.user_id is not None:
        note_visit(actor.user_id, actor.at)
    return answer


def _since(actor: Actor) -> Since:
    """From when on to tell of changes; on the first visit from the last working days on."""
    last = last_visit(actor.user_id, actor.at) if actor.user_id else None
    country_ = home_country(actor)
    # Read once, with their country's: what the posts owe is late by them.
    calendars_of({held.unit_id for held in authority_of(actor).held}, at=actor.at)
    week = week_of(work_calendar(country_), today_in(country_, actor.at))
    zone = ZoneInfo(country(country_).timezone)
    return since_of(last, actor.at, datetime.combine(week.new_since, time(), zone))


@login_required
@require_safe
def unit(request: HttpRequest) -> HttpResponse:
    """The desk of the units one heads.

    Opened by a head, who asks: what stands still below me, with whom, and which posts are vacant?
    Next: open the post that owes the most late things, or appoint somebody to a vacant one.
    """
    actor = actor_of(request)
    unit_id = identifier(request.GET.get("unit"))
    post_id = identifier(request.GET.get("post"))
    desk = unit_desk(actor, unit_id=unit_id)
    work = desk.work_of(post_id) if post_id else desk.work
    page = page_of(work, request, size=ITEMS_OF_A_POST if post_id else ITEMS_A_PAGE)
    vacant = desk.vacant
    vacant_count = sum(item.count for item in vacant)
    most = 0 if post_id else OWNERS_A_PAGE
    shown = desk.showing([*page.object_list, *vacant], owners=most)
    dealer = Dealer(shown, name_posts=True, name_units=True)
    context = {
        "heading": sentences.unit_heading(desk, vacant_count),
        "lead": sentences.lead(desk),
        "tabs": _tabs(actor, "unit", word=word_desk(actor)),
        "page": page,
        "cards": dealer.cards(vacant=False),
        "vacant": dealer.cards(vacant=True),
        "vacant_count": vacant_count,
        "owners": desk.owners(most) if most else [],
        "all_owners": desk.all_owners,
        "asked_post": post_cards([post_id], actor.at).get(post_id) if post_id else None,
        "asked_unit": unit_names([unit_id], authority_of(actor).day).get(unit_id, {})
        if unit_id
        else None,
        "pictures": pictures.beside_unit(actor, desk),
    }
    return render(request, "desk/unit.html", context)


@login_required
@require_safe
def word(request: HttpRequest) -> HttpResponse:
    """What waits for a secretary's word.

    Opened by the secretary (or the chair without one), who asks: which proofs, requests and
    records wait for me? Next: the first button, an answer to whoever waits the longest.
    """
    actor = actor_of(request)
    desk = word_desk(actor)
    if not desk.total and not _is_secretary(actor):
        raise NotFound
    dealer = Dealer(desk)
    context = {
        "heading": sentences.word_heading(desk),
        "lead": sentences.lead(desk),
        "tabs": _tabs(actor, "word", word=desk),
        "sections": list(dealer.waiting((*SECRETARY_ORDER, Waiting.VACANT, Waiting.DO))),
        "pictures": pictures.beside_word(actor),
    }
    return render(request, "desk/word.html", context)


def _tabs(actor: Actor, here: str, *, word: Desk, own: Desk | None = None) -> list[Link]:
    tabs = [Link(_("Mine"), reverse("desk:home"), here == "home", own.total if own else None)]
    if authority_of(actor).roles.get(Role.HEAD):
        tabs.append(Link(_("My unit"), reverse("desk:unit"), here == "unit"))
    if word.total or _is_secretary(actor):
        url = reverse("desk:word")
        tabs.append(Link(_("Waiting for my word"), url, here == "word", word.total))
    return tabs if len(tabs) > 1 else []


def _is_secretary(actor: Actor) -> bool:
    return bool(authority_of(actor).roles.get(Role.SECRETARY)) or runs_bodies(actor)


def _post_choices(actor: Actor, post_id: UUID | None) -> list[Link]:
    """One's posts to choose from, the one acted from first, then by name."""
    held = sorted(
        authority_of(actor).held,
        key=lambda post: (post.post_id != actor.post_id, " ".join(post.name.values())),
    )
    if len(held) < 2:
        return []
    url = reverse("desk:home")
    every = Link(_("All my posts"), url, current=post_id is None)
    each = [
        Link(show_local(one.name), f"{url}?post={one.post_id}", current=one.post_id == post_id)
        for one in held
    ]
    return [every, *each]


def _empty(word: Desk, desk: Desk) -> dict[str, str] | None:
    """What to do first where one's own desk is empty: the secretary's word, else the register."""
    if desk.total:
        return None
    if word.total:
        return {
            "title": sentences.own_heading(desk),
            "label": _("See what waits for your word"),
            "url": reverse("desk:word"),
        }
    return {
        "title": _("What a meeting resolves for one of your posts will stand here at once."),
        "label": _("See the register of resolutions"),
        "url": reverse("councils:register"),
    }


def _citizens() -> list[Link]:
    return [
        Link(_("Ask for a service"), reverse("services:catalogue"), icon="concierge-bell"),
        Link(_("Follow a case"), reverse("services:follow"), icon="route"),
        Link(_("Complain"), reverse("services:complain"), icon="message-square-warning"),
    ]


def _registers() -> list[Link]:
    return [
        Link(_("Resolutions"), reverse("councils:register"), icon="scroll-text"),
        Link(_("Meetings"), reverse("councils:meetings"), icon="calendar-days"),
        Link(_("Bodies"), reverse("councils:bodies"), icon="users-round"),
        Link(_("Documents"), reverse("library:documents"), icon="book-open"),
    ]


def _no_post(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    return {
        "login": isolate(getattr(request.user, "login", "")),
        "may_elevate": getattr(request.user, "may_elevate", False),
        "elevated": actor.elevated,
    }
