"""`diwan doctor`: what /healthz looks at and more, with words for whoever mends it."""

import os
import platform
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import django
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection

import diwan
from diwan.config.health import (
    Check,
    check_database,
    check_disk,
    check_jobs,
    check_outbox,
    check_seals,
    check_worker,
)
from diwan.config.messages import catalogues
from diwan.config.prepare import pending_migrations, static_fingerprint
from diwan.config.terminal import first_line
from diwan.kernel import files, search
from diwan.kernel.errors import Unavailable

LATE_INDEX = timedelta(minutes=5)
SAMPLE = 50
"""Contents of files whose checksum `diwan doctor` compares."""


def examine() -> Iterator[Check]:
    """Every check, in the order in which they should be mended."""
    yield versions()
    yield check_disk()
    yield writable("files")
    database = check_database()
    yield database
    if database.ok:
        yield migrations()
        yield exclusion()
        yield evidence()
        yield index()
    yield translations()
    yield static_files()
    yield check_worker()
    yield check_seals()
    yield check_jobs()
    yield check_outbox()


def index() -> Check:
    """The search knows what was written, but for what was written just now."""
    try:
        lag = search.lag()
    except DatabaseError as error:
        return Check("search", ok=False, note=first_line(error))
    if lag.building:
        note = "the index is not whole yet: the minute tick builds it, or diwan search rebuild"
        return Check("search", ok=False, note=note)
    ok = lag.oldest < LATE_INDEX
    since = f", the oldest for {lag.oldest.total_seconds() / 60:.0f} minutes" if lag.waiting else ""
    mend = "" if ok else ": the minute tick works them off; is the worker running?"
    return Check("search", ok=ok, note=f"{lag.waiting} records to index{since}{mend}")


def versions() -> Check:
    """Which Diwan on what; never wrong."""
    python = platform.python_version()
    note = f"Diwan {diwan.__version__}, Python {python}, Django {django.__version__}"
    return Check("versions", ok=True, note=note)


def writable(name: str) -> Check:
    """A folder of the home can be written, or made when it is needed."""
    folder = settings.DIWAN_HOME / name
    known = folder if folder.exists() else settings.DIWAN_HOME
    return Check(name, ok=os.access(known, os.W_OK | os.X_OK), note=str(folder))


def evidence() -> Check:
    """A sample of the contents of files, compared with their checksums."""
    where = settings.STORAGES["evidence"].get("OPTIONS", {}).get("bucket_name", "the data folder")
    try:
        found = list(files.examine(sample=SAMPLE))
    except (DatabaseError, Unavailable) as error:
        return Check("evidence", ok=False, note=first_line(error))
    if not any(found):
        note = f"{len(found)} contents in {where} looked at, all well"
        return Check("evidence", ok=True, note=note)
    parts = []
    for kept in (files.Kept.MISSING, files.Kept.DAMAGED):
        count = sum(one is not None and one.kept is kept for one in found)
        if count:
            parts.append(f"the content of {count} files is {kept.value}")
    note = f"of {len(found)} looked at, {', '.join(parts)}: diwan files check names all of them"
    return Check("evidence", ok=False, note=note)


def migrations() -> Check:
    """No table waits to be made or changed."""
    try:
        pending = pending_migrations()
    except DatabaseError as error:
        return Check("tables", ok=False, note=first_line(error))
    if pending:
        note = f"{len(pending)} migrations wait, first {pending[0]}: ./run does them"
        return Check("tables", ok=False, note=note)
    return Check("tables", ok=True, note="up to date")


def exclusion() -> Check:
    """PostgreSQL has btree_gist (periods that may not overlap); SQLite is new enough."""
    if connection.vendor != "postgresql":
        return Check("engine", ok=True, note=f"SQLite {sqlite3.sqlite_version}")
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'btree_gist'")
        found = cursor.fetchone() is not None
    mend = "" if found else "; a superuser must say CREATE EXTENSION btree_gist"
    note = f"PostgreSQL {version}, btree_gist {'there' if found else 'missing'}{mend}"
    return Check("engine", ok=found, note=note)


def translations() -> Check:
    """Every catalogue is compiled and not older than its source."""
    stale = [po for po in catalogues() if not _fresh(po)]
    if stale:
        note = f"{len(stale)} not compiled: python -m diwan.config.messages"
        return Check("catalogues", ok=False, note=note)
    return Check("catalogues", ok=True, note=f"{len(list(catalogues()))} compiled")


def _fresh(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime


def static_files() -> Check:
    """What npm brings is there and the static files are collected."""
    if not (settings.BUILD / "assets" / "vendor").is_dir():
        return Check("assets", ok=False, note="not built: ./run builds them")
    stamp = settings.BUILD / "static.stamp"
    collected = stamp.exists() and stamp.read_text() == static_fingerprint()
    note = "built and collected" if collected else "changed since collected: ./run does it"
    return Check("assets", ok=collected, note=note)
