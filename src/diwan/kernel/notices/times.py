"""When somebody may be told: digests, quiet hours and days off, on the clock of their country."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from diwan.kernel.worktime import WorkCalendar

DIGEST_CLOCK = time(7, 30)
_WEEK_BEGINS = {"IR": 5, "EG": 6}
"""Monday is 0, where not named."""


@dataclass(frozen=True)
class Quiet:
    """Nothing between `since` and `until` (over midnight too); on days off neither, if so."""

    since: time
    until: time
    working_days: bool


def digest_at(at: datetime, calendar: WorkCalendar, *, weekly: bool) -> datetime:
    """The next collected message after `at`: 07:30 of a working day, or of the week's first."""
    local = at.astimezone(ZoneInfo(calendar.timezone))
    day = local.date() if local.time() <= DIGEST_CLOCK else local.date() + timedelta(days=1)
    day = _first_of_week(day, calendar) if weekly else calendar.next_working_day(day)
    return _instant(day, DIGEST_CLOCK, calendar)


def _first_of_week(day: date, calendar: WorkCalendar) -> date:
    begins = _WEEK_BEGINS.get(calendar.country, 0)
    start = day - timedelta(days=(day.weekday() - begins) % 7)
    first = calendar.next_working_day(start)
    if first >= day:
        return first
    return calendar.next_working_day(start + timedelta(days=7))


def after_quiet(at: datetime, quiet: Quiet, calendar: WorkCalendar) -> datetime:
    """`at`, or the end of the quiet time it falls into."""
    local = at.astimezone(ZoneInfo(calendar.timezone))
    day, clock = local.date(), local.time()
    over_midnight = quiet.since > quiet.until
    if over_midnight and clock >= quiet.since:
        day, clock = day + timedelta(days=1), time.min
    silent = clock < quiet.until if over_midnight else quiet.since <= clock < quiet.until
    if quiet.working_days and not calendar.is_working_day(day):
        return _instant(calendar.next_working_day(day), quiet.until, calendar)
    return _instant(day, quiet.until, calendar) if silent else at


def _instant(day: date, clock: time, calendar: WorkCalendar) -> datetime:
    return datetime.combine(day, clock, ZoneInfo(calendar.timezone)).astimezone(UTC)
