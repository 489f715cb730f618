"""A house of many cases: the sample's, each written again and again by the database itself.

The sample tells each case on its own, a thousand a second; a million is told as fifty thousand, and
their rows are copied with all that hangs on them, by one statement a table. A copy keeps unit,
service, dates and words; its identifiers are its original's with the number of the copy in them.
Copies have no tracking code that could be typed and no trail, as old cases of a large sample.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection, models, transaction

from benchmarks.measure import say
from diwan.config.sample.indexes import roomy, set_aside
from diwan.services.models import Case, CaseLink

COPY_MARK = "~"
"""How the codes of copies begin: a sign that no tracking code has."""
Model = type[models.Model]


def multiply(wanted: int) -> None:
    """Copy the cases until there are about so many (by whole copies of all of them)."""
    there = Case.objects.count()
    copies = round(wanted / there) - 1
    if copies < 1:
        return
    tables: list[Model] = [Case, *_hanging_on(Case)]
    names = [_table(model) for model in tables]
    with roomy(), transaction.atomic(), set_aside(names, rows=wanted):
        _look_at_once()
        for model in tables:
            say(f"   {copies} copies of {_table(model)}")
            with connection.cursor() as cursor:
                cursor.execute(_statement(model, tables), [copies])


def _look_at_once() -> None:
    """PostgreSQL looks at keys with each statement: what waits to be looked at forbids indexes."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _hanging_on(model: Model) -> list[Model]:
    """The tables of the room that belong to a case, steps before what belongs to them."""
    found = {relation.related_model for relation in model._meta.related_objects}  # noqa: SLF001
    own = {one for one in found if one._meta.app_label == "services"} - {model, CaseLink}  # noqa: SLF001
    names = {one: {_target(field) for field in _fields(one)} for one in own}
    return sorted(own, key=lambda one: (len(names[one] & own), _table(one)))


def _statement(model: Model, copied: list[Model]) -> str:
    quote = connection.ops.quote_name
    columns, values = [], []
    for field in _fields(model):
        column = quote(str(field.column))
        columns.append(column)
        values.append(_value(field, f"one.{column}", copied))
    return (
        f"INSERT INTO {quote(_table(model))} ({', '.join(columns)}) "  # noqa: S608 # our own tables
        f"SELECT {', '.join(values)} FROM {quote(_table(model))} AS one "
        f"CROSS JOIN ({_numbers()}) AS many"
    )


def _numbers() -> str:
    if connection.vendor == "postgresql":
        return "SELECT n FROM generate_series(1, %s) AS made(n)"
    return (
        "WITH RECURSIVE made(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM made WHERE n < %s) "
        "SELECT n FROM made"
    )


def _value(field: Any, column: str, copied: list[Model]) -> str:
    """What a column of a copy holds."""
    if field.primary_key or _target(field) in copied:
        return _identifier(column)
    if field.model is Case and field.name == "code":
        return f"'{COPY_MARK}' || {_mark()} || {_last(_identifier('one.id'))}"
    if field.name in _ONCE:
        # Keys that stand once, or not at all.
        copy = f"'{COPY_MARK}' || {_mark()} || SUBSTR({column}, 5)"
        return f"CASE WHEN {column} = '' THEN '' ELSE {copy} END"
    return column


_ONCE = ("filing_key", "instance_id", "key", "paper_key")


def _mark() -> str:
    """The number of the copy in three signs."""
    if connection.vendor == "postgresql":
        return "LPAD(TO_HEX(many.n), 3, '0')"
    return "PRINTF('%%03x', many.n)"


def _identifier(column: str) -> str:
    """The identifier of a copy: version 8 instead of 7, then the number of the copy."""
    if connection.vendor == "postgresql":
        text = f"{column}::text"
        return f"(LEFT({text}, 14) || '8' || {_mark()} || SUBSTR({text}, 19))::uuid"
    return f"SUBSTR({column}, 1, 12) || '8' || {_mark()} || SUBSTR({column}, 17)"


def _last(identifier: str) -> str:
    text = f"({identifier})::text" if connection.vendor == "postgresql" else f"({identifier})"
    return f"SUBSTR({text}, LENGTH({text}) - 11)"


def _fields(model: Model) -> Iterator[Any]:
    yield from model._meta.concrete_fields  # noqa: SLF001 # Django's documented way to them


def _target(field: Any) -> Model | None:
    found: Model | None = field.related_model if field.is_relation else None
    return found


def _table(model: Model) -> str:
    return model._meta.db_table  # noqa: SLF001 # Django's documented way to a table's name
