"""Plain indexes set aside while millions of rows are written, and made anew when they are there.

Keys, unique indexes and constraints stay: they are what holds. A plain index only makes reading
quick, and to sort it once is cheaper than to sort each row in.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

MANY = 50_000
"""Actions or cases from which on it is worth it."""
CACHE_KB = 768 * 1024
_OF_SQLITE = """
    SELECT name, sql FROM sqlite_master
    WHERE type = 'index' AND tbl_name = %s AND sql IS NOT NULL
    AND sql NOT LIKE 'CREATE UNIQUE%%' ORDER BY name
"""
_OF_POSTGRESQL = """
    SELECT indexname, indexdef FROM pg_indexes
    WHERE schemaname = current_schema() AND tablename = %s
    AND indexdef NOT LIKE 'CREATE UNIQUE%%' ORDER BY indexname
"""


@contextmanager
def set_aside(tables: list[str], *, rows: int) -> Iterator[None]:
    """Without the plain indexes of these tables within the block, if there will be many rows."""
    if rows < MANY:
        yield
        return
    made = []
    asked = _OF_SQLITE if connection.vendor == "sqlite" else _OF_POSTGRESQL
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(asked, [table])
            for name, sql in cursor.fetchall():
                cursor.execute(f"DROP INDEX {connection.ops.quote_name(name)}")
                made.append(sql)
    yield
    with connection.cursor() as cursor:
        for sql in made:
            cursor.execute(sql)


@contextmanager
def roomy() -> Iterator[None]:
    """With a large page cache on SQLite; PostgreSQL has its own. Outside a transaction."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA cache_size")
        (before,) = cursor.fetchone()
        cursor.execute(f"PRAGMA cache_size = -{CACHE_KB}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA cache_size = {before}")
