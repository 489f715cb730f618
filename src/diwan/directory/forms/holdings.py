"""Forms of who holds a post: appointing, deputising, ending, correcting, handing over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from diwan.directory.actions.holdings import HoldingCorrection
from diwan.directory.actions.units import UNCHANGED
from diwan.directory.models import Holding, Person
from diwan.kernel.reader import current
from diwan.ui.finding import FindField, choices, offer
from diwan.ui.forms import CalendarMomentField

from .choices import people_to_choose

KINDS = [
    (Holding.Kind.FULL.value, gettext_lazy("fully")),
    (Holding.Kind.ACTING.value, gettext_lazy("as acting")),
]


class PersonForm(forms.Form):
    """Somebody out of the register."""

    person: FindField[Person] = FindField(label=gettext_lazy("Who?"))

    def __init__(self, *args: Any, people: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "person", people_to_choose(people, at))


class AppointForm(PersonForm):
    """Who holds a post from when."""

    kind = forms.ChoiceField(
        label=gettext_lazy("How?"), choices=KINDS, widget=forms.RadioSelect, initial="full"
    )
    since_at = CalendarMomentField(
        label=gettext_lazy("From"),
        required=False,
        help_text=gettext_lazy("Leave it empty if it was so before this record begins."),
    )
    until_at = CalendarMomentField(
        label=gettext_lazy("Until"), required=False, help_text=gettext_lazy("Empty: still.")
    )


class DeputeForm(PersonForm):
    """Who stands in during a leave."""

    since_at = CalendarMomentField(label=gettext_lazy("Leave begins"))
    until_at = CalendarMomentField(label=gettext_lazy("Leave ends"))
    reason = forms.CharField(label=gettext_lazy("Reason of the leave"), max_length=500)


class EndHoldingForm(forms.Form):
    """When somebody no longer holds a post."""

    at = CalendarMomentField(label=gettext_lazy("Ends at"))


class CorrectHoldingForm(PersonForm):
    """What a holding should have said."""

    kind = forms.ChoiceField(
        label=gettext_lazy("How?"), choices=Holding.Kind.choices, widget=forms.RadioSelect
    )
    since_at = CalendarMomentField(label=gettext_lazy("From"), required=False)
    until_at = CalendarMomentField(label=gettext_lazy("Until"), required=False)
    never = forms.BooleanField(
        label=gettext_lazy("It never was so: take the whole entry back"), required=False
    )
    reason = forms.CharField(
        label=gettext_lazy("What was wrong, and how do you know?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )

    def __init__(self, *args: Any, holding: Holding, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "person": holding.person,
            "kind": holding.kind,
            "since_at": holding.since_at,
            "until_at": holding.until_at,
        }
        super().__init__(*args, **kwargs)
        self.holding = holding

    def correction(self) -> HoldingCorrection:
        """What was filled in; instants that were left as they stood are UNCHANGED."""
        data = self.cleaned_data
        return HoldingCorrection(
            person=data["person"],
            kind=data["kind"],
            since_at=_moved(self.holding.since_at, data["since_at"]),
            until_at=_moved(self.holding.until_at, data["until_at"]),
        )


def _moved(before: datetime | None, given: datetime | None) -> Any:
    """UNCHANGED where the input shows the same minute as before."""
    if before is None or given is None:
        return UNCHANGED if before is given else given
    return UNCHANGED if before.replace(second=0, microsecond=0) == given else given


class HandOverForm(forms.Form):
    """Who takes a post over, when, and what the outgoing holder says is still needed."""

    from_person = forms.ChoiceField(label=gettext_lazy("Who hands over?"), widget=forms.RadioSelect)
    to_person: FindField[Person] = FindField(label=gettext_lazy("Who takes over?"))
    kind = forms.ChoiceField(
        label=gettext_lazy("How is it taken over?"),
        choices=KINDS,
        widget=forms.RadioSelect,
        initial="full",
    )
    at = CalendarMomentField(
        label=gettext_lazy("At which instant?"),
        help_text=gettext_lazy(
            "Rights and duties pass at this instant; it may lie in the days to come."
        ),
    )
    needs = forms.CharField(
        label=gettext_lazy("What is still needed?"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=10_000,
        help_text=gettext_lazy("One a line: what the successor must have to go on."),
    )

    def __init__(
        self,
        *args: Any,
        holders: Sequence[tuple[str, str]],
        people: Any,
        asked_at: datetime,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "to_person", people_to_choose(people, asked_at))
        choices(self, "from_person", holders)
        if holders:
            self.initial.setdefault("from_person", holders[0][0])
        else:
            del self.fields["from_person"]

    def given_needs(self) -> list[dict[str, str]]:
        """The lines that were written, each in the reader's language."""
        lines = str(self.cleaned_data["needs"]).splitlines()
        return [{current().language: line.strip()} for line in lines if line.strip()]
