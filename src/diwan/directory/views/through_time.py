"""A story out of the tables, told in sentences: units, posts and who held them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from diwan.directory.forms.words import held_as, kind_name, kind_shown, role_names, seats_words
from diwan.directory.models import Holding, Person, Post, PostVersion, UnitVersion
from diwan.directory.queries import story
from diwan.directory.queries.names import (
    post_names,
    shown_instant,
    unit_names,
    with_honorific,
)
from diwan.directory.queries.story import Turn
from diwan.kernel.calendars import PartialDate, Precision
from diwan.kernel.dated import stated
from diwan.kernel.reader import current
from diwan.kernel.working import today_in
from diwan.ui.components import Event
from diwan.ui.show import show_local, show_partial
from diwan.ui.trails import reason_in_words

TONES = {
    Turn.FOUNDED: "done",
    Turn.ENDED: "late",
    Turn.MERGED: "late",
    Turn.BECAME: "late",
    Turn.PAUSED: "due",
    Turn.MOVED: "new",
    Turn.SPLIT: "due",
}


@dataclass(frozen=True)
class Telling:
    """Names that sentences need, asked for at once; `kind_of` is "unit" or "post"."""

    names: Mapping[UUID, Mapping[str, str]]
    of_post: bool = False

    def sentence(self, event: story.Event) -> str:
        """One event as a sentence."""
        tell = getattr(self, f"_{event.turn.value}", None)
        if tell is None:
            return self._followed_by(event)
        return str(tell(event))

    def _founded(self, event: story.Event) -> str:
        told = {"name": show_local(event.after)}
        if event.day is None:
            return _("Was there before the record begins, as “%(name)s”") % told
        return (_("Made as “%(name)s”") if self.of_post else _("Founded as “%(name)s”")) % told

    def _renamed(self, event: story.Event) -> str:
        told = {"before": show_local(event.before), "after": show_local(event.after)}
        return _("Renamed from “%(before)s” to “%(after)s”") % told

    def _kind(self, event: story.Event) -> str:
        told = {"before": kind_name(event.before), "after": kind_name(event.after)}
        return _("Its kind changed from %(before)s to %(after)s") % told

    def _moved(self, event: story.Event) -> str:
        if event.before is None:
            return _("Moved from the top to under “%(after)s”") % {"after": self._unit(event.after)}
        if event.after is None:
            return _("Moved from under “%(before)s” to the top") % {
                "before": self._unit(event.before)
            }
        told = {"before": self._unit(event.before), "after": self._unit(event.after)}
        return _("Moved from under “%(before)s” to under “%(after)s”") % told

    def _roles(self, event: story.Event) -> str:
        nothing = _("none")
        told = {
            "before": role_names(event.before) or nothing,
            "after": role_names(event.after) or nothing,
        }
        return _("Its roles changed from %(before)s to %(after)s") % told

    def _seats(self, event: story.Event) -> str:
        told = {"before": seats_words(event.before), "after": seats_words(event.after)}
        return _("Its seats changed from %(before)s to %(after)s") % told

    def _paused(self, event: story.Event) -> str:  # noqa: ARG002 - all tell alike
        return _("Was not there for a while from this day on")

    def _ended(self, event: story.Event) -> str:  # noqa: ARG002 - as above
        return _("The post ended") if self.of_post else _("The unit was closed")

    def _followed_by(self, event: story.Event) -> str:
        other = {"other": self._unit(event.other)}
        return {
            Turn.BECAME: _("Its work passed to “%(other)s”"),
            Turn.MERGED: _("It was merged into “%(other)s”"),
            Turn.SPLIT: _("Split: “%(other)s” came out of it"),
            Turn.FOLLOWED: _("It took over from “%(other)s”"),
        }[event.turn] % other

    def _unit(self, pk: UUID | None) -> str:
        return show_local(self.names.get(pk, {})) if pk else ""


def told_events(told: story.Story, *, of_post: bool = False) -> list[Event]:
    """The events of a unit or a post for `{% timeline %}`, the latest first."""
    ids = {pk for event in told.events for pk in _units_in(event)}
    day = next((event.day for event in reversed(told.events) if event.day), date.max)
    telling = Telling(unit_names(ids, day), of_post)
    return [
        Event(
            when=event.when if event.day else "",
            title=telling.sentence(event),
            tone=TONES.get(event.turn, "quiet"),
            url=reverse("directory:unit", args=[event.other]) if event.other else "",
        )
        for event in reversed(told.events)
    ]


def _units_in(event: story.Event) -> Iterable[UUID]:
    asked = [event.other]
    if event.turn is Turn.MOVED:
        asked += [event.before, event.after]
    return [pk for pk in asked if pk is not None]


def span_words(since: PartialDate | None, until: PartialDate | None) -> str:
    """From when to when a version held."""
    told = {
        "since": show_partial(since) if since else _("before the record begins"),
        "until": show_partial(until) if until else _("still"),
    }
    return _("%(since)s to %(until)s") % told


def version_rows(told: story.Story, link: Callable[[UUID], str] | None) -> list[dict[str, Any]]:
    """What the record says, stretch by stretch, the latest first; `link` leads to correcting."""
    parents = unit_names(
        [row.parent_id for row in told.versions if isinstance(row, UnitVersion) and row.parent_id],
        current().today(),
    )
    return [
        {
            "name": row.name,
            "span": span_words(row.since_stated, row.until_stated),
            "parent": _parent(row, parents),
            "kind": kind_shown(row.kind) if isinstance(row, UnitVersion) else "",
            "correct_url": link(row.pk) if link else "",
        }
        for row in reversed(told.versions)
    ]


def _parent(
    row: UnitVersion | PostVersion, parents: Mapping[UUID, Mapping[str, str]]
) -> Mapping[str, str]:
    """The name of the unit under which a unit stood; nothing for a post."""
    if not isinstance(row, UnitVersion) or row.parent_id is None:
        return {}
    return parents.get(row.parent_id, {})


def correction_rows(found: Sequence[story.Correction]) -> list[dict[str, Any]]:
    """What was believed and is no more."""
    return [
        {
            "name": each.version.name,
            "span": span_words(each.version.since_stated, each.version.until_stated),
            "since_at": each.since_at,
            "until_at": each.until_at,
            "reason": reason_in_words(each.reason),
        }
        for each in found
    ]


def holding_end(row: Holding, side: str, country: str) -> str:
    """A holding's beginning or end as precisely as it is known."""
    at: datetime | None = getattr(row, f"{side}_at")
    if at is None:
        return _("before the record begins") if side == "since" else _("still")
    precision = getattr(row, f"{side}_precision")
    if precision != Precision.DAY:
        there = today_in(country, at)
        return show_partial(stated(there, precision, getattr(row, f"{side}_calendar")))
    return shown_instant(at, country)


def _name_of(person: Person) -> dict[str, str]:
    return with_honorific(person.name, person.honorific)


def person_terms(person: Person) -> list[dict[str, Any]]:
    """The posts that somebody held, the latest first."""
    rows = story.posts_through_time(person.pk)
    today = current().today()
    posts = {row.post_id: row.post for row in rows}
    units = dict(Post.objects.filter(pk__in=posts).values_list("pk", "unit_id"))
    names = post_names(posts, today)
    of_units = unit_names(units.values(), today)
    country = person.register.country
    return [
        {
            "post": show_local(names.get(row.post_id, {})),
            "post_url": reverse("directory:post", args=[row.post_id]),
            "unit": show_local(of_units.get(units[row.post_id], {})),
            "unit_url": reverse("directory:unit", args=[units[row.post_id]]),
            "how": held_as(row.kind),
            "since": holding_end(row, "since", country),
            "until": holding_end(row, "until", country),
        }
        for row in rows
    ]


def post_terms(rows: Sequence[Holding], country: str) -> list[dict[str, Any]]:
    """Who held a post of the country, the latest first."""
    return [
        {
            "holding": row,
            "name": show_local(_name_of(row.person)),
            "url": reverse("directory:person", args=[row.person_id]),
            "how": held_as(row.kind),
            "since": holding_end(row, "since", country),
            "until": holding_end(row, "until", country),
        }
        for row in rows
    ]


def corrected_terms(found: Sequence[story.Correction], country: str) -> list[dict[str, Any]]:
    """Holdings of a post of the country that were believed and are no more."""
    return [
        {
            "name": show_local(_name_of(each.version.person)),
            "since": holding_end(each.version, "since", country),
            "until": holding_end(each.version, "until", country),
            "since_at": each.since_at,
            "until_at": each.until_at,
            "reason": reason_in_words(each.reason),
        }
        for each in found
    ]
