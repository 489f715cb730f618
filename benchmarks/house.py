"""One house to be measured: made if it is not there, then asked; run as a process of its own.

`python -m benchmarks.house SIZE OUT.json` with DIWAN_HOME and DIWAN_DATABASE_URL naming the house.
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import asdict
from datetime import date
from pathlib import Path

from benchmarks.measure import say

SIZES = {
    # units, actions, audit entries, bodies, resolutions to import
    "tiny": (130, 300, 2_000, 20, 20),
    "small": (100, 5_000, 30_000, 20, 500),
    "full": (10_000, 500_000, 3_000_000, 2_000, 50_000),
}
UNTIL = date(2026, 11, 22)
SEED = 7


def main(size: str, out: Path) -> None:
    """Make the house if it is empty, measure it and write what was found to `out`."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0, interactive=False)
    made = _fill(size)
    connection.close()
    found = {"made": made, "idle": _wake(), "scenarios": _measure(size)}
    out.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")


def _fill(size: str) -> dict[str, float]:
    from diwan.config.sample import Size, load_country
    from diwan.directory.public import Register
    from diwan.kernel import search

    marker = Path(os.environ["DIWAN_HOME"]) / f"made-{size}.json"
    if Register.objects.exists():
        return dict(json.loads(marker.read_text())) if marker.exists() else {}
    units, actions, audit, bodies, _imported = SIZES[size]
    started = time.perf_counter()
    wanted = Size(units=units, actions=actions, audit=audit, bodies=bodies)

    def report(done: int, total: int, label: str) -> None:
        if done % 200 == 0:
            say(f"   {label} {done}/{total}")

    loaded = load_country(size=wanted, seed=SEED, until=UNTIL, progress=report)
    search.rebuild()
    _analyse()
    found = {"seconds": round(time.perf_counter() - started, 1), **loaded.counts}
    marker.write_text(json.dumps(found))
    return found


def _analyse() -> None:
    """Let the database look at what it got, as its own housekeeping would within the day."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _wake() -> int:
    """Serve one page, so that all code is there, and tell the MB of a house that does nothing."""
    from django.test import Client
    from django.urls import reverse

    from benchmarks.measure import memory

    Client(SERVER_NAME="127.0.0.1").get(reverse("desk:home"), follow=True)
    return round(memory())


def _measure(size: str) -> list[dict[str, object]]:
    from benchmarks.heavy import heavy
    from benchmarks.measure import apart
    from benchmarks.people import cast
    from benchmarks.scenarios import scenarios

    times = int(os.environ.get("DIWAN_BENCH_TIMES", "3" if size == "tiny" else "20"))
    only = os.environ.get("DIWAN_BENCH_ONLY", "")
    found = []
    resolutions = int(os.environ.get("DIWAN_BENCH_RESOLUTIONS") or SIZES[size][4])
    works = [*scenarios(cast(), times=times), *heavy(resolutions)]
    for name, work in works:
        if only and only not in name and name != "bare view":
            continue
        try:
            measured = apart(work)
        except RuntimeError as error:
            say(f"   {name}: {error}")
            continue
        say(
            f"   {name:<32} {measured.p50:9.1f} {measured.p95:9.1f} ms "
            f"{measured.queries:4} queries  {measured.note}"
        )
        found.append(asdict(measured))
    return found


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
