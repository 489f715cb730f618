"""The end of units: closing, merging, splitting. Posts end with them, their duties pass on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from diwan.directory.constants import UNIT
from diwan.directory.models import Unit, UnitSuccession, UnitVersion
from diwan.directory.policies import unit_policy
from diwan.directory.queries.names import shown_day, shown_names, shown_unit
from diwan.directory.rules import timeline
from diwan.kernel import audit
from diwan.kernel.errors import Refused
from diwan.kernel.policies import Actor, Through

from .base import When, marks_of, ref, shown_value, stated
from .lines import Line
from .moving_ends import end_with_unit
from .passing import tell_ends
from .soundness import keeping_sound
from .units import NewUnit, locked, not_there_sentence, plant

Kind = UnitSuccession.Kind


class Children(StrEnum):
    """Where the units below a closed one go."""

    TO_PARENT = "to_parent"
    TO_BECOMES = "to_becomes"


@transaction.atomic
def close_unit(
    actor: Actor,
    unit: Unit,
    *,
    on: When,
    becomes: Unit | None = None,
    children: Children | None = None,
) -> None:
    """Close a unit: `on` is the first day on which it is no more.

    Its posts and their holdings end the same day; when that day has come, their duties pass to the
    posts named by `becomes`, to the same role in the unit it `becomes`, or to the head above.
    Raises Refused where units still stand below it and `children` does not say where they go.
    """
    through = unit_policy.require(actor, "close", unit)
    if becomes is not None:
        _check_heir(actor, unit, becomes, on)
    target = _children_target(unit, on, becomes, children)
    with keeping_sound({unit.pk, *below_from(unit, on)}):
        moved = move_children(unit, on, target) if target is not None else []
        ended = _end(unit, on, becomes, Kind.BECAME)
    audit.record(
        actor,
        "close",
        ref(UNIT, unit.pk),
        changes={
            "until": [None, shown_value(stated(on))],
            "becomes": [None, shown_value(becomes)],
            "children_moved": [None, [str(pk) for pk in moved]],
            "children_to": [None, target.parent_id if target else None],
        },
        through=through,
    )
    tell_ends(actor, ended, unit.country)


@dataclass(frozen=True)
class Target:
    """Where children go: under a unit, or to the top (None)."""

    parent_id: UUID | None


def _check_heir(actor: Actor, unit: Unit, becomes: Unit, on: When) -> None:
    unit_policy.require(actor, "see", becomes)
    day = stated(on).first_day
    if becomes.pk == unit.pk or becomes.country != unit.country:
        raise Refused(_("A unit becomes another unit of its country."), field="becomes")
    if not UnitVersion.objects.as_of(day).filter(unit=becomes).exists():
        raise Refused(not_there_sentence(becomes, day), field="becomes")


def below_from(unit: Unit, on: When) -> list[UUID]:
    """Units that stand right below this one on that day or later."""
    day = stated(on).first_day
    rows = UnitVersion.objects.known().filter(parent=unit).exclude(until__lte=day)
    return sorted(set(rows.values_list("unit_id", flat=True)))


def _children_target(
    unit: Unit, on: When, becomes: Unit | None, children: Children | None
) -> Target | None:
    below = below_from(unit, on)
    if not below:
        return None
    day = stated(on).first_day
    if children is Children.TO_BECOMES and becomes is not None:
        return Target(becomes.pk)
    if children is Children.TO_PARENT:
        line = Line(UnitVersion, unit.pk)
        try:
            last = timeline.held_on(line.stretches, day - date.resolution)
        except timeline.NothingHeld as error:
            raise Refused(not_there_sentence(unit, day), field="on") from error
        return Target(last.values["parent_id"])
    raise orphans_refused(below, day)


def orphans_refused(below: Sequence[UUID], day: date) -> Refused:
    """The sentence for units that nobody said where to put."""
    return Refused(
        _("Units still stand below it: %(names)s. Say where they go from %(day)s on.")
        % {"names": _(", ").join(shown_names(below[:5], day)), "day": shown_day(day)},
        field="children",
    )


def move_children(
    unit: Unit, on: When, target: Target, *, only: Iterable[UUID] | None = None
) -> list[UUID]:
    """Put the units below (or `only` some) under the target from that day on."""
    day, now = stated(on).first_day, timezone.now()
    moved = []
    for child in below_from(unit, on) if only is None else only:
        line = Line(UnitVersion, child)
        after = timeline.replace_value(
            line.stretches, day, "parent_id", (unit.pk, target.parent_id), dated=marks_of(on)
        )
        if after != line.stretches:
            line.store(after, now)
            moved.append(child)
    return moved


def _end(unit: Unit, on: When, becomes: Unit | None, kind: Kind) -> list[UUID]:
    """End the unit's line, its posts and holdings; note what it became. Returns ended posts."""
    day, now = stated(on).first_day, timezone.now()
    line = Line(UnitVersion, locked(unit).pk)
    try:
        after = timeline.end(line.stretches, day, dated=marks_of(on))
    except timeline.NothingHeld as error:
        raise Refused(not_there_sentence(unit, day), field="on") from error
    except timeline.LaterChange as error:
        raise Refused(
            _("“%(unit)s” has a change dated %(day)s, after its closing. Correct that first.")
            % {"unit": shown_unit(unit.pk, day), "day": shown_day(error.day)},
            field="on",
        ) from error
    if after == line.stretches:
        raise Refused(_("Nothing would change: this holds on that day already."))
    line.store(after, now)
    if becomes is not None:
        Unit.objects.filter(pk=unit.pk).update(becomes=becomes)
        note_succession(unit, becomes, kind, day)
    return end_with_unit(unit, line.stretches[-1], now)


def note_succession(unit: Unit, successor: Unit, kind: Kind, day: date) -> None:
    """Note that one unit followed another."""
    UnitSuccession.objects.update_or_create(
        predecessor=unit, successor=successor, defaults={"kind": kind, "on_date": day}
    )


@transaction.atomic
def merge_units(actor: Actor, units: Sequence[Unit], *, into: Unit | NewUnit, on: When) -> Unit:
    """Merge units into one that exists (it may be one of them) or is founded that day.

    The others close; what stood below them stands below it from then on. Returns the one.
    """
    through = {unit.pk: unit_policy.require(actor, "merge", unit) for unit in units}
    one = _target_unit(actor, into, on)
    merged = [unit for unit in units if unit.pk != one.pk]
    if not merged or len(units) + (one not in units) < 2:
        raise Refused(_("A merger needs at least two units."), field="units")
    if any(unit.country != one.country for unit in merged):
        raise Refused(_("Units are merged within one country."), field="units")
    children = {pk for unit in merged for pk in below_from(unit, on)}
    ended = []
    with keeping_sound({one.pk, *children, *(unit.pk for unit in merged)}):
        for unit in merged:
            below = [pk for pk in below_from(unit, on) if pk != one.pk]
            move_children(unit, on, Target(one.pk), only=below)
            _lift(one, unit, on)
            ended += _end(unit, on, one, Kind.MERGED)
    for unit in merged:
        _record_end(actor, "merge", unit, (on, [one]), through[unit.pk])
    tell_ends(actor, ended, one.country)
    return one


def _lift(one: Unit, merged: Unit, on: When) -> None:
    """A unit that takes over the one it stood under moves to where that one stood."""
    day = stated(on).first_day
    line = Line(UnitVersion, merged.pk)
    try:
        above = timeline.held_on(line.stretches, day - date.resolution).values["parent_id"]
    except timeline.NothingHeld:
        return  # the closing that follows says so
    move_children(merged, on, Target(above), only=[one.pk])


def _target_unit(actor: Actor, into: Unit | NewUnit, on: When) -> Unit:
    if isinstance(into, NewUnit):
        if into.parent is not None:
            unit_policy.require(actor, "found", into.parent)
        elif not actor.elevated:
            raise Refused(_("Say under which unit the new one stands."), field="parent")
        return plant(into)
    unit_policy.require(actor, "merge", into)
    day = stated(on).first_day
    if not UnitVersion.objects.as_of(day).filter(unit=into).exists():
        raise Refused(not_there_sentence(into, day), field="into")
    return into


@dataclass(frozen=True)
class Split:
    """How a unit is split: into which, from which day, and who goes where.

    `children` names for each unit below the place in `into` of the one it goes to. With `keeps`
    the unit itself goes on (a province carved out of another) and children that are not named stay.
    """

    into: Sequence[Unit | NewUnit]
    on: When
    children: Mapping[UUID, int]
    keeps: bool = False


@transaction.atomic
def split_unit(actor: Actor, unit: Unit, split: Split) -> list[Unit]:
    """Split a unit; returns those it was split into. The first of them takes duties over.

    Raises Refused where a unit below is not given a place and the unit does not go on.
    """
    through = unit_policy.require(actor, "split", unit)
    if not split.into or (not split.keeps and len(split.into) < 2):
        raise Refused(_("A split needs at least two units in the end."), field="into")
    below = below_from(unit, split.on)
    left = [pk for pk in below if pk not in split.children]
    if left and not split.keeps:
        raise orphans_refused(left, stated(split.on).first_day)
    parts = [_target_unit(actor, one, split.on) for one in split.into]
    if any(part.pk == unit.pk for part in parts):
        raise Refused(_("If the unit itself goes on, say so; name only the others."), field="into")
    ended: list[UUID] = []
    with keeping_sound({unit.pk, *below, *(part.pk for part in parts)}):
        for child, place in split.children.items():
            move_children(unit, split.on, Target(parts[place].pk), only=[child])
        if not split.keeps:
            ended = _end(unit, split.on, parts[0], Kind.SPLIT)
        for part in parts:
            note_succession(unit, part, Kind.SPLIT, stated(split.on).first_day)
    _record_end(actor, "split", unit, (split.on, parts), through)
    tell_ends(actor, ended, unit.country)
    return parts


def _record_end(
    actor: Actor, verb: str, unit: Unit, end: tuple[When, list[Unit]], through: Through
) -> None:
    on, successors = end
    changes = {
        "on": [None, shown_value(stated(on))],
        "into": [None, [str(one.pk) for one in successors]],
    }
    audit.record(actor, verb, ref(UNIT, unit.pk), changes=changes, through=through)
