"""What the pages of meetings ask for: the meeting, its agenda, statements and resolutions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from diwan.councils.actions.fields import (
    ItemFields,
    MeetingFields,
    ResolutionFields,
    StatementFields,
)
from diwan.councils.constants import BODY
from diwan.councils.models import AgendaItem, Meeting, Resolution, Statement
from diwan.councils.queries.meetings import MeetingFilter
from diwan.councils.rules.agenda import MOST_MINUTES
from diwan.kernel.calendars import PartialDate
from diwan.kernel.dated import stated
from diwan.kernel.exchange import Ref
from diwan.kernel.reader import current
from diwan.ui.finding import Candidates, FindField, FindManyField, choices, offer
from diwan.ui.forms import (
    CalendarDateField,
    ClockField,
    LocalTextField,
    NumberField,
    PartialDateField,
    SearchForm,
    SpanField,
)
from diwan.ui.show import show_local

from .fields import (
    confidentiality_field,
    ids_of,
    mistake_field,
    named_posts_field,
    whole_day,
)

UNIT = "directory.unit"


class MeetingsForm(SearchForm):
    """What narrows the list of meetings."""

    body = FindField[Any](label=_("Body"), required=False)
    unit = FindField[Any](label=_("Unit and below"), required=False)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("in every state")), *Meeting.State.choices],
    )
    since = CalendarDateField(label=_("From"), required=False)
    until = CalendarDateField(label=_("Until"), required=False)

    def __init__(self, *args: Any, bodies: Candidates[Any], units: Candidates[Any]) -> None:
        super().__init__(*args)
        offer(self, "body", bodies)
        offer(self, "unit", units)

    def wanted(self) -> MeetingFilter:
        """What was asked, as the query takes it."""
        given = self.given()
        ids = {f"{name}_id": given[name].pk for name in ("body", "unit") if name in given}
        return MeetingFilter(
            **ids,
            state=given.get("state", ""),
            since=given.get("since"),
            until=given.get("until"),
            text=str(given.get("q", "")),
        )


def meeting_initial(meeting: Meeting) -> dict[str, Any]:
    """What a meeting's form begins with."""
    return {
        "date": stated(meeting.date, meeting.date_precision, meeting.date_calendar),
        "number": meeting.number,
        "starts": meeting.starts,
        "ends": meeting.ends,
        "place": meeting.place,
        "chair": meeting.chair,
        "confidentiality": meeting.confidentiality,
        "named_posts": list(meeting.named_posts.all()),
    }


class MeetingForm(forms.Form):
    """A meeting; its date is the business of the forms below."""

    field_order: Sequence[str] = ("date", "number")

    number = NumberField(
        label=_("Number of the meeting"), required=False, min_value=0, max_value=99_999
    )
    starts = ClockField(label=_("From (time)"), required=False)
    ends = ClockField(label=_("Until (time)"), required=False)
    place = LocalTextField(label=_("Place"), required=False)
    chair = FindField[Any](label=_("Chair"), required=False)
    confidentiality = confidentiality_field()
    named_posts = named_posts_field()

    def __init__(self, *args: Any, posts: Candidates[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "chair", posts)
        offer(self, "named_posts", posts)

    def held(self, when: PartialDate | None) -> MeetingFields:
        """What was filled in, as the action takes it; `when` is the date as the form reads it."""
        data = self.cleaned_data
        return {
            "date": when,
            "number": data["number"],
            "starts": data["starts"],
            "ends": data["ends"],
            "place": data["place"],
            "chair_id": data["chair"].pk if data["chair"] else None,
            "confidentiality": data["confidentiality"],
            "named_post_ids": ids_of(data["named_posts"]),
        }


class PlanForm(MeetingForm):
    """A meeting on a day."""

    date = CalendarDateField(label=_("Day of the meeting"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        first = kwargs.get("initial") or {}
        if isinstance(first.get("date"), PartialDate):
            kwargs["initial"] = {**first, "date": whole_day(first["date"])}
        super().__init__(*args, **kwargs)

    def asked(self) -> MeetingFields:
        """What was filled in, as the action takes it."""
        return self.held(self.when())

    def when(self) -> PartialDate:
        """The whole day that was typed, in the reader's calendar."""
        return PartialDate(self.cleaned_data["date"], calendar=current().calendar)


class HoldForm(PlanForm):
    """A planned meeting took place."""

    date = CalendarDateField(label=_("Held on"))


class RecordForm(MeetingForm):
    """A meeting that was held, its date as far as it is known."""

    date = PartialDateField(
        label=_("Held on"),
        required=False,
        help_text=_("A day, a month or a year; empty where the record doesn't say."),
    )

    def asked(self) -> MeetingFields:
        """What was filled in, as the action takes it; the date as far as it is known."""
        return self.held(self.cleaned_data["date"])


class CorrectMeetingForm(RecordForm):
    """A mistake in a meeting's record, or the date of an undated one."""

    reason = mistake_field()

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, initial=meeting_initial(meeting), **kwargs)


class QuickItemForm(forms.Form):
    """A new agenda item; who may read it by name, and guests, are chosen when it stands there."""

    text = LocalTextField(label=_("Agenda item"), long=True)
    minutes = NumberField(
        label=_("Minutes planned"),
        required=False,
        min_value=1,
        max_value=MOST_MINUTES,
        help_text=_(
            "The agenda then says when each item begins, and whether the hours are enough."
        ),
    )
    confidentiality = confidentiality_field()
    confidentiality.help_text = _(
        "Public: everybody. Internal: the country's staff. Body and owners: its members and those "
        "who owe something. Named posts: the page that follows asks for them."
    )

    def asked(self) -> ItemFields:
        """What was filled in, as the action takes it."""
        data = self.cleaned_data
        return {
            "text": data["text"],
            "minutes_planned": data["minutes"],
            "confidentiality": data["confidentiality"],
        }


class ItemForm(QuickItemForm):
    """An agenda item: what it says, for whom it is, which guests come to it."""

    confidentiality = confidentiality_field()
    named_posts = named_posts_field()
    guests = forms.MultipleChoiceField(
        label=_("Guests invited to it"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self,
        *args: Any,
        posts: Candidates[Any],
        guests: Iterable[tuple[str, str]],
        item: AgendaItem,
        **kwargs: Any,
    ) -> None:
        pairs = list(guests)
        kwargs["initial"] = {
            "text": item.text,
            "minutes": item.minutes_planned,
            "confidentiality": item.confidentiality,
            "named_posts": list(item.named_posts.all()),
            "guests": [str(guest.pk) for guest in item.guests.all()] if pairs else [],
        }
        super().__init__(*args, **kwargs)
        offer(self, "named_posts", posts)
        choices(self, "guests", pairs)
        if not pairs:
            del self.fields["guests"]

    def asked(self) -> ItemFields:
        """What was filled in, as the action takes it."""
        data = self.cleaned_data
        fields = super().asked()
        fields["named_post_ids"] = ids_of(data["named_posts"])
        if "guests" in data:
            fields["guest_ids"] = data["guests"]
        return fields


class ProposalForm(forms.Form):
    """What a member wants to be looked at."""

    text = LocalTextField(label=_("What should the meeting look at?"), long=True)


@dataclass(frozen=True)
class Subjects:
    """The units and bodies that something may be about; `kept` are links of other kinds."""

    units: Candidates[Any]
    bodies: Candidates[Any]
    kept: Sequence[Ref] = ()

    def keeping(self, present: Iterable[Ref]) -> Subjects:
        """The same for what is linked to these now: links of other kinds are kept."""
        return replace(self, kept=[ref for ref in present if ref.kind not in (UNIT, BODY)])

    def chosen(self, units: Iterable[Any], bodies: Iterable[Any]) -> list[Ref]:
        """All of it together."""
        found = [Ref(UNIT, unit.pk) for unit in units]
        return [*found, *(Ref(BODY, body.pk) for body in bodies), *self.kept]


class StatementForm(forms.Form):
    """What a post said, and what it is about."""

    speaker = FindField[Any](label=_("Post that spoke"), required=False)
    pattern = forms.ChoiceField(
        label=_("Or one post of each unit"),
        help_text=_("Where the record doesn't say which of them."),
        required=False,
    )
    text = LocalTextField(label=_("What was said"), long=True)
    about_units = FindManyField[Any](label=_("About units"), required=False)
    about_bodies = FindManyField[Any](label=_("About bodies"), required=False)

    def __init__(
        self,
        *args: Any,
        posts: Candidates[Any],
        patterns: list[tuple[str, str]],
        subjects: Subjects,
        statement: Statement | None = None,
        **kwargs: Any,
    ) -> None:
        if statement is not None:
            pattern_id = statement.speaker_pattern_id
            kwargs["initial"] = {
                "speaker": statement.speaker,
                "pattern": str(pattern_id) if pattern_id else "",
                "text": statement.text,
                **(kwargs.get("initial") or {}),
            }
        super().__init__(*args, **kwargs)
        self.subjects = subjects
        offer(self, "speaker", posts)
        offer(self, "about_units", subjects.units)
        offer(self, "about_bodies", subjects.bodies)
        choices(self, "pattern", [("", gettext("Choose…")), *patterns])
        if not patterns:
            del self.fields["pattern"]

    def asked(self) -> StatementFields:
        """What was filled in, as the action takes it."""
        data = self.cleaned_data
        return {
            "text": data["text"],
            "speaker_id": data["speaker"].pk if data["speaker"] else None,
            "speaker_pattern_id": data.get("pattern") or None,
            "about": self.subjects.chosen(data["about_units"], data["about_bodies"]),
        }


class CorrectStatementForm(StatementForm):
    """A statement that was written down wrongly."""

    reason = mistake_field()


class ResolutionForm(forms.Form):
    """What a meeting decides."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=Resolution.Kind.choices, widget=forms.RadioSelect
    )
    text = LocalTextField(label=_("Text of the resolution"), long=True)
    item = forms.ChoiceField(
        label=_("Taken under"),
        required=False,
        help_text=_("The agenda item whose quorum counts: who stepped out of it does not decide."),
    )
    every = SpanField(
        label=_("Repeats every"),
        help_text=_("Only for what is to be done again and again."),
        required=False,
    )
    about_units = FindManyField[Any](label=_("About units"), required=False)
    about_bodies = FindManyField[Any](label=_("About bodies"), required=False)
    with_units = FindManyField[Any](label=_("Together with units"), required=False)
    with_bodies = FindManyField[Any](label=_("Together with bodies"), required=False)
    confidentiality = confidentiality_field()
    named_posts = named_posts_field()

    def __init__(
        self,
        *args: Any,
        posts: Candidates[Any],
        about: Subjects,
        together: Subjects,
        items: Sequence[AgendaItem] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.about, self.together = about, together
        offer(self, "named_posts", posts)
        if items:
            pairs = [(str(item.pk), show_local(item.text)) for item in items]
            self.fields["item"].choices = [("", _("no item of the agenda")), *pairs]  # type: ignore[attr-defined]
        else:
            del self.fields["item"]
        for name, subjects in (("about", about), ("with", together)):
            offer(self, f"{name}_units", subjects.units)
            offer(self, f"{name}_bodies", subjects.bodies)

    def asked(self) -> ResolutionFields:
        """What was filled in, as the action takes it."""
        data = self.cleaned_data
        fields: ResolutionFields = {
            "kind": data["kind"],
            "text": data["text"],
            "every": str(data["every"]) if data["every"] else "",
            "about": self.about.chosen(data["about_units"], data["about_bodies"]),
            "together_with": self.together.chosen(data["with_units"], data["with_bodies"]),
            "confidentiality": data["confidentiality"],
            "named_post_ids": ids_of(data["named_posts"]),
        }
        if "item" in data:
            fields["item_id"] = UUID(data["item"]) if data["item"] else None
        return fields


class CorrectResolutionForm(ResolutionForm):
    """A mistake in the record of an adopted resolution."""

    reason = mistake_field()
