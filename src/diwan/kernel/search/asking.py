"""Asking the database's own index, so that SQLite and PostgreSQL give the same records.

A record's terms are its words and a few marks. A word asked for begins one of them; one that very
many records have as it is (`COMMON`) is taken as it is. The newest records that have all the words
are taken, so many of each pool (`Pool`); which of them is the best match is not the database's to
say.

Marks: ``_IR`` the reach, ``_councils_action`` the kind; ``^word`` a name's first word,
``=wholename`` a name in one, ``#number`` the official number in one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Lookup, QuerySet

from diwan.kernel.models import SearchRecord
from diwan.kernel.text.ranking import Query

from .sources import CLOSED, TIERS, source_of

COMMON = 1000  # records that have a word; from then on it is asked for whole
# Newest records that PostgreSQL looks through before it asks its index: the larger number where
# the smaller one gave an eighth of what is wanted, since its index would give thousands then.
WINDOWS = (2000, 16_000)
HEAD = 2500  # characters of the terms that the ranking reads


@dataclass(frozen=True)
class Word:
    """A word asked for: it begins a term, or is one (`whole`)."""

    text: str
    whole: bool


@dataclass(frozen=True)
class Pool:
    """So many of the newest records of a tier: with all `words` and a mark of each of `marks`."""

    limit: int
    tier: str
    words: Sequence[Word]
    marks: Sequence[Sequence[str]] = ()
    closed: bool = False  # only what is CLOSED


@dataclass(frozen=True)
class Row:
    """A record as the index has it."""

    id: int
    kind: str
    ref_id: UUID
    number: str
    titles: str
    terms: str
    pool: int


def kind_mark(kind: str) -> str:
    """The mark of a kind of record."""
    return "_" + kind.replace(".", "_")


def words_asked(texts: Sequence[str]) -> list[Word]:
    """Which of the words are to be taken whole: single letters, and those that are common."""
    asked = [Word(text, whole=True) for text in texts if len(text) > 1]
    dialect = _dialect()
    selects, values = [], []
    for at, word in enumerate(asked):
        for tier in TIERS:
            selects.append(dialect.count.format(at=at, tier=tier, limit=COMMON))
            values.append(expression([word], []))
    held: Counter[int] = Counter()
    for at, n in _ask(selects, values):
        held[at] += n
    common = {word.text for at, word in enumerate(asked) if held[at] >= COMMON}
    return [Word(text, whole=len(text) == 1 or text in common) for text in texts]


def expression(words: Iterable[Word], marks: Iterable[Sequence[str]]) -> str:
    """The question in the database's own language; words hold letters and digits alone."""
    if connection.vendor == "postgresql":
        parts = [f"'{word.text}'" + ("" if word.whole else ":*") for word in words]
        parts += ["(" + " | ".join(f"'{mark}'" for mark in each) + ")" for each in marks]
        return " & ".join(parts)
    parts = [f'"{word.text}"' + ("" if word.whole else " *") for word in words]
    parts += ["(" + " OR ".join(f'"{mark}"' for mark in each) + ")" for each in marks]
    return " AND ".join(parts)


def rows(pools: Sequence[Pool]) -> list[Row]:
    """The records of all pools; one that is in several comes several times.

    One question on SQLite, whose index gives the newest first. PostgreSQL's gathers all matches:
    so the newest records are looked through first, and the index is asked for the pools that this
    did not fill, whose matches are few.
    """
    dialect = _dialect()
    short = promising = list(range(len(pools)))
    found: list[Row] = []
    for window in WINDOWS if dialect.newest else ():
        near = _rows(dialect.newest, pools, promising, window)
        held = Counter(row.pool for row in near)
        full = {at for at in promising if held[at] >= pools[at].limit}
        found += [row for row in near if row.pool in full]
        short = [at for at in short if at not in full]
        promising = [at for at in short if held[at] * 8 >= pools[at].limit]
    return found + _rows(dialect.index, pools, short)


@dataclass(frozen=True)
class _Dialect:
    """One database's questions: for a pool by the index or among the newest, and for a count."""

    index: str
    newest: str
    count: str


# ruff: noqa: S608 - of our own names alone; what was typed comes as a parameter
_ROW = f"SELECT r.id, r.kind, r.ref_id, r.number, r.titles, substr(r.terms, 1, {HEAD}), {{at}} "
_SQLITE = _Dialect(
    index=_ROW + "FROM (SELECT rowid AS id FROM kernel_search{tier} "
    "WHERE kernel_search{tier} MATCH %s ORDER BY rowid DESC LIMIT %s) f "
    "JOIN kernel_searchrecord r ON r.id = f.id",
    newest="",
    count="SELECT {at}, count(*) FROM (SELECT 1 FROM kernel_search{tier} "
    "WHERE kernel_search{tier} MATCH %s LIMIT {limit}) c",
)
_POSTGRESQL = _Dialect(
    # Adding nothing keeps PostgreSQL from walking through all records in this order.
    index=_ROW + "FROM kernel_searchrecord r WHERE r.tier = '{tier[0]}'{closed} "
    "AND r.words @@ %s::tsquery ORDER BY r.id + 0 DESC LIMIT %s",
    newest=_ROW + "FROM (SELECT * FROM kernel_searchrecord r WHERE r.tier = '{tier[0]}'{closed} "
    "ORDER BY r.id DESC LIMIT {window}) r "
    "WHERE r.words @@ %s::tsquery ORDER BY r.id DESC LIMIT %s",
    count="SELECT {at}, count(*) FROM (SELECT 1 FROM kernel_searchrecord r "
    "WHERE r.tier = '{tier[0]}' AND r.words @@ %s::tsquery LIMIT {limit}) c",
)


def _dialect() -> _Dialect:
    return _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE


def _rows(select: str, pools: Sequence[Pool], which: Iterable[int], window: int = 0) -> list[Row]:
    selects, values = [], []
    for at in which:
        pool = pools[at]
        closed = f" AND r.reach = '{CLOSED}'" if pool.closed else ""
        selects.append(select.format(at=at, tier=pool.tier, closed=closed, window=window))
        values += [expression(pool.words, pool.marks), pool.limit]
    return [_row(row) for row in _ask(selects, values)]


def _ask(selects: Sequence[str], values: Sequence[Any]) -> list[Any]:
    """All of them in one question. The texts are ours; what was typed is a parameter."""
    if not selects:
        return []
    parts = (f"SELECT * FROM ({each}) part{at}" for at, each in enumerate(selects))
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        return list(cursor.fetchall())


def _row(row: Sequence[Any]) -> Row:
    ref_id = row[2] if isinstance(row[2], UUID) else UUID(row[2])
    return Row(row[0], row[1], ref_id, *row[3:])


class HasWords(Lookup):
    """``terms__has_words=(tier, expression)``: the database's own index says which have them."""

    lookup_name = "has_words"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        """The condition; the expression was made for this database."""
        column, _params = self.process_lhs(compiler, connection)
        record = column.rpartition(".")[0]
        tier, wanted = self.rhs
        if connection.vendor == "postgresql":
            return f"{record}.tier = '{tier[0]}' AND {record}.words @@ %s::tsquery", (wanted,)
        table = f"kernel_search{tier}"
        found = f"SELECT rowid FROM {table} WHERE {table} MATCH %s"
        return f"{record}.id IN ({found})", (wanted,)


SearchRecord._meta.get_field("terms").register_lookup(HasWords)  # noqa: SLF001 - Django's documented name


def few_matching(kinds: Sequence[str], word: str, most: int) -> dict[str, list[UUID]]:
    """The records of these kinds that have a word which begins so, if they are few.

    One question. Empty where there is none, where there are more than `most`, or where nothing was
    typed that could be looked for: then the caller looks in another way. The kinds are of one tier.
    """
    words = Query.of(word).words
    source = source_of(kinds[0])
    if not words or source is None or all(len(each) == 1 for each in words):
        return {}
    asked = [Word(each, whole=len(each) == 1) for each in words]
    wanted = (source.tier, expression(asked, [[kind_mark(kind) for kind in kinds]]))
    rows = SearchRecord.objects.filter(terms__has_words=wanted).values_list("kind", "ref_id")
    found: dict[str, list[UUID]] = defaultdict(list)
    for number, (kind, ref_id) in enumerate(rows[: most + 1]):
        if number == most:
            return {}
        found[kind].append(ref_id)
    return dict(found)


def matching_ids(kind: str, text: str) -> QuerySet[SearchRecord, Any] | None:
    """The identifiers of records of `kind` that have every word of `text`, as a subquery.

    ``Resolution.objects.filter(pk__in=matching_ids("councils.resolution", typed))``; None where
    nothing was typed that could be looked for: then there is nothing to narrow by. A word asked for
    begins a word of the record's names, texts or number. Quick where few records match; where very
    many do, all of them are gathered (0.1 s for 200,000). Whoever calls asks their own policy.
    Raises KeyError for a kind that nobody declared.
    """
    words = Query.of(text).words
    if not words:
        return None
    asked = [Word(word, whole=len(word) == 1) for word in words]
    source = source_of(kind)
    if source is None:
        raise KeyError(kind)
    wanted = (source.tier, expression(asked, [[kind_mark(kind)]]))
    return SearchRecord.objects.filter(kind=kind, terms__has_words=wanted).values("ref_id")
