"""In whose working time a case is looked at: that of the unit where it lies."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from diwan.directory.public import calendars_of
from diwan.kernel.worktime import WorkCalendar
from diwan.services.models import Case


class Clocks:
    """The working calendars of some cases at an instant."""

    def __init__(self, cases: Iterable[Case], at: datetime) -> None:
        self.at = at
        units = {case.at_unit_id for case in cases}
        self._calendars = calendars_of(units, at=at) if units else {}

    def of(self, case: Case) -> WorkCalendar:
        """The calendar of the unit where a case lies."""
        return self._calendars[case.at_unit_id]

    def days_left(self, case: Case, due_at: datetime) -> int:
        """Working days from today until an instant, below 0 for those since; 0 on the same day."""
        work = self.of(case)
        return work.working_days_between(self.day(case, self.at), self.day(case, due_at))

    def day(self, case: Case, at: datetime) -> date:
        """The day of an instant where a case lies."""
        return at.astimezone(ZoneInfo(self.of(case).timezone)).date()

    def closing(self, case: Case, day: date) -> datetime:
        """When a day ends where a case lies: the office's closing, or the day's own end."""
        work = self.of(case)
        closes = max((until for _since, until in work.hours_on(day)), default=time.max)
        return datetime.combine(day, closes, ZoneInfo(work.timezone))
