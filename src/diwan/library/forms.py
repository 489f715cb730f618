"""Forms of the library: finding, adding and correcting documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import reduce
from operator import and_
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diwan.directory.public import Unit, UnitVersion, unit_names
from diwan.kernel.policies import Confidentiality
from diwan.ui.finding import Candidates, FindField, choices, offer
from diwan.ui.forms import LocalTextField, PartialDateField, SearchForm
from diwan.ui.show import show_local

from .actions import LONGEST_KIND, DocumentFields
from .constants import KINDS, kind_name
from .models import Document
from .queries import horizon_of

# A document belongs to no body, so that its closest circle are those who may write it.
LEVELS = (
    (Confidentiality.PUBLIC.value, gettext_lazy("Everybody, also without signing in")),
    (Confidentiality.INTERNAL.value, gettext_lazy("The staff of the country")),
    (Confidentiality.BODY.value, gettext_lazy("Heads and secretaries over the unit")),
)


class DocumentSearchForm(SearchForm):
    """What the list is narrowed to."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    # From a unit's page: its documents and those of the units below.
    unit = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, kinds: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = sorted((kind_name(kind), kind) for kind in kinds)
        choices(self, "kind", [("", _("all kinds")), *((kind, name) for name, kind in named)])


class DocumentForm(forms.Form):
    """What a document says."""

    name = LocalTextField(label=gettext_lazy("Name"))
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    other_kind = forms.CharField(
        label=gettext_lazy("Another kind"),
        help_text=gettext_lazy("Only if the list above has none that fits."),
        required=False,
        max_length=LONGEST_KIND,
    )
    text = LocalTextField(
        label=gettext_lazy("Text"),
        help_text=gettext_lazy("The wording, or what matters of it. Leave it empty if unknown."),
        long=True,
        required=False,
    )
    horizon = PartialDateField(
        label=gettext_lazy("Reaches until"),
        help_text=gettext_lazy("For programmes and plans: a day, a month or a year."),
        required=False,
    )
    confidentiality = forms.ChoiceField(
        label=gettext_lazy("Who may read it"),
        choices=LEVELS,
        initial=Confidentiality.INTERNAL.value,
    )

    def __init__(self, *args: Any, kinds: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keys = list(dict.fromkeys([*KINDS, *kinds]))
        choices(self, "kind", [("", _("Choose…")), *((key, kind_name(key)) for key in keys)])

    def clean(self) -> dict[str, Any]:
        """A kind must be chosen or written."""
        data = super().clean() or self.cleaned_data
        if not data.get("other_kind") and not data.get("kind"):
            self.add_error("kind", _("Choose the kind, or write another one below."))
        return data

    def fields_given(self) -> DocumentFields:
        """The form's answers as the action takes them."""
        data = self.cleaned_data
        return DocumentFields(
            kind=str(data["other_kind"] or data["kind"]),
            name=data["name"],
            text=data["text"] or None,
            horizon=data["horizon"],
            confidentiality=data["confidentiality"],
        )


class AddForm(DocumentForm):
    """A new document of a unit."""

    field_order = ("unit",)

    unit: FindField[Unit] = FindField(label=gettext_lazy("Unit it belongs to"))

    def __init__(self, *args: Any, units: QuerySet[Unit], day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", _units_to_choose(units, day))


class CorrectForm(DocumentForm):
    """A document put right, with the reason."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("What was wrong, and how you know. It stays readable."),
        max_length=500,
    )

    @classmethod
    def initial_of(cls, document: Document) -> dict[str, Any]:
        """The document as it stands."""
        return {
            "name": document.name,
            "kind": document.kind,
            "text": document.text,
            "horizon": horizon_of(document),
            "confidentiality": document.confidentiality,
        }


def _units_to_choose(units: QuerySet[Unit], day: date) -> Candidates[Unit]:
    def matching(found: QuerySet[Unit], tokens: Sequence[str]) -> QuerySet[Unit]:
        holds = reduce(and_, (Q(search__contains=token) for token in tokens), Q())
        versions = UnitVersion.objects.as_of(day).filter(holds)
        return found.filter(pk__in=versions.values("unit_id"))

    def labels(found: Iterable[Unit]) -> dict[UUID, str]:
        names = unit_names([unit.pk for unit in found], day)
        return {pk: show_local(name) for pk, name in names.items()}

    return Candidates(units.order_by("pk"), matching, labels)
