"""Confirming an old record in one go: one answer for all, and another one where a row has it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from diwan.councils.actions.fields import Answer, Choice
from diwan.councils.models import Action
from diwan.councils.queries.duties import due_of
from diwan.ui.forms import PartialDateField
from diwan.ui.show import show_local, show_partial

from .actions import CHOICES, LONGEST, NO_REASON

LATER = "later"
ROW_CHOICES = [
    ("", _("as said above")),
    (Choice.OPEN.value, _("open")),
    (Choice.DONE.value, _("already done")),
    (Choice.DROP.value, _("drop")),
    (LATER, _("leave for later")),
]
NEEDS_REASON = (Choice.DONE.value, Choice.DROP.value)


class ForAllForm(forms.Form):
    """The answer for every row that has none of its own."""

    choice = forms.ChoiceField(
        label=_("What is to become of them?"),
        choices=[*CHOICES, (LATER, _("Only those that I answer one by one below"))],
        widget=forms.RadioSelect,
        initial=Choice.OPEN.value,
    )
    due = PartialDateField(
        label=_("New date"), required=False, help_text=_("Empty: the date that the record says.")
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("Needed where they are already done or dropped: how do we know, why not?"),
    )


class RowForm(forms.Form):
    """One action; what is left empty is as for all."""

    choice = forms.ChoiceField(label=_("Answer"), choices=ROW_CHOICES, required=False)
    due = PartialDateField(label=_("New date"), required=False, help_text="")
    reason = forms.CharField(label=_("Reason"), max_length=LONGEST, required=False)

    def __init__(self, data: Any, *, action: Action) -> None:
        super().__init__(data, prefix=action.pk.hex)
        self.action = action
        due = due_of(action)
        self.stated = show_partial(due) if due else ""
        for name in ("choice", "due", "reason"):
            field = self.fields[name]
            label = f"{field.label}: {show_local(action.text)}"
            field.widget.attrs["aria-label"] = label[:200]


class ConfirmManyForm:
    """The whole page: one form for all, one for each action."""

    def __init__(self, data: Any, actions: Sequence[Action]) -> None:
        self.for_all = ForAllForm(data, prefix="all")
        self.rows = [RowForm(data, action=action) for action in actions]

    def is_valid(self) -> bool:
        """Check every part, and that a reason stands where it is needed."""
        valid = all([self.for_all.is_valid(), *(row.is_valid() for row in self.rows)])
        if not valid:
            return False
        for row in self.rows:
            self._need_reason(row)
        return not self.for_all.errors and not any(row.errors for row in self.rows)

    def _need_reason(self, row: RowForm) -> None:
        own, every = row.cleaned_data, self.for_all.cleaned_data
        if (own["choice"] or every["choice"]) not in NEEDS_REASON:
            return
        if own["reason"] or every.get("reason"):
            return
        if own["choice"]:
            row.add_error("reason", NO_REASON)
        elif "reason" not in self.for_all.errors:
            self.for_all.add_error("reason", NO_REASON)

    def answers(self) -> dict[UUID, Answer]:
        """What each action is to become; those for later are left out."""
        found = {}
        for row in self.rows:
            answer = self._answer(row.cleaned_data)
            if answer is not None:
                found[row.action.pk] = answer
        return found

    def _answer(self, own: dict[str, Any]) -> Answer | None:
        every = self.for_all.cleaned_data
        chosen = own["choice"] or every["choice"]
        if chosen == LATER:
            return None
        if chosen != Choice.OPEN.value:
            return Answer(Choice(chosen), reason=own["reason"] or every["reason"])
        return Answer(Choice.OPEN, due=own["due"] or every["due"])
