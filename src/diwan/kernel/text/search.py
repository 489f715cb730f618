"""Search keys: one column of text that ``LIKE %token%`` finds things in, in three languages.

A record stores ``search_key(title, text, …)``; a query is cut by ``search_tokens`` and finds the
record when every token is contained in the key. Tokens hold letters and digits only, so that
``%`` and ``_`` need no escaping.
"""

import difflib
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from .normal import ZWNJ, normalise

_WORD = re.compile(f"(?:[^\\W_]|{ZWNJ})+")

# Endings that Persian writes joined, with a half-space, or (wrongly) with a blank: the plural ha
# and its possessives.
_PLURAL = "(?:ها|های|هایی|هایم|هایت|هایش|هایمان|هایتان|هایشان)"
_PLURAL_PART = re.compile(f"{_PLURAL}$")
_JOINED_PLURAL = re.compile(f"^(.{{3,}}?){_PLURAL}$")
_VERB_PREFIXES = frozenset({"می", "نمی", "همی"})
# Parts that say nothing without their word: a query "کتاب‌ها" asks for کتاب.
_BARE_ENDINGS = frozenset({"تر", "ترین", "ای", "ام", "ات", "اش", "اند", "ایم", "اید", "ی"})

# The Arabic article with the particles that cling to it. None of it is stripped from a word with
# one of the Persian letters. The lengths keep الف, الگو, بالا and والدین whole.
_ARTICLE = re.compile("^(?:ال(?=.{3})|[وفبک]ال(?=.{4})|ولل(?=.{4})|لل(?=.{4}))(.+)$")
_PERSIAN_ONLY = frozenset("پچژگ")
LONGEST = 60  # letters of a word
MOST = 4000  # different words of a text
LONGEST_QUERY = 12  # words


def search_key(*texts: str) -> str:
    """Make the key of a record from its texts: unique tokens joined by blanks, in order.

    A word with half-spaces stands in it joined and in parts; a plural ending or verb prefix that
    was written apart stands joined, too.
    """
    tokens: dict[str, None] = {}
    for text in texts:
        for token in _key_tokens(_words(text)):
            tokens[token] = None
    return " ".join(tokens)


def search_tokens(query: str) -> list[str]:
    """Cut what somebody typed into the tokens that a key must all contain.

    The article, the plural and bare endings go, since the key need not have them; an empty list
    (nothing but punctuation was typed) asks for nothing.
    """
    tokens: dict[str, None] = {}
    for word in _words(query):
        parts = [part for part in word.split(ZWNJ) if not _says_nothing(part)]
        for part in parts or [word.replace(ZWNJ, "")]:
            tokens[_stem(part)] = None
    if len(tokens) > 1:  # "کتاب ها" with a blank asks for کتاب
        tokens = {token: None for token in tokens if not _PLURAL_PART.match(token)} or tokens
    return list(tokens)


def index_tokens(*texts: str) -> list[str]:
    """Return the words under which the one index finds a text: those that a query word begins.

    Those of ``search_key``, and each word with the Arabic article also without it. A word is
    cut at 60 letters, a text at 4,000 different words.

    >>> index_tokens("الميزانية")
    ['المیزانیه', 'میزانیه']
    """
    tokens: dict[str, None] = {}
    for text in texts:
        for token in _key_tokens(_words(text)):
            tokens[token[:LONGEST]] = None
            tokens[without_article(token)[:LONGEST]] = None
        if len(tokens) > MOST:
            break
    return list(tokens)[:MOST]


def query_tokens(query: str) -> list[str]:
    """Cut a query for the one index: as ``search_tokens``, at most twelve words."""
    return [token[:LONGEST] for token in search_tokens(query)][:LONGEST_QUERY]


def words_of(text: str) -> list[str]:
    """Return the normalised words of a text in order, half-spaces kept."""
    return _words(text)


def joined(text: str) -> str:
    """Return a text's letters and digits in one, for comparing whole titles and official numbers.

    >>> joined("۱۴۰۴/ش/۱۲") == joined("1404 ش 12")
    True
    """
    return "".join(word.replace(ZWNJ, "") for word in _words(text))[:LONGEST]


@lru_cache(maxsize=50_000)
def without_article(token: str) -> str:
    """Return a word without the Arabic article; one without it, or with Persian letters, as it is.

    >>> without_article("المیزانیه")
    'میزانیه'
    """
    if _PERSIAN_ONLY.intersection(token):
        return token
    article = _ARTICLE.match(token)
    return article[1] if article else token


def matches(key: str, query: str) -> bool:
    """Say whether a query finds a key: what the database does with ``LIKE``, in Python."""
    return all(token in key for token in search_tokens(query))


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate that somebody probably meant, or ``None`` when none is near."""
    found = difflib.get_close_matches(word, list(candidates), n=1, cutoff=0.6)
    return found[0] if found else None


def _words(text: str) -> list[str]:
    return [word for piece in text.split() for word in _words_in(piece)]


# Texts of an office use the same words over and over, and normalising is what takes the time.
@lru_cache(maxsize=50_000)
def _words_in(piece: str) -> tuple[str, ...]:
    found = (match.strip(ZWNJ) for match in _WORD.findall(normalise(piece)))
    return tuple(word for word in found if word)


def _key_tokens(words: list[str]) -> Iterator[str]:
    previous = ""
    for word in words:
        joined = word.replace(ZWNJ, "")
        yield joined
        if joined != word:
            yield from (part for part in word.split(ZWNJ) if part)
        if previous and (_PLURAL_PART.match(joined) or previous in _VERB_PREFIXES):
            yield previous + joined
        previous = joined


def _says_nothing(part: str) -> bool:
    return not part or part in _BARE_ENDINGS or bool(_PLURAL_PART.match(part))


def _stem(token: str) -> str:
    token = without_article(token)
    plural = _JOINED_PLURAL.match(token)
    return plural[1] if plural else token
