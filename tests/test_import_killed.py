"""An import that is killed in the middle leaves nothing behind."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.program import with_tables

pytestmark = pytest.mark.slow
PROGRAM = """
import os, signal, sys
import django
django.setup()
from pathlib import Path
from diwan.interop.public import import_files

def told(done, total, label):
    if done == {last}:
        os.kill(os.getpid(), signal.SIGKILL)

import_files([Path(name) for name in sys.argv[1:]], progress=told)
"""
TABLES = (
    "directory_register",
    "directory_unit",
    "directory_person",
    "councils_meeting",
    "interop_takenin",
    "kernel_auditentry",
)


def run(home: Path, files: list[Path], *, last: int) -> int:
    """Import in a process of its own that kills itself after so many steps."""
    environment = {k: v for k, v in os.environ.items() if k != "DIWAN_DATABASE_URL"}
    environment |= {"DIWAN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "diwan.config.settings"}
    command = [sys.executable, "-c", PROGRAM.replace("{last}", str(last)), *map(str, files)]
    return subprocess.run(command, env=environment, check=False, timeout=180).returncode


def rows(home: Path) -> dict[str, int]:
    """How many rows each table holds."""
    with sqlite3.connect(home / "diwan.sqlite3") as database:
        return {
            table: database.execute(f"select count(*) from {table}").fetchone()[0]  # noqa: S608 - our own names
            for table in TABLES
        }


@pytest.mark.parametrize("last", [3, 8, 14])
def test_an_import_that_is_killed_leaves_nothing(shared: Path, tmp_path: Path, last: int) -> None:
    five = sorted((shared / "meetings").glob("*.yaml"))
    with_tables(tmp_path)
    assert run(tmp_path, five, last=last) == -signal.SIGKILL
    assert rows(tmp_path) == dict.fromkeys(TABLES, 0)


def test_after_the_kill_the_same_import_goes_through(shared: Path, tmp_path: Path) -> None:
    five = sorted((shared / "meetings").glob("*.yaml"))
    with_tables(tmp_path)
    assert run(tmp_path, five, last=8) == -signal.SIGKILL
    assert run(tmp_path, five, last=-1) == 0
    assert rows(tmp_path)["directory_register"] == 5
