"""What the room's actions share: checked input, dated columns, corrections that keep what stood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _

from diwan.councils.models import AgendaItem, Body, Meeting, Membership, Resolution
from diwan.directory.public import Post
from diwan.kernel import audit
from diwan.kernel.calendars import (
    ImpossibleRecurrence,
    ImpossibleSpan,
    PartialDate,
    Recurrence,
    Span,
)
from diwan.kernel.dated import Dated
from diwan.kernel.errors import NotFound, Refused
from diwan.kernel.ids import new_id
from diwan.kernel.policies import Actor, Confidentiality
from diwan.kernel.text import clean
from diwan.kernel.working import today_in

D = TypeVar("D", bound=Dated)
M = TypeVar("M", bound=models.Model)
LANGUAGES = ("fa", "ar", "en")


def checked_text(text: Mapping[str, str] | None, field: str) -> dict[str, str]:
    """The text, cleaned. Raises Refused where no language has any, or one is not known."""
    kept = {
        language: cleaned
        for language, value in (text or {}).items()
        if language in LANGUAGES and (cleaned := clean(value, language))
    }
    if not kept:
        raise Refused(_("The text is missing. Write it in one language at least."), field=field)
    return kept


def checked_reason(reason: str, field: str = "reason") -> str:
    """The reason, cleaned. Raises Refused where there is none."""
    cleaned = clean(reason)
    if not cleaned:
        raise Refused(_("The reason is missing. Say in a few words why."), field=field)
    return cleaned


def checked_span(text: str, field: str) -> str:
    """A span as the register writes it, empty for none. Raises Refused."""
    if not text.strip():
        return ""
    try:
        return str(Span.parse(text))
    except ImpossibleSpan as error:
        raise Refused(
            _("“%(text)s” is no span of time. Write for example “2 months” or “1 year”.")
            % {"text": clean(text)[:40]},
            field=field,
        ) from error


def checked_day(every: str, on: str, field: str) -> str:
    """The day on which something of the span `every` recurs, empty for none. Raises Refused."""
    if not every or not on.strip():
        return ""
    try:
        return str(Recurrence.parse(every, on).on)
    except ImpossibleRecurrence as error:
        raise Refused(
            _(
                "What recurs after months or years falls on a day of the month or on its first, "
                "second, third, fourth or last weekday; what recurs after weeks on a weekday; what "
                "recurs after days on none. Choose another day, or none."
            ),
            field=field,
        ) from error


def checked_choice(value: str, choices: Sequence[str], field: str) -> str:
    """The value. Raises Refused where it is none of the choices."""
    if value not in choices:
        raise Refused(_("This choice does not exist. Choose one from the list."), field=field)
    return value


def checked_confidentiality(value: str) -> str:
    """A level of confidentiality. Raises Refused for another word."""
    return checked_choice(value, Confidentiality.values, "confidentiality")


def existing(model: type[M], id_: UUID | None, field: str) -> M | None:
    """The record that a field names, None for none. Raises Refused where it is gone."""
    if id_ is None:
        return None
    found = model._default_manager.filter(pk=id_).first()  # noqa: SLF001 – Django's documented name
    if found is None:
        raise Refused(_("What was chosen is not there any more. Choose again."), field=field)
    return found


def require_all(model: type[models.Model], ids: Sequence[UUID]) -> None:
    """Raise NotFound unless each of `ids` is a record of `model`."""
    found = model._default_manager.filter(pk__in=list(ids))  # noqa: SLF001 – as above
    if found.count() != len(set(ids)):
        raise NotFound


def name_posts(
    record: Meeting | AgendaItem | Resolution, ids: Sequence[UUID]
) -> dict[str, list[Any]]:
    """Make exactly these posts the ones that a record is for; what changed, if anything."""
    require_all(Post, ids)
    before = sorted(str(pk) for pk in record.named_posts.values_list("pk", flat=True))
    record.named_posts.set(Post.objects.filter(pk__in=list(ids)))
    after = sorted(str(id_) for id_ in set(ids))
    return {"named_posts": [before, after]} if before != after else {}


def columns(name: str, stated: PartialDate | None) -> dict[str, Any]:
    """The three columns of a stated date, from its first day."""
    if stated is None:
        return {name: None}
    return {
        name: stated.first_day,
        f"{name}_precision": stated.precision.value,
        f"{name}_calendar": stated.calendar.value,
    }


def due_columns(stated: PartialDate | None) -> dict[str, Any]:
    """The columns of a due date: it is in time until the last day that it may mean."""
    found = columns("due", stated)
    if stated is not None:
        found["due"] = stated.last_day
    return found


def today_of(actor: Actor, body: Body) -> date:
    """The day it is where the body sits."""
    return today_in(body.unit.country, actor.at)


def require_alive(body: Body, day: date | None) -> None:
    """Raise Refused where a body has been dissolved by a day; None is no day that is known."""
    if day is not None and body.until is not None and body.until <= day:
        raise Refused(_("This body has been dissolved and meets no more."), field="date")


def write(record: models.Model, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Set and save the values that differ; returns [before, after] of each."""
    before = audit.values_of(record, list(values))
    changes = audit.differences(before, dict(values))
    for field, (_old, new) in changes.items():
        setattr(record, field, new)
    if changes:
        record.save(update_fields=list(changes))
    return changes


def require_period(since: date | None, until: date | None, field: str = "until") -> None:
    """Raise Refused unless the end comes after the beginning."""
    if since is not None and until is not None and until <= since:
        raise Refused(
            _("The end lies before the beginning or on the same day. Give a later end."),
            field=field,
        )


def supersede(actor: Actor, row: D, values: Mapping[str, Any], *, reason: str) -> D:
    """Put a row in another's place; what was believed stays readable with the reason.

    A change in the world (an end) does it too, without a reason: so every question can be asked as
    it was known at any time.
    """
    fields = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}  # noqa: SLF001 – as above
    new = type(row)(**{**fields, **values, "id": new_id(), "recorded_at": actor.at})
    require_period(new.since, new.until)
    row.superseded_at = actor.at
    row.superseded_reason = reason
    row.save(update_fields=["superseded_at", "superseded_reason"])
    new.save(force_insert=True)
    if isinstance(row, Membership):
        _move_guests(row.pk, new.pk)
    return new


def _move_guests(old: UUID, new: UUID) -> None:
    """What a guest was invited to stays theirs when the record of the membership is mended."""
    through = Membership.invited_to.through
    through.objects.filter(membership_id=old).update(membership_id=new)
