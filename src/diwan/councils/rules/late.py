"""When an action is late: derived from its due day and the country's working time, never stored."""

from __future__ import annotations

from datetime import date

from diwan.kernel.worktime import WorkCalendar

from .life import OWED, State


def late_days(state: State, due: date | None, *, today: date, work: WorkCalendar) -> int:
    """Return by how many working days an action is late; 0 in time, without a date, or settled.

    Only an action that is still owed can be late. `due` is the last day on which it is in time.
    """
    if due is None or state not in OWED or due >= today:
        return 0
    return max(0, work.working_days_between(due, today))


def is_late(state: State, due: date | None, *, today: date, work: WorkCalendar) -> bool:
    """Say whether an action is late; the same question as the database's `due < late_before`."""
    return due is not None and state in OWED and due < work.late_before(today)
