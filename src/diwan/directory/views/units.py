"""The tree of units and one unit: what it is, who works there, what stands below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
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

from diwan.directory.constants import UNIT
from diwan.directory.forms.words import as_written, kind_shown, note_kind_shown
from diwan.directory.models import Note, Unit, UnitVersion
from diwan.directory.policies import note_policy, unit_policy
from diwan.directory.queries.lists import (
    branches,
    children_counts,
    count_units,
    found_units,
    moment_on,
)
from diwan.directory.queries.names import TextMap, unit_names
from diwan.directory.queries.posts import cards_of_units, staffing_of
from diwan.directory.rules.provinces import province
from diwan.kernel.exchange import Ref, related
from diwan.kernel.policies import Actor
from diwan.kernel.requests import actor_of
from diwan.ui.components import Link, Pair, Text
from diwan.ui.forms import SearchForm
from diwan.ui.pages import page_of
from diwan.ui.show import show_local, show_number, show_partial

from .rows import post_rows, staffing_words
from .shared import asked_day, identifier, named, on_query, seen, today_of, way_to

CHILDREN_A_PAGE = 100
OPEN_AT_ONCE = 40


@dataclass(frozen=True)
class Branch:
    """A unit in the tree; its children are there only if it is opened at once."""

    unit_id: UUID
    name: TextMap
    kind: Text
    below: int
    url: str
    top_url: str
    children_url: str
    children: Sequence[Branch] = field(default_factory=tuple)

    @property
    def below_words(self) -> str:
        """How many units stand directly below it."""
        words = ngettext("%(n)s unit below", "%(n)s units below", self.below)
        return words % {"n": show_number(self.below)}


@login_required
@require_safe
def units(request: HttpRequest) -> HttpResponse:
    """The tree as of a day, or what a search found in it.

    Opened by anybody of the country's staff, who asks: which units are there, and which stands
    under which? Next: open a unit.
    """
    actor = actor_of(request)
    today = today_of(actor)
    day = asked_day(request, today)
    form = SearchForm(request.GET)
    tokens = form.terms()
    context: dict[str, Any] = {
        "day": day,
        "today": today,
        "form": form,
        "asked": form.given().get("q", ""),
        "may_found_top": actor.elevated,
    }
    if tokens:
        page = page_of(found_units(actor, day, tokens), request)
        context |= {"page": page, "rows": _rows(list(page.object_list), day, today)}
    else:
        context |= _tree(request, actor, day, today)
    return render(request, "directory/units.html", context)


def _tree(request: HttpRequest, actor: Actor, day: date, today: date) -> dict[str, Any]:
    top = identifier(request.GET.get("top"))
    query = on_query(day, today)
    page = page_of(branches(actor, day, above=top), request, size=CHILDREN_A_PAGE)
    rows = list(page.object_list)
    nodes = make_branches(rows, day, today)
    if top is None and len(nodes) == 1 and 0 < nodes[0].below <= OPEN_AT_ONCE:
        below = list(branches(actor, day, above=nodes[0].unit_id)[:OPEN_AT_ONCE])
        nodes = make_branches(rows, day, today, {nodes[0].unit_id: below})
    context: dict[str, Any] = {"page": page, "nodes": nodes, "total": count_units(actor, day)}
    if top is not None:
        unit = seen(unit_policy, actor, Unit.objects.all(), top)
        context |= {
            "top": unit,
            "top_name": unit_names([top], day).get(top, {}),
            "crumbs": [
                Link(_("Units"), reverse("directory:units") + query),
                *way_to(top, day, query=query),
            ],
        }
    return context


@login_required
@require_safe
def unit_children(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The units below one as a part of the tree page, asked for by htmx when a node is opened."""
    actor = actor_of(request)
    unit = seen(unit_policy, actor, Unit.objects.all(), pk)
    today = today_of(actor)
    day = asked_day(request, today)
    rows = list(branches(actor, day, above=unit.pk)[: CHILDREN_A_PAGE + 1])
    nodes = make_branches(rows[:CHILDREN_A_PAGE], day, today)
    more = f"{reverse('directory:units')}?top={pk}&page=2&on={day.isoformat()}"
    context = {"nodes": nodes, "more_url": more if len(rows) > CHILDREN_A_PAGE else ""}
    return render(request, "directory/parts/branches.html", context)


def make_branches(
    rows: Sequence[UnitVersion],
    day: date,
    today: date,
    opened: dict[UUID, list[UnitVersion]] | None = None,
) -> list[Branch]:
    """Nodes of the tree; `opened` gives the children of those that are open at once."""
    if not rows:
        return []
    counts = children_counts([row.unit_id for row in rows], day)
    query = on_query(day, today)
    # The same word behind each of thirty-one provinces says nothing.
    differ = len({row.kind for row in rows}) > 1 or len(rows) == 1
    return [
        Branch(
            unit_id=row.unit_id,
            name=row.name,
            kind=kind_shown(row.kind) if differ else "",
            below=counts.get(row.unit_id, 0),
            url=reverse("directory:unit", args=[row.unit_id]) + query,
            top_url=f"{reverse('directory:units')}?top={row.unit_id}{query.replace('?', '&')}",
            children_url=reverse("directory:unit_children", args=[row.unit_id]) + query,
            children=make_branches((opened or {}).get(row.unit_id, []), day, today),
        )
        for row in rows
    ]


def _rows(found: Sequence[UnitVersion], day: date, today: date) -> list[dict[str, Any]]:
    parents = unit_names([row.parent_id for row in found if row.parent_id], day)
    query = on_query(day, today)
    return [
        {
            "name": row.name,
            "kind": kind_shown(row.kind),
            "url": reverse("directory:unit", args=[row.unit_id]) + query,
            "parent": parents.get(row.parent_id, {}) if row.parent_id else {},
            "since": row.since_stated,
        }
        for row in found
    ]


@login_required
@require_safe
def unit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One unit as of a day.

    Opened by anybody of the country's staff, who asks: what is this unit, where does it stand, who
    holds its posts, what stands below it? Next: open a post; a head appoints to a vacant one.
    """
    actor = actor_of(request)
    one = seen(unit_policy, actor, Unit.objects.select_related("register"), pk)
    today = today_of(actor, one.country)
    day = asked_day(request, today)
    at = moment_on(day, one.country, actor)
    version = UnitVersion.objects.as_of(day).filter(unit=one).select_related("parent").first()
    below = page_of(branches(actor, day, above=one.pk), request)
    cards = cards_of_units([one.pk], at, day)
    staff = staffing_of(cards.values())
    context = {
        "unit": one,
        "version": version,
        "name": unit_names([pk], day).get(pk, {}),
        "day": day,
        "today": today,
        "query": on_query(day, today),
        "crumbs": [Link(_("Units"), reverse("directory:units")), *way_to(pk, day)],
        "facts": _facts(one, version, day),
        "rows": post_rows(cards.values(), query=on_query(day, today)),
        "staffing": staff,
        "answer": staffing_words(staff),
        "below": below,
        "nodes": make_branches(list(below.object_list), day, today),
        "notes": _notes(actor, one),
        "related": related(Ref(UNIT, pk), actor),
        "steps": unit_steps(actor, one, ended=version is None and day >= today),
        "may_post": unit_policy.may(actor, "manage_posts", one),
        "tabs": tabs(one, here="now"),
    }
    return render(request, "directory/unit.html", context)


def tabs(unit: Unit, *, here: str) -> list[Link]:
    """The faces of a unit's page."""
    return [
        Link(_("The unit"), reverse("directory:unit", args=[unit.pk]), current=here == "now"),
        Link(
            _("Through time"),
            reverse("directory:unit_history", args=[unit.pk]),
            current=here == "history",
        ),
        Link(
            _("When it works"),
            reverse("directory:unit_calendar", args=[unit.pk]),
            current=here == "calendar",
        ),
    ]


def _facts(unit: Unit, version: UnitVersion | None, day: date) -> list[Pair]:
    place = province(unit.province) if unit.province else None
    facts = []
    if version is not None:
        facts.append(Pair(_("Kind"), kind_shown(version.kind)))
        if version.parent_id:
            name = named(unit_names([version.parent_id], day), version.parent_id)
            url = reverse("directory:unit", args=[version.parent_id])
            facts.append(Pair(_("Stands under"), name, url))
        since = version.since_stated
        facts.append(
            Pair(_("So since"), show_partial(since) if since else _("before the record begins"))
        )
        if version.until is not None:
            facts.append(Pair(_("So until"), show_partial(version.until_stated)))
    if place is not None:
        facts.append(Pair(_("Province"), show_local(place.names)))
    facts.append(Pair(_("Register"), as_written(unit.register.key)))
    return facts


def _notes(actor: Actor, unit: Unit) -> list[dict[str, Any]]:
    rows = note_policy.which(actor, "see", Note.objects.filter(unit=unit))
    may = unit_policy.may(actor, "note", unit)
    return [{"note": row, "kind": note_kind_shown(row.kind), "may": may} for row in rows]


STEPS = (
    ("found", "found", "directory:found"),
    ("rename", "rename", "directory:rename_unit"),
    ("move", "move", "directory:move_unit"),
    ("merge", "merge", "directory:merge_units"),
    ("split", "split", "directory:split_unit"),
    ("close", "close", "directory:close_unit"),
    ("note", "note", "directory:add_note"),
)


def unit_steps(actor: Actor, unit: Unit, *, ended: bool) -> list[Link]:
    """What the actor may do with the unit; nothing but looking back for one that has ended."""
    labels = {
        "found": _("Found a unit below it"),
        "rename": _("Rename it"),
        "move": _("Move it under another unit"),
        "merge": _("Merge it with others"),
        "split": _("Split it"),
        "close": _("Close it"),
        "note": _("Write a note"),
    }
    if ended:
        return []
    return [
        Link(labels[key], reverse(url, args=[unit.pk]))
        for key, verb, url in STEPS
        if unit_policy.may(actor, verb, unit)
    ]
