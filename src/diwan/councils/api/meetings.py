"""Writing meetings and their agendas."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from ninja import Field
from pydantic import StringConstraints

from diwan.councils.actions import agenda, meetings, proposals
from diwan.councils.actions.fields import MeetingFields
from diwan.councils.constants import MEETING
from diwan.councils.models import Body, Meeting
from diwan.councils.policies import BODIES, MEETINGS
from diwan.kernel.api.asking import Guard
from diwan.kernel.api.routes import Shown
from diwan.kernel.api.shapes import Id, Reason, Sent, SentDate, Texts, clock_time
from diwan.kernel.policies import Actor

from .reading import meeting_of
from .routing import routes, seen
from .shapes import Confidentiality, MeetingShape

Clock = Annotated[
    str,
    StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$"),
    Field(description="Such as 08:30."),
]
Number = Annotated[int, Field(strict=True, ge=1, le=100_000)]


class MeetingSent(Sent):
    """What a meeting is; what is left out stays as it is."""

    date: SentDate | None = None
    number: Number | None = None
    starts: Clock | None = None
    ends: Clock | None = None
    place: Texts | None = None
    chair_id: Id | None = None
    confidentiality: Confidentiality | None = None
    named_post_ids: Annotated[list[Id], Field(max_length=200)] | None = None

    def fields(self) -> MeetingFields:
        """Those that were sent, as the actions take them."""
        sent = self.model_fields_set
        fields: MeetingFields = {}
        if "date" in sent:
            fields["date"] = self.date.stated() if self.date else None
        if "number" in sent:
            fields["number"] = self.number
        if "starts" in sent:
            fields["starts"] = clock_time(self.starts)
        if "ends" in sent:
            fields["ends"] = clock_time(self.ends)
        if "place" in sent:
            fields["place"] = self.place.texts() if self.place else None
        if "chair_id" in sent:
            fields["chair_id"] = self.chair_id
        if self.confidentiality is not None:
            fields["confidentiality"] = self.confidentiality
        if self.named_post_ids is not None:
            fields["named_post_ids"] = self.named_post_ids
        return fields


class NewMeeting(MeetingSent):
    """A meeting that is planned, or one that was held."""

    state: Literal["planned", "held"]


class MeetingChange(MeetingSent):
    """A plan's change; of a held meeting a correction, which needs its reason."""

    reason: Reason | None = None


class Held(Sent):
    """The day on which it was held."""

    date: SentDate


class Because(Sent):
    """The reason."""

    reason: Reason


class Item(Sent):
    """One thing to look at."""

    text: Texts
    propose: Annotated[bool, Field(strict=True)] = Field(
        default=False, description="As a member's proposal; else as who runs the meeting."
    )


@routes.make("/bodies/{uuid:id}/meetings", MeetingShape)
def make_meeting(actor: Actor, id: UUID, body: NewMeeting) -> Shown:  # noqa: A002 - the address's own word
    """Plan a meeting of a body, or record one that was held."""
    host = seen(actor, BODIES, Body.objects.filter(pk=id).select_related("unit"))
    make = meetings.plan_meeting if body.state == "planned" else meetings.record_meeting
    return meeting_of(actor, make(actor, host, body.fields()).pk)


@routes.step("/meetings/{uuid:id}", MeetingShape, MEETING, method="PATCH")
def change_meeting(actor: Actor, guard: Guard, id: UUID, body: MeetingChange) -> Shown:  # noqa: A002 - as above
    """Change a plan, or correct the record of a held meeting with a reason."""
    meeting = _find(actor, id)
    with guard:
        if body.reason is not None:
            meetings.correct_meeting(actor, meeting, body.fields(), reason=body.reason)
        else:
            meetings.change_meeting(actor, meeting, body.fields())
    return meeting_of(actor, id)


@routes.step("/meetings/{uuid:id}/hold", MeetingShape, MEETING)
def hold_meeting(actor: Actor, guard: Guard, id: UUID, body: Held) -> Shown:  # noqa: A002 - as above
    """Say that a planned meeting took place."""
    meeting = _find(actor, id)
    date = body.date.stated()
    with guard:
        meetings.hold_meeting(actor, meeting, date=date)
    return meeting_of(actor, id)


@routes.step("/meetings/{uuid:id}/cancel", MeetingShape, MEETING)
def cancel_meeting(actor: Actor, guard: Guard, id: UUID, body: Because) -> Shown:  # noqa: A002 - as above
    """Call a planned meeting off."""
    meeting = _find(actor, id)
    with guard:
        meetings.cancel_meeting(actor, meeting, reason=body.reason)
    return meeting_of(actor, id)


@routes.make("/meetings/{uuid:id}/agenda", MeetingShape)
def add_agenda_item(actor: Actor, id: UUID, body: Item) -> Shown:  # noqa: A002 - as above
    """Put something at the end of the agenda; answers with the meeting.

    What a member proposes where the body demands more signatures becomes a proposal of the body.
    """
    meeting = _find(actor, id)
    if body.propose:
        proposals.propose_item(actor, meeting, body.text.texts())
    else:
        agenda.add_item(actor, meeting, {"text": body.text.texts()})
    return meeting_of(actor, id)


def _find(actor: Actor, meeting_id: UUID) -> Meeting:
    rows = Meeting.objects.filter(pk=meeting_id).select_related("body__unit", "register")
    return seen(actor, MEETINGS, rows)
