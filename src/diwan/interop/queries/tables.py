"""Open tables as the public gets them: opened by an administrator, small counts left out."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.utils.translation import override

from diwan.interop.models import OpenedTable
from diwan.kernel.errors import NotFound
from diwan.kernel.exchange import OpenTable, Row, open_tables
from diwan.kernel.policies import Actor
from diwan.kernel.suppression import suppressed

Cell = str | int | None
# What begins a formula, in wide letters too, and what programs pass over before it.
_BEGIN = frozenset("=+-@＝＋－＠")
_BLANK = " \t\r\n\v\f\u00a0\u200b\u200e\u200f\ufeff"
LICENCE = {"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}


@dataclass(frozen=True)
class Offer:
    """A table, and whether the public may have it."""

    table: OpenTable
    opened: bool


def offers(actor: Actor) -> list[Offer]:
    """Opened tables; for an elevated administrator all that could be opened."""
    opened = set(OpenedTable.objects.values_list("key", flat=True))
    known = [Offer(table, table.key in opened) for table in open_tables()]
    return [offer for offer in known if offer.opened or actor.elevated]


def offer(actor: Actor, key: str) -> Offer:
    """One of `offers`. Raises NotFound for a table that is closed or not there."""
    for one in offers(actor):
        if one.table.key == key:
            return one
    raise NotFound


def table_id(key: str) -> UUID:
    """Under which the audit knows a table: tables have words as keys, not identifiers."""
    return uuid5(NAMESPACE_URL, f"urn:diwan:open-table:{key}")


def rows_of(table: OpenTable) -> Iterator[dict[str, Cell]]:
    """The rows as they are published: dates as ISO 8601, suppressed counts None."""
    rows: Iterator[Row] | Sequence[Row] = table.rows()
    if table.suppression is not None:
        rows = _suppressed(table, list(rows))
    for row in rows:
        yield {field.name: _plain(row[field.name]) for field in table.fields}


def _suppressed(table: OpenTable, rows: Sequence[Row]) -> list[dict[str, Any]]:
    rule = table.suppression
    shown = [dict(row) for row in rows]
    if rule is None:
        return shown
    alike: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in shown:
        alike[tuple(row[column] for column in rule.within)].append(row)
    for group in alike.values():
        counts = [[row[column] for column in rule.counts] for row in group]
        for line, column in suppressed(counts, least=rule.least):
            group[line][rule.counts[column]] = None
    return shown


def _plain(value: Any) -> Cell:
    return value.isoformat() if isinstance(value, date) else value


def csv_of(table: OpenTable) -> Iterator[str]:
    """The table as CSV by RFC 4180, a line at a time, the names of the columns first.

    A text that a spreadsheet would take for a formula begins with an apostrophe.
    """
    names = [field.name for field in table.fields]
    yield line_of(names)
    for row in rows_of(table):
        yield line_of([row[name] for name in names])


def line_of(cells: Sequence[Cell]) -> str:
    """A line of CSV that no spreadsheet takes for a formula.

    Texts stand in quotes, so that none falls apart where semicolons separate the cells.
    """
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_NONNUMERIC).writerow([_harmless(cell) for cell in cells])
    return out.getvalue()


def _harmless(value: Cell) -> Cell:
    return f"'{value}" if isinstance(value, str) and value.lstrip(_BLANK)[:1] in _BEGIN else value


def descriptor(table: OpenTable, address: str) -> dict[str, Any]:
    """The table as a resource of a data package (Frictionless, Table Schema v1), in English."""
    with override("en"):
        fields = [
            {
                "name": field.name,
                "type": field.type.value,
                "title": str(field.title),
                "constraints": {"required": field.required},
            }
            for field in table.fields
        ]
        return {
            "name": table.key,
            "title": str(table.name),
            "description": str(table.about),
            "path": address,
            "profile": "tabular-data-resource",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "schema": {
                "fields": fields,
                "primaryKey": list(table.primary_key),
                "missingValues": [""],
            },
        }


def package(addresses: Sequence[tuple[OpenTable, str]]) -> dict[str, Any]:
    """All of `addresses` as a data package. The package of no table has no resources."""
    return {
        "profile": "tabular-data-package",
        "name": "diwan",
        "title": "Open tables",
        "licenses": [LICENCE],
        "resources": [descriptor(table, address) for table, address in addresses],
    }
