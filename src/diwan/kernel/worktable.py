"""Working time added up, so that a deadline is looked up and not counted. Plain Python.

Days are worked out in stretches, each once: whoever asks for a deadline finds its window by
bisection. A table knows nothing of weekends and holidays; `worktime` tells it which days and hours.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

# No public body rests longer than this; a table that says so is wrong.
LONGEST_REST = 366

# Days of a stretch: short enough to be worked out for a single deadline, long enough to be few.
_LENGTH = 32
_MOST_STRETCHES = 1_000
_NOTHING = timedelta(0)
_LAST = date.max.toordinal()

Window = tuple[datetime, datetime]


class NoWorkingTime(ValueError):
    """The tables leave no working day, or no office hour, for a year on end."""


class _Stretch(NamedTuple):
    """Some days on end.

    `opens` and `closes` are the windows' ends, `before` and `upto` the working time of the stretch
    until the one and the other; `days` are the working days, `open_days` those of them with office
    hours, and `closings` their last instants.
    """

    opens: list[datetime]
    closes: list[datetime]
    before: list[timedelta]
    upto: list[timedelta]
    days: list[date]
    open_days: list[date]
    closings: list[datetime]

    @property
    def total(self) -> timedelta:
        return self.upto[-1] if self.upto else _NOTHING

    def until(self, at: datetime) -> timedelta:
        """The working time of the stretch that lies before an instant."""
        place = bisect_right(self.closes, at)
        if place == len(self.closes):
            return self.total
        return self.before[place] + max(at - self.opens[place], _NOTHING)


class WorkTable:
    """The working days and hours of one calendar, looked up."""

    def __init__(
        self,
        name: str,
        is_working_day: Callable[[date], bool],
        windows_on: Callable[[date], list[Window]],
    ) -> None:
        """`windows_on` gives a day's windows in order as UTC instants within the local day."""
        self._name = name
        self._is_working_day = is_working_day
        self._windows_on = windows_on
        self._stretches: dict[int, _Stretch] = {}

    def deadline(self, start_at: datetime, working_time: timedelta) -> datetime:
        """The instant when so much working time (more than none) has passed since `start_at`.

        Raises NoWorkingTime.
        """
        rest = working_time
        # The local day may be the one before or after that of UTC.
        for stretch in self._from(_place(start_at.date(), -1)):
            rest += stretch.until(start_at)
            if rest <= stretch.total:
                place = bisect_left(stretch.upto, rest)
                return stretch.opens[place] + (rest - stretch.before[place])
            rest -= stretch.total
        raise self._none()

    def worked(self, a_at: datetime, b_at: datetime) -> timedelta:
        """The working time between two instants, the first of which is not after the second."""
        places = range(_place(a_at.date(), -1), _place(b_at.date(), 1) + 1)
        stretches = (self._stretch(place) for place in places)
        return sum((s.until(b_at) - s.until(a_at) for s in stretches), _NOTHING)

    def working_day(self, day: date, n: int) -> date:
        """The `n`-th working day after a day; `n` is 1 or more. Raises NoWorkingTime."""
        for stretch in self._from(_place(day)):
            place = bisect_right(stretch.days, day) + n - 1
            if place < len(stretch.days):
                return stretch.days[place]
            n = place - len(stretch.days) + 1
        raise self._none()

    def closing(self, day: date) -> tuple[date, datetime]:
        """The first day on or after a day with office hours, and its end. Raises NoWorkingTime."""
        for stretch in self._from(_place(day)):
            place = bisect_left(stretch.open_days, day)
            if place < len(stretch.open_days):
                return stretch.open_days[place], stretch.closings[place]
        raise self._none()

    def _none(self) -> NoWorkingTime:
        return NoWorkingTime(f"{self._name} has no working day or hour for a year on end")

    def _from(self, place: int) -> Iterator[_Stretch]:
        """Stretches onward, until a year of rest is over."""
        rested = 0
        while rested <= LONGEST_REST + _LENGTH and place <= _place(date.max):
            stretch = self._stretch(place)
            yield stretch
            rested = 0 if stretch.opens else rested + _LENGTH
            place += 1

    def _stretch(self, place: int) -> _Stretch:
        found = self._stretches.get(place)
        if found is None:
            if len(self._stretches) >= _MOST_STRETCHES:
                self._stretches.clear()
            found = self._stretches[place] = self._worked_out(place)
        return found

    def _worked_out(self, place: int) -> _Stretch:
        made = _Stretch([], [], [], [], [], [], [])
        first = max(place * _LENGTH, 1)
        total = _NOTHING
        for ordinal in range(first, min((place + 1) * _LENGTH, _LAST + 1)):
            day = date.fromordinal(ordinal)
            if not self._is_working_day(day):
                continue
            made.days.append(day)
            windows = self._windows_on(day)
            for opens_at, closes_at in windows:
                made.opens.append(opens_at)
                made.closes.append(closes_at)
                made.before.append(total)
                total += closes_at - opens_at
                made.upto.append(total)
            if windows:
                made.open_days.append(day)
                made.closings.append(windows[-1][1])
        return made


def _place(day: date, shift: int = 0) -> int:
    """The stretch in which a day lies, or a day so many days after it."""
    return (day.toordinal() + shift) // _LENGTH
