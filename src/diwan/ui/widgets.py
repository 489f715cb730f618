"""Inputs that show a value in the reader's calendar and digits."""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.forms.widgets import MediaDefiningClass
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diwan.kernel.calendars import PartialDate, Precision, Span
from diwan.kernel.reader import current
from diwan.kernel.text import direction
from diwan.ui import sentences, show

LANGUAGE_NAMES = {"fa": "فارسی", "ar": "العربية", "en": "English"}


class _Typed(forms.TextInput):
    """A text input without the browser's own memory of other forms."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", **(attrs or {})})

    def example(self) -> str:
        """Return what stands in the empty input."""
        return ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the example of the moment: the reader is known only now."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        example = self.example()
        if example:
            context["widget"]["attrs"].setdefault("placeholder", example)
        return context


class DateInput(_Typed):
    """A day in figures of the reader's calendar."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"class": "date-input", **(attrs or {})})

    def example(self) -> str:
        """Return today, as it would be typed."""
        return show.show_day_numeric(current().today())

    def format_value(self, value: Any) -> str | None:
        """Return a date in figures; what was typed wrongly stays as it was typed."""
        if isinstance(value, date):
            return show.show_day_numeric(value)
        return None if value in (None, "") else str(value)


class ClockInput(_Typed):
    """A time of day of 24 hours."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"class": "clock-input", "dir": "ltr", **(attrs or {})})

    def example(self) -> str:
        """Return half past ten."""
        return show.show_clock(time(10, 30))

    def format_value(self, value: Any) -> str | None:
        """Return a time or an instant's time with the reader's digits."""
        if isinstance(value, time | datetime):
            return show.show_clock(value)
        return None if value in (None, "") else str(value)


class PartialDateInput(_Typed):
    """A date as precisely as it is known."""

    def example(self) -> str:
        """Return a day; that a month or a year would do is said by the field's help."""
        return sentences.examples()

    def format_value(self, value: Any) -> str | None:
        """Return a partial date so that it can be typed back."""
        if isinstance(value, PartialDate):
            return None if value.precision is Precision.UNKNOWN else show.show_partial(value)
        if isinstance(value, date):
            return show.show_day(value)
        return None if value in (None, "") else str(value)


class DigitsInput(_Typed):
    """A whole number; text, since a number input knows ASCII digits only."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "numeric", "class": "digits-input", **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        """Return the number in the reader's digits."""
        return None if value in (None, "") else show.show_digits(value)


class FileInput(forms.ClearableFileInput):
    """A file input whose chosen name is echoed by the page's script."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"data-echo": "", **(attrs or {})})


class _AbstractWidget(ABCMeta, MediaDefiningClass):
    """A widget's class that may leave methods to those below it."""


class _Joined(forms.MultiWidget, metaclass=_AbstractWidget):
    """Several inputs for one value, each with a label of its own."""

    template_name = "ui/widgets/joined.html"
    use_fieldset = True

    @abstractmethod
    def labels(self) -> Sequence[str]:
        """Return the label of each input, in their order."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Put each input's label beside it; ``aria-describedby`` belongs to the fieldset."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        inputs = context["widget"]["subwidgets"]
        for each, label in zip(inputs, self.labels(), strict=True):
            each["label"] = label
            # A browser would otherwise ask for each input although one may be enough.
            each["attrs"].pop("required", None)
            each["required"] = False
        return context


class MomentInput(_Joined):
    """A day and a time of day."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"day": DateInput(), "time": ClockInput()}, attrs)

    def labels(self) -> Sequence[str]:
        """Return the words for both halves."""
        return (_("Day"), _("Time"))

    def decompress(self, value: Any) -> list[Any]:
        """Return day and time of an instant where the reader is."""
        if isinstance(value, datetime):
            local = show.local_moment(value)
            return [local.date(), local.time()]
        return [value or None, None]


class SpanInput(_Joined):
    """A number and a unit of time."""

    units = (
        ("days", gettext_lazy("days")),
        ("weeks", gettext_lazy("weeks")),
        ("months", gettext_lazy("months")),
        ("years", gettext_lazy("years")),
    )

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"count": DigitsInput(), "unit": forms.Select(choices=self.units)}, attrs)

    def labels(self) -> Sequence[str]:
        """Return the words for both halves."""
        return (_("How many"), _("Unit of time"))

    def decompress(self, value: Any) -> list[Any]:
        """Return number and unit of a span."""
        span = Span.parse(value) if isinstance(value, str) and value else value
        return [span.count, span.unit] if isinstance(span, Span) else [None, "months"]


class LocalTextInput(_Joined):
    """One input for each language, the reader's first."""

    def __init__(
        self,
        attrs: dict[str, Any] | None = None,
        *,
        languages: Sequence[str] = ("fa", "ar", "en"),
        long: bool = False,
    ) -> None:
        kind = forms.Textarea if long else forms.TextInput
        self.languages = tuple(languages)
        self.long = long
        size = {"rows": 5} if long else {}
        inputs: dict[str, forms.Widget | type[forms.Widget]] = {
            language: kind({"lang": language, "dir": direction(language), **size})
            for language in self.languages
        }
        super().__init__(inputs, attrs)

    def labels(self) -> Sequence[str]:
        """Return each language's own name."""
        return [LANGUAGE_NAMES.get(language, language) for language in self.languages]

    def decompress(self, value: Any) -> list[Any]:
        """Return the text of each language."""
        texts = value if isinstance(value, Mapping) else {}
        return [texts.get(language, "") for language in self.languages]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Put the reader's language first; identifiers stay with their language."""
        context = super().get_context(name, value, attrs)
        inputs = context["widget"]["subwidgets"]
        for each, language in zip(inputs, self.languages, strict=True):
            each["own_language"] = language
        inputs.sort(key=lambda each: each["own_language"] != current().language)
        context["widget"]["long"] = self.long
        return context
