"""The database's tables, made once by the migrations and copied for whoever tests.

The migrations take as long as a hundred tests. What they make is kept in `build/tables` (or, on
PostgreSQL, as a database to copy from) under a name that is drawn from all migrations and all
locked libraries: another migration, another copy. Every process that tests gets its own.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "build" / "tables"
MOST_KEPT = 3
# In a process of its own: this one has not told its database's name to anybody yet.
MAKE = """
import sys, django
django.setup()
from django.db import connection
if len(sys.argv) > 1:
    connection.settings_dict["TEST"]["NAME"] = sys.argv[1]
connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
connection.close()
"""


def key() -> str:
    """What decides how the tables look: the migrations and the libraries' versions."""
    found = [*ROOT.glob("src/diwan/*/migrations/*.py"), *ROOT.glob("requirements/*.txt")]
    whole = hashlib.sha256()
    for path in sorted(found):
        whole.update(str(path.relative_to(ROOT)).encode())
        whole.update(path.read_bytes())
    return whole.hexdigest()[:16]


@contextmanager
def alone(name: str) -> Iterator[None]:
    """One maker at a time; who comes second finds it made."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def make(*arguments: str) -> None:
    """Run the migrations on an empty database, as the tests' settings name it."""
    settings = {"DJANGO_SETTINGS_MODULE": "diwan.config.settings_test"}
    subprocess.run(
        [sys.executable, "-c", MAKE, *arguments], check=True, env={**os.environ, **settings}
    )


def copied_file(target: Path) -> None:
    """Lay the tables into a SQLite file that is not there yet."""
    made = KEPT / f"{key()}.sqlite3"
    with alone("sqlite"):
        if not made.exists():
            beside = made.with_suffix(".part")
            beside.unlink(missing_ok=True)
            make(str(beside))
            beside.replace(made)
            forget_old()
        else:
            made.touch()
        shutil.copyfile(made, target)


def forget_old() -> None:
    """Keep the newest few: branches go back and forth."""
    found = sorted(KEPT.glob("*.sqlite3"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in found[MOST_KEPT:]:
        path.unlink(missing_ok=True)


def database_to_copy() -> str:
    """The name of a PostgreSQL database that holds the tables and nobody uses."""
    name = f"diwan_tables_{key()}"
    with alone("postgres"):
        if not database_is_there(name):
            beside = f"{name}_part"
            make(beside)
            with cursor_of_none() as cursor:
                cursor.execute(f'ALTER DATABASE "{beside}" RENAME TO "{name}"')
    return name


def cursor_of_none() -> Any:
    """A cursor on the server, on none of its databases; Django has no other way to it."""
    creation: Any = connection.creation
    return creation._nodb_cursor()


def database_is_there(name: str) -> bool:
    """Whether the server has a database of that name."""
    with cursor_of_none() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None


def lay() -> None:
    """Prepare the database that this process will test on, its name being settled."""
    named = connection.settings_dict["TEST"]
    if connection.vendor == "sqlite":
        copied_file(Path(named["NAME"]))
    else:
        named["TEMPLATE"] = database_to_copy()
