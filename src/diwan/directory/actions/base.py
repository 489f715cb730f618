"""What every action of the room begins and ends with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from diwan.directory.constants import LANGUAGES
from diwan.directory.queries.names import TextMap
from diwan.kernel.calendars import PartialDate, Precision
from diwan.kernel.countries import country as country_of
from diwan.kernel.errors import Refused
from diwan.kernel.exchange import Ref
from diwan.kernel.text import clean, search_key

When = PartialDate | date
Marks = tuple[str, str, UUID | None]  # how a date was stated: precision, calendar, event


def stated(when: When) -> PartialDate:
    """A day as a stated date."""
    return when if isinstance(when, PartialDate) else PartialDate(when)


def marks_of(when: When) -> Marks:
    """How a date was stated, for the columns beside it."""
    partial = stated(when)
    return (partial.precision.value, partial.calendar.value, None)


def day_start(day: date, country: str) -> datetime:
    """The instant at which a day begins in a country."""
    zone = ZoneInfo(country_of(country).timezone)
    return datetime.combine(day, time(), tzinfo=zone).astimezone(ZoneInfo("UTC"))


def clean_text_map(texts: Mapping[str, str], *, field: str = "name") -> TextMap:
    """The texts made fit to be stored. Raises Refused if none is left or a language is unknown."""
    unknown = [language for language in texts if language not in LANGUAGES]
    if unknown:
        raise Refused(
            _("“%(language)s” is not one of the languages here; use fa, ar or en.")
            % {"language": unknown[0]},
            field=field,
        )
    found = {language: clean(text, language) for language, text in texts.items()}
    found = {language: text for language, text in found.items() if text}
    if not found:
        raise Refused(_("Write the name in at least one language."), field=field)
    return found


def clean_reason(reason: str) -> str:
    """The reason of a correction. Raises Refused if there is none."""
    text = clean(reason)
    if not text:
        raise Refused(
            _("A correction needs its reason: write what was wrong and how you know."),
            field="reason",
        )
    return text


def search_of(texts: Mapping[str, str], *more: str) -> str:
    """The search key of a text map in all its languages."""
    return search_key(*texts.values(), *more)


def made_key(prefix: str, identifier: UUID) -> str:
    """The key in its register of a record that was made here: unique as the identifier is."""
    return f"{prefix}-{identifier.hex[-16:]}"


def ref(kind: str, identifier: UUID) -> Ref:
    """The record as the audit and the exchange name it."""
    return Ref(kind, identifier)


def shown_value(value: Any) -> Any:
    """A value as the audit keeps it: a day as itself, what is known less exactly in all languages.

    A record becomes its identifier.
    """
    if isinstance(value, PartialDate):
        if value.precision is Precision.DAY:
            return value.first_day
        return {language: value.show(language) for language in LANGUAGES}
    return getattr(value, "pk", value)
