"""What the pages of bodies ask for: what a body is, its numbers, its terms, its members."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from diwan.councils.actions.fields import BodyFields
from diwan.councils.models import Body
from diwan.councils.models.bodies import Reset
from diwan.councils.queries.bodies import BodyFilter
from diwan.councils.rules.invitations import MOST_HOURS, NOTICE_HOURS
from diwan.kernel.dated import CALENDARS, stated
from diwan.ui.finding import Candidates, FindField, FindManyField, choices, offer
from diwan.ui.forms import (
    CalendarDateField,
    LocalTextField,
    NumberField,
    PartialDateField,
    SearchForm,
    SpanField,
)

from .fields import confidentiality_field, mistake_field, reason_field
from .words import KindMixin, kind_name, recurring_days

BY_NEXT = "next"


class BodiesForm(SearchForm):
    """What narrows the list of bodies."""

    unit = FindField[Any](label=_("Unit and below"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    on = CalendarDateField(label=_("As it stood on"), required=False)

    def __init__(self, *args: Any, units: Candidates[Any], kinds: Iterable[str]) -> None:
        super().__init__(*args)
        offer(self, "unit", units)
        pairs = [(kind, kind_name(kind)) for kind in kinds]
        choices(self, "kind", [("", gettext("every kind")), *pairs])

    def wanted(self) -> BodyFilter:
        """What was asked, as the query takes it."""
        given = self.given()
        return BodyFilter(
            unit_id=given["unit"].pk if "unit" in given else None,
            kind=given.get("kind", ""),
            day=given.get("on"),
            text=str(given.get("q", "")),
        )


class BodyForm(KindMixin):
    """What a body is."""

    field_order: Sequence[str] = ("unit", "name", "kind", "other_kind")

    name = LocalTextField(label=_("Name"))
    mandate = LocalTextField(
        label=_("What it is for"),
        help_text=_("Its mandate in a few sentences, and what it rests on."),
        long=True,
        required=False,
    )
    parent = FindField[Any](
        label=_("Stands below"),
        help_text=_("The body to which it reports, if there is one."),
        required=False,
    )
    every = SpanField(
        label=_("Meets every"),
        help_text=_("The next date is counted from the last meeting held. Empty: as it decides."),
        required=False,
    )
    every_on = forms.ChoiceField(
        label=_("On"),
        help_text=_(
            "The day of the rule, counted in the body's own calendar. A month without that day has "
            "its last one; what falls on a day off moves to the next working day."
        ),
        required=False,
    )
    notice_hours = NumberField(
        label=_("Invitations go out so many hours before"),
        help_text=_("72 hours are three days. A change after that is told at once."),
        min_value=0,
        max_value=MOST_HOURS,
        initial=NOTICE_HOURS,
        required=False,
    )
    term_years = NumberField(label=_("Years of a term"), min_value=1, max_value=99, required=False)
    since = PartialDateField(label=_("Formed on"), required=False)
    confidentiality = confidentiality_field()

    def __init__(
        self,
        *args: Any,
        parents: Candidates[Any],
        used: Iterable[str] = (),
        body: Body | None = None,
        **kwargs: Any,
    ) -> None:
        if body is not None:
            kwargs["initial"] = {**_initial(body), **(kwargs.get("initial") or {})}
            used = [*used, body.kind]
        super().__init__(*args, **kwargs)
        self.offer_kinds(used=used)
        offer(self, "parent", parents)
        choices(self, "every_on", recurring_days())
        self.fields["confidentiality"].help_text = gettext(
            "What its meetings and resolutions begin with. Public: everybody. Internal: the "
            "country's staff. Body and owners: its members and those who owe something."
        )

    def asked(self) -> BodyFields:
        """What was filled in, as the action takes it."""
        data = self.cleaned_data
        return {
            "name": data["name"],
            "kind": self.given_kind(),
            "mandate": data["mandate"],
            "parent_id": data["parent"].pk if data["parent"] else None,
            "every": str(data["every"]) if data["every"] else "",
            "every_on": data["every_on"],
            "notice_hours": NOTICE_HOURS if data["notice_hours"] is None else data["notice_hours"],
            "term_years": data["term_years"],
            "since": data["since"],
            "confidentiality": data["confidentiality"],
        }


def _initial(body: Body) -> dict[str, Any]:
    return {
        "name": body.name,
        "kind": body.kind,
        "mandate": body.mandate,
        "parent": body.parent,
        "every": body.every,
        "every_on": body.every_on,
        "notice_hours": body.notice_hours,
        "term_years": body.term_years,
        "since": stated(body.since, body.since_precision, body.since_calendar),
        "confidentiality": body.confidentiality,
    }


class MakeBodyForm(BodyForm):
    """A new body, in a unit that hosts it."""

    unit = FindField[Any](label=_("Unit that hosts it"))

    def __init__(self, *args: Any, units: Candidates[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)


class CorrectBodyForm(BodyForm):
    """A mistake in a body's record."""

    reason = mistake_field()


class NumberingForm(forms.Form):
    """How a body numbers its resolutions. `seen` is the rule whose example was shown."""

    pattern = forms.CharField(
        label=_("Pattern of the numbers"),
        max_length=60,
        widget=forms.TextInput({"dir": "ltr", "autocomplete": "off"}),
    )
    reset = forms.ChoiceField(label=_("Counting begins again"), choices=Reset.choices)
    code = forms.CharField(label=_("Code of the body"), max_length=12)
    calendar = forms.ChoiceField(
        label=_("Calendar of the body"),
        choices=CALENDARS,
        help_text=_("Its years are counted in it, and its next dates."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = gettext("{year}: the year, {code}: the body's code, {n}: the count.")
        # The signs are the same in every language and run from left to right.
        signs = {
            name: format_html('<bdi class="code" dir="ltr">{{{}}}</bdi>', name)
            for name in ("year", "code", "n")
        }
        self.fields["pattern"].help_text = format_html(said, **signs)

    def rule(self) -> BodyFields:
        """What was filled in, as the action takes it."""
        data = self.cleaned_data
        return {
            "pattern": data["pattern"],
            "reset": data["reset"],
            "code": data["code"],
            "calendar": data["calendar"],
        }

    def mark(self) -> str:
        """The rule in one line, so that a second sending is known as the same."""
        return " | ".join(str(value) for value in self.rule().values())


class DissolveForm(forms.Form):
    """The end of a body."""

    on = PartialDateField(label=_("Dissolved on"))
    reason = reason_field()


class TermForm(forms.Form):
    """A new term of office."""

    since = PartialDateField(label=_("Begins on"))
    number = NumberField(
        label=_("Number of the term"),
        help_text=_("Empty: the one after the last."),
        min_value=1,
        max_value=9999,
        required=False,
    )


class OverseeForm(forms.Form):
    """The units that a body oversees."""

    units = FindManyField[Any](label=_("Units it oversees"), required=False)

    def __init__(self, *args: Any, choices: Candidates[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "units", choices)
