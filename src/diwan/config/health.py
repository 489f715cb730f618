"""Is Diwan well: database, disk, worker and seals. Read by /healthz and by `diwan doctor`."""

import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from diwan.config.terminal import first_line
from diwan.kernel.jobs import heartbeat_age
from diwan.kernel.models import Job, JobState, Notice, NoticeState
from diwan.kernel.sealing import standing

FREE_BYTES = 50 * 1024 * 1024
"""Less free space than this and a proof file may not fit."""
QUEUE_PATIENCE = timedelta(minutes=15)
"""A job that was due so long ago and was not begun: the worker does not keep up."""
OUTBOX_PATIENCE = timedelta(days=1)
"""A notice that has waited so long though it is due: its gateway is away."""
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


def check_jobs() -> Check:
    """No job has given up, and none is overdue."""
    now = timezone.now()
    try:
        dead = Job.objects.filter(state=JobState.DEAD).count()
        waiting = Job.objects.filter(state=JobState.WAITING)
        oldest = waiting.order_by("due_at").values_list("due_at", flat=True).first()
    except DatabaseError as error:
        return Check("jobs", ok=False, note=f"not known: {first_line(error)}")
    overdue = oldest is not None and now - oldest > QUEUE_PATIENCE
    age = f", oldest due {_ago(now, oldest)}" if oldest and oldest < now else ""
    return Check("jobs", ok=not dead and not overdue, note=f"{dead} given up{age}")


def check_outbox() -> Check:
    """No notice waits for a person's word, and none is overdue."""
    now = timezone.now()
    stuck_states = [NoticeState.IN_DOUBT, NoticeState.FAILED, NoticeState.DEAD]
    try:
        stuck = Notice.objects.filter(state__in=stuck_states).count()
        queued = Notice.objects.filter(state=NoticeState.QUEUED, due_at__lt=now)
        oldest = queued.order_by("due_at").values_list("told_at", flat=True).first()
    except DatabaseError as error:
        return Check("outbox", ok=False, note=f"not known: {first_line(error)}")
    overdue = oldest is not None and now - oldest > OUTBOX_PATIENCE
    age = f", oldest queued {_ago(now, oldest)}" if oldest else ""
    return Check("outbox", ok=not stuck and not overdue, note=f"{stuck} wait for a word{age}")


def _ago(now: datetime, then: datetime) -> str:
    return f"{(now - then).total_seconds() / 60:.0f} min ago"


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
