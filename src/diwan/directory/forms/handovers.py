"""Form of a handover's sheet."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from diwan.ui.forms import LocalTextField


class NeedForm(forms.Form):
    """One thing that is still needed."""

    text = LocalTextField(label=gettext_lazy("What the successor must have to go on"), long=True)
