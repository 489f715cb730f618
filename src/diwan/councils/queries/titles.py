"""Titles of records that have none of their own, in each language that their body has a name in."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils import translation
from django.utils.translation import gettext as _

from diwan.councils.models import Body, Meeting
from diwan.kernel.calendars import Calendar
from diwan.kernel.dated import stated
from diwan.kernel.text import isolate, local, to_digits

LANGUAGES = ("fa", "ar", "en")


def in_languages(sentence: Callable[[str], str], languages: Mapping[str, str]) -> dict[str, str]:
    """The same sentence in each language that `languages` has; at least in the active one."""
    found = {}
    for language in LANGUAGES:
        if language in languages:
            with translation.override(language):
                found[language] = sentence(language)
    return found or {"en": sentence("en")}


def meeting_title(meeting: Meeting) -> dict[str, str]:
    """Number, body and date of a meeting, as far as they are known."""
    body = meeting.body
    when = stated(meeting.date, meeting.date_precision, meeting.date_calendar)

    def sentence(language: str) -> str:
        parts = {"body": isolate(local(body.name, language)[0])}
        if meeting.number is not None:
            parts["number"] = to_digits(meeting.number, language)
        if when is not None:
            parts["date"] = when.show(language, Calendar(body.calendar))
        if "number" in parts and "date" in parts:
            return _("Meeting %(number)s of %(body)s, %(date)s") % parts
        if "number" in parts:
            return _("Meeting %(number)s of %(body)s") % parts
        if "date" in parts:
            return _("Meeting of %(body)s, %(date)s") % parts
        return _("Meeting of %(body)s, date unknown") % parts

    return in_languages(sentence, body.name)


def source_line(number: str, body: Body, language: str) -> str:
    """Where something comes from: the resolution's number and the body, in one quiet line."""
    name = local(body.name, language)[0]
    if not number:
        return name
    return f"{isolate(to_digits(number, language))} · {isolate(name)}"
