"""Fields in the reader's calendar, digits and languages; the look is in templates/django/forms/."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diwan.kernel import calendars
from diwan.kernel.calendars import Calendar, ImpossibleDate, ImpossibleSpan, PartialDate, Span
from diwan.kernel.calendars.names import ERAS
from diwan.kernel.reader import current
from diwan.kernel.text import clean, normalise, search_tokens
from diwan.ui import sentences, show
from diwan.ui.widgets import (
    ClockInput,
    DateInput,
    DigitsInput,
    FileInput,
    LocalTextInput,
    MomentInput,
    PartialDateInput,
    SpanInput,
)

LANGUAGES = ("fa", "ar", "en")
LONGEST_LINE, LONGEST_TEXT = 500, 20_000
_ERAS = {era: calendar for eras in ERAS.values() for calendar, era in eras.items()}


class CalendarDateField(forms.Field):
    """A day, typed in the reader's calendar with any digits; gives a ``date`` or None."""

    widget = DateInput
    default_error_messages: ClassVar[dict[str, Any]] = {"required": gettext_lazy("Write the date.")}

    def to_python(self, value: object) -> date | None:
        """Read what was typed. Raises ValidationError with the sentence of an impossible date."""
        if value in self.empty_values:
            return None
        if isinstance(value, datetime):
            return show.as_day(value)
        if isinstance(value, date):
            return value
        try:
            return calendars.parse_date(str(value).strip(), current().calendar)
        except ImpossibleDate as error:
            raise ValidationError(sentences.impossible_date(error), code="invalid") from error


class ClockField(forms.Field):
    """A time of day, ``10:30`` in any digits; gives a ``time`` or None."""

    widget = ClockInput
    default_error_messages: ClassVar[dict[str, Any]] = {"required": gettext_lazy("Write the time.")}
    shape = re.compile(r"^(\d{1,2})(?:[:.٫](\d{2}))?$")

    def to_python(self, value: object) -> time | None:
        """Read hours and minutes of a day of 24 hours."""
        if value in self.empty_values:
            return None
        if isinstance(value, time):
            return value
        found = self.shape.match(calendars.to_ascii_digits(str(value).strip()))
        try:
            if found is None:
                raise ValueError  # noqa: TRY301 - both ways lead to one sentence
            return time(int(found[1]), int(found[2] or 0))
        except ValueError as error:
            sentence = _("“%(text)s” is not a time of day; write it like %(example)s.") % {
                "text": show.show_digits(str(value)[:20]),
                "example": show.show_clock(time(10, 30)),
            }
            raise ValidationError(sentence, code="invalid") from error


class _Joined(forms.MultiValueField):
    """Several inputs for one value, which is required as a whole."""

    def validate(self, value: Any) -> None:
        """Refuse an empty whole: django asks only whether every input was empty."""
        forms.Field.validate(self, value)


class CalendarMomentField(_Joined):
    """A day and a time of day where the reader is; gives an aware instant in UTC or None."""

    widget = MomentInput

    def __init__(self, **kwargs: Any) -> None:
        fields = (CalendarDateField(required=False), ClockField(required=False))
        super().__init__(fields, require_all_fields=False, **kwargs)

    def compress(self, data_list: Sequence[Any]) -> datetime | None:
        """Join both halves. Raises ValidationError when one is missing or clocks skip that time."""
        if not data_list or not any(part is not None for part in data_list):
            return None
        day, clock = data_list
        if day is None or clock is None:
            raise ValidationError(_("Write both the day and the time."), code="incomplete")
        moment = datetime.combine(day, clock, tzinfo=current().zone).astimezone(UTC)
        if moment.astimezone(current().zone).time() != clock:
            raise ValidationError(
                _("The clocks go forward over that time on this day; choose another."),
                code="invalid",
            )
        return moment


class PartialDateField(forms.Field):
    """A day, a month, a year or a fiscal year; gives a PartialDate or None."""

    widget = PartialDateInput
    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": gettext_lazy("Write the date as far as it is known.")
    }
    _parts = re.compile(r"^(\d{4})(?:\s*[-/.]\s*(\d{1,2}))?$")
    _back = re.compile(r"^(\d{1,2})\s*[-/.]\s*(\d{4})$")
    _fiscal = re.compile(r"^\D*(\d{4})\s*[/-]\s*(\d{4})$")
    _year_of_era = re.compile(r"^(\d{4})\s+(\D+)$")

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", lazy(sentences.partial_help, str)())
        super().__init__(**kwargs)

    def to_python(self, value: object) -> PartialDate | None:
        """Read what was typed, as precisely as it was typed."""
        if value in self.empty_values:
            return None
        if isinstance(value, PartialDate):
            return value
        if isinstance(value, date):
            return PartialDate(value, calendar=current().calendar)
        typed = str(value).strip()
        try:
            return self._read(typed, current().calendar)
        except ImpossibleDate as error:
            raise ValidationError(sentences.impossible_partial(error), code="invalid") from error

    def _clean_bound_field(self, bf: BoundField) -> Any:
        """What was typed; a date that was left as it stood keeps the calendar it was stated in.

        A form shows it in the reader's calendar, so it comes back as if it were stated in that one.
        """
        # Django's hook for a field that must know what its form showed (a file's field does so).
        read = super()._clean_bound_field(bf)  # type: ignore[misc]
        shown = bf.initial
        if isinstance(read, PartialDate) and isinstance(shown, PartialDate):
            same = (shown.first_day, shown.last_day, shown.precision)
            if same == (read.first_day, read.last_day, read.precision):
                return shown
        return read

    def _read(self, typed: str, calendar: Calendar) -> PartialDate:
        plain = calendars.to_ascii_digits(typed)
        if fiscal := self._fiscal.match(plain):
            return PartialDate.parse_register(f"FY{fiscal[1]}/{fiscal[2]}")
        if parts := self._parts.match(plain):
            return _numbered(parts[1], parts[2], calendar)
        year = self._year_of_era.match(plain)
        if year and (era := _ERAS.get(year[2].strip())):
            return PartialDate.parse_register(
                year[1] if era is Calendar.GREGORIAN else {era.value: year[1]}
            )
        if back := self._back.match(plain):
            return _numbered(back[2], back[1], calendar)
        try:
            day = calendars.parse_date(typed, calendar)
        except ImpossibleDate as error:
            named = _named_month(plain, calendar)
            if error.why != "shape" or named is None:
                raise
            return named
        return PartialDate(day, calendar=calendar)


def _numbered(year: str, month: str | None, calendar: Calendar) -> PartialDate:
    """Return the year, or a month of it; 1900–2199 is Gregorian, as ``parse_date`` has it."""
    text = year if month is None else f"{year}-{int(month):02d}"
    gregorian = calendar is Calendar.GREGORIAN or 1900 <= int(year) < 2200
    return PartialDate.parse_register(text if gregorian else {calendar.value: text})


def _named_month(plain: str, calendar: Calendar) -> PartialDate | None:
    """Return ``اسفند 1390`` as that month: the same with its first day is a date."""
    if len(re.findall(r"\d+", plain)) != 1 or not re.search(r"(?<!\d)\d{4}(?!\d)", plain):
        return None
    try:
        first = calendars.parse_date(f"1 {plain}", calendar)
    except ImpossibleDate:
        return None
    # The month's name may belong to another calendar than the reader's.
    meant = next(
        (each for each in (calendar, *Calendar) if calendars.to_calendar(first, each).day == 1),
        calendar,
    )
    return PartialDate(first, calendars.Precision.MONTH, meant)


class LocalTextField(_Joined):
    """A text in one or more languages; gives the map of those that were filled."""

    widget = LocalTextInput
    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": gettext_lazy("Write it in one language at least.")
    }

    def __init__(
        self, *, long: bool = False, languages: Sequence[str] = LANGUAGES, **kwargs: Any
    ) -> None:
        longest = LONGEST_TEXT if long else LONGEST_LINE
        fields = [forms.CharField(required=False, max_length=longest) for _each in languages]
        self.languages = tuple(languages)
        kwargs.setdefault("widget", LocalTextInput(languages=languages, long=long))
        super().__init__(fields, require_all_fields=False, **kwargs)

    def compress(self, data_list: Sequence[Any]) -> dict[str, str]:
        """Return language → text, cleaned, without the empty ones."""
        pairs = zip(self.languages, data_list or (), strict=False)
        texts = {language: clean(str(text or ""), language) for language, text in pairs}
        return {language: text for language, text in texts.items() if text}

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare maps, so that the order of languages says nothing."""
        given = {lang: text for lang, text in (initial or {}).items() if text}
        return given != self.compress(data or ())


class SpanField(_Joined):
    """A number and a unit of time; gives a Span or None."""

    widget = SpanInput

    def __init__(self, **kwargs: Any) -> None:
        fields = (NumberField(required=False, min_value=1), forms.CharField(required=False))
        super().__init__(fields, require_all_fields=False, **kwargs)

    def compress(self, data_list: Sequence[Any]) -> Span | None:
        """Join both halves; a unit without a number is nothing."""
        if not data_list or data_list[0] is None:
            return None
        try:
            return Span.parse(f"{data_list[0]} {data_list[1]}")
        except ImpossibleSpan as error:
            sentence = _("Choose a whole number of days, weeks, months or years.")
            raise ValidationError(sentence, code="invalid") from error


class NumberField(forms.IntegerField):
    """A whole number in any digits, with or without group signs."""

    widget = DigitsInput
    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": gettext_lazy("Write a whole number.")
    }

    def to_python(self, value: Any) -> int | None:
        """Read the number in ASCII, Persian or Arabic digits."""
        if isinstance(value, str):
            value = re.sub("[٬,\u066c\u200f\u200e\\s]", "", calendars.to_ascii_digits(value))
        return super().to_python(value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:  # noqa: ARG002 - the name is Django's
        """Leave min and max out: the input is text, so that native digits can be typed."""
        return {}


class FileField(forms.FileField):
    """A file; the page echoes the chosen name."""

    widget = FileInput


class SearchForm(forms.Form):
    """Base of forms that only ask, bound to GET: what cannot be read is shown and not asked."""

    q = forms.CharField(
        label=gettext_lazy("Search"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Such a form often stands on one page with another; their inputs need names of their own.
        kwargs.setdefault("auto_id", "ask_%s")
        super().__init__(*args, **kwargs)

    def given(self) -> dict[str, Any]:
        """Return what was asked and could be read, by field; empty ones left out."""
        self.is_valid()
        cleaned = cast("Mapping[str, Any]", getattr(self, "cleaned_data", {}))
        return {name: value for name, value in cleaned.items() if value not in (None, "", [])}

    def terms(self) -> list[str]:
        """Return the search tokens of ``q``, each to be found in a record's key."""
        return search_tokens(str(self.given().get("q", "")))


class AsOfForm(forms.Form):
    """Asks for the day on which a list should be looked at (GET parameter ``on``)."""

    on = CalendarDateField(label=gettext_lazy("As it stood on"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "as_of_%s")
        super().__init__(*args, **kwargs)

    def day(self, default: date) -> date:
        """Return the day asked for; ``default`` when none was or it cannot be read."""
        if not self.is_bound or not self.is_valid():
            return default
        return cast("date | None", self.cleaned_data["on"]) or default


def _letters(text: str) -> str:
    """Return what people compare: no spaces, no half-spaces, variants of letters as one."""
    return "".join(normalise(text).replace("\u200c", "").split())


class TypedAgainForm(forms.Form):
    """Something that cannot be taken back: `expected` must be typed before it is done."""

    typed = forms.CharField(max_length=300)

    def __init__(self, *args: Any, expected: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = expected
        self.fields["typed"].label = _("To confirm, type “%(text)s”") % {"text": expected}
        self.fields["typed"].widget.attrs["autocomplete"] = "off"

    def clean_typed(self) -> str:
        """Compare as people read: variants of letters and spaces make no difference."""
        typed: str = self.cleaned_data["typed"]
        if _letters(typed) != _letters(self.expected):
            sentence = _("This is not “%(text)s”; nothing was done.") % {"text": self.expected}
            raise ValidationError(sentence, code="other")
        return typed
