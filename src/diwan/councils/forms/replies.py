"""Whether one comes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from diwan.councils.models import Reply


class ReplyForm(forms.Form):
    """One seat's answer; the seat is asked for only where somebody has several."""

    seat = forms.ChoiceField(label=_("Seat"))
    answer = forms.ChoiceField(
        label=_("Will you come?"), choices=Reply.Answer.choices, widget=forms.RadioSelect
    )
    deputy = forms.CharField(
        label=_("Who comes for you?"),
        max_length=200,
        required=False,
        help_text=_("Name and post; only where somebody comes in your place."),
    )
    note = forms.CharField(
        label=_("A word to the secretary"),
        max_length=300,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, data: Any, *, seats: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(data, **more)
        field = self.fields["seat"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - as declared above
        field.choices = seats
        if len(seats) == 1:
            field.widget = forms.HiddenInput()
            field.initial = seats[0][0]
