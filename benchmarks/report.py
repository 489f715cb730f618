"""The table of what was measured, as Markdown between two marks of the README."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

SLOW, MANY = 60.0, 15
"""What a page should stay under: milliseconds at p95, and queries."""
BEGIN, END = "<!-- table: written by benchmarks/run -->", "<!-- end of the table -->"
BARE = "bare view"
Result = dict[str, Any]


def write_table(results: Sequence[Result], path: Path, *, on: date) -> None:
    """Put the tables of all houses into the file, in place of the last ones."""
    sizes = dict.fromkeys(result["size"] for result in results)
    tables = ("\n".join(_table(size, results)) for size in sizes)
    block = f"{BEGIN}\n\n" + "\n\n".join([_head(on), *tables]) + f"\n\n{END}"
    before = path.read_text(encoding="utf-8") if path.exists() else f"{BEGIN}\n{END}\n"
    pattern = re.compile(f"{re.escape(BEGIN)}.*{re.escape(END)}", re.DOTALL)
    path.write_text(pattern.sub(lambda _found: block, before), encoding="utf-8")


def _head(on: date) -> str:
    load = os.getloadavg()[1]
    return (
        f"Measured on {on.isoformat()}, Python {platform.python_version()}, "
        f"{os.cpu_count()} cores (load {load:.1f}). **Bold**: over {SLOW:.0f} ms at p95 or over "
        f"{MANY} queries. *n*: queries a request; *MB*: the most memory beyond that of the idle "
        "house; *× bare*: p50 beside the bare view of the same house; *growth*: p50 beside the "
        "house of a hundredth of the size."
    )


def _table(size: str, results: Sequence[Result]) -> Iterator[str]:
    """One table for a size, its databases side by side."""
    houses = [result for result in results if result["size"] == size]
    yield f"### {size}"
    yield ""
    yield f"{_counts(houses[0])}. {'; '.join(_made(house) for house in houses)}."
    yield ""
    yield (
        "| scenario |"
        + "".join(
            f" {house['base']}: p50 ms | p95 | n | MB | × bare | growth |" for house in houses
        )
        + " |"
    )
    yield "| --- |" + " ---: | ---: | ---: | ---: | ---: | ---: |" * len(houses) + " --- |"
    for name in _names(houses):
        cells = [_cells(name, house, results) for house in houses]
        yield f"| {name} | {' | '.join(cells)} | {_note(name, houses)} |"


def _counts(house: Result) -> str:
    counts = [
        ("units", "directory_unit"),
        ("posts", "directory_post"),
        ("bodies", "councils_body"),
        ("resolutions", "councils_resolution"),
        ("actions", "councils_action"),
        ("audit entries", "kernel_auditentry"),
    ]
    made = house["made"]
    return ", ".join(f"{int(made[key]):,} {name}" for name, key in counts if key in made)


def _made(house: Result) -> str:
    seconds = house["made"].get("seconds", 0)
    return f"{house['base']}: made in {seconds:.0f} s, idle {house['idle']} MB"


def _names(houses: Sequence[Result]) -> list[str]:
    return list(dict.fromkeys(found["name"] for house in houses for found in house["scenarios"]))


def _found(name: str, house: Result) -> Result | None:
    return next((found for found in house["scenarios"] if found["name"] == name), None)


def _cells(name: str, house: Result, results: Sequence[Result]) -> str:
    """The six cells of a scenario on one database; empty where it was not measured."""
    found = _found(name, house)
    if found is None:
        return " | ".join([""] * 6)
    bare = (_found(BARE, house) or found)["p50"] or 1
    page = name != BARE and found["times"] > 1
    small = _small(name, house, results)
    return " | ".join(
        [
            f"{found['p50']:,.1f}",
            _marked(f"{found['p95']:,.1f}", over=page and found["p95"] > SLOW),
            _marked(str(found["queries"]), over=page and found["queries"] > MANY),
            f"{found['peak']:.0f}",
            f"{found['p50'] / bare:.0f}",
            f"{found['p50'] / small:.1f}" if small else "",
        ]
    )


def _marked(text: str, *, over: bool) -> str:
    return f"**{text}**" if over else text


def _note(name: str, houses: Sequence[Result]) -> str:
    """What was served or done; of each database where they differ."""
    notes = [found["note"] for house in houses if (found := _found(name, house))]
    return "; ".join(dict.fromkeys(note for note in notes if note))


def _small(name: str, house: Result, results: Sequence[Result]) -> float:
    """The p50 of a scenario in the small house on the same database; 0 where there is none."""
    for other in results:
        if house["size"] != "small" and (other["base"], other["size"]) == (house["base"], "small"):
            found = _found(name, other)
            return float(found["p50"]) if found else 0
    return 0
