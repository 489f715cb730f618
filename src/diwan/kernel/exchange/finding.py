"""How one kind of record is found by words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from diwan.kernel.errors import Sentence
from diwan.kernel.policies import Actor

from .subjects import Card

Finder = Callable[[Sequence[str], Actor, int], Sequence[Card]]


@dataclass(frozen=True)
class Search:
    """How one kind of record is found by words.

    `find(tokens, actor, limit)` gives at most `limit` cards that the actor may see and whose search
    key contains every token, the best first. `heading` names them in the plural. `list_url` is the
    name of the address where all of them are listed with the parameter `q`, if there is one.
    """

    kind: str
    find: Finder
    heading: Sentence
    list_url: str = ""


@dataclass(frozen=True)
class Found:
    """What one kind answered: its cards, and whether there are more of them."""

    search: Search
    cards: Sequence[Card]
    more: bool


_searches: dict[str, Search] = {}


def declare_search(kind: str, find: Finder, *, heading: Sentence, list_url: str = "") -> None:
    """Declare how records of `kind` are found; the order of declaration is that of the answers."""
    _searches[kind] = Search(kind, find, heading, list_url)


def search(tokens: Sequence[str], actor: Actor, *, limit: int) -> list[Found]:
    """Ask every kind for records that contain all of `tokens`; kinds without any are left out.

    No tokens ask for nothing.
    """
    if not tokens:
        return []
    answers = []
    for declared in _searches.values():
        cards_ = list(declared.find(tokens, actor, limit + 1))
        if cards_:
            answers.append(Found(declared, cards_[:limit], len(cards_) > limit))
    return answers
