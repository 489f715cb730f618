"""Answers in XForm's canonical text: what a question of a type takes, and how it is kept."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal

from .formtree import Node
from .xpath.functions_places import places_of
from .xpath.values import plain_number

LONGEST_ANSWER = 20_000
MEDIA = frozenset(("image", "audio", "video", "file", "background-audio"))
SELECTS = frozenset(("select_one", "select_multiple", "rank"))
METADATA = frozenset(
    ("start", "end", "today", "deviceid", "username", "phonenumber", "email", "simserial")
) | {"subscriberid", "start-geopoint", "background-geopoint"}
_FIGURES = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩٫−", "01234567890123456789.-", "٬")


def canonical(node: Node, answer: str) -> str | None:
    """An answer as it is kept; None where it is not of the question's type. Blank stays blank.

    >>> canonical(Node("a", "/data/a", "question", "integer"), "۰۱۲")
    '12'
    """
    answer = answer.strip()
    if len(answer) > LONGEST_ANSWER or "\x00" in answer:
        return None
    if answer == "":
        return ""
    read = _BY_TYPE.get(node.type)
    return answer if read is None else read(node, answer)


def worked_out(node: Node, value: str) -> str:
    """A calculation's result as it is kept: cut to whole numbers or days where the type says so."""
    if value in ("NaN", "Infinity", "-Infinity"):
        return ""
    if node.type == "integer":
        number = plain_number(value)
        return "" if math.isnan(number) else str(math.trunc(number))
    if node.type == "date":
        return value[:10]
    return value


def _integer(_node: Node, answer: str) -> str | None:
    answer = answer.translate(_FIGURES)
    digits = answer[1:] if answer[:1] in "+-" else answer
    if not digits.isdecimal() or len(digits) > 18:
        return None
    return str(int(answer))


def _decimal(_node: Node, answer: str) -> str | None:
    answer = answer.translate(_FIGURES).removeprefix("+")
    if math.isnan(plain_number(answer)) or len(answer) > 40:
        return None
    found = format(Decimal(answer), "f")
    if "." in found:
        found = found.rstrip("0").rstrip(".")
    return "0" if found in ("-0", "") else found


def _range(node: Node, answer: str) -> str | None:
    found = _decimal(node, answer)
    if found is None:
        return None
    value = Decimal(found)
    low, high, step = (_parameter(node, name) for name in ("start", "end", "step"))
    if low is not None and high is not None and not min(low, high) <= value <= max(low, high):
        return None
    if low is not None and step and (value - low) % abs(step) != 0:
        return None
    return found


def _parameter(node: Node, name: str) -> Decimal | None:
    text = node.parameters.get(name, "")
    return None if math.isnan(plain_number(text)) else Decimal(text)


def _date(_node: Node, answer: str) -> str | None:
    answer = answer.translate(_FIGURES)
    if len(answer) > 10 and answer[10] == "T":
        answer = answer[:10]
    if len(answer) != 10 or answer[4] != "-":
        return None
    try:
        return date.fromisoformat(answer).isoformat()
    except ValueError:
        return None


def _time(_node: Node, answer: str) -> str | None:
    answer = answer.translate(_FIGURES)
    try:
        time.fromisoformat(answer)
    except ValueError:
        return None
    return answer if ":" in answer else None


def _date_time(_node: Node, answer: str) -> str | None:
    answer = answer.translate(_FIGURES)
    try:
        datetime.fromisoformat(answer)
    except ValueError:
        return None
    return answer if len(answer) > 10 and answer[10] == "T" else None


def _point(_node: Node, answer: str) -> str | None:
    answer = answer.translate(_FIGURES)
    points = places_of(answer)
    return answer if points is not None and len(points) == 1 else None


def _line(_node: Node, answer: str) -> str | None:
    answer = answer.translate(_FIGURES)
    points = places_of(answer)
    return answer if points is not None and len(points) >= 2 else None


def _shape(_node: Node, answer: str) -> str | None:
    answer = answer.translate(_FIGURES)
    points = places_of(answer)
    closed = points is not None and len(points) >= 4 and points[0] == points[-1]
    return answer if closed else None


def _file_name(_node: Node, answer: str) -> str | None:
    return answer if len(answer) <= 200 and not set(answer) & set("/\\\n\r") else None


def _acknowledged(_node: Node, answer: str) -> str | None:
    return "OK" if answer.upper() in ("OK", "YES", "TRUE", "ON") else None


def _chosen(_node: Node, answer: str) -> str | None:
    return " ".join(dict.fromkeys(answer.split()))


_BY_TYPE: dict[str, Callable[[Node, str], str | None]] = {
    "integer": _integer,
    "decimal": _decimal,
    "range": _range,
    "date": _date,
    "today": _date,
    "time": _time,
    "dateTime": _date_time,
    "start": _date_time,
    "end": _date_time,
    "geopoint": _point,
    "start-geopoint": _point,
    "background-geopoint": _point,
    "geotrace": _line,
    "geoshape": _shape,
    "acknowledge": _acknowledged,
    "select_multiple": _chosen,
    "rank": _chosen,
    **dict.fromkeys(MEDIA, _file_name),
}
