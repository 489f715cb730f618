"""Fields and small forms that several of the room's forms share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from diwan.kernel.calendars import PartialDate, Precision
from diwan.kernel.policies import Confidentiality
from diwan.ui.finding import FindManyField

LONGEST = 2000


def reason_field(label: Any = None) -> forms.CharField:
    """Why; it stays in the record's trail."""
    return forms.CharField(
        label=label or _("Reason"),
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("The reason is missing. Say in a few words why.")},
        help_text=_("It stays readable in the record's trail."),
    )


def mistake_field() -> forms.CharField:
    """What was wrong, for corrections."""
    return reason_field(_("What was wrong, and how do you know?"))


def confidentiality_field() -> forms.ChoiceField:
    """Who may read it without any other right to it."""
    return forms.ChoiceField(
        label=_("Confidentiality"),
        choices=Confidentiality.choices,
        help_text=_(
            "Public: everybody. Internal: the country's staff. Body and owners: its members and "
            "those who owe something. Named posts: only the posts listed below."
        ),
    )


def named_posts_field() -> FindManyField[Any]:
    """The posts that a record of the level “named posts” is for."""
    return FindManyField[Any](
        label=_("Named posts"),
        required=False,
        help_text=_("Only for the level “named posts”."),
    )


def ids_of(records: Any) -> list[Any]:
    """The identifiers of what was chosen."""
    return [record.pk for record in records or ()]


def whole_day(stated: PartialDate | None) -> Any:
    """A stated date for a field of whole days; None where it is less exact."""
    if stated is None or stated.precision is not Precision.DAY:
        return None
    return stated.first_day


class ReasonForm(forms.Form):
    """Nothing but the reason."""

    reason = reason_field()


class NothingForm(forms.Form):
    """A page that only asks “really?”."""
