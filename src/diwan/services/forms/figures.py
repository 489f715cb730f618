"""What the page of figures is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from diwan.kernel.periods import Period
from diwan.kernel.reader import current
from diwan.services.models import Case
from diwan.services.queries.figures import FiguresAsked
from diwan.ui.finding import choices
from diwan.ui.forms import SearchForm
from diwan.ui.show import show_local


class FiguresForm(SearchForm):
    """A month, a service, a channel; the unit and the split are chosen by links."""

    month = forms.ChoiceField(label=_("Month"), required=False)
    service = forms.ChoiceField(label=_("Service"), required=False)
    channel = forms.ChoiceField(
        label=_("How it came"),
        required=False,
        choices=[("", _("every way")), *Case.Channel.choices],
    )
    by = forms.ChoiceField(
        required=False,
        widget=forms.HiddenInput,
        choices=[("", ""), ("service", ""), ("unit", ""), ("channel", "")],
    )
    unit = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        months: Sequence[Period],
        services: Sequence[tuple[UUID, Mapping[str, str]]],
    ) -> None:
        super().__init__(*args)
        del self.fields["q"]
        self.services = services
        self.months = {period.key(): period for period in months}
        language = current().language
        named = [(key, period.label(language)) for key, period in reversed(self.months.items())]
        choices(self, "month", named)
        shown = sorted((show_local(name), str(pk)) for pk, name in services)
        choices(self, "service", [("", _("every service")), *((pk, name) for name, pk in shown)])

    def wanted(self, unit_id: UUID | None) -> FiguresAsked:
        """What was asked, of this unit."""
        given = self.given()
        last = next(reversed(self.months))
        return FiguresAsked(
            month=self.months[given.get("month", last)],
            unit_id=unit_id,
            service_id=UUID(given["service"]) if "service" in given else None,
            channel=given.get("channel", ""),
            by=given.get("by", "service"),
        )
