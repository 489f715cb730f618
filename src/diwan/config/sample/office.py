"""When offices of a country work: working days as a list, and instants within office hours."""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from diwan.kernel.countries import country as country_of
from diwan.kernel.working import work_calendar

_DAY = timedelta(days=1)


class Office:
    """The working days of a country from `first` to `last`; days beyond are at the nearest end."""

    def __init__(self, code: str, first: date, last: date) -> None:
        self.code = code
        self.calendar = country_of(code).calendar
        self.work = work_calendar(code)
        self._zone = ZoneInfo(country_of(code).timezone)
        days = [first + _DAY * n for n in range((last - first).days + 1)]
        self.days = [day for day in days if self.work.is_working_day(day)]
        self._midnights: dict[date, datetime] = {}

    def midnight(self, day: date) -> datetime:
        """The instant at which a day begins there, in UTC."""
        found = self._midnights.get(day)
        if found is None:
            found = datetime.combine(day, time(), tzinfo=self._zone).astimezone(UTC)
            self._midnights[day] = found
        return found

    def at(self, day: date, minute: float) -> datetime:
        """An instant of a day, so many minutes after eight, to the second."""
        return self.midnight(day) + timedelta(hours=8, seconds=int(minute * 60))

    def day_of(self, at: datetime) -> date:
        """The day it is there at an instant."""
        return at.astimezone(self._zone).date()

    def on_or_after(self, day: date) -> date:
        """The first working day on or after a day."""
        place = bisect_left(self.days, day)
        return self.days[min(place, len(self.days) - 1)]

    def later(self, day: date, n: int) -> date:
        """The n-th working day after (before, if negative) a day's own working day."""
        place = bisect_left(self.days, day) + n
        return self.days[max(0, min(place, len(self.days) - 1))]
