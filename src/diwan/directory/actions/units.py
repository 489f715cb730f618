"""Units: founding, renaming, moving, correcting. Ending them is in `closing`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from diwan.directory.constants import KEY, UNIT
from diwan.directory.models import Register, Unit, UnitSuccession, UnitVersion
from diwan.directory.policies import register_policy, unit_policy
from diwan.directory.queries.names import TextMap, shown_day, shown_unit
from diwan.directory.rules import timeline
from diwan.directory.rules.provinces import province as province_of
from diwan.directory.rules.timeline import Stretch
from diwan.kernel import audit
from diwan.kernel.calendars import PartialDate
from diwan.kernel.countries import COUNTRIES
from diwan.kernel.errors import Conflict, Forbidden, Refused
from diwan.kernel.policies import Actor, Through
from diwan.kernel.text import clean
from diwan.kernel.working import tell_working_changed

from .base import (
    When,
    clean_reason,
    clean_text_map,
    made_key,
    marks_of,
    ref,
    shown_value,
    stated,
)
from .lines import Line
from .moving_ends import move_ends
from .passing import tell_again
from .soundness import keeping_sound
from .tree import lock_trees

UNCHANGED: Any = object()


@dataclass(frozen=True)
class NewUnit:
    """A unit to be founded, under `parent` or at the top of `register`.

    `on` is its first day, None for before the record begins. `province` is an ISO 3166-2 code.
    Without a `key` one is made.
    """

    name: TextMap
    kind: str
    on: When | None
    parent: Unit | None = None
    register: Register | None = None
    province: str = ""
    key: str = ""


@dataclass(frozen=True)
class UnitCorrection:
    """What a version should have said; what is left UNCHANGED was right.

    `parent` None: at the top. `since` None: before the record begins; `until` None: still.
    """

    name: TextMap = UNCHANGED
    kind: str = UNCHANGED
    parent: Unit | None = UNCHANGED
    since: When | None = UNCHANGED
    until: When | None = UNCHANGED


@transaction.atomic
def found_unit(actor: Actor, new: NewUnit) -> Unit:
    """Found a unit. Raises Forbidden, NotFound, or Refused with the sentence for the form."""
    through = _right_to_found(actor, new)
    unit = plant(new)
    audit.record(
        actor,
        "found",
        ref(UNIT, unit.pk),
        changes={
            "name": [None, clean_text_map(new.name)],
            "kind": [None, new.kind],
            "parent": [None, shown_value(new.parent)],
            "since": [None, shown_value(stated(new.on)) if new.on else None],
            "province": [None, new.province or None],
        },
        through=through,
    )
    return unit


def _right_to_found(actor: Actor, new: NewUnit) -> Through:
    if new.parent is not None:
        return unit_policy.require(actor, "found", new.parent)
    if new.register is None:
        raise Refused(_("Say under which unit the new one stands."), field="parent")
    return register_policy.require(actor, "found", new.register)


def plant(new: NewUnit) -> Unit:
    """Store a new unit with its first version and paths; the action around it checks the right."""
    register = new.register or (new.parent.register if new.parent else None)
    if register is None:
        raise Refused(_("Say under which unit the new one stands."), field="parent")
    name = clean_text_map(new.name)
    kind = clean_kind(new.kind)
    unit = Unit(register=register, country=register.country)
    unit.province = _checked_province(new.province, register.country)
    unit.key = _checked_key(new.key, register) if new.key else made_key("unit", unit.pk)
    if new.parent is not None and new.parent.country != register.country:
        raise Refused(
            _("A unit stands under a unit of its own country. Choose another parent."),
            field="parent",
        )
    with keeping_sound([unit.pk]):
        unit.save(force_insert=True)
        day = stated(new.on).first_day if new.on else date.min
        stretch = Stretch(
            values={"name": name, "kind": kind, "parent_id": new.parent.pk if new.parent else None},
            since=day,
            since_as=marks_of(new.on) if new.on else None,
        )
        Line(UnitVersion, unit.pk).store([stretch], timezone.now())
    return unit


def clean_kind(kind: str) -> str:
    """The kind of a unit (ministry, directorate, centre …) fit to be stored, or Refused."""
    text = clean(kind)
    if not text or len(text) > 60:
        raise Refused(
            _("Write what kind of unit it is, in at most 60 letters: ministry, directorate, …"),
            field="kind",
        )
    return text


def _checked_province(code: str, country: str) -> str:
    known = province_of(code) if code else None
    if code and country in COUNTRIES and (known is None or known.country != country):
        raise Refused(
            _("“%(code)s” is no province of this country; its codes look like %(example)s.")
            % {"code": code, "example": {"IR": "IR-23", "EG": "EG-C"}[country]},
            field="province",
        )
    return code


def _checked_key(key: str, register: Register) -> str:
    if not KEY.fullmatch(key):
        raise Refused(
            _("A key has at most 64 Latin letters, digits and hyphens, the first no hyphen."),
            field="key",
        )
    if Unit.objects.filter(register=register, key=key).exists():
        raise Refused(
            _("The register has a unit with the key “%(key)s” already; choose another.")
            % {"key": key},
            field="key",
        )
    return key


def locked(unit: Unit) -> Unit:
    """The unit's row, locked with the trees until the transaction ends: changes queue up."""
    lock_trees()
    return Unit.objects.select_for_update(of=("self",), no_key=True).get(pk=unit.pk)


@transaction.atomic
def rename_unit(
    actor: Actor, unit: Unit, *, on: When, name: TextMap, kind: str | None = None
) -> None:
    """From `on` the unit is called `name` (and is of another `kind`), until a later renaming.

    Raises Refused where it did not exist on that day or nothing would change.
    """
    through = unit_policy.require(actor, "rename", unit)
    values: dict[str, Any] = {"name": clean_text_map(name)}
    if kind is not None:
        values["kind"] = clean_kind(kind)
    before, after = change_unit(locked(unit), on, values)
    _record_change(actor, "rename", unit, (on, before, after), through)


@transaction.atomic
def move_unit(actor: Actor, unit: Unit, *, on: When, parent: Unit | None) -> None:
    """From `on` the unit stands under `parent` (None: at the top), until a later move.

    The actor needs the right over the unit and over the new parent; a unit is moved to the top by
    an elevation alone. Raises Refused where it would stand under itself.
    """
    through = unit_policy.require(actor, "move", unit)
    if parent is not None:
        unit_policy.require(actor, "found", parent)
        if parent.country != unit.country:
            raise Refused(
                _("A unit stands under a unit of its own country. Choose another parent."),
                field="parent",
            )
        if parent.pk == unit.pk:
            raise Refused(_("A unit cannot stand under itself. Choose another."), field="parent")
    elif not actor.elevated:
        raise Forbidden(_("Only an administrator's elevation moves a unit to the top."))
    before, after = change_unit(locked(unit), on, {"parent_id": parent.pk if parent else None})
    _record_change(actor, "move", unit, (on, before, after), through)
    tell_working_changed(actor, unit.country, unit.pk)  # days off come from above


def change_unit(
    unit: Unit, on: When, values: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Put a change into the unit's line; [before, after] of `values`. Raises Refused."""
    line = Line(UnitVersion, unit.pk)
    day = stated(on).first_day
    try:
        held = timeline.held_on(line.stretches, day)
        after = timeline.change(line.stretches, day, values, dated=marks_of(on))
    except timeline.NothingHeld as error:
        raise Refused(not_there_sentence(unit, day), field="on") from error
    if after == line.stretches:
        raise Refused(_("Nothing would change: this holds on that day already."))
    if "parent_id" in values:
        with keeping_sound([unit.pk]):
            line.store(after, timezone.now())
    else:
        line.store(after, timezone.now())
    return {name: held.values[name] for name in values}, values


def not_there_sentence(unit: Unit, day: date) -> str:
    """The unit did not exist on that day, and when it did."""
    line = Line(UnitVersion, unit.pk)
    return _("“%(unit)s” did not exist on %(day)s. It is told of from %(since)s to %(until)s.") % {
        "unit": shown_unit(unit.pk, day),
        "day": shown_day(day),
        "since": shown_day(line.since),
        "until": shown_day(line.until),
    }


Changed = tuple[When, dict[str, Any], dict[str, Any]]


def _record_change(actor: Actor, verb: str, unit: Unit, changed: Changed, through: Through) -> None:
    on, before, after = changed
    changes = {_plain(name): [before[name], after[name]] for name in after}
    changes["on"] = [None, shown_value(stated(on))]
    audit.record(actor, verb, ref(UNIT, unit.pk), changes=changes, through=through)


def _plain(column: str) -> str:
    return column.removesuffix("_id")


@transaction.atomic
def correct_unit(
    actor: Actor, version: UnitVersion, correction: UnitCorrection, *, reason: str
) -> None:
    """Put right what a version says of its unit; what was believed stays readable.

    Where a beginning or an end is put right, the version beside it, and the posts and holdings that
    ended with the unit, follow. Raises Refused, or Conflict if the version was changed meanwhile.
    """
    unit = version.unit
    through = unit_policy.require(actor, "correct", unit)
    if correction.parent not in (UNCHANGED, None):
        unit_policy.require(actor, "see", correction.parent)
    why = clean_reason(reason)
    locked(unit)
    line = Line(UnitVersion, unit.pk)
    wrong = line.of_row(version)
    if wrong is None or wrong.row.pk != version.pk:
        raise Conflict(
            _("Somebody corrected this meanwhile. Look at what it says now, then correct it.")
        )
    right = _corrected(wrong, correction)
    if right == wrong:
        raise Refused(_("Nothing would change: this is what it says already."))
    end, now = line.until, timezone.now()
    after = corrected_line(line.stretches, wrong, right)
    if _stands(right) == _stands(wrong):
        line.store(after, now, reason=why)
    else:
        with keeping_sound([unit.pk]):
            line.store(after, now, reason=why)
    if line.until != end:
        moved = move_ends(unit, end, line.stretches[-1], now, reason=why)
        tell_again(moved, unit.country, actor.at)
        _move_succession(unit, end, line.until)
    changes = audit.differences(_told(wrong), _told(right))
    subject = ref(UNIT, unit.pk)
    audit.record(actor, "correct", subject, changes=changes, reason=why, through=through)


def _move_succession(unit: Unit, old_end: date, new_end: date) -> None:
    """What followed a unit at its end follows at the end put right, or not at all if it goes on."""
    followed = UnitSuccession.objects.filter(predecessor=unit, on_date=old_end)
    if new_end != date.max:
        followed.update(on_date=new_end)
    elif followed.exists():
        followed.delete()
        Unit.objects.filter(pk=unit.pk).update(becomes=None)


def _stands(stretch: Stretch) -> tuple[UUID | None, date, date]:
    """What the tree sees of a stretch: where it stands and when."""
    return (stretch.values["parent_id"], stretch.since, stretch.until)


def corrected_line(line: list[Stretch], wrong: Stretch, right: Stretch) -> list[Stretch]:
    """`timeline.correct` with its refusals as sentences."""
    if right.since >= right.until:
        raise Refused(
            _("It would end before it begins. Check both dates; the end is the first day after."),
            field="until",
        )
    try:
        return timeline.correct(line, wrong, right)
    except timeline.Collision as error:
        raise Refused(
            _(
                "On %(day)s something else is told already. Correct that first, or choose a date "
                "beside it."
            )
            % {"day": shown_day(error.day)},
            field="since",
        ) from error


def _corrected(wrong: Stretch, correction: UnitCorrection) -> Stretch:
    values = dict(wrong.values)
    if correction.name is not UNCHANGED:
        values["name"] = clean_text_map(correction.name)
    if correction.kind is not UNCHANGED:
        values["kind"] = clean_kind(correction.kind)
    if correction.parent is not UNCHANGED:
        values["parent_id"] = correction.parent.pk if correction.parent else None
    return bounded(replace(wrong, values=values), correction.since, correction.until)


def bounded(stretch: Stretch, since: When | None, until: When | None) -> Stretch:
    """The stretch with other ends; UNCHANGED leaves one, None opens it."""
    if since is not UNCHANGED and since != since_of(stretch):
        stretch = replace(
            stretch,
            since=stated(since).first_day if since else date.min,
            since_as=marks_of(since) if since else None,
        )
    if until is not UNCHANGED and until != until_of(stretch):
        stretch = replace(
            stretch,
            until=stated(until).first_day if until else date.max,
            until_as=marks_of(until) if until else None,
        )
    return stretch


def since_of(stretch: Stretch) -> PartialDate | None:
    """The stretch's beginning as its row states it."""
    return stretch.row.since_stated if stretch.row else None


def until_of(stretch: Stretch) -> PartialDate | None:
    """The stretch's end as its row states it."""
    return stretch.row.until_stated if stretch.row else None


def _told(stretch: Stretch) -> dict[str, Any]:
    told = {_plain(name): value for name, value in stretch.values.items()}
    told["since"] = None if stretch.since == date.min else stretch.since
    told["until"] = None if stretch.until == date.max else stretch.until
    return told
