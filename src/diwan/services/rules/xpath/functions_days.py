"""Functions about days and times. Days are those of the zone in which the form is filled in."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta

from .called import function
from .values import Moment, Value, day, instant, number, read_moment, read_time, string, utc_days
from .world import Here

_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()  # noqa: SIM905
_DAYS = "Mon Tue Wed Thu Fri Sat Sun".split()  # noqa: SIM905


@function("today", 0)
def _today(here: Here) -> Value:
    return day(here.world.now.date())


@function("now", 0)
def _now(here: Here) -> Value:
    return instant(here.world.now, here.world.now.tzinfo)


@function("date", 1)
def _date(here: Here, value: Value) -> Value:
    """The day of a text, an instant or a number of days; what is no day stays what it was."""
    found = _moment(here, value)
    if found is None:
        return "" if string(value) == "" else math.nan
    return day(date(1970, 1, 1) + timedelta(days=math.floor(found)))


@function("date-time", 1)
def _date_time(here: Here, value: Value) -> Value:
    found = _moment(here, value)
    if found is None:
        return "" if string(value) == "" else math.nan
    return instant(_instant_of(here, found), here.world.now.tzinfo)


@function("decimal-date-time", 1)
def _decimal_date_time(here: Here, value: Value) -> Value:
    found = _moment(here, value)
    if found is None:
        return math.nan
    return utc_days(_instant_of(here, found))


@function("decimal-time", 1)
def _decimal_time(_here: Here, value: Value) -> Value:
    found = read_time(string(value))
    if found is None:
        return math.nan
    return (found.hour * 3600 + found.minute * 60 + found.second) / 86_400


@function("format-date", 2)
@function("format-date-time", 2)
def _format(here: Here, value: Value, form: Value) -> Value:
    found = _moment(here, value)
    return "" if found is None else _formatted(_instant_of(here, found), string(form))


def _moment(here: Here, value: Value) -> Moment | None:
    if isinstance(value, Moment):
        return value
    if not isinstance(value, float):
        found = read_moment(string(value).strip(), here.world.now.tzinfo)
        if found is not None:
            return found
    days = number(value)
    if not -700_000 < days < 2_900_000:  # years 1 to 9999; NaN is neither
        return None
    return Moment(days, "")


def _instant_of(here: Here, moment: Moment) -> datetime:
    zone = here.world.now.tzinfo or UTC
    if len(moment.text) > 10:
        return datetime.fromisoformat(moment.text).astimezone(zone)
    seconds = round((moment - math.floor(moment)) * 86_400, 3)
    begin = datetime(1970, 1, 1, tzinfo=zone) + timedelta(days=math.floor(moment))
    return begin + timedelta(seconds=seconds)


def _formatted(at: datetime, form: str) -> str:
    parts = {
        "Y": f"{at.year:04}",
        "y": f"{at.year % 100:02}",
        "m": f"{at.month:02}",
        "n": str(at.month),
        "b": _MONTHS[at.month - 1],
        "d": f"{at.day:02}",
        "e": str(at.day),
        "H": f"{at.hour:02}",
        "h": str(at.hour),
        "M": f"{at.minute:02}",
        "S": f"{at.second:02}",
        "3": f"{at.microsecond // 1000:03}",
        "a": _DAYS[at.weekday()],
        "%": "%",
    }
    found, pieces = "", iter(form)
    for sign in pieces:
        found += parts.get(next(pieces, ""), "") if sign == "%" else sign
    return found
