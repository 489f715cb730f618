"""Values of expressions: texts, numbers, truth, days and sets of items.

A day or an instant is a number (days since 1970-01-01, in local time) that remembers how it is
written: so ``. <= today()`` compares days, where plain XPath would compare nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal
from typing import Any, TypeAlias

from .tree import Item

Value: TypeAlias = "str | float | bool | list[Item]"
_EPOCH = date(1970, 1, 1).toordinal()
_NUMBER = frozenset("0123456789.")
_DAY_SECONDS = 86_400


class Moment(float):
    """A day or an instant: days since 1970-01-01, and how it is written."""

    text: str

    def __new__(cls, days: float, text: str) -> Moment:
        """So many days, written so."""
        made = super().__new__(cls, days)
        made.text = text
        return made


def day(of: date) -> Moment:
    """A day as a value."""
    return Moment(of.toordinal() - _EPOCH, of.isoformat())


def instant(of: datetime, zone: tzinfo | None = None) -> Moment:
    """An instant as a value; an instant without an offset is local in `zone`."""
    aware = of if of.tzinfo is not None else of.replace(tzinfo=zone)
    local = aware.astimezone(zone) if zone is not None and aware.tzinfo else aware
    seconds = local.hour * 3600 + local.minute * 60 + local.second + local.microsecond / 1e6
    days = local.toordinal() - _EPOCH + seconds / _DAY_SECONDS
    return Moment(days, local.isoformat(timespec="milliseconds"))


def utc_days(of: datetime) -> float:
    """Days since 1970-01-01T00:00Z."""
    return of.astimezone(UTC).timestamp() / _DAY_SECONDS


def read_moment(text: str, zone: tzinfo | None = None) -> Moment | None:
    """A day or an instant as it is written in ISO 8601; None where it is neither."""
    if len(text) < 10 or text[4] != "-" or text[7] != "-":
        return None
    try:
        if len(text) == 10:
            return day(date.fromisoformat(text))
        return instant(datetime.fromisoformat(text), zone)
    except (ValueError, OverflowError):  # the years 1 and 9999 in another zone
        return None


def read_time(text: str) -> time | None:
    """A time of day as it is written in ISO 8601."""
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None


def plain_number(text: str) -> float:
    """The number that a text is; NaN where it is none.

    >>> plain_number(" -1.50 "), plain_number("1e3")
    (-1.5, nan)
    """
    text = text.strip()
    digits = text[1:] if text[:1] == "-" else text
    if not digits or not _NUMBER.issuperset(digits) or digits.count(".") > 1 or digits == ".":
        return math.nan
    return float(text)


def number(value: Value) -> float:
    """A value as a number: a day is its days, anything that is no number is NaN."""
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    if isinstance(value, float):
        return value
    written = string(value)
    found = plain_number(written)
    if found == found:  # noqa: PLR0124  NaN alone is not itself
        return found
    moment = read_moment(written.strip())
    return math.nan if moment is None else moment


def string(value: Value) -> str:
    """A value as a text; a set of items is its first one's."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Moment):
        return value.text
    if isinstance(value, float):
        return written(value)
    return value[0].value() if value else ""


def boolean(value: Value) -> bool:
    """A value as truth: a text that is not empty, a number that is not nought, a set with items."""
    if isinstance(value, float):
        return value != 0.0 and not math.isnan(value)
    return bool(value)


def written(value: float) -> str:
    """A number as XPath writes it: no exponent, no ``.0``.

    >>> written(3.0), written(0.1), written(1e-7)
    ('3', '0.1', '0.0000001')
    """
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == int(value):
        return str(int(value))
    short = repr(float(value))
    return format(Decimal(short), "f") if "e" in short else short


def texts(value: Value) -> list[str]:
    """Each item's text, or the one text of anything else."""
    if isinstance(value, list):
        return [item.value() for item in value]
    return [string(value)]


def numbers(values: Iterable[Value]) -> list[float]:
    """The numbers of all that is given; what is blank is NaN, as form apps have it."""
    return [number(text) for value in values for text in texts(value)]


def equal(left: Value, right: Value) -> bool:
    """XPath's ``=``: true where one item of a set is equal."""
    if isinstance(left, list) or isinstance(right, list):
        return _some(left, right, _equal)
    return _equal(left, right)


def unequal(left: Value, right: Value) -> bool:
    """XPath's ``!=``: true where one item of a set differs."""
    if isinstance(left, list) or isinstance(right, list):
        return _some(left, right, lambda one, other: not _equal(one, other))
    return not _equal(left, right)


def compared(left: Value, right: Value, test: Callable[[Any, Any], bool]) -> bool:
    """``<`` and its like (`test` of the module operator), by numbers."""
    if isinstance(left, list) or isinstance(right, list):
        return _some(left, right, lambda one, other: test(number(one), number(other)))
    return bool(test(number(left), number(right)))


def _some(left: Value, right: Value, test: Callable[[Any, Any], bool]) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return bool(test(boolean(left), boolean(right)))
    ones: Sequence[Value] = texts(left) if isinstance(left, list) else [left]
    others: Sequence[Value] = texts(right) if isinstance(right, list) else [right]
    return any(test(one, other) for one in ones for other in others)


def _equal(left: Value, right: Value) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return boolean(left) == boolean(right)
    if isinstance(left, float) or isinstance(right, float):
        return number(left) == number(right)
    return left == right
