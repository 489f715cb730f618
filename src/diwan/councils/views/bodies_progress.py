"""The picture of what became of a body's decisions, month by month: decided, done, felt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diwan.councils.models import Body
from diwan.councils.queries.felt import Felt, felt
from diwan.councils.queries.progress import Month
from diwan.kernel.calendars import Calendar, month_name, to_calendar
from diwan.kernel.periods import Kind, Period
from diwan.kernel.policies import Actor, ActorKind
from diwan.kernel.reader import current
from diwan.kernel.text import isolate
from diwan.ui.components import Bar, StackedBar
from diwan.ui.show import show_digits, show_number, show_percent


@dataclass(frozen=True)
class Row:
    """A month of the table; `felt` is what people judged in it, in words."""

    name: str
    month: Month
    felt: str


@dataclass(frozen=True)
class BodyProgress:
    """Bars of the months, what their parts are called, and the same months for a table."""

    bars: Sequence[StackedBar]
    names: Sequence[str]
    rows: Sequence[Row]


@dataclass(frozen=True)
class BodyFelt:
    """What people judged in the same months: a sentence, and bars of those with enough to tell."""

    words: str
    bars: Sequence[Bar]
    by_month: Sequence[Felt]


def body_progress(
    body: Body, months: Sequence[Month], judged: BodyFelt | None = None
) -> BodyProgress | None:
    """A body's months; None where fewer than two have anything to show."""
    if sum(month.total > 0 for month in months) < 2:
        return None
    names = [_("done in time"), _("done late"), _("still owed")]
    calendar = Calendar(body.calendar)
    by_month = judged.by_month if judged else [Felt()] * len(months)
    return BodyProgress(
        [_bar(month, calendar, names) for month in months],
        names,
        [
            Row(_named(month, calendar), month, felt_cell(told))
            for month, told in zip(months, by_month, strict=True)
            if month.total
        ],
    )


def body_felt(actor: Actor, body: Body, months: Sequence[Month]) -> BodyFelt | None:
    """What people judged of the services of the body's unit and below in the same months.

    None where nothing in the house measures it, and for who is not signed in: measures are told to
    those who decide; the public reads of each service what its citizens judged.
    """
    if actor.kind is ActorKind.ANONYMOUS:
        return None
    calendar = Calendar(body.calendar)
    periods = [Period.of(month.first_day, Kind.MONTH, calendar) for month in months]
    by_month = felt(actor, body.unit_id, periods)
    if by_month is None:
        return None
    bars = [
        Bar(label=_named(month, calendar), value=one.mean, text=felt_cell(one))
        for month, one in zip(months, by_month, strict=True)
        if one.mean is not None
    ]
    return BodyFelt(_felt_words(reduce(add, by_month, Felt())), bars, by_month)


def felt_cell(one: Felt) -> str:
    """A month's mean with its response rate; a dash where too few judged."""
    if one.mean is None or one.percent is None:
        return "—"
    told = {"mean": _stars(one.mean), "rate": show_percent(one.percent)}
    return _("%(mean)s of 5 (%(rate)s answered)") % told


def _felt_words(whole: Felt) -> str:
    if not whole.asked:
        return _("not judged yet: no citizen was asked in these twelve months.")
    told = {
        "given": show_number(whole.given),
        "asked": show_number(whole.asked),
        "rate": show_percent(whole.percent or 0),
    }
    if whole.mean is None:
        words = ngettext(
            "not judged yet: %(given)s of %(asked)s citizen asked has answered, too few to tell.",
            "not judged yet: %(given)s of %(asked)s citizens asked have answered, too few to tell.",
            whole.asked,
        )
        return words % told
    return _("%(mean)s of 5 stars; %(given)s of %(asked)s citizens asked answered (%(rate)s).") % {
        "mean": _stars(whole.mean),
        **told,
    }


def _stars(mean: float) -> str:
    tenths = round(mean, 1)
    return isolate(show_number(int(tenths) if tenths.is_integer() else tenths))


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
