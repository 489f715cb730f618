"""The picture of what became of a body's decisions, month by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from diwan.councils.models import Body
from diwan.councils.queries.progress import Month
from diwan.kernel.calendars import Calendar, month_name, to_calendar
from diwan.kernel.reader import current
from diwan.kernel.text import isolate
from diwan.ui.components import StackedBar
from diwan.ui.show import show_digits, show_number


@dataclass(frozen=True)
class BodyProgress:
    """Bars of the months, what their parts are called, and the same months for a table."""

    bars: Sequence[StackedBar]
    names: Sequence[str]
    rows: Sequence[tuple[str, Month]]


def body_progress(body: Body, months: Sequence[Month]) -> BodyProgress | None:
    """A body's months; None where fewer than two have anything to show."""
    if sum(month.total > 0 for month in months) < 2:
        return None
    names = [_("done in time"), _("done late"), _("still owed")]
    calendar = Calendar(body.calendar)
    return BodyProgress(
        [_bar(month, calendar, names) for month in months],
        names,
        [(_named(month, calendar), month) for month in months if month.total],
    )


def _bar(month: Month, calendar: Calendar, names: Sequence[str]) -> StackedBar:
    named = to_calendar(month.first_day, calendar)
    values = (month.in_time, month.late, month.owed)
    said = [f"{name}: {show_number(value)}" for name, value in zip(names, values, strict=True)]
    return StackedBar(
        label=isolate(month_name(calendar, named.month, current().language)),
        values=values,
        text=show_number(month.total) if month.total else "",
        detail=_(", ").join([_named(month, calendar), *said]),
    )


def _named(month: Month, calendar: Calendar) -> str:
    named = to_calendar(month.first_day, calendar)
    name = month_name(calendar, named.month, current().language)
    return f"{name} {show_digits(named.year)}"
