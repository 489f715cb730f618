"""How tests start the program as people do: the command `diwan` in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

from tests import tables

ROOT = Path(__file__).resolve().parents[1]
DIWAN = Path(sys.executable).with_name("diwan")
FORGOTTEN = ("PORT", "LC_ALL", "LANG", "DJANGO_SETTINGS_MODULE")


def environment(home: Path, **more: str) -> dict[str, str]:
    """This process's environment without anything of Diwan's but `home` and `more`."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("DIWAN_") and name not in FORGOTTEN
    }
    return {**kept, "DIWAN_HOME": str(home), **more}


def diwan(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run `diwan ARGUMENTS` to its end, in a pipe, at most two minutes."""
    return subprocess.run(
        [str(DIWAN), *arguments],
        env=environment(home, **more),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def with_tables(home: Path) -> Path:
    """A data folder as after its first start, but quicker: its tables are copied."""
    home.mkdir(exist_ok=True)
    tables.copied_file(home / "diwan.sqlite3")
    return home
