"""What the pages of members' proposals and of an agenda's order and papers ask for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from diwan.councils.actions.drops import LONGEST
from diwan.councils.actions.fields import ProposalFields
from diwan.councils.rules.agenda import MOST_MINUTES
from diwan.ui.finding import choices
from diwan.ui.forms import LocalTextField, NumberField

from .actions import ManyFilesField
from .fields import reason_field


class NewProposalForm(forms.Form):
    """What a member wants raised, and why; the seat where somebody has several."""

    text = LocalTextField(label=_("What should the body look at?"), long=True)
    grounds = forms.CharField(
        label=_("Why"),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("The members read it before they sign."),
    )
    seat = forms.ChoiceField(label=_("Through which seat"), required=False)

    def __init__(self, *args: Any, seats: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices(self, "seat", seats)
        if len(seats) < 2:
            del self.fields["seat"]

    def asked(self) -> ProposalFields:
        """What was filled in, as the action takes it."""
        data = self.cleaned_data
        seat = data.get("seat")
        return {
            "text": data["text"],
            "grounds": data["grounds"],
            "seat": UUID(seat) if seat else None,
        }


class DeclineForm(forms.Form):
    """The secretary's no."""

    answer = reason_field(_("Why the body does not take it up"))


class TakeForm(forms.Form):
    """On the agenda of which meeting."""

    meeting = forms.ChoiceField(label=_("On the agenda of"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, meetings: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        pairs = list(meetings)
        if pairs:
            kwargs.setdefault("initial", {"meeting": pairs[0][0]})
        super().__init__(*args, **kwargs)
        choices(self, "meeting", pairs)


class DropForm(forms.Form):
    """Why something is left aside."""

    reason = reason_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reason"]
        field.max_length = LONGEST  # type: ignore[attr-defined] # of a CharField
        field.widget.attrs["maxlength"] = str(LONGEST)


class PapersForm(forms.Form):
    """Files for the members to read before the meeting."""

    papers = ManyFilesField(
        label=_("Papers"),
        help_text=_("PDF, pictures, Word, Excel, OpenDocument or plain text, up to 25 MB each."),
        error_messages={"required": _("Choose at least one file.")},
    )


class OrderForm(forms.Form):
    """A place and a time for each item of an agenda."""

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        items: Sequence[tuple[UUID, str, int | None]],
    ) -> None:
        self.ids = [id_ for id_, _text, _minutes in items]
        found: dict[str, NumberField] = {}
        for place, (id_, text, minutes) in enumerate(items, start=1):
            found[f"place_{id_.hex}"] = NumberField(
                label=gettext("Place of “%(item)s”") % {"item": text},
                min_value=1,
                max_value=999,
                initial=place,
            )
            found[f"minutes_{id_.hex}"] = NumberField(
                label=gettext("Minutes of “%(item)s”") % {"item": text},
                required=False,
                min_value=1,
                max_value=MOST_MINUTES,
                initial=minutes,
            )
        super().__init__(_completed(data, found))
        self.fields.update(found)
        for field in found.values():
            field.widget.attrs |= {"aria-label": str(field.label), "size": 4, "maxlength": 6}

    def rows(self) -> list[tuple[BoundField, BoundField]]:
        """The two fields of each item."""
        return [(self[f"place_{id_.hex}"], self[f"minutes_{id_.hex}"]) for id_ in self.ids]

    def places(self) -> Mapping[UUID, int]:
        """The place that was typed for each item."""
        return {id_: self.cleaned_data[f"place_{id_.hex}"] for id_ in self.ids}

    def minutes(self) -> Mapping[UUID, int | None]:
        """The minutes that were typed for each item."""
        return {id_: self.cleaned_data[f"minutes_{id_.hex}"] for id_ in self.ids}


def _completed(data: QueryDict | None, fields: Mapping[str, NumberField]) -> QueryDict | None:
    """What was sent, and for items that came onto the agenda meanwhile what stands there."""
    if not data:
        return None
    whole = data.copy()
    for name, field in fields.items():
        if name not in whole:
            whole[name] = "" if field.initial is None else str(field.initial)
    return whole
