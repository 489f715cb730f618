"""Forms that only ask."""

from __future__ import annotations

from datetime import date
from typing import cast

from django import forms
from django.utils.translation import gettext_lazy

from diwan.ui.forms import CalendarDateField, SearchForm


class KnownForm(forms.Form):
    """Asks for the day on which something was believed (GET parameter `known`)."""

    known = CalendarDateField(label=gettext_lazy("As it was known on"), required=False)

    def day(self) -> date | None:
        """The day asked for, None when none was or it cannot be read."""
        if not self.is_valid():
            return None
        return cast("date | None", self.cleaned_data["known"])


class PostsForm(SearchForm):
    """Which posts to list."""

    state = forms.ChoiceField(
        required=False,
        choices=[("", ""), ("vacant", "vacant")],
    )
