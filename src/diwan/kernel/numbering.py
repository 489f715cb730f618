"""Official numbers: a pattern, when it starts anew, and going on after the highest. Plain Python.

A pattern is text with fields in braces: ``{n}`` (must be there; ``{n:3}`` fills up with zeros),
``{year}`` and ``{code}``. Numbers are kept in ASCII digits and shown in the reader's.
(Source: ACCESS, "Numbers".)
"""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Literal, NamedTuple

from .text import nearest, normalise, to_ascii_digits

DEFAULT_PATTERN = "{year}/{code}/{n}"
FIELDS = ("year", "code", "n")
LONGEST_PATTERN = 60

Why = Literal["shape", "field", "n", "year", "apart"]

_FIELD = re.compile(r"\{([^{}]*)\}")
_N_WITH_WIDTH = re.compile(r"n(?::([1-9]))?", re.ASCII)


class Reset(StrEnum):
    """When a body's numbers begin again at 1."""

    YEAR = "year"
    NEVER = "never"
    TERM = "term"


class ImpossiblePattern(ValueError):
    """A pattern that cannot number anything.

    ``why`` is ``shape`` (empty, too long, a brace alone, digits beside a field), ``field`` (an
    unknown field ``field``; ``nearest`` may be what was meant), ``n`` (not there, or more than
    once), ``year`` (starts anew each year without naming it) or ``apart`` (two fields touch, so
    that nobody can tell where one ends).
    """

    def __init__(self, pattern: str, why: Why, *, field: str = "") -> None:
        super().__init__(f"{pattern!r} cannot number anything ({why})")
        self.pattern = pattern
        self.why: Why = why
        self.field = field
        self.nearest = nearest(field, FIELDS) if field else None


class Number(NamedTuple):
    """What a number says: the year (``None`` where it is undated or names none) and the count."""

    year: int | None
    n: int


def validate_pattern(pattern: str, reset: Reset = Reset.NEVER) -> None:
    """Check a pattern typed by somebody. Raises ``ImpossiblePattern``."""
    if not pattern.strip() or len(pattern) > LONGEST_PATTERN:
        raise ImpossiblePattern(pattern, "shape")
    literals = _FIELD.split(pattern)[::2]
    if any("{" in text or "}" in text for text in literals):
        raise ImpossiblePattern(pattern, "shape")
    fields = [_field_name(pattern, field) for field in _FIELD.findall(pattern)]
    if fields.count("n") != 1 or fields.count("year") > 1:
        raise ImpossiblePattern(pattern, "n" if fields.count("n") != 1 else "shape")
    if not all(literals[1:-1]):
        raise ImpossiblePattern(pattern, "apart")
    # A digit right beside a field could not be told from the field's own.
    before, after = literals[:-1], literals[1:]
    if any(text[-1:].isdecimal() for text in before) or any(t[:1].isdecimal() for t in after):
        raise ImpossiblePattern(pattern, "shape")
    if reset is Reset.YEAR and "year" not in fields:
        raise ImpossiblePattern(pattern, "year")


def render(pattern: str, *, year: int | None, code: str, n: int, undated: str) -> str:
    """Write the number. ``undated`` stands where the year would, when there is none.

    >>> render("{year}/{code}/{n:3}", year=1404, code="ش", n=7, undated="-")
    '1404/ش/007'
    """

    def value(field: re.Match[str]) -> str:
        name = _field_name(pattern, field[1])
        if name == "year":
            return undated if year is None else str(year)
        return code if name == "code" else f"{n:0{_width(field[1])}d}"

    return _FIELD.sub(value, pattern)


def matches(
    pattern: str, number: str, *, code: str | None = None, undated: str | None = None
) -> Number | None:
    """Read a number written by a pattern, or return ``None`` when it was not.

    ``code`` and ``undated`` narrow it to what this body writes; without them any code does, and no
    number is undated. Native digits are read, too.
    """
    found = re.fullmatch(_expression(pattern, code, undated), to_ascii_digits(number.strip()))
    if not found:
        return None
    parts = found.groupdict()
    year = parts.get("year")
    return Number(int(year) if year else None, int(parts["n"]))


def next_number(
    existing: Iterable[str],
    pattern: str,
    *,
    reset: Reset,
    year: int | None,
    undated: str,
    code: str | None = None,
) -> int:
    """Return the count that follows the highest of the body's numbers, imported ones included.

    By year only numbers of that year count (undated ones among themselves); by term the caller
    gives the numbers of the term. Numbers of another shape are passed over.
    """
    highest = 0
    for text in existing:
        number = matches(pattern, text, code=code, undated=undated)
        if number and (reset is not Reset.YEAR or number.year == year):
            highest = max(highest, number.n)
    return highest + 1


# Words that say nothing in a name's initials.
_SMALL_WORDS = frozenset({"و", "در", "از", "به", "برای", "فی", "من", "of", "and", "the", "for"})
_LETTERS = re.compile(r"[^\W\d_]+")


def initials_code(name: str, taken: Iterable[str]) -> str:
    """Return a short code for a body from the first letters of its name's words.

    One letter if it is free, then two and so on, then the first letter with a number:
    شورای مرکزی is ``ش``, then ``شم``, then ``ش2``. Codes that differ only by keyboard or by upper
    and lower case count as the same.
    """
    used = {normalise(code) for code in taken}
    words = [word for word in _LETTERS.findall(name) if normalise(word) not in _SMALL_WORDS]
    initials = "".join(_without_article(word)[0] for word in words).upper() or "B"
    for length in range(1, len(initials) + 1):
        if normalise(initials[:length]) not in used:
            return initials[:length]
    count = 2
    while normalise(f"{initials[0]}{count}") in used:
        count += 1
    return f"{initials[0]}{count}"


def _without_article(word: str) -> str:
    return word[2:] if word.startswith("ال") and len(word) > 4 else word


def _field_name(pattern: str, field: str) -> str:
    name = "n" if _N_WITH_WIDTH.fullmatch(field) else field
    if name not in FIELDS:
        raise ImpossiblePattern(pattern, "field", field=field)
    return name


def _width(field: str) -> int:
    shape = _N_WITH_WIDTH.fullmatch(field)
    return int(shape[1]) if shape and shape[1] else 1


def _expression(pattern: str, code: str | None, undated: str | None) -> str:
    dated = r"(?P<year>\d{1,4})"
    kinds = {
        "year": dated if undated is None else f"(?:{dated}|{_escaped(undated)})",
        "code": ".+?" if code is None else _escaped(code),
        "n": r"(?P<n>\d{1,9})",
    }
    pieces = _FIELD.split(pattern)
    written = [
        kinds[_field_name(pattern, piece)] if index % 2 else _escaped(piece)
        for index, piece in enumerate(pieces)
    ]
    return "".join(written)


def _escaped(text: str) -> str:
    return re.escape(to_ascii_digits(text))
