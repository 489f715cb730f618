"""When a recurring body meets next (`ACCESS.md`, "Numbers")."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from diwan.kernel.calendars import Calendar, Recurrence
from diwan.kernel.worktime import WorkCalendar


@dataclass(frozen=True)
class NextDate:
    """`first` is the rule's date right after the last meeting, `rule` the one still to come.

    `day` is `rule`, or the first working day after it where that is a day off. `missed` says that
    the first one has passed without a meeting.
    """

    first: date
    rule: date
    day: date

    @property
    def missed(self) -> bool:
        """True where the date right after the last meeting passed without one."""
        return self.rule != self.first

    @property
    def moved(self) -> bool:
        """True where the rule's date is a day off."""
        return self.day != self.rule


def next_date(
    last: date, rule: Recurrence, calendar: Calendar, *, today: date, work: WorkCalendar
) -> NextDate:
    """Work out the next date from the last held meeting, in the body's own calendar.

    >>> from diwan.kernel.worktime import DEFAULTS
    >>> two_months = Recurrence.parse("2 months")
    >>> esfand_19 = date(2012, 3, 9)
    >>> found = next_date(esfand_19, two_months, Calendar.JALALI,
    ...                   today=date(2012, 3, 20), work=DEFAULTS["IR"])
    >>> found.rule.isoformat(), found.moved  # 19 Ordibehesht 1391
    ('2012-05-08', False)
    """
    day = rule.next(last, calendar, today)
    return NextDate(rule.after(last, calendar), day, work.next_working_day(day))
