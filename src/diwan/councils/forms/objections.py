"""Objecting to a resolution, and the body's answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from diwan.councils.models import Objection
from diwan.directory.public import PostCard
from diwan.ui.finding import choices
from diwan.ui.show import show_local

from .fields import LONGEST


class ObjectionForm(forms.Form):
    """What a post objects to. The post is asked for only where several may."""

    post = forms.ChoiceField(
        label=_("Which post objects?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the post that objects.")},
    )
    text = forms.CharField(
        label=_("The objection"),
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 6}),
        error_messages={"required": _("Say what you object to, and why.")},
        help_text=_("The body reads it and answers it. It stays with the resolution."),
    )

    def __init__(self, data: Any, *, posts: Sequence[PostCard], by_letter: bool) -> None:
        super().__init__(data)
        pairs = [
            (str(card.post_id), " · ".join(map(show_local, (card.name, card.unit_name))))
            for card in posts
        ]
        choices(self, "post", pairs)
        if by_letter:
            self.fields["post"].help_text = _("Choose the post whose letter you have in hand.")
        if len(pairs) == 1:
            self.initial["post"] = pairs[0][0]
            if not by_letter:
                self.fields["post"].widget = forms.HiddenInput()

    def post_id(self) -> UUID:
        """The post that was chosen."""
        return UUID(self.cleaned_data["post"])


class AnswerForm(forms.Form):
    """What the body answered."""

    outcome = forms.ChoiceField(
        label=_("What did the body decide?"),
        widget=forms.RadioSelect,
        choices=[pair for pair in Objection.Outcome.choices if pair[0]],
        error_messages={"required": _("Choose what the body decided.")},
    )
    answer = forms.CharField(
        label=_("Grounds"),
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 5}),
        error_messages={"required": _("Give the grounds of the answer; who objected reads them.")},
    )

    def accepts(self) -> bool:
        """Whether the objection was accepted."""
        return bool(self.cleaned_data["outcome"] == Objection.Outcome.ACCEPTED)
