"""One clear sentence for what cannot be read: what is wrong, and what would be right."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from diwan.kernel import calendars
from diwan.kernel.calendars import ImpossibleDate
from diwan.kernel.reader import current
from diwan.ui import show


def examples() -> str:
    """Return how a day is typed in the reader's calendar: in figures, or with the month's name."""
    day = current().today()
    return pgettext("two examples", "%(first)s or %(second)s") % {
        "first": show.show_day_numeric(day),
        "second": show.show_day(day),
    }


def impossible_date(error: ImpossibleDate) -> str:
    """Say why a typed date is none, with the nearest right one or an example."""
    makers: dict[str, Callable[[ImpossibleDate], str]] = {
        "day": _no_such_day,
        "month": _no_such_month,
        "range": _out_of_range,
    }
    return makers.get(error.why, _not_a_date)(error)


def _no_such_day(error: ImpossibleDate) -> str:
    last = show.show_digits(error.last_day)
    nearest = _with_last_day(error)
    if nearest is None:
        return _("“%(text)s” does not exist: that month has %(last)s days.") % {
            "text": show.show_digits(error.text),
            "last": last,
        }
    return _("“%(text)s” does not exist: that month has %(last)s days and ends on %(day)s.") % {
        "text": show.show_digits(error.text),
        "last": last,
        "day": show.show_day(nearest),
    }


def _with_last_day(error: ImpossibleDate) -> date | None:
    """Return the last day of the month that was meant, if it can be told."""
    if not error.last_day:
        return None
    plain = calendars.to_ascii_digits(error.text)
    mended = re.sub(r"(?<!\d)\d{1,2}(?!\d)", lambda found: _lowered(found[0], error), plain)
    try:
        return calendars.parse_date(mended, error.calendar)
    except ImpossibleDate:
        return None


def _lowered(number: str, error: ImpossibleDate) -> str:
    # The month's number is at most 12 and no month is that short; 0 is no day either.
    last = error.last_day or 0
    return str(last) if int(number) > last or int(number) == 0 else number


def _no_such_month(error: ImpossibleDate) -> str:
    return _("“%(text)s” does not exist: a year has 12 months; write it like %(example)s.") % {
        "text": show.show_digits(error.text),
        "example": examples(),
    }


def _out_of_range(error: ImpossibleDate) -> str:
    return _(
        "The year of “%(text)s” lies outside the calendar; write the date like %(example)s."
    ) % {
        "text": show.show_digits(error.text),
        "example": examples(),
    }


def _not_a_date(error: ImpossibleDate) -> str:
    return _("“%(text)s” is not a date; write it like %(example)s, the year in four digits.") % {
        "text": show.show_digits(error.text[:40]),
        "example": examples(),
    }


def impossible_partial(error: ImpossibleDate) -> str:
    """Say the same where a month or a year alone would do as well."""
    if error.why != "shape":
        return impossible_date(error)
    reader = current()
    named = calendars.to_calendar(reader.today(), reader.calendar)
    month = calendars.month_name(named.calendar, named.month, reader.language)
    return _(
        "“%(text)s” is not a date; write a day (%(day)s), a month (%(month)s) or a year (%(year)s)."
    ) % {
        "text": show.show_digits(error.text[:40]),
        "day": show.show_day(reader.today()),
        "month": show.show_digits(f"{month} {named.year}"),
        "year": show.show_digits(named.year),
    }


def partial_help() -> str:
    """Say how a date is typed that is not known to the day."""
    reader = current()
    named = calendars.to_calendar(reader.today(), reader.calendar)
    month = calendars.month_name(named.calendar, named.month, reader.language)
    return _("A day, or a month alone (%(month)s), or a year alone (%(year)s).") % {
        "month": show.show_digits(f"{month} {named.year}"),
        "year": show.show_digits(named.year),
    }
