"""What all sheets of ours are read with: columns by language, words, lengths of time, findings."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from diwan.kernel.text import clean, nearest, to_ascii_digits

from .definition import Deadline, TimeUnit
from .sheets import Fault, Row, Sheet
from .xlsform_words import language_of

MOST: dict[TimeUnit, int] = {"working_hours": 20_000, "working_days": 2_600, "calendar_days": 3_653}
"""About ten years: what is longer is a slip of the pen."""
_DEADLINE = re.compile(r"(\d+(?:[.٫]\d+)?)\s*(working|calendar)[ _](hour|day)s?")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
YES = ("yes", "true", "1", "بله", "آری", "نعم")
NO = ("no", "false", "0", "خیر", "نه", "لا")


class Known(Protocol):
    """What the house knows that a workbook may name."""

    def unit(self, key: str) -> bool:
        """Whether there is a unit of that key."""

    def ours(self, key: str) -> bool:
        """Whether who writes the workbook may give work to the unit of that key."""

    def kinds(self) -> Collection[str]:
        """The kinds of units; none: any kind will do."""

    def service(self, code: str) -> bool:
        """Whether there is a service of that code."""


class Anything:
    """Knows whatever is asked: for a workbook that is looked at far from its house."""

    def unit(self, key: str) -> bool:
        """See `Known`."""
        return bool(key)

    def ours(self, key: str) -> bool:
        """See `Known`."""
        return bool(key)

    def kinds(self) -> Collection[str]:
        """See `Known`."""
        return ()

    def service(self, code: str) -> bool:
        """See `Known`."""
        return bool(code)


@dataclass
class Findings:
    """Everything that was found: faults keep a workbook out, warnings do not."""

    known: Known
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    languages: set[str] = field(default_factory=set)
    places: list[tuple[str, int, str, frozenset[str]]] = field(default_factory=list)

    def missing_languages(self) -> None:
        """Warn of texts that lack a language in which others are written."""
        for sheet, row, column, has in self.places:
            lacking = sorted(self.languages - has)
            if lacking:
                values = {"languages": ", ".join(lacking)}
                self.warnings.append(Fault(sheet, row, column, "language_missing", values))


class Table:
    """One sheet of ours: its columns by what they say and in which language."""

    def __init__(
        self, sheet: Sheet, columns: Collection[str], default: str, found: Findings
    ) -> None:
        """`columns` are those that are known; others are faults. `default`: the language."""
        self.sheet, self.found, self.default = sheet, found, default
        self.headings: dict[tuple[str, str], str] = {}
        for heading in sheet.columns:
            base, language = self._heading(heading)
            if base not in columns:
                self._unknown(heading, base, columns)
            elif language and not _LANGUAGE.fullmatch(language):
                self.fault(1, heading, "unknown_language", given=language)
            else:
                self.headings.setdefault((base, language), heading)
        for heading in sheet.twice:
            self.fault(1, heading, "column_twice", given=heading)

    def _heading(self, heading: str) -> tuple[str, str]:
        base, _colon, language = heading.replace("::", ":").partition(":")
        plain = "_".join(base.lower().split())
        return plain, language_of(language, self.default) if language.strip() else ""

    def _unknown(self, heading: str, base: str, columns: Collection[str]) -> None:
        values = suggested(base, columns)
        self.fault(1, heading, "unknown_column", **{**values, "given": heading})

    def fault(self, row: Row | int, column: str, code: str, **values: str) -> None:
        """Note a fault; `column` as `at` gives it."""
        self.found.faults.append(Fault(self.sheet.name, number_of(row), column, code, values))

    def warn(self, row: Row | int, column: str, code: str, **values: str) -> None:
        """Note what might be meant otherwise."""
        self.found.warnings.append(Fault(self.sheet.name, number_of(row), column, code, values))

    def at(self, base: str) -> str:
        """A column's heading as it stands in the sheet (of several languages the first)."""
        return next((h for (b, _language), h in self.headings.items() if b == base), base)

    def value(self, row: Row, base: str) -> str:
        """What stands in a column that has no language."""
        return row.cells.get(self.headings.get((base, ""), ""), "").strip()

    def texts(self, row: Row, base: str) -> dict[str, str]:
        """A text in the languages in which it is written; noted for `missing_languages`."""
        texts = self._texts(row, base)
        if texts:
            self.found.languages |= set(texts)
            place = (self.sheet.name, row.number, self.at(base), frozenset(texts))
            self.found.places.append(place)
        return texts

    def _texts(self, row: Row, base: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for (of, language), heading in self.headings.items():
            code = language or self.default
            text = clean(row.cells.get(heading, ""), code) if of == base else ""
            if text and code not in found:
                found[code] = text
        return found

    def has(self, row: Row, bases: Iterable[str]) -> str:
        """The first of these columns in which something stands, "" if none."""
        return next((b for b in bases if self.value(row, b) or self._texts(row, b)), "")

    def word(self, row: Row, base: str, words: Collection[str], default: str = "") -> str:
        """One of `words`, in any case; anything else is a fault and gives the default."""
        given = self.value(row, base)
        if not given:
            return default
        return self.one_of(row, base, given, words) or default

    def one_of(self, row: Row, base: str, given: str, words: Collection[str]) -> str:
        """`given` if it is one of `words`; else a fault, and "" comes back."""
        plain = given.strip().lower().replace(" ", "_")
        if plain in words:
            return plain
        values = suggested(given, words)
        self.fault(row, self.at(base), "unknown_word", **values)
        return ""

    def yes(self, row: Row, base: str, *, default: bool = False) -> bool:
        """Yes or no; anything else is a fault."""
        given = self.value(row, base).lower()
        if not given:
            return default
        if given not in (*YES, *NO):
            self.fault(row, self.at(base), "yes_or_no", given=given)
        return given in YES

    def whole(self, row: Row, base: str, *, least: int, most: int) -> int | None:
        """A whole number within bounds; anything else is a fault and gives None."""
        given = to_ascii_digits(self.value(row, base))
        if not given:
            self.fault(row, self.at(base), "value_needed")
            return None
        if re.fullmatch(r"\d{1,9}", given) and least <= int(given) <= most:
            return int(given)
        bounds = {"least": str(least), "most": str(most)}
        self.fault(row, self.at(base), "not_a_number", given=given, **bounds)
        return None

    def deadline(self, row: Row, base: str) -> Deadline | None:
        """A length of time such as ``3 working_days``; None where there is none or a fault."""
        given = self.value(row, base)
        if not given:
            return None
        deadline = deadline_of(given)
        if deadline is None:
            self.fault(row, self.at(base), "deadline_shape", given=given)
        elif deadline.amount > MOST[deadline.unit]:
            self.fault(row, self.at(base), "deadline_long", given=given)
        else:
            return deadline
        return None

    def kind(self, row: Row, base: str, name: str) -> str:
        """The name of a kind of units as the register writes it; a fault where there is none."""
        kinds = self.found.known.kinds()
        if not kinds or name in kinds:
            return name
        by_folded = {kind.casefold(): kind for kind in kinds}
        if name.casefold() in by_folded:
            return by_folded[name.casefold()]
        self.fault(row, self.at(base), "unknown_kind", **suggested(name, kinds))
        return name

    def unit(self, row: Row, base: str, key: str) -> str:
        """The key of a unit; a fault where there is none."""
        if not self.found.known.unit(key):
            self.fault(row, self.at(base), "unknown_unit", given=key)
        return key

    def unit_of_ours(self, row: Row, base: str, key: str) -> str:
        """The key of a unit that owes what the workbook says; a fault where it is another's."""
        if self.found.known.unit(key) and not self.found.known.ours(key):
            self.fault(row, self.at(base), "not_yours", given=key)
        return self.unit(row, base, key)


def number_of(row: Row | int) -> int:
    """The number of a row."""
    return row if isinstance(row, int) else row.number


def deadline_of(text: str) -> Deadline | None:
    """What a length of time says; None where it has another shape.

    >>> deadline_of("۳ working_days")
    Deadline(amount=3, unit='working_days')
    """
    found = _DEADLINE.fullmatch(to_ascii_digits(text).strip().lower())
    if found is None or (found[2], found[3]) == ("calendar", "hour"):
        return None
    amount = float(found[1].replace("٫", "."))
    if amount <= 0 or (found[3] == "day" and not amount.is_integer()):
        return None
    unit: TimeUnit = "calendar_days" if found[2] == "calendar" else "working_days"
    return Deadline(
        int(amount) if amount.is_integer() else amount,
        "working_hours" if found[3] == "hour" else unit,
    )


def suggested(given: str, words: Iterable[str]) -> dict[str, str]:
    """Values of a fault: what stands there, what may be meant, what could stand there."""
    known = list(words)
    near = nearest(given.strip().lower(), known) or ""
    return {"given": given, "nearest": near, "known": ", ".join(known[:30])}


def default_language(sheets: Mapping[str, Sheet]) -> str:
    """The language of columns that name none: the workbook's own, Persian if it says nothing."""
    settings = sheets.get("settings")
    for row in settings.rows if settings else ():
        for column, value in row.cells.items():
            if "_".join(column.lower().split()) == "default_language":
                return language_of(value, "fa")
    return "fa"
