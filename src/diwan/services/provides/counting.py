"""What measures are worked out from: sums counted once for all that are asked the same.

Cases are counted for who works on them or heads them. The citizen's judgement is for everybody who
decides beside them, too: a council sees whether people felt what it resolved.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

from diwan.directory.public import UNIT
from diwan.kernel.exchange import MeasureQuestion
from diwan.kernel.policies import Actor
from diwan.services.policies.figures import counted_for, judged_for
from diwan.services.queries.measures import Counted, Key, Tally, Where, judgements, tallies
from diwan.services.queries.stretches import Stretch


def tallies_of(question: MeasureQuestion) -> dict[Key, Tally]:
    """The sums of the cases that the actor may see counted."""
    return _once(question, "services.measures", tallies, counted_for)


def judgements_of(question: MeasureQuestion) -> dict[Key, Tally]:
    """What citizens judged, of all cases, for whoever is signed in."""
    return _once(question, "services.judgements", judgements, judged_for)


def _once(
    question: MeasureQuestion,
    name: str,
    count: Callable[[Counted], dict[Key, Tally]],
    whose: Callable[[Actor], Where],
) -> dict[Key, Tally]:
    memo, key = _memo(question, name), _key(question)
    if key not in memo:
        memo[key] = count(
            Counted(
                stretches=key.stretches,
                at=question.actor.at,
                by="unit" if question.kind == UNIT else "service",
                ids=list(question.ids),
                where=whose(question.actor),
            )
        )
    return memo[key]


class _Asked(NamedTuple):
    """What is asked, as far as the sums differ by it."""

    kind: str
    ids: tuple[UUID, ...]
    stretches: tuple[Stretch, ...]


def _key(question: MeasureQuestion) -> _Asked:
    stretches = tuple(Stretch(p.key(), p.first_day, p.until_day) for p in question.periods)
    return _Asked(question.kind, tuple(question.ids), stretches)


def _memo(question: MeasureQuestion, name: str) -> dict[_Asked, dict[Key, Tally]]:
    found: dict[_Asked, dict[Key, Tally]] = question.actor.memo.setdefault(name, {})
    return found
