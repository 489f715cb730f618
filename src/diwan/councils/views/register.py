"""The register of resolutions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from diwan.councils.forms.choices import (
    bodies_to_choose,
    name_hosts,
    posts_to_choose,
    units_to_choose,
)
from diwan.councils.forms.register import RegisterForm
from diwan.councils.models import Resolution
from diwan.councils.policies import countries_of, day_of
from diwan.councils.queries import register as queries
from diwan.councils.queries.bodies import bodies_for
from diwan.councils.queries.carrying import marked
from diwan.councils.queries.register import Progress, RegisterFilter, Standing
from diwan.councils.queries.rows import Row, rows_of
from diwan.directory.public import Unit, provinces
from diwan.kernel.policies import Actor
from diwan.kernel.requests import actor_of
from diwan.ui.components import Link, Tag, Tile
from diwan.ui.pages import page_of
from diwan.ui.show import show_day_short, show_local, show_number

from .shared import late_words

PAGE, ON_PAPER = 50, 2000
FEWEST_PROVINCES = 3


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """The register of resolutions.

    Opened by a head or a secretary, who asks: of what was decided, what is done, what is open, what
    is late? By staff and citizens, who look for one resolution. Next: open the resolution, or the
    late ones by one chip.
    """
    actor = actor_of(request)
    form = _form(request, actor)
    wanted = form.wanted()
    found = queries.register(actor, wanted)
    on_paper = request.GET.get("all") == "1"
    totals = queries.totals(actor, found)
    size = ON_PAPER if on_paper else PAGE
    read = None if totals.actions else queries.read_latest  # few are sorted at once
    page = page_of(marked(found), request, size=size, count=totals.resolutions, read=read)
    context: dict[str, Any] = {
        "form": form,
        "page": page,
        "totals": totals,
        "summary": summary_of(totals.actions) if totals.actions else "",
        "rows": [row_of(row) for row in rows_of(actor, list(page.object_list))],
        "asked": bool(form.given()),
        # What a chip says needs no open form below it.
        "narrowed": bool(form.errors or set(form.given()) - {"standing", "kind"}),
        "on_paper": on_paper,
        "paper_url": "?" + _with(request.GET, all="1"),
        "chips": _chips(request, wanted),
        **_map(totals.by_province),
    }
    return render(request, "councils/register.html", context)


def _form(request: HttpRequest, actor: Actor) -> RegisterForm:
    day = day_of(actor)
    countries = countries_of(actor)
    units = Unit.objects.all() if actor.elevated else Unit.objects.filter(country__in=countries)
    country = next(iter(sorted(countries)), "")
    bodies = bodies_to_choose(bodies_for(actor), day)
    found = units_to_choose(units, day)
    name_hosts(bodies, found, day)
    return RegisterForm(
        request.GET,
        bodies=bodies,
        units=found,
        posts=posts_to_choose(actor, country),
    )


def _with(given: QueryDict, **changed: str) -> str:
    """The present question with some of it changed; an empty value takes it out."""
    kept = given.copy()
    kept.pop("page", None)
    for name, value in changed.items():
        kept.pop(name, None)
        if value:
            kept[name] = value
    return kept.urlencode()


def _chips(request: HttpRequest, wanted: RegisterFilter) -> list[Link]:
    """The questions that are asked most, one press away."""
    chosen = (wanted.standing.value if wanted.standing else "", wanted.kind)

    def chip(label: str, standing: str = "", kind: str = "") -> Link:
        query = _with(request.GET, standing=standing, kind=kind, all="")
        url = reverse("councils:register")
        return Link(label, f"{url}?{query}" if query else url, current=chosen == (standing, kind))

    return [
        chip(_("All")),
        chip(_("Late"), Standing.LATE.value),
        chip(_("Still owed"), Standing.OPEN.value),
        chip(_("All settled"), Standing.DONE.value),
        chip(_("Without an owner"), Standing.UNOWNED.value),
        chip(_("Announced"), "", Resolution.Kind.ANNOUNCED.value),
    ]


def summary_of(progress: Progress) -> str:
    """How the actions of some resolutions stand, in one line."""
    if not progress.total:
        return ""
    words = ngettext("%(n)s action", "%(n)s actions", progress.total)
    parts = [words % {"n": show_number(progress.total)}]
    counted = [
        (progress.settled, _("%(n)s settled")),
        (progress.total - progress.settled, _("%(n)s still owed")),
        (progress.late, _("%(n)s late")),
        (progress.unowned, _("%(n)s without an owner")),
        (progress.unconfirmed, _("%(n)s to be confirmed")),
    ]
    parts += [label % {"n": show_number(count)} for count, label in counted if count]
    return " · ".join(parts)


def row_of(row: Row) -> dict[str, Any]:
    """One line of the table."""
    resolution, progress = row.resolution, row.progress
    return {
        "resolution": resolution,
        "url": reverse("councils:resolution", args=[resolution.pk]),
        "owners": owners_words(row),
        "nobody": row.owners.nobody,
        "progress": progress,
        "tag": standing_tag(row),
        "carried": row.carried,
        "came_up": _came_up(row.came_up),
    }


def _came_up(count: int) -> str:
    """How many late actions went up to a head, in words; nothing where none did."""
    words = ngettext("%(n)s came up to a head", "%(n)s came up to a head", count)
    return words % {"n": show_number(count)} if count else ""


def owners_words(row: Row) -> str:
    """Who owes what of it, in one short line."""
    owners = row.owners
    if owners.pattern:
        name = show_local(owners.pattern).replace("{province}", "…")
        return _("%(n)s × %(post)s") % {"n": show_number(owners.count), "post": name}
    if owners.first is None:
        return ""
    name = show_local(owners.first.name)
    if owners.count == 1:
        return name
    more = ngettext("%(post)s and %(n)s other", "%(post)s and %(n)s others", owners.count - 1)
    return more % {"post": name, "n": show_number(owners.count - 1)}


def standing_tag(row: Row) -> Tag:
    """The one word for how a resolution stands."""
    standing = row.standing
    if standing is Standing.NOTHING:
        kind = row.resolution.Kind(row.resolution.kind)
        return Tag(str(kind.label), "quiet")
    if standing is Standing.LATE and row.late_days:
        return Tag(late_words(row.late_days), "late")
    if standing is Standing.OPEN and row.due is not None:
        return Tag(_("due %(day)s") % {"day": show_day_short(row.due)}, "due")
    return {
        Standing.DONE: Tag(_("settled"), "done"),
        Standing.UNCONFIRMED: Tag(_("to be confirmed"), "quiet"),
        Standing.LATE: Tag(_("late"), "late"),
    }.get(standing, Tag(_("still owed"), "new"))


def _map(by_province: Mapping[str, Progress]) -> dict[str, Any]:
    """Lateness by province, where the actions span provinces."""
    countries = sorted({code[:2] for code in by_province})
    if len(by_province) < FEWEST_PROVINCES or len(countries) != 1:
        return {}
    return {"tiles": tiles_of(countries[0], by_province), "legend": _legend()}


def tiles_of(country: str, by_province: Mapping[str, Progress]) -> Sequence[Tile]:
    """One tile for each province; the figure on it counts what is late."""
    tiles = []
    for province in provinces(country):
        progress = by_province.get(province.code, Progress())
        name = show_local(province.names)
        tone, value = _tile_look(progress)
        tiles.append(
            Tile(province.row, province.column, short_name(name), name, value=value, tone=tone)
        )
    return tiles


def _tile_look(progress: Progress) -> tuple[str, str]:
    if progress.late:
        return "late", show_number(progress.late)
    if not progress.total:
        return "quiet", ""
    if progress.settled == progress.total:
        return "done", "✓"
    return "new", show_number(0)


def short_name(name: str) -> str:
    """A province's name for its tile: the beginnings of two words, or of one.

    >>> short_name("South Khorasan"), short_name("Qom"), short_name("Isfahan")
    ('S\u200cKh', 'Qom', 'Isf')
    """
    words = name.removeprefix("ال").replace(" و ", " ").split()
    if len(words) > 1:
        return f"{words[0][:1]}\u200c{words[1].removeprefix('ال')[:2]}"
    return words[0][:3]


def _legend() -> list[Tag]:
    return [
        Tag(_("late: so many actions"), "late"),
        Tag(_("owed, none late"), "new"),
        Tag(_("all settled"), "done"),
        Tag(_("nothing owed"), "quiet"),
    ]
