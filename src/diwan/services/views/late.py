"""The list of late cases, by unit and days: on the screen, on paper, for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from diwan.directory.public import PostCard, authority_of, post_cards, unit_names
from diwan.kernel.policies import Actor
from diwan.kernel.requests import actor_of
from diwan.services.queries.latelist import IN_FILE, LateCase, LateList, late_list
from diwan.services.rules.codes import written_code
from diwan.ui.components import Link
from diwan.ui.show import AtLeast, show_day_numeric, show_local, show_number

from .casewords import code_words, post_words, state_words

FORMULA = ("=", "+", "-", "@", "\t", "\r")


@login_required
@require_safe
def late(request: HttpRequest) -> HttpResponse:
    """The late cases below a head.

    Opened by a head, who asks: what is late, and where does it lie? Next: the worst case, or the
    list on paper for a word with the unit.
    """
    actor = actor_of(request)
    found = late_list(actor)
    units, cards = _names(actor, found)
    context: dict[str, Any] = {
        "found": found,
        "heading": heading_of(found),
        "units": [
            {
                "name": show_local(units.get(unit.unit_id, {})),
                "count": len(unit.cases),
                "worst": days_words(unit.worst),
                "rows": [_row(one, cards) for one in unit.cases],
            }
            for unit in found.units
        ],
        "file_url": reverse("services:late_file"),
        "crumbs": [Link(_("Work list"), reverse("services:work"))],
    }
    return render(request, "services/late.html", context)


@login_required
@require_safe
def late_file(request: HttpRequest) -> StreamingHttpResponse:
    """The same list as CSV, with all of it that is not too much for a spreadsheet."""
    actor = actor_of(request)
    found = late_list(actor, limit=IN_FILE)
    units, cards = _names(actor, found)
    headers = {
        "Content-Disposition": 'attachment; filename="late-cases.csv"',
        "X-Content-Type-Options": "nosniff",
    }
    lines = list(_lines(found, units, cards))
    content = chain(["\ufeff"], lines)  # the mark tells spreadsheets that it is UTF-8
    return StreamingHttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


def heading_of(found: LateList) -> str:
    """How many are late, and how late the worst is."""
    if not found.count:
        return _("No case is late")
    count = AtLeast(found.count) if found.more else found.count
    words = ngettext("%(n)s case is late", "%(n)s cases are late", found.count)
    late_words = words % {"n": show_number(count)}
    if not found.worst:
        return late_words
    return pgettext("late cases", "%(late)s, the worst by %(days)s") % {
        "late": late_words,
        "days": days_words(found.worst),
    }


def days_words(days: int) -> str:
    """So many working days; less than one is said so."""
    if not days:
        return _("less than a working day")
    return ngettext("%(n)s working day", "%(n)s working days", days) % {"n": show_number(days)}


def _names(
    actor: Actor, found: LateList
) -> tuple[Mapping[UUID, Mapping[str, str]], Mapping[UUID, PostCard]]:
    units = unit_names([unit.unit_id for unit in found.units], authority_of(actor).day)
    taken = {one.case.post_id for unit in found.units for one in unit.cases} - {None}
    return units, post_cards([pk for pk in taken if pk], actor.at)


def _row(one: LateCase, cards: Mapping[UUID, PostCard]) -> dict[str, Any]:
    case = one.case
    return {
        "url": reverse("services:case", args=[case.pk]),
        "title": case.title or code_words(case),
        "service": show_local(case.service.name),
        "state": state_words(case),
        "days": days_words(one.days),
        "since": one.since_at,
        "promise": case.promised_at,
        "taken": post_words(cards.get(case.post_id)) if case.post_id else "",
    }


def _lines(
    found: LateList,
    units: Mapping[UUID, Mapping[str, str]],
    cards: Mapping[UUID, PostCard],
) -> Iterator[str]:
    yield _line(
        [
            _("Unit"),
            _("Tracking code"),
            _("Service"),
            pgettext("case", "State"),
            _("Working days late"),
            _("Late since"),
            _("Promised to the applicant"),
            _("Taken by"),
        ]
    )
    for unit in found.units:
        for one in unit.cases:
            case = one.case
            yield _line(
                [
                    show_local(units.get(unit.unit_id, {})),
                    written_code(case.code),
                    show_local(case.service.name),
                    state_words(case),
                    str(one.days),
                    show_day_numeric(one.since_at),
                    show_day_numeric(case.promised_at),
                    post_words(cards.get(case.post_id)) if case.post_id else "",
                ]
            )


def _line(cells: Sequence[str]) -> str:
    """A line of CSV by RFC 4180 that no spreadsheet takes for a formula."""
    out = io.StringIO()
    harmless = [f"'{cell}" if cell.lstrip().startswith(FORMULA) else cell for cell in cells]
    csv.writer(out, quoting=csv.QUOTE_ALL).writerow(harmless)
    return out.getvalue()
