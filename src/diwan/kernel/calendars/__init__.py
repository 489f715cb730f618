"""Jalali, Hijri and Gregorian: convert, count, show, parse. Plain Python.

The database keeps Gregorian ISO dates; everything here turns them into what people read and back.
"""

from diwan.kernel.text import show_number, to_ascii_digits, to_digits

from .convert import (
    Calendar,
    CalendarDate,
    ImpossibleDate,
    add_months,
    from_calendar,
    month_length,
    start_of_week,
    to_calendar,
)
from .names import month_name, weekday_name
from .parse import parse_date
from .partial import PartialDate, Precision
from .recurring import ImpossibleRecurrence, On, Recurrence
from .show import show_date
from .spans import ImpossibleSpan, Span, next_occurrence

__all__ = [
    "Calendar",
    "CalendarDate",
    "ImpossibleDate",
    "ImpossibleRecurrence",
    "ImpossibleSpan",
    "On",
    "PartialDate",
    "Precision",
    "Recurrence",
    "Span",
    "add_months",
    "from_calendar",
    "month_length",
    "month_name",
    "next_occurrence",
    "parse_date",
    "show_date",
    "show_number",
    "start_of_week",
    "to_ascii_digits",
    "to_calendar",
    "to_digits",
    "weekday_name",
]
