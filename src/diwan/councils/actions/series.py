"""A body's numbers while many resolutions come in: read once, then counted on in memory.

Whoever makes one holds the lock on the body, so that nobody else counts meanwhile.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from diwan.councils.models import Body, Resolution, Term
from diwan.councils.rules.numbers import NumberRule
from diwan.kernel.numbering import Reset

from .resolutions import Counter

Key = tuple[int | None, int | None]  # year of the body's calendar, number of the term


class Series(Counter):
    """Gives numbers as `Counter` does, without asking the database for each."""

    def __init__(self, body: Body, rule: NumberRule, *terms: Sequence[Term] | None) -> None:
        super().__init__(body, rule, *terms)
        rows = Resolution.objects.filter(body=body).values_list(
            "number", "number_year", "number_term__number", "number_n"
        )
        self._taken: set[str] = set()
        self._highest_of: dict[Key, int] = defaultdict(int)
        for number, year, term, n in rows.iterator():
            self._note(number, year, term, n)
        self._terms = list(Term.objects.known().filter(body=body))

    def give(self, resolution: Resolution, *, on: date) -> None:
        """See `Counter.give`."""
        super().give(resolution, on=on)
        self._noted(resolution)

    def state(self, resolution: Resolution, number: str, *, on: date) -> None:
        """See `Counter.state`."""
        super().state(resolution, number, on=on)
        self._noted(resolution)

    def is_taken(self, number: str) -> bool:
        """See `Counter.is_taken`."""
        return number in self._taken

    def _term_on(self, day: date) -> Term | None:
        for term in self._terms:
            begun = term.since is None or term.since <= day
            if begun and (term.until is None or term.until > day):
                return term
        return None

    def _highest(self, year: int | None, term: Term | None) -> int:
        return self._highest_of[self._key(year, term.number if term else None)]

    def _key(self, year: int | None, term: int | None) -> Key:
        """What numbers are counted together, by the body's rule."""
        if self.rule.reset is Reset.YEAR:
            return (year, None)
        return (None, term) if self.rule.reset is Reset.TERM else (None, None)

    def _noted(self, resolution: Resolution) -> None:
        term = resolution.number_term.number if resolution.number_term else None
        self._note(resolution.number, resolution.number_year, term, resolution.number_n)

    def _note(self, number: str, year: int | None, term: int | None, n: int | None) -> None:
        self._taken.add(number)
        key = self._key(year, term)
        self._highest_of[key] = max(self._highest_of[key], n or 0)
