"""Forms by which units end: closing, merging, splitting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diwan.directory.actions.closing import Children
from diwan.directory.models import Unit
from diwan.kernel.errors import Refused
from diwan.ui.finding import FindField, FindManyField, choices, offer
from diwan.ui.forms import LocalTextField, PartialDateField
from diwan.ui.show import show_number

from .choices import units_to_choose

PARTS = 4
STAYS = "stays"


class CloseForm(forms.Form):
    """When a unit ends, what it becomes, where the units below it go."""

    on = PartialDateField(
        label=gettext_lazy("The first day on which it is no more"),
    )
    becomes: FindField[Unit] = FindField(
        label=gettext_lazy("Which unit takes over its work?"),
        required=False,
        help_text=gettext_lazy(
            "Open duties pass to the post with the same role there; without one, to the head above."
        ),
    )
    children = forms.ChoiceField(
        label=gettext_lazy("Where do the units below it go?"), required=False
    )

    def __init__(self, *args: Any, others: Any, day: date, below: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "becomes", units_to_choose(others, day))
        if not below:
            del self.fields["children"]
            return
        pairs = [
            ("", _("Choose…")),
            (Children.TO_PARENT.value, _("under the unit above it")),
            (Children.TO_BECOMES.value, _("under the unit that takes over")),
        ]
        choices(self, "children", pairs)

    def given_children(self) -> Children | None:
        """Where the children go, None where nothing was said."""
        value = self.cleaned_data.get("children")
        return Children(value) if value else None


class MergeForm(forms.Form):
    """Which units become one, and which one."""

    others: FindManyField[Unit] = FindManyField(
        label=gettext_lazy("Which units are merged with it?")
    )
    into = forms.ChoiceField(
        label=gettext_lazy("Into which unit?"),
        choices=[
            ("this", gettext_lazy("into this unit, which goes on")),
            ("new", gettext_lazy("into a new unit, which is founded that day")),
        ],
        widget=forms.RadioSelect,
        initial="this",
    )
    name = LocalTextField(
        label=gettext_lazy("Name of the new unit"),
        required=False,
        help_text=gettext_lazy("Only if a new unit is founded."),
    )
    on = PartialDateField(label=gettext_lazy("From this day on"))

    def __init__(self, *args: Any, others: Any, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "others", units_to_choose(others, day))

    def clean(self) -> dict[str, Any]:
        """A new unit needs its name."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("into") == "new" and not data.get("name") and "name" not in self.errors:
            self.add_error("name", _("Write what the new unit is called."))
        return data


class SplitForm(forms.Form):
    """Into which new units one is split, and where the units below it go."""

    on = PartialDateField(label=gettext_lazy("From this day on"))
    keeps = forms.BooleanField(
        label=gettext_lazy("The unit itself goes on; only parts of it leave"), required=False
    )

    def __init__(self, *args: Any, below: Mapping[UUID, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.below = below
        numbers = range(1, PARTS + 1)
        for number in numbers:
            label = _("Name of new unit %(n)s") % {"n": show_number(number)}
            self.fields[f"part_{number}"] = LocalTextField(label=label, required=False)
        pairs = [
            ("", _("Choose…")),
            (STAYS, _("stays")),
            *((str(n), _("new unit %(n)s") % {"n": show_number(n)}) for n in numbers),
        ]
        for pk, name in below.items():
            label = _("Where does “%(name)s” go?") % {"name": name}
            self.fields[f"child_{pk}"] = forms.ChoiceField(
                label=label, required=False, choices=pairs
            )

    def names(self) -> Sequence[dict[str, str]]:
        """The names of the new units that were filled in. Raises Refused where one is left out."""
        given = [self.cleaned_data.get(f"part_{n}") or {} for n in range(1, PARTS + 1)]
        while given and not given[-1]:
            given.pop()
        for number, name in enumerate(given, start=1):
            if not name:
                raise Refused(
                    _("Write the new units' names one after another, without a gap."),
                    field=f"part_{number}",
                )
        return given

    def places(self) -> dict[UUID, int]:
        """For each unit below, the place of the new unit to which it goes; who stays is left out.

        Raises Refused where one was sent to a new unit that has no name.
        """
        parts = len(self.names())
        found = {}
        for pk in self.below:
            value = self.cleaned_data.get(f"child_{pk}") or STAYS
            if value == STAYS:
                continue
            if int(value) > parts:
                raise Refused(
                    _("This new unit has no name yet. Name it above, or choose another."),
                    field=f"child_{pk}",
                )
            found[pk] = int(value) - 1
        return found
