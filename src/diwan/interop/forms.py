"""The forms by which registers come in and webhooks are made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy

from diwan.interop.constants import FACTS
from diwan.ui.forms import FileField
from diwan.ui.widgets import FileInput


class FilesInput(FileInput):
    """Several files at once."""

    allow_multiple_selected = True


class FilesField(FileField):
    """One or more files; gives the list of them."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", FilesInput(attrs={"accept": ".yaml,.yml,.zip"}))
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Each file as Django cleans one."""
        given: Sequence[UploadedFile[Any] | None] = (
            data if isinstance(data, list | tuple) else [data]
        )
        one = super().clean
        return [one(each, initial) for each in given or [None]]


class ImportForm(forms.Form):
    """Register files to be taken in."""

    uploads = FilesField(
        label=gettext_lazy("Register files"),
        help_text=gettext_lazy(
            "YAML of the format diwan-register/1, or a ZIP with the proofs beside it; at most "
            "50 MB each. All are taken in, or none."
        ),
    )


class WebhookForm(forms.Form):
    """Where facts are told, and which."""

    address = forms.CharField(
        label=gettext_lazy("Address of the other system"),
        max_length=500,
        help_text=gettext_lazy("It begins with https:// and takes messages by POST."),
        widget=forms.TextInput(attrs={"dir": "ltr", "spellcheck": "false", "inputmode": "url"}),
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("It is told when"),
        choices=list(FACTS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
