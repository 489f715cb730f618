"""Reading bodies, meetings, resolutions and actions."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from django.db.models import Exists, OuterRef
from ninja import Field

from diwan.councils.constants import ACTION, BODY, MEETING, RESOLUTION
from diwan.councils.models import ActionEvent, Body, Meeting, Resolution
from diwan.councils.policies import BODIES, MEETINGS, RESOLUTIONS, day_of
from diwan.councils.queries.bodies import BodyFilter, bodies_for, members_of
from diwan.councils.queries.duties import action_sheet
from diwan.councils.queries.lateness import clock_of
from diwan.councils.queries.meetings import MeetingFilter, meetings_for, minutes
from diwan.councils.queries.register import RegisterFilter, Standing, register, visible_actions
from diwan.directory.public import below
from diwan.kernel.api.paging import Asked, Ordered, Page, page_of, page_of_list
from diwan.kernel.api.routes import Shown
from diwan.kernel.api.shapes import Day, Id, Instant, Line
from diwan.kernel.errors import NotFound
from diwan.kernel.exchange import Ref
from diwan.kernel.policies import Actor
from diwan.kernel.text import search_tokens

from . import shapes
from .routing import routes, seen
from .shapes import (
    ActionLine,
    ActionShape,
    BodyShape,
    MeetingLine,
    MeetingShape,
    MeetingState,
    MemberShape,
    ResolutionKind,
    ResolutionShape,
)
from .shapes import ActionState as State


class AskedBodies(Ordered):
    """What bodies are narrowed to."""

    as_of: Day | None = Field(None, description="Those that met on this day; today.")
    unit: Id | None = Field(None, description="Hosted by this unit or one below it.")
    kind: Line = ""
    q: Line = ""


class AskedMembers(Asked):
    """As of when members are asked for."""

    as_of: Day | None = None


class AskedMeetings(Ordered):
    """What meetings are narrowed to; days are inclusive."""

    body: Id | None = None
    unit: Id | None = Field(None, description="Of bodies of this unit or one below it.")
    state: MeetingState | Literal[""] = ""
    since: Day | None = None
    until: Day | None = None
    q: Line = ""


class AskedResolutions(Ordered):
    """What resolutions are narrowed to; days are the meeting's, inclusive."""

    body: Id | None = None
    unit: Id | None = None
    meeting: Id | None = None
    owner: Id | None = Field(None, description="A post that owes one of the actions.")
    standing: Literal["open", "late", "done", "unowned", "unconfirmed", "nothing", ""] = ""
    kind: ResolutionKind | Literal[""] = ""
    since: Day | None = None
    until: Day | None = None
    q: Line = ""


class AskedActions(Ordered):
    """What actions are narrowed to; days are inclusive."""

    state: State | Literal[""] = ""
    late: Literal["true", "false", ""] = ""
    owner: Id | None = Field(None, description="The post that owes it.")
    unit: Id | None = Field(None, description="Owed by posts of this unit or one below it.")
    about: Id | None = Field(None, description="About this unit.")
    body: Id | None = None
    resolution: Id | None = None
    due_since: Day | None = None
    due_until: Day | None = None
    changed_since: Instant | None = Field(None, description="With a step since this instant.")
    q: Line = ""


@routes.many("/bodies", BodyShape)
def list_bodies(actor: Actor, asked: AskedBodies) -> Page[BodyShape]:
    """Bodies that the caller may see."""
    wanted = BodyFilter(unit_id=asked.unit, kind=asked.kind, day=asked.as_of, text=asked.q)
    return page_of(bodies_for(actor, wanted), asked, lambda rows: map(shapes.body_shape, rows))


@routes.one("/bodies/{uuid:id}", BodyShape)
def get_body(actor: Actor, id: UUID) -> Shown:  # noqa: A002 - the address's own word
    """One body."""
    rows = Body.objects.filter(pk=id).select_related("unit", "register")
    body = seen(actor, BODIES, rows)
    return Shown(shapes.body_shape(body), Ref(BODY, body.pk))


@routes.many("/bodies/{uuid:id}/members", MemberShape)
def list_members(actor: Actor, id: UUID, asked: AskedMembers) -> Page[MemberShape]:  # noqa: A002 - as above
    """The seats of a body on a day, and who sits in them now."""
    body = seen(actor, BODIES, Body.objects.filter(pk=id).select_related("unit"))
    if not BODIES.may(actor, "read", body):
        raise NotFound
    members = members_of(body, asked.as_of or day_of(actor), at=actor.at)
    return page_of_list(members, asked, shapes.member_shape)


@routes.many("/meetings", MeetingLine)
def list_meetings(actor: Actor, asked: AskedMeetings) -> Page[MeetingLine]:
    """Meetings that the caller may see."""
    wanted = MeetingFilter(
        body_id=asked.body,
        unit_id=asked.unit,
        state=asked.state,
        since=asked.since,
        until=asked.until,
        text=asked.q,
    )
    return page_of(meetings_for(actor, wanted), asked, lambda rows: map(shapes.meeting_line, rows))


@routes.one("/meetings/{uuid:id}", MeetingShape)
def get_meeting(actor: Actor, id: UUID) -> Shown:  # noqa: A002 - as above
    """One meeting with what the caller may read of its minutes."""
    return meeting_of(actor, id)


def meeting_of(actor: Actor, meeting_id: UUID) -> Shown:
    """The answer for one meeting. Raises NotFound."""
    rows = Meeting.objects.filter(pk=meeting_id).select_related("body__unit", "register")
    meeting = seen(actor, MEETINGS, rows)
    return Shown(
        shapes.meeting_shape(minutes(actor, meeting)),
        Ref(MEETING, meeting.pk),
        at=f"meetings/{meeting.pk}",
    )


@routes.many("/resolutions", ResolutionShape)
def list_resolutions(actor: Actor, asked: AskedResolutions) -> Page[ResolutionShape]:
    """The register: adopted resolutions that the caller may see."""
    wanted = RegisterFilter(
        body_id=asked.body,
        unit_id=asked.unit,
        meeting_id=asked.meeting,
        standing=Standing(asked.standing) if asked.standing else None,
        owner_id=asked.owner,
        kind=asked.kind,
        since=asked.since,
        until=asked.until,
        text=asked.q,
    )
    rows = register(actor, wanted)
    return page_of(rows, asked, lambda found: shapes.resolution_shapes(actor, found))


@routes.one("/resolutions/{uuid:id}", ResolutionShape)
def get_resolution(actor: Actor, id: UUID) -> Shown:  # noqa: A002 - as above
    """One resolution, a draft too for those who write or discuss it."""
    return resolution_of(actor, id)


def resolution_of(actor: Actor, resolution_id: UUID) -> Shown:
    """The answer for one resolution. Raises NotFound."""
    resolution = find_resolution(actor, resolution_id)
    return Shown(
        shapes.resolution_shapes(actor, [resolution])[0],
        Ref(RESOLUTION, resolution.pk),
        at=f"resolutions/{resolution.pk}",
    )


def find_resolution(actor: Actor, resolution_id: UUID) -> Resolution:
    """The resolution, with its meeting and body. Raises NotFound."""
    rows = Resolution.objects.filter(pk=resolution_id)
    return seen(actor, RESOLUTIONS, rows.select_related("meeting__body__unit", "body__unit"))


@routes.many("/actions", ActionLine)
def list_actions(actor: Actor, asked: AskedActions) -> Page[ActionLine]:
    """Actions that the caller may see."""
    rows = visible_actions(actor).select_related("resolution__body__unit")
    exact = {
        "state": asked.state,
        "owner_id": asked.owner,
        "unit_id": asked.about,
        "resolution__body_id": asked.body,
        "resolution_id": asked.resolution,
        "due__gte": asked.due_since,
        "due__lte": asked.due_until,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if asked.late:
        late = clock_of(actor).late()
        rows = rows.filter(late if asked.late == "true" else ~late)
    if asked.unit:
        rows = rows.filter(owner__unit_id__in=below([asked.unit], day_of(actor)))
    if asked.changed_since:
        events = ActionEvent.objects.filter(action=OuterRef("pk"), at__gte=asked.changed_since)
        rows = rows.filter(Exists(events))
    for token in search_tokens(asked.q):
        rows = rows.filter(search__contains=token)
    return page_of(rows, asked, lambda found: shapes.action_lines(actor, found))


@routes.one("/actions/{uuid:id}", ActionShape)
def get_action(actor: Actor, id: UUID) -> Shown:  # noqa: A002 - as above
    """One action with its life and the steps that the caller may take now."""
    return action_of(actor, id)


def action_of(actor: Actor, action_id: UUID) -> Shown:
    """The answer for one action. Raises NotFound."""
    sheet = action_sheet(actor, action_id)
    return Shown(
        shapes.action_shape(actor, sheet), Ref(ACTION, action_id), at=f"actions/{action_id}"
    )
