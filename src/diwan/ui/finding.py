"""Choosing one record among few or among thousands, without JavaScript.

Where there are few candidates the field is a list to choose from. Where there are many it is a
line to type part of the name into: one match is taken, several come back below the line to choose
from, none is said. What is chosen is checked against the same candidates, so that nobody can send
the identifier of a record that was never offered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar, cast
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from diwan.kernel.text import search_tokens
from diwan.ui.show import show_number

M = TypeVar("M", bound=models.Model)
FEW = 25
SHOWN = 12


@dataclass(frozen=True)
class Candidates(Generic[M]):
    """The records that may be chosen.

    `records` are all of them, `matching(records, tokens)` those whose names hold every token, and
    `labels(records)` tells them apart in the reader's language.
    """

    records: QuerySet[M]
    matching: Callable[[QuerySet[M], Sequence[str]], QuerySet[M]]
    labels: Callable[[Iterable[M]], Mapping[UUID, str]]

    def some(self, limit: int, tokens: Sequence[str] = ()) -> list[M]:
        """At most `limit` of them, those that hold all `tokens`."""
        found = self.matching(self.records, tokens) if tokens else self.records
        return list(found[:limit])

    @cached_property
    def first(self) -> list[M]:
        """The first of them, one more than a list shows; asked once for all fields."""
        return self.some(FEW + 1)

    @property
    def few(self) -> list[M]:
        """All of them where they are few enough to be listed, else nothing."""
        return self.first if len(self.first) <= FEW else []

    @cached_property
    def listed(self) -> list[tuple[str, str]]:
        """The same with their labels, as a list of few shows them."""
        return self.labelled(self.first)

    def labelled(self, records: Sequence[M]) -> list[tuple[str, str]]:
        """Identifiers with labels, in the order of `records`."""
        labels = self.labels(records)
        return [(str(one.pk), labels.get(one.pk, "")) for one in records]

    def one(self, pk: str) -> M | None:
        """The candidate with that identifier, None if there is none."""
        try:
            return self.records.filter(pk=UUID(pk)).first()
        except ValueError:
            return None


class FindInput(forms.Widget):
    """A list to choose from, or a line to type into with what was found below it."""

    template_name = "ui/widgets/find.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.few = False
        self.options: list[tuple[str, str]] = []

    def value_from_datadict(self, data: Any, files: Any, name: str) -> tuple[str, str]:  # noqa: ARG002 - Django's names
        """What was typed and what was chosen: words typed anew count more than an older choice."""
        typed, chosen = data.get(f"{name}_q", "").strip(), data.get(name, "").strip()
        anew = typed and typed != data.get(f"{name}_was", "").strip()
        return (typed, "" if anew else chosen)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:  # noqa: ARG002 - as above
        """True where neither was sent."""
        return name not in data and f"{name}_q" not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add what can be chosen from."""
        context = super().get_context(name, value, attrs)
        typed, chosen = value if isinstance(value, tuple) else ("", str(value or ""))
        context["widget"] |= {
            "few": self.few,
            "options": [(pk, label, pk == chosen) for pk, label in self.options],
            "typed": typed,
            "chosen": chosen,
        }
        return context


class FindField(forms.Field, Generic[M]):
    """One of the candidates; gives the record or None. `offer` says of which."""

    widget = FindInput
    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": gettext_lazy("Choose one, or write part of its name."),
    }

    def offer(self, candidates: Candidates[M]) -> None:
        """Say what may be chosen; few are listed at once."""
        self.candidates = candidates
        self.find_input.few = len(candidates.first) <= FEW
        if self.find_input.few:
            self.find_input.options = list(candidates.listed)

    @property
    def find_input(self) -> FindInput:
        """The widget by its type."""
        return cast("FindInput", self.widget)

    def prepare_value(self, value: Any) -> Any:
        """Show a record that was proposed as chosen, also among many."""
        if isinstance(value, models.Model):
            record = cast("M", value)
            pk = str(record.pk)
            if pk not in dict(self.find_input.options):
                self._show([record])
            return pk
        return value

    def has_changed(self, initial: Any, data: Any) -> bool:  # noqa: ARG002 - as above
        """True where something was chosen or typed."""
        return data is not None and any(data)

    def clean(self, value: Any) -> M | None:
        """The record. Raises ValidationError where none or several are meant."""
        typed, chosen = value if isinstance(value, tuple) else ("", "")
        record = self.candidates.one(chosen) if chosen else None
        if record is not None:
            self._keep(record)
            return record
        if chosen:
            raise ValidationError(_("This one cannot be chosen any more; choose another."))
        if not typed:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        return self._found(typed)

    def _found(self, typed: str) -> M:
        tokens = search_tokens(typed)
        found = self.candidates.some(SHOWN + 1, tokens) if tokens else []
        if len(found) == 1:
            self._keep(found[0])
            return found[0]
        if not found:
            sentence = _(
                "Nothing here is called “%(text)s”; write part of the name as the register has it."
            )
            raise ValidationError(sentence % {"text": typed[:80]})
        self._show(found[:SHOWN])
        if len(found) > SHOWN:
            sentence = _(
                "More than %(n)s are called so; choose one below or write more of the name."
            )
            raise ValidationError(sentence % {"n": show_number(SHOWN)})
        sentence = ngettext(
            "%(n)s is called so; choose it below.",
            "%(n)s are called so; choose one below.",
            len(found),
        )
        raise ValidationError(sentence % {"n": show_number(len(found))})

    def _keep(self, record: M) -> None:
        """Let the page that asks again (a preview) show the record as chosen."""
        if not self.find_input.few:
            self._show([record])

    def _show(self, records: Sequence[M]) -> None:
        self.find_input.options = self.candidates.labelled(records)


class FindManyInput(FindInput):
    """Several records: boxes to tick, and a line to find more."""

    template_name = "ui/widgets/find_many.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> tuple[str, Any]:  # noqa: ARG002 - Django's names
        """What was typed, and all that was chosen."""
        chosen = [each.strip() for each in data.getlist(name) if each.strip()]
        typed = data.get(f"{name}_q", "").strip()
        anew = typed != data.get(f"{name}_was", "").strip()
        return (typed if anew or not chosen else "", chosen)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add what can be chosen from, and what is."""
        context = super().get_context(name, None, attrs)
        typed, chosen = value if isinstance(value, tuple) else ("", value or [])
        context["widget"] |= {
            "options": [(pk, label, pk in chosen) for pk, label in self.options],
            "typed": typed,
        }
        return context


class FindManyField(FindField[M]):
    """Several of the candidates; gives a list, in the order of the candidates' labels."""

    widget = FindManyInput

    def prepare_value(self, value: Any) -> Any:
        """Show records that were proposed as chosen, also among many."""
        if isinstance(value, list) and all(isinstance(one, models.Model) for one in value):
            if value and not self.find_input.few:
                self._show(value)
            return [str(one.pk) for one in value]
        return value

    def clean(self, value: Any) -> Any:
        """The records. Raises ValidationError where none was chosen, or a name means several."""
        typed, chosen = value if isinstance(value, tuple) else ("", [])
        found = [self.candidates.one(pk) for pk in chosen]
        records = [record for record in found if record is not None]
        if len(records) < len(found):
            raise ValidationError(_("One of these cannot be chosen any more; choose again."))
        if typed and not self.find_input.few:
            try:
                records.append(self._found(typed))
            except ValidationError:
                self._add(records)
                raise
        if not self.find_input.few:
            self._show(records)
        if not records and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        return records

    def _add(self, records: Sequence[M]) -> None:
        """Keep what was chosen beside what was found."""
        found = self.find_input.options
        self._show(records)
        kept = dict(self.find_input.options)
        self.find_input.options += [pair for pair in found if pair[0] not in kept]


def offer(form: forms.Form, name: str, candidates: Candidates[Any]) -> None:
    """Say what may be chosen in the field `name` of a form."""
    field = form.fields[name]
    if not isinstance(field, FindField):
        raise TypeError(f"{name} is no FindField")
    field.offer(candidates)


def choices(form: forms.Form, name: str, pairs: Iterable[tuple[str, Any]]) -> None:
    """Set the choices (or groups of choices) of a ChoiceField that are known only now."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"{name} has no choices")
    field.choices = list(pairs)
