"""Words of the room that are kept as keys in the tables: kinds of bodies.

A register may use any word for a kind; those that are used often have a name in every language,
others are shown as they were written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from diwan.kernel.calendars import On
from diwan.kernel.calendars.convert import SATURDAY
from diwan.kernel.calendars.recurring import LAST
from diwan.kernel.reader import current
from diwan.ui.finding import choices

BODY_KINDS: Mapping[str, Promise] = {
    "council": pgettext_lazy("kind of body", "council"),
    "commission": pgettext_lazy("kind of body", "commission"),
    "committee": pgettext_lazy("kind of body", "committee"),
    "working-group": pgettext_lazy("kind of body", "working group"),
    "team": pgettext_lazy("kind of body", "team"),
    "headquarters": pgettext_lazy("kind of body", "headquarters"),
    "assembly": pgettext_lazy("kind of body", "assembly"),
    "coordination": pgettext_lazy("kind of body", "coordination meeting"),
    "workshop": pgettext_lazy("kind of body", "workshop"),
    "ceremony": pgettext_lazy("kind of body", "ceremony"),
}


def kind_name(kind: str) -> str:
    """A kind of body in the reader's language; an unusual one as it was written."""
    known = BODY_KINDS.get(kind)
    return str(known) if known else kind


def recurring_days() -> list[tuple[str, Any]]:
    """Days on which a body may meet again and again: groups of choices for a list."""
    language = current().language
    weekdays = sorted(range(7), key=lambda day: (day - SATURDAY) % 7)
    nth = [On(weekday=day, nth=nth) for nth in (1, 2, 3, 4, LAST) for day in weekdays]

    def pairs(days: Iterable[On]) -> list[tuple[str, str]]:
        return [(str(on), on.show(language)) for on in days]

    return [
        ("", gettext("the same day as the last meeting")),
        (gettext("A day of the month"), pairs(On(day=day) for day in range(1, 32))),
        (gettext("A weekday of the month"), pairs(nth)),
        (gettext("Every so many weeks"), pairs(On(weekday=day) for day in weekdays)),
    ]


class KindMixin(forms.Form):
    """The kind of a body: a common one, or any other word."""

    kind = forms.ChoiceField(label=_("Kind"), required=False)
    other_kind = forms.CharField(
        label=_("Another kind"),
        help_text=_("Only if the list above has none that fits."),
        required=False,
        max_length=60,
    )

    def offer_kinds(self, *, used: Iterable[str] = ()) -> None:
        """Offer the common kinds and those that are used already."""
        keys = list(dict.fromkeys([*BODY_KINDS, *used]))
        choices(self, "kind", [("", gettext("Choose…")), *((key, kind_name(key)) for key in keys)])

    def clean(self) -> dict[str, Any]:
        """Ask for one of both."""
        data = super().clean() or self.cleaned_data
        if not data.get("kind") and not data.get("other_kind") and "kind" not in self.errors:
            self.add_error("kind", gettext("Choose the kind, or write another one below."))
        return data

    def given_kind(self) -> str:
        """The word that was typed, else the one that was chosen."""
        data = self.cleaned_data
        return str(data.get("other_kind") or data.get("kind") or "")
