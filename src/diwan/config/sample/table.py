"""Writing many rows: columns by name, in batches, by COPY on PostgreSQL and executemany on SQLite.

No constraint is dropped: rows go through the tables' own checks and foreign keys, only the
objects in between are left out. Values become text as Django's back ends would write them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

BATCH = 4000
Convert = Callable[[Any], Any]
_encode = DjangoJSONEncoder().encode


def _hex(value: Any) -> Any:
    return value if value is None or value is ... else f"{value.int:032x}"


def _iso(value: Any) -> Any:
    return value if value is None or value is ... else value.isoformat()


def _instant(value: Any) -> Any:
    """As SQLite keeps it: UTC without saying so."""
    if value is None or value is ...:
        return value
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


def _json(value: Any) -> Any:
    return value if value is None or value is ... else _encode(value)


_CONVERTERS: dict[str, Convert] = {
    "UUIDField": _hex,
    "DateField": _iso,
    "TimeField": _iso,
    "JSONField": _json,
}


def _converter(field: models.Field[Any, Any]) -> Convert | None:
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    kind = target.get_internal_type()
    if kind == "DateTimeField":
        return _instant if connection.vendor == "sqlite" else _iso
    return _CONVERTERS.get(kind)


def _default(field: models.Field[Any, Any]) -> Any:
    """The value of a column that nobody names; a default drawn or read off a clock is none."""
    if field.default in (dict, list):
        return field.default()
    if field.has_default() and not callable(field.default):
        return field.default
    if field.null:
        return None
    return "" if field.blank and field.empty_strings_allowed else ...


class Table:
    """The rows of one model that wait to be written."""

    def __init__(self, model: type[models.Model]) -> None:
        meta = model._meta  # noqa: SLF001 # Django's documented way to a model's fields
        fields = [f for f in meta.concrete_fields if not isinstance(f, models.AutoField)]
        self.name = meta.db_table
        self.columns = [str(field.column) for field in fields]
        self._plan = [(f.attname, _default(f), _converter(f)) for f in fields]
        self._names = {name for name, _default, _convert in self._plan}
        self.waiting: list[tuple[Any, ...]] = []
        self.written = 0

    def add(self, **values: Any) -> None:
        """Let a row wait. Raises KeyError for a column without value or default, TypeError else."""
        if not self._names.issuperset(values):
            raise TypeError(f"{self.name} has no {', '.join(values.keys() - self._names)}")
        get = values.get
        row = [
            get(name, default) if convert is None else convert(get(name, default))
            for name, default, convert in self._plan
        ]
        if ... in row:
            raise KeyError(f"{self.name}.{self._plan[row.index(...)][0]}")
        self.waiting.append(tuple(row))

    def write(self) -> None:
        """Write what waits."""
        rows, self.waiting = self.waiting, []
        if not rows:
            return
        self.written += len(rows)
        quote = connection.ops.quote_name
        columns = ", ".join(map(quote, self.columns))
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {quote(self.name)} ({columns}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
                return
            marks = ", ".join(["%s"] * len(self.columns))
            into = f"INSERT INTO {quote(self.name)} ({columns}) VALUES ({marks})"  # noqa: S608 # names of our own tables
            cursor.executemany(into, rows)


class Store:
    """All tables of the house that the sample fills, written in the order that keys ask for."""

    def __init__(self, *ordered: type[models.Model]) -> None:
        self._tables = {model: Table(model) for model in ordered}

    def add(self, model: type[models.Model], /, **values: Any) -> None:
        """Let a row of the model wait."""
        self._tables[model].add(**values)

    def write_if_many(self) -> None:
        """Write all that waits once a table has a batch; to be said where nothing is half-told."""
        if any(len(table.waiting) >= BATCH for table in self._tables.values()):
            self.write()

    def write(self) -> None:
        """Write what waits in all tables, those first that others lean on."""
        for table in self._tables.values():
            table.write()

    def counts(self) -> Iterator[tuple[str, int]]:
        """How many rows each table got."""
        for table in self._tables.values():
            yield table.name, table.written
