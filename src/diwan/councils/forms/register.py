"""What the register of resolutions is asked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from diwan.councils.models import Resolution
from diwan.councils.queries.register import RegisterFilter, Standing
from diwan.ui.finding import Candidates, FindField, offer
from diwan.ui.forms import CalendarDateField, SearchForm

STANDINGS = [
    ("", _("however they stand")),
    (Standing.OPEN.value, _("still owed")),
    (Standing.LATE.value, _("late")),
    (Standing.DONE.value, _("all settled")),
    (Standing.UNOWNED.value, _("without an owner")),
    (Standing.UNCONFIRMED.value, _("to be confirmed")),
    (Standing.NOTHING.value, _("asking for nothing")),
]


class RegisterForm(SearchForm):
    """All that narrows the register. What cannot be read is shown and not asked."""

    body = FindField[Any](label=_("Body"), required=False)
    unit = FindField[Any](label=_("Unit and below"), required=False)
    owner = FindField[Any](label=_("Post that owes it"), required=False)
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("every kind")), *Resolution.Kind.choices]
    )
    standing = forms.ChoiceField(label=_("Standing"), required=False, choices=STANDINGS)
    since = CalendarDateField(label=_("Met from"), required=False)
    until = CalendarDateField(label=_("Met until"), required=False)

    def __init__(
        self, *args: Any, bodies: Candidates[Any], units: Candidates[Any], posts: Candidates[Any]
    ) -> None:
        super().__init__(*args)
        offer(self, "body", bodies)
        offer(self, "unit", units)
        offer(self, "owner", posts)

    def wanted(self) -> RegisterFilter:
        """What was asked, as the query takes it."""
        given = self.given()
        standing = given.get("standing")
        ids = {f"{name}_id": given[name].pk for name in ("body", "unit", "owner") if name in given}
        return RegisterFilter(
            **ids,
            standing=Standing(standing) if standing else None,
            kind=given.get("kind", ""),
            since=given.get("since"),
            until=given.get("until"),
            text=str(given.get("q", "")),
        )
