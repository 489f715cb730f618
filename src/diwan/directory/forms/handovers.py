"""Form of a handover's sheet."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from diwan.ui.forms import LocalTextField


class NeedForm(forms.Form):
    """One thing that is still needed."""

    text = LocalTextField(label=gettext_lazy("What the successor must have to go on"), long=True)


class SignForm(forms.Form):
    """What one side reserves when it signs."""

    note = forms.CharField(
        label=gettext_lazy("Reservation, if there is one"),
        help_text=gettext_lazy(
            "For instance what you did not receive. It stands beside your signature for good."
        ),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
