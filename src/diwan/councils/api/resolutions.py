"""Writing resolutions, and adding what is owed because of them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from ninja import Field, Schema

from diwan.councils.actions import duties, resolutions
from diwan.councils.actions.fields import ActionFields, ResolutionFields
from diwan.councils.constants import RESOLUTION
from diwan.councils.models import Action, Meeting
from diwan.councils.policies import MEETINGS
from diwan.kernel.api.asking import Guard
from diwan.kernel.api.routes import Shown
from diwan.kernel.api.shapes import Id, Line, Reason, Sent, SentDate, Texts
from diwan.kernel.policies import Actor

from .reading import find_resolution, resolution_of
from .routing import routes, seen
from .shapes import ActionLine, Confidentiality, ResolutionKind, ResolutionShape, action_lines


class ResolutionSent(Sent):
    """What a resolution says; what is left out stays as it is."""

    kind: ResolutionKind | None = None
    text: Texts | None = None
    every: Line | None = Field(None, description="A recurrence such as “2 months”, empty for none.")
    confidentiality: Confidentiality | None = None

    def fields(self) -> ResolutionFields:
        """Those that were sent, as the actions take them."""
        fields: ResolutionFields = {}
        if self.kind is not None:
            fields["kind"] = self.kind
        if self.text is not None:
            fields["text"] = self.text.texts()
        if self.every is not None:
            fields["every"] = self.every
        if self.confidentiality is not None:
            fields["confidentiality"] = self.confidentiality
        return fields


class Draft(ResolutionSent):
    """A draft needs its kind and its text."""

    kind: ResolutionKind
    text: Texts


class ResolutionChange(ResolutionSent):
    """A draft's change; of an adopted one a correction, which needs its reason."""

    reason: Reason | None = None


class Empty(Sent):
    """Nothing but the step."""


class NewAction(Sent):
    """What a post is to owe: by a date, or a span after the meeting."""

    text: Texts
    owner_id: Id | None = Field(None, description="The post; without one it waits for a name.")
    unit_id: Id | None = Field(None, description="The unit it is about.")
    each_unit_ids: Annotated[list[Id], Field(min_length=1, max_length=500)] | None = Field(
        None, description="One action for each of these units."
    )
    owner_heads: Annotated[bool, Field(strict=True)] = Field(
        default=False, description="With each_unit_ids: owed by each unit's head."
    )
    due: SentDate | None = None
    due_after: Line = Field("", description="Such as “1 month”, counted from the meeting.")

    def fields(self) -> ActionFields:
        """As the actions take them."""
        fields: ActionFields = {"text": self.text.texts()}
        if self.owner_id:
            fields["owner_id"] = self.owner_id
        if self.unit_id:
            fields["unit_id"] = self.unit_id
        if self.each_unit_ids:
            fields["each_unit_ids"] = self.each_unit_ids
        if self.owner_heads:
            fields["owner_heads"] = True
        if self.due:
            fields["due"] = self.due.stated()
        if self.due_after:
            fields["due_after"] = self.due_after
        return fields


class Added(Schema):
    """The actions that were added."""

    items: list[ActionLine]


@routes.make("/meetings/{uuid:id}/resolutions", ResolutionShape)
def draft_resolution(actor: Actor, id: UUID, body: Draft) -> Shown:  # noqa: A002 - the address's own word
    """Draft a resolution of a meeting; adopting gives it its number."""
    rows = Meeting.objects.filter(pk=id).select_related("body__unit")
    made = resolutions.draft_resolution(actor, seen(actor, MEETINGS, rows), body.fields())
    return resolution_of(actor, made.pk)


@routes.step("/resolutions/{uuid:id}", ResolutionShape, RESOLUTION, method="PATCH")
def change_resolution(
    actor: Actor,
    guard: Guard,
    id: UUID,  # noqa: A002 - as above
    body: ResolutionChange,
) -> Shown:
    """Change a draft, or correct an adopted resolution with a reason."""
    resolution = find_resolution(actor, id)
    with guard:
        if body.reason is not None:
            resolutions.correct_resolution(actor, resolution, body.fields(), reason=body.reason)
        else:
            resolutions.change_draft(actor, resolution, body.fields())
    return resolution_of(actor, id)


@routes.step("/resolutions/{uuid:id}/adopt", ResolutionShape, RESOLUTION)
def adopt_resolution(actor: Actor, guard: Guard, id: UUID, body: Empty) -> Shown:  # noqa: A002 - as above
    """Adopt a draft of a held meeting: it gets the body's next number."""
    del body
    resolution = find_resolution(actor, id)
    with guard:
        resolutions.adopt_resolution(actor, resolution)
    return resolution_of(actor, id)


@routes.make("/resolutions/{uuid:id}/actions", Added)
def add_actions(actor: Actor, id: UUID, body: NewAction) -> Shown:  # noqa: A002 - as above
    """Add what is owed because of an adopted resolution: one action, or one for each unit."""
    resolution = find_resolution(actor, id)
    made = duties.add_action(actor, resolution, body.fields())
    rows = Action.objects.filter(pk__in=[action.pk for action in made])
    rows = rows.select_related("resolution__body__unit").order_by("position", "pk")
    return Shown(Added(items=action_lines(actor, list(rows))))
