"""Which actions are late, as a condition; each country keeps its own working days."""

from __future__ import annotations

from datetime import date, datetime
from functools import cached_property

from django.db.models import Q

from diwan.councils.models import Action
from diwan.councils.rules import late
from diwan.councils.rules.life import OWED, State
from diwan.kernel.policies import Actor
from diwan.kernel.working import every_calendar, today_in, work_calendar
from diwan.kernel.worktime import WorkCalendar

ELSEWHERE = "ZZ"  # stands for every country that has no row: all of them keep the defaults in UTC


def clock_of(actor: Actor) -> Clock:
    """The clock of an actor's instant; kept for one request."""
    known = actor.memo.get("councils.clock")
    if not isinstance(known, Clock):
        known = actor.memo["councils.clock"] = Clock(actor.at)
    return known


class Clock:
    """Days and working calendars of the countries at an instant."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    @cached_property
    def _work(self) -> dict[str, WorkCalendar]:
        return dict(every_calendar())

    def work(self, country: str) -> WorkCalendar:
        """The working calendar of a country."""
        if country not in self._work:
            self._work[country] = work_calendar(country)
        return self._work[country]

    def today(self, country: str) -> date:
        """The day it is in a country."""
        return today_in(country, self.at)

    def late_days(self, action: Action) -> int:
        """By how many working days an action is late; its body should be loaded with its unit."""
        country = action.resolution.body.unit.country
        return late.late_days(
            State(action.state), action.due, today=self.today(country), work=self.work(country)
        )

    def late(self) -> Q:
        """The condition under which an `Action` is late."""
        return self._late

    @cached_property
    def _late(self) -> Q:
        """What was due before each country's own day; where the days agree nobody asks where."""
        codes = sorted(self._work)
        before = {code: self._late_before(code) for code in (*codes, ELSEWHERE)}
        latest = max(before.values())
        found = Q(state__in=OWED, due__lt=latest)
        if len(set(before.values())) == 1:
            return found
        where = "resolution__body__unit__country"
        there = Q(due__lt=before[ELSEWHERE]) & ~Q(**{f"{where}__in": codes})
        for code in codes:
            there |= Q(**{where: code}, due__lt=before[code])
        return found & there

    def _late_before(self, country: str) -> date:
        return self.work(country).late_before(self.today(country))
