"""Numbers of any record: what the rooms can count for it, month by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from diwan.kernel import exchange
from diwan.kernel.calendars import ImpossibleDate
from diwan.kernel.errors import NotFound, Sentence
from diwan.kernel.exchange import Form, Measure, MeasureQuestion, Ref, Value
from diwan.kernel.periods import Kind, Period
from diwan.kernel.reader import current
from diwan.kernel.requests import actor_of
from diwan.ui.components import Link
from diwan.ui.show import show_local, show_number, show_percent

MONTHS = 6


@dataclass(frozen=True)
class Line:
    """A measure's values, each with its period; "–" where there was nothing to count."""

    name: Sentence
    help: Sentence
    cells: Sequence[tuple[str, str]]


@login_required
def numbers(request: HttpRequest, kind: str, record_id: UUID) -> HttpResponse:
    """Show what can be counted for a record; 404 where it may not be seen or nothing is counted.

    Opened by a head or secretary before a meeting, who asks: are we getting better? The last months
    stand beside the whole year: a good year may hide a bad month. Next: back to the record.
    """
    actor, ref = actor_of(request), Ref(kind, record_id)
    measures = exchange.measures_for(kind)
    card = exchange.cards([ref], actor).get(ref)
    if card is None or not measures:
        raise NotFound
    periods = periods_until(current().today())
    question = MeasureQuestion(actor, kind, [record_id], periods)
    lines = [_line(measure, question) for measure in measures]
    context = {
        "card": card,
        "periods": [period.label(current().language) for period in periods],
        "lines": lines,
        "crumbs": [Link(show_local(card.title), card.url)],
    }
    return render(request, "ui/numbers.html", context)


def periods_until(today: date) -> list[Period]:
    """The last months of the reader's calendar, the present one last; then the year so far."""
    calendar = current().calendar
    months = [Period.of(today, Kind.MONTH, calendar)]
    while len(months) < MONTHS:
        try:
            months.append(months[-1].previous())
        except ImpossibleDate:  # the calendar's tables begin here
            break
    return [*reversed(months), Period.of(today, Kind.YEAR, calendar)]


def _line(measure: Measure, question: MeasureQuestion) -> Line:
    values = measure.values(question)
    record = question.ids[0]
    language = current().language
    cells = [
        (period.label(language), _shown(measure, values.get((record, period.key()))))
        for period in question.periods
    ]
    return Line(measure.name, measure.help, cells)


def _shown(measure: Measure, value: Value | None) -> str:
    if value is None:
        return show_number(0) if measure.form is Form.COUNT else "–"
    if measure.form in (Form.SHARE, Form.MEAN):
        return _related(value, in_hundredths=measure.form is Form.SHARE)
    if measure.form is Form.DAYS:
        return _("%(days)s days") % {"days": show_number(round(value.amount))}
    return show_number(int(value.amount))


def _related(value: Value, *, in_hundredths: bool) -> str:
    """A share or a mean, with how many it is of."""
    share = value.share
    if share is None:
        return "–"
    count = show_number(value.of or 0)
    if not in_hundredths:
        told = {"mean": show_number(round(share, 1)), "all": count}
        return _("%(mean)s (mean of %(all)s)") % told
    return _("%(percent)s (%(n)s of %(all)s)") % {
        "percent": show_percent(round(share * 100)),
        "n": show_number(int(value.amount)),
        "all": count,
    }
