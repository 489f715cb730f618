"""Forms of those who write workbooks."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from diwan.ui.forms import FileField
from diwan.ui.widgets import FileInput


class UploadForm(forms.Form):
    """A workbook, and the unit that answers for its service where there is a choice."""

    file = FileField(
        label=_("Workbook"),
        widget=FileInput(attrs={"accept": ".xlsx,.xls,.md"}),
        help_text=_("A spreadsheet, a plain form as form tools know it, or its twin as text."),
    )
    owner = forms.ChoiceField(
        label=_("Who answers for the service"),
        help_text=_("If the workbook names another unit of yours, that one does."),
    )

    def __init__(self, *args: object, units: Sequence[tuple[UUID, str]], **kwargs: object) -> None:
        """`units` are the choices; of a single one nothing is asked."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if len(units) > 1:
            self.fields["owner"].choices = [(str(pk), name) for pk, name in units]  # type: ignore[attr-defined]
        else:
            del self.fields["owner"]


class PublishForm(forms.Form):
    """What is new, for those who come after."""

    note = forms.CharField(
        label=_("What is new"),
        help_text=_("For those who come after you. Citizens do not read it."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=2_000,
    )


class CloseForm(forms.Form):
    """Why no new cases are taken."""

    reason = forms.CharField(
        label=_("Why"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2_000
    )
