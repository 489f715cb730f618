"""`benchmarks/cases`: the houses of cases, their peers beside them, and the table of both."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.__main__ import BASES, ROOT, _database
from benchmarks.measure import say
from benchmarks.report import MANY, SLOW

HERE = Path(__file__).resolve().parent
PEERS = ROOT / "build/peers/bin/python"
BEGIN, END = "<!-- table: written by benchmarks/cases -->", "<!-- end of the table -->"
Found = dict[str, Any]


def main() -> int:
    """Measure each database asked for and write the table into `benchmarks/cases.md`."""
    parser = argparse.ArgumentParser(prog="benchmarks/cases", description=__doc__)
    parser.add_argument("--cases", type=int, default=50_000, help="a million is CI's size")
    parser.add_argument("--database", choices=BASES, default="sqlite")
    parser.add_argument("--keep", help="a folder that keeps the houses for the next run")
    parser.add_argument("--tickets", type=int, help="of django-helpdesk; as many as cases")
    parser.add_argument("--times", type=int, default=30)
    parser.add_argument("--table", help="write the table into this file instead")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="diwan-cases-") as scratch:
        folder = Path(asked.keep or scratch)
        folder.mkdir(parents=True, exist_ok=True)
        houses = {}
        for base in BASES[asked.database]:
            found = _house(base, asked, folder)
            if found is None:
                return 1
            houses[base] = found
    table = Path(asked.table) if asked.table else HERE / "cases.md"
    _write(table, houses, _engines(), asked.cases)
    say(f"Written into {table}.")
    return 0


def _house(base: str, asked: argparse.Namespace, folder: Path) -> Found | None:
    cases, times = asked.cases, asked.times
    tickets = asked.tickets or cases
    say(f"{base}, {cases:,} cases:")
    home, out = folder / f"{base}-{cases}", folder / f"{base}-{cases}.json"
    home.mkdir(parents=True, exist_ok=True)
    environment = dict(os.environ) | {"DIWAN_HOME": str(home), "PYTHONPATH": f"{ROOT}:{ROOT}/src"}
    environment.pop("DIWAN_DATABASE_URL", None)
    theirs = f"sqlite://{home.resolve()}/tickets-{tickets}.sqlite3"
    if base == "postgresql":
        environment["DIWAN_DATABASE_URL"] = _database(f"diwan_cases_{cases}")
        theirs = _database(f"tickets_{tickets}")
    command = [sys.executable, "-m", "benchmarks.cases", str(out), "--cases", str(cases)]
    command += ["--times", str(times)]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False)  # noqa: S603 # this Python
    if done.returncode:
        return None
    found: Found = json.loads(out.read_text())
    found["peer"] = _peer(theirs, tickets, times) | {"tickets": [tickets]}
    return found


def _peer(database: str, tickets: int, times: int) -> dict[str, list[float]]:
    say(f"   django-helpdesk, {tickets:,} tickets")
    command = [str(PEERS), str(HERE / "peers/tickets.py"), database, str(tickets), str(times)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 # ours
    told: dict[str, list[float]] = json.loads(done.stdout)
    return told


def _engines() -> list[dict[str, Any]]:
    """Steps and deadlines in memory, in a process of their own."""
    code = "import json; from benchmarks import steps; print(json.dumps(steps.table()))"
    environment = dict(os.environ) | {"PYTHONPATH": f"{ROOT}:{ROOT}/src"}
    environment["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    with tempfile.TemporaryDirectory() as home:
        environment["DIWAN_HOME"] = home
        command = [sys.executable, "-W", "ignore", "-c", f"import django; django.setup(); {code}"]
        done = subprocess.run(  # noqa: S603 # this Python
            command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True
        )
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return rows


def _write(path: Path, houses: dict[str, Found], engines: list[Any], cases: int) -> None:
    block = "\n".join([BEGIN, "", *_lines(houses, engines, cases), "", END])
    before = path.read_text(encoding="utf-8") if path.exists() else f"{BEGIN}\n{END}\n"
    head, _begin, rest = before.partition(BEGIN)
    _old, _end, tail = rest.partition(END)
    path.write_text(head + block + tail, encoding="utf-8")


def _lines(houses: dict[str, Found], engines: list[Any], cases: int) -> Iterator[str]:
    yield (
        f"Measured on {datetime.now(UTC).date().isoformat()}, {cases:,} cases, Python "
        f"{platform.python_version()}, {os.cpu_count()} cores (load {os.getloadavg()[1]:.1f}). "
        f"**Bold**: over {SLOW:.0f} ms at p95 or over {MANY} queries. *CPU*: milliseconds that "
        "the page's own process computes (with SQLite the database is in it), which a busy machine "
        "hardly changes."
    )
    yield ""
    yield "| page |" + "".join(f" {base}: p50 ms | p95 | CPU | n | × bare |" for base in houses)
    yield "| --- |" + " ---: | ---: | ---: | ---: | ---: |" * len(houses)
    names = dict.fromkeys(row["name"] for found in houses.values() for row in found["scenarios"])
    for name in names:
        yield f"| {name} |" + "".join(_cells(name, found) for found in houses.values())
    yield ""
    yield from _beside(houses)
    yield ""
    yield "| in memory | ours: µs | peer | theirs: µs | how often faster |"
    yield "| --- | ---: | --- | ---: | ---: |"
    for row in engines:
        yield (
            f"| {row['what']} | {row['ours']:.1f} | {row['peer']} | {row['theirs']:.0f} "
            f"| {row['ratio']:.0f} |"
        )


def _cells(name: str, found: Found) -> str:
    rows = {row["name"]: row for row in found["scenarios"]}
    row = rows.get(name)
    if row is None:
        return " – | – | – | – | – |"
    p95, queries = f"{row['p95']:.1f}", str(row["queries"])
    p95 = f"**{p95}**" if row["p95"] > SLOW else p95
    queries = f"**{queries}**" if row["queries"] > MANY else queries
    times = row["p50"] / rows["bare view"]["p50"]
    return f" {row['p50']:.1f} | {p95} | {row['cpu']:.1f} | {queries} | {times:.0f} |"


def _beside(houses: dict[str, Found]) -> Iterator[str]:
    """Filings a second, and what django-helpdesk takes for the like on the same database."""
    for base, found in houses.items():
        filing, peer = found["filing"], found["peer"]
        ours = {row["name"]: row["p50"] for row in found["scenarios"]}
        once = "each of them once" if filing["cases"] * 2 == filing["sent"] else "NOT each once"
        yield (
            f"- {base}: four clients sent {filing['sent']} filings, every one twice; "
            f"{filing['cases']} cases were made, {once}: **{filing['a_second']:.0f} a second**. "
            f"django-helpdesk, with {peer['tickets'][0]:,} tickets, files one in "
            f"{peer['file'][0]:.1f} ms (p95 {peer['file'][1]:.1f}), "
            f"lists a queue in {peer['list'][0]:.1f} ms (our work list "
            f"{ours.get('work list of a clerk', 0):.1f}), shows a ticket in "
            f"{peer['page'][0]:.1f} ms (our case {ours.get('a case', 0):.1f})."
        )


if __name__ == "__main__":
    sys.exit(main())
