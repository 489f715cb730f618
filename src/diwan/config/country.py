"""`diwan sample` and the country of the first start: whether a home may take it, and how large."""

from __future__ import annotations

import os
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta

from diwan.config.prepare import locked
from diwan.config.sample import MORNING, Loaded, Size, load_country, read
from diwan.config.sample.services_small import add_services
from diwan.config.terminal import progress, say
from diwan.directory.public import Register
from diwan.interop import public as interop
from diwan.kernel import search
from diwan.kernel.errors import Refused
from diwan.kernel.models import Seal

SEED = 1404
SMALL = Size(units=130, actions=300)
"""What DIWAN_SAMPLE=small asks for: for tests, which start from nothing."""


def last_day(at: datetime | None = None) -> date:
    """The last day that a country may tell of: today once its offices have opened."""
    now = at or datetime.now(UTC)
    return now.date() if now.time() >= MORNING else now.date() - timedelta(days=1)


def make(size: Size, *, seed: int, until: date | None) -> None:
    """Fill this home with the country and say what it holds. Raises Refused."""
    day = until or last_day()
    if day > last_day():
        raise Refused(f"{day} is still to come; the last day of the story is {last_day()}.")
    refuse_unless_empty()
    started = time.monotonic()
    with locked("import"), progress("Making the country") as report:
        loaded = load_country(size=size, seed=seed, until=day, progress=report)
    _index()
    say(f"{_counts(loaded)}, in {time.monotonic() - started:.0f} s.")


def refuse_unless_empty() -> None:
    """Raise Refused where the home holds a register that is no sample, or the country already."""
    ours = {told["key"] for told in read("registers")["registers"]}
    found = set(Register.objects.values_list("key", flat=True))
    real = sorted(found - ours - set(interop.SAMPLE_REGISTERS))
    if real:
        raise Refused(
            f"This home holds real data (the register {real[0]}), so no sample is put into it; "
            "name another folder: DIWAN_HOME=/some/folder diwan sample."
        )
    if Seal.objects.exists():
        raise Refused(
            "What was done in this home is sealed already, and no past can be put before a seal; "
            "name another folder: DIWAN_HOME=/some/folder diwan sample."
        )
    if found & ours:
        raise Refused("This home holds the sample country already; DIWAN_HOME names another one.")


def at_first_start() -> None:
    """Add the country to a home that has just taken the two small registers.

    Its people sign in with the password of the sample's accounts.
    """
    accounts = interop.sample_accounts()
    size = SMALL if os.environ.get("DIWAN_SAMPLE") == "small" else Size()
    password = accounts[0].password if accounts else ""
    with progress("Making the sample country") as report:
        load_country(size=size, seed=SEED, until=last_day(), password=password, progress=report)
        add_services(until=last_day(), seed=SEED)
    _index()


def _index() -> None:
    """What was written in bulk told nobody: the search index is made anew from the tables."""
    with progress("Indexing") as report:
        done = Counter[str]()

        def told(kind: str, count: int) -> None:
            done[kind] += count
            report(done.total(), done.total(), kind)

        search.rebuild(told)


def _counts(loaded: Loaded) -> str:
    """Units, posts, resolutions, actions, cases and audit entries that were made."""
    names = {
        "directory_unit": "units",
        "directory_post": "posts",
        "councils_body": "bodies",
        "councils_resolution": "resolutions",
        "councils_action": "actions",
        "services_case": "cases",
        "kernel_auditentry": "audit entries",
    }
    return ", ".join(f"{loaded.counts[table]:,} {name}" for table, name in names.items())
