"""How the members of a body took part, by term or year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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

from diwan.councils.models import Body
from diwan.councils.models.bodies import Role
from diwan.councils.policies import BODIES
from diwan.councils.queries.bodies import terms_of
from diwan.councils.queries.participation import (
    Participation,
    Period,
    SeatPart,
    participation,
    periods_of,
)
from diwan.councils.rules.participation import Share
from diwan.kernel.errors import NotFound
from diwan.ui.components import Link
from diwan.ui.show import show_digits, show_number, show_percent

from .records import body_for
from .shared import holder_words, today_of, way_to_body


@dataclass(frozen=True)
class Part:
    """A row of the table."""

    seat: SeatPart
    role: str
    holder: str
    attendance: str
    in_time: str


@login_required
@require_safe
def took_part(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How the members took part in a term or a year.

    Opened by the chair or the secretary before a term ends, who asks: who came, who proposed, who
    did what they owed? By a member, who asks: how do I stand? Next: another period, or the body.
    """
    actor, body = body_for(request, pk, "read")
    if not BODIES.counts(actor, body):
        raise NotFound
    today = today_of(actor, body)
    periods = periods_of(body, terms_of(body), today)
    chosen = _chosen(request, periods, today)
    found = participation(actor, body, chosen, today)
    context: dict[str, Any] = {
        "body": body,
        "found": found,
        "period": period_name(chosen),
        "answer": _answer(found),
        "rows": [_part(seat) for seat in found.seats],
        "totals": _totals(found),
        "chips": _chips(body, periods, chosen),
        "crumbs": way_to_body(body),
    }
    return render(request, "councils/participation.html", context)


def _chosen(request: HttpRequest, periods: Sequence[Period], today: date) -> Period:
    """The period that is asked for; without one the running term, else this year."""
    asked = request.GET.get("period")
    if not asked:
        return next(one for one in periods if one.first <= today < one.until)
    found = next((period for period in periods if period.key == asked), None)
    if found is None:
        raise NotFound
    return found


def _chips(body: Body, periods: Sequence[Period], chosen: Period) -> list[Link]:
    url = reverse("councils:participation", args=[body.pk])
    return [
        Link(period_name(one), f"{url}?period={one.key}", current=one == chosen) for one in periods
    ]


def period_name(period: Period) -> str:
    """A term or a year, as it is called."""
    if period.term is not None:
        return _("Term %(n)s") % {"n": show_number(period.term)}
    return _("Year %(year)s") % {"year": show_digits(period.year)}


def _answer(found: Participation) -> str:
    """The heading: what the period says."""
    if not found.meetings:
        return _("Nobody's attendance was written down yet")
    share = found.attendance
    if share.percent is None:
        words = ngettext(
            "Attendance of %(n)s meeting was written down",
            "Attendance of %(n)s meetings was written down",
            found.meetings,
        )
        return words % {"n": show_number(found.meetings)}
    words = ngettext(
        "%(percent)s of the seats were filled at %(n)s meeting",
        "%(percent)s of the seats were filled at %(n)s meetings",
        found.meetings,
    )
    return words % {"percent": show_percent(share.percent), "n": show_number(found.meetings)}


def share_words(share: Share) -> str:
    """So many of so many; a percentage where they are enough."""
    if not share.of:
        return "—"
    words = _("%(n)s of %(of)s") % {"n": show_number(share.n), "of": show_number(share.of)}
    return words if share.percent is None else f"{words} · {show_percent(share.percent)}"


def _part(seat: SeatPart) -> Part:
    return Part(
        seat=seat,
        role=str(Role(seat.role).label),
        holder=holder_words(seat.card),
        attendance=share_words(seat.attended.share),
        in_time=share_words(seat.in_time),
    )


def _totals(found: Participation) -> list[str]:
    """What all of them did together, in a line."""
    words = ngettext("%(n)s proposal", "%(n)s proposals", found.proposals)
    parts = [words % {"n": show_number(found.proposals)}]
    if found.in_time.of:
        parts.append(_("done in time: %(share)s") % {"share": share_words(found.in_time)})
    return parts
