"""Names of units, posts and people by identifier, few questions for many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from diwan.directory.models import Person, UnitVersion
from diwan.directory.policies import Span, nearest, post_histories, unit_histories
from diwan.kernel.calendars import Calendar, ImpossibleDate, show_date
from diwan.kernel.countries import country as country_of
from diwan.kernel.reader import current
from diwan.kernel.text import isolate, local
from diwan.ui.show import show_moment

TextMap = dict[str, str]


def unit_names(
    ids: Iterable[UUID], day: date, *, known_at: datetime | None = None
) -> dict[UUID, TextMap]:
    """Names of units on `day`; of one that was not there then, the name nearest in time."""
    if known_at is None:
        return _named(unit_histories(ids).items(), day)
    rows = UnitVersion.objects.known(known_at).filter(unit_id__in=set(ids))
    spans: dict[UUID, list[Span]] = defaultdict(list)
    for pk, *span in rows.values_list("unit_id", "name", "since", "until"):
        spans[pk].append(Span(*span))
    return _named(spans.items(), day)


def post_names(ids: Iterable[UUID], day: date) -> dict[UUID, TextMap]:
    """Names of posts on `day`; of one that was not there then, the name nearest in time."""
    return _named(((pk, post.spans) for pk, post in post_histories(ids).items()), day)


def person_names(ids: Iterable[UUID]) -> dict[UUID, TextMap]:
    """Names of people with their honorifics."""
    rows = Person.objects.filter(pk__in=set(ids)).values_list("pk", "name", "honorific")
    return {pk: with_honorific(name, honorific) for pk, name, honorific in rows}


def with_honorific(name: TextMap, honorific: str) -> TextMap:
    """A person's name as it is shown."""
    return {language: f"{honorific} {text}".strip() for language, text in name.items()}


def _named(histories: Iterable[tuple[UUID, Iterable[Span]]], day: date) -> dict[UUID, TextMap]:
    found = ((pk, nearest(spans, day)) for pk, spans in histories)
    return {pk: span.name for pk, span in found if span is not None}


def shown(name: TextMap) -> str:
    """A name for a sentence: in the reader's language, isolated from the sentence's direction."""
    return isolate(local(name, get_language() or "en")[0])


def shown_names(ids: Sequence[UUID], day: date) -> list[str]:
    """Names of units for a sentence, in the order of `ids`."""
    names = unit_names(ids, day)
    return [shown(names.get(pk, {})) for pk in ids]


def shown_unit(unit_id: UUID, day: date) -> str:
    """The name of one unit for a sentence."""
    return shown_names([unit_id], day)[0]


def shown_post(post_id: UUID, day: date) -> str:
    """The name of one post for a sentence."""
    return shown(post_names([post_id], day).get(post_id, {}))


def shown_person(person_id: UUID) -> str:
    """The name of one person for a sentence."""
    return shown(person_names([person_id]).get(person_id, {}))


def shown_day(day: date) -> str:
    """A day for a sentence, in the reader's calendar; an open beginning or end in words."""
    if day == date.min:
        return _("the beginning of the record")
    if day == date.max:
        return _("the end of the record")
    reader = current()
    try:
        return show_date(day, reader.calendar, reader.language)
    except ImpossibleDate:
        return show_date(day, Calendar.GREGORIAN, reader.language)


def shown_instant(at: datetime, country: str) -> str:
    """An instant for a sentence: the day alone where it is a midnight in the country."""
    there = at.astimezone(ZoneInfo(country_of(country).timezone))
    if there.time().isoformat() == "00:00:00":
        return shown_day(there.date())
    return show_moment(at)
