"""Adding what is owed because of a resolution."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from diwan.councils.actions.fields import ActionFields
from diwan.directory.public import PostPattern, UnitPattern
from diwan.kernel.text import isolate
from diwan.ui.finding import Candidates, FindField, offer
from diwan.ui.forms import LocalTextField, PartialDateField, SpanField
from diwan.ui.show import show_local

POST, EACH, NOBODY = "post", "each", "nobody"
HEADS = "heads"


def each_choices(register_id: UUID) -> list[tuple[str, str]]:
    """Each pattern of units of a register with who of them could owe: its head or a post of it."""
    found = []
    for pattern in UnitPattern.objects.filter(register_id=register_id).order_by("key"):
        unit = _named(pattern.name)
        found.append(
            (f"{pattern.pk}:{HEADS}", gettext("the head of each %(unit)s") % {"unit": unit})
        )
        for post in PostPattern.objects.filter(unit_pattern=pattern).order_by("key"):
            label = gettext("%(post)s of each %(unit)s") % {"post": _named(post.name), "unit": unit}
            found.append((f"{pattern.pk}:{post.pk}", label))
    return found


def _named(name: dict[str, str]) -> str:
    return isolate(show_local(name).replace("{province}", "…"))


class AddActionForm(forms.Form):
    """Who owes what, by when."""

    text = LocalTextField(label=_("What is owed"), long=True)
    who = forms.ChoiceField(
        label=_("Who owes it?"),
        choices=[
            (POST, _("One post")),
            (EACH, _("Each unit of a kind: one action for each of them")),
            (NOBODY, _("Nobody yet: it waits for the secretary")),
        ],
        widget=forms.RadioSelect,
        initial=POST,
    )
    owner = FindField[Any](label=_("Post"), required=False)
    each = forms.ChoiceField(label=_("In each unit"), required=False)
    due = PartialDateField(label=_("Due"), required=False)
    due_after = SpanField(label=_("Or so long after the meeting"), required=False)

    def __init__(
        self, *args: Any, posts: Candidates[Any], each: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "owner", posts)
        who, field = self.fields["who"], self.fields["each"]
        if not each and isinstance(who, forms.ChoiceField):
            del self.fields["each"]
            who.choices = [(POST, _("One post")), (NOBODY, _("Nobody yet"))]
        elif isinstance(field, forms.ChoiceField):
            field.choices = [("", _("Choose…")), *each]

    def clean(self) -> dict[str, Any]:
        """Ask for what the chosen way needs."""
        data = super().clean() or self.cleaned_data
        if data.get("who") == POST and not data.get("owner") and "owner" not in self.errors:
            self.add_error("owner", _("Choose the post that owes it."))
        if data.get("who") == EACH and not data.get("each") and "each" not in self.errors:
            self.add_error("each", _("Choose the kind of unit and who of it owes the action."))
        return data

    def asked(self) -> ActionFields:
        """What was filled in, as the action takes it."""
        data = self.cleaned_data
        span = data["due_after"]
        fields: ActionFields = {"text": data["text"], "due": data["due"]}
        fields["due_after"] = str(span) if span else ""
        if data["who"] == POST:
            fields["owner_id"] = data["owner"].pk
        elif data["who"] == EACH:
            pattern, _sign, post = data["each"].partition(":")
            fields["each_pattern_id"] = UUID(pattern)
            if post == HEADS:
                fields["owner_heads"] = True
            else:
                fields["owner_pattern_id"] = UUID(post)
        return fields
