"""The figures of a unit: this month and the year so far, side by side; for a spreadsheet, too."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from diwan.directory.public import Role, authority_of, unit_names
from diwan.kernel.errors import NotFound
from diwan.kernel.periods import Kind, Period
from diwan.kernel.policies import Actor
from diwan.kernel.reader import current
from diwan.kernel.requests import actor_of
from diwan.services.forms.figures import FiguresForm
from diwan.services.models import Case, Service
from diwan.services.policies import WORKING, units_counted
from diwan.services.policies.services import services
from diwan.services.queries.figures import (
    Figures,
    FiguresAsked,
    Pair,
    above_counted,
    figures_of,
    last_months,
)
from diwan.services.queries.measures import Tally
from diwan.ui.components import Link
from diwan.ui.show import show_local

from .figurewords import SUMS, answer_words, cells_of, judgement, lines_of, on_time, worse
from .trustwords import trust_lines

SPLITS = ("service", "unit", "channel")
KEPT = ("month", "service", "channel", "by", "unit")


@login_required
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """How the cases of a unit and all below it go.

    Opened by a head each month, who asks: do we keep what we promise, and where do we not? A good
    year may hide a bad month, so both stand side by side. Next: the part where most is late.
    """
    actor = actor_of(request)
    form, asked = _asked(request, actor)
    found = figures_of(asked, actor.at)
    above = _above(actor, asked)
    names = _names(asked, found, form, above)
    month = asked.month.label(current().language)
    context = {
        "form": form,
        "asked": asked,
        "heading": answer_words(found.whole, month),
        "month": month,
        "unit": names.get(asked.unit_id, ""),
        "crumbs": _crumbs(asked, above, names),
        "lines": lines_of(found.whole),
        "tabs": _tabs(request, asked),
        "parts": [_part(request, asked, key, pair, names) for key, pair in found.parts],
        "split": _part_names()[asked.by],
        "times": _shares(found),
        "trust": trust_lines(actor, asked),
        "received": [tally["received"] for _period, tally in found.months],
        "first_month": found.months[0][0].label(current().language),
        "file_url": f"{reverse('services:figures_file')}?{request.GET.urlencode()}",
    }
    return render(request, "services/figures.html", context)


@login_required
@require_safe
def figures_file(request: HttpRequest) -> StreamingHttpResponse:
    """The same parts as CSV, with the sums behind every share, for one's own reckoning."""
    actor = actor_of(request)
    form, asked = _asked(request, actor)
    found = figures_of(asked, actor.at)
    names = _names(asked, found, form, [])
    headers = {
        "Content-Disposition": 'attachment; filename="figures.csv"',
        "X-Content-Type-Options": "nosniff",
    }
    lines = _file_lines(asked, found, names)
    content = chain(["\ufeff"], list(lines))  # the mark tells spreadsheets that it is UTF-8
    return StreamingHttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


def _asked(request: HttpRequest, actor: Actor) -> tuple[FiguresForm, FiguresAsked]:
    """The filter and what it asks. Raises NotFound for who has no figures, or not of that unit."""
    reader = current()
    present = Period.of(reader.today(), Kind.MONTH, reader.calendar)
    offered = services.which(actor, "see", Service.objects.order_by("code"))
    form = FiguresForm(
        request.GET,
        months=last_months(present),
        services=list(offered.values_list("pk", "name")),
    )
    unit_id = form.given().get("unit") or _own_unit(actor)
    if unit_id is None:
        if not actor.elevated:
            raise NotFound
    elif not units_counted(actor).filter(pk=unit_id).exists():
        raise NotFound
    return form, form.wanted(unit_id)


def _own_unit(actor: Actor) -> UUID | None:
    """The unit that the actor heads, else one where they work."""
    held = authority_of(actor).held
    for roles in ({str(Role.HEAD)}, {str(role) for role in WORKING}):
        for post in held:
            if post.roles & roles:
                return post.unit_id
    return None


def _above(actor: Actor, asked: FiguresAsked) -> list[UUID]:
    """Units above the one asked for whose figures the actor may see, the highest first."""
    if asked.unit_id is None:
        return []
    return above_counted(actor, asked.unit_id, asked.month.last_day)


def _names(
    asked: FiguresAsked, found: Figures, form: FiguresForm, above: Sequence[UUID]
) -> Mapping[Any, str]:
    """Names of what the page shows: the unit and those above, and the parts."""
    units = [*above, *([asked.unit_id] if asked.unit_id else [])]
    if asked.by == "unit":
        units += [key for key, _pair in found.parts]
    named = unit_names(units, asked.month.last_day)
    shown: dict[Any, str] = {pk: show_local(name) for pk, name in named.items()}
    shown |= {channel.value: str(channel.label) for channel in Case.Channel}
    return shown | {pk: show_local(name) for pk, name in form.services}


def _crumbs(asked: FiguresAsked, above: Sequence[UUID], names: Mapping[Any, str]) -> list[Link]:
    url, month = reverse("services:figures"), asked.month.key()
    return [
        Link(names.get(pk, ""), f"{url}?{urlencode({'unit': pk, 'by': 'unit', 'month': month})}")
        for pk in above
        if pk != asked.unit_id
    ]


def _address(request: HttpRequest, **changes: str) -> str:
    """This page with some of its filter changed."""
    kept = {name: request.GET[name] for name in KEPT if request.GET.get(name)}
    return f"{reverse('services:figures')}?{urlencode(kept | changes)}"


def _split_names() -> dict[str, str]:
    return {
        "service": _("By service"),
        "unit": _("By unit"),
        "channel": pgettext("figures", "By the way it came"),
    }


def _part_names() -> dict[str, str]:
    return {"service": _("Service"), "unit": _("Unit"), "channel": _("How it came")}


def _tabs(request: HttpRequest, asked: FiguresAsked) -> list[Link]:
    labels = _split_names()
    return [Link(labels[by], _address(request, by=by), current=by == asked.by) for by in SPLITS]


def _part(
    request: HttpRequest, asked: FiguresAsked, key: Any, pair: Pair, names: Mapping[Any, str]
) -> dict[str, Any]:
    narrower = {
        "service": {"service": str(key), "by": "unit"},
        "unit": {"unit": str(key)},
        "channel": {"channel": str(key), "by": "service"},
    }[asked.by]
    return {
        "name": names.get(key, "–"),
        "url": _address(request, **narrower),
        "worse": worse(pair),
        "month": on_time(pair.month),
        "year": on_time(pair.year),
        "judgement": judgement(pair.year),
        "cells": cells_of(pair),
    }


def _shares(found: Figures) -> list[float]:
    """The share in time of each month in which something was finished."""
    shares = [tally.share("on_time", "dated") for _period, tally in found.months]
    return [round(100 * share, 1) for share in shares if share is not None]


def _file_lines(asked: FiguresAsked, found: Figures, names: Mapping[Any, str]) -> Iterator[str]:
    spans = (asked.month.label(current().language), _("since the year began"))
    labels = [str(label) for label in SUMS.values()]
    yield _line(
        [_split_names()[asked.by], pgettext("figures", "Period"), *labels, _("Days to the answer")]
    )
    whole = (_("All together"), found.whole)
    parts = [(names.get(key, "–"), pair) for key, pair in found.parts]
    for name, pair in (whole, *parts):
        for span, tally in zip(spans, (pair.month, pair.year), strict=True):
            yield _line([name, span, *_numbers(tally)])


def _numbers(tally: Tally) -> list[str]:
    sums = [f"{tally[name]:g}" for name in SUMS]
    middle = tally.middle()
    return [*sums, "" if middle is None else str(middle)]


def _line(cells: Sequence[str]) -> str:
    """A line of CSV by RFC 4180 that no spreadsheet takes for a formula."""
    out = io.StringIO()
    formula = ("=", "+", "-", "@", "\t", "\r")
    harmless = [f"'{cell}" if cell.lstrip().startswith(formula) else cell for cell in cells]
    csv.writer(out, quoting=csv.QUOTE_ALL).writerow(harmless)
    return out.getvalue()
