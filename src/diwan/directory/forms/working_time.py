"""Forms of a country's working time: holidays, weekend, office hours."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from diwan.directory.actions.worktime import Hours
from diwan.kernel.calendars import weekday_name
from diwan.kernel.models import DeclaredHoliday
from diwan.kernel.reader import current
from diwan.kernel.worktime import MONDAY, SATURDAY
from diwan.ui.finding import choices
from diwan.ui.forms import CalendarDateField, ClockField, LocalTextField


def weekdays() -> list[tuple[str, str]]:
    """The days of the week in the reader's order and words; 0 is Monday."""
    reader = current()
    first = MONDAY if reader.language == "en" else SATURDAY
    days = [day % 7 for day in range(first, first + 7)]
    return [(str(day), weekday_name(day, reader.language)) for day in days]


class HolidayForm(forms.Form):
    """A day off."""

    day = CalendarDateField(label=gettext_lazy("Day"))
    name = LocalTextField(label=gettext_lazy("Name of the holiday"))
    status = forms.ChoiceField(
        label=gettext_lazy("Has the authority declared it?"),
        choices=[
            (DeclaredHoliday.Status.DECLARED.value, gettext_lazy("Yes, it is declared")),
            (
                DeclaredHoliday.Status.ESTIMATED.value,
                gettext_lazy("Not yet: it is expected, and counted as a day off until then"),
            ),
        ],
        widget=forms.RadioSelect,
        initial=DeclaredHoliday.Status.DECLARED.value,
    )


class UnitDayForm(forms.Form):
    """A day on which a unit is closed, or works although it would be off."""

    WORKS = "works"

    day = CalendarDateField(label=gettext_lazy("Day"))
    works = forms.ChoiceField(
        label=gettext_lazy("What is otherwise on that day?"),
        choices=[
            ("closed", gettext_lazy("It is closed")),
            (WORKS, gettext_lazy("It works, although it would be a day off")),
        ],
        widget=forms.RadioSelect,
        initial="closed",
    )
    name = LocalTextField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("Citizens read it: the occasion, or the decree."),
    )


class WeekendForm(forms.Form):
    """Which days are the weekend from a day on."""

    days = forms.MultipleChoiceField(
        label=gettext_lazy("Days of the weekend"), widget=forms.CheckboxSelectMultiple
    )
    since = CalendarDateField(label=gettext_lazy("From this day on"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices(self, "days", weekdays())

    def given_days(self) -> list[int]:
        """0 is Monday."""
        return [int(day) for day in self.cleaned_data["days"]]


class HoursForm(forms.Form):
    """When offices are open."""

    opens = ClockField(label=gettext_lazy("Offices open at"))
    closes = ClockField(label=gettext_lazy("Offices close at"))
    weekday = forms.ChoiceField(label=gettext_lazy("On which days"), required=False)
    since = CalendarDateField(label=gettext_lazy("From this day on"))
    until = CalendarDateField(
        label=gettext_lazy("Until (the first day on which it is no more so)"),
        required=False,
        help_text=gettext_lazy("Empty: until further notice. Ramadan's hours have both days."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices(self, "weekday", [("", gettext("every working day")), *weekdays()])

    def hours(self) -> Hours:
        """What was filled in."""
        data = self.cleaned_data
        return Hours(
            opens=data["opens"],
            closes=data["closes"],
            since=data["since"],
            until=data["until"],
            weekday=int(data["weekday"]) if data["weekday"] else None,
        )
