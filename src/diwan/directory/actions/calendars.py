"""When a unit works, where it differs from its country: single days, hours, the weekend.

What is said of a unit holds for all units below that do not say otherwise. Deadlines are worked
out anew by whoever keeps them, on the fact `kernel.working_changed`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from diwan.directory.constants import UNIT
from diwan.directory.models import Unit, UnitDay, UnitHours, UnitWeekend
from diwan.directory.policies import unit_policy
from diwan.directory.queries.names import shown_day
from diwan.kernel import audit
from diwan.kernel.errors import Forbidden, Refused
from diwan.kernel.policies import Actor, Through
from diwan.kernel.working import tell_working_changed, today_in

from .base import clean_reason, clean_text_map, ref
from .worktime import Hours, check_hours, checked_weekend, told_hours


@transaction.atomic
def declare_day(
    actor: Actor, unit: Unit, day: date, *, name: Mapping[str, str], works: bool = False
) -> UnitDay:
    """Say that a unit and those below are closed on a day, or work although it would be off.

    What was said of that day before is put right. A day that is over is for an administrator, or
    for a head of a unit above.
    """
    through = unit_policy.require(actor, "set_calendar", unit)
    _require_not_past(actor, unit, day)
    names = clean_text_map(name)
    before = UnitDay.objects.select_for_update().filter(unit=unit, day=day).first()
    told = {"name": before.name, "works": str(before.works)} if before else {}
    changes = audit.differences(told, {"name": names, "works": str(works)})
    if not changes:
        raise Refused(_("%(day)s is written down like this already.") % {"day": shown_day(day)})
    row, _made = UnitDay.objects.update_or_create(
        unit=unit, day=day, defaults={"name": names, "works": works}
    )
    changes["day"] = [None, day]
    _tell(actor, unit, "declare_day", changes, through)
    return row


@transaction.atomic
def take_back_day(actor: Actor, day: UnitDay, *, reason: str) -> None:
    """Take a unit's own day back: it is again what its country says."""
    through = unit_policy.require(actor, "set_calendar", day.unit)
    _require_not_past(actor, day.unit, day.day)
    why = clean_reason(reason)
    row = UnitDay.objects.select_for_update().filter(pk=day.pk).first()
    if row is None:
        raise Refused(_("Somebody took this day back meanwhile."))
    row.delete()
    changes = {"day": [day.day, None], "name": [day.name, None], "works": [str(day.works), None]}
    _tell(actor, day.unit, "take_back_day", changes, through, reason=why)


@transaction.atomic
def set_unit_weekend(
    actor: Actor, unit: Unit, *, since: date | None, days: Iterable[int]
) -> UnitWeekend:
    """From `since` on (None: always) these days are the unit's weekend; 0 is Monday."""
    through = unit_policy.require(actor, "set_calendar", unit)
    text = checked_weekend(days)
    row = UnitWeekend.objects.select_for_update().filter(unit=unit, since=since).first()
    if row is not None and row.days == text:
        raise Refused(_("Nothing would change: this holds on that day already."))
    changes: dict[str, list[Any]] = {
        "days": [row.days.split(",") if row else None, text.split(",")],
        "since": [None, since],
    }
    row = row or UnitWeekend(unit=unit, since=since)
    row.days = text
    row.save()
    _tell(actor, unit, "set_unit_weekend", changes, through)
    return row


@transaction.atomic
def remove_unit_weekend(actor: Actor, weekend: UnitWeekend, *, reason: str) -> None:
    """Take a unit's own weekend back: the one above it holds again."""
    through = unit_policy.require(actor, "set_calendar", weekend.unit)
    why = clean_reason(reason)
    changes: dict[str, list[Any]] = {
        "days": [weekend.days.split(","), None],
        "since": [weekend.since, None],
    }
    UnitWeekend.objects.filter(pk=weekend.pk).delete()
    _tell(actor, weekend.unit, "remove_unit_weekend", changes, through, reason=why)


@transaction.atomic
def set_unit_hours(actor: Actor, unit: Unit, hours: Hours) -> UnitHours:
    """Set a unit's own hours for a time; a row of the same days is replaced."""
    through = unit_policy.require(actor, "set_calendar", unit)
    check_hours(hours)
    same = {"since": hours.since, "until": hours.until, "weekday": hours.weekday}
    row = UnitHours.objects.select_for_update().filter(unit=unit, **same).first()
    before = f"{row.opens:%H:%M}–{row.closes:%H:%M}" if row else None
    row = row or UnitHours(unit=unit, **same)
    row.opens, row.closes = hours.opens, hours.closes
    row.save()
    _tell(actor, unit, "set_unit_hours", told_hours(hours, before), through)
    return row


@transaction.atomic
def remove_unit_hours(actor: Actor, hours: UnitHours, *, reason: str) -> None:
    """Take a unit's own hours back: those above it hold again."""
    through = unit_policy.require(actor, "set_calendar", hours.unit)
    why = clean_reason(reason)
    changes = {"hours": [f"{hours.opens:%H:%M}–{hours.closes:%H:%M}", None]}
    UnitHours.objects.filter(pk=hours.pk).delete()
    _tell(actor, hours.unit, "remove_unit_hours", changes, through, reason=why)


def _require_not_past(actor: Actor, unit: Unit, day: date) -> None:
    """What was promised to citizens hangs on days: nobody changes the own unit's afterwards."""
    if day < today_in(unit.country, actor.at) and not unit_policy.may(actor, "set_past", unit):
        raise Forbidden(
            _(
                "%(day)s is over. Days of the past are written down by an administrator, or by the "
                "head of a unit above: what was promised to citizens hangs on them."
            )
            % {"day": shown_day(day)}
        )


def _tell(
    actor: Actor,
    unit: Unit,
    verb: str,
    changes: Mapping[str, list[Any]],
    through: Through,
    *,
    reason: str = "",
) -> None:
    audit.record(actor, verb, ref(UNIT, unit.pk), changes=changes, reason=reason, through=through)
    tell_working_changed(actor, unit.country, unit.pk)
