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
Result = dict[str, Any]


def write_table(results: Sequence[Result], path: Path, *, on: date) -> None:
    """Put the tables of all houses into the file, in place of the last ones."""
    told = "\n\n".join([_head(on), *(_table(r, results) for r in results)])
    block = f"{BEGIN}\n\n{told}\n\n{END}"
    before = path.read_text(encoding="utf-8") if path.exists() else f"{BEGIN}\n{END}\n"
    pattern = re.compile(f"{re.escape(BEGIN)}.*{re.escape(END)}", re.DOTALL)
    path.write_text(pattern.sub(lambda _found: block, before), encoding="utf-8")


def _head(on: date) -> str:
    load = os.getloadavg()[1]
    return (
        f"Measured on {on.isoformat()}, Python {platform.python_version()}, "
        f"{os.cpu_count()} cores (load {load:.1f}). **Bold**: over {SLOW:.0f} ms at p95 or over "
        f"{MANY} queries. *× bare*: p50 beside the bare view of the same house; *growth*: p50 "
        "beside the house of a hundredth of the size."
    )


def _table(result: Result, results: Sequence[Result]) -> str:
    return "\n".join(_lines(result, results))


def _lines(result: Result, results: Sequence[Result]) -> Iterator[str]:
    made = result["made"]
    counts = [
        ("units", "directory_unit"),
        ("posts", "directory_post"),
        ("bodies", "councils_body"),
        ("resolutions", "councils_resolution"),
        ("actions", "councils_action"),
        ("audit entries", "kernel_auditentry"),
    ]
    said = ", ".join(f"{int(made[key]):,} {name}" for name, key in counts if key in made)
    yield f"### {result['base']}, {result['size']}"
    yield ""
    yield f"{said}; made in {made.get('seconds', 0):.0f} s."
    yield ""
    yield "| scenario | p50 ms | p95 ms | × bare | growth | queries | peak MB | |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |"
    bare = next((s["p50"] for s in result["scenarios"] if s["name"] == "bare view"), 0) or 1
    small = _small(result, results)
    for found in result["scenarios"]:
        before = small.get(found["name"])
        growth = f"{found['p50'] / before:.1f}" if before else ""
        p95 = f"{found['p95']:.1f}"
        queries = str(found["queries"])
        page = found["name"] != "bare view" and found["times"] > 1
        yield (
            f"| {found['name']} | {found['p50']:.1f} | "
            f"{f'**{p95}**' if page and found['p95'] > SLOW else p95} | "
            f"{found['p50'] / bare:.0f} | {growth} | "
            f"{f'**{queries}**' if page and found['queries'] > MANY else queries} | "
            f"{found['peak']:.0f} | {found['note']} |"
        )


def _small(result: Result, results: Sequence[Result]) -> dict[str, float]:
    """The p50 of each scenario in the small house on the same database."""
    if result["size"] == "small":
        return {}
    for other in results:
        if (other["base"], other["size"]) == (result["base"], "small"):
            return {found["name"]: found["p50"] for found in other["scenarios"]}
    return {}
