"""Which resolutions do not bind (yet): conditions for the database, and how one stands."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q

from diwan.councils.models import Objection, Resolution
from diwan.councils.rules.objections import Binding, Outcome, state_of
from diwan.kernel.working import today_in

Answer = Objection.Outcome


def not_binding(today: date, resolution: str = "pk") -> Q:
    """The resolution at the way `resolution` does not bind on `today`; most have no such clock."""
    objected = Objection.objects.filter(resolution=OuterRef("pk")).exclude(outcome=Answer.REJECTED)
    waiting = Q(binding_date__gt=today) | Exists(objected)
    rows = Resolution.objects.filter(waiting, pk=OuterRef(resolution), binding_date__isnull=False)
    return Q(Exists(rows))


def binding_of(resolution: Resolution, at: datetime) -> Binding:
    """How a resolution stands; its body should be loaded with its unit, and its objections."""
    if resolution.binding_date is None:
        return Binding.PLAIN
    outcomes = [Outcome(row.outcome) for row in resolution.objections.all()]
    today = today_in(resolution.body.unit.country, at)
    return state_of(resolution.binding_date, outcomes, today)
