"""When a recurring body meets next (`ACCESS.md`, "Numbers")."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from diwan.kernel.calendars import Calendar, Span, next_occurrence
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
    last: date, every: Span, calendar: Calendar, *, today: date, work: WorkCalendar
) -> NextDate:
    """Work out the next date from the last held meeting, in the body's own calendar.

    >>> from diwan.kernel.worktime import DEFAULTS
    >>> esfand_19 = date(2012, 3, 9)
    >>> found = next_date(esfand_19, Span(2, "months"), Calendar.JALALI,
    ...                   today=date(2012, 3, 20), work=DEFAULTS["IR"])
    >>> found.rule.isoformat(), found.moved  # 19 Ordibehesht 1391
    ('2012-05-08', False)
    """
    rule = next_occurrence(last, every, calendar, today)
    return NextDate(every.after(last, calendar), rule, work.next_working_day(rule))
