"""What the work list is asked, and what the steps of a case ask for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from diwan.services.models import Case, Service
from diwan.services.queries.definitions import definition_of
from diwan.services.queries.worklist import Group, Whose, WorkFilter
from diwan.ui.finding import choices
from diwan.ui.forms import SearchForm
from diwan.ui.show import show_local

WHOSE = {
    Whose.MINE: _("what my posts owe"),
    Whose.UNIT: _("all of my units"),
    Whose.BELOW: _("my units and all below"),
    Whose.SEEN: _("all that I may see"),
}


class WorkForm(SearchForm):
    """All that narrows the work list. What cannot be read is shown and not asked."""

    service = forms.ChoiceField(label=_("Service"), required=False)
    state = forms.ChoiceField(label=pgettext_lazy("case", "State"), required=False)
    whose = forms.ChoiceField(label=_("Whose"), required=False)
    channel = forms.ChoiceField(
        label=_("How it came"),
        required=False,
        choices=[("", _("every way")), *Case.Channel.choices],
    )
    group = forms.ChoiceField(
        required=False,
        widget=forms.HiddenInput,
        choices=[("", ""), *((group.value, group.value) for group in Group)],
    )
    field_order = ("q", "service", "state", "whose", "channel", "group")

    def __init__(self, *args: Any, offered: Sequence[Service], whose: Sequence[Whose]) -> None:
        super().__init__(*args)
        self.fields["q"].label = _("Code, name or telephone")
        self.fields["q"].widget.attrs["data-key"] = "s"
        named = sorted((show_local(one.name), str(one.pk)) for one in offered)
        choices(self, "service", [("", _("every service")), *((pk, name) for name, pk in named)])
        choices(self, "whose", [(one.value, WHOSE[one]) for one in whose])
        self.default = whose[0]
        self._states({str(one.pk): one for one in offered})

    def _states(self, services: dict[str, Service]) -> None:
        """Offer the states of the service that is asked for; of all at once they mean nothing."""
        chosen = services.get(self.data.get("service", ""))
        if chosen is None or chosen.current is None:
            del self.fields["state"]
            return
        states = definition_of(chosen.current).states
        named = [(state.key, show_local(state.name)) for state in states]
        choices(self, "state", [("", _("every state")), *named])

    def wanted(self) -> WorkFilter:
        """What was asked, as the query takes it."""
        given = self.given()
        return WorkFilter(
            whose=Whose(given.get("whose", self.default)),
            group=Group(given["group"]) if "group" in given else None,
            service_id=UUID(given["service"]) if "service" in given else None,
            state=given.get("state", ""),
            channel=given.get("channel", ""),
            text=str(given.get("q", "")),
        )
