"""Dates as people type them."""

import re
from datetime import date
from functools import cache

from diwan.kernel.text import ZWNJ, normalise

from .convert import Calendar, ImpossibleDate, from_calendar
from .names import ALIASES, MONTHS, WEEKDAYS

LONGEST = 64  # characters; nobody types more for a date

_DASHES = re.compile("[\u2010-\u2015\u2212]")
_NUMERIC = re.compile(r"^(\d+)\s*([-/.\s])\s*(\d+)\s*\2\s*(\d+)$")
_WORD_OR_NUMBER = re.compile(r"\d+|[^\W\d_]+")
# Month, year, eras and ordinal endings that people write around a date and that say nothing new.
_NOISE = frozenset(
    {"ماه", "شهر", "سال", "سنه", "مورخ", "روز", "یوم", "م", "ه", "ش", "ق"}
    | {"ad", "ce", "ah", "sh", "of", "the", "st", "nd", "rd", "th"}
)

# A year that only the Gregorian calendar can mean, whatever calendar the field is in: the browser's
# date input and copied ISO dates are such.
_GREGORIAN_YEARS = range(1900, 2200)


def parse_date(text: str, calendar: Calendar) -> date:
    """Read a typed date in a calendar.

    Understood are native and ASCII digits; year-month-day and day-month-year, set apart by ``-``,
    ``/``, ``.`` or blanks; and a day, the name of a month in Persian, Arabic or English, and a year
    (in any order, also after a weekday). A year 1900–2199 written in digits, or a month's name of
    another calendar, tells the calendar by itself. Years of two digits are refused.

    Raises ``ImpossibleDate`` whose ``text`` is what was typed.
    """
    if len(text) > LONGEST:
        raise ImpossibleDate(calendar, text[:LONGEST], "shape")
    plain = _DASHES.sub("-", normalise(text))
    numeric = _NUMERIC.match(plain)
    if numeric:
        first, month, last = numeric[1], numeric[3], numeric[4]
        year, day = (first, last) if len(first) >= len(last) else (last, first)
        meant = Calendar.GREGORIAN if int(year) in _GREGORIAN_YEARS else calendar
        return _checked(meant, (year, int(month), day), text=text)
    return _parse_named(plain, calendar, text=text)


def _parse_named(plain: str, calendar: Calendar, *, text: str) -> date:
    parts = _WORD_OR_NUMBER.findall(plain.replace(ZWNJ, ""))
    numbers = [part for part in parts if part.isdecimal()]
    words = "".join(part for part in parts if not part.isdecimal() and part not in _NOISE)
    found = _find_month(words, calendar)
    if found is None or len(numbers) != 2:
        raise ImpossibleDate(calendar, text, "shape")
    named_calendar, month = found
    day, year = sorted(numbers, key=len)
    return _checked(named_calendar, (year, month, day), text=text)


def _checked(calendar: Calendar, parts: tuple[str, int, str], *, text: str) -> date:
    year, month, day = parts
    if len(year) != 4 or len(day) > 2:
        raise ImpossibleDate(calendar, text, "shape")
    try:
        found = from_calendar(calendar, int(year), month, int(day))
    except ImpossibleDate as error:
        raise ImpossibleDate(calendar, text, error.why, last_day=error.last_day) from error
    if found == date.max:  # no instant follows its midnight: nobody could ask what held that day
        raise ImpossibleDate(calendar, text, "range")
    return found


def _find_month(words: str, calendar: Calendar) -> tuple[Calendar, int] | None:
    candidates = [words, *(words.removeprefix(name) for name in _weekdays())]
    order = (calendar, *(other for other in Calendar if other is not calendar))
    for candidate in candidates:
        for name in (candidate, candidate.removesuffix("ماه")):
            for named_calendar in order:
                month = _months(named_calendar).get(name)
                if month:
                    return named_calendar, month
    return None


@cache
def _months(calendar: Calendar) -> dict[str, int]:
    table: dict[str, int] = {}
    for names in MONTHS[calendar].values():
        table.update({_squash(name): month for month, name in enumerate(names, 1)})
    for month, aliases in ALIASES[calendar].items():
        table.update({_squash(name): month for name in aliases})
    if calendar is Calendar.GREGORIAN:
        english = MONTHS[calendar]["en"]
        table.update({name[:3].lower(): month for month, name in enumerate(english, 1)})
    return table


@cache
def _weekdays() -> tuple[str, ...]:
    names = {_squash(name) for names in WEEKDAYS.values() for name in names}
    names |= {name[:3].lower() for name in WEEKDAYS["en"]}
    # Longest first: شنبه also ends سه‌شنبه, and Mon begins Monday.
    return tuple(sorted(names, key=len, reverse=True))


def _squash(name: str) -> str:
    return "".join(_WORD_OR_NUMBER.findall(normalise(name).replace(ZWNJ, "")))
