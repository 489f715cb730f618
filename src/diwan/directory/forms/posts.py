"""Forms of posts: made, changed, ended, corrected."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from diwan.directory.actions.posts import PostChange, PostCorrection
from diwan.directory.models import Post, PostVersion
from diwan.ui.finding import FindField, choices, offer
from diwan.ui.forms import LocalTextField, NumberField, PartialDateField

from .choices import posts_to_choose
from .units import restated, typed
from .words import ROLE_HELP, ROLES


class PostFields(forms.Form):
    """What a post is: its name, roles and seats."""

    name = LocalTextField(label=gettext_lazy("Name of the post"))
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("What whoever holds it may do, in the unit and below it."),
    )
    seats = NumberField(
        label=gettext_lazy("Seats"),
        required=False,
        min_value=1,
        max_value=10_000,
        help_text=gettext_lazy("How many may hold it at once. Empty: as many as there are."),
        initial=1,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pairs = [
            (role, format_html("{} <span class='soft'>{}</span>", name, ROLE_HELP[role]))
            for role, name in ROLES.items()
        ]
        choices(self, "roles", pairs)

    def values(self) -> dict[str, Any]:
        """Name, roles and seats as the actions take them."""
        return {name: self.cleaned_data[name] for name in ("name", "roles", "seats")}


def told(version: PostVersion) -> dict[str, Any]:
    """What a version says, as a form's first values."""
    return {"name": version.name, "roles": sorted(version.role_set), "seats": version.seats}


class NewPostForm(PostFields):
    """A new post in a unit."""

    on = PartialDateField(
        label=gettext_lazy("Exists since"),
        required=False,
        help_text=gettext_lazy("Leave it empty if it is as old as its unit."),
    )


class ChangePostForm(PostFields):
    """What becomes different from a day on."""

    on = PartialDateField(label=gettext_lazy("From this day on"))

    def change(self, version: PostVersion) -> PostChange:
        """What differs from the version that holds now."""
        before = told(version)
        values = self.values()
        return PostChange(**{k: v for k, v in values.items() if v != before[k]})


class EndPostForm(forms.Form):
    """When a post ends, and which post takes over."""

    on = PartialDateField(label=gettext_lazy("The first day on which it is no more"))
    becomes: FindField[Post] = FindField(
        label=gettext_lazy("Which post takes over its duties?"),
        required=False,
        help_text=gettext_lazy("Without one they pass to the head above."),
    )

    def __init__(self, *args: Any, others: Any, at: datetime, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "becomes", posts_to_choose(others, at, day))


class CorrectPostForm(PostFields):
    """What a version of a post should have said."""

    since = PartialDateField(
        label=gettext_lazy("It held since"),
        required=False,
        help_text=gettext_lazy("Empty: as long as its unit."),
    )
    until = PartialDateField(
        label=gettext_lazy("It held until (the first day on which it was no more so)"),
        required=False,
        help_text=gettext_lazy("Empty: still."),
    )
    reason = forms.CharField(
        label=gettext_lazy("What was wrong, and how do you know?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )

    def __init__(self, *args: Any, version: PostVersion, **kwargs: Any) -> None:
        kwargs["initial"] = told(version) | {
            "since": typed(version.since_stated),
            "until": typed(version.until_stated),
        }
        super().__init__(*args, **kwargs)
        self.version = version

    def correction(self) -> PostCorrection:
        """What was filled in; ends that were left as they stood are UNCHANGED."""
        return PostCorrection(
            **self.values(),
            since=restated(self.version.since_stated, self.cleaned_data["since"]),
            until=restated(self.version.until_stated, self.cleaned_data["until"]),
        )
