"""One unit, one post, one person through time, as events in order.

`known_at` asks what was believed then. Corrections are told apart: a change is when the world
changed, a correction is when we learned better.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from diwan.directory.models import (
    Holding,
    PostVersion,
    UnitSuccession,
    UnitVersion,
)
from diwan.kernel.calendars import PartialDate


class Turn(StrEnum):
    """What happened to a unit or a post."""

    FOUNDED = "founded"
    RENAMED = "renamed"
    KIND = "kind"
    MOVED = "moved"
    ROLES = "roles"
    SEATS = "seats"
    PAUSED = "paused"  # it was not there for a while
    ENDED = "ended"
    BECAME = "became"
    MERGED = "merged"
    SPLIT = "split"
    FOLLOWED = "followed"  # it followed another unit


@dataclass(frozen=True)
class Event:
    """One turn at a day. `day` and `when` None: before the record begins.

    `before` and `after` are names (text maps), kinds, unit identifiers (moves), role words or
    seats; `other` is the other unit of a succession.
    """

    turn: Turn
    day: date | None
    when: PartialDate | None
    before: Any = None
    after: Any = None
    other: UUID | None = None
    event_id: UUID | None = None


@dataclass(frozen=True)
class Correction:
    """A version that was believed and is no more: when it was believed, and why it went."""

    version: Any
    since_at: datetime
    until_at: datetime
    reason: str


@dataclass(frozen=True)
class Story:
    """Versions in order of time, the events between them, and what was corrected."""

    versions: Sequence[Any]
    events: Sequence[Event]
    corrections: Sequence[Correction] = field(default_factory=tuple)


_UNIT_FIELDS = ((Turn.RENAMED, "name"), (Turn.KIND, "kind"), (Turn.MOVED, "parent_id"))
_POST_FIELDS = ((Turn.RENAMED, "name"), (Turn.ROLES, "role_set"), (Turn.SEATS, "seats"))


def unit_through_time(unit_id: UUID, *, known_at: datetime | None = None) -> Story:
    """A unit's foundings, renamings, moves, successions and end, in order of time."""
    rows = list(UnitVersion.objects.filter(unit=unit_id))
    versions = _in_order(rows, known_at)
    events = [*_turns(versions, _UNIT_FIELDS), *_successions(unit_id)]
    events.sort(key=lambda event: event.day or date.min)
    return Story(versions, events, _corrections(rows, known_at))


def post_through_time(post_id: UUID, *, known_at: datetime | None = None) -> Story:
    """A post's making, renamings, other roles and seats, and end, in order of time."""
    rows = list(PostVersion.objects.filter(post=post_id))
    versions = _in_order(rows, known_at)
    return Story(versions, _turns(versions, _POST_FIELDS), _corrections(rows, known_at))


def _in_order(rows: Sequence[Any], known_at: datetime | None) -> list[Any]:
    """Those believed at an instant (by default now), in order of time."""
    believed = [row for row in rows if _believed(row, known_at)]
    return sorted(believed, key=lambda row: row.since or date.min)


def _believed(row: Any, at: datetime | None) -> bool:
    """As `kernel.dated.BelievedQuerySet.known` asks it of the database."""
    if at is None:
        return row.superseded_at is None
    return row.recorded_at <= at and (row.superseded_at is None or row.superseded_at > at)


def _turns(versions: Sequence[Any], fields: Sequence[tuple[Turn, str]]) -> list[Event]:
    events: list[Event] = []
    last: Any = None
    for version in versions:
        begun = (version.since, version.since_stated)
        event_id = version.since_event
        if last is None or last.until != version.since:
            if last is not None:
                events.append(Event(Turn.PAUSED, last.until, last.until_stated))
            events.append(Event(Turn.FOUNDED, *begun, after=version.name, event_id=event_id))
        else:
            events += [
                Event(turn, *begun, getattr(last, name), getattr(version, name), event_id=event_id)
                for turn, name in fields
                if getattr(last, name) != getattr(version, name)
            ]
        last = version
    if last is not None and last.until is not None:
        events.append(Event(Turn.ENDED, last.until, last.until_stated, event_id=last.until_event))
    return events


def _successions(unit_id: UUID) -> list[Event]:
    turns = {"became": Turn.BECAME, "merged": Turn.MERGED, "split": Turn.SPLIT}
    rows = UnitSuccession.objects.filter(Q(predecessor=unit_id) | Q(successor=unit_id))
    events = []
    for row in rows:
        when = PartialDate(row.on_date)
        if row.predecessor_id == unit_id:
            events.append(Event(turns[row.kind], row.on_date, when, other=row.successor_id))
        else:
            events.append(Event(Turn.FOLLOWED, row.on_date, when, other=row.predecessor_id))
    return events


def _corrections(rows: Iterable[Any], known_at: datetime | None) -> list[Correction]:
    """Versions that were corrected (not those that a change in the world ended), the last first."""
    gone = [
        Correction(row, row.recorded_at, row.superseded_at, row.superseded_reason)
        for row in rows
        if row.superseded_at is not None and row.superseded_reason
    ]
    told = [each for each in gone if known_at is None or each.until_at <= known_at]
    return sorted(told, key=lambda each: each.until_at, reverse=True)


@dataclass(frozen=True)
class Terms:
    """Who held a post, the latest first, and what was corrected of that, the last first."""

    holdings: Sequence[Holding]
    corrections: Sequence[Correction] = field(default_factory=tuple)


def holdings_of_post(post_id: UUID) -> QuerySet[Holding]:
    """What was ever believed of a post's holders, the latest first."""
    rows = Holding.objects.filter(post=post_id).select_related("person")
    return rows.order_by(F("since_at").desc(nulls_last=True), "pk")


def terms_of(rows: Sequence[Holding], *, known_at: datetime | None = None) -> Terms:
    """What rows of `holdings_of_post` tell: believed at an instant (by default now)."""
    return Terms([row for row in rows if _believed(row, known_at)], _corrections(rows, None))


def posts_through_time(person_id: UUID, *, known_at: datetime | None = None) -> list[Holding]:
    """Which posts a person held, the latest first."""
    rows = Holding.objects.known(known_at).filter(person=person_id).select_related("post")
    return list(rows.order_by(F("since_at").desc(nulls_last=True), "pk"))
