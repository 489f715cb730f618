"""Posts: the list, and one post with who holds it, what it owes and who held it before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from diwan.directory.constants import POST
from diwan.directory.forms.lists import PostsForm
from diwan.directory.forms.words import role_names, seats_words
from diwan.directory.models import Holding, Post, Unit
from diwan.directory.policies import holding_policy, post_policy, unit_policy
from diwan.directory.queries.calendars import calendar_of
from diwan.directory.queries.lists import listed_posts, moment_on
from diwan.directory.queries.names import post_names, unit_names
from diwan.directory.queries.posts import HolderCard, PostCard, keep_holders, post_cards
from diwan.directory.queries.story import holdings_of_post, post_through_time, terms_of
from diwan.kernel.exchange import DeskItem, Ref, cards, related
from diwan.kernel.policies import Actor
from diwan.kernel.requests import actor_of
from diwan.ui.components import Card, Link, Pair, Tag
from diwan.ui.pages import page_of
from diwan.ui.show import show_day_short, show_local, show_number
from diwan.ui.templatetags.ui import local

from .rows import holder_row, post_rows
from .shared import asked_day, countries_of, duties_of, identifier, on_query, seen, today_of, way_to
from .through_time import corrected_terms, correction_rows, post_terms, told_events, version_rows


@login_required
@require_safe
def posts(request: HttpRequest) -> HttpResponse:
    """Posts as of a day, of one unit and below or of all.

    Opened by a head or an administrator, who asks: who holds which post, and which are vacant?
    Next: open a post; to a vacant one they appoint somebody.
    """
    actor = actor_of(request)
    home = next(iter(countries_of(actor)), None)
    today = today_of(actor, home)
    day = asked_day(request, today)
    form = PostsForm(request.GET)
    given = form.given()
    below = identifier(request.GET.get("unit"))
    unit = seen(unit_policy, actor, Unit.objects.all(), below) if below else None
    at = moment_on(day, unit.country if unit else home or "", actor)
    vacant = given.get("state") == "vacant"
    found = listed_posts(
        actor, day, tokens=form.terms(), below=below, vacant_at=at if vacant else None
    )
    page = page_of(found, request)
    found_cards = post_cards([row.post_id for row in page.object_list], at)
    ordered = [found_cards[row.post_id] for row in page.object_list]
    context: dict[str, Any] = {
        "form": form,
        "page": page,
        "rows": post_rows(ordered, query=on_query(day, today)),
        "vacant": vacant,
        "asked": given.get("q", ""),
        "day": day,
        "today": today,
        "unit_name": unit_names([below], day).get(below, {}) if below else {},
        "chips": _chips(request, vacant=vacant),
        "crumbs": [Link(_("People"), reverse("directory:people"))],
    }
    return render(request, "directory/posts.html", context)


def _chips(request: HttpRequest, *, vacant: bool) -> list[Link]:
    kept = request.GET.copy()
    for name in ("state", "page"):
        kept.pop(name, None)
    every = kept.urlencode()
    kept["state"] = "vacant"
    url = reverse("directory:posts")
    return [
        Link(_("All posts"), f"{url}?{every}" if every else url, current=not vacant),
        Link(_("Vacant posts"), f"{url}?{kept.urlencode()}", current=vacant),
    ]


@login_required
@require_safe
def post(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One post.

    Opened by anybody of the country's staff, who asks: who holds it, what does it owe, who held it
    before? Next: a head hands it over, or appoints somebody to a vacant one.
    """
    actor = actor_of(request)
    one = seen(post_policy, actor, Post.objects.select_related("unit", "register"), pk)
    today = today_of(actor, one.unit.country)
    day = asked_day(request, today)
    at = moment_on(day, one.unit.country, actor)
    rows = holding_policy.find(actor, holdings_of_post(pk))
    keep_holders(pk, rows, at)
    card = post_cards([pk], at)[pk]
    terms, told = terms_of(rows), post_through_time(pk)
    may_correct = post_policy.may(actor, "correct", one)
    context = {
        "post": one,
        "card": card,
        "day": day,
        "today": today,
        "holders": _holders(actor, card, rows if day == today else ()),
        "free": _free_seats(card),
        "may_appoint": day == today and not card.ended and post_policy.may(actor, "appoint", one),
        "may_hand_over": day == today
        and bool(card.holders)
        and post_policy.may(actor, "hand_over", one),
        "duties": duty_cards(actor, pk, one.unit_id) if day == today else [],
        "terms": post_terms(terms.holdings, one.unit.country),
        "may_correct": may_correct,
        "corrected": corrected_terms(terms.corrections, one.unit.country),
        "events": told_events(told, of_post=True),
        "versions": version_rows(told, _correct_url if may_correct else None),
        "corrections": correction_rows(told.corrections),
        "facts": _facts(one, card, today),
        "steps": post_steps(actor, one, card),
        "related": related(Ref(POST, pk), actor),
        "crumbs": [units_link(), *way_to(one.unit_id, day, itself=True)],
    }
    return render(request, "directory/post.html", context)


def units_link() -> Link:
    """The way to the tree."""
    return Link(_("Units"), reverse("directory:units"))


def _correct_url(version_id: UUID) -> str:
    return reverse("directory:correct_post", args=[version_id])


def _holders(actor: Actor, card: PostCard, rows: Sequence[Holding]) -> list[dict[str, Any]]:
    """Who holds it, and what may be done about that now; `rows`: the holdings of the post."""
    known: dict[UUID | None, Holding] = {row.pk: row for row in rows}
    return [_holder(actor, holder, known.get(holder.holding_id)) for holder in card.holders]


def _holder(actor: Actor, holder: HolderCard, row: Holding | None) -> dict[str, Any]:
    steps = []
    if row is not None:
        verbs = [
            ("depute", "directory:depute", _("Name a deputy during a leave")),
            ("end", "directory:end_holding", _("End the holding")),
        ]
        if row.kind == Holding.Kind.DEPUTY:
            verbs = verbs[1:]
        steps = [
            Link(label, reverse(url, args=[row.pk]))
            for verb, url, label in verbs
            if holding_policy.may(actor, verb, row)
        ]
    return {"row": holder_row(holder), "steps": steps}


def _free_seats(card: PostCard) -> int:
    """How many more may hold it; many seats count as one free."""
    if card.seats is None:
        return 1
    taken = sum(holder.kind == Holding.Kind.FULL for holder in card.holders)
    return max(card.seats - taken, 0)


def duty_cards(actor: Actor, post_id: UUID, unit_id: UUID) -> list[Card]:
    """What the post owes now, as far as the actor may see it."""
    calendar_of(unit_id, at=actor.at)  # read once, with its country's: all of it is late by them
    items = duties_of(actor, [post_id])
    asked = [item.ref for item in items if not item.readable]
    readable = cards(asked, actor) if asked else {}
    return [_duty(item) for item in items if item.readable or item.ref in readable]


def _duty(item: DeskItem) -> Card:
    late = ngettext("%(n)s working day late", "%(n)s working days late", item.late_days)
    tag = Tag(late % {"n": show_number(item.late_days)}, "late") if item.late_days else None
    if tag is None and item.due:
        tag = Tag(_("due %(day)s") % {"day": show_day_short(item.due)}, "due", "calendar")
    meta = [str(part) for part in (item.source, item.state) if part]
    return Card(
        title=local(item.title),
        url=item.url,
        tone="late" if item.late_days else "quiet",
        meta=tuple(meta),
        tag=tag,
    )


def _facts(post: Post, card: PostCard, day: date) -> list[Pair]:
    facts = [
        Pair(_("Unit"), show_local(card.unit_name), reverse("directory:unit", args=[card.unit_id])),
        Pair(_("Roles"), role_names(card.roles) or _("none")),
        Pair(_("Seats"), seats_words(card.seats)),
    ]
    if post.becomes_id:
        name = show_local(post_names([post.becomes_id], day).get(post.becomes_id, {}))
        url = reverse("directory:post", args=[post.becomes_id])
        facts.append(Pair(_("Its duties pass to"), name, url))
    return facts


def post_steps(actor: Actor, post: Post, card: PostCard) -> list[Link]:
    """What the actor may do with the post."""
    if card.ended:
        return []
    verbs = [
        ("change", "directory:change_post", _("Change it from a day on")),
        ("end", "directory:end_post", _("End it")),
    ]
    return [
        Link(label, reverse(url, args=[post.pk]))
        for verb, url, label in verbs
        if post_policy.may(actor, verb, post)
    ]
