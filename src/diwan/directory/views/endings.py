"""How units end: closing, merging, splitting. Each page first says what will come of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diwan.directory.actions.base import When, stated
from diwan.directory.actions.closing import (
    Split,
    below_from,
    close_unit,
    merge_units,
    split_unit,
)
from diwan.directory.actions.units import NewUnit
from diwan.directory.constants import UNIT
from diwan.directory.forms.endings import CloseForm, MergeForm, SplitForm
from diwan.directory.models import Unit, UnitVersion
from diwan.directory.policies import unit_policy
from diwan.directory.queries.lists import children_counts
from diwan.directory.queries.names import unit_names
from diwan.directory.queries.posts import posts_of_units
from diwan.kernel.policies import Actor
from diwan.ui.sending import as_seen
from diwan.ui.show import show_day, show_local, show_number

from .passing_on import passing_on
from .shared import named, today_of, way_to
from .two_steps import dry_run, two_steps
from .unit_steps import unit_for, unit_name, unit_url


def gone_sentence(name: str, on: date) -> str:
    """That a unit or post is no more from a day on."""
    return _("From %(day)s on, %(name)s is no more.") % {"day": show_day(on), "name": name}


def moved_sentences(count: int) -> list[str]:
    """That so many units get another place; nothing for none."""
    words = ngettext(
        "%(n)s unit below it moves to its new place.",
        "%(n)s units below it move to their new place.",
        count,
    )
    return [words % {"n": show_number(count)}] if count else []


@dataclass(frozen=True)
class Closing:
    """One closing, as it is filled in."""

    actor: Actor
    unit: Unit
    form: CloseForm

    def run(self) -> None:
        """Close the unit."""
        data = self.form.cleaned_data
        close_unit(
            self.actor,
            self.unit,
            on=data["on"],
            becomes=data["becomes"],
            children=self.form.given_children(),
        )

    def preview(self) -> list[str]:
        """What will come of it."""
        on = stated(self.form.cleaned_data["on"]).first_day
        moving = len(below_from(self.unit, on))
        ending = posts_of_units([self.unit.pk], on - date.resolution)
        return [
            gone_sentence(unit_name(self.actor, self.unit), on),
            *moved_sentences(moving),
            *passing_on(self.actor, ending, on, self.run),
        ]


@login_required
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Close a unit.

    Opened by an administrator when a decree ends the unit, who asks: who takes over its duties and
    the units below it? The page answers that before anything is done. Next: the unit's history.
    """
    edits = as_seen(UNIT, pk)
    actor, unit = unit_for(request, pk, "close")
    day = today_of(actor, unit.country)
    others = Unit.objects.filter(country=unit.country).exclude(pk=pk)
    form = CloseForm(
        request.POST or None,
        others=unit_policy.which(actor, "see", others),
        day=day,
        below=children_counts([pk], day).get(pk, 0),
    )
    closing = Closing(actor, unit, form)

    def act() -> str:
        closing.run()
        messages.success(request, _("The unit was closed."))
        return reverse("directory:unit_history", args=[pk])

    return two_steps(
        request,
        form,
        edits=edits,
        preview=closing.preview,
        act=act,
        danger=True,
        heading=_("Close %(name)s") % {"name": unit_name(actor, unit)},
        lead=_("Its posts end the same day; it stays readable in every list of earlier days."),
        submit_label=_("Close the unit"),
        cancel_url=unit_url(pk),
        crumbs=way_to(pk, day, itself=True),
    )


@dataclass(frozen=True)
class Merger:
    """One merger, as it is filled in."""

    actor: Actor
    unit: Unit
    form: MergeForm

    def run(self) -> Unit:
        """Merge the units; returns the one that goes on."""
        data = self.form.cleaned_data
        on: When = data["on"]
        into = self.unit if data["into"] == "this" else _like(self.unit, data["name"], on)
        return merge_units(self.actor, [self.unit, *data["others"]], into=into, on=on)

    def preview(self) -> list[str]:
        """What will come of it."""
        data = self.form.cleaned_data
        on = stated(data["on"]).first_day
        ending = [one.pk for one in data["others"]]
        if data["into"] == "new":
            ending.append(self.unit.pk)
        names = unit_names(ending, on)
        posts = posts_of_units(ending, on - date.resolution)
        return [
            *(gone_sentence(named(names, pk), on) for pk in ending),
            *passing_on(self.actor, posts, on, self.run),
        ]


@login_required
def merge(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Merge a unit with others.

    Opened by an administrator when units become one, who asks: who takes over what? Next: the page
    of the unit that goes on.
    """
    edits = as_seen(UNIT, pk)
    actor, unit = unit_for(request, pk, "merge")
    day = today_of(actor, unit.country)
    others = Unit.objects.filter(country=unit.country).exclude(pk=pk)
    form = MergeForm(
        request.POST or None, others=unit_policy.which(actor, "merge", others), day=day
    )
    merger = Merger(actor, unit, form)

    def act() -> str:
        one = merger.run()
        messages.success(request, _("The units were merged."))
        return unit_url(one.pk)

    return two_steps(
        request,
        form,
        edits=edits,
        preview=merger.preview,
        act=act,
        heading=_("Merge %(name)s with others") % {"name": unit_name(actor, unit)},
        lead=_("What stood below the merged units stands below the one from that day on."),
        submit_label=_("Merge the units"),
        cancel_url=unit_url(pk),
        crumbs=way_to(pk, day, itself=True),
    )


def _like(unit: Unit, name: dict[str, str], on: When) -> NewUnit:
    """A new unit of the same kind, in the same place as the unit had the day before."""
    day = stated(on).first_day - date.resolution
    versions = UnitVersion.objects.as_of(day).filter(unit=unit).select_related("parent")
    version = versions.first()
    return NewUnit(
        name=name,
        kind=version.kind if version else "",
        on=on,
        parent=version.parent if version else None,
        register=unit.register,
        province=unit.province,
    )


@dataclass(frozen=True)
class Division:
    """One splitting, as it is filled in."""

    actor: Actor
    unit: Unit
    form: SplitForm

    def run(self) -> list[Unit]:
        """Split the unit; returns the new ones."""
        data = self.form.cleaned_data
        parts = [_like(self.unit, name, data["on"]) for name in self.form.names()]
        cut = Split(into=parts, on=data["on"], children=self.form.places(), keeps=data["keeps"])
        return split_unit(self.actor, self.unit, cut)

    def preview(self) -> list[str]:
        """What will come of it."""
        on = stated(self.form.cleaned_data["on"]).first_day
        told = {"day": show_day(on)}
        found = _("On %(day)s, %(name)s is founded.")
        told_first = [found % (told | {"name": show_local(name)}) for name in self.form.names()]
        told_first += moved_sentences(len(self.form.places()))
        if self.form.cleaned_data["keeps"]:
            dry_run(self.run)
            return told_first
        posts = posts_of_units([self.unit.pk], on - date.resolution)
        gone = gone_sentence(unit_name(self.actor, self.unit), on)
        return [*told_first, gone, *passing_on(self.actor, posts, on, self.run)]


@login_required
def split(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Split a unit.

    Opened by an administrator when one unit becomes several (a province is divided), who asks:
    which unit below goes where, who takes over the duties? Next: the unit's history.
    """
    edits = as_seen(UNIT, pk)
    actor, unit = unit_for(request, pk, "split")
    day = today_of(actor, unit.country)
    rows = UnitVersion.objects.as_of(day).filter(parent=unit).order_by("search", "unit_id")
    form = SplitForm(
        request.POST or None, below={row.unit_id: show_local(row.name) for row in rows}
    )
    division = Division(actor, unit, form)

    def act() -> str:
        division.run()
        messages.success(request, _("The unit was split."))
        return reverse("directory:unit_history", args=[pk])

    return two_steps(
        request,
        form,
        edits=edits,
        preview=division.preview,
        act=act,
        heading=_("Split %(name)s") % {"name": unit_name(actor, unit)},
        lead=_("The first new unit takes over the duties, unless the unit itself goes on."),
        submit_label=_("Split the unit"),
        cancel_url=unit_url(pk),
        crumbs=way_to(pk, day, itself=True),
    )
