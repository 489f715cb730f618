"""Which of the found records comes first. Plain Python, so that every database gives one order.

A query is cut into words (`query_tokens`); a record is found when each of them begins one of its
words. What stands in a title counts more than what stands in a text, a whole word more than the
beginning of one, words side by side more than words far apart, then the newer record.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from .normal import ZWNJ
from .search import joined, query_tokens, without_article, words_of

NUMBER, TITLE, TITLE_BEGINS, TITLE_WORDS, TITLE_PREFIXES, WORDS, PREFIXES = range(7)
FAR = 40  # words apart; beyond it nearness says nothing
SNIPPET = 30  # words of a text that are shown around the first one asked for
# A word as it was written (with its vowel signs and half-spaces), or what stands between two.
_MARKS = "\u0610-\u061a\u0640\u064b-\u065f\u0670\u200c"
_PIECE = re.compile(f"(?:[^\\W_]|[{_MARKS}])+|(?:[\\W_](?<![{_MARKS}]))+")


@dataclass(frozen=True)
class Query:
    """What was asked: its words, and all its letters and digits in one."""

    words: tuple[str, ...]
    whole: str

    @classmethod
    def of(cls, text: str) -> Query:
        """Cut what somebody typed.

        >>> Query.of("مصوبه ۱۲/۱۴۰۴").words
        ('مصوبه', '12', '1404')
        """
        return cls(tuple(query_tokens(text)), joined(text))


@dataclass(frozen=True)
class Found:
    """A record as the ranking sees it.

    `titles` are its names, normalised (`words_of`, joined by blanks); `words` the words of all its
    texts in order; `number` its official number (`joined`); `day` the day it belongs to, as an
    ordinal; `identifier` settles ties.
    """

    identifier: str
    day: int
    number: str
    titles: tuple[str, ...]
    words: tuple[str, ...]


Rank = tuple[int, int, int, str]


def rank(query: Query, found: Found) -> Rank:
    """Return what to sort by, the best first: kind of match, distance, age, identifier."""
    kind, distance = _match(query, found)
    return (kind, distance, -found.day, found.identifier)


def _match(query: Query, found: Found) -> tuple[int, int]:
    if query.whole and query.whole == found.number:
        return (NUMBER, 0)
    kind, distance = min((_title(query, title) for title in found.titles), default=(PREFIXES, FAR))
    if kind <= TITLE_PREFIXES:
        return (kind, distance)
    return min(_in_words(query.words, found.words, WORDS), (PREFIXES, FAR))


def _title(query: Query, title: str) -> tuple[int, int]:
    whole = title.replace(" ", "").replace(ZWNJ, "")
    if whole == query.whole:
        return (TITLE, 0)
    if query.whole and whole.startswith(query.whole):
        return (TITLE_BEGINS, min(len(whole) - len(query.whole), FAR))
    return _in_words(query.words, tuple(title.split()), TITLE_WORDS)


def _in_words(asked: tuple[str, ...], words: tuple[str, ...], best: int) -> tuple[int, int]:
    """Return `best` where every word stands whole, one more where it begins one; and how far."""
    whole = _distance([[at for at, w in enumerate(words) if t in _forms(w)] for t in asked])
    if whole is not None:
        return (best, whole)
    begun = _distance(
        [
            [at for at, w in enumerate(words) if any(f.startswith(t) for f in _forms(w))]
            for t in asked
        ]
    )
    return (PREFIXES, FAR) if begun is None else (best + 1, begun)


def _begins(token: str, word: str) -> bool:
    return any(form.startswith(token) for form in _forms(word))


def _distance(places: list[list[int]]) -> int | None:
    """Return the length of the shortest stretch with one place of each list; None if one is empty.

    >>> _distance([[0, 7], [9], [5]])
    4
    """
    if not places or not all(places):
        return None
    at = [0] * len(places)
    shortest = FAR
    while True:
        now = [list_[i] for list_, i in zip(places, at, strict=True)]
        shortest = min(shortest, max(now) - min(now))
        first = now.index(min(now))
        at[first] += 1
        if at[first] == len(places[first]):
            return shortest


@lru_cache(maxsize=20_000)
def _forms(word: str) -> tuple[str, ...]:
    """A word as it can be asked for: joined, in parts, without the article."""
    whole = word.replace(ZWNJ, "")
    parts = word.split(ZWNJ) if whole != word else []
    return tuple(dict.fromkeys([whole, without_article(whole), *parts]))


def marked(query: Query, text: str) -> list[tuple[str, bool]]:
    """Cut a text as people read it into pieces, and say of each whether it was asked for.

    >>> marked(Query.of("كتاب"), "خرید کتاب‌ها")
    [('خرید ', False), ('کتاب‌ها', True)]
    """
    pieces: list[tuple[str, bool]] = []
    for piece in _PIECE.findall(text):
        hit = _asked_for(query, piece)
        if pieces and pieces[-1][1] == hit:
            pieces[-1] = (pieces[-1][0] + piece, hit)
        else:
            pieces.append((piece, hit))
    return pieces


def snippet(query: Query, text: str) -> list[tuple[str, bool]]:
    """Return the pieces of `marked` around the first word asked for; … where text is left out."""
    pieces = marked(query, text)
    first = next((at for at, (_piece, hit) in enumerate(pieces) if hit), 0)
    before = "".join(piece for piece, _hit in pieces[:first]).split(" ")
    after = [(piece, hit) for piece, hit in pieces[first:]]
    shown: list[tuple[str, bool]] = []
    if len(before) > SNIPPET // 3:
        before = ["…", *before[-SNIPPET // 3 :]]
    if any(before):
        shown.append((" ".join(before), False))
    left = SNIPPET - len(before)
    for piece, hit in after:
        words = piece.split(" ")
        if len(words) > left:
            return [*shown, (" ".join(words[: max(left, 1)]) + " …", hit)]
        shown.append((piece, hit))
        left -= len(words) - 1
    return shown


def _asked_for(query: Query, piece: str) -> bool:
    return any(_begins(token, word) for word in words_of(piece) for token in query.words)
