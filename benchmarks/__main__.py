"""`benchmarks/run`: make the houses, measure them, write the table into the README."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.measure import say
from benchmarks.report import write_table

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
SIZES = {"tiny": ["tiny"], "small": ["small"], "full": ["small", "full"]}
BASES = {"sqlite": ["sqlite"], "postgresql": ["postgresql"], "both": ["sqlite", "postgresql"]}


def main() -> int:
    """Read the command line and do it; 0 if every house was measured."""
    asked = _asked()
    results: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="diwan-benchmarks-") as scratch:
        folder = Path(asked.keep or scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for base in BASES[asked.database]:
            for size in SIZES[asked.size]:
                say(f"{base}, {size}:")
                out = folder / f"{base}-{size}.json"
                if not _house(base, size, folder, out):
                    return 1
                results.append({"base": base, "size": size, **json.loads(out.read_text())})
    table = Path(asked.table) if asked.table else HERE / "README.md"
    write_table(results, table, on=datetime.now(UTC).date())
    say(f"Written into {table}.")
    return 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks/run", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="small", help="full measures small, too")
    parser.add_argument("--database", choices=BASES, default="sqlite")
    parser.add_argument("--keep", help="a folder that keeps the houses for the next run")
    parser.add_argument("--only", default="", help="scenarios whose name contains this")
    parser.add_argument("--times", type=int, help="requests of each scenario")
    parser.add_argument("--resolutions", type=int, help="how many the import takes in")
    parser.add_argument("--table", help="write the table into this file instead of the README")
    asked = parser.parse_args()
    os.environ["DIWAN_BENCH_ONLY"] = asked.only
    os.environ["DIWAN_BENCH_RESOLUTIONS"] = str(asked.resolutions or "")
    if asked.times:
        os.environ["DIWAN_BENCH_TIMES"] = str(asked.times)
    return asked


def _house(base: str, size: str, folder: Path, out: Path) -> bool:
    """Measure one house in a process of its own."""
    home = folder / f"{base}-{size}"
    home.mkdir(parents=True, exist_ok=True)
    environment = dict(os.environ) | {"DIWAN_HOME": str(home), "PYTHONPATH": f"{ROOT}:{ROOT}/src"}
    environment.pop("DIWAN_DATABASE_URL", None)
    if base == "postgresql":
        environment["DIWAN_DATABASE_URL"] = _database(f"diwan_{size}")
    command = [sys.executable, "-m", "benchmarks.house", size, str(out)]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False)  # noqa: S603 # this Python
    return done.returncode == 0


def _database(name: str) -> str:
    """The address of a database of the cluster that benchmarks/run has started, made if missing."""
    server = os.environ["POSTGRES_URL"]
    with psycopg.connect(server, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if known.fetchone() is None:
            connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[arg-type] # our own name
    return server.rpartition("/")[0] + "/" + name


if __name__ == "__main__":
    sys.exit(main())
