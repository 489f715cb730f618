"""Webhooks over the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Field, Schema

from diwan.interop.actions import webhooks as actions
from diwan.interop.constants import FACTS, WEBHOOK
from diwan.interop.models import Delivery, Webhook
from diwan.interop.queries.webhooks import deliveries_of, own_webhook, own_webhooks
from diwan.kernel.api.asking import Guard
from diwan.kernel.api.paging import Ordered, Page, page_of
from diwan.kernel.api.routes import Routes, Shown
from diwan.kernel.api.shapes import Line, Sent
from diwan.kernel.exchange import Ref
from diwan.kernel.policies import Actor

routes = Routes("webhooks", reads="webhooks:write", writes="webhooks:write")
Kinds = Annotated[
    list[Line],
    Field(min_length=1, max_length=20, description=f"Of {', '.join(FACTS)}."),
]
Address = Annotated[Line, Field(description="https alone.")]


class WebhookShape(Schema):
    """An address that is told of facts."""

    id: UUID
    address: str
    kinds: list[str]
    made_at: datetime
    on: bool
    off_because: Literal["owner", "failing", ""]
    failing_since_at: datetime | None


class WebhookMade(WebhookShape):
    """With its secret, which is told here alone (and on its page)."""

    secret: str


class DeliveryShape(Schema):
    """One message; `id` is in its header `webhook-id`."""

    id: UUID
    message_id: str
    kind: str
    record_kind: str
    record_id: UUID
    fact_at: datetime
    state: Literal["waiting", "delivered", "failed", "withheld"]
    attempts: int
    tried_at: datetime | None
    status: int | None
    fault: str


class WebhookSent(Sent):
    """Where to, and of what."""

    address: Address
    kinds: Kinds


class WebhookChange(Sent):
    """What is to be changed; `on` switches it."""

    address: Address | None = None
    kinds: Kinds | None = None
    on: Annotated[bool, Field(strict=True)] | None = None


class Empty(Sent):
    """Nothing but the step."""


@routes.many("/webhooks", WebhookShape)
def list_webhooks(actor: Actor, asked: Ordered) -> Page[WebhookShape]:
    """The caller's webhooks."""
    return page_of(own_webhooks(actor), asked, lambda rows: [_shape(row) for row in rows])


@routes.one("/webhooks/{uuid:id}", WebhookShape)
def get_webhook(actor: Actor, id: UUID) -> Shown:  # noqa: A002 - the address's own word
    """One webhook."""
    return _shown(own_webhook(actor, id))


@routes.make("/webhooks", WebhookMade)
def make_webhook(actor: Actor, body: WebhookSent) -> Shown:
    """Tell an address of facts; it is told what its user may see, when it is delivered."""
    row = actions.make_webhook(actor, body.address, body.kinds)
    made = WebhookMade.model_validate(_shape(row).model_dump() | {"secret": row.secret})
    return Shown(made, Ref(WEBHOOK, row.pk), at=f"webhooks/{row.pk}")


@routes.step("/webhooks/{uuid:id}", WebhookShape, WEBHOOK, method="PATCH")
def change_webhook(actor: Actor, guard: Guard, id: UUID, body: WebhookChange) -> Shown:  # noqa: A002 - as above
    """Change where it goes or what it is told, or switch it."""
    row = own_webhook(actor, id)
    with guard:
        if body.address is not None or body.kinds is not None:
            row = actions.change_webhook(actor, id, address=body.address, kinds=body.kinds)
        if body.on is not None:
            row = actions.switch_webhook(actor, id, on=body.on)
    return _shown(row)


@routes.step("/webhooks/{uuid:id}/ping", DeliveryShape, WEBHOOK)
def ping_webhook(actor: Actor, guard: Guard, id: UUID, body: Empty) -> Shown:  # noqa: A002 - as above
    """Send a message that says nothing, to see whether it arrives."""
    del body
    own_webhook(actor, id)
    with guard:
        return Shown(_delivery(actions.ping(actor, id)))


@routes.step("/webhooks/{uuid:id}/remove", WebhookShape, WEBHOOK)
def remove_webhook(actor: Actor, guard: Guard, id: UUID, body: Empty) -> Shown:  # noqa: A002 - as above
    """Remove it; answers with what was removed."""
    del body
    row = own_webhook(actor, id)
    with guard:
        actions.remove_webhook(actor, id)
    return Shown(_shape(row))


@routes.many("/webhooks/{uuid:id}/deliveries", DeliveryShape)
def list_deliveries(actor: Actor, id: UUID, asked: Ordered) -> Page[DeliveryShape]:  # noqa: A002 - as above
    """What a webhook was told, for thirty days."""
    rows = deliveries_of(own_webhook(actor, id))
    return page_of(rows, asked, lambda found: [_delivery(row) for row in found])


@routes.step("/webhooks/{uuid:id}/deliveries/{uuid:delivery}/again", DeliveryShape, WEBHOOK)
def redeliver(
    actor: Actor,
    guard: Guard,
    id: UUID,  # noqa: A002 - as above
    delivery: UUID,
    body: Empty,
) -> Shown:
    """Send one message again, under the same identifier."""
    del body
    own_webhook(actor, id)
    with guard:
        return Shown(_delivery(actions.redeliver(actor, id, delivery)))


def _shown(row: Webhook) -> Shown:
    return Shown(_shape(row), Ref(WEBHOOK, row.pk), at=f"webhooks/{row.pk}")


def _shape(row: Webhook) -> WebhookShape:
    return WebhookShape.model_validate(
        {
            "id": row.pk,
            "address": row.address,
            "kinds": row.kinds,
            "made_at": row.made_at,
            "on": row.off_at is None,
            "off_because": row.off_because,
            "failing_since_at": row.failing_since_at,
        }
    )


def _delivery(row: Delivery) -> DeliveryShape:
    copied = ("kind", "fact_at", "state", "attempts", "tried_at", "status", "fault")
    return DeliveryShape.model_validate(
        {
            **{name: getattr(row, name) for name in copied},
            "id": row.pk,
            "message_id": f"msg_{row.pk.hex}",
            "record_kind": row.ref_kind,
            "record_id": row.ref_id,
        }
    )
