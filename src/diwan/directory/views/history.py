"""One unit through time: what happened to it, and what was believed of it before."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from diwan.directory.forms.lists import KnownForm
from diwan.directory.models import Unit
from diwan.directory.policies import unit_policy
from diwan.directory.queries.lists import moment_on
from diwan.directory.queries.story import unit_through_time
from diwan.kernel.requests import actor_of
from diwan.ui.components import Link

from .shared import seen, today_of, way_to
from .through_time import correction_rows, told_events, version_rows
from .unit_steps import unit_name
from .units import tabs


@login_required
@require_safe
def unit_history(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One unit through time.

    Opened by whoever compares years or checks a decree, and asks: what was it called, where did it
    stand, what became of it, and what did we believe of that on another day? Next: open the page of
    the unit as of a day; an administrator corrects a mistake.
    """
    actor = actor_of(request)
    unit = seen(unit_policy, actor, Unit.objects.select_related("register"), pk)
    today = today_of(actor, unit.country)
    form = KnownForm(request.GET)
    known = form.day()
    known_at = moment_on(known, unit.country, actor) if known and known < today else None
    told = unit_through_time(pk, known_at=known_at)
    may_correct = known_at is None and unit_policy.may(actor, "correct", unit)
    context = {
        "unit": unit,
        "name": unit_name(actor, unit),
        "events": told_events(told),
        "versions": version_rows(
            told,
            (lambda row: reverse("directory:correct_unit", args=[row])) if may_correct else None,
        ),
        "corrections": correction_rows(told.corrections),
        "known": known if known_at else None,
        "form": form,
        "tabs": tabs(unit, here="history"),
        "crumbs": [Link(_("Units"), reverse("directory:units")), *way_to(pk, today)],
    }
    return render(request, "directory/unit_history.html", context)
