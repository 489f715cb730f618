"""Spans of calendar time: "2 months", shown, added, repeated."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from diwan.kernel.text import normalise, to_digits

from .convert import Calendar, ImpossibleDate, add_months, to_calendar
from .names import known_language

Unit = Literal["days", "weeks", "months", "years"]

# What is longer is a slip of the hand, and would lead beyond the years that can be counted.
LONGEST: dict[Unit, int] = {"days": 10_000, "weeks": 10_000, "months": 10_000, "years": 1_000}

# Arabic: one, two (as after a preposition), three to ten, eleven to ninety-nine, round hundreds.
_ARABIC: dict[Unit, tuple[str, str, str, str, str]] = {
    "days": ("يوم", "يومين", "أيام", "يومًا", "يوم"),
    "weeks": ("أسبوع", "أسبوعين", "أسابيع", "أسبوعًا", "أسبوع"),
    "months": ("شهر", "شهرين", "أشهر", "شهرًا", "شهر"),
    "years": ("سنة", "سنتين", "سنوات", "سنة", "سنة"),
}
_PERSIAN: dict[Unit, str] = {"days": "روز", "weeks": "هفته", "months": "ماه", "years": "سال"}
_EVERY = {"fa": "هر", "ar": "كل", "en": "every"}
_SHAPE = re.compile(r"^(\d{1,5}) ?([^\W\d_]+)$")


class ImpossibleSpan(ValueError):
    """A text that is no span of time. ``text`` is what was given."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text!r} is no span like '2 months'")
        self.text = text


@dataclass(frozen=True)
class Span:
    """A count of days, weeks, months or years; at least 1 of them."""

    count: int
    unit: Unit

    def __post_init__(self) -> None:
        """Refuse a span that goes nowhere. Raises ``ImpossibleSpan``."""
        if not 1 <= self.count <= LONGEST.get(self.unit, 0):
            raise ImpossibleSpan(f"{self.count} {self.unit}")

    @classmethod
    def parse(cls, text: str) -> "Span":
        """Read ``2 months``, ``1 year``, ``۱۰ روز``, ``شهرين``. Raises ``ImpossibleSpan``."""
        plain = normalise(text)
        if plain in _WORDS:
            count, unit = _WORDS[plain]
            return cls(count, unit)
        shape = _SHAPE.match(plain)
        if not shape or shape[2] not in _WORDS:
            raise ImpossibleSpan(text)
        try:
            return cls(int(shape[1]), _WORDS[shape[2]][1])
        except ImpossibleSpan as error:
            raise ImpossibleSpan(text) from error

    def __str__(self) -> str:
        """Write it as the register does: ``2 months``, ``1 year``."""
        return f"{self.count} {self.unit[:-1] if self.count == 1 else self.unit}"

    def after(self, day: date, calendar: Calendar) -> date:
        """Return the day that is this span after another, months and years in a calendar."""
        return self.times(1, day, calendar)

    def times(self, n: int, day: date, calendar: Calendar) -> date:
        """Return the day ``n`` whole spans after another (before it, when ``n`` is negative).

        Where the calendar's table ends before (Hijri: 1500) the Gregorian counts instead.
        """
        if self.unit == "days":
            return day + timedelta(days=n * self.count)
        if self.unit == "weeks":
            return day + timedelta(weeks=n * self.count)
        months = n * self.count * (12 if self.unit == "years" else 1)
        try:
            return add_months(day, months, calendar)
        except ImpossibleDate:
            return add_months(day, months, Calendar.GREGORIAN)

    def show(self, language: str) -> str:
        """Show it: ``۲ ماه``, ``شهرين``, ``2 months``."""
        language = known_language(language)
        if language == "fa":
            return f"{to_digits(self.count, 'fa')} {_PERSIAN[self.unit]}"
        if language == "en":
            return str(self)
        one, two, few, many, hundreds = _ARABIC[self.unit]
        if self.count <= 2:
            return one if self.count == 1 else two
        rest = self.count % 100
        word = few if 3 <= rest <= 10 else many if rest > 10 else hundreds
        return f"{to_digits(self.count, 'ar')} {word}"

    def show_every(self, language: str) -> str:
        """Show it as a recurrence: ``هر ۲ ماه``, ``كل شهرين``, ``every 2 months``."""
        language = known_language(language)
        if self.count > 1 or language == "ar":
            return f"{_EVERY[language]} {self.show(language)}"
        return f"{_EVERY[language]} {_PERSIAN[self.unit] if language == 'fa' else self.unit[:-1]}"


def next_occurrence(last: date, span: Span, calendar: Calendar, today: date) -> date:
    """Return when something that recurs comes next after it was last held.

    It is one span after ``last``, counted in the calendar. If that is past, it is the first one
    after today. All are whole multiples from ``last``: a body of the 31st meets on the 30th of a
    short month and on the 31st again after it. (Source: ACCESS, "Numbers".)
    """
    due = span.after(last, calendar)
    if due >= today:
        return due
    n = _whole_spans(last, today, span, calendar)
    while (due := span.times(n, last, calendar)) <= today:
        n += 1
    return due


def _whole_spans(last: date, today: date, span: Span, calendar: Calendar) -> int:
    """Return a number of spans from ``last`` that certainly does not overshoot the next one."""
    if span.unit in ("days", "weeks"):
        return (today - last).days // (span.count * (7 if span.unit == "weeks" else 1))
    try:
        start, end = to_calendar(last, calendar), to_calendar(today, calendar)
    except ImpossibleDate:
        start, end = (to_calendar(day, Calendar.GREGORIAN) for day in (last, today))
    months = (end.year - start.year) * 12 + end.month - start.month
    return max(1, months // (span.count * (12 if span.unit == "years" else 1)))


def _words() -> dict[str, tuple[int, Unit]]:
    table: dict[str, tuple[int, Unit]] = {}
    for unit, word in _PERSIAN.items():
        table[normalise(word)] = (1, unit)
        table[unit] = table[unit[:-1]] = (1, unit)
    for unit, (one, two, *many) in _ARABIC.items():
        table[normalise(two)] = (2, unit)
        table.update({normalise(word): (1, unit) for word in (one, *many)})
    return table


_WORDS = _words()
