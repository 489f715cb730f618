"""What each step of an action asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from diwan.councils.actions.fields import Choice
from diwan.councils.models import Action
from diwan.councils.queries.duties import due_of
from diwan.ui.finding import Candidates, FindField, offer
from diwan.ui.forms import LocalTextField, NumberField, PartialDateField
from diwan.ui.widgets import FileInput

LONGEST = 4000
NO_REASON = _("Say in a few words why.")


class ManyFilesInput(FileInput):
    """A file input that takes several files at once."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files; gives the list of uploads, empty for none."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Check each file by itself."""
        given = data if isinstance(data, list | tuple) else [data]
        cleaned = [super(ManyFilesField, self).clean(one, initial) for one in given or [None]]
        return [upload for upload in cleaned if upload]


def _words(**more: Any) -> forms.CharField:
    return forms.CharField(
        max_length=LONGEST, widget=forms.Textarea({"rows": 3}), strip=True, **more
    )


def note_field() -> forms.CharField:
    """Something to say besides, if one wants to."""
    return _words(label=_("Note"), required=False)


def reason_field() -> forms.CharField:
    """Why; it stays in the action's history."""
    return _words(
        label=_("Reason"),
        error_messages={"required": NO_REASON},
        help_text=_("It stays in the history of the action."),
    )


class StepForm(forms.Form):
    """Base of all: they are asked for one action."""

    def __init__(self, *args: Any, action: Action, **kwargs: Any) -> None:
        self.action = action
        super().__init__(*args, **kwargs)


class NoteForm(StepForm):
    """A step that needs nothing."""

    note = note_field()


class ReasonForm(StepForm):
    """A step that needs its reason."""

    reason = reason_field()


class ProgressForm(StepForm):
    """How far it is."""

    progress = NumberField(
        label=_("Progress"),
        min_value=0,
        max_value=100,
        help_text=_("In hundredths, from 0 to 100."),
    )
    note = note_field()

    def __init__(self, *args: Any, action: Action, **kwargs: Any) -> None:
        super().__init__(*args, action=action, initial={"progress": action.progress}, **kwargs)


PROOF_HELP = _("PDF, picture, Word, Excel, OpenDocument or plain text, up to 25 MB each.")


class AttachForm(StepForm):
    """Proof, before the work is reported."""

    proofs = ManyFilesField(
        label=_("Proof files"),
        help_text=PROOF_HELP,
        error_messages={"required": _("Choose at least one file.")},
    )
    note = note_field()


class ReportForm(StepForm):
    """A report with proof; what was attached before counts as well."""

    note = _words(label=_("What was done"), required=False)
    proofs = ManyFilesField(
        label=_("Proof files"),
        required=False,
        help_text=_("Needed, unless proof was attached before."),
    )


class NewDateForm(StepForm):
    """A new date with its reason."""

    to = PartialDateField(label=_("New date"))
    reason = reason_field()


class AnswerForm(StepForm):
    """The secretary's answer to a request for a new date."""

    grant = forms.TypedChoiceField(
        label=_("Answer"),
        choices=[("yes", _("Grant the new date")), ("no", _("Refuse it"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two answers.")},
    )
    note = _words(label=_("Note"), required=False, help_text=_("A refusal needs its reason here."))


class AssignForm(StepForm):
    """The post that owes it."""

    owner = FindField[Any](label=_("Post that owes it"))
    note = note_field()

    def __init__(self, *args: Any, action: Action, posts: Candidates[Any], **kwargs: Any) -> None:
        super().__init__(*args, action=action, **kwargs)
        offer(self, "owner", posts)


CHOICES = [
    (Choice.OPEN.value, _("Open: it is still to be done")),
    (Choice.DONE.value, _("Already done: close it")),
    (Choice.DROP.value, _("Not to be done any more: drop it")),
]


class AnswersReason(forms.Form):
    """What is done or dropped without having been worked on needs a reason."""

    choice: ClassVar[Any]

    def clean(self) -> dict[str, Any]:
        """Ask for the reason where one is needed."""
        data = super().clean() or self.cleaned_data
        needs = data.get("choice") in (Choice.DONE.value, Choice.DROP.value)
        if needs and "reason" in data and not data["reason"]:
            self.add_error("reason", NO_REASON)
        return data


class ConfirmForm(AnswersReason, StepForm):
    """What is to become of one imported action."""

    choice = forms.ChoiceField(
        label=_("What is to become of it?"), choices=CHOICES, widget=forms.RadioSelect
    )
    due = PartialDateField(label=_("New date"), required=False)
    owner = FindField[Any](label=_("Post that owes it"), required=False)
    reason = _words(
        label=_("Reason"),
        required=False,
        help_text=_("Needed where it is already done or dropped: how do we know, why not?"),
    )

    def __init__(self, *args: Any, action: Action, posts: Candidates[Any], **kwargs: Any) -> None:
        first = {"choice": Choice.OPEN.value, "owner": action.owner}
        super().__init__(*args, action=action, initial=first, **kwargs)
        offer(self, "owner", posts)


class ReopenForm(ReasonForm):
    """A new round, with a new date if it has one."""

    due = PartialDateField(label=_("New date"), required=False)


class CorrectForm(StepForm):
    """A mistake in the record."""

    text = LocalTextField(label=_("What is owed"), long=True)
    due = PartialDateField(
        label=_("Date as it was resolved"),
        required=False,
        help_text=_("Only where it was written down wrongly. A new date is given by re-dating."),
    )
    reason = reason_field()

    def __init__(self, *args: Any, action: Action, **kwargs: Any) -> None:
        first = {"text": action.text, "due": due_of(action)}
        super().__init__(*args, action=action, initial=first, **kwargs)


class PassDownForm(StepForm):
    """To which posts below parts of it go, and what each of them is asked.

    `many` says that not all posts are listed at once.
    """

    many = False
    head_ids: Sequence[str] = ()

    parts = forms.MultipleChoiceField(
        label=_("Posts"), required=False, widget=forms.CheckboxSelectMultiple
    )
    heads = forms.BooleanField(label="", required=False)
    text = LocalTextField(
        label=_("What they are asked"),
        long=True,
        required=False,
        help_text=_("Empty: the same text as here."),
    )
    due = PartialDateField(
        label=_("Due"), required=False, help_text=_("Empty: the same date as here.")
    )
    note = note_field()

    def offer_posts(
        self, pairs: Sequence[tuple[str, str]], *, heads: Sequence[str], all_heads: str
    ) -> None:
        """Say which posts may be chosen, and how choosing all heads directly below is called."""
        parts = self.fields["parts"]
        if isinstance(parts, forms.MultipleChoiceField):
            parts.choices = list(pairs)
        self.head_ids = list(heads)
        if heads:
            self.fields["heads"].label = all_heads
        else:
            del self.fields["heads"]

    def clean(self) -> dict[str, Any]:
        """Join the posts that were chosen one by one and those that were chosen together."""
        data = super().clean() or self.cleaned_data
        chosen = [*(self.head_ids if data.get("heads") else ()), *data.get("parts", ())]
        data["post_ids"] = [UUID(pk) for pk in dict.fromkeys(chosen)]
        if not chosen and "parts" not in self.errors:
            self.add_error("parts", _("Choose at least one post to pass it down to."))
        return data
