"""Which actions are late, as a condition; each country keeps its own working days."""

from __future__ import annotations

from datetime import date, datetime
from functools import cached_property

from django.db.models import Q

from diwan.councils.models import Action
from diwan.councils.rules import late
from diwan.councils.rules.life import OWED, State
from diwan.directory.public import Register
from diwan.kernel.countries import COUNTRIES
from diwan.kernel.policies import Actor
from diwan.kernel.working import today_in, work_calendar, work_calendars
from diwan.kernel.worktime import WorkCalendar


def clock_of(actor: Actor) -> Clock:
    """The clock of an actor's instant; kept for one request."""
    known = actor.memo.get("councils.clock")
    if not isinstance(known, Clock):
        known = actor.memo["councils.clock"] = Clock(actor.at)
    return known


class Clock:
    """Days and working calendars of the countries at an instant, each asked for once."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self._work: dict[str, WorkCalendar] = {}

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
        found = Q(pk__in=[])
        codes = {*COUNTRIES, *Register.objects.values_list("country", flat=True).distinct()}
        self._work |= work_calendars(codes - set(self._work))
        for code in sorted(codes):
            before = self.work(code).late_before(self.today(code))
            found |= Q(resolution__body__unit__country=code, due__lt=before)
        return Q(state__in=OWED) & found
