"""OpenTable: a table fit for the public, with its schema and suppression rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from diwan.kernel.errors import Sentence

Row = Mapping[str, Any]


class FieldType(StrEnum):
    """Types of columns, by the names of Frictionless Table Schema v1."""

    STRING = "string"
    INTEGER = "integer"
    DATE = "date"


@dataclass(frozen=True)
class OpenField:
    """A column; `title` in the reader's words."""

    name: str
    type: FieldType
    title: Sentence
    required: bool = False


@dataclass(frozen=True)
class Suppression:
    """Counts under `least`, and what would give them away, are left empty.

    `counts` are the columns that count people or posts. Rows are one dimension, `counts` the other;
    the sums over both are taken as known to the reader (`kernel.suppression`), and so are those of
    the rows that are alike in all columns of `within` (a country's).
    """

    counts: tuple[str, ...]
    within: tuple[str, ...] = ()
    least: int = 5


@dataclass(frozen=True)
class OpenTable:
    """A table that a room offers to the public.

    `rows()` gives public data alone, in a stable order; a room that has none gives none. `key` is a
    word for addresses and file names. `primary_key` names the columns that tell rows apart.
    """

    key: str
    name: Sentence
    about: Sentence
    fields: Sequence[OpenField]
    primary_key: tuple[str, ...]
    rows: Callable[[], Iterator[Row]]
    suppression: Suppression | None = None


_tables: dict[str, OpenTable] = {}


def declare_table(table: OpenTable) -> None:
    """Declare an open table under its key."""
    _tables[table.key] = table


def open_tables() -> list[OpenTable]:
    """All declared tables, by key."""
    return [_tables[key] for key in sorted(_tables)]


def open_table(key: str) -> OpenTable | None:
    """The table of that key, None if no room declares it."""
    return _tables.get(key)
