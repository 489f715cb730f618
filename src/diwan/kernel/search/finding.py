"""Finding: candidates from the index, ranked by our own rules, shown as far as policies allow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from uuid import UUID

from diwan.kernel import exchange
from diwan.kernel.exchange import Card, Ref
from diwan.kernel.policies import Actor
from diwan.kernel.text import retyped
from diwan.kernel.text.ranking import TITLE_PREFIXES, Found, Query, rank

from .asking import Pool, Row, Word, kind_mark, rows, words_asked
from .indexing import building
from .sources import CLOSED, NAMES, TEXTS, TIERS, reaches_of, source_of
from .writing import day_of

# So many of the newest matches are looked at: of names that begin so, of names, of texts.
WHOLE, BEGINNING, NAMED, TOLD = 30, 60, 100, 100
ELSEWHERE = {NAMES: 60, TEXTS: 120}  # of what is closed, and of other countries'
AHEAD = 8  # records looked at beyond a page, for those that the actor may not see


@dataclass(frozen=True)
class Hit:
    """One record that was found and may be seen. `by_name`: its name has the words asked for."""

    card: Card
    by_name: bool

    @property
    def ref(self) -> Ref:
        """Which record it is."""
        return self.card.ref


@dataclass(frozen=True)
class Answer:
    """What was found. `query` is what was looked for, `instead` its text on another keyboard.

    `more`: there are further ones on the next page. `beyond`: so much matches that only the newest
    were looked at. `building`: the index is not whole yet.
    """

    query: Query
    hits: Sequence[Hit] = ()
    more: bool = False
    beyond: bool = False
    instead: str = ""
    building: bool = False


@dataclass(frozen=True)
class Asked:
    """What somebody looks for: words, in one kind or all, a page of `size` from `start` on."""

    text: str
    kind: str = ""
    start: int = 0
    size: int = 20
    literal: bool = False


def find(asked: Asked, actor: Actor) -> Answer:
    """Find what has all the words and what the actor may see, the best first.

    Where nothing is found and not `literal` is asked, what the same keys give on other keyboard
    layouts is tried.
    """
    answer = _answer(Query.of(asked.text), asked, actor)
    if not answer.hits and not asked.literal and not _finds(asked, actor):
        for text in retyped(asked.text):
            other = _answer(Query.of(text), asked, actor)
            if other.hits:
                return replace(other, instead=text)
    return answer


def _finds(asked: Asked, actor: Actor) -> bool:
    """True where an empty page is only one behind the last."""
    return asked.start > 0 and bool(
        _answer(Query.of(asked.text), replace(asked, start=0, size=1), actor).hits
    )


def _answer(query: Query, asked: Asked, actor: Actor) -> Answer:
    if not query.words or (asked.kind and source_of(asked.kind) is None):
        return Answer(query)
    pools = _pools(query, asked.kind, actor)
    found = rows(pools)
    ranks = {row.id: (rank(query, _as_found(row)), row) for row in found}
    ranked = [row for _rank, row in sorted(ranks.values(), key=itemgetter(0))]
    wanted = asked.start + asked.size
    seen = _seen(ranked, wanted + 1, actor)
    page = seen[asked.start : wanted]
    cards = exchange.cards([_ref(row) for row in page], actor)
    hits = [
        Hit(cards[_ref(row)], by_name=ranks[row.id][0][0] <= TITLE_PREFIXES)
        for row in page
        if _ref(row) in cards
    ]
    beyond = _beyond(pools, found, seen)
    return Answer(query, hits, len(seen) > wanted, beyond=beyond, building=building())


def _beyond(pools: Sequence[Pool], found: Sequence[Row], seen: Sequence[Row]) -> bool:
    """True where a pool was full of which the actor sees something: else it would tell too much."""
    held = Counter(row.pool for row in found)
    full = {at for at, pool in enumerate(pools) if held[at] >= pool.limit}
    shown = {row.id for row in seen}
    return any(row.pool in full for row in found if row.id in shown)


def _pools(query: Query, kind: str, actor: Actor) -> list[Pool]:
    """What to look through in each tier.

    Whole names and numbers; what the actor probably sees, beginnings of names first; what is
    closed; other countries'.
    """
    source = source_of(kind)
    only = [[kind_mark(kind)]] if kind else []
    words = words_asked(query.words)
    whole = [[f"#{query.whole}", f"={query.whole}"], *only]
    pools = []
    for tier in [source.tier] if source else TIERS:
        pools.append(Pool(WHOLE, tier, (), whole))
        for at, reach in enumerate(reaches_of(actor)):
            within = [[f"_{each}" for each in sorted(reach)]] if reach else []
            marks = [*within, *only]
            if at:
                closed = reach == {CLOSED}
                pools.append(Pool(ELSEWHERE[tier], tier, words, marks, closed=closed))
                continue
            if tier == NAMES:
                begins = Word(f"^{words[0].text}", words[0].whole)
                pools.append(Pool(BEGINNING, tier, [begins, *words[1:]], marks))
            pools.append(Pool(NAMED if tier == NAMES else TOLD, tier, words, marks))
    return pools


def _as_found(row: Row) -> Found:
    words = (term for term in row.terms.split(" ") if term[0] not in "_^=#")
    return Found(
        identifier=f"{row.kind} {row.ref_id}",
        day=day_of(row.id),
        number=row.number,
        titles=tuple(row.titles.split("\n")) if row.titles else (),
        words=tuple(words),
    )


def _ref(row: Row) -> Ref:
    return Ref(row.kind, row.ref_id)


def _seen(ranked: Sequence[Row], wanted: int, actor: Actor) -> list[Row]:
    """The first `wanted` of them that the actor may see: each room asked once or twice."""
    if actor.elevated:
        return list(ranked[:wanted])
    seen: list[Row] = []
    at, size = 0, wanted + AHEAD
    while len(seen) < wanted and at < len(ranked):
        some = ranked[at : at + size]
        allowed = _allowed(some, actor)
        seen += [row for row in some if row.ref_id in allowed[row.kind]]
        at, size = at + size, len(ranked)
    return seen[:wanted]


def _allowed(some: Sequence[Row], actor: Actor) -> dict[str, set[UUID]]:
    by_kind: dict[str, list[UUID]] = {}
    for row in some:
        by_kind.setdefault(row.kind, []).append(row.ref_id)
    allowed: dict[str, set[UUID]] = {}
    for kind, ids in by_kind.items():
        source = source_of(kind)
        allowed[kind] = source.seen(ids, actor) if source is not None else set()
    return allowed
