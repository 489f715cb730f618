"""Forms of units: founding, renaming, moving, ending, correcting, notes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diwan.directory.actions.units import UNCHANGED, UnitCorrection
from diwan.directory.models import Unit, UnitVersion
from diwan.directory.rules.provinces import provinces
from diwan.kernel.calendars import PartialDate, Precision
from diwan.ui.finding import FindField, choices, offer
from diwan.ui.forms import LocalTextField, PartialDateField
from diwan.ui.show import show_local

from .choices import units_to_choose
from .words import UNIT_KINDS, kind_name


class KindMixin(forms.Form):
    """The kind of a unit: a common one, or any other word."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind of unit"), required=False)
    other_kind = forms.CharField(
        label=gettext_lazy("Another kind"),
        help_text=gettext_lazy("Only if the list above has none that fits."),
        required=False,
        max_length=60,
    )

    def offer_kinds(self, *, present: str = "", used: Iterable[str] = ()) -> None:
        """Offer the common kinds and those that the register uses already."""
        keys = list(dict.fromkeys([*UNIT_KINDS, *used, *([present] if present else [])]))
        choices(self, "kind", [("", _("Choose…")), *((key, str(kind_name(key))) for key in keys)])
        self.initial.setdefault("kind", present)

    def given_kind(self) -> str:
        """The word that was typed, else the one that was chosen; empty if neither was."""
        data = self.cleaned_data
        return str(data.get("other_kind") or data.get("kind") or "")


class FoundForm(KindMixin):
    """A new unit."""

    field_order: Sequence[str] = ("name", "kind", "other_kind", "province", "on")

    name = LocalTextField(label=gettext_lazy("Name of the unit"))
    province = forms.ChoiceField(label=gettext_lazy("Province"), required=False)
    on = PartialDateField(
        label=gettext_lazy("Founded on"),
        required=False,
        help_text=gettext_lazy("Leave it empty if the unit was there before this record begins."),
    )

    def __init__(self, *args: Any, country: str, used: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_kinds(used=used)
        named = [(each.code, show_local(each.names)) for each in provinces(country)]
        choices(self, "province", [("", _("No province of its own")), *named])


class TopForm(FoundForm):
    """A new unit at the top, which makes a register of its own."""

    field_order = ("key", "language", "name", "kind", "other_kind", "province", "on")

    key = forms.CharField(
        label=gettext_lazy("Lasting name of the register"),
        help_text=gettext_lazy(
            "Latin letters, digits and hyphens, such as qom-municipality. It stays "
            "as it is for ever."
        ),
        max_length=64,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of its records"),
        choices=[("fa", "فارسی"), ("ar", "العربية"), ("en", "English")],
    )


class RenameForm(KindMixin):
    """What a unit is called from a day on."""

    field_order = ("name", "kind", "other_kind", "on")

    name = LocalTextField(label=gettext_lazy("New name"))
    on = PartialDateField(label=gettext_lazy("From this day on"))


class MoveForm(forms.Form):
    """Under which unit it stands from a day on."""

    parent: FindField[Unit] = FindField(
        label=gettext_lazy("New place: under which unit"), required=True
    )
    on = PartialDateField(label=gettext_lazy("From this day on"))

    def __init__(self, *args: Any, parents: Any, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "parent", units_to_choose(parents, day))


class CorrectUnitForm(KindMixin):
    """What a version of a unit should have said."""

    field_order = ("name", "kind", "other_kind", "parent", "since", "until", "reason")

    name = LocalTextField(label=gettext_lazy("Name"))
    parent: FindField[Unit] = FindField(
        label=gettext_lazy("Stood under"),
        required=False,
        help_text=gettext_lazy("Leave it empty for a unit at the top."),
    )
    since = PartialDateField(
        label=gettext_lazy("It held since"),
        required=False,
        help_text=gettext_lazy("Empty: before the record begins."),
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

    def __init__(
        self, *args: Any, version: UnitVersion, parents: Any, day: date, **kwargs: Any
    ) -> None:
        kwargs.setdefault("initial", {})
        kwargs["initial"] |= {
            "name": version.name,
            "parent": version.parent,
            "since": typed(version.since_stated),
            "until": typed(version.until_stated),
        }
        super().__init__(*args, **kwargs)
        self.version = version
        self.offer_kinds(present=version.kind)
        offer(self, "parent", units_to_choose(parents, day))

    def correction(self) -> UnitCorrection:
        """What was filled in; ends that were left as they stood are UNCHANGED."""
        data = self.cleaned_data
        return UnitCorrection(
            name=data["name"],
            kind=self.given_kind(),
            parent=data["parent"],
            since=restated(self.version.since_stated, data["since"]),
            until=restated(self.version.until_stated, data["until"]),
        )


def typed(stated: PartialDate | None) -> PartialDate | None:
    """A stated date as it stands in an input: an unknown one is empty."""
    return None if stated is None or stated.precision is Precision.UNKNOWN else stated


def restated(before: PartialDate | None, given: PartialDate | None) -> Any:
    """What was given, UNCHANGED where it says the same as before."""
    shown = typed(before)
    if given is None or shown is None:
        return UNCHANGED if given is shown else given
    same = (given.first_day, given.precision) == (shown.first_day, shown.precision)
    return UNCHANGED if same else given
