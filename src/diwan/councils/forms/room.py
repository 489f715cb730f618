"""Small forms of the room: each stands beside what it is about, as short as its step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from diwan.councils.actions.fields import ResolutionFields
from diwan.councils.actions.voting import Count, VoteFields
from diwan.councils.models import Attendance, Bylaws, Resolution, Vote
from diwan.councils.models.bylaws import Majority, MajorityOf
from diwan.kernel.reader import current
from diwan.ui.finding import Candidates, FindField, choices, offer
from diwan.ui.forms import LocalTextField, NumberField

Pairs = Iterable[tuple[str, str]]
ROWS = {"rows": 2}


def _texts(text: str) -> dict[str, str]:
    """What was typed in the room, in the language of who typed it."""
    return {current().language: text} if text else {}


def _seat_field(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        error_messages={
            "required": _("Choose who it is."),
            "invalid_choice": _(
                "This seat cannot be chosen any more: it left the room or stepped out. Look at the "
                "list and choose again."
            ),
        },
    )


class GuestForm(forms.Form):
    """Somebody who has no seat here."""

    name = forms.CharField(
        label=_("Name of the guest"),
        max_length=200,
        error_messages={"required": _("Write the guest's name.")},
    )

    def named(self) -> dict[str, str]:
        """The name as it was typed."""
        return _texts(self.cleaned_data["name"])


class RecuseForm(forms.Form):
    """Who steps out of the item, and why."""

    seat = _seat_field(_("Who steps out"))
    reason = forms.CharField(
        label=_("What is their interest?"),
        max_length=500,
        error_messages={"required": _("The reason is missing. Say in a few words why.")},
    )

    def __init__(self, *args: Any, seats: Pairs, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices(self, "seat", seats)


class DecisionForm(forms.Form):
    """What the meeting is about to decide, as it was said; its links are added on its own page."""

    text = forms.CharField(
        label=_("Text of the resolution"),
        widget=forms.Textarea({"rows": 3}),
        max_length=20_000,
        error_messages={"required": _("Write what the meeting decides.")},
    )
    kind = forms.ChoiceField(
        label=_("Kind"), choices=Resolution.Kind.choices, initial=Resolution.Kind.RESOLVED
    )

    def asked(self) -> ResolutionFields:
        """What was filled in, as the action takes it."""
        data = self.cleaned_data
        return {"text": _texts(data["text"]), "kind": data["kind"]}


class VoteForm(forms.Form):
    """How a question is put to the vote; the question of a draft is its text."""

    question = forms.CharField(
        label=_("The question"),
        widget=forms.Textarea(ROWS),
        max_length=2_000,
        error_messages={"required": _("Write what is voted on.")},
    )
    method = forms.ChoiceField(
        label=_("How it is taken"),
        choices=Vote.Method.choices,
        widget=forms.RadioSelect,
        initial=Vote.Method.ROLL_CALL,
    )
    majority = forms.ChoiceField(label=_("It carries with"), choices=Majority.choices)
    majority_of = forms.ChoiceField(label=_("Counted of"), choices=MajorityOf.choices)

    def __init__(
        self, *args: Any, rules: Bylaws, draft: Resolution | None = None, **kwargs: Any
    ) -> None:
        kwargs["initial"] = {"majority": rules.majority, "majority_of": rules.majority_of}
        super().__init__(*args, **kwargs)
        self.draft = draft
        if draft is not None:
            del self.fields["question"]
            self._offer_as_strict(rules)

    def _offer_as_strict(self, rules: Bylaws) -> None:
        """A resolution carries by the body's rule or a stricter one: no other is offered."""
        if rules.majority == Majority.SIMPLE:
            return
        first = Majority.values.index(rules.majority)
        choices(self, "majority", Majority.choices[first:])
        if rules.majority_of == MajorityOf.SEATS:
            choices(self, "majority_of", [(MajorityOf.SEATS.value, MajorityOf.SEATS.label)])

    def asked(self) -> VoteFields:
        """What was filled in, as the action takes it."""
        data = self.cleaned_data
        question = dict(self.draft.text) if self.draft else _texts(data["question"])
        return {
            "question": question,
            "method": data["method"],
            "majority": data["majority"],
            "majority_of": data["majority_of"],
            "resolution_id": self.draft.pk if self.draft else None,
        }


class CountForm(forms.Form):
    """What was counted; of those who were in the room the rest said nothing."""

    in_favour = NumberField(label=_("In favour"), min_value=0, max_value=9_999)
    against = NumberField(label=_("Against"), min_value=0, max_value=9_999)
    abstained = NumberField(label=_("Abstained"), min_value=0, max_value=9_999, initial=0)

    def count(self) -> Count:
        """The numbers."""
        data = self.cleaned_data
        return Count(data["in_favour"], data["against"], data["abstained"])


class DissentForm(forms.Form):
    """What somebody who was outvoted wants to have in the minutes."""

    seat = _seat_field(_("Whose note"))
    text = forms.CharField(
        label=_("What is to stand in the minutes"),
        widget=forms.Textarea(ROWS),
        max_length=4_000,
        error_messages={"required": _("Write what is to stand in the minutes.")},
    )

    def __init__(self, *args: Any, seats: Pairs, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices(self, "seat", seats)


class SeatForm(forms.Form):
    """How a seat was filled, with who came for it."""

    status = forms.ChoiceField(
        label=_("At the meeting"), choices=Attendance.Status.choices, widget=forms.RadioSelect
    )
    deputy_name = LocalTextField(
        label=_("Name of the deputy"),
        required=False,
        help_text=_("Only where a deputy came. Write who it was, or choose their post below."),
    )
    deputy = FindField[Any](label=_("Or the deputy's post"), required=False)
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=300,
        help_text=_("Read by those who run the meeting; leave out what concerns nobody."),
    )

    def __init__(self, *args: Any, posts: Candidates[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "deputy", posts)

    def came(self) -> dict[str, Any]:
        """Who came for it, as the action takes it; nothing where nobody did."""
        data = self.cleaned_data
        if data["status"] != Attendance.Status.DEPUTY:
            return {}
        post = data["deputy"]
        return {
            "deputy_post_id": post.pk if post else None,
            "deputy_name": data["deputy_name"] or None,
        }
