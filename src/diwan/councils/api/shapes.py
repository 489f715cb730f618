"""How bodies, meetings, resolutions and actions look in answers of the API."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Literal
from uuid import UUID

from ninja import Field, Schema

from diwan.councils.models import Action, AgendaItem, Body, Meeting, Resolution
from diwan.councils.queries.bodies import Member
from diwan.councils.queries.duties import ActionSheet
from diwan.councils.queries.lateness import clock_of
from diwan.councils.queries.meetings import Minutes
from diwan.councils.queries.register import progress_of
from diwan.directory.public import post_cards
from diwan.kernel.api.shapes import PostShape, When
from diwan.kernel.models import StoredFile
from diwan.kernel.policies import Actor

Confidentiality = Literal["public", "internal", "body", "named"]
ActionState = Literal["unconfirmed", "open", "doing", "done", "closed", "dropped"]
MeetingState = Literal["planned", "held", "cancelled"]
ResolutionKind = Literal["resolved", "recommended", "tasked", "announced"]
Role = Literal[
    "chair", "deputy", "secretary", "treasurer", "member", "adviser", "observer", "guest"
]


class BodyShape(Schema):
    """A council, commission, working group: those who meet."""

    id: UUID
    register_key: str
    key: str
    code: str = Field(description="As it stands in its numbers.")
    unit_id: UUID
    parent_id: UUID | None
    kind: str
    name: dict[str, str]
    mandate: dict[str, str] | None
    every: str = Field(description="The span between meetings, such as “2 months”; empty for none.")
    every_on: str = Field(
        description="The day on which they fall, such as “19” or “first monday”; empty for none."
    )
    calendar: Literal["jalali", "hijri", "gregorian"]
    confidentiality: Confidentiality
    since: When | None
    until: When | None


class MemberShape(Schema):
    """A seat in a body, and the posts that sit in it now."""

    id: UUID
    role: Role
    name: dict[str, str]
    posts: list[PostShape]
    since: When | None
    until: When | None


class AgendaShape(Schema):
    """One thing a meeting looks at."""

    id: UUID
    position: int
    text: dict[str, str]
    confidentiality: Confidentiality


class StatementShape(Schema):
    """What was said."""

    id: UUID
    position: int
    speaker: PostShape | None
    text: dict[str, str]


class MeetingLine(Schema):
    """A meeting in a list."""

    id: UUID
    body_id: UUID
    number: int | None
    date: When | None
    starts: time | None
    ends: time | None
    place: dict[str, str] | None
    state: MeetingState
    confidentiality: Confidentiality


class MeetingShape(MeetingLine):
    """A meeting with what the caller may read of its minutes (`full`: all of it)."""

    full: bool
    chair: PostShape | None
    agenda: list[AgendaShape]
    statements: list[StatementShape]
    resolutions: list[UUID]


class Counts(Schema):
    """How the actions of a resolution stand; only those that the caller may see are counted."""

    total: int
    closed: int
    dropped: int
    done: int
    owed: int
    late: int
    unconfirmed: int
    unowned: int


class ResolutionShape(Schema):
    """A decision of a meeting. A draft has no number."""

    id: UUID
    body_id: UUID
    meeting_id: UUID
    number: str
    kind: ResolutionKind
    state: Literal["draft", "adopted"]
    text: dict[str, str]
    every: str
    confidentiality: Confidentiality
    adopted_at: datetime | None
    actions: Counts


class ActionLine(Schema):
    """An action in a list. `owner` is the post that owes it, with who holds it now."""

    id: UUID
    resolution_id: UUID
    resolution_number: str
    body_id: UUID
    parent_id: UUID | None = Field(description="The whole of which this is a part.")
    text: dict[str, str]
    state: ActionState
    progress: int
    round: int
    owner: PostShape | None
    unit_id: UUID | None = Field(description="The unit it is about.")
    due: When | None
    late_days: int = Field(description="Working days after the due date, 0 in time.")
    arrived_at: datetime
    done_at: datetime | None
    closed_at: datetime | None
    reason: str


class FileShape(Schema):
    """A file by what is known of it; its content is at `/files/{id}/content`."""

    id: UUID
    name: str
    sha256: str
    size: int | None
    media_type: str | None
    added_at: datetime


class EventShape(Schema):
    """One step in the life of an action."""

    id: UUID
    verb: str
    at: datetime
    post_id: UUID | None
    before: str
    after: str
    progress: int | None
    note: str
    proofs: list[FileShape]


class DateRequestShape(Schema):
    """A new date that was asked for."""

    id: UUID
    to: When | None
    reason: str
    state: Literal["asked", "granted", "refused"]
    answer: str


class ActionShape(ActionLine):
    """An action with its life; `steps` are those that the caller may take now."""

    steps: list[str]
    events: list[EventShape]
    date_requests: list[DateRequestShape]
    parts: list[UUID]


def body_shape(row: Body) -> BodyShape:
    """A body."""
    return BodyShape.model_validate(
        {
            **{name: getattr(row, name) for name in ("key", "code", "kind", "name", "mandate")},
            "id": row.pk,
            "register_key": row.register.key,
            "unit_id": row.unit_id,
            "parent_id": row.parent_id,
            "every": row.every,
            "every_on": row.every_on,
            "calendar": row.calendar,
            "confidentiality": row.confidentiality,
            "since": When.stated(row.since, row.since_precision, row.since_calendar),
            "until": When.stated(row.until, row.until_precision, row.until_calendar),
        }
    )


def member_shape(member: Member) -> MemberShape:
    """A seat."""
    row = member.membership
    return MemberShape.model_validate(
        {
            "id": row.lineage,
            "role": row.role,
            "name": dict(member.name),
            "posts": [PostShape.of(card) for card in member.posts],
            "since": When.of(row.since_stated),
            "until": When.of(row.until_stated),
        }
    )


def meeting_line(row: Meeting) -> MeetingLine:
    """A meeting of a list."""
    return MeetingLine.model_validate(_meeting(row))


def _meeting(row: Meeting) -> dict[str, object]:
    return {
        "id": row.pk,
        "body_id": row.body_id,
        "number": row.number,
        "date": When.stated(row.date, row.date_precision, row.date_calendar),
        "starts": row.starts,
        "ends": row.ends,
        "place": row.place,
        "state": row.state,
        "confidentiality": row.confidentiality,
    }


def agenda_shape(row: AgendaItem) -> AgendaShape:
    """An agenda item."""
    return AgendaShape.model_validate(
        {
            "id": row.pk,
            "position": row.position,
            "text": row.text,
            "confidentiality": row.confidentiality,
        }
    )


def meeting_shape(read: Minutes) -> MeetingShape:
    """A meeting with its minutes."""
    chair = read.speakers.get(read.meeting.chair_id) if read.meeting.chair_id else None
    statements = [
        {
            "id": row.pk,
            "position": row.position,
            "speaker": PostShape.of(read.speakers[row.speaker_id])
            if row.speaker_id and row.speaker_id in read.speakers
            else None,
            "text": row.text,
        }
        for row in read.statements
    ]
    return MeetingShape.model_validate(
        {
            **_meeting(read.meeting),
            "full": read.full,
            "chair": PostShape.of(chair) if chair and read.full else None,
            "agenda": [agenda_shape(row) for row in read.agenda],
            "statements": statements,
            "resolutions": [row.pk for row in read.resolutions],
        }
    )


def resolution_shapes(actor: Actor, rows: Sequence[Resolution]) -> list[ResolutionShape]:
    """Resolutions, their actions counted in one question."""
    counts = progress_of(actor, [row.pk for row in rows])
    copied = ("number", "kind", "state", "text", "every", "confidentiality", "adopted_at")
    return [
        ResolutionShape.model_validate(
            {
                **{name: getattr(row, name) for name in copied},
                "id": row.pk,
                "body_id": row.body_id,
                "meeting_id": row.meeting_id,
                "actions": {name: getattr(counts[row.pk], name) for name in Counts.model_fields},
            }
        )
        for row in rows
    ]


def action_lines(actor: Actor, rows: Sequence[Action]) -> list[ActionLine]:
    """Actions with their owners, in few questions."""
    cards = post_cards({row.owner_id for row in rows if row.owner_id}, actor.at)
    owners = {pk: PostShape.of(card) for pk, card in cards.items()}
    return [ActionLine.model_validate(_action(actor, row, owners)) for row in rows]


def _action(actor: Actor, row: Action, owners: dict[UUID, PostShape]) -> dict[str, object]:
    copied = ("text", "state", "progress", "round", "unit_id", "parent_id", "resolution_id")
    instants = ("arrived_at", "done_at", "closed_at", "reason")
    return {
        **{name: getattr(row, name) for name in (*copied, *instants)},
        "id": row.pk,
        "resolution_number": row.resolution.number,
        "body_id": row.resolution.body_id,
        "owner": owners.get(row.owner_id) if row.owner_id else None,
        "due": When.stated(row.due, row.due_precision, row.due_calendar),
        "late_days": clock_of(actor).late_days(row),
    }


def action_shape(actor: Actor, sheet: ActionSheet) -> ActionShape:
    """An action with everything that the caller may see of it."""
    row = sheet.action
    owners = {sheet.owner.post_id: PostShape.of(sheet.owner)} if sheet.owner else {}
    events = [
        {
            **{
                name: getattr(event, name)
                for name in ("verb", "at", "post_id", "before", "after", "progress", "note")
            },
            "id": event.pk,
            "proofs": [file_shape(file) for file in sheet.proofs.get(event.pk, ())],
        }
        for event in sheet.events
    ]
    requests = [
        {
            "id": request.pk,
            "to": When.stated(request.to_due, request.to_precision, request.to_calendar),
            "reason": request.reason,
            "state": request.state,
            "answer": request.answer,
        }
        for request in sheet.requests
    ]
    return ActionShape.model_validate(
        {
            **_action(actor, row, owners),
            "steps": [verb.value for verb in sheet.steps],
            "events": events,
            "date_requests": requests,
            "parts": [part.pk for part in sheet.parts],
        }
    )


def file_shape(file: StoredFile) -> FileShape:
    """A file."""
    return FileShape(
        id=file.pk,
        name=file.name,
        sha256=file.sha256,
        size=file.blob.size if file.blob else None,
        media_type=file.blob.media_type if file.blob else None,
        added_at=file.added_at,
    )
