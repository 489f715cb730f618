"""A country's working time: holidays are declared, weekends and hours have dates.

Lateness is derived, so every open deadline is worked out anew as soon as one of these changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from diwan.directory.policies import require_working_time
from diwan.directory.queries.names import shown_day
from diwan.kernel import audit
from diwan.kernel.errors import Refused
from diwan.kernel.models import DeclaredHoliday, OfficeHoursRow, WeekendRow
from diwan.kernel.policies import Actor
from diwan.kernel.working import country_ref, tell_working_changed

from .base import clean_reason, clean_text_map

Status = DeclaredHoliday.Status


@transaction.atomic
def declare_holiday(
    actor: Actor, country: str, day: date, *, name: Mapping[str, str], status: str = Status.DECLARED
) -> DeclaredHoliday:
    """Declare a day off in a country, or put right its name and whether it is only estimated."""
    through = require_working_time(actor, country)
    if status not in Status.values:
        raise Refused(_("A holiday is declared or estimated."), field="status")
    names = clean_text_map(name)
    before = DeclaredHoliday.objects.select_for_update().filter(country=country, day=day).first()
    told = {"name": before.name, "status": before.status} if before else {}
    changes = audit.differences(told, {"name": names, "status": str(status)})
    if not changes:
        raise Refused(_("%(day)s is a holiday of this name already.") % {"day": shown_day(day)})
    row, _made = DeclaredHoliday.objects.update_or_create(
        country=country, day=day, defaults={"name": names, "status": status}
    )
    changes["day"] = [None, day]
    audit.record(actor, "declare_holiday", country_ref(country), changes=changes, through=through)
    tell_working_changed(actor, country)
    return row


@transaction.atomic
def remove_holiday(actor: Actor, holiday: DeclaredHoliday, *, reason: str) -> None:
    """Take a holiday back: the authority has moved or cancelled it."""
    through = require_working_time(actor, holiday.country)
    why = clean_reason(reason)
    row = DeclaredHoliday.objects.select_for_update().filter(pk=holiday.pk).first()
    if row is None:
        raise Refused(_("Somebody removed this holiday meanwhile."))
    audit.record(
        actor,
        "remove_holiday",
        country_ref(row.country),
        changes={"day": [row.day, None], "name": [row.name, None]},
        reason=why,
        through=through,
    )
    row.delete()
    tell_working_changed(actor, row.country)


@transaction.atomic
def set_weekend(
    actor: Actor, country: str, *, since: date | None, days: Iterable[int]
) -> WeekendRow:
    """From `since` on (None: always) these days are the weekend; 0 is Monday, 6 Sunday.

    A row of the same day is replaced; later rows stay.
    """
    through = require_working_time(actor, country)
    text = checked_weekend(days)
    before = WeekendRow.objects.select_for_update().filter(country=country, since=since).first()
    if before is not None and before.days == text:
        raise Refused(_("Nothing would change: this holds on that day already."))
    changes: dict[str, list[Any]] = {
        "days": [before.days.split(",") if before else None, text.split(",")],
        "since": [None, since],
    }
    if before is None:
        before = WeekendRow(country=country, since=since)
    before.days = text
    before.save()
    audit.record(actor, "set_weekend", country_ref(country), changes=changes, through=through)
    tell_working_changed(actor, country)
    return before


@dataclass(frozen=True)
class Hours:
    """Office hours within [since, until); `weekday` None: every working day; 0 is Monday."""

    opens: time
    closes: time
    since: date | None = None
    until: date | None = None
    weekday: int | None = None


def checked_weekend(days: Iterable[int]) -> str:
    """The days as a weekend's column keeps them. Raises Refused."""
    wanted = sorted(set(days))
    if not all(0 <= day <= 6 for day in wanted) or len(wanted) > 6:
        raise Refused(
            _("Choose the days of the weekend; at least one day is worked."), field="days"
        )
    return ",".join(str(day) for day in wanted)


def check_hours(hours: Hours) -> None:
    """Raise Refused for hours that no office could have."""
    if hours.opens >= hours.closes:
        raise Refused(_("Offices open before they close. Check both times."), field="closes")
    if hours.since and hours.until and hours.since >= hours.until:
        raise Refused(
            _("It would end before it begins. Check both dates; the end is the first day after."),
            field="until",
        )
    if hours.weekday is not None and not 0 <= hours.weekday <= 6:
        raise Refused(_("Choose a day of the week, or all."), field="weekday")


def told_hours(hours: Hours, before: str | None) -> dict[str, list[Any]]:
    """Hours as the audit keeps them; `before` is what stood there."""
    return {
        "hours": [before, f"{hours.opens:%H:%M}–{hours.closes:%H:%M}"],
        "since": [None, hours.since],
        "until": [None, hours.until],
        "weekday": [None, None if hours.weekday is None else str(hours.weekday)],
    }


@transaction.atomic
def set_office_hours(actor: Actor, country: str, hours: Hours) -> OfficeHoursRow:
    """Set a country's office hours for a time; a row of the same days is replaced.

    Ramadan's hours are a row of their own with both days.
    """
    through = require_working_time(actor, country)
    check_hours(hours)
    row = (
        OfficeHoursRow.objects.select_for_update()
        .filter(country=country, since=hours.since, until=hours.until, weekday=hours.weekday)
        .first()
    )
    before = f"{row.opens:%H:%M}–{row.closes:%H:%M}" if row else None
    row = row or OfficeHoursRow(
        country=country, since=hours.since, until=hours.until, weekday=hours.weekday
    )
    row.opens, row.closes = hours.opens, hours.closes
    row.save()
    changes = told_hours(hours, before)
    audit.record(actor, "set_office_hours", country_ref(country), changes=changes, through=through)
    tell_working_changed(actor, country)
    return row


@transaction.atomic
def remove_office_hours(actor: Actor, row: OfficeHoursRow, *, reason: str) -> None:
    """Take a row of office hours back."""
    through = require_working_time(actor, row.country)
    why = clean_reason(reason)
    changes = {"hours": [f"{row.opens:%H:%M}–{row.closes:%H:%M}", None]}
    audit.record(
        actor,
        "remove_office_hours",
        country_ref(row.country),
        changes=changes,
        reason=why,
        through=through,
    )
    OfficeHoursRow.objects.filter(pk=row.pk).delete()
    tell_working_changed(actor, row.country)
