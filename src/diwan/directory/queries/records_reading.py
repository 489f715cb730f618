"""Reading a register of the directory into plain data (`records`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from diwan.directory.models import (
    Handover,
    Holding,
    Need,
    Note,
    Partner,
    Person,
    Post,
    PostPattern,
    PostVersion,
    Register,
    Unit,
    UnitPattern,
    UnitVersion,
)
from diwan.kernel.calendars import Calendar, PartialDate, Precision
from diwan.kernel.countries import country as country_of
from diwan.kernel.dated import stated

from .records import (
    DirectoryRecords,
    HandoverRecord,
    HoldingRecord,
    NeedRecord,
    NoteRecord,
    PartnerRecord,
    PersonRecord,
    PostPatternRecord,
    PostRecord,
    RegisterRecord,
    UnitPatternRecord,
    UnitRecord,
    When,
)


def register_record(register: Register) -> RegisterRecord:
    """A register's own record."""
    return RegisterRecord(
        key=register.key,
        language=register.language,
        country=register.country,
        source=register.source,
        recorded=PartialDate(
            register.recorded,
            Precision(register.recorded_precision),
            Calendar(register.recorded_calendar),
        ),
    )


def records_of(register: Register) -> DirectoryRecords:
    """Everything that the directory holds of a register."""
    units = _keys(Unit, register)
    posts = _keys(Post, register)
    people = _keys(Person, register)
    patterns = _keys(UnitPattern, register)
    found = DirectoryRecords()
    for row in UnitPattern.objects.filter(register=register).order_by("id"):
        found.unit_patterns[row.key] = UnitPatternRecord(
            key=row.key,
            name=row.name,
            kind=row.kind,
            per=row.per,
            parent=patterns.get(row.parent_pattern_id) or units.get(row.parent_id, ""),
        )
    found.units = _units(register, units, patterns)
    found.post_patterns = _post_patterns(register, patterns)
    found.posts = _posts(register, units, posts)
    for partner in Partner.objects.filter(register=register).order_by("id"):
        found.partners[partner.key] = PartnerRecord(key=partner.key, name=partner.name)
    found.people = _people(register, posts)
    found.handovers = _handovers(register, posts, people)
    places = units | patterns
    for note in Note.objects.filter(register=register):
        unit = places.get(note.unit_id or note.unit_pattern_id, "")
        found.notes[note.key] = NoteRecord(key=note.key, kind=note.kind, text=note.text, unit=unit)
    return found


def _keys(model: Any, register: Register) -> dict[UUID | None, str]:
    return dict(model.objects.filter(register=register).values_list("pk", "key"))


def _units(
    register: Register, keys: dict[UUID | None, str], patterns: dict[UUID | None, str]
) -> dict[str, UnitRecord]:
    lines = lines_of(UnitVersion.objects.filter(unit__register=register), "unit_id")
    found = {}
    for unit in Unit.objects.filter(register=register).order_by("id"):
        line = lines.get(unit.pk)
        if not line:
            continue
        found[unit.key] = UnitRecord(
            key=unit.key,
            name=line[-1].name,
            kind=line[-1].kind,
            parent=keys.get(line[-1].parent_id, ""),
            province=unit.province,
            since=day_of(line[0], "since"),
            until=day_of(line[-1], "until"),
            becomes=keys.get(unit.becomes_id, ""),
            pattern=patterns.get(unit.pattern_id, ""),
        )
    return found


def _post_patterns(
    register: Register, units: dict[UUID | None, str]
) -> dict[str, PostPatternRecord]:
    return {
        row.key: PostPatternRecord(
            key=row.key,
            unit=units[row.unit_pattern_id],
            name=row.name,
            roles=tuple(row.roles.split()),
            seats=row.seats,
        )
        for row in PostPattern.objects.filter(register=register).order_by("id")
        if row.unit_pattern_id in units
    }


def _posts(
    register: Register, units: dict[UUID | None, str], keys: dict[UUID | None, str]
) -> dict[str, PostRecord]:
    lines = lines_of(PostVersion.objects.filter(post__register=register), "post_id")
    patterns = _keys(PostPattern, register)
    found = {}
    for post in Post.objects.filter(register=register).order_by("id"):
        line = lines.get(post.pk)
        if not line or post.unit_id not in units:
            continue
        found[post.key] = PostRecord(
            key=post.key,
            unit=units[post.unit_id],
            name=line[-1].name,
            roles=tuple(sorted(line[-1].role_set)),
            seats=line[-1].seats,
            since=day_of(line[0], "since"),
            until=day_of(line[-1], "until"),
            becomes=keys.get(post.becomes_id, ""),
            pattern=patterns.get(post.pattern_id, ""),
        )
    return found


def _people(register: Register, posts: dict[UUID | None, str]) -> dict[str, PersonRecord]:
    held: dict[UUID, list[HoldingRecord]] = defaultdict(list)
    for row in holdings_of(register):
        if row.post_id in posts:
            held[row.person_id].append(holding_record(row, posts[row.post_id], register.country))
    return {
        person.key: PersonRecord(
            key=person.key,
            name=person.name,
            honorific=person.honorific,
            holds=tuple(held[person.pk]),
        )
        for person in Person.objects.filter(register=register).order_by("id")
    }


def holdings_of(register: Register) -> list[Holding]:
    """Believed holdings of a register's people, full and acting, the earliest first.

    A deputy's leave is left out: the format has no word for it.
    """
    rows = Holding.objects.known().filter(person__register=register)
    kinds = (Holding.Kind.FULL, Holding.Kind.ACTING)
    found = list(rows.filter(kind__in=kinds).select_related("post"))
    open_end = datetime.min.replace(tzinfo=ZoneInfo("UTC"))
    return sorted(found, key=lambda row: (row.since_at or open_end, row.post.key))


def holding_record(row: Holding, post: str, country: str) -> HoldingRecord:
    """A holding as a register tells it: by the day in its country."""
    return HoldingRecord(
        post=post,
        since=_moment(
            row.since_at, row.since_precision, row.since_calendar, row.since_event, country
        ),
        until=_moment(
            row.until_at, row.until_precision, row.until_calendar, row.until_event, country
        ),
        acting=row.kind == Holding.Kind.ACTING,
    )


def _handovers(
    register: Register, posts: dict[UUID | None, str], people: dict[UUID | None, str]
) -> dict[str, HandoverRecord]:
    needs: dict[UUID, list[NeedRecord]] = defaultdict(list)
    for need in Need.objects.filter(handover__register=register):
        needs[need.handover_id].append(NeedRecord(key=need.key, text=need.text))
    found = {}
    for row in Handover.objects.filter(register=register).order_by("id"):
        sides = (
            people.get(row.from_person_id),
            posts.get(row.from_post_id),
            people.get(row.to_person_id),
            posts.get(row.to_post_id),
        )
        if not all(sides):
            continue
        found[row.key] = HandoverRecord(
            key=row.key,
            from_person=sides[0] or "",
            from_post=sides[1] or "",
            to_person=sides[2] or "",
            to_post=sides[3] or "",
            at=_moment(row.at, row.at_precision, row.at_calendar, row.event, register.country),
            needs=tuple(needs[row.pk]),
        )
    return found


V = TypeVar("V", UnitVersion, PostVersion)


def lines_of(rows: QuerySet[V], owner: str) -> dict[UUID, list[V]]:
    """The believed versions of each unit or post, in order of time."""
    known: Iterable[V] = rows.filter(superseded_at__isnull=True)
    lines: dict[UUID, list[V]] = defaultdict(list)
    for row in sorted(known, key=lambda row: row.since or date.min):
        lines[getattr(row, owner)].append(row)
    return dict(lines)


def day_of(row: UnitVersion | PostVersion, side: str) -> When | None:
    """Since or until of a version as it was stated."""
    on = stated(
        getattr(row, side), getattr(row, f"{side}_precision"), getattr(row, f"{side}_calendar")
    )
    return None if on is None else When(on, getattr(row, f"{side}_event"))


def _moment(
    at: datetime | None, precision: str, calendar: str, event: UUID | None, country: str
) -> When | None:
    if at is None:
        return None
    day = at.astimezone(ZoneInfo(country_of(country).timezone)).date()
    return When(PartialDate(day, Precision(precision), Calendar(calendar)), event)
