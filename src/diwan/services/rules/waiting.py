"""How long a case waits for its applicant before it counts as withdrawn."""

from __future__ import annotations

from datetime import datetime, timedelta

LONGEST_REMINDER = timedelta(days=14)


def last_day(since_at: datetime, days: int) -> tuple[datetime, datetime]:
    """When the applicant is reminded, and when waiting ends: two weeks before, or half-way.

    >>> from datetime import datetime
    >>> reminded, ends = last_day(datetime(2026, 1, 1), 180)
    >>> str(reminded.date()), str(ends.date())
    ('2026-06-16', '2026-06-30')
    """
    ends_at = since_at + timedelta(days=days)
    return ends_at - min(LONGEST_REMINDER, (ends_at - since_at) / 2), ends_at
