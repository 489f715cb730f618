"""A register file of many resolutions, for timing its import."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

A_MEETING = 10
HEAD = """\
format: diwan-register/1
register: benchmark
language: fa
country: IR
source: Invented for measuring.
recorded: '2026-11-01'
units:
- key: top
  name: {fa: اداره کل نمونه}
  kind: directorate
"""


def write_register(path: Path, *, resolutions: int) -> None:
    """Write a register with so many resolutions in meetings of ten, each with one action."""
    with path.open("w", encoding="utf-8") as file:
        file.write(HEAD)
        file.writelines(_lines(resolutions))


def _lines(resolutions: int) -> Iterator[str]:
    units = max(2, resolutions // 500)
    for n in range(units):
        yield f"- {{key: u{n}, name: {{fa: اداره {n}}}, kind: office, parent: top}}\n"
    yield "posts:\n- {key: head, unit: top, name: {fa: مدیرکل}, roles: [head]}\n"
    for n in range(units):
        yield f"- {{key: p{n}, unit: u{n}, name: {{fa: رئیس اداره {n}}}, roles: [head]}}\n"
    yield "bodies:\n"
    for n in range(units):
        yield f"- key: b{n}\n  unit: u{n}\n  kind: council\n  name: {{fa: شورای اداره {n}}}\n"
        yield f"  every: 1 month\n  members:\n  - {{post: p{n}, role: chair}}\n"
    yield "meetings:\n"
    first = date(2016, 1, 4)
    for n in range(resolutions // A_MEETING):
        day = first + timedelta(days=(n // units) * 7)
        yield f"- key: m{n}\n  body: b{n % units}\n  number: {n // units + 1}\n"
        yield f"  date: '{day.isoformat()}'\n  resolutions:\n"
        for k in range(A_MEETING):
            yield f"  - key: r{k}\n    kind: tasked\n"
            yield f"    text: {{fa: موضوع شماره {n * A_MEETING + k} بررسی و گزارش شود.}}\n"
            yield f"    actions:\n    - {{key: a{n}-{k}, owner: p{(n + k) % units}, "
            yield f"due: '{(day + timedelta(days=30)).isoformat()}', "
            yield f"text: {{fa: تهیه گزارش موضوع {n * A_MEETING + k}}}}}\n"
