"""Is Diwan well: database, disk, worker and seals. Read by /healthz and by `diwan doctor`."""

import shutil
import tempfile
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from diwan.config.terminal import first_line
from diwan.kernel.jobs import heartbeat_age
from diwan.kernel.sealing import standing

FREE_BYTES = 50 * 1024 * 1024
"""Less free space than this and a proof file may not fit."""
WORKER_SILENCE = timedelta(minutes=3)
"""The worker ticks every minute; after three without a tick something is wrong."""

SEAL_LATE = timedelta(minutes=5)
"""Entries are sealed every minute; one that waits longer is not proved."""


@dataclass(frozen=True)
class Check:
    """One thing looked at: well or not, with a few words for whoever mends it."""

    name: str
    ok: bool
    note: str


def check_database() -> Check:
    """The database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return Check("database", ok=False, note=f"does not answer: {first_line(error)}")
    return Check("database", ok=True, note=f"{connection.vendor} answers")


def check_disk() -> Check:
    """The data folder can be written and has room."""
    home = settings.DIWAN_HOME
    try:
        with tempfile.NamedTemporaryFile(dir=home, prefix=".health-"):
            pass
        free = shutil.disk_usage(home).free
    except OSError as error:
        return Check("disk", ok=False, note=f"cannot write in {home}: {error.strerror}")
    megabytes = free // (1024 * 1024)
    return Check("disk", ok=free >= FREE_BYTES, note=f"{megabytes} MB free in {home}")


def check_worker() -> Check:
    """The worker ticked within the last three minutes."""
    try:
        age = heartbeat_age()
    except DatabaseError as error:
        return Check("worker", ok=False, note=f"not known: {first_line(error)}")
    if age is None:
        return Check("worker", ok=False, note="has never ticked")
    return Check("worker", ok=age < WORKER_SILENCE, note=f"ticked {age.total_seconds():.0f} s ago")


def check_seals() -> Check:
    """No entry of the audit has waited for its seal longer than five minutes."""
    now = timezone.now()
    try:
        how = standing(now)
    except DatabaseError as error:
        return Check("seals", ok=False, note=f"not known: {first_line(error)}")
    last = f"last seal {how.last.sealed_at:%Y-%m-%d %H:%M:%S}Z" if how.last else "no seal yet"
    waited = now - how.waiting_since if how.waiting_since else timedelta()
    note = f"{last}, {how.waiting} entries wait"
    if waited >= SEAL_LATE:
        note += f", the first for {waited.total_seconds() / 60:.0f} min: is the worker running?"
    return Check("seals", ok=waited < SEAL_LATE, note=note)


@never_cache
def healthz(_request: HttpRequest) -> JsonResponse:
    """200 when all is well, else 503; `ok` or `failing` beside each name.

    Anybody may ask, so the notes (paths, hosts) stay with `diwan doctor`.
    """
    checks = [check_database(), check_disk(), check_worker(), check_seals()]
    well = all(check.ok for check in checks)
    answer = {"status": "ok" if well else "failing"}
    answer |= {check.name: "ok" if check.ok else "failing" for check in checks}
    return JsonResponse(answer, status=200 if well else 503)
