"""Reading a register's bodies, meetings, resolutions and actions into plain data (`records`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from diwan.councils.constants import ACTION_EVENT, RESOLUTION, STATEMENT
from diwan.councils.models import (
    Action,
    ActionEvent,
    AgendaItem,
    Body,
    DateRequest,
    Meeting,
    Membership,
    Oversight,
    Resolution,
    Statement,
)
from diwan.councils.rules.dates import due_after
from diwan.directory.public import Partner, Post, PostPattern, Register, Unit, UnitPattern, When
from diwan.kernel import files
from diwan.kernel.calendars import Calendar, PartialDate, Span
from diwan.kernel.countries import country as country_of
from diwan.kernel.dated import stated
from diwan.kernel.exchange import Ref
from diwan.kernel.links import Verb
from diwan.kernel.models import Link, StoredFile

from .records import (
    ActionRecord,
    BodyRecord,
    CouncilRecords,
    ItemRecord,
    MeetingRecord,
    MemberRecord,
    ProofRecord,
    RedatedRecord,
    ResolutionRecord,
    StatementRecord,
)

Keys = Mapping[UUID | None, str]
Targets = Mapping[tuple[UUID, str], list[Ref]]


def council_records_of(register: Register, *, bodies_alone: bool = False) -> CouncilRecords:
    """Everything that councils hold of a register, or its bodies alone.

    Drafts are no decisions yet and cancelled meetings were none: both are left out.
    """
    names = _Names(register)
    found = CouncilRecords(bodies=_bodies(register, names))
    if bodies_alone:
        return found
    rows = Meeting.objects.filter(register=register).exclude(state=Meeting.State.CANCELLED)
    meetings = list(rows.order_by("id"))
    resolutions = _by(
        "meeting_id",
        Resolution.objects.filter(
            meeting__register=register, state=Resolution.State.ADOPTED
        ).order_by("position", "id"),
    )
    agenda = _by("meeting_id", AgendaItem.objects.filter(meeting__register=register))
    statements = _by("meeting_id", Statement.objects.filter(meeting__register=register))
    links = _links(register)
    for meeting in meetings:
        if meeting.body_id not in names.bodies:
            continue
        found.meetings[meeting.key] = MeetingRecord(
            id=meeting.pk,
            key=meeting.key,
            body=names.bodies[meeting.body_id],
            number=meeting.number,
            date=stated(meeting.date, meeting.date_precision, meeting.date_calendar),
            place=meeting.place,
            chair=names.posts.get(meeting.chair_id, ""),
            agenda=tuple(ItemRecord(key=i.key, text=i.text) for i in agenda[meeting.pk]),
            statements=tuple(_statement(s, names, links) for s in statements[meeting.pk]),
            resolutions=tuple(_resolution(r, links) for r in resolutions[meeting.pk]),
        )
    found.actions = _actions(register, names, found)
    return found


class _Names:
    """Keys of a register by identifier."""

    def __init__(self, register: Register) -> None:
        self.bodies: Keys = _keys(Body, register)
        self.posts: Keys = _keys(Post, register)
        self.post_patterns: Keys = _keys(PostPattern, register)
        self.units: Keys = _keys(Unit, register)
        self.unit_patterns: Keys = _keys(UnitPattern, register)
        self.partners: Keys = _keys(Partner, register)


def _keys(model: Any, register: Register) -> Keys:
    return dict(model.objects.filter(register=register).values_list("pk", "key"))


def _by(name: str, rows: Iterable[Any]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return found


def _bodies(register: Register, names: _Names) -> dict[str, BodyRecord]:
    members = _by("body_id", memberships_of(register))
    oversights = Oversight.objects.filter(body__register=register).order_by("id")
    overseen = _by("body_id", oversights)
    return {
        body.key: BodyRecord(
            key=body.key,
            unit=names.units.get(body.unit_id, ""),
            kind=body.kind,
            name=body.name,
            parent=names.bodies.get(body.parent_id, ""),
            term=body.term_years,
            every=body.every,
            since=_when(body, "since"),
            until=_when(body, "until"),
            mandate=body.mandate,
            oversees=tuple(
                names.units[o.unit_id] for o in overseen[body.pk] if o.unit_id in names.units
            ),
            members=tuple(
                record
                for row in members[body.pk]
                if (record := member_record(row, names)) is not None
            ),
        )
        for body in Body.objects.filter(register=register).order_by("id")
        if body.unit_id in names.units
    }


def _when(body: Body, side: str) -> When | None:
    on = stated(
        getattr(body, side), getattr(body, f"{side}_precision"), getattr(body, f"{side}_calendar")
    )
    return None if on is None else When(on, getattr(body, f"{side}_event"))


def memberships_of(register: Register) -> QuerySet[Membership]:
    """The seats that have no end. The format cannot say when one began or ended."""
    return Membership.objects.known().filter(body__register=register, until__isnull=True)


def member_record(row: Membership, names: _Names) -> MemberRecord | None:
    """A seat as a register tells it; None where who holds it belongs to another register."""
    post = names.posts.get(row.post_id) or names.post_patterns.get(row.post_pattern_id, "")
    unit, partner = names.units.get(row.unit_id, ""), names.partners.get(row.partner_id, "")
    if not (post or unit or partner or row.seat):
        return None
    return MemberRecord(role=row.role, post=post, unit=unit, partner=partner, seat=row.seat)


def names_of(register: Register) -> _Names:
    """The keys by which `member_record` names members."""
    return _Names(register)


def _links(register: Register) -> Targets:
    """What statements and resolutions are about, and what resolutions name besides."""
    ids = [
        *Statement.objects.filter(meeting__register=register).values_list("pk", flat=True),
        *Resolution.objects.filter(meeting__register=register).values_list("pk", flat=True),
    ]
    found: dict[tuple[UUID, str], list[Ref]] = defaultdict(list)
    for start in range(0, len(ids), 500):
        rows = Link.objects.filter(
            source_kind__in=(STATEMENT, RESOLUTION),
            source_id__in=ids[start : start + 500],
            verb__in=(Verb.ABOUT, Verb.WITH),
        )
        for row in rows.order_by("made_at", "id"):
            found[row.source_id, row.verb].append(Ref(row.target_kind, row.target_id))
    return found


def _statement(row: Statement, names: _Names, links: Targets) -> StatementRecord:
    speaker = names.posts.get(row.speaker_id) or names.post_patterns.get(row.speaker_pattern_id)
    about = links.get((row.pk, Verb.ABOUT), [])
    return StatementRecord(
        key=row.key, speaker=speaker or "", text=row.text, about=about[0] if about else None
    )


def _resolution(row: Resolution, links: Targets) -> ResolutionRecord:
    about = links.get((row.pk, Verb.ABOUT), [])
    return ResolutionRecord(
        key=row.key,
        number=row.number,
        kind=row.kind,
        text=row.text,
        about=about[0] if about else None,
        together_with=tuple(links.get((row.pk, Verb.WITH), [])),
        every=row.every,
    )


def _actions(register: Register, names: _Names, found: CouncilRecords) -> dict[str, ActionRecord]:
    rows = list(
        Action.objects.filter(register=register, resolution__state=Resolution.State.ADOPTED)
        .select_related("register", "resolution__meeting", "resolution__body", "parent")
        .order_by("resolution_id", "position", "id")
    )
    proofs, redated = _proofs(register), _redated(register)
    return {
        row.key: _action(row, names, proofs[row.pk], redated[row.pk])
        for row in rows
        if row.resolution.meeting.key in found.meetings
    }


def _action(
    row: Action, names: _Names, proof: list[ProofRecord], redated: list[RedatedRecord]
) -> ActionRecord:
    due = stated(row.due, row.due_precision, row.due_calendar)
    country = row.register.country
    return ActionRecord(
        key=row.key,
        meeting=row.resolution.meeting.key,
        resolution=row.resolution.key,
        text=row.text,
        owner=names.posts.get(row.owner_id, ""),
        unit=names.units.get(row.unit_id, ""),
        group=row.group,
        group_pattern=names.unit_patterns.get(row.group_pattern_id, ""),
        parent=row.parent.key if row.parent else "",
        due=None if due == counted_due(row) else due,
        due_after=row.due_after,
        state=row.state,
        progress=row.progress,
        redated=tuple(redated),
        proof=tuple(proof),
        done_on=_day(row.done_at, country),
        closed_on=_day(row.closed_at, country),
        closed_by=names.posts.get(row.closed_by_id, ""),
        reason=row.reason,
    )


def counted_due(row: Action) -> PartialDate | None:
    """The date that follows from the meeting's by `due_after`, None where it says nothing."""
    if not row.due_after:
        return None
    meeting = row.resolution.meeting
    date = stated(meeting.date, meeting.date_precision, meeting.date_calendar)
    return due_after(date, Span.parse(row.due_after), Calendar(row.resolution.body.calendar))


def _day(at: datetime | None, country: str) -> PartialDate | None:
    if at is None:
        return None
    return PartialDate(at.astimezone(ZoneInfo(country_of(country).timezone)).date())


def _redated(register: Register) -> dict[UUID, list[RedatedRecord]]:
    """Granted new dates. A first date where there was none cannot be said."""
    found: dict[UUID, list[RedatedRecord]] = defaultdict(list)
    rows = DateRequest.objects.filter(
        action__register=register, state=DateRequest.State.GRANTED, from_due__isnull=False
    )
    for row in rows.order_by("answered_at", "id"):
        was = stated(row.from_due, row.from_precision, row.from_calendar)
        to = stated(row.to_due, row.to_precision, row.to_calendar)
        on = _day(row.answered_at or row.asked_at, register.country)
        if was is None or to is None or on is None:
            continue
        found[row.action_id].append(RedatedRecord(was=was, to=to, reason=row.reason, on=on))
    return found


def proof_files(register: Register) -> list[tuple[UUID, StoredFile]]:
    """Files that prove a register's actions, each with its action's identifier, oldest first."""
    events = dict(
        ActionEvent.objects.filter(action__register=register).values_list("pk", "action_id")
    )
    ids = list(events)
    found = []
    for start in range(0, len(ids), 500):
        stored = files.files_of(ACTION_EVENT, ids[start : start + 500])
        found += [(events[file.subject_id], file) for file in stored]
    return sorted(found, key=lambda pair: (pair[1].added_at, pair[1].pk))


def _proofs(register: Register) -> dict[UUID, list[ProofRecord]]:
    found: dict[UUID, list[ProofRecord]] = defaultdict(list)
    for action_id, stored in proof_files(register):
        record = ProofRecord(file=stored.name, sha256=stored.sha256)
        if record not in found[action_id]:
            found[action_id].append(record)
    return found
