"""The official numbers of a body's resolutions (`ACCESS.md`, "Numbers").

A number is made of a pattern and counts on within a *series*: the year of the body's own calendar,
the term, or for ever (`Reset`). Resolutions of a meeting without a date count in a series of their
own, whose year is written as the languages write "undated". Counting goes on after the highest,
without gaps.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from diwan.kernel import numbering
from diwan.kernel.calendars import Calendar, to_calendar
from diwan.kernel.numbering import ImpossiblePattern, Reset
from diwan.kernel.text import base_language

UNDATED = {"fa": "بی‌تا", "ar": "د.ت", "en": "n.d."}


@dataclass(frozen=True)
class NumberRule:
    """A body's rule; `language` is the register's, in which undated numbers are written."""

    pattern: str
    reset: Reset
    code: str
    calendar: Calendar
    language: str

    @property
    def undated(self) -> str:
        """The word that stands for the year where there is none."""
        return UNDATED.get(base_language(self.language), UNDATED["en"])

    def year_of(self, day: date | None) -> int | None:
        """The year of the body's calendar in which a meeting's day lies; None without a day."""
        return None if day is None else to_calendar(day, self.calendar).year

    def written(self, n: int, *, year: int | None, term: int | None) -> str:
        """The number as it is written.

        Where counting begins again every term the code carries the term's number, so that two
        terms of one year never write the same.

        >>> rule = NumberRule("{year}/{code}/{n}", Reset.TERM, "M", Calendar.GREGORIAN, "en")
        >>> rule.written(1, year=2026, term=6)
        '2026/M6/1'
        """
        return numbering.render(
            self.pattern, year=year, code=self._code(term), n=n, undated=self.undated
        )

    def read(self, number: str, *, term: int | None = None) -> numbering.Number | None:
        """What a stated number says by this rule; None where it was written by another."""
        return numbering.matches(self.pattern, number, code=self._code(term), undated=self.undated)

    def _code(self, term: int | None) -> str:
        return f"{self.code}{term}" if self.reset is Reset.TERM and term else self.code


def check_rule(pattern: str, reset: Reset) -> None:
    """Check a numbering rule. Raises `ImpossiblePattern`; why `field` names a missing ``code``.

    A body that begins again every term must write its code, which carries the term.
    """
    numbering.validate_pattern(pattern, reset)
    if reset is Reset.TERM and "{code}" not in pattern:
        raise ImpossiblePattern(pattern, "field", field="code")
