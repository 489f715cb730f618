"""What is done once a day in each country, from its early morning on."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction

from diwan.kernel import jobs
from diwan.kernel.models import Heartbeat
from diwan.kernel.working import every_calendar

CLOCK = time(6, 30)
"""Local time from which the day's jobs are asked for."""


def ask_each_morning(job: str, at: datetime) -> None:
    """Ask for a job (`country`, `day`) once a day in each country; looked at every minute."""
    for code, calendar in every_calendar().items():
        local = at.astimezone(ZoneInfo(calendar.timezone))
        if local.time() < CLOCK:
            continue
        name = f"{job}:{code}"
        begin = datetime.combine(local.date(), time.min, local.tzinfo)
        if Heartbeat.objects.filter(name=name, at__gte=begin).exists():
            continue
        with transaction.atomic():
            jobs.enqueue(job, {"country": code, "day": local.date()})
            Heartbeat.objects.update_or_create(name=name, defaults={"at": at})
