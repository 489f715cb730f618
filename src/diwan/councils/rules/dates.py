"""Due dates that follow from a meeting's date, and which records are old."""

from __future__ import annotations

from datetime import date, timedelta

from diwan.kernel.calendars import Calendar, PartialDate, Precision, Span

OLD_AFTER = timedelta(days=90)
"""Actions of an older meeting come in unconfirmed (`meetings/README.md`)."""


def due_after(meeting: PartialDate | None, span: Span, calendar: Calendar) -> PartialDate | None:
    """Return when something is due a span after a meeting, counted in the body's calendar.

    It is as precise as the meeting's date; None while that is unknown.
    """
    if meeting is None or meeting.precision is Precision.UNKNOWN:
        return None
    first = span.after(meeting.first_day, calendar)
    if meeting.precision is Precision.DAY:
        return PartialDate(first, Precision.DAY, calendar)
    return PartialDate(first, meeting.precision, meeting.calendar)


def is_old(meeting: PartialDate | None, today: date) -> bool:
    """Say whether a meeting's actions come in unconfirmed: undated, or older than 90 days."""
    if meeting is None or meeting.precision is Precision.UNKNOWN:
        return True
    return meeting.last_day < today - OLD_AFTER
