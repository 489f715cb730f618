"""What administrators do with units: found, rename, move, correct. Ending them is in `endings`."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from diwan.directory.actions.registers import make_register
from diwan.directory.actions.units import NewUnit, correct_unit, found_unit, move_unit, rename_unit
from diwan.directory.constants import UNIT
from diwan.directory.forms.units import (
    CorrectUnitForm,
    FoundForm,
    MoveForm,
    RenameForm,
    TopForm,
)
from diwan.directory.models import Unit, UnitVersion
from diwan.directory.policies import unit_policy
from diwan.directory.queries.lists import kinds_used
from diwan.directory.queries.names import unit_names
from diwan.kernel.countries import COUNTRIES
from diwan.kernel.errors import Forbidden, NotFound
from diwan.kernel.policies import Actor
from diwan.kernel.reader import current
from diwan.kernel.requests import actor_of
from diwan.ui.pages import form_page, refusals_on
from diwan.ui.sending import as_seen
from diwan.ui.show import show_local

from .shared import country_name, seen, today_of, way_to


def unit_for(request: HttpRequest, pk: UUID, verb: str) -> tuple[Actor, Unit]:
    """The actor and the unit on which they may `verb`. Raises NotFound or Forbidden."""
    actor = actor_of(request)
    unit = seen(unit_policy, actor, Unit.objects.select_related("register"), pk)
    unit_policy.demand(actor, verb, unit)
    return actor, unit


def unit_name(actor: Actor, unit: Unit) -> str:
    """The unit's name today, in the reader's language."""
    names = unit_names([unit.pk], today_of(actor, unit.country))
    return show_local(names.get(unit.pk, {}))


def unit_url(pk: UUID) -> str:
    """The unit's page."""
    return reverse("directory:unit", args=[pk])


@login_required
def found(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Found a unit below this one.

    Opened by an administrator with a decree in hand, who asks: how is the new unit called, what is
    it, since when? Next: its page, where its first post is made.
    """
    actor, above = unit_for(request, pk, "found")
    form = FoundForm(
        request.POST or None,
        country=above.country,
        used=kinds_used(above.register_id),
        initial={"province": above.province},
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            data = form.cleaned_data
            new = NewUnit(
                name=data["name"],
                kind=form.given_kind(),
                on=data["on"],
                parent=above,
                province=data["province"],
            )
            unit = found_unit(actor, new)
            messages.success(request, _("“%(name)s” was founded.") % _called(data["name"]))
            return redirect(unit_url(unit.pk))
    return form_page(
        request,
        form,
        heading=_("Found a unit below %(name)s") % {"name": unit_name(actor, above)},
        submit_label=_("Found the unit"),
        cancel_url=unit_url(pk),
        crumbs=way_to(pk, today_of(actor, above.country), itself=True),
    )


@login_required
def found_top(request: HttpRequest) -> HttpResponse:
    """Found a unit at the top, with a register of its own.

    Opened by an elevated administrator who sets up a public body, and asks: how does it begin?
    Next: the unit's page, where the first administrator's post is made.
    """
    actor = actor_of(request)
    if not actor.elevated:
        raise Forbidden(_("Only an administrator's elevation founds a unit at the top."))
    code = request.GET.get("country") or _own_country()
    if code not in COUNTRIES:
        raise NotFound
    form = TopForm(request.POST or None, country=code, initial={"language": current().language})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            unit = _found_register(actor, form, code)
            messages.success(
                request, _("“%(name)s” was founded.") % _called(form.cleaned_data["name"])
            )
            return redirect(unit_url(unit.pk))
    return form_page(
        request,
        form,
        template="directory/found_top.html",
        heading=_("Found a unit at the top in %(country)s") % {"country": country_name(code)},
        lead=_("It begins a register; everything of this body is kept in it."),
        submit_label=_("Found the unit"),
        cancel_url=reverse("directory:units"),
        others=[(f"?country={each}", country_name(each)) for each in COUNTRIES if each != code],
    )


def _own_country() -> str:
    return {"fa": "IR", "ar": "EG"}.get(current().language, "IR")


@transaction.atomic
def _found_register(actor: Actor, form: TopForm, code: str) -> Unit:
    """The register and its first unit: both or neither."""
    data = form.cleaned_data
    register = make_register(actor, key=data["key"], language=data["language"], country_code=code)
    new = NewUnit(
        name=data["name"],
        kind=form.given_kind(),
        on=data["on"],
        register=register,
        province=data["province"],
    )
    return found_unit(actor, new)


@login_required
def rename(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Rename a unit from a day on.

    Opened by an administrator when a decree renames the unit, who asks: from which day is it called
    so? Next: its history, where both names stand with their dates.
    """
    edits = as_seen(UNIT, pk)
    actor, unit = unit_for(request, pk, "rename")
    version = _version_now(actor, unit)
    form = RenameForm(request.POST or None, initial={"name": version.name} if version else {})
    form.offer_kinds(present=version.kind if version else "", used=kinds_used(unit.register_id))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            data = form.cleaned_data
            kind = form.given_kind() or None
            rename_unit(actor, unit, on=data["on"], name=data["name"], kind=kind)
            messages.success(
                request, _("The renaming to “%(name)s” was written down.") % _called(data["name"])
            )
            return redirect("directory:unit_history", pk)
    return form_page(
        request,
        form,
        edits=edits,
        heading=_("Rename %(name)s") % {"name": unit_name(actor, unit)},
        lead=_(
            "A renaming is a change with its date. A name that was written wrongly "
            "is corrected in the history."
        ),
        submit_label=_("Rename the unit"),
        cancel_url=unit_url(pk),
        crumbs=way_to(pk, today_of(actor, unit.country), itself=True),
    )


def _version_now(actor: Actor, unit: Unit) -> UnitVersion | None:
    day = today_of(actor, unit.country)
    return UnitVersion.objects.as_of(day).filter(unit=unit).first()


def _called(name: dict[str, str]) -> dict[str, str]:
    return {"name": show_local(name)}


@login_required
def move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Move a unit under another.

    Opened by an administrator when units are rearranged, who asks: where does it stand from that
    day on? Next: its history. Totals of earlier days stay with the old place.
    """
    edits = as_seen(UNIT, pk)
    actor, unit = unit_for(request, pk, "move")
    day = today_of(actor, unit.country)
    parents = unit_policy.which(
        actor, "found", Unit.objects.filter(country=unit.country).exclude(pk=pk)
    )
    form = MoveForm(request.POST or None, parents=parents, day=day)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            data = form.cleaned_data
            move_unit(actor, unit, on=data["on"], parent=data["parent"])
            messages.success(request, _("The unit was moved; its units below went with it."))
            return redirect("directory:unit_history", pk)
    return form_page(
        request,
        form,
        edits=edits,
        heading=_("Move %(name)s under another unit") % {"name": unit_name(actor, unit)},
        lead=_("What stands below it goes with it. Earlier days keep the old place."),
        submit_label=_("Move the unit"),
        cancel_url=unit_url(pk),
        crumbs=way_to(pk, day, itself=True),
    )


@login_required
def correct(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Correct what a version of a unit says.

    Opened by an administrator who found a mistake in the record, and asks: what should it have
    said, and how do we know? Next: the history, where the mistake stays readable on request.
    """
    actor = actor_of(request)
    version = UnitVersion.objects.select_related("unit", "parent").filter(pk=pk).first()
    if version is None:
        raise NotFound
    unit_policy.demand(actor, "correct", version.unit)
    unit = version.unit
    edits = as_seen(UNIT, unit.pk)
    parents = unit_policy.which(
        actor, "see", Unit.objects.filter(country=unit.country).exclude(pk=unit.pk)
    )
    day = version.since or today_of(actor, unit.country)
    form = CorrectUnitForm(request.POST or None, version=version, parents=parents, day=day)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            correct_unit(actor, version, form.correction(), reason=form.cleaned_data["reason"])
            messages.success(request, _("The record was corrected."))
            return redirect("directory:unit_history", unit.pk)
    return form_page(
        request,
        form,
        edits=edits,
        heading=_("Correct the record of %(name)s") % {"name": show_local(version.name)},
        lead=_(
            "A correction says that the record was wrong. What was believed before "
            "stays readable, with the reason."
        ),
        submit_label=_("Correct the record"),
        cancel_url=reverse("directory:unit_history", args=[unit.pk]),
        crumbs=way_to(unit.pk, today_of(actor, unit.country), itself=True),
    )
