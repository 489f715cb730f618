"""Cases under load: pages of clerks and citizens, a step, filings of four clients at once.

`benchmarks/cases` makes the house (`diwan sample --cases N`) and writes `benchmarks/cases.md`; run
by itself: `python -m benchmarks.cases OUT.json --cases N`, with DIWAN_HOME and DIWAN_DATABASE_URL
naming the house.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from benchmarks.measure import Measured
    from benchmarks.people import Somebody
    from diwan.services.models import Case

ROOT = Path(__file__).resolve().parents[1]
CLIENTS, FILINGS = 4, 100
UNTIL_SEED = 7
FEW = 10_000
"""Fewer cases than these are for a look at the harness alone, in a small country."""
TOLD = 50_000
"""So many cases are told one by one; more are copies of them (`many_cases`)."""


@dataclass(frozen=True)
class CaseCast:
    """Who works on cases here, and what they look at."""

    clerk: Somebody
    head: Somebody
    top: Somebody
    case_ids: list[Any]
    codes: list[str]
    service: Any


def main() -> int:
    """Measure the house and write what was found."""
    parser = argparse.ArgumentParser(prog="benchmarks.cases", description=__doc__)
    parser.add_argument("out")
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=30)
    parser.add_argument("--filings", type=int, default=FILINGS, help="of each of the clients")
    parser.add_argument("--file", type=int, help="be one of the clients: file so many, and tell")
    asked = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    import django

    django.setup()
    if asked.file is not None:
        sys.stdout.write(json.dumps(_file_many(asked.file)) + "\n")
        return 0
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    made = _fill(asked.cases)
    made["keeping"] = _keep_months()
    rows = [asdict(measured) for measured in _measure(asked.times)]
    found = {"made": made, "scenarios": rows, "filing": _filing(asked.filings)}
    Path(asked.out).write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    return 0


def _fill(cases: int) -> dict[str, Any]:
    from benchmarks.house import UNTIL
    from benchmarks.many_cases import multiply
    from benchmarks.measure import say
    from diwan.config.sample import Size, load_country
    from diwan.services.models import Case

    if Case.objects.exists():
        return {"cases": Case.objects.count()}
    started = time.perf_counter()

    def report(done: int, total: int, label: str) -> None:
        if done % 200 == 0:
            say(f"   {label} {done}/{total}")

    load_country(
        size=Size(units=1000 if cases >= FEW else 130, actions=2000, cases=min(cases, TOLD)),
        seed=UNTIL_SEED,
        until=UNTIL,
        progress=report,
    )
    multiply(cases)
    _analyse()
    seconds = round(time.perf_counter() - started, 1)
    return {"cases": Case.objects.count(), "seconds": seconds}


def _keep_months() -> float:
    """Let the months be counted that the worker keeps day by day; the seconds it took."""
    from django.utils import timezone

    from benchmarks.measure import say
    from diwan.services.actions.keeping import keep_months

    started, now = time.perf_counter(), timezone.now()
    while keep_months(now, most=20):
        say(f"   months kept after {time.perf_counter() - started:.0f} s")
    _analyse()
    return round(time.perf_counter() - started, 1)


def _analyse() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _cast() -> CaseCast:
    """The clerk with most to do, the head of that unit, and the head on top of the tree."""
    from django.db.models import Count
    from django.utils import timezone

    from benchmarks.many_cases import COPY_MARK
    from benchmarks.people import _first, _heads
    from diwan.directory.public import Post, UnitPath
    from diwan.services.models import Case

    now = timezone.now()
    running = Case.objects.filter(phase="open")
    units = running.filter(role="clerk").values("at_unit").annotate(n=Count("id")).order_by("-n")
    ids = [row["at_unit"] for row in units[:40]]
    clerks = Post.objects.filter(unit_id__in=ids, versions__roles__contains=" clerk ")
    clerk = _first(_in_order(clerks, ids), now)
    unit_id = clerk.post.unit_id
    above = UnitPath.objects.on(now.date()).filter(descendant_id=unit_id).order_by("depth")
    heads = _heads(list(above.values_list("ancestor_id", flat=True)))
    here = running.filter(at_unit=unit_id, role="clerk", post__isnull=True).order_by("due_at")
    one = here.select_related("service")[0]
    told = Case.objects.exclude(code__startswith=COPY_MARK)
    return CaseCast(
        clerk=clerk,
        head=_first(heads, now),
        top=_first(heads[::-1], now),
        case_ids=list(here.values_list("pk", flat=True)[:200]),
        codes=list(told.order_by("-pk").values_list("code", flat=True)[:200]),
        service=one.service,
    )


def _in_order(posts: Any, unit_ids: list[Any]) -> list[Any]:
    known = dict(posts.values_list("unit_id", "pk"))
    return [known[pk] for pk in unit_ids if pk in known]


def _measure(times: int) -> Iterator[Measured]:
    from django.utils import translation

    from benchmarks.measure import apart, say

    cast = _cast()
    with translation.override("fa"):
        for name, work in _works(cast, times):
            try:
                measured = apart(work)
            except RuntimeError as error:
                say(f"   {name}: {error}")
                continue
            say(f"   {name:<32} {measured.p50:9.1f} {measured.p95:9.1f} ms {measured.queries:4} q")
            yield measured


def _works(cast: CaseCast, times: int) -> Iterator[tuple[str, Callable[[], Measured]]]:
    from django.urls import reverse

    from benchmarks.scenarios import _bare, page

    work, late = reverse("services:work"), reverse("services:late")
    figures = reverse("services:figures")
    cases = [reverse("services:case", args=[pk]) for pk in cast.case_ids]
    service = reverse("services:service", args=[cast.service.code])
    country = f"?country={cast.service.country}"
    told = {
        "work list of a clerk": (cast.clerk, [work]),
        "work list of a head": (cast.head, [work]),
        "work list on top": (cast.top, [work]),
        "work list: a name": (cast.clerk, [f"{work}?q={quote('سارا')}"]),
        "work list: ended": (cast.clerk, [f"{work}?group=ended"]),
        "late list of a head": (cast.head, [late]),
        "a case": (cast.clerk, cases),
        "figures of a head": (cast.head, [figures]),
        "figures on top": (cast.top, [figures]),
        "desk of a clerk": (cast.clerk, [reverse("desk:home")]),
        "catalogue": (cast.clerk, [reverse("services:catalogue")]),
        "a service": (cast.clerk, [service + country]),
        "following a case": (
            cast.clerk,
            [reverse("services:followed", args=[code]) for code in cast.codes],
        ),
    }
    yield "bare view", lambda: _bare(times)
    for name, (somebody, addresses) in told.items():
        yield name, page(name, somebody, addresses, times=times)
    yield "one step done", lambda: _step(cast, times)


def _step(cast: CaseCast, times: int) -> Measured:
    """Go the first way out of a case's state, as its action does; taken back at the end."""
    from django.db import transaction
    from django.utils import timezone

    from benchmarks.measure import measure
    from diwan.kernel.policies import Actor
    from diwan.services.actions.steps import act
    from diwan.services.models import Case
    from diwan.services.queries.definitions import definition_of

    user = cast.clerk.user

    def way_of(case: Case) -> str:
        state = definition_of(case.version).state(case.state)
        easy = [a for a in state.actions if not a.requires and not a.pauses and a.by == "office"]
        return easy[0].key if easy else ""

    some = Case.objects.filter(pk__in=cast.case_ids).select_related("version")
    waiting = [(case.pk, way_of(case)) for case in some if way_of(case)]

    def request(n: int) -> str:
        pk, key = waiting[n % len(waiting)]
        with transaction.atomic():
            actor = Actor.user(user.pk, str(user), at=timezone.now(), post_id=cast.clerk.post.pk)
            act(actor, Case.objects.get(pk=pk), key)
            transaction.set_rollback(True)
        return ""

    return measure("one step done", request, times=times)


def _filing(filings: int) -> dict[str, Any]:
    """Filings a second of four clients, each of them sent twice, as after a broken line."""
    command = [sys.executable, "-m", "benchmarks.cases", "-", "--file", str(filings)]
    _service_to_file()
    before = _how_many()
    started = time.perf_counter()
    clients = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603
        for _n in range(CLIENTS)
    ]
    told = [json.loads(client.communicate(timeout=600)[0]) for client in clients]
    whole = time.perf_counter() - started
    begun, ended = min(one["begun"] for one in told), max(one["ended"] for one in told)
    sent = CLIENTS * filings
    return {
        "sent": 2 * sent,
        "cases": _how_many() - before,
        "a_second": sent / (ended - begun),
        "seconds": whole,
    }


def _service_to_file() -> None:
    """A small service of an Iranian unit, without notices of its own."""
    from diwan.directory.models import Unit
    from diwan.services.models import Service
    from diwan.services.tests.factories import FORM, service, variant

    if not Service.objects.filter(country="IR", code="benchmark").exists():
        unit = Unit.objects.filter(country="IR").order_by("pk")[0]
        service(unit, variant("benchmark"), FORM)


def _how_many() -> int:
    from diwan.services.models import Case

    return Case.objects.filter(filing_key__gt="").count()


def _file_many(times: int) -> dict[str, float]:
    from diwan.kernel.policies import Actor
    from diwan.services.actions.filing import file_case
    from diwan.services.actions.given import ApplicantFields
    from diwan.services.models import Service

    version = Service.objects.get(country="IR", code="benchmark").current
    if version is None:
        raise LookupError("the service of the benchmark has no version")
    unit = version.service.owner
    answers = {"name": "سارا بهاری", "trees": "2", "kind": "plane"}
    who = ApplicantFields(name="سارا بهاری", phone="09120000000")
    keys = [f"{os.getpid()}-{n}" for n in range(times)]
    begun = time.time()
    for key in keys:
        for _twice in range(2):
            file_case(
                Actor.anonymous(), version, unit, answers,
                channel="online", language="fa", applicant=who, key=key,
            )  # fmt: skip
    return {"begun": begun, "ended": time.time()}


if __name__ == "__main__":
    sys.exit(main())
