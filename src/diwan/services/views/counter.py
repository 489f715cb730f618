"""The counter: a clerk files for somebody who stands there or calls."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from diwan.directory.public import Post, Unit, authority_of, unit_names
from diwan.kernel.errors import NotFound
from diwan.kernel.policies import Actor
from diwan.kernel.requests import actor_of
from diwan.services.actions.drafts import Beginning, begin_draft
from diwan.services.models import Case, Draft, Service
from diwan.services.policies import CASES, counter_units
from diwan.services.queries.catalogue import service_by_code
from diwan.services.queries.counter import served_at
from diwan.services.queries.drafts import AT_A_COUNTER, last_used, may_begin
from diwan.services.rules.codes import written_code
from diwan.ui.forms import SearchForm

from .files import in_country
from .filling import Desk, only_unit, places_for, serve


@login_required
@require_safe
def counter(request: HttpRequest) -> HttpResponse:
    """What can be asked for at this counter, what was asked for last on top.

    Opened by a clerk for each person who comes, who types two letters of what the person wants and
    presses Enter. Next: the form.
    """
    actor = actor_of(request)
    units = _units(actor)
    form = SearchForm(request.GET)
    used = last_used(frozenset(authority_of(actor).post_ids), actor.at)
    found = served_at(units, authority_of(actor).day, form.terms())
    if len(found) == 1 and form.terms():
        return redirect(_form_of(found[0]))
    place = {pk: number for number, pk in enumerate(used)}
    found.sort(key=lambda service: place.get(service.pk, len(place)))
    context = {
        "form": form,
        "units": list(unit_names(units, authority_of(actor).day).values()),
        "services": [(service, _form_of(service), service.pk in place) for service in found],
        "asked": bool(form.terms()),
    }
    return render(request, "services/counter.html", context)


def _units(actor: Actor) -> list[UUID]:
    """Where the actor serves at a counter. Raises NotFound for who does nowhere."""
    units = sorted(counter_units(actor))
    if not units:
        raise NotFound
    return units


def _form_of(service: Service) -> str:
    return f"{reverse('services:counter_file', args=[service.code])}?country={service.country}"


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def counter_file(request: HttpRequest, code: str) -> HttpResponse:
    """The form of a service, filled in by a clerk for the person who asks; short ones in one go.

    Opened from the counter's list. Next: the receipt, and the next person.
    """
    actor = actor_of(request)
    units = _units(actor)
    found = service_by_code(actor, code, request.GET.get("country", ""))
    service = next((one for one in found if _served(one, actor, units)), None)
    if service is None:
        raise NotFound
    with in_country(service.country):
        return serve(_desk(request, service, units))


def _served(service: Service, actor: Actor, units: Sequence[UUID]) -> bool:
    there = served_at(units, authority_of(actor).day, ())
    return any(one.pk == service.pk for one in there)


def _desk(request: HttpRequest, service: Service, units: Sequence[UUID]) -> Desk:
    version, actor = service.current, actor_of(request)
    if version is None:
        raise NotFound
    places = places_for(service, actor.at, set(units))
    channel = next(way for way in AT_A_COUNTER if may_begin(service, way))

    def begin(unit: Unit | None) -> tuple[Draft, str]:
        chosen = unit or _first(actor, places)
        how = Beginning(channel, unit=chosen, by_post=own_post(actor, chosen.pk))
        draft, secret = begin_draft(actor, version, how)
        return draft, reverse("services:draft", args=[secret])

    return Desk(
        request, version, "counter", request.get_full_path(), begin, filed_there, units=places
    )


def _first(actor: Actor, places: Sequence[tuple[str, Sequence[tuple[str, str]]]]) -> Unit:
    """The unit of the chosen post if it offers the service, else the first that does."""
    offered = [UUID(pk) for _region, pairs in places for pk, _name in pairs]
    mine = {held.post_id: held.unit_id for held in authority_of(actor).held}
    own = mine.get(actor.post_id) if actor.post_id else None
    chosen = only_unit(places) or (own if own in offered else next(iter(offered), None))
    unit = Unit.objects.filter(pk=chosen).first() if chosen is not None else None
    if unit is None:
        raise NotFound
    return unit


def own_post(actor: Actor, unit_id: UUID) -> Post | None:
    """The actor's post in a unit, the chosen one before others."""
    there = [held.post_id for held in authority_of(actor).held if held.unit_id == unit_id]
    chosen = actor.post_id if actor.post_id in there else next(iter(there), None)
    return Post.objects.filter(pk=chosen).first() if chosen else None


def filed_there(_draft: Draft, case: Case) -> str:
    """Where the clerk goes when it is filed."""
    return reverse("services:counter_filed", args=[case.pk])


@login_required
@require_safe
def counter_filed(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was filed: its code and receipt to hand over, and the way on.

    Opened by the clerk after filing. Next: the next person, for the same or for another service.
    """
    actor = actor_of(request)
    rows = Case.objects.filter(pk=pk).select_related("service", "unit").defer("service__search")
    case = rows.first()
    if case is None or not counter_units(actor):
        raise NotFound
    # Who filed it hands the receipt over, even of a complaint that they may not read.
    if case.filed_by_id not in authority_of(actor).post_ids:
        CASES.demand(actor, "help", case)
    with in_country(case.service.country):
        context = {
            "case": case,
            "code": written_code(case.code),
            "again": _form_of(case.service),
        }
        return render(request, "services/counter_filed.html", context)
