"""What one room shows on the page of another room's record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from diwan.kernel.errors import Sentence
from diwan.kernel.policies import Actor

from .subjects import Card, Ref


@dataclass(frozen=True)
class Related:
    """What one room shows on the page of another room's record: a heading and cards.

    `cards` are at most `RELATED_SHOWN`; `more_url` leads to the rest, if there is any.
    """

    heading: Sentence
    cards: Sequence[Card]
    more_url: str = ""


RELATED_SHOWN = 12
Relater = Callable[[Ref, Actor], Related | None]
_related: dict[str, list[Relater]] = defaultdict(list)


def declare_related(kind: str, relater: Relater) -> None:
    """Declare what to show on the page of a record of `kind` (a unit's bodies, its documents)."""
    if relater not in _related[kind]:
        _related[kind].append(relater)


def related(record: Ref, actor: Actor) -> list[Related]:
    """What other rooms show on the page of `record`, as far as `actor` may see it."""
    answers = (relater(record, actor) for relater in _related.get(record.kind, ()))
    return [answer for answer in answers if answer is not None and answer.cards]
