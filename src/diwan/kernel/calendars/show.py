"""Dates as people read them."""

from datetime import date
from typing import Literal

from diwan.kernel.text import to_digits

from .convert import Calendar, CalendarDate, to_calendar
from .names import ERAS, known_language, month_name, weekday_name

Style = Literal["long", "short", "numeric", "weekday", "day_month"]

RIGHT_TO_LEFT_MARK = "\u200f"


def show_date(day: date, calendar: Calendar, language: str, style: Style = "long") -> str:
    """Show a day in a calendar, a language and its digits.

    - ``long``: ۳۰ آبان ۱۴۰۵, ٢١ نوفمبر ٢٠٢٦, 21 November 2026
    - ``weekday``: the same after the day of the week
    - ``short``: as long, with English Gregorian months cut to three letters
    - ``day_month``: without the year, where the page already says it
    - ``numeric``: ۱۴۰۵/۰۸/۳۰; 2026-11-21; in Arabic the day first, ٢١/١١/٢٠٢٦ (Jalali stays
      year first)

    Raises ``ImpossibleDate`` (range) for a day outside the calendar's tables.
    """
    named = to_calendar(day, calendar)
    language = known_language(language)
    if style == "numeric":
        return to_digits(_numeric(named, language), language)
    month = month_name(calendar, named.month, language)
    if style == "short" and language == "en" and calendar is Calendar.GREGORIAN:
        month = month[:3]
    shown = f"{named.day} {month}"
    if style != "day_month":
        shown = f"{shown} {named.year:04d}{_era(named.calendar, language)}"
    if style == "weekday":
        shown = f"{weekday_name(day.weekday(), language)} {shown}"
    return to_digits(shown, language)


def _era(calendar: Calendar, language: str) -> str:
    # Arabic writes the era after every Hijri year; in Persian and English the month says it.
    return f" {ERAS['ar'][calendar]}" if (calendar, language) == (Calendar.HIJRI, "ar") else ""


def _numeric(named: CalendarDate, language: str) -> str:
    year, month, day = f"{named.year:04d}", f"{named.month:02d}", f"{named.day:02d}"
    if language == "en":
        return f"{year}-{month}-{day}"
    if language == "fa" or named.calendar is Calendar.JALALI:
        return f"{year}/{month}/{day}"
    # The mark lets the parts follow each other from right to left, as CLDR has it for ar-EG.
    return f"{RIGHT_TO_LEFT_MARK}/".join((day, month, year))
