"""Felt: what the people served by a unit judged, as another room measures it.

A judgement says nothing without how many of those asked gave one: so both come together, and of
fewer than five nobody is told a mean, as one could be told from the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from diwan.directory.public import UNIT
from diwan.kernel import exchange
from diwan.kernel.exchange import MeasureQuestion
from diwan.kernel.periods import Period
from diwan.kernel.policies import Actor

RATING, RESPONSES = "services.felt", "services.felt_responses"
LEAST = 5


@dataclass(frozen=True)
class Felt:
    """Of `asked` people `given` judged, and gave `stars` together."""

    stars: float = 0
    given: int = 0
    asked: int = 0

    def __add__(self, other: Felt) -> Felt:
        """Both together: sums add up exactly, means do not."""
        return Felt(self.stars + other.stars, self.given + other.given, self.asked + other.asked)

    @property
    def mean(self) -> float | None:
        """The mean of the stars; None where fewer than five judged."""
        return self.stars / self.given if self.given >= LEAST else None

    @property
    def percent(self) -> int | None:
        """The response rate in hundredths; None where nobody was asked."""
        return round(100 * self.given / self.asked) if self.asked else None


def felt(actor: Actor, unit_id: UUID, periods: Sequence[Period]) -> list[Felt] | None:
    """What the people served by a unit and all below it judged in each period.

    None where nothing in the house measures it.
    """
    rating, responses = exchange.measure(RATING), exchange.measure(RESPONSES)
    if rating is None or responses is None:
        return None
    question = MeasureQuestion(actor, UNIT, [unit_id], periods)
    stars, answers = rating.values(question), responses.values(question)
    found = []
    for period in periods:
        star = stars.get((unit_id, period.key()))
        answer = answers.get((unit_id, period.key()))
        asked = answer.of or 0 if answer else 0
        found.append(Felt(star.amount, star.of or 0, asked) if star else Felt(asked=asked))
    return found
