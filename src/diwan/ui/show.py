"""Values as the reader reads them: in the calendar, digits, zone and language of theirs.

The reader is ``kernel.reader.current()``. Plain text for Python; the filters of
``{% load ui %}`` wrap it in elements. A missing day is shown as ``—``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal

from django.utils.translation import gettext, pgettext

from diwan.kernel import calendars, text
from diwan.kernel.calendars import PartialDate, Recurrence, Span
from diwan.kernel.calendars.show import Style
from diwan.kernel.reader import current

NOTHING = "—"
_MIXED = re.compile(r"[A-Za-z][0-9]|[0-9][A-Za-z]")


def local_moment(at: datetime) -> datetime:
    """Return the instant ``at`` in the reader's zone; a naive one is read as UTC."""
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return aware.astimezone(current().zone)


def as_day(value: date | datetime) -> date:
    """Return the reader's day of a day or an instant."""
    return local_moment(value).date() if isinstance(value, datetime) else value


def show_digits(value: object) -> str:
    """Return ``value`` with the reader's digits, nothing else changed."""
    return "" if value is None else calendars.to_digits(str(value), current().language)


def show_code(value: object) -> str:
    """An official number with the reader's digits.

    A code that mixes figures with Latin letters (a tracking code) is left in one script.
    """
    return str(value) if _MIXED.search(str(value)) else show_digits(value)


class AtLeast(int):
    """A count that was not carried to its end: there are more than so many."""


def show_number(value: float | Decimal | None) -> str:
    """Return a number with the reader's digits and group signs; `AtLeast` in words."""
    if value is None:
        return ""
    shown = calendars.show_number(value, current().language)
    return gettext("%(n)s+") % {"n": shown} if isinstance(value, AtLeast) else shown


def show_percent(value: float | Decimal | None) -> str:
    """Return hundredths as the reader writes them: ۴۶٪, ٤٦٪, 46%."""
    if value is None:
        return ""
    sign = "%" if current().language == "en" else "٪"
    return f"{show_number(value)}{sign}"


def _styled(value: date | datetime | None, style: Style) -> str:
    if value is None:
        return NOTHING
    reader = current()
    return calendars.show_date(as_day(value), reader.calendar, reader.language, style=style)


def show_day(value: date | datetime | None) -> str:
    """Return the day with month name and year: ۳۰ آبان ۱۴۰۵."""
    return _styled(value, "long")


def show_weekday_day(value: date | datetime | None) -> str:
    """Return the day with its weekday: شنبه ۳۰ آبان ۱۴۰۵."""
    return _styled(value, "weekday")


def show_day_numeric(value: date | datetime | None) -> str:
    """Return the day in figures: ۱۴۰۵/۰۸/۳۰."""
    return _styled(value, "numeric")


def show_day_short(value: date | datetime | None) -> str:
    """Return the day without its year when that is the reader's present year, else in full."""
    if value is None:
        return NOTHING
    calendar = current().calendar
    same = (
        calendars.to_calendar(as_day(value), calendar).year
        == calendars.to_calendar(current().today(), calendar).year
    )
    return _styled(value, "day_month" if same else "long")


def show_clock(value: datetime | time | None) -> str:
    """Return the time of day of an instant (in the reader's zone) or of a time: ۱۰:۰۵."""
    if value is None:
        return NOTHING
    clock = local_moment(value) if isinstance(value, datetime) else value
    return show_digits(f"{clock:%H:%M}")


def show_moment(value: datetime | None) -> str:
    """Return the instant as day and time in the reader's zone."""
    if value is None:
        return NOTHING
    return pgettext("a moment", "%(day)s, %(time)s") % {
        "day": show_day(value),
        "time": show_clock(value),
    }


def show_stated_moment(value: datetime | None) -> str:
    """Return day and time, or the day alone for a midnight: a record that states a day is kept so.

    Not for an instant at which rights pass: there midnight is meant and is said.
    """
    if value is not None and local_moment(value).time() == time.min:
        return show_day(value)
    return show_moment(value)


def show_partial(value: PartialDate | None) -> str:
    """Return a date as precisely as it is known: اسفند ۱۳۹۰."""
    if value is None:
        return NOTHING
    reader = current()
    return value.show(reader.language, reader.calendar)


def show_span(value: Span | str | None) -> str:
    """Return a span: ۲ ماه, شهرين, 2 months."""
    if not value:
        return ""
    span = Span.parse(value) if isinstance(value, str) else value
    return span.show(current().language)


def show_recurrence(every: str, on: str = "") -> str:
    """Return a recurrence: هر ۲ ماه، روز ۱۹; كل شهر، أول يوم اثنين; every 2 weeks, on Monday."""
    return Recurrence.parse(every, on).show(current().language) if every else ""


def local_text(value: Mapping[str, str] | str | None) -> tuple[str, str]:
    """Return the text of a language map nearest to the reader, and the language it is in."""
    language = current().language
    if not value:
        return "", language
    if isinstance(value, str):
        return value, language
    return text.local(value, language)


def show_local(value: Mapping[str, str] | str | None) -> str:
    """Return the text of a language map nearest to the reader's language."""
    return local_text(value)[0]


def show_size(size: float | None) -> str:
    """Return a file's size in the reader's words: ۲٫۴ مگابایت."""
    if size is None:
        return ""
    units = (
        (1024**3, gettext("%(n)s GB")),
        (1024**2, gettext("%(n)s MB")),
        (1024, gettext("%(n)s kB")),
    )
    for base, pattern in units:
        if size >= base:
            amount = Decimal(size) / base
            rounded = amount.quantize(Decimal("0.1") if amount < 10 else Decimal(1))
            return pattern % {"n": show_number(rounded)}
    return gettext("%(n)s bytes") % {"n": show_number(int(size))}
