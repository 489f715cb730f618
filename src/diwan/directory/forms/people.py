"""Forms of people, partners and notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from diwan.ui.finding import choices
from diwan.ui.forms import LocalTextField, TypedAgainForm

WHY = gettext_lazy("What was wrong, and how do you know?")


class ReasonForm(forms.Form):
    """Asks why, nothing else."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )


class ErasePersonForm(ReasonForm, TypedAgainForm):
    """By which right a person's data are erased, and the name once more."""

    field_order = ("reason", "typed")


class PersonFields(forms.Form):
    """Somebody's name as it is shown."""

    name = LocalTextField(label=gettext_lazy("Name"))
    honorific = forms.CharField(
        label=gettext_lazy("Honorific"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("Before the name: Dr, engineer, …"),
    )


class RegisterChoice(forms.Form):
    """Into which register it is written; not asked where there is only one."""

    register = forms.ChoiceField(label=gettext_lazy("Register"))

    def __init__(self, *args: Any, registers: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices(self, "register", registers)
        if len(registers) == 1:
            self.fields["register"].widget = forms.HiddenInput()
            self.initial["register"] = registers[0][0]


class NewPersonForm(RegisterChoice, PersonFields):
    """Somebody new in the register."""

    field_order = ("name", "honorific", "register")


class CorrectPersonForm(PersonFields):
    """What somebody's entry should have said."""

    reason = forms.CharField(label=WHY, widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)


class NewPartnerForm(RegisterChoice):
    """An organisation outside the tree."""

    field_order = ("name", "register")

    name = LocalTextField(label=gettext_lazy("Name of the partner"))


class CorrectPartnerForm(forms.Form):
    """What a partner's entry should have said."""

    name = LocalTextField(label=gettext_lazy("Name of the partner"))
    reason = forms.CharField(label=WHY, widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)


class NoteForm(forms.Form):
    """Something to know about a unit."""

    kind = forms.CharField(
        label=gettext_lazy("Kind of note"),
        help_text=gettext_lazy("One word: finding, indicator, programme, …"),
        max_length=60,
    )
    text = LocalTextField(label=gettext_lazy("Text"), long=True)


class CorrectNoteForm(NoteForm):
    """What a note should have said."""

    reason = forms.CharField(label=WHY, widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)
